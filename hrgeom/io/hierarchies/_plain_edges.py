"""Edges of plain tables, in blocks; results are those of `edges_of_rows`, which has the last word.

Where a table is odd, or a look at all rows is needed to know what it is, there is no result. Only
ids written several ways are refused here, since distinct labels tell them.
"""

from __future__ import annotations

from functools import partial
from operator import add

from hrgeom.errors import FormatError
from hrgeom.io._layout import EDGES, Columns, Layout, layout_of
from hrgeom.io._plain_tables import PlainTable
from hrgeom.io.hierarchies._edge_columns import EdgeColumns, Numbering, strangers
from hrgeom.io.hierarchies._edge_ends import positions_of_ends, unread_columns
from hrgeom.io.hierarchies._labels import plain_labels
from hrgeom.io.hierarchies._no_edges import may_be_levels

__all__ = ["plain_edges"]


def plain_edges(
    text: str, delimiter: str, direction: str | None, columns: Columns | None, header: bool | None
) -> EdgeColumns | None:
    """Return the edges of a table; None if it is not plain.

    Raises
    ------
    FormatError
        If labels are numbers that are written several ways.
    """
    table = PlainTable.of(text, delimiter, EDGES.known)
    if table is None or len(table.first[1]) < 2:
        return None
    try:
        layout = _layout(table, columns, header)
        if layout is None:
            return None
        child, parent = positions_of_ends(layout, direction, columns, table.first)
    except FormatError:  # more rows may make another of it
        return None
    if columns is None and may_be_levels(layout.header or [], child, parent):
        return None
    is_decided = columns is not None or header is not None
    numbering = _numbered(table, layout, child, parent, is_decided=is_decided)
    if numbering is None:
        return None
    labels, ends = numbering.labels, numbering.ends()
    if (ends[:, 0] < 0).any():
        return None
    remarks = plain_labels(labels, strangers(labels, ends))
    if remarks is None:
        return None
    first = table.first[0] + (layout.header is not None)
    remarks = unread_columns(layout, child, parent) + remarks
    return EdgeColumns(labels, ends, partial(add, first), layout, table.comments, remarks)


def _layout(table: PlainTable, columns: Columns | None, header: bool | None) -> Layout | None:
    """Return where the columns are if the first row is a header just if it is known."""
    if header is None:
        by_name = any(isinstance(column, str) for column in (columns or {}).values())
        if columns is not None and not by_name:
            return None
        header = by_name or EDGES.known(table.first[1]) is not None
    return layout_of([table.first, table.second], EDGES, columns=columns, header=header)


def _numbered(
    table: PlainTable, layout: Layout, child: int, parent: int, *, is_decided: bool
) -> Numbering | None:
    """Return the numbered labels; None if a row is not plain, or the first row may be another.

    A first row that is known is a header unless its names are labels of other rows; one that is
    not is data if they are.
    """
    first, width = table.first[1], layout.width
    named = {first[i] for i in layout.columns.values()} if layout.header else set(first) - {""}
    recurs = False
    numbering = Numbering()
    if not layout.header:
        numbering.add([first[child]], [first[parent]])
    for cells in table.blocks():
        if cells is None:
            return None
        recurs = recurs or not (is_decided or named.isdisjoint(cells))
        numbering.add(cells[child::width], cells[parent::width])
    is_sure = is_decided or recurs == (layout.header is None)
    return numbering if is_sure else None
