r"""How often Algorithm 1 fails: an unbiased estimate, and bounds on both sides.

The expected number E of wrong pairs (`exact_law`) bounds the probability that any pair is wrong,
but wrong pairs come in clumps, as queries share ancestors. What E lacks is known exactly: for
events :math:`A_1, A_2, \ldots`, of which N occur,

.. math:: P(N \ge 1) = \sum_i P(A_i)\, E[1/N \mid A_i] = E \cdot \mathrm{E}^*[1/N],

where the last mean is over the following draw (Karp and Luby 1983): choose a pair i with
probability :math:`P(A_i)/E`, then all directions *given that pair i is wrong*. Proof: the sum of
1/N over the events that occur is 1 if there is any, else 0; take means.

The draw is exact: given the score's tail, the point of the hyperbolic plane (see `score_law`) is
drawn by rejection, then the two lengths, then everything else, which is normal given those. For
the row notion the best non-match is drawn first, from a table, with a weight that makes up for
the table's steps. 1/N is between 0 and 1, so a few hundred draws give a few per cent of the
probability itself, even where it is far too small to be met in a simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds.random._expected_errors import (
    WrongPairs,
    log_wrong_matches,
    log_wrong_of_rows,
    log_wrong_others,
    meeting_place,
)
from hrgeom.bounds.random._score_distribution import log_best_other, log_score_cdf
from hrgeom.core import Relevance
from hrgeom.errors import ConstructionError

__all__ = ["FailureProbability", "failure_probability", "n_wrong_pairs"]

_Floats = NDArray[np.float64]
_BELOW_ONE = math.nextafter(1.0, 0.0)
_CELLS, _REACH = 800, 10.0  # of the table of best non-matches; the reach in units of 1/sqrt(d)


@dataclass(frozen=True)
class FailureProbability:
    """The probability that Algorithm 1 gets any pair wrong, in the sense of `WrongPairs`.

    Attributes
    ----------
    estimate : float
        Unbiased: the mean of E/N over the draws.
    standard_error : float
        Of the estimate.
    lower, upper : float
        Proved, up to the rounding of their sums: what a single query contributes, and min(1, E).
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float


def failure_probability(
    relevance: Relevance, at: WrongPairs, *, n_draws: int = 400, seed: int = 0
) -> FailureProbability:
    """Return the probability that any pair is wrong.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    at : WrongPairs
        Dimension, notion, margin and threshold; of the same relevance. With the global notion
        the threshold is this one for every run: the best one for each run fails less often.
    n_draws : int
        At least 2. Each costs as much as one run of Algorithm 1 with all its scores.
    seed : int
        Seed of the draws.

    Returns
    -------
    probability : FailureProbability
        Its lower bound: with q fixed, the directions of its non-matches are independent, so one
        of them is wrong with probability 1 - (1 - p)^(m - k). Row notion: one match is wrong.

    Raises
    ------
    ConstructionError
        If `n_draws` is below 2, or no pair can be wrong.

    References
    ----------
    .. [1] R. M. Karp, M. Luby (1983), Monte-Carlo algorithms for enumeration and reliability
       problems, FOCS.

    Examples
    --------
    >>> from hrgeom.bounds.random import wrong_pairs
    >>> from hrgeom.datasets import perfect_tree
    >>> relevance = perfect_tree(2, 4).relevance
    >>> p = failure_probability(relevance, wrong_pairs(relevance, 100), n_draws=50)
    >>> p.lower < p.estimate < p.upper
    True
    """
    if n_draws < 2:
        raise ConstructionError(f"n_draws must be at least 2: got {n_draws}")
    k, per_query = _expected_per_query(relevance, at)
    weights = relevance.histogram[k] * per_query
    total = float(weights.sum())
    if total == 0:
        raise ConstructionError("some pair must be able to be wrong: got a probability of 0")
    rng = np.random.default_rng(seed)
    relation = _relation(relevance)
    shares = np.empty(n_draws)
    for draw, number in enumerate(rng.choice(weights.size, n_draws, p=weights.ravel() / total)):
        kind, which = divmod(int(number), len(k))
        query = int(rng.choice(np.flatnonzero(relevance.n_matches == k[which])))
        given = (_wrong_match_of_row, _wrong_match, _wrong_other)[kind + (at.notion == "global")]
        g, weight = given(rng, relevance, at, query)
        # The pair drawn is wrong, even where float32 rounds it back over the threshold.
        shares[draw] = weight / max(1, _count(relevance, at, relation, g))
    return FailureProbability(
        total * float(shares.mean()),
        total * float(shares.std(ddof=1)) / math.sqrt(n_draws),
        _one_query(relevance, at, k, per_query),
        min(1.0, total),
    )


