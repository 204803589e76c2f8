"""Files whose edges form cycles, read as they may be."""

import json

import pytest

from hrgeom.cli import main
from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import CycleError, FormatError
from hrgeom.io.hierarchies import read_hierarchy
from hrgeom.io.hierarchies._uncycled import hierarchy_without_cycles

TABLE = "a\tb\nb\ta\nc\td\nd\te\ne\tc\nf\ta\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "cycles.tsv"
    path.write_text(TABLE)
    return path


def test_both_cycles_are_told_and_the_way_out(table):
    with pytest.raises(CycleError, match=r"cycles\.tsv: edges must not form cycles: got 2 groups"):
        read_hierarchy(table)


def test_condensed(table):
    h = read_hierarchy(table, on_cycle="condense")
    assert h.labels == ("a", "c", "f")
    assert h.parents("f") == ["a"]
    assert [h.find(text) for text in "abcdef"] == ["a", "a", "c", "c", "c", "f"]
    assert [r.code for r in h.remarks] == ["cycles-condensed"]


def test_dropped(table):
    h = read_hierarchy(table, on_cycle="drop")
    assert (h.n_nodes, h.n_edges) == (6, 4)
    assert h.remarks[-1].count == 2


def test_names_and_synonyms_of_condensed_nodes_are_kept():
    with pytest.raises(CycleError) as caught:
        Hierarchy(
            ["X:1", "X:2", "X:3"],
            [(0, 1), (1, 0), (2, 1)],
            names=["one", "two", "three"],
            other_labels={"first": 0, "second": 1, "third": 2},
            metadata={"name": "numbers"},
            remarks=[Remark("odd", "1 odd thing")],
        )
    h = hierarchy_without_cycles(caught.value, "condense")
    assert h.labels == ("X:1", "X:3")
    assert h.names == ("one", "three")
    texts = ("X:1", "X:2", "one", "two", "first", "second", "three", "third")
    assert [h.find(t) for t in texts] == ["X:1"] * 6 + ["X:3"] * 2
    assert h.metadata == {"name": "numbers"}
    assert [r.code for r in h.remarks] == ["odd", "cycles-condensed"]


def test_other_answers_are_refused(table):
    with pytest.raises(FormatError, match="on_cycle must be one of error, condense, drop"):
        read_hierarchy(table, on_cycle="merge")


def test_option_of_the_command_line(table, capsys):
    assert main(["info", "--tree", str(table)]) == 2
    assert "--on-cycle condense, drop" in capsys.readouterr().err
    assert main(["info", "--tree", str(table), "--on-cycle", "drop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_edges"] == 4
    assert main(["construct", "--qrels", str(table), "--on-cycle", "drop"]) == 2
    assert "--on-cycle must come with --tree" in capsys.readouterr().err
