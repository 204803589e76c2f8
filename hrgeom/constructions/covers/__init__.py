"""Covers: ways to split the documents into classes that a code can embed one at a time."""

from hrgeom.constructions.covers.consecutive import (
    ConsecutiveCover,
    ConsecutivePalette,
    consecutive_cover,
)
from hrgeom.constructions.covers.intervals import IntervalClass, IntervalCover
from hrgeom.constructions.covers.laminar import LaminarCover, LaminarPalette, laminar_cover

__all__ = [
    "ConsecutiveCover",
    "ConsecutivePalette",
    "IntervalClass",
    "IntervalCover",
    "LaminarCover",
    "LaminarPalette",
    "consecutive_cover",
    "laminar_cover",
]
