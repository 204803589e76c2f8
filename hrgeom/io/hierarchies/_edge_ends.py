"""Which of two columns is the child: what the header and the user say."""

from __future__ import annotations

import re

from hrgeom.core import Remark
from hrgeom.errors import FormatError
from hrgeom.io._layout import Columns, Layout
from hrgeom.io._tables import Row
from hrgeom.io.hierarchies._repairs import counted

__all__ = ["positions_of_ends", "unread_columns"]


def positions_of_ends(
    layout: Layout, direction: str | None, columns: Columns | None, first: Row
) -> tuple[int, int]:
    """Return the positions of the child and the parent.

    Raises
    ------
    FormatError
        If the direction contradicts the header.
    """
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


def unread_columns(layout: Layout, child: int, parent: int) -> list[Remark]:
    """Return a remark on the columns that are neither."""
    others = [i for i in range(layout.width) if i not in (child, parent)]
    if not others or layout.width < 3:
        return []
    names = layout.header or []
    shown = [repr(str(names[i])) if i < len(names) else str(i + 1) for i in others[:3]]
    more = ", ..." if len(others) > 3 else ""
    text = f"{counted(len(others), 'column')} not read: {', '.join(shown)}{more}"
    return [Remark("ignored-columns", text, len(others))]