def n_wrong_pairs(relevance: Relevance, at: WrongPairs, seed: int) -> int:
    """Return the number of wrong pairs in one run of Algorithm 1, in float32.

    Row notion: of wrong matches. The directions are those of `gaussian_centroid` with this seed.
    Matches of queries with a single match are not counted for a global threshold: their score is 1,
    and only rounding could make it wrong.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    at : WrongPairs
        Dimension, notion, margin and threshold; of the same relevance.
    seed : int
        Seed of the directions.

    Returns
    -------
    n_wrong : int
        From 0 to the number of pairs.

    Examples
    --------
    >>> from hrgeom.bounds.random import wrong_pairs
    >>> from hrgeom.datasets import perfect_tree
    >>> relevance = perfect_tree(2, 3).relevance
    >>> n_wrong_pairs(relevance, wrong_pairs(relevance, 400), 0)
    0
    """
    g = np.random.default_rng(seed).standard_normal((relevance.n_documents, at.dim))
    return _count(relevance, at, _relation(relevance), g)


def _expected_per_query(relevance: Relevance, at: WrongPairs) -> tuple[NDArray[np.int64], _Floats]:
    """Return the k that occur and how many wrong pairs a query of each has, by kind of pair:
    shape (1, len(k)) for rows; (2, len(k)), matches first, for a global threshold."""
    m = relevance.n_documents
    used = relevance.histogram > 0
    used[0] = False
    if at.threshold is None:
        used[m:] = False
    k: NDArray[np.int64] = np.flatnonzero(used).astype(np.int64)
    if at.threshold is None:
        return k, np.exp(log_wrong_of_rows(m, at.dim, k, at.eps))[None, :]
    matches = log_wrong_matches(at.dim, k, at.threshold, at.eps)
    others = log_wrong_others(m, at.dim, k, at.threshold, at.eps)
    return k, np.exp(np.stack((matches, others)))


def _one_query(
    relevance: Relevance, at: WrongPairs, k: NDArray[np.int64], per_query: _Floats
) -> float:
    one_match = float((per_query[0] / k).max())
    if at.threshold is None:
        return one_match
    tail = np.exp(log_score_cdf(at.dim, 0.0, at.eps - at.threshold))
    one_other = -np.expm1((relevance.n_documents - k) * np.log1p(-tail))
    return max(one_match, float(one_other.max()))


def _relation(relevance: Relevance) -> Any:
    from scipy import sparse

    ones = np.ones(relevance.n_pairs, dtype=np.float32)
    shape = (relevance.n_queries, relevance.n_documents)
    return sparse.csr_array((ones, relevance.indices, relevance.indptr), shape=shape)


def _count(relevance: Relevance, at: WrongPairs, relation: Any, directions: _Floats) -> int:
    documents = directions.astype(np.float32)
    queries = relation @ documents
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    lengths = np.linalg.norm(queries, axis=1, keepdims=True)
    queries /= np.where(lengths > 0, lengths, 1)
    scores = queries @ documents.T
    of = np.repeat(np.arange(relevance.n_queries), relevance.n_matches)
    matches = scores[of, relevance.indices]
    scores[of, relevance.indices] = -np.inf
    if at.threshold is None:
        return int(np.count_nonzero(matches < scores.max(axis=1)[of] + 2 * at.eps))
    wrong = (matches < at.threshold + at.eps) & (relevance.n_matches[of] > 1)
    return int(np.count_nonzero(wrong) + np.count_nonzero(scores > at.threshold - at.eps))


def _wrong_match(
    rng: np.random.Generator, relevance: Relevance, at: WrongPairs, query: int
) -> tuple[_Floats, float]:
    """Return directions g_j given that a random match of the query is below r + eps."""
    assert at.threshold is not None
    g = rng.standard_normal((relevance.n_documents, at.dim))
    _lower_a_match(rng, g, relevance.matches(query), at.threshold + at.eps)
    return g, 1.0


def _wrong_other(
    rng: np.random.Generator, relevance: Relevance, at: WrongPairs, query: int
) -> tuple[_Floats, float]:
    """Return directions g_j given that a random non-match of the query is above r - eps."""
    assert at.threshold is not None
    g = rng.standard_normal((relevance.n_documents, at.dim))
    members = relevance.matches(query)
    document = rng.choice(np.setdiff1d(np.arange(relevance.n_documents), members))
    score = -_score_below(rng, at.dim, 0.0, at.eps - at.threshold)[2]
    _set_score(rng, g, document, g[members].sum(axis=0), score)
    return g, 1.0


