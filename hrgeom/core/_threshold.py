"""Thresholds: numbers that float64 holds, so that the one stated is the one scores are held to."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from hrgeom.errors import NotFiniteError, ShapeError

__all__ = ["as_threshold"]


def as_threshold(value: object) -> float | None:
    """Return a threshold as a float, or None if there is none.

    Parameters
    ----------
    value : object
        A real number of any kind that float64 holds; None for no threshold.

    Returns
    -------
    threshold : float or None
        The same number.

    Raises
    ------
    ShapeError
        If it is no number, a truth value, or a number that float64 would round.
    NotFiniteError
        If it is NaN or infinite.

    Examples
    --------
    >>> as_threshold(2), as_threshold(None)
    (2.0, None)
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ShapeError(
            f"threshold must be a number: got {_shortened(value)} ({type(value).__name__})"
        )
    # NumPy would round its own integers to compare them with a float; Python does not.
    given: Any = int(value) if isinstance(value, Integral) else value
    if given != given or given in (math.inf, -math.inf):
        raise NotFiniteError(f"threshold must be finite: got {value}")
    try:
        number = float(given)
    except OverflowError:
        number = math.inf if given > 0 else -math.inf
    if number != given:
        raise ShapeError(
            f"threshold must be a number that float64 holds: got {_shortened(value)} "
            f"({type(value).__name__}), which float64 takes for {number!r}"
        )
    return number


def _shortened(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length():,} bits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:40]}..."
