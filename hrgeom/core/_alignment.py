"""Which row of an embedding belongs to which label of a target."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.checks import RowNumbers
from hrgeom.core._remark import Remark
from hrgeom.errors import ShapeError

__all__ = ["ROW_RULES", "RowRule", "row_places", "row_remarks"]

RowRule = Literal["labels", "order"]
ROW_RULES: tuple[RowRule, ...] = get_args(RowRule)
_NUMBER = re.compile(r"\s*[+-]?[0-9]+(\.0*)?\s*")  # 0.1 is rather a place in an outline


def row_places(
    labels: Sequence[str] | None,
    wanted: Sequence[str],
    name: str,
    *,
    n_rows: int | None = None,
    rows: RowRule | None = None,
) -> NDArray[np.int64] | None:
    """Return the row of every label of a target.

    Labels that were given decide. Rows without any are in the order of the target, unless its
    labels are numbers in another order: then the rows may be in the order of the numbers as well,
    and `rows` must say which it is.

    Parameters
    ----------
    labels : sequence of str or None
        One per row. None: none were given, as for the labels that a `DualEmbedding` makes up.
    wanted : sequence of str
        The labels of the target.
    name : str
        What to call the rows in messages, such as "queries of theirs.npz".
    n_rows : int, optional
        Number of rows. Default: that of the labels.
    rows : {"labels", "order"}, optional
        "order": rows are in the order of the target, whatever their labels. "labels": rows without
        labels have their numbers, from 0, for labels.

    Returns
    -------
    places : ndarray of int64, shape (n_wanted,), or None
        Numbers of rows; None: all rows as they are.

    Raises
    ------
    ShapeError
        If a label has no row or two, numbers of rows or labels differ, or `rows` must be said.

    Examples
    --------
    >>> row_places(["dog", "animal"], ["animal", "dog"], "the rows")
    array([1, 0])
    >>> row_places(None, ["animal", "dog"], "the rows", n_rows=2) is None
    True
    """
    if rows not in (None, *ROW_RULES):
        raise ShapeError(f"rows must be {' or '.join(map(repr, ROW_RULES))}: got {rows!r}")
    n = len(labels or ()) if n_rows is None else n_rows
    if labels is not None and len(labels) != n:
        raise ShapeError(
            f"{name} must have one label per row: got {len(labels):,} labels, {n:,} rows"
        )
    given = None if isinstance(labels, RowNumbers) else labels
    if given is None and rows == "labels":
        given = tuple(map(str, range(n)))
    if given is None or rows == "order":
        _check_order(given, wanted, name, n, rows)
        return None
    if tuple(given) == tuple(wanted):
        return None
    return _by_label(given, wanted, name)


def _check_order(
    given: Sequence[str] | None, wanted: Sequence[str], name: str, n: int, rows: RowRule | None
) -> None:
    """Raise ShapeError unless the rows can be taken in the order of the target."""
    if n != len(wanted):
        rule = "for rows=order" if given is not None else "or labels"
        found = f"{n:,} rows" + ("" if given is not None else " without labels")
        more = f", {n - len(wanted):,} too many" if n > len(wanted) else ""
        raise ShapeError(f"{name} must have a row each, {len(wanted):,}, {rule}: got {found}{more}")
    if rows is None and _are_numbers_out_of_order(wanted):
        raise ShapeError(
            f"{name} must say which row is which: they have no labels, and the labels there are "
            f"for them are numbers in another order, {_some(wanted)}; say rows=order if row 0 is "
            f"{wanted[0]!r} and row 1 is {wanted[1]!r}, or rows=labels if row 0 is '0' and row 1 "
            "is '1' (--rows)"
        )


def _are_numbers_out_of_order(labels: Sequence[str]) -> bool:
    """Return whether labels are ids that number rows in another order than their own.

    A root named by a word among numbers changes nothing, so most of the labels decide.
    """
    if isinstance(labels, RowNumbers):
        return False
    numbers = [float(label) for label in labels if _NUMBER.fullmatch(label)]
    if 2 * len(numbers) <= len(labels) or len(set(numbers)) < len(numbers):
        return False
    return any(b <= a for a, b in pairwise(numbers))


def _by_label(given: Sequence[str], wanted: Sequence[str], name: str) -> NDArray[np.int64]:
    place: dict[str, int] = {}
    needed = set(wanted)
    for row, label in enumerate(given):
        if label in needed and place.setdefault(label, row) != row:
            raise ShapeError(
                f"{name} must have one row per label: got {label!r} at rows {place[label]} "
                f"and {row}"
            )
    missing = [label for label in wanted if label not in place]
    if missing:
        way_out = "; give them rows, or leave them out of the hierarchy" if place else ""
        if len(given) == len(wanted) and not place:
            way_out = "; say rows=order if the rows are in that order all the same (--rows)"
        raise ShapeError(
            f"{name} must have a row for every label: got none for {len(missing):,} of "
            f"{len(wanted):,}, {_some(missing)}; the rows have labels such as {_some(given)}"
            f"{way_out}"
        )
    return np.array([place[label] for label in wanted], dtype=np.int64)


def _some(labels: Sequence[str]) -> str:
    return ", ".join(map(repr, labels[:3])) + (", ..." if len(labels) > 3 else "")


def row_remarks(
    sides: Sequence[tuple[str, Sequence[str] | None, int, Sequence[str]]],
    rows: RowRule | None = None,
) -> tuple[Remark, ...]:
    """Return what is to be said of rows that were put in the order of a target.

    Parameters
    ----------
    sides : sequence of (str, sequence of str or None, int, sequence of str)
        Name, labels, number of rows and labels of the target, as for `row_places`, of each side.
    rows : {"labels", "order"}, optional
        As for `row_places`.

    Returns
    -------
    remarks : tuple of Remark
        "rows-in-order" where no label says which row is which, "rows-unused" where labels are
        none of the target's. None of two sides that are alike is said twice.

    Examples
    --------
    >>> print(*row_remarks([("the queries", None, 2, ["animal", "dog"])]))
    the queries have no labels: row 0 is taken for 'animal', row 1, the last, for 'dog'
    """
    found = []
    for name, labels, n, wanted in sides:
        is_numbered = labels is None or isinstance(labels, RowNumbers)
        if (is_numbered and rows is None) or rows == "order":
            if not isinstance(wanted, RowNumbers) and (labels or None) != tuple(wanted):
                found.append(_in_order(name, wanted, is_numbered=is_numbered))
            continue
        own = map(str, range(n)) if labels is None else labels
        needed = set(wanted)
        unused = [label for label in own if label not in needed]
        if unused:
            found.append(
                Remark(
                    "rows-unused",
                    f"{len(unused):,} of the {n:,} {name} left out, as nothing asks for their "
                    f"labels, such as {unused[0]!r}",
                    len(unused),
                )
            )
    return tuple(found)


def _in_order(name: str, wanted: Sequence[str], *, is_numbered: bool) -> Remark:
    why = "have no labels" if is_numbered else "have labels that are not used (rows=order)"
    last = len(wanted) - 1
    ends = f"row 0 is taken for {wanted[0]!r}"
    if last:
        ends += f", row {last:,}, the last, for {wanted[-1]!r}"
    return Remark("rows-in-order", f"{name} {why}: {ends}", len(wanted))
