"""Scores without rounding, and rows that need only one of them."""

from __future__ import annotations

from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["exact_score", "first_equal_rows"]

_ROW_BLOCK = 4096


def exact_score(q: NDArray[Any], x: NDArray[Any]) -> Fraction:
    """Return the inner product of two rows of finite floats as a fraction.

    Examples
    --------
    >>> exact_score(np.array([2.0**53, 1.0]), np.array([1.0, 1.0])) == 2**53 + 1
    True
    """
    (a, e), (b, f) = _integers(q), _integers(x)
    total = sum(map(mul, a, b))
    return Fraction(total << (e + f)) if e + f >= 0 else Fraction(total, 1 << -(e + f))


def _integers(row: NDArray[Any]) -> tuple[list[int], int]:
    """Return whole numbers and the exponent e such that the row is the numbers times 2^e."""
    fraction, exponent = np.frexp(row.astype(np.float64))
    mantissa = np.ldexp(fraction, 53).astype(np.int64)
    shift = np.where(mantissa == 0, 2000, exponent).astype(np.int64)
    least = int(shift.min(initial=2000))
    numbers = zip(mantissa.tolist(), (shift - least).tolist(), strict=True)
    return [m << s if m else 0 for m, s in numbers], least - 53


def first_equal_rows(rows: NDArray[Any]) -> NDArray[np.int64]:
    """Return for every row the number of a row that is equal to it, mostly the first such.

    Rows that are alike have equal sums of scrambled bits; those whose sums agree by chance are
    told apart, and then stand for themselves.

    Parameters
    ----------
    rows : ndarray of float32 or float64, shape (n, d)
        Finite; zeros of both signs are equal.

    Returns
    -------
    first : ndarray of int64, shape (n,)
        ``rows[first]`` equals `rows`.

    Examples
    --------
    >>> first_equal_rows(np.array([[1.0, 0.0], [2.0, 0.0], [1.0, -0.0]])).tolist()
    [0, 1, 0]
    """
    n, d = rows.shape
    odd = np.random.default_rng(0).integers(0, 2**63, d, dtype=np.uint64) * np.uint64(
        2
    ) + np.uint64(1)
    sums = np.empty(n, dtype=np.uint64)
    for start in range(0, n, _ROW_BLOCK):
        block = rows[start : start + _ROW_BLOCK].astype(np.float64) + 0.0  # one zero
        bits = block.view(np.uint64)
        sums[start : start + _ROW_BLOCK] = ((bits ^ (bits >> np.uint64(29))) * odd).sum(axis=1)
    _, place, inverse = np.unique(sums, return_index=True, return_inverse=True)
    first = place[inverse].astype(np.int64)
    for start in range(0, n, _ROW_BLOCK):
        at = slice(start, start + _ROW_BLOCK)
        differs = np.any(rows[at] != rows[first[at]], axis=1)
        first[at][differs] = np.flatnonzero(differs) + start
    return first
