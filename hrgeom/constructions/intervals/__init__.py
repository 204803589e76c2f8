"""Interval covers with coordinates: two a class, with or without a shared one."""

from hrgeom.constructions.intervals._half_plane import half_plane
from hrgeom.constructions.intervals._interval import interval, interval_promise

__all__ = ["half_plane", "interval", "interval_promise"]
