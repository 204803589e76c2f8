r"""Margin ceilings in closed form: queries for all subsets of k documents.

Theorem (Wang et al. 2026, arXiv:2601.20844, where it is stated for the full gap). Let there be m
unit documents and, for every set S of k of them, a query of unit length, 0 < k < m. Then some query
has a full gap (worst match minus best non-match) of at most

.. math:: \epsilon^*(m, k) = \frac{m}{\sqrt{k (m - 1)(m - k)}} ,

so no normalized margin exceeds half of it, whether thresholds are per row or global. The regular
simplex in m - 1 dimensions, with the normalized sums of its vertices as queries, attains it with
one threshold for all queries.

Proof. A gap of S is at most the product of q with
:math:`c_S = \frac{1}{k} \sum_S x_i - \frac{1}{m-k} \sum_{S^c} x_i`, hence at most its length. The
mean of :math:`|c_S|^2` over all S is

.. math:: \frac{m \sum_i |x_i|^2 - |\sum_i x_i|^2}{k (m - k)(m - 1)} \le \epsilon^*(m, k)^2 ,

because the coefficients have mean squares 1/(k(m - k)) and sum to zero. A simplex has
:math:`\sum_i x_i = 0` and all :math:`|c_S|` equal; :math:`c_S` is proportional to the sum over S,
and has one score with all matches and one with all others. ∎ (`proofs/margin_ceiling.py`)

For large m and fixed k this is the :math:`(1 + o(1)) / (2 \sqrt{k})` of Bangachev et al. 2026
(arXiv:2605.23556), who speak of half gaps. Norms of at most 1 instead of exactly 1 change nothing:
the proof needs no more.
"""

from __future__ import annotations

import math
from fractions import Fraction

from hrgeom.bounds._distinct_sets import complete_sizes
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.errors import ConstructionError

__all__ = ["THEOREM", "subsets_ceiling", "subsets_ceiling_squared", "subsets_full_gap"]


def subsets_ceiling_squared(n_documents: int, k: int) -> Fraction:
    """Return the square of the largest normalized margin of all k-subsets, exactly.

    Parameters
    ----------
    n_documents : int
        m, at least 2.
    k : int
        From 1 to m - 1.

    Raises
    ------
    ConstructionError
        If k is not in that range, so that there are no matches or no others.

    Examples
    --------
    >>> subsets_ceiling_squared(4, 2)
    Fraction(1, 3)
    """
    if not 0 < k < n_documents:
        raise ConstructionError(
            f"k must be from 1 to n_documents - 1: got k = {k}, n_documents = {n_documents}"
        )
    m = n_documents
    return Fraction(m * m, 4 * k * (m - 1) * (m - k))


def subsets_ceiling(n_documents: int, k: int) -> float:
    """Return the largest normalized margin of all k-subsets in any dimension, rounded up.

    Parameters
    ----------
    n_documents, k : int
        As for `subsets_ceiling_squared`.

    Returns
    -------
    ceiling : float
        Half gaps between unit rows; both notions of thresholds; attained in m - 1 dimensions. By
        at most 2 units in the last place above the exact number, never below.

    References
    ----------
    Wang et al. 2026, arXiv:2601.20844; the module's theorem; `proofs/margin_ceiling.py`.

    Examples
    --------
    >>> round(subsets_ceiling(82_115, 35), 5)
    0.08453
    """
    squared = subsets_ceiling_squared(n_documents, k)
    # the root in floats, raised until its exact square is no less
    root = math.sqrt(squared)
    while Fraction(root) ** 2 < squared:
        root = math.nextafter(root, math.inf)
    return root


def subsets_full_gap(n_documents: int, k: int) -> float:
    """Return the paper's number, the full gap: twice `subsets_ceiling`.

    Parameters
    ----------
    n_documents : int
        Number m of documents, at least 2.
    k : int
        From 1 to m - 1.

    Returns
    -------
    gap : float
        Between rows of unit length.

    References
    ----------
    Wang et al. 2026, arXiv:2601.20844; the module's theorem.

    Examples
    --------
    >>> round(subsets_full_gap(20, 2), 4)
    0.7647
    """
    return 2 * subsets_ceiling(n_documents, k)


def _statements(problem: BoundsProblem) -> list[Statement]:
    m = problem.relevance.n_documents
    sizes = [k for k in problem.cached(complete_sizes) if k < m]
    if not sizes:
        raise NotApplicableError("for no k < m is every set of k documents a query")
    value, k = min((subsets_ceiling(m, k), k) for k in sizes)
    return [Statement("row", value, f"all subsets of k = {k} of {m:,} documents")]


THEOREM = Theorem(
    name="all-subsets",
    quantity="margin",
    side="upper",
    statement="All subsets of k of m documents allow no margin above m/(2 sqrt(k(m - 1)(m - k)))",
    says=_statements,
    source="Wang et al. 2026",
    proof="margin-ceiling",
    page="theory/ceiling.md",
)
