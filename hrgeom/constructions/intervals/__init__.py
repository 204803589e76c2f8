"""Interval covers with coordinates: two per class, with or without a shared one."""

from hrgeom.constructions.intervals._builder import CODES, COVERS
from hrgeom.constructions.intervals._half_plane import half_plane, half_plane_promise
from hrgeom.constructions.intervals._interval import check_reserve, interval, interval_promise

__all__ = [
    "CODES",
    "COVERS",
    "check_reserve",
    "half_plane",
    "half_plane_promise",
    "interval",
    "interval_promise",
]
