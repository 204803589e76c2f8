"""Plain tables in blocks of lines: results, remarks and errors are those of reading by rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrgeom import HrgeomError
from hrgeom.io import _plain_tables
from hrgeom.io.hierarchies import _id_table, _tables
from hrgeom.io.hierarchies._id_table import hierarchy_from_id_table
from hrgeom.io.hierarchies._plain_edges import plain_edges

CHUNK = 40


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    """Let short tables have many blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_plain_tables, "_BLOCK", CHUNK)
        yield


def outcome(text: str, delimiter: str, **options: Any) -> tuple[Any, ...]:
    """Everything that reading a table gives: nodes, edges, remarks, or the error."""
    try:
        found = _tables.hierarchy_from_table(text, delimiter=delimiter, **options)
    except HrgeomError as error:
        return type(error), str(error)
    remarks = [(remark.code, remark.message, remark.count) for remark in found.remarks]
    return found.labels, found.edges.tolist(), remarks


def assert_same(text: str, delimiter: str, **options: Any) -> None:
    """Reading in blocks, where it is possible, gives what reading by rows gives."""
    found = outcome(text, delimiter, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_tables, "plain_edges", lambda *given: None)
        assert found == outcome(text, delimiter, **options)


def is_plain(text: str, delimiter: str = "\t", **options: Any) -> bool:
    """True if the table is read in blocks."""
    direction = options.get("edge_direction")
    columns, header = options.get("columns"), options.get("header")
    return plain_edges(text, delimiter, direction, columns, header) is not None


def tree(n: int = 40, *, prefix: str = "n", delimiter: str = "\t", end: str = "\n") -> str:
    """A table of a tree of n nodes with a header."""
    lines = [f"{prefix}{i}{delimiter}{prefix}{(i - 1) // 2}{end}" for i in range(1, n)]
    return f"child{delimiter}parent{end}" + "".join(lines)


