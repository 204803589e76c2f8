"""Tables with a column of paths, such as feeds of products with the way to their category.

No reader takes them: what a row is to its path, the node itself or a thing below it, is not said.
"""

from __future__ import annotations

import csv
import re

from hrgeom.io._headers import hierarchy_header

__all__ = ["is_table_of", "path_cells_kind"]

_ARROW = re.compile(r"\S\s+(>|»|›|→|->)\s+\S")
_SLASH = re.compile(r"[^/\s]/[^/\s]")
_OF_PATHS = re.compile(r"(?i)path|categor|taxonomy|breadcrumb")
"""Names of columns in which slashes stand between the parts of a path."""
_ADVICE = (
    "write a path per line, with the identifier of the row in front if the row is that category "
    "(12 - Pets > Dogs), or at the end if it is a thing in it (Pets > Dogs > A12)"
)


def is_table_of(lines: list[str], delimiter: str) -> bool:
    """True if all lines have as many cells, two or more; signs between quotes are text.

    Examples
    --------
    >>> is_table_of(["sku,path", '1,"Food > Tea, Coffee"'], ",")
    True
    """
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
    except csv.Error:
        return False
    return len(widths) == 1 and widths != {1}


def path_cells_kind(text: str) -> tuple[str, str] | None:
    """Return that a column below a header holds paths, and what to do; None if none does.

    A column beside those of child and parent is no reason, nor is a parent that is described.

    Examples
    --------
    >>> path_cells_kind("sku,path\\nA1,Pets > Dogs\\nA2,Pets > Cats\\n")[0]
    "a table with paths in its column 'path'"
    """
    lines = [line for line in text[:200_000].splitlines() if line.strip() and line[0] != "#"]
    if len(text) > 200_000:
        lines = lines[:-1]
    for delimiter in "\t,;|":
        if len(lines) > 1 and is_table_of(lines, delimiter):
            header, *rows = csv.reader(lines, delimiter=delimiter)
            at = _paths_at(header, rows)
            if at is not None:
                return f"a table with paths in its column {header[at].strip()!r}", _ADVICE
    return None


def _paths_at(header: list[str], rows: list[list[str]]) -> int | None:
    """Return the number of the column of paths that must not be read as a label."""
    if any(_ARROW.search(cell) for cell in header):
        return None
    known = hierarchy_header(header)
    for at, name in enumerate(header):
        signs = [_ARROW, _SLASH] if _OF_PATHS.search(name) else [_ARROW]
        n = max(sum(bool(sign.search(row[at])) for row in rows) for sign in signs)
        if 2 * n > len(rows) and (known is None or _is_parent(at, known.columns, rows)):
            return at
    return None


def _is_parent(at: int, columns: dict[str, int], rows: list[list[str]]) -> bool:
    """Return whether paths are taken for parents, though no child has one as its label."""
    if at != columns["parent"]:
        return False
    children = {row[columns["child"]].strip() for row in rows}
    return children.isdisjoint(row[at].strip() for row in rows)
