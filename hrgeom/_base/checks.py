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


def as_labels(labels: Sequence[str] | None, n: int, what: str) -> tuple[str, ...]:
    """Return the labels as a tuple, or the numbers as text if there are none."""
    if labels is None:
        return tuple(map(str, range(n)))
    if len(labels) != n:
        raise ShapeError(f"{what} must have one entry per row, {n}: got {len(labels)}")
    return tuple(labels)


def check_effort(effort: float) -> None:
    """Raise ConstructionError unless it is a finite number of at least 0."""
    if not 0 <= effort < float("inf"):
        raise ConstructionError(f"effort must be a number of at least 0: got {effort}")
