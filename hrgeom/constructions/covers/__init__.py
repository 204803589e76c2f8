"""Covers: ways to split the documents into classes that a code can embed one at a time."""

from hrgeom.constructions.covers.intervals import IntervalClass, IntervalCover
from hrgeom.constructions.covers.laminar import LaminarCover, LaminarPalette, laminar_cover

__all__ = ["IntervalClass", "IntervalCover", "LaminarCover", "LaminarPalette", "laminar_cover"]
