"""Edges of tables of any kind, row by row, with everything that has to be mended."""

from __future__ import annotations

import numpy as np

from hrgeom.errors import FormatError
from hrgeom.io._layout import EDGES, Columns, Layout, layout_of
from hrgeom.io._tables import Row, read_table
from hrgeom.io.hierarchies._edge_columns import EdgeColumns, Numbering
from hrgeom.io.hierarchies._edge_ends import positions_of_ends, unread_columns
from hrgeom.io.hierarchies._labels import (
    declared_labels,
    met_numbers,
    parents_apart,
    without_nulls,
)
from hrgeom.io.hierarchies._no_edges import refuse_levels

__all__ = ["edges_of_rows"]


def edges_of_rows(
    text: str, delimiter: str, direction: str | None, columns: Columns | None, header: bool | None
) -> EdgeColumns:
    """Return the edges of a table.

    Raises
    ------
    FormatError
        As `hierarchy_from_table`.
    """
    table = read_table(text, delimiter, EDGES.known)
    if not table.rows:
        raise FormatError("a table must have a row: got comments only")
    layout = layout_of(table.rows, EDGES, columns=columns, header=header)
    child, parent = positions_of_ends(layout, direction, columns, table.rows[0])
    rows = table.rows[1:] if layout.header else table.rows
    _check_widths(rows, layout, child)
    children, parents, lines = _cells(rows, child, parent, layout.width)
    remarks = table.remarks + unread_columns(layout, child, parent)
    declared = declared_labels(rows)
    children, parents, lines, more = without_nulls(children, parents, lines, declared)
    remarks += more
    children, parents, more = met_numbers(children, parents, declared)
    remarks += more
    children, parents, lines, more = parents_apart(children, parents, lines, declared)
    remarks += more
    if columns is None and layout.is_known:
        refuse_levels(rows, layout.header or [], child, parent)
    numbering = Numbering()
    numbering.add(children, parents)
    return EdgeColumns(
        numbering.labels,
        numbering.ends(),
        np.array(lines, dtype=np.int64).item,
        layout,
        table.comments,
        remarks,
        is_list=layout.header is not None and all(len(cells) == 1 for _, cells in rows),
    )


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
