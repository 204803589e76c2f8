r"""Proven bounds on the rounding of scores, and the test for scores that do not round at all.

Statement. Let q and x be vectors of floats with n nonzero products q_k x_k, evaluated in
arithmetic of unit roundoff u by any order of multiplications and additions, fused or not.
Then, with :math:`\gamma_n = nu/(1-nu)` and :math:`\eta` the smallest subnormal,

.. math:: |\mathrm{fl}(\langle q, x\rangle) - \langle q, x\rangle|
          \le \gamma_n \sum_k |q_k x_k| + 2 n \eta .

(Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1: every term
meets at most n rounding factors; products with a zero and additions of a zero are exact, so
they do not count; a product that underflows is off by at most eta, carried through at most
n factors, and additions never underflow inexactly.)

The sum is bounded without visiting pairs: for every document x,

.. math:: \sum_k |q_k x_k| \le \min\bigl(\|q\|_2 \max_x \|x\|_2,\; \|q\|_\infty \max_x \|x\|_1,\;
          \sum_k |q_k| \max_x |x_k|\bigr).

The bounds themselves are computed in float64 and inflated by 1e-6, far above the rounding of
their own evaluation and of the comparisons they are used in (each below (d + 8) u).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hrgeom.errors import NotFiniteError, ShapeError

__all__ = [
    "Extent",
    "RoundingBounds",
    "check_scores_fit",
    "gamma",
    "is_exact",
    "overflows_float32",
    "product_sums",
    "rounding_bounds",
]

_INFLATION = 1.0 + 1e-6
# A few operations besides the dot product itself: subtracting the level, adding the bound.
_EXTRA_OPERATIONS = 4
# Squares of entries below this underflow: what a length can lose per coordinate.
_LOST_LENGTH = 2.0**-510
_EXACT_SAMPLE = 64
_ROW_BLOCK = 4096


@dataclass(frozen=True)
class RoundingBounds:
    """Rounding bounds per query; `hrgeom/_native/hrg.h` says how kernels use them.

    Attributes
    ----------
    score : ndarray of float64, shape (n,)
        |reference score in float64 - exact score|, any document.
    filter : ndarray of float64, shape (n,)
        |score in the type a kernel works in - reference score|, any document.
    is_exact : bool
        True if no score rounds, in either arithmetic; both bounds are then 0.
    """

    score: NDArray[np.float64]
    filter: NDArray[np.float64]
    is_exact: bool


def gamma(n: int, u: float) -> float:
    r"""Return :math:`\gamma_n = n u / (1 - n u)`, the bound on n rounding factors together.

    Parameters
    ----------
    n : int
        How many factors.
    u : float
        Unit roundoff: 2^-53 for float64, 2^-24 for float32.

    Returns
    -------
    gamma : float
        A little more than n u. Evaluated in float64, to a few unit roundoffs.

    Raises
    ------
    ShapeError
        If n u is not below 1/2.

    References
    ----------
    Higham 2002, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., lemma 3.1.

    Examples
    --------
    >>> gamma(2, 2.0**-53) > 2 * 2.0**-53
    True
    """
    if n * u >= 0.5:
        raise ShapeError(
            f"rows must have fewer numbers for the rounding of scores to be bounded, below "
            f"{0.5 / u:,.0f} with unit roundoff {u:.3g}: got {n:,} numbers and operations"
        )
    return n * u / (1 - n * u)


def product_sums(queries: NDArray[Any], documents: NDArray[Any]) -> NDArray[np.float64]:
    """Return for each query an upper bound on ``sum_k |q_k x_k|`` over all documents.

    Parameters
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Finite.

    Returns
    -------
    sums : ndarray of float64, shape (n,)
        Infinite or NaN where the bound overflows.

    Raises
    ------
    NotFiniteError
        If a number is NaN or infinite.

    Notes
    -----
    One pass over each array, none over pairs: the least of Cauchy-Schwarz, Hoelder for the
    lengths of infinity and 1, and the largest entries of every column. Costs O((n + m) d).

    Examples
    --------
    >>> product_sums(np.array([[3.0, -1.0]]), np.array([[4.0, 2.0]])).round(4)
    array([14.])
    """
    return Extent.of(documents).product_sums(queries)


@dataclass(frozen=True, eq=False)
class Extent:
    """How far rows reach: what bounds their products with any other row.

    Attributes
    ----------
    peak : ndarray of float64, shape (d,)
        The largest |x_k| of every column.
    longest, heaviest : float
        Bounds on the largest length and the largest sum of |x_k| of a row.
    """

    peak: NDArray[np.float64]
    longest: float
    heaviest: float

    @staticmethod
    def of(rows: NDArray[Any]) -> Extent:
        """Return the extent of rows (m, d)."""
        found = Extent(np.zeros(rows.shape[1]), 0.0, 0.0)
        for start in range(0, len(rows), _ROW_BLOCK):
            found = found.with_rows(rows[start : start + _ROW_BLOCK].astype(np.float64))
        _check_finite(found.peak, "documents")
        return found

    def with_rows(self, rows: NDArray[np.float64]) -> Extent:
        """Return the extent of these rows and more."""
        block, lost = np.abs(rows), _LOST_LENGTH * rows.shape[1]
        # What overflows becomes infinity and bounds nothing.
        with np.errstate(over="ignore", invalid="ignore"):
            return Extent(
                np.maximum(self.peak, block.max(axis=0)),
                max(self.longest, float(np.linalg.norm(block, axis=1).max()) + lost),
                max(self.heaviest, float(block.sum(axis=1).max())),
            )

    def product_sums(self, queries: NDArray[Any]) -> NDArray[np.float64]:
        """Return for each query an upper bound on ``sum_k |q_k x_k|`` over all of the rows."""
        lost = _LOST_LENGTH * queries.shape[1]
        sums = np.empty(len(queries))
        # What overflows becomes infinity (or NaN, where the other factor is 0) and bounds nothing.
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, len(queries), _ROW_BLOCK):
                block = np.abs(queries[start : start + _ROW_BLOCK].astype(np.float64))
                largest = block.max(axis=1)
                _check_finite(largest, "queries")
                sums[start : start + _ROW_BLOCK] = np.fmin.reduce(
                    [
                        (np.linalg.norm(block, axis=1) + lost) * self.longest,
                        largest * self.heaviest,
                        # in this thread, whose arithmetic is known
                        np.einsum("ij,j->i", block, self.peak),
                    ]
                )
        # products that underflowed count at least the smallest number each
        underflow = 2 * queries.shape[1] * float(np.finfo(np.float64).smallest_subnormal)
        bounds: NDArray[np.float64] = sums * _INFLATION + underflow
        return bounds


def _check_finite(largest: NDArray[np.float64], name: str) -> None:
    """Raise NotFiniteError if the largest absolute numbers show one that is not finite."""
    if not np.isfinite(largest).all():
        raise NotFiniteError(
            f"{name} must be finite: got {largest[~np.isfinite(largest)][0]}, written after they "
            "were checked"
        )


def check_scores_fit(sums: NDArray[np.float64]) -> None:
    """Raise ShapeError if a score could overflow float64.

    Parameters
    ----------
    sums : ndarray of float64, shape (n,)
        Bounds on the sums of absolute products, as `product_sums` returns them.

    Raises
    ------
    ShapeError
        If a sum, infinite or NaN ones included, is not well within float64.

    Examples
    --------
    >>> check_scores_fit(product_sums(np.array([[3.0]]), np.array([[4.0]])))
    """
    if not np.all(sums < np.finfo(np.float64).max / 4):
        raise ShapeError(
            "scores must fit in float64: got rows whose products may sum above 1e307; "
            "scale the rows down"
        )


def rounding_bounds(
    queries: NDArray[Any],
    documents: NDArray[Any],
    work: DTypeLike | None = None,
    *,
    sums: NDArray[np.float64] | None = None,
) -> RoundingBounds:
    """Return the rounding bounds of the scores of these rows.

    Parameters
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Of one type, finite.
    work : dtype, optional
        The type in which a kernel scores them at first: their own (default), or float64. In
        float32 they must not overflow (`overflows_float32`).
    sums : ndarray of float64, shape (n,), optional
        Their `product_sums`, where they are known already.

    Returns
    -------
    bounds : RoundingBounds
        One per query, for all documents; 0 where no score rounds.

    Raises
    ------
    ShapeError
        If a score could overflow float64.

    Notes
    -----
    The statement at the head of this module's file, with the number of nonzero products that any
    pair can have, and a few operations more.

    References
    ----------
    Higham 2002, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1.

    Examples
    --------
    >>> bounds = rounding_bounds(np.array([[3.0, 1.0]]), np.array([[4.0, -2.0]]))
    >>> bounds.is_exact, bounds.score.tolist()
    (True, [0.0])
    """
    if sums is None:
        sums = product_sums(queries, documents)
    check_scores_fit(sums)
    own = np.finfo(queries.dtype if work is None else np.dtype(work))
    if is_exact(queries, documents, sums, own.nmant + 1):
        zeros = np.zeros(len(queries))
        return RoundingBounds(score=zeros, filter=zeros, is_exact=True)
    terms = _nonzero_terms(queries, documents) + _EXTRA_OPERATIONS
    double = np.finfo(np.float64)
    # The reference score is off by its own rounding; the kernel's score from the reference by
    # both, each measured from the exact score.
    score = _bound(sums, terms, double)
    return RoundingBounds(score=score, filter=_bound(sums, terms, own) + score, is_exact=False)


def overflows_float32(sums: NDArray[np.float64]) -> bool:
    """Return whether a partial sum of a score could leave the range of float32.

    `sums` are the `product_sums` of the rows.
    """
    return bool(np.any(sums >= np.finfo(np.float32).max / 4))


def _bound(sums: NDArray[np.float64], terms: int, info: np.finfo[Any]) -> NDArray[np.float64]:
    u = float(info.eps) / 2
    return (gamma(terms, u) * sums + 2 * terms * float(info.smallest_subnormal)) * _INFLATION


def _nonzero_terms(queries: NDArray[Any], documents: NDArray[Any]) -> int:
    """Return the largest number of nonzero products that any pair can have."""

    def most(rows: NDArray[Any]) -> int:
        blocks = (rows[i : i + _ROW_BLOCK] for i in range(0, len(rows), _ROW_BLOCK))
        return max((int(np.count_nonzero(b, axis=1).max()) for b in blocks), default=0)

    return max(1, min(most(queries), most(documents)))


def is_exact(
    queries: NDArray[Any], documents: NDArray[Any], sums: NDArray[np.float64], n_bits: int
) -> bool:
    """Return whether every partial sum of every score is a float of `n_bits` bits.

    Parameters
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Finite.
    sums : ndarray of float64, shape (n,)
        Their `product_sums`.
    n_bits : int
        Bits of a mantissa: 53 for float64, 24 for float32.

    Returns
    -------
    is_exact : bool
        True if no score rounds, in any order of summation. False says nothing.

    Notes
    -----
    If column k of the queries holds multiples of 2^a and of the documents multiples of 2^b,
    its products are multiples of 2^(a + b). With g the least a + b, all partial sums in any
    order are multiples of 2^g, at most ``max(sums)`` in size, hence exact if that is at most
    2^(g + n_bits). Integers are the case g >= 0.

    Examples
    --------
    >>> q, x = np.array([[3.0, 1.0]]), np.array([[0.5, 0.1]])
    >>> is_exact(q[:, :1], x[:, :1], product_sums(q, x), 53), is_exact(q, x, product_sums(q, x), 53)
    (True, False)
    """
    # Most float arrays fail on a handful of rows, and then nothing larger is touched.
    for limit in (_EXACT_SAMPLE, max(len(queries), len(documents))):
        exponents = _unit_exponents(queries[:limit]) + _unit_exponents(documents[:limit])
        finite = exponents[np.isfinite(exponents)]
        if len(finite) == 0:
            continue
        g = float(finite.min())
        # A product's own last bit must not underflow either.
        if g < -1000 or float(sums.max()) > 2.0 ** min(g + n_bits, 1000):
            return False
        if n_bits == 24 and g < -140:
            return False
    return True


def _unit_exponents(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return per column the largest e such that all entries are multiples of 2^e (inf if 0)."""
    least = np.full(values.shape[1], np.inf)
    for start in range(0, len(values), _ROW_BLOCK):
        fraction, exponent = np.frexp(values[start : start + _ROW_BLOCK].astype(np.float64))
        mantissa = np.abs(np.ldexp(fraction, 53)).astype(np.int64)
        last_bit = np.frexp((mantissa & -mantissa).astype(np.float64))[1] - 1
        unit = np.where(mantissa == 0, np.inf, exponent - 53.0 + last_bit)
        least = np.minimum(least, unit.min(axis=0))
    return least
