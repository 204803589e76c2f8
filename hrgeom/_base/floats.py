"""Constants of floating-point arithmetic, and what is a number of float64."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["UNIT_ROUNDOFF", "is_float"]

UNIT_ROUNDOFF = 2.0**-53
"""Unit roundoff u of float64: rounding to nearest changes a number by at most this share."""


def is_float(value: Any) -> bool:
    """Return whether a value of JSON is a finite number that float64 holds as it is.

    >>> [is_float(value) for value in (1, 0.5, 2**53 + 1, 10**400, float("nan"), True, "1")]
    [True, True, False, False, False, False, False]
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value) and float(value) == value
    except OverflowError:
        return False
