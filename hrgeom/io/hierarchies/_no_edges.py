"""Tables of two columns or more whose rows are no edges: names and values, levels side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hrgeom.errors import FormatError
from hrgeom.io._headers import plain
from hrgeom.io._tables import Row

__all__ = ["may_be_levels", "refuse_levels", "refuse_values"]

_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?%?")


def refuse_values(below: set[str], above: set[str], n_rows: int, n_edges: int) -> None:
    """Refuse a table of names and values that nothing but a reader calls children and parents.

    Parameters
    ----------
    below, above : set of str
        Labels of children and of parents.
    n_rows, n_edges : int
        How many rows there are, and how many of them have a parent.

    Raises
    ------
    FormatError
        If no label occurs twice in three rows or more; or if no value is a name, and the values
        are numbers or tree numbers such as A01.236, or the names are paths such as shop.pets.
    """
    distinct = len(below | above) == n_rows + n_edges
    apart = below.isdisjoint(above)
    if len(above) > 2 and distinct:
        found = f"{n_rows:,} rows in which no label occurs twice, as in names and values"
    elif apart and _are_tree_numbers(above):
        found = f"names beside tree numbers such as {str(max(sorted(above), key=len))!r}"
    elif apart and (path := _path_among(below)):
        found = f"paths such as {path!r} beside values that are none; keep their column alone"
    elif apart and _are_values(below, above):
        found = f"names beside numbers such as {str(min(above))!r}"
    else:
        return
    raise FormatError(
        f"rows must be edges: got {found}; if they are edges, say --columns child=1,parent=2"
    )


def _are_tree_numbers(labels: set[str]) -> bool:
    dotted = re.compile(r"[A-Za-z]{0,3}\d+(\.\d+)*")
    if not all(map(dotted.fullmatch, labels)):
        return False
    return any("." in label and label.rpartition(".")[0] in labels for label in labels)


def _path_among(labels: set[str]) -> str | None:
    """Return one of the labels if most are paths from others of them."""
    for sign in "./>":
        paths = [x for x in labels if sign in x and x.rpartition(sign)[0].strip() in labels]
        if 2 * len(paths) >= len(labels):
            return max(sorted(paths), key=len, default=None)
    return None


def _are_values(below: set[str], above: set[str]) -> bool:
    numbers = all(map(_NUMBER.fullmatch, above))
    return bool(above) and numbers and not any(map(_NUMBER.fullmatch, below))


def may_be_levels(header: Sequence[str], child: int, parent: int) -> bool:
    """True if a header of three names or more has the child as a sub- of the parent."""
    return len(header) > 2 and plain(header[child]) == f"sub{plain(header[parent])}"


def refuse_levels(rows: list[Row], header: Sequence[str], child: int, parent: int) -> None:
    """Refuse a table of levels side by side, such as department, category, subcategory.

    Raises
    ------
    FormatError
        If the header has the child as a sub- of the parent, and another column has one text for
        each parent, and one for several: a level above it.
    """
    if not may_be_levels(header, child, parent):
        return
    for column in set(range(len(header))) - {child, parent}:
        of_parent: dict[str, set[str]] = {}
        for _, cells in rows:
            if len(cells) > max(column, parent) and cells[parent] and cells[column]:
                of_parent.setdefault(cells[parent], set()).add(cells[column])
        texts = {text for found in of_parent.values() for text in found}
        if 0 < len(texts) < len(of_parent) and all(len(f) == 1 for f in of_parent.values()):
            raise FormatError(
                f"a row must be an edge: got levels side by side, {header[column]!r} above "
                f"{header[parent]!r}; write a path per line, such as A > B > C, or say --columns "
                f"child={child + 1},parent={parent + 1} to read two of them"
            )
