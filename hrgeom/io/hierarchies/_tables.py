"""Hierarchies as tables of children and parents.

Messages give the line; the caller adds the name of the source.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import FormatError
from hrgeom.io._foreign import listed_kind
from hrgeom.io._headers import plain
from hrgeom.io._layout import EDGES, Columns
from hrgeom.io._tables import AS_GIVEN, certainty_of_delimiter, field
from hrgeom.io.hierarchies._closed import redundant_in_closure
from hrgeom.io.hierarchies._edge_columns import EdgeColumns, strangers
from hrgeom.io.hierarchies._edge_rows import edges_of_rows
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._labels import is_confusing
from hrgeom.io.hierarchies._no_edges import refuse_values
from hrgeom.io.hierarchies._plain_edges import plain_edges
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
    given = (text, delimiter, edge_direction, columns, header)
    table = plain_edges(*given) or edges_of_rows(*given)
    remarks = table.remarks + _lonely_zero(table)
    n_rows, n_edges = len(table.ends), table.n_edges
    if n_rows > 1 and not n_edges and not (table.is_list or allow_no_edges):
        kind, advice = listed_kind(text)
        raise FormatError(
            f"a text of several lines must have an edge: got {counted(n_rows, 'row')} without "
            f"any, which looks like {kind}; {advice}"
        )
    if columns is None and header is not False and not table.layout.is_known:
        refuse_values(table.below(), table.above(), n_rows, n_edges)
    rows = np.flatnonzero(table.ends[:, 1] >= 0)
    return mended_hierarchy(
        table.labels,
        table.ends if len(rows) == n_rows else table.ends[rows],
        place=lambda position: f"line {table.line(int(rows[position]))}",
        remarks=remarks,
        closure="keep" if AS_GIVEN in table.comments else "reduce",
    )


def _lonely_zero(table: EdgeColumns) -> list[Remark]:
    """A remark on a parent 0 or -1 without a row of its own, by which shops mean no parent."""
    names, child = table.layout.header or [], table.layout.columns["child"]
    is_known = table.layout.is_known and child < len(names)
    if not is_known or not plain(names[child]).endswith("id"):
        return []
    unknown = strangers(table.labels, table.ends)
    if not unknown or not unknown <= {"0", "-1"}:
        return []
    zero = min(unknown)
    n = int(np.count_nonzero(table.ends[:, 1] == table.labels.index(zero)))
    text = (
        f"{counted(n, 'row')} with the parent {zero!r}, which has no row and becomes a node; leave "
        "the cell empty if it means no parent"
    )
    return [Remark("zero-parents", text, n)]


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
