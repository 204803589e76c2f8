"""The largest inner product of a code, by looking at all pairs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import ConstructionError

__all__ = ["largest_inner"]

_BLOCK = 2048


def largest_inner(words: NDArray[Any]) -> Fraction:
    """Return the largest inner product of two distinct rows, over their common squared length.

    Parameters
    ----------
    words : ndarray, shape (n, b), n >= 2
        Integers, all rows of one length: the result is exact. Or floats, rows of length one up
        to rounding: the result is at least the exact value for the numbers given, and at most
        (b + 1) 2**-51 more.

    Returns
    -------
    inner : Fraction
        Between -1 and 1, up to rounding for floats.

    Raises
    ------
    ConstructionError
        If there is one row only, or integer rows differ in length or leave no room in float64.

    Examples
    --------
    >>> largest_inner(np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]))
    Fraction(-1, 3)
    """
    n, b = words.shape
    if n < 2:
        raise ConstructionError(f"words must be two at least: got {n}")
    if not np.issubdtype(words.dtype, np.integer):
        return Fraction(_largest(words.astype(np.float64))) + Fraction(b + 1, 2**52)
    squares = np.einsum("ij,ij->i", words, words, dtype=np.int64)
    if squares.min() != squares.max() or squares[0] >= 2**53:
        raise ConstructionError(
            "integer words must have one squared length, below 2**53: "
            f"got {squares.min()} to {squares.max()}"
        )
    # Partial sums are integers of at most the squared length in size, by Cauchy-Schwarz.
    work = np.float32 if squares[0] < 2**24 else np.float64
    return Fraction(int(_largest(words.astype(work))), int(squares[0]))


def _largest(rows: NDArray[np.floating[Any]]) -> float:
    largest = -np.inf
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        scores = block @ rows[start:].T
        k = np.arange(len(block))
        scores[k, k] = -np.inf
        largest = max(largest, float(scores.max(initial=-np.inf)))
    return largest
