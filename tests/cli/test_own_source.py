"""What an embedding is checked against without --tree: its own copy, and never a file elsewhere."""

import io
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hrgeom
from hrgeom import Hierarchy, read_hierarchy
from hrgeom.cli import main
from hrgeom.cli._inputs import without_folders
from hrgeom.io import Judgments, load_judgments
from hrgeom.io.vectors._source import RecordedSource, kept_source
from hrgeom.testing import hierarchies

EDGES = "dog,animal\ncat,animal\npuppy,dog\n"
QRELS = "query-id\tcorpus-id\tscore\na\tx\t1\nb\ty\t1\nb\tz\t1\nc\tx\t0\n"
COMMANDS = (["certify", "x.emb"], ["recheck", "x.emb", "--all"], ["query", "x.emb", "puppy"])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, beside a hierarchy that is not in it."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "t.csv").write_text(EDGES)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def change(**fields):
    path = Path("x.emb/embedding.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_an_embedding_can_be_checked_where_its_hierarchy_is_not(here, capsys):
    source = here / "elsewhere" / "t.csv"
    assert main(["construct", "--tree", str(source), "--out", "x.emb", "--no-header"]) == 0
    source.unlink()
    for argv in COMMANDS:
        capsys.readouterr()
        assert main(argv) == 0
        out = capsys.readouterr().out
        assert "against x.emb/hierarchy.json.gz, named by the embedding, sha256 " in out


def test_no_path_of_the_machine_is_written(here):
    source = str(here / "elsewhere" / "t.csv")
    for more in ([], ["--no-source", "--force"]):
        argv = ["construct", f"--tree={source}", "--out", str(here / "work" / "x.emb"), *more]
        assert main([*argv, "--no-header"]) == 0
        for file in Path("x.emb").iterdir():
            assert str(here).encode() not in file.read_bytes(), file
        info = json.loads(Path("x.emb/embedding.json").read_text())
        assert info["command"].startswith("hrgeom construct --tree=t.csv --out x.emb")
        assert info["tree"] == ("t.csv" if more else "hierarchy.json.gz")


def test_a_bundled_hierarchy_is_kept_as_its_name(here, capsys):
    tree = ["--tree", "wordnet-mammals", "--method", "gaussian", "--dim", "2", "--out", "x.emb"]
    main(["construct", *tree])
    assert json.loads(Path("x.emb/embedding.json").read_text())["tree"] == "wordnet-mammals"
    assert not Path("x.emb/hierarchy.json.gz").exists()
    capsys.readouterr()
    main(["query", "x.emb", "dog.n.01"])
    assert "against wordnet-mammals, named by the embedding" in capsys.readouterr().out


def test_standard_input_is_kept_too(here, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(EDGES.encode())))
    assert main(["construct", "--tree", "-", "--out", "x.emb", "--no-header"]) == 0
    assert all(main(argv) == 0 for argv in COMMANDS)


def test_without_a_copy_the_hierarchy_must_be_said(here, capsys):
    source = "../elsewhere/t.csv"
    how = ["--tree", source, "--no-header"]
    assert main(["construct", *how, "--out", "x.emb", "--no-source"]) == 0
    for argv in COMMANDS:
        assert main(argv) == 2
        assert "--tree must be given: the embedding names 't.csv'" in capsys.readouterr().err
        assert main([*argv, *how]) == 0
        assert f"against {source}, named by the command" in capsys.readouterr().out


