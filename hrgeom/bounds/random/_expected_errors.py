r"""How often Algorithm 1 goes wrong, by the exact law of its scores.

Algorithm 1 of You et al. (2025), arXiv:2509.16411, is `hrgeom.constructions.gaussian_centroid`; the
law of one score is in `_score_distribution`. It depends on |S(q)| alone.

**Global notion.** A pair is wrong if it is on the wrong side of the threshold. The sum of the tails
over all pairs is the *expected number of wrong pairs*.

**Row notion.** A match is wrong if some non-match of the same query scores as much. Given the query
and the match, the non-matches are m - k independent directions: with M the law of the match and F
that of one non-match, the probability is :math:`\int M(y)\,dF(y)^{m-k}`, and the sum over all
matches is again an expected number. No threshold has to be chosen beforehand.

By the union bound, either number is an upper bound on the probability that Algorithm 1 fails. No
constant is left unnamed in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import Setting, Statement, Theorem
from hrgeom.bounds.random._score_distribution import log_best_other, log_score_cdf, score_cdf
from hrgeom.bounds.random._theorem_3_1 import DELTA, matches_and_margin
from hrgeom.core import Notion, Relevance
from hrgeom.errors import ConstructionError

__all__ = [
    "THEOREM",
    "LeastDim",
    "WrongPairs",
    "least_dim",
    "log_wrong_matches",
    "log_wrong_of_rows",
    "log_wrong_others",
    "meeting_place",
    "wrong_pairs",
]

_Floats = NDArray[np.float64]
_SETTINGS: tuple[tuple[Notion, Setting], ...] = (("global", "unit"), ("row", "row"))
# Places, in units of 1/sqrt(d) about the middle, where the best non-match of a query may score.
_SPREAD_STEP = 0.08
_SPREAD = np.sinh(np.arange(-4.3, 4.3, _SPREAD_STEP))
_SPREAD_WEIGHTS = _SPREAD_STEP * np.sqrt(1 + _SPREAD**2)
_GOLDEN = (math.sqrt(5) - 1) / 2
_GOLDEN_STEPS = 28  # narrows an interval to 2e-6 of its length
_SIZES_AT_A_TIME = 32


@dataclass(frozen=True)
class WrongPairs:
    """What the exact law says of Algorithm 1 at one dimension.

    Attributes
    ----------
    dim : int
        Dimension of the rows.
    notion : {"global", "row"}
        One threshold for all queries, or a ranking for each.
    eps : float
        Margin wanted. Global: a pair is wrong if it is not at least eps on its side of the
        threshold. Row: a match is wrong if it is not 2 eps above all non-matches of its query.
    threshold : float or None
        None for the row notion.
    expected : float
        Expected number of wrong pairs (row: of wrong matches). By the union bound also an upper
        bound on the probability that there is any.
    """

    dim: int
    notion: Notion
    eps: float
    threshold: float | None
    expected: float


@dataclass(frozen=True)
class LeastDim:
    """The least dimension whose expected number of wrong pairs is at most delta.

    Attributes
    ----------
    dim : int
        The least dimension.
    delta : float
        Largest expected number of wrong pairs that is allowed.
    at_dim : WrongPairs
        What is expected at `dim`: at most delta.
    below : WrongPairs or None
        What is expected at dim - 1: more than delta. None where dim is 2, the least that the law
        speaks of.
    """

    dim: int
    delta: float
    at_dim: WrongPairs
    below: WrongPairs | None


def wrong_pairs(
    relevance: Relevance,
    dim: int,
    *,
    threshold: float | None = None,
    eps: float = 0.0,
    notion: Notion = "global",
) -> WrongPairs:
    """Return the expected number of wrong pairs of Algorithm 1.

    Parameters
    ----------
    relevance : Relevance
        Only its sizes and the histogram of |S(q)| count. A query without matches is the zero
        vector: right at every threshold r >= eps.
    dim : int
        Dimension d >= 2.
    threshold : float, optional
        Global notion: from eps to 1 - eps. Default: the best one, found by golden sections. For
        eps = 0 the sum falls, then rises, as the likelihood ratio of matches to non-matches grows
        with the score; for eps > 0 that is not proved, and any threshold gives a valid bound.
    eps : float
        Half gap wanted between unit rows, 0 <= eps < 1/(2 sqrt(s)).
    notion : {"global", "row"}
        Whether all queries share a threshold.

    Returns
    -------
    wrong : WrongPairs
        With the threshold that was used.

    Raises
    ------
    ConstructionError
        If `dim`, `threshold` or `eps` is out of range.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, for Algorithm 1; `proofs/exact_law.py` for its law.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> found = wrong_pairs(perfect_tree(2, 6).relevance, 150)
    >>> round(found.expected, 2), round(found.threshold, 3)
    (6.45, 0.256)
    >>> round(wrong_pairs(perfect_tree(2, 6).relevance, 150, notion="row").expected, 2)
    0.83
    """
    k = np.flatnonzero(relevance.histogram)
    k = k[k > 0].astype(np.int64)
    counts = relevance.histogram[k].astype(np.float64)
    _check_eps(eps, k)
    m = relevance.n_documents
    if notion == "row":
        if threshold is not None:
            raise ConstructionError(f"the row notion must have no threshold: got {threshold}")
        several = k < m  # a query that matches everything has nothing to separate
        rows = log_wrong_of_rows(m, dim, k[several], eps)
        return WrongPairs(dim, notion, eps, None, float(counts[several] @ np.exp(rows)))

    def expected(r: float) -> float:
        wrong = np.exp(log_wrong_matches(dim, k, r, eps)) + np.exp(
            log_wrong_others(m, dim, k, r, eps)
        )
        return float(counts @ wrong)

    if threshold is None:
        threshold = _least(expected, eps, 1 / math.sqrt(k.max(initial=1)) - eps)
    elif not eps <= threshold <= 1 - eps:
        raise ConstructionError(f"threshold must be from eps to 1 - eps: got {threshold}")
    return WrongPairs(dim, notion, eps, threshold, expected(threshold))


def least_dim(
    relevance: Relevance, *, delta: float = 0.5, eps: float = 0.0, notion: Notion = "global"
) -> LeastDim:
    """Return the least dimension where at most delta wrong pairs are expected.

    There, Algorithm 1 fails with probability at most delta: an upper bound on the dimension that
    it needs, and, as delta < 1, on the dimension of the best embedding of this margin.

    Parameters
    ----------
    relevance : Relevance
        As for `wrong_pairs`.
    delta : float
        Between 0 and 1.
    eps : float
        Half gap wanted between unit rows, as for `wrong_pairs`.
    notion : {"global", "row"}
        Whether all queries share a threshold.

    Returns
    -------
    least : LeastDim
        By doubling and halving: at most delta at `dim`, more at `dim` - 1. That the bound falls
        with every further dimension is proved for non-matches only.

    Raises
    ------
    ConstructionError
        If `delta` or `eps` is out of range.

    References
    ----------
    You et al. 2025, arXiv:2509.16411, for Algorithm 1; `proofs/exact_law.py` for its law.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> [least_dim(perfect_tree(2, 6).relevance, notion=n).dim for n in ("global", "row")]
    [251, 161]
    """
    if not 0 < delta < 1:
        raise ConstructionError(f"delta must be between 0 and 1: got {delta}")

    def at(dim: int) -> WrongPairs:
        return wrong_pairs(relevance, dim, eps=eps, notion=notion)

    below, found = None, at(2)
    while found.expected > delta:
        below, found = found, at(2 * found.dim)
    while below is not None and found.dim - below.dim > 1:
        middle = at((below.dim + found.dim) // 2)
        if middle.expected > delta:
            below = middle
        else:
            found = middle
    return LeastDim(found.dim, delta, found, below)


def log_wrong_matches(dim: int, k: NDArray[np.int64], threshold: float, eps: float) -> _Floats:
    """Return ln of how many matches of a query with |S(q)| = k are expected below r + eps."""
    result = np.full(len(k), -np.inf)
    several = k > 1  # a single match is the query itself: it scores 1, which is never wrong
    tails = log_score_cdf(dim, 1 / np.sqrt(k[several]), min(threshold + eps, 1.0))
    result[several] = np.log(k[several]) + tails
    return result


def log_wrong_others(
    n_documents: int, dim: int, k: NDArray[np.int64], threshold: float, eps: float
) -> _Floats:
    """Return ln of how many non-matches of a query with |S(q)| = k are expected above r - eps."""
    with np.errstate(divide="ignore"):  # ln 0: no non-matches
        return np.asarray(np.log(n_documents - k) + log_score_cdf(dim, 0.0, eps - threshold))


def log_wrong_of_rows(n_documents: int, dim: int, k: NDArray[np.int64], eps: float) -> _Floats:
    """Return ln of how many matches of a query with |S(q)| = k are expected not to score 2 eps
    above all non-matches, 1 <= k < m.

    The relative error is about 1e-8; 1e-5 where eps > 0 and d is below 10, where the law of a
    match has an edge.
    """
    result = np.empty(len(k))
    # A single match scores 1: it is wrong if a non-match scores 1 - 2 eps.
    alone = k == 1
    none = (n_documents - 1) * np.log1p(-score_cdf(dim, 0.0, 2 * eps - 1))
    with np.errstate(divide="ignore"):  # ln 0, where eps = 0
        result[alone] = np.log(-np.expm1(none))
    several = np.flatnonzero(~alone)
    for start in range(0, len(several), _SIZES_AT_A_TIME):
        block = several[start : start + _SIZES_AT_A_TIME]
        sizes = k[block]
        y, log_steps = _meeting_places(n_documents, dim, sizes)
        below = np.minimum(np.tanh(y) + 2 * eps, 1.0)
        match = log_score_cdf(dim, 1 / np.sqrt(sizes)[:, None], below)
        best = log_best_other(n_documents, dim, sizes[:, None], y)
        result[block] = np.log(sizes) + np.logaddexp.reduce(match + best + log_steps, axis=1)
    return result


def meeting_place(n_documents: int, dim: int, k: NDArray[np.int64]) -> _Floats:
    """Return about where the worst match and the best non-match meet, if they do (as atanh)."""
    usual = np.sqrt(2 * np.log(np.maximum(n_documents - k, 2)) / dim)
    return np.maximum(np.arctanh(np.minimum(1 / np.sqrt(k), 0.9)) / 2, usual)


def _meeting_places(n_documents: int, dim: int, k: NDArray[np.int64]) -> tuple[_Floats, _Floats]:
    """Return nodes of the trapezoidal rule around the meeting place, and ln of their steps."""
    y = meeting_place(n_documents, dim, k)[:, None] + _SPREAD / math.sqrt(dim)
    return y, np.log(_SPREAD_WEIGHTS / math.sqrt(dim))


def _check_eps(eps: float, k: NDArray[np.int64]) -> None:
    limit = 1 / (2 * math.sqrt(k.max(initial=1)))
    if not 0 <= eps < limit:
        raise ConstructionError(
            "eps must be at least 0 and below 1/(2 sqrt(s)), where matches score 1/sqrt(s) and "
            f"others 0 on average: got {eps}, the limit is {limit}"
        )


def _least(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that falls, then rises, is least."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_GOLDEN_STEPS):
        if at_left > at_right:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
        else:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
    return left if at_left <= at_right else right


def _statements(problem: BoundsProblem) -> list[Statement]:
    s, eps = matches_and_margin(problem)
    found = []
    for notion, setting in _SETTINGS:
        least = least_dim(problem.relevance, delta=DELTA, eps=eps, notion=notion)
        reason = f"s = {s}, {least.at_dim.expected:.3f} wrong pairs expected"
        found.append(Statement(setting, least.dim, reason, eps or None))
    return found


THEOREM = Theorem(
    name="exact-law",
    quantity="dimension",
    side="upper",
    statement="Algorithm 1 succeeds where the exact law of its scores expects few errors",
    says=_statements,
    status="observed",
    source="You et al. 2025, Theorem 3.1",
    proof="exact-law",
    page="theory/random.md",
)
