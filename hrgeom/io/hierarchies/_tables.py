"""Hierarchies as tables of two columns, separated by tabs (TSV) or commas (CSV).

Messages give the line; the caller adds the name of the source.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io._tables import comma_certainty, field, rows_of_table, tab_certainty
from hrgeom.io.hierarchies._format import HierarchyFormat

__all__ = ["CSV", "TSV", "hierarchy_from_table", "table_of_hierarchy"]


def hierarchy_from_table(
    text: str, *, delimiter: str, edge_direction: str | None = None
) -> Hierarchy:
    r"""Return the hierarchy of a table of children and parents.

    Parameters
    ----------
    text : str
        A row is an edge, or a node without a parent if it has one column or an empty second one.
        A first row ``child, parent`` or ``parent, child``, in any letter case, is a header.
    delimiter : {"\\t", ","}
    edge_direction : {"child-parent", "parent-child"}, optional
        Order of the columns. Default: what the header says, else child-parent.

    Raises
    ------
    FormatError
        If a row has more than two columns or an empty first one, or the header contradicts
        `edge_direction`.
    HierarchyError, CycleError
        If an edge comes twice or joins a node to itself (with the lines), or edges form a cycle.

    Examples
    --------
    >>> hierarchy_from_table("child,parent\ndog,animal\ncat,animal\n", delimiter=",")
    Hierarchy(3 nodes, 2 edges, 1 root, 2 levels)
    """
    index: dict[str, int] = {}
    line_of: dict[tuple[int, int], int] = {}
    rows = rows_of_table(text, delimiter)
    for position, (line, row) in enumerate(rows):
        if position == 0 and (header := _header_direction(row)):
            if edge_direction not in (None, header):
                raise FormatError(
                    f"edge_direction must agree with the header: got {edge_direction!r}, "
                    f"header {delimiter.join(row)!r} at line {line}"
                )
            edge_direction = header
            continue
        if len(row) > 2:
            raise FormatError(
                f"a row must have one or two columns: got {len(row)} at line {line}: {row!r}"
            )
        if not row[0]:
            raise FormatError(f"the first column must not be empty: got {row!r} at line {line}")
        numbers = [index.setdefault(label, len(index)) for label in row if label]
        if len(numbers) == 1:
            continue
        first, second = numbers
        if first == second:
            raise HierarchyError(
                f"an edge must not join a node to itself: got {row[0]!r} at line {line}"
            )
        earlier = line_of.setdefault((first, second), line)
        if earlier != line:
            raise HierarchyError(
                f"an edge must come once: got {row[0]!r}, {row[1]!r} at lines {earlier} and {line}"
            )
    edges = np.array(list(line_of), dtype=np.int64).reshape(-1, 2)
    if edge_direction == "parent-child":
        edges = edges[:, ::-1]
    return Hierarchy(list(index), edges)


def _header_direction(row: list[str]) -> str | None:
    direction = "-".join(row).lower()
    return direction if direction in ("child-parent", "parent-child") and len(row) == 2 else None


def table_of_hierarchy(hierarchy: Hierarchy, *, delimiter: str) -> str:
    r"""Return a hierarchy as a table: a header, its edges, then the nodes that have no edge.

    The header is always there, so that an edge from "child" to "parent" cannot be taken for one.

    Raises
    ------
    FormatError
        If a label is blank; for TSV also if it holds a tab or a line break or starts with ``#``.

    Examples
    --------
    >>> print(table_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)]), delimiter=","), end="")
    child,parent
    dog,animal
    """
    fields = [field(label, delimiter) for label in hierarchy.labels]
    lines = [f"child{delimiter}parent"]
    lines += [
        f"{fields[child]}{delimiter}{fields[parent]}" for child, parent in hierarchy.edges.tolist()
    ]
    alone = np.ones(hierarchy.n_nodes, dtype=np.bool_)
    alone[hierarchy.edges] = False
    lines += [fields[node] for node in np.flatnonzero(alone)]
    return "\n".join(lines) + "\n"


TSV = HierarchyFormat(
    name="tsv",
    suffixes=(".tsv",),
    description="table of children and parents between tabs, without quoting",
    options=("edge_direction",),
    sniff=tab_certainty,
    read=partial(hierarchy_from_table, delimiter="\t"),
    write=partial(table_of_hierarchy, delimiter="\t"),
    example="child\tparent\ndog\tanimal\ncat\tanimal\n",
    keeps="labels",
)
CSV = HierarchyFormat(
    name="csv",
    suffixes=(".csv",),
    description="table of children and parents between commas, quoted as in RFC 4180",
    options=("edge_direction",),
    sniff=comma_certainty,
    read=partial(hierarchy_from_table, delimiter=","),
    write=partial(table_of_hierarchy, delimiter=","),
    example="child,parent\ndog,animal\ncat,animal\n",
    keeps="labels",
)
