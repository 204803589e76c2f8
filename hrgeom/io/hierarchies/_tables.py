"""Hierarchies as tables of children and parents.

Messages give the line; the caller adds the name of the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import FormatError
from hrgeom.io._foreign import listed_kind
from hrgeom.io._headers import plain
from hrgeom.io._layout import EDGES, Columns, Layout, layout_of
from hrgeom.io._tables import (
    AS_GIVEN,
    Row,
    certainty_of_delimiter,
    field,
    read_table,
)
from hrgeom.io.hierarchies._closed import redundant_in_closure
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._labels import (
    declared_labels,
    is_confusing,
    met_numbers,
    parents_apart,
    without_nulls,
)
from hrgeom.io.hierarchies._no_edges import refuse_levels, refuse_values
from hrgeom.io.hierarchies._repairs import counted, mended_hierarchy

__all__ = [
    "CSV",
    "PSV",
    "SPACES",
    "SSV",
    "TABLES",
    "TSV",
    "hierarchy_from_table",
    "table_of_hierarchy",
]

_OPTIONS = ("edge_direction", "columns", "header", "allow_no_edges")


def hierarchy_from_table(
    text: str,
    *,
    delimiter: str,
    edge_direction: str | None = None,
    columns: Columns | None = None,
    header: bool | None = None,
    allow_no_edges: bool = False,
) -> Hierarchy:
    r"""Return the hierarchy of a table of children and parents.

    Parameters
    ----------
    text : str
        A row is an edge, or a node without a parent if it has one cell or no parent (an empty
        cell, NaN, NULL, None).
    delimiter : {"\\t", ",", ";", "|", " "}
        What stands between cells; a space stands for any white space.
    edge_direction : {"child-parent", "parent-child"}, optional
        Order of the columns. Default: what the header says, else child-parent.
    columns : mapping, optional
        "child" and "parent" -> number of the column from 1, or its name in the header.
    header : bool, optional
        Whether the first row is a header. Default: it is if its names are usual ones.
    allow_no_edges : bool
        Several rows without any edge are nodes.

    Raises
    ------
    FormatError
        If the first row may be a header and is not known, a row has too many cells or no child,
        the header contradicts `edge_direction`, or there is no edge.
    HierarchyError, CycleError
        If there is no node, or edges form a cycle.

    Examples
    --------
    >>> hierarchy_from_table("child,parent\ndog,animal\ncat,animal\n", delimiter=",")
    Hierarchy(3 nodes, 2 edges, 1 root, 2 levels)
    """
    table = read_table(text, delimiter, EDGES.known)
    if not table.rows:
        raise FormatError("a table must have a row: got comments only")
    layout = layout_of(table.rows, EDGES, columns=columns, header=header)
    child, parent = _ends(layout, edge_direction, columns, table.rows[0])
    rows = table.rows[1:] if layout.header else table.rows
    _check_widths(rows, layout, child)
    children, parents, lines = _cells(rows, child, parent, layout.width)
    remarks = table.remarks + _unread(layout, child, parent)
    declared = declared_labels(rows)
    children, parents, lines, more = without_nulls(children, parents, lines, declared)
    remarks += more
    children, parents, more = met_numbers(children, parents, declared)
    remarks += more
    children, parents, lines, more = parents_apart(children, parents, lines, declared)
    remarks += more
    remarks += _lonely_zero(children, parents, layout)
    is_listed = layout.header is not None and all(len(cells) == 1 for _, cells in rows)
    if len(rows) > 1 and not any(parents) and not (is_listed or allow_no_edges):
        kind, advice = listed_kind(text)
        raise FormatError(
            f"a text of several lines must have an edge: got {counted(len(rows), 'row')} without "
            f"any, which looks like {kind}; {advice}"
        )
    if columns is None and layout.is_known:
        refuse_levels(rows, layout.header or [], child, parent)
    elif columns is None and header is not False:
        refuse_values(children, parents)
    return _hierarchy(children, parents, lines, remarks, reduce=AS_GIVEN not in table.comments)


def _ends(
    layout: Layout, direction: str | None, columns: Columns | None, first: Row
) -> tuple[int, int]:
    """Positions of the child and the parent."""
    child, parent = layout.columns["child"], layout.columns["parent"]
    if direction is None:
        return child, parent
    if columns is not None:
        raise FormatError(
            f"edge_direction must be left out where columns are given: got {direction!r}"
        )
    if not layout.is_known:
        return (child, parent) if direction == "child-parent" else (parent, child)
    header = "child-parent" if child < parent else "parent-child"
    if header != direction and not _is_vague(first[1]):
        raise FormatError(
            f"edge_direction must agree with the header: got {direction!r}, "
            f"header {', '.join(first[1])!r} at line {first[0]}"
        )
    return (child, parent) if header == direction else (parent, child)


def _is_vague(names: list[str]) -> bool:
    """Names that say what an edge runs from and to, but not which of them is the child."""
    vague = r"(?i)(source|src|from|target|dst|to|subject|object|head|tail)([_ ]?(node|id))*|\w*[12]"
    return sum(re.fullmatch(vague, name) is not None for name in names) > 1


def _check_widths(rows: list[Row], layout: Layout, child: int) -> None:
    most = max(layout.width, 2)
    for line, cells in rows:
        if len(cells) > most:
            how = "one or two columns" if most == 2 else f"at most {most} columns"
            raise FormatError(
                f"a row must have {how}: got {len(cells)} at line {line}: "
                f"{list(map(str, cells))!r}; put quotes around a cell with that sign in it"
            )
        if len(cells) > 1 and (child >= len(cells) or not cells[child]) and any(cells):
            raise FormatError(
                f"the column of the child must not be empty: got {list(map(str, cells))!r} "
                f"at line {line}"
            )


def _cells(
    rows: list[Row], child: int, parent: int, width: int
) -> tuple[list[str], list[str], list[int]]:
    """Children, parents ("" for none) and lines; the node of a row of one cell stands alone."""
    least = max(child, parent) + 1
    children, parents, lines = [], [], []
    for line, cells in rows:
        if len(cells) >= least:
            children.append(cells[child])
            parents.append(cells[parent])
        else:
            children.append(cells[child] if child < len(cells) else cells[0])
            parents.append("")
        lines.append(line)
    return children, parents, lines


def _unread(layout: Layout, child: int, parent: int) -> list[Remark]:
    others = [i for i in range(layout.width) if i not in (child, parent)]
    if not others or layout.width < 3:
        return []
    names = layout.header or []
    shown = [repr(str(names[i])) if i < len(names) else str(i + 1) for i in others[:3]]
    more = ", ..." if len(others) > 3 else ""
    text = f"{counted(len(others), 'column')} not read: {', '.join(shown)}{more}"
    return [Remark("ignored-columns", text, len(others))]


def _lonely_zero(children: list[str], parents: list[str], layout: Layout) -> list[Remark]:
    """A remark on a parent 0 or -1 without a row of its own, by which shops mean no parent."""
    names = layout.header or []
    child = layout.columns["child"]
    if not layout.is_known or child >= len(names) or not plain(names[child]).endswith("id"):
        return []
    strangers = set(parents) - set(children) - {""}
    if not strangers or not strangers <= {"0", "-1"}:
        return []
    zero = min(strangers)
    n = sum(parent == zero for parent in parents)
    text = (
        f"{counted(n, 'row')} with the parent {zero!r}, which has no row and becomes a node; leave "
        "the cell empty if it means no parent"
    )
    return [Remark("zero-parents", text, n)]


def _hierarchy(
    children: list[str],
    parents: list[str],
    lines: list[int],
    remarks: list[Remark],
    *,
    reduce: bool,
) -> Hierarchy:
    index: dict[str, int] = {}
    edges: list[tuple[int, int]] = []
    places: list[int] = []
    for child, parent, line in zip(children, parents, lines, strict=True):
        node = index.setdefault(child, len(index))
        if parent:
            edges.append((node, index.setdefault(parent, len(index))))
            places.append(line)
    return mended_hierarchy(
        list(map(str, index)),
        np.array(edges, dtype=np.int64).reshape(-1, 2),
        place=lambda position: f"line {places[position]}",
        remarks=remarks,
        closure="reduce" if reduce else "keep",
    )


def table_of_hierarchy(hierarchy: Hierarchy, *, delimiter: str) -> str:
    r"""Return a hierarchy as a table: a header, its edges, then the nodes that have no edge.

    The header is always there, so that an edge from "child" to "parent" cannot be taken for one.
    A label that a reader might take for no parent or for another number stands in a row of its
    own besides, in quotes; edges that are their own closure have a comment that says so.

    Raises
    ------
    FormatError
        If a label is blank or has white space around it.

    Examples
    --------
    >>> print(table_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)]), delimiter=","), end="")
    child,parent
    dog,animal
    """
    fields = [field(label, delimiter) for label in hierarchy.labels]
    lines = [] if redundant_in_closure(hierarchy) is None else [AS_GIVEN]
    lines.append(f"child{delimiter}parent")
    lines += [
        f"{fields[child]}{delimiter}{fields[parent]}" for child, parent in hierarchy.edges.tolist()
    ]
    alone = np.ones(hierarchy.n_nodes, dtype=np.bool_)
    alone[hierarchy.edges] = False
    lines += [fields[node] for node in np.flatnonzero(alone)]
    confusing = filter(is_confusing, hierarchy.labels)
    lines += ['"{}"'.format(label.replace('"', '""')) for label in confusing]
    return "\n".join(lines) + "\n"


def _sniff(delimiter: str) -> Callable[[str], float]:
    return partial(certainty_of_delimiter, delimiter=delimiter, known=EDGES.known)


def _never(text: str) -> float:
    return 0.0


def _table(name: str, suffixes: tuple[str, ...], delimiter: str, what: str) -> HierarchyFormat:
    return HierarchyFormat(
        name=name,
        suffixes=suffixes,
        description=f"table of children and parents between {what}",
        options=_OPTIONS,
        sniff=_sniff(delimiter),
        read=partial(hierarchy_from_table, delimiter=delimiter),
        write=partial(table_of_hierarchy, delimiter=delimiter),
        example=f"child{delimiter}parent\ndog{delimiter}animal\ncat{delimiter}animal\n",
        keeps="labels",
        drops="other columns",
    )


TSV = _table("tsv", (".tsv", ".tab"), "\t", "tabs")
CSV = _table("csv", (".csv",), ",", "commas")
SSV = _table("ssv", (".ssv", ".scsv"), ";", "semicolons")
PSV = _table("psv", (".psv",), "|", "bars")
SPACES = HierarchyFormat(
    name="spaces",
    suffixes=(".edgelist",),
    description="table of children and parents between white space; never guessed from the text",
    options=_OPTIONS,
    sniff=_never,
    read=partial(hierarchy_from_table, delimiter=" "),
)
TABLES = (TSV, CSV, SSV, PSV, SPACES)
"""Formats of tables: nothing of another kind may be read as one."""