PLAIN = {
    "header": (tree(), "\t", {}),
    "commas": (tree(delimiter=","), ",", {}),
    "semicolons": (tree(delimiter=";"), ";", {}),
    "CRLF": (tree(end="\r\n"), "\t", {}),
    "no newline at the end": (tree().rstrip("\n"), "\t", {}),
    "CRLF, no newline at the end": (tree(end="\r\n").removesuffix("\n"), "\t", {}),
    "blank lines at the end": (tree() + "\n\n", "\t", {}),
    "end of a DOS file": (tree() + "\x1a", "\t", {}),
    "no header": (tree().partition("\n")[2] + "x\tn1\n", "\t", {}),
    "no header, said": ("a\tb\n" + tree().partition("\n")[2], "\t", {"header": False}),
    "a header, said": ("a\tb\n" + tree().partition("\n")[2], "\t", {"header": True}),
    "comments at the top": ("# animals\n#\n" + tree(), "\t", {}),
    "a closure that is meant": (_tables.AS_GIVEN + "\nchild\tparent\nb\ta\nc\tb\nc\ta\n", "\t", {}),
    "a closure": ("child\tparent\nb\ta\nc\tb\nc\ta\n", "\t", {}),
    "roots with empty parents": (tree() + "n0\t\nx\t\n", "\t", {}),
    "parents first": ("parent,child\n" + "".join(f"a,b{i}\n" for i in range(40)), ",", {}),
    "direction": (tree(), "\t", {"edge_direction": "child-parent"}),
    "other columns": ("id,kind,parent_id\n1,x,\n" + "2,,1\n3,y,2\n" * 20, ",", {}),
    "an index of pandas": (",child,parent\n0,a,b\n1,c,b\n", ",", {}),
    "columns by name": (
        "a\tb\tc\n" + "1\t2\t3\n4\t5\t1\n" * 9,
        "\t",
        {"columns": {"child": "c", "parent": "a"}},
    ),
    "columns by number": (
        "1\t2\t3\n4\t5\t1\n" * 9,
        "\t",
        {"columns": {"child": 3, "parent": 1}, "header": False},
    ),
    "repeated edges and loops": (tree() + "n3\tn1\nn4\tn4\nn3\tn1\n", "\t", {}),
    "cycle": (tree() + "n0\tn9\n", "\t", {}),
    "parents 0 without a row": ("id\tparent_id\n" + "1\t0\n2\t1\n3\t0\n" * 3, "\t", {}),
    "numbers written twice": (tree(prefix="") + "05\t1\n", "\t", {}),
    "numbers and names written twice": (tree(prefix="") + "05\tx\n", "\t", {}),
    "names and values": (
        "".join(f"a{i}\t{i}.5\n" for i in range(9)) + "a0\tx\n",
        "\t",
        {"header": False},
    ),
    "no edges": ("child\tparent\n" + "a\t\nb\t\n" * 5, "\t", {}),
    "no edges, allowed": ("child\tparent\na\t\nb\t\n", "\t", {"allow_no_edges": True}),
    "a sign in a label of a child": (tree() + "x;y\tn1\nz\tx;y\n", "\t", {}),
    "line separators and signs in cells": (tree() + "a b\u2028c#\tn'1\rx\n", "\t", {}),
    "lone surrogates and other planes": (tree() + "\ud800\tn1\n\U0001f40d\tn1\n", "\t", {}),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_tables_are_read_in_blocks(name: str) -> None:
    text, delimiter, options = PLAIN[name]
    assert_same(text, delimiter, **options)
    if name == "numbers written twice":
        with pytest.raises(HrgeomError, match="one way"):
            is_plain(text, delimiter, **options)
    else:
        options.pop("allow_no_edges", None)
        assert is_plain(text, delimiter, **options)


ODD_LINES = [
    *("", " ", "\t", "# note", "#tag\tn1", "x", "x\t\t", "x\tn1\ty", "\tn1", " x\tn1", "x\tn1 "),
    *("x\t n1", "x\tn1\r\r", "x\u2003\tn1", '"x"\tn1', 'x"\tn1', "x\tNaN", "null\tn1", "x\t-"),
    *("x\t1.0", "1.0\tn1", "x\tn1|n2", "x\tn1;n2", "x\ta|b", "x\tchild", "child\tn1", "parent\tn1"),
    *("'x'\t'y'", "\x1a", "x\tn1\x1a", "\x0b", "x\x1c\tn1", "\ufeffx\tn1", "---\t---", "sep=,"),
    *("x\nx\tn1\ty", "x\tn1\ty\nx"),  # rows that make up for one another
]


@pytest.mark.parametrize("line", ODD_LINES)
@pytest.mark.parametrize("at", [0, 1, 2, 20, 40])
def test_one_odd_line_gives_what_reading_by_rows_gives(line: str, at: int) -> None:
    for delimiter in "\t,;":
        for start in (0, 1):
            lines = tree(delimiter=delimiter).splitlines()[start:]
            lines.insert(at, line.replace("\t", delimiter))
            assert_same("\n".join(lines) + "\n", delimiter)
            assert_same("\n".join(lines), delimiter, header=start == 0)


def test_levels_side_by_side_are_refused() -> None:
    rows = "".join(f"d{i // 4},c{i // 2},s{i}\n" for i in range(12))
    text = f"department,category,subcategory\n{rows}"
    assert not is_plain(text, ",")
    assert "levels side by side" in outcome(text, ",")[1]


HARMLESS = ["'x'\t'y'", "x\tn1\x1a", "\ufeffx\tn1"]


@pytest.mark.parametrize("line", ODD_LINES)
def test_an_odd_line_in_the_middle_is_left_to_reading_by_rows(line: str) -> None:
    lines = tree().splitlines()
    assert is_plain("\n".join([*lines[:20], line, *lines[20:]])) == (line in HARMLESS)


CELLS = st.one_of(
    st.sampled_from(["a", "b", "c", "d", "e", "1", "2", "01", "2.0", "x.1", "child", "parent"]),
    st.sampled_from(["", "NaN", " a", "b ", "#c", '"a"', "a|b", "a;b", "'a'", "0", "-1", "\x1c"]),
    st.text("ab1.;|#' \"", max_size=3),
)
PLAIN_CELLS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "12", "13", "child", "id"])
HEADERS = st.sampled_from(
    [
        *([], ["child", "parent"], ["parent", "child"], ["id", "parent_id"], ["id1", "id2"]),
        *(["source", "target"], ["a", "b"], ["id", "name", "parent"]),
        ["subcategory", "x", "category"],
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A table, most of whose rows are plain, and options."""
    delimiter = draw(st.sampled_from("\t,;"))
    header = draw(HEADERS)
    width = len(header) or draw(st.integers(1, 3))
    row = st.lists(PLAIN_CELLS, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=12))
    odd = st.lists(CELLS, min_size=max(width - 1, 1), max_size=width + 1)
    for cells in draw(st.lists(odd, max_size=2)):
        rows.insert(draw(st.integers(0, len(rows))), cells)
    lines = [delimiter.join(cells) for cells in ([header] if header else []) + rows]
    lines = draw(st.sampled_from([[], ["# top"], ["#child,parent"], [_tables.AS_GIVEN]])) + lines
    text = draw(st.sampled_from(["\n", "\n", "\r\n"])).join(lines)
    columns = st.sampled_from(
        [None, None, {"child": 1, "parent": 2}, {"child": "id", "parent": "parent"}]
    )
    options = {
        "header": draw(st.sampled_from([None, None, True, False])),
        "columns": draw(columns),
        "edge_direction": draw(st.sampled_from([None, None, "child-parent", "parent-child"])),
        "allow_no_edges": draw(st.booleans()),
    }
    return text + draw(st.sampled_from(["", "\n", "\n\n", "\r\n"])), delimiter, options


@settings(max_examples=400, deadline=None)
@given(tables())
def test_random_tables_give_what_reading_by_rows_gives(
    table: tuple[str, str, dict[str, Any]],
) -> None:
    text, delimiter, options = table
    assert_same(text, delimiter, **options)


# --- Tables of identifiers, names and parents -------------------------------------------------


def assert_same_nodes(text: str) -> None:
    """Reading identifiers in blocks gives what reading them by rows gives."""

    def nodes() -> tuple[Any, ...]:
        try:
            found = hierarchy_from_id_table(text)
        except HrgeomError as error:
            return type(error), str(error)
        remarks = [(remark.code, remark.message, remark.count) for remark in found.remarks]
        beside = found.names, found.other_labels
        return found.labels, *beside, found.edges.tolist(), remarks

    found = nodes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_id_table, "_plain_rows", lambda *given: None)
        assert found == nodes()


NAMED = "id,name,parent_id\n1,animal,\n" + "".join(f"{i},n {i},{i // 2}\n" for i in range(2, 40))
COLUMNS = {
    "names": NAMED,
    "CRLF": NAMED.replace("\n", "\r\n"),
    "comments": f"# pets\n{NAMED}",
    "several parents": NAMED + "50,x,1|2\n50,,3\n",
    "strangers and nulls": NAMED + "50,x,99\n51,y,NULL\n52,z,-\n53,animal,53\n",
    "all columns": "obsolete;id;parent;label;aliases;relation\n"
    + "yes;a;;A;;\n;b;c;B;d|e;is_a\nno;c;;C;;is_a\n" * 3,
    "edges": "child,parent,relation\n" + "a,b,is_a\nc,b,is_a\nb,d,is_a\n" * 3,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_plain_tables_of_identifiers_are_read_in_blocks(name: str) -> None:
    text = COLUMNS[name]
    assert _id_table._plain_rows(text, ";" if name == "all columns" else ",") is not None
    assert_same_nodes(text)


@pytest.mark.parametrize("at", [0, 1, 2, 20, 39])
@pytest.mark.parametrize(
    "line",
    [
        *("", ",,", " ,x,1", "50,x", "50,x,1,", "50,x,1,y", "#50,x,1", "# note", ",x,1", "50, x,1"),
        *('50,"x, y",1', "50,x,1\r", "50,x,1\r\r", "1.0,x,1", "50,x,01", "'50','x','1'", "id,x,1"),
    ],
)
def test_one_odd_line_among_identifiers_gives_what_reading_by_rows_gives(
    line: str, at: int
) -> None:
    lines = NAMED.splitlines()
    lines.insert(at, line)
    assert_same_nodes("\n".join(lines) + "\n")
    assert_same_nodes("\n".join(lines))
