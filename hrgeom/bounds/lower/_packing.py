r"""Packing: a margin keeps vectors apart, and there is room for few of them in few dimensions.

:math:`\epsilon` is a margin, half a gap, between unit rows; :math:`g = 2\epsilon` the full gap. Let
:math:`\|y\| = \max_x |\langle y, x \rangle|` over m vectors x of length at most 1.

**Apart.** :math:`\|q - q'\| \ge 2\epsilon`, hence :math:`|q - q'| \ge 2\epsilon`, for

- two queries that match different sets, with one threshold;
- two queries of which neither matches all that the other does, with row thresholds. (If one does,
  nothing follows: equal queries may have different thresholds.) All sets of one size are such;
- two documents v, w with different D(v), D(w), with either. Then x is one of the n queries.

**Room.** In d dimensions let N vectors of length at most 1 be apart by :math:`2\epsilon`. Then

- *ball*: :math:`N \le (1 + 1/\epsilon)^d = (1 + 2/g)^d`;
- *shell*, of length exactly 1: :math:`N \le (1 + 1/\epsilon)^d - (1/\epsilon - 1)^d`;
- *two scales*, if :math:`\|\cdot\|` keeps them apart, for every :math:`\tau > 0`:
  :math:`N \le 2 (2m)^{4/\tau^2} (1 + \tau/\epsilon)^d`.

Proof. `proofs/packing.py`; in words: disjoint balls in a larger one, or between two; cover the
queries by few balls of size :math:`\tau` of the norm, by the Gaussian measure (dual Sudakov), and
pack each with balls of size :math:`\epsilon` of the same norm. ∎

*Published forms.* Wang et al. 2026 have the ball for full gaps, :math:`\ln(1 + 2/g)`. Weller et al.
2025 print a table for 0.1 whose cells are :math:`\lceil \ln\binom{n}{k} / \ln 11 \rceil`. That is
the ball for a half gap of 0.1, or a full one of 0.2; a full gap of 0.1 has ln 21. Bangachev et al.
2026 have :math:`k \ln(n/k)` over :math:`\ln(1 + 2/(\epsilon\sqrt k))` times a constant that is not
named; two scales with :math:`4/\tau^2 = \ln N/(2 \ln 2m)` give, for :math:`2k^2 \le m`,

.. math:: d \ge \frac{k \ln(m/k)/2 - \ln 2}{\ln(1 + 4/(\epsilon \sqrt k))}.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.core import Relevance, distinct_rows
from hrgeom.errors import HrgeomError

__all__ = [
    "THEOREM",
    "Packing",
    "different_sets",
    "packing",
    "packing_dim",
    "subsets_packing_dim",
]

_GRID = 256  # tau is a whole number over this
_MOST_TRIED = 60  # values of 4/tau^2


@dataclass(frozen=True)
class Packing(LeastDimensions):
    """How many vectors of a relevance a margin keeps apart.

    Attributes
    ----------
    margin : Fraction
        Half a gap between unit rows.
    different_queries : int
        Different sets S(q).
    incomparable_queries : int
        The most different sets S(q) of one size.
    different_documents : int
        Different sets D(v).

    Examples
    --------
    >>> Packing(Fraction(1, 4), 190, 190, 20).row >= 4
    True
    """

    margin: Fraction
    different_queries: int
    incomparable_queries: int
    different_documents: int

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query."""
        return self._least(self.incomparable_queries)

    @property
    def any_threshold(self) -> int:
        """Least dimension with one threshold, of any value."""
        return self._least(self.different_queries)

    def _least(self, n_queries: int) -> int:
        queries, documents = self.different_queries, self.different_documents
        return max(
            packing_dim(n_queries, self.margin, n_across=documents),
            packing_dim(documents, self.margin, n_across=queries),
        )


def packing(relevance: Relevance, margin: float | Fraction) -> Packing:
    """Return how many vectors a normalized margin keeps apart, and the dimensions they take.

    Lower bounds on the dimension of embeddings of at least this margin, for row thresholds (`row`)
    and for one threshold (`any_threshold`). Tight up to a factor of the logarithm of 1/margin for
    all subsets of a size, weak for hierarchies.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    margin : float or Fraction
        Above 0 and at most 1, taken exactly: half a gap between unit rows.

    Returns
    -------
    packing : Packing
        With `row` and `any_threshold`, the least dimensions.

    Raises
    ------
    HrgeomError
        If the margin is out of range.

    References
    ----------
    The module's theorem; `proofs/packing.py`.

    Examples
    --------
    >>> from itertools import combinations
    >>> pairs = Relevance.from_sets(map(set, combinations(range(20), 2)), 20)
    >>> found = packing(pairs, 0.25)
    >>> found.incomparable_queries, found.row
    (190, 4)
    """
    return Packing(_margin(margin), *different_sets(relevance))


def different_sets(relevance: Relevance) -> tuple[int, int, int]:
    """Return how many sets S(q) differ, the most of one size, and how many sets D(v) differ."""
    _, first = distinct_rows(relevance.indptr, relevance.indices, relevance.n_documents)
    sizes = np.bincount(relevance.n_matches[first], minlength=1)
    _, documents = distinct_rows(*relevance.transposed, relevance.n_queries)
    return len(first), int(sizes.max()), len(documents)


