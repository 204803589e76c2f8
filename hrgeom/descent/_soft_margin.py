r"""Soft margin: a smooth lower bound on the margin of unit rows, and its gradient.

For a sharpness beta, with the scores s of query q,

.. math:: a_q = -\tfrac1\beta \ln \sum_{v \in S(q)} e^{-\beta s_v}, \qquad
          b_q = \tfrac1\beta \ln \sum_{v \notin S(q)} e^{\beta s_v}

are a lower bound on the worst match and an upper bound on the best non-match. The soft margin is
half of soft-min a - soft-max b (global notion) or the soft-min of (a - b)/2 (row notion), soft
extremes over the queries with the same beta. It is below the margin by at most
:math:`\ln(N m)/\beta`, so it tends to the margin as beta grows; being smooth, it has a gradient
that sees all pairs near the boundary at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.descent._near_pairs import AllPairs, Boundary, NearPairs

__all__ = ["soft_margin"]

Rows = NDArray[Any]


def soft_margin(
    problem: AllPairs, queries: Rows, documents: Rows, sharpness: float, look: Boundary
) -> tuple[float, Rows, Rows]:
    """Return the soft margin of unit rows and its gradients for queries and documents.

    Parameters
    ----------
    problem : AllPairs
        Relevance and notion.
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Rows of unit length.
    sharpness : float
        The sharpness beta, positive.
    look : Boundary
        The pairs to use; None for its non-matches means all of them.

    Returns
    -------
    value : float
        The soft margin.
    of_queries, of_documents : ndarray, shapes (n, d) and (m, d)
        Its gradients.
    """
    # a_q from the matches (as the soft maximum of -s), b_q from the non-matches; the chain rule
    # multiplies the derivative with respect to a_q or b_q by the softmax weights of the pairs.
    low, match_weights = _soft_maxima(look.matches, queries, documents, -sharpness)
    if look.others is None:
        high, other_gradients = _all_others(problem, queries, documents, sharpness, low)
        value, of_low, of_high = _combine(problem, low, high, sharpness)
        other = other_gradients(of_high)
    else:
        high, weights = _soft_maxima(look.others, queries, documents, sharpness)
        value, of_low, of_high = _combine(problem, low, high, sharpness)
        other = _gradients(look.others, weights, of_high, queries, documents)
    match = _gradients(look.matches, match_weights, of_low, queries, documents)
    return value, match[0] - other[0], match[1] - other[1]


def _combine(
    problem: AllPairs, low: NDArray[np.float64], high: NDArray[np.float64], sharpness: float
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the soft margin, and minus its derivatives by -a_q (`low`) and by b_q (`high`)."""
    if problem.notion == "row":
        value, weights = _soft_maximum((low + high) / 2, sharpness)
        return -value, weights / 2, weights / 2
    of_matches, match_weights = _soft_maximum(low, sharpness)
    of_others, other_weights = _soft_maximum(high, sharpness)
    return -(of_matches + of_others) / 2, match_weights / 2, other_weights / 2


def _soft_maximum(
    values: NDArray[np.float64], sharpness: float
) -> tuple[float, NDArray[np.float64]]:
    # ln sum exp with the largest value taken out, so that nothing overflows; the weights are the
    # derivatives by the values.
    top = float(values.max())
    weights = np.exp(sharpness * (values - top))
    total = float(weights.sum())
    return top + float(np.log(total)) / sharpness, weights / total


def _soft_maxima(
    pairs: NearPairs, queries: Rows, documents: Rows, sharpness: float
) -> tuple[NDArray[np.float64], Rows]:
    """Return the soft maximum of every query's scores, and the weight of each pair in it.

    A negative sharpness means that of minus the scores.
    """
    scores = pairs.scores(queries, documents)
    if sharpness < 0:
        scores = -scores
    sharpness = abs(sharpness)
    top = pairs.extremes(scores)
    weights = np.exp(sharpness * (scores - top[pairs.rows])).astype(queries.dtype)
    used = np.flatnonzero(np.diff(pairs.indptr))
    sums = np.ones(len(top))
    if len(used):
        sums[used] = np.add.reduceat(weights, pairs.indptr[used], dtype=np.float64)
    return top + np.log(sums) / sharpness, weights / sums[pairs.rows].astype(queries.dtype)


def _gradients(
    pairs: NearPairs, weights: Rows, of_rows: NDArray[np.float64], queries: Rows, documents: Rows
) -> tuple[Rows, Rows]:
    from scipy import sparse

    data = weights * of_rows[pairs.rows].astype(weights.dtype)
    shape = (len(queries), len(documents))
    matrix: Any = sparse.csr_array((data, pairs.columns, pairs.indptr), shape=shape)
    return matrix @ documents, matrix.T @ queries


def _all_others(
    problem: AllPairs,
    queries: Rows,
    documents: Rows,
    sharpness: float,
    low: NDArray[np.float64],
) -> tuple[NDArray[np.float64], Any]:
    """Return b_q over all non-matches, and a function that returns the gradients.

    One pass: the weight of a query among all queries is known only at the end, so document
    gradients are summed relative to the largest exponent so far, and rescaled when a larger one
    occurs.
    """
    high = np.empty(problem.n_queries)
    by_query = np.empty_like(queries)
    by_document = np.zeros_like(documents)
    reference = -np.inf
    total = 0.0
    for start, stop, scores in problem.blocks(queries, documents):
        # Softmax weights within each row, in place: e^{beta (s - top)}; matches, at -inf, weigh 0.
        top = scores.max(axis=1)
        top[~np.isfinite(top)] = 0
        scores -= top[:, None]
        scores *= sharpness
        weights = np.exp(scores, out=scores)
        sums = weights.sum(axis=1, dtype=np.float64)
        with np.errstate(divide="ignore"):
            high[start:stop] = top + np.log(sums) / sharpness
        inverse = 1 / np.where(sums > 0, sums, 1)
        by_query[start:stop] = (weights @ documents) * inverse[:, None]
        # Exponent of the query in the soft maximum over queries: b_q, or (b_q - a_q)/2 by row.
        share = high[start:stop]
        if problem.notion == "row":
            share = (share + low[start:stop]) / 2
        new = max(reference, float(share.max()))
        if new == -np.inf:
            continue
        if new > reference:  # rescale the sums so far to the new reference
            factor = float(np.exp(sharpness * (reference - new)))
            by_document *= factor
            total *= factor
            reference = new
        of_rows = np.exp(sharpness * (share - reference))
        total += float(of_rows.sum())
        by_document += weights.T @ (queries[start:stop] * (of_rows * inverse)[:, None]).astype(
            queries.dtype
        )

    def gradients(of_high: NDArray[np.float64]) -> tuple[Rows, Rows]:
        by_row = by_query * of_high[:, None].astype(queries.dtype)
        return by_row, by_document * queries.dtype.type(of_high.sum() / total)

    return high, gradients
