"""TREC qrels."""

import pytest

from hrgeom.errors import FormatError
from hrgeom.io import Judgments, load_judgments, write_judgments


@pytest.mark.parametrize(
    "text",
    [
        "1 0 d1 1\n1 0 d2 0\n2 0 d1 2\n",
        "1\t0\td1\t1\r\n1\t0\td2\t0\r\n2\t0\td1\t2\r\n",
        "1  Q0 d1  1\n1 Q0 d2 -1\n\n2 Q0 d1 1.5\n",
    ],
)
@pytest.mark.parametrize("name", ["q.qrels", "qrels.txt", "q.trec"])
def test_blanks_and_tabs(tmp_path, text, name):
    (tmp_path / name).write_text(text, newline="")
    judgments = load_judgments(tmp_path / name)
    assert judgments.pairs == (("1", "d1"), ("2", "d1"))
    assert judgments.documents == ("d1", "d2")


def test_a_folder_like_beirs_with_a_list_of_trec(tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"_id": "1"}\n{"_id": "2"}\n')
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1"}\n{"_id": "d3"}\n')
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.qrels").write_text("1 0 d1 1\n")
    judgments = load_judgments(tmp_path)
    assert (judgments.queries, judgments.documents) == (("1", "2"), ("d1", "d3"))


def test_wrong_lines_are_refused(tmp_path):
    path = tmp_path / "q.qrels"
    path.write_text("1 0 d1 1\n1 0 d2\n")
    with pytest.raises(FormatError, match="got 3 fields at line 2"):
        load_judgments(path)
    with pytest.raises(FormatError, match="must have no blanks: got 'a b'"):
        write_judgments(Judgments(("a b",), ("d",), (("a b", "d"),)), path)
