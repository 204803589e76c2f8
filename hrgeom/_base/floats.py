"""Constants of floating-point arithmetic."""

from __future__ import annotations

__all__ = ["UNIT_ROUNDOFF"]

UNIT_ROUNDOFF = 2.0**-53
"""Unit roundoff u of float64: rounding to nearest changes a number by at most this share."""