def _wrong_match_of_row(
    rng: np.random.Generator, relevance: Relevance, at: WrongPairs, query: int
) -> tuple[_Floats, float]:
    """Return directions g_j given that a random match of the query is not 2 eps above the best
    non-match, and the weight of this draw."""
    g = rng.standard_normal((relevance.n_documents, at.dim))
    members = relevance.matches(query)
    best, weight = _best_other(rng, relevance.n_documents, len(members), at)
    if len(members) > 1:
        _lower_a_match(rng, g, members, min(best + 2 * at.eps, 1.0))
    centroid = g[members].sum(axis=0)
    others = np.setdiff1d(np.arange(relevance.n_documents), members)
    chosen = rng.choice(others)
    level = best * np.linalg.norm(centroid)
    while True:  # the others are below the best
        above = others[g[others] @ centroid > level * np.linalg.norm(g[others], axis=1)]
        above = above[above != chosen]
        if len(above) == 0:
            break
        g[above] = rng.standard_normal((len(above), at.dim))
    _set_score(rng, g, chosen, centroid, best)
    return g, weight


def _best_other(
    rng: np.random.Generator, n_documents: int, size: int, at: WrongPairs
) -> tuple[float, float]:
    """Return the best non-match's score given that a match is not 2 eps above, and the weight of
    the draw: its density over that of the table."""
    k = np.array([size], dtype=np.int64)

    def log_density(y: _Floats) -> _Floats:
        below = np.minimum(np.tanh(y) + 2 * at.eps, 1.0)
        match = log_score_cdf(at.dim, 1 / math.sqrt(size), below)
        return np.asarray(match + log_best_other(n_documents, at.dim, k, y))

    middle, reach = float(meeting_place(n_documents, at.dim, k)[0]), _REACH / math.sqrt(at.dim)
    edges = np.linspace(middle - reach, middle + reach, _CELLS + 1)
    table = np.exp(log_density((edges[1:] + edges[:-1]) / 2))
    cell = int(rng.choice(_CELLS, p=table / table.sum()))
    y = np.array([rng.uniform(edges[cell], edges[cell + 1])])
    mean = math.exp(log_wrong_of_rows(n_documents, at.dim, k, at.eps)[0]) / size
    step = edges[1] - edges[0]
    weight = float(np.exp(log_density(y))[0]) / mean * (table.sum() * step / table[cell])
    return math.tanh(float(y[0])), weight


def _lower_a_match(
    rng: np.random.Generator, g: _Floats, members: NDArray[np.int32], level: float
) -> None:
    """Redraw the members' directions given that a random one scores below a level."""
    k, place = len(members), int(rng.integers(len(members)))
    length, sum_length, score = _score_below(rng, g.shape[1], 1 / math.sqrt(k), level)
    x, y = _orthogonal_pair(rng, g[members[place]])
    centroid = math.sqrt(k) * sum_length * (score * x + math.sqrt(1 - score**2) * y)
    g[members[place]] = length * x
    others = np.delete(members, place)  # normal given their sum
    g[others] += (centroid - length * x - g[others].sum(axis=0)) / (k - 1)


def _set_score(
    rng: np.random.Generator, g: _Floats, document: int, centroid: _Floats, score: float
) -> None:
    """Redraw a direction given its length and its score with a vector."""
    x, y = _orthogonal_pair(rng, centroid)
    g[document] = np.linalg.norm(g[document]) * (score * x + math.sqrt(1 - score**2) * y)


def _orthogonal_pair(rng: np.random.Generator, vector: _Floats) -> tuple[_Floats, _Floats]:
    """Return the direction of a vector and a random one orthogonal to it."""
    x = vector / np.linalg.norm(vector)
    y = rng.standard_normal(len(x))
    y -= (x @ y) * x
    return x, y / np.linalg.norm(y)


def _score_below(
    rng: np.random.Generator, dim: int, correlation: float, level: float
) -> tuple[float, float, float]:
    """Return two lengths and the score of normal vectors, given that the score is below a level.

    The point of the plane is at distance D >= beta - c from the true one, in a direction without
    preference, and accepted where its score is below tanh c.
    """
    beta, c = math.atanh(correlation), math.atanh(min(level, _BELOW_ONE))
    nearest = math.cosh(max(beta - c, 0.0))
    while True:
        cosh_d = nearest * (1 - rng.random()) ** (-1 / (dim - 1))
        sinh_d = math.sqrt(cosh_d**2 - 1)
        phi = 2 * math.pi * rng.random()
        height = math.sinh(beta) * cosh_d - math.cosh(beta) * sinh_d * math.cos(phi)
        if height <= math.sinh(c):
            break
    score = height / math.hypot(1, height)
    along = math.cosh(beta) * cosh_d - math.sinh(beta) * sinh_d * math.cos(phi)
    w = math.atanh(sinh_d * math.sin(phi) / along)
    product = rng.gamma(dim) * (1 - correlation**2) / (math.cosh(w) - correlation * score)
    return math.sqrt(product) * math.exp(w / 2), math.sqrt(product) * math.exp(-w / 2), score