@pytest.mark.parametrize(
    "tree",
    [
        "/etc/passwd",
        "../../elsewhere/t.csv",
        "../elsewhere/t.csv",
        "-",
        "/proc/self/environ",
        "/dev/stdin",
        "judgements:/etc/passwd",
        "judgements:-",
        "judgements:..",
        "link.csv",
        "zero",
        "pipe",
        ".",
        "",
        "nul\0",
        "loop",
        "folder",
        "x" * 5000,
    ],
)
def test_no_file_outside_the_folder_is_opened_unasked(here, capsys, tree):
    assert main(["construct", "--tree", "../elsewhere/t.csv", "--out", "x.emb", "--no-header"]) == 0
    change(tree=tree)
    Path("x.emb/link.csv").symlink_to(here / "elsewhere" / "t.csv")
    Path("x.emb/zero").symlink_to("/dev/zero")
    Path("x.emb/loop").symlink_to("loop")
    Path("x.emb/folder").mkdir()
    os.mkfifo("x.emb/pipe")
    capsys.readouterr()
    for argv in COMMANDS:
        assert main(argv) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "must be given: the embedding names" in captured.err
        assert "root:" not in captured.err


def test_a_file_of_the_folder_is_taken(here, capsys):
    assert main(["construct", "--tree", "../elsewhere/t.csv", "--out", "x.emb", "--no-header"]) == 0
    change(tree="mine.csv")
    Path("x.emb/mine.csv").write_text(EDGES)
    for argv in COMMANDS:
        assert main(argv) == 0
        assert "against x.emb/mine.csv, named by the embedding" in capsys.readouterr().out


def test_judgments_are_kept_in_their_order(here):
    Path("q.tsv").write_text(QRELS)
    assert main(["construct", "--qrels", "q.tsv", "--out", "x.emb"]) == 0
    Path("q.tsv").unlink()
    assert main(["certify", "x.emb"]) == 0
    assert main(["recheck", "x.emb", "--all"]) == 0
    assert main(["query", "x.emb", "b"]) == 0


@given(hierarchy=hierarchies())
def test_a_copy_is_the_same_hierarchy(tmp_path_factory, hierarchy):
    folder = tmp_path_factory.mktemp("copy")
    source, data = kept_source(hierarchy)
    (folder / source.name).write_bytes(data)
    assert read_hierarchy(folder / source.name, format="json").sha256 == hierarchy.sha256
    assert kept_source(hierarchy) == (source, data)


@given(
    rows=st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=6),
    names=st.permutations([f"d{i}" for i in range(6)]),
)
def test_a_copy_is_the_same_judgments(tmp_path_factory, rows, names):
    queries = tuple(f"q{i}" for i in range(len(rows)))
    pairs = tuple((queries[i], names[v]) for i, row in enumerate(rows) for v in row)
    judgments = Judgments(queries, tuple(names), pairs)
    folder = tmp_path_factory.mktemp("copy")
    source, data = kept_source(judgments)
    (folder / source.name).write_bytes(data)
    back = load_judgments(folder / source.name)
    assert (back.queries, back.documents) == (judgments.queries, judgments.documents)
    assert back.sha256 == judgments.sha256


def test_a_copy_keeps_half_a_character(tmp_path):
    half = Hierarchy(["\ud800", "b"], [(1, 0)])
    e = hrgeom.DualEmbedding([[1.0], [2.0]], [[1.0], [2.0]])
    folder = hrgeom.save(e, tmp_path / "x.emb", source=half)
    assert read_hierarchy(folder / "hierarchy.json.gz").labels == half.labels


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/home/me/x.json", "x.json"),
        ("--tree=/home/me/x.json", "--tree=x.json"),
        ("/a/v.npz,labels=/b/l.txt,queries=q", "v.npz,labels=l.txt,queries=q"),
        ("C:\\me\\x.json", "x.json"),
        ("~/x.json", "x.json"),
        ("../x.json", "../x.json"),
        ("a/b.json", "a/b.json"),
        ("wordnet", "wordnet"),
    ],
)
def test_commands_are_kept_without_folders(given, kept):
    assert without_folders(given) == kept


def test_a_name_inside_stays_inside(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    inside = RecordedSource("a.json").path_in(tmp_path)
    assert inside == (tmp_path / "a.json").resolve()
    assert RecordedSource(f"../{tmp_path.name}/a.json").path_in(tmp_path) == inside
    assert RecordedSource("../a.json").path_in(tmp_path) is None
