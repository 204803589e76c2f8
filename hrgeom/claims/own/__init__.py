"""Claims of our own: what the constructions, bounds and pages of hrgeom state."""

from hrgeom.claims.own import _bounds, _constructions, _numbers

__all__ = ["CLAIMS"]

CLAIMS = (*_constructions.CLAIMS, *_bounds.CLAIMS, *_numbers.CLAIMS)
"""Constructions first, then bounds, then numbers."""