def subsets_packing_dim(m: int, k: int, margin: float | Fraction) -> int:
    """Return the dimensions that all subsets of k of m documents take with a margin.

    Lower bound for row thresholds, and so for one threshold. The best of the three.

    Parameters
    ----------
    m, k : int
        0 <= k <= m.
    margin : float or Fraction
        Above 0 and at most 1, half a gap between unit rows. Margins that no dimension allows
        (`subsets_ceiling`) are not refused: the bound is true of nothing.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    HrgeomError
        If a parameter is out of range.

    References
    ----------
    Wang et al. 2026 for the ball, Bangachev et al. 2026 for all subsets of a size; the module's
    theorem; `proofs/packing.py`.

    Examples
    --------
    >>> subsets_packing_dim(1000, 10, 0.1)
    23
    """
    if not 0 <= k <= m:
        raise HrgeomError(f"k must be from 0 to the number of documents m: got k = {k}, m = {m}")
    return packing_dim(math.comb(m, k), margin, n_across=m)


def packing_dim(
    n_sets: int, margin: float | Fraction, *, n_across: int | None = None, unit: bool = True
) -> int:
    """Return the dimensions that so many vectors take which a margin keeps apart.

    The least d that the module's inequalities allow, worked out in whole numbers: no rounding.
    A lower bound on the dimension. For what keeps vectors apart see the module: with one threshold
    `n_sets` different sets; with row thresholds sets of which none holds another.

    Parameters
    ----------
    n_sets : int
        N >= 1, of any size.
    margin : float or Fraction
        Above 0 and at most 1, taken exactly: half a gap between unit rows, half the g of papers.
    n_across : int, optional
        The number m of vectors on the other side, for the inequality of two scales. Default: only
        the others.
    unit : bool
        Rows have length 1: the shell. False: at most 1, the ball, as published (with row
        thresholds rows of length at most 1 can be scaled to 1).

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    HrgeomError
        If a parameter is out of range.

    References
    ----------
    Wang et al. 2026 for the ball, Bangachev et al. 2026 for all subsets of a size; the module's
    theorem; `proofs/packing.py`.

    Examples
    --------
    A cell of the table of Weller et al. 2025: pairs of 100 documents at 0.1.

    >>> packing_dim(math.comb(100, 2), Fraction(1, 10), unit=False)
    4
    """
    epsilon = _margin(margin)
    for name, n in (("n_sets", n_sets), ("n_across", 1 if n_across is None else n_across)):
        if n < 1:
            raise HrgeomError(f"{name} must be at least 1: got {n}")
    p, q = epsilon.numerator, epsilon.denominator
    # ball: N <= (1 + 1/epsilon)^d
    least = max(1, _least_power(n_sets, 1, p + q, p))
    # shell: N <= (1 + 1/epsilon)^d - (1/epsilon - 1)^d, both sides times p^d
    while unit and n_sets * p**least > (q + p) ** least - (q - p) ** least:
        least += 1
    return least if n_across is None else max(least, _two_scales(n_sets, epsilon, n_across))


def _two_scales(n_sets: int, epsilon: Fraction, n_across: int) -> int:
    """Return the bound of the best of some tau, 4/tau^2 at most a whole number e."""
    # tau is rounded up, so that 4/tau^2 <= e: the inequality with e instead is weaker, and true
    most = int(math.log(n_sets) / math.log(2 * n_across))
    tried = np.unique(np.geomspace(5, max(5, most), _MOST_TRIED).astype(int)).tolist()
    best = (0.0, 0, Fraction(1))
    for e in tried:
        tau = Fraction(math.isqrt(4 * _GRID**2 // e) + 1, _GRID)
        left = math.log(n_sets) - math.log(2) - e * math.log(2 * n_across)
        best = max(best, (left / math.log1p(tau / epsilon), e, tau))
    estimate, e, tau = best
    if estimate <= 0:
        return 0
    # floats chose e; the bound itself is worked out in whole numbers
    base = 1 + tau / epsilon
    return _least_power(n_sets, 2 * (2 * n_across) ** e, base.numerator, base.denominator)


def _least_power(n: int, factor: int, p: int, q: int) -> int:
    """Return the least d >= 0 with n <= factor (p/q)^d, in whole numbers, p > q."""

    def fits(d: int) -> bool:
        return bool(n * q**d <= factor * p**d)

    d = max(0, math.floor((math.log(n) - math.log(factor)) / (math.log(p) - math.log(q))))
    while not fits(d):
        d += 1
    while d > 0 and fits(d - 1):
        d -= 1
    return d


def _margin(margin: float | Fraction) -> Fraction:
    if not 0 < margin <= 1:
        raise HrgeomError(f"margin must be above 0 and at most 1: got {margin}")
    return Fraction(margin)


def _statements(problem: BoundsProblem) -> list[Statement]:
    assert problem.margin is not None  # the theorem needs one
    found = packing(problem.relevance, Fraction(problem.margin))
    reason = (
        f"{found.different_queries:,} different S(q), {found.incomparable_queries:,} of one size, "
        f"{found.different_documents:,} different D(v)"
    )
    return found.statements(reason, problem.margin)


THEOREM = Theorem(
    name="packing",
    quantity="dimension",
    side="lower",
    statement="A margin keeps different rows apart, and few dimensions have room for few of them",
    says=_statements,
    proof="packing",
    page="theory/limits.md",
    needs=("margin",),
)
