r"""Generator matrices of codes over the integers mod 2 and mod 4.

Linear recurring sequences: let h be a primitive polynomial of degree m mod 2, or its lift mod 4,
the one that divides :math:`x^{2^m - 1} - 1`. The sequences that satisfy the recurrence of h are
:math:`T(\lambda \xi^t)`, T the trace and :math:`\xi` a root of h, of period 2^m - 1, and the
first m terms of a sequence are free. Taking every k-th term gives
:math:`T(\lambda \xi^{kt})`. A column of zeros in front stands for :math:`\xi^{-\infty} = 0`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["binary_traces", "quadratic_residue", "quaternary_traces", "systematic"]

# Degree: exponents of a primitive trinomial.
_PRIMITIVE = {3: (3, 1, 0), 5: (5, 2, 0), 7: (7, 1, 0), 9: (9, 4, 0)}


def binary_traces(m: int, step: int = 1) -> NDArray[np.uint8]:
    """Return m rows that span :math:`Tr(a x^{step})` mod 2, x over the 2^m elements."""
    polynomial = np.zeros(m + 1, dtype=np.int64)
    polynomial[list(_PRIMITIVE[m])] = 1
    return _sequences(polynomial, 2, step)


def quaternary_traces(m: int) -> NDArray[np.uint8]:
    """Return m rows that span :math:`T(a x)` mod 4, x over 0 and the powers of a root."""
    polynomial = np.zeros(m + 1, dtype=np.int64)
    polynomial[list(_PRIMITIVE[m])] = 1
    # Graeffe: the roots of even(x)^2 - x odd(x)^2 are the squares of those of even(x^2) +
    # x odd(x^2); squaring permutes the roots mod 2 and lifts them to roots of unity mod 4.
    even, odd = polynomial[0::2], polynomial[1::2]
    lift = np.zeros(m + 1, dtype=np.int64)
    square = np.convolve(even, even)
    lift[: len(square)] += square
    square = np.convolve(odd, odd)
    lift[1 : 1 + len(square)] -= square
    return _sequences(lift * lift[m], 4, 1)


def _sequences(monic: NDArray[np.int64], modulus: int, step: int) -> NDArray[np.uint8]:
    m = len(monic) - 1
    period = 2**m - 1
    terms = np.zeros((m, period), dtype=np.int64)
    terms[:, :m] = np.eye(m, dtype=np.int64)
    for t in range(m, period):
        terms[:, t] = -(terms[:, t - m : t] @ monic[:m]) % modulus
    rows = terms[:, np.arange(period) * step % period]
    return np.pad(rows, ((0, 0), (1, 0))).astype(np.uint8)


def quadratic_residue(p: int) -> NDArray[np.uint8]:
    """Return generators of the extended binary quadratic residue code of length p + 1.

    p is a prime of the form 8k - 1. The rows are the cyclic shifts of the word that marks the
    residues, which spans the code, with a parity bit.
    """
    residues = np.zeros(p, dtype=np.uint8)
    residues[np.arange(1, p) ** 2 % p] = 1
    shifts = np.array([np.roll(residues, k) for k in range(p)])
    return np.column_stack((shifts, shifts.sum(axis=1) % 2)).astype(np.uint8)


def systematic(
    free: NDArray[np.uint8], halves: NDArray[np.uint8] | None = None, *, modulus: int
) -> tuple[NDArray[np.uint8], int]:
    """Return generators with an identity matrix in front, columns permuted; and its order.

    Parameters
    ----------
    free : ndarray of uint8
        Rows of order `modulus`; dependent ones are dropped.
    halves : ndarray of uint8, optional
        Further rows of order 2, all entries 0 or 2; they become 0 in the columns in front.
    """
    left = free.astype(np.int64)
    more = np.zeros((0, left.shape[1]), np.int64) if halves is None else halves.astype(np.int64)
    kept: list[int] = []
    pivots: list[int] = []
    for row in range(len(left)):
        units = np.flatnonzero(left[row] % 2)
        if len(units) == 0:
            continue
        pivot = int(units[0])
        left[row] = left[row] * left[row, pivot] % modulus  # 1 and 3 are their own inverses
        others = np.arange(len(left)) != row
        left[others] -= np.outer(left[others, pivot], left[row])
        left %= modulus
        more = (more - np.outer(more[:, pivot], left[row])) % modulus
        kept.append(row)
        pivots.append(pivot)
    columns = np.concatenate((pivots, np.setdiff1d(np.arange(left.shape[1]), pivots)))
    return np.concatenate((left[kept], more))[:, columns].astype(np.uint8), len(pivots)
