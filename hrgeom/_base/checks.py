"""Checks of input that several modules share."""

from __future__ import annotations

from collections.abc import Sequence

from hrgeom.errors import ConstructionError, HierarchyError, ShapeError


def label_index(labels: Sequence[str], what: str) -> dict[str, int]:
    """Return label -> number; the labels must be distinct strings."""
    for position, label in enumerate(labels):
        if not isinstance(label, str):
            raise HierarchyError(
                f"{what} must be text: got {label!r} ({type(label).__name__}) at number {position}"
            )
    index = {label: number for number, label in enumerate(labels)}
    if len(index) < len(labels):
        seen: dict[str, int] = {}
        for number, label in enumerate(labels):
            if label in seen:
                raise HierarchyError(
                    f"{what} must be distinct: got {label!r} at numbers {seen[label]} and {number}"
                )
            seen[label] = number
    return index


class RowNumbers(tuple[str, ...]):
    """Labels that nobody gave: the numbers of the rows as text.

    They name rows in messages and identify nothing. Labels that are given may be the same text, and
    then they do; so the two differ by type, which goes where the labels go.
    """

    __slots__ = ()


def as_labels(labels: Sequence[str] | None, n: int, what: str) -> tuple[str, ...]:
    """Return the labels as a tuple, or the numbers of the rows if there are none."""
    if labels is None:
        return RowNumbers(map(str, range(n)))
    if len(labels) != n:
        raise ShapeError(f"{what} must have one entry per row, {n}: got {len(labels)}")
    return labels if isinstance(labels, RowNumbers) else tuple(labels)


def check_effort(effort: float) -> None:
    """Raise ConstructionError unless it is a finite number of at least 0."""
    if not 0 <= effort < float("inf"):
        raise ConstructionError(f"effort must be a number of at least 0: got {effort}")
