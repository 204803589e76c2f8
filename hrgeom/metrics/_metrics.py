"""How well an embedding ranks: recall by distance, average precision, margins. Observed, not
certified: scores are floats, and nothing here bounds their rounding.

*Ties count against the embedding.* A document's place is the worst that ties allow: where a match
and a non-match score the same, the non-match comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Hierarchy, Notion, Relevance, as_relevance, check_fit
from hrgeom.errors import ShapeError

__all__ = [
    "QUANTILES",
    "RankingMetrics",
    "RecallByDistance",
    "Score",
    "poincare_lift",
    "ranking_metrics",
    "recall_by_distance",
]

Score = Literal["dot", "poincare"]

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Which quantiles of the margins `RankingMetrics` has."""

_BLOCK_BYTES = 2**26


@dataclass(frozen=True)
class RecallByDistance:
    """Share of (query, ancestor) pairs retrieved, for every distance from query to ancestor.

    Attributes
    ----------
    recall : ndarray of float64, shape (n_distances,)
        From distance 0, the query itself; NaN where no pair has that distance.
    n_pairs : ndarray of int64, shape (n_distances,)
    overall : float
        Over all pairs: a query with many ancestors counts more.
    n_queries : int
        Queries that were scored.
    by_query : float
        Mean over the queries of each one's own recall: all queries count the same.
    """

    recall: NDArray[np.float64]
    n_pairs: NDArray[np.int64]
    overall: float
    n_queries: int
    by_query: float


@dataclass(frozen=True)
class RankingMetrics:
    """What the ranking of all documents is like, over the queries that match any.

    Attributes
    ----------
    recall : ndarray of float64, shape (n_distances,)
        Share of the matches at each distance that are in the top |S(q)|: fewer than |S(q)| other
        documents score at least as much, so that a tie between two matches for the last place
        counts against both. NaN where there are none; empty if distances are not known.
    n_pairs : ndarray of int64, shape (n_distances,)
    pair_recall : float
        The same over all pairs.
    query_recall : float
        Mean over queries of the share of the top |S(q)| that matches, where of two matches that
        tie for the last place one is in: R-precision.
    map : float
        Mean over queries of average precision.
    mrr : float
        Mean over queries of 1 / place of the first match.
    mean_rank : float
        Mean over pairs of the place of the match; best is the mean of (|S(q)| + 1) / 2, weighted
        by |S(q)|.
    exact : float
        Share of queries with all of S(q) above all else.
    margins : ndarray of float64, shape (n_distances, 7)
        Quantiles (`QUANTILES`) of the match's score less the query's best non-match, by distance:
        the value at place floor(quantile (n_pairs - 1)) of them, ascending from 0. In units of the
        score; infinite for a query that matches all documents. NaN where there are none.
    positive : ndarray of float64, shape (n_distances,)
        Share of matches above the best non-match, by distance.
    n_queries : int
        Queries that were scored and match any document.
    """

    recall: NDArray[np.float64]
    n_pairs: NDArray[np.int64]
    pair_recall: float
    query_recall: float
    map: float
    mrr: float
    mean_rank: float
    exact: float
    margins: NDArray[np.float64]
    positive: NDArray[np.float64]
    n_queries: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, None for NaN and infinity."""
        return {
            "recall": _plain(self.recall),
            "n_pairs": self.n_pairs.tolist(),
            "pair_recall": self.pair_recall,
            "query_recall": self.query_recall,
            "map": self.map,
            "mrr": self.mrr,
            "mean_rank": self.mean_rank,
            "exact": self.exact,
            "margin_quantiles": list(QUANTILES),
            "margins": [_plain(row) for row in self.margins],
            "positive": _plain(self.positive),
            "n_queries": self.n_queries,
        }


def recall_by_distance(
    embedding: DualEmbedding,
    hierarchy: Hierarchy,
    *,
    notion: Notion | None = None,
    threshold: float | None = None,
    n_queries: int | None = None,
    seed: int = 0,
) -> RecallByDistance:
    """Return recall by distance, of all queries or of a random sample.

    Parameters
    ----------
    embedding : DualEmbedding
    hierarchy : Hierarchy
    notion : {"global", "row"}, optional
        global: an ancestor is retrieved if it scores above the threshold. row: if fewer than
        |S(q)| documents score at least as much, itself not counted (ties count against it).
        Default: the embedding's.
    threshold : float, optional
        Default: the embedding's; needed for the global notion.
    n_queries : int, optional
        Size of the sample. Default: all.
    seed : int
        Of the sample.

    Returns
    -------
    recall : RecallByDistance

    Raises
    ------
    ShapeError
        If the embedding does not fit the hierarchy.
    ValueError
        If the global notion has no threshold.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]], threshold=0.5)
    >>> recall_by_distance(e, h).recall
    array([1., 0.])
    """
    relevance = hierarchy.relevance
    check_fit(embedding, relevance)
    notion = notion or embedding.notion
    level = embedding.threshold if threshold is None else threshold
    if notion == "row":
        level = None
    elif level is None:
        raise ValueError("threshold must be given for the global notion: got None")
    chosen = sample(relevance.n_queries, n_queries, seed)
    n_distances = int(hierarchy.distances.max()) + 1
    hits = np.zeros(n_distances, dtype=np.int64)
    total = np.zeros(n_distances, dtype=np.int64)
    shares = []
    for query, scores in _score_rows(embedding, chosen, "dot"):
        row = slice(relevance.indptr[query], relevance.indptr[query + 1])
        own = scores[relevance.indices[row]]
        found = _in_top(scores, own) if level is None else own > level
        away = hierarchy.distances[row]
        total += np.bincount(away, minlength=n_distances)
        hits += np.bincount(away[found], minlength=n_distances)
        shares.append(float(found.mean()))
    with np.errstate(invalid="ignore"):
        recall = hits / total
    overall = float(hits.sum() / total.sum())
    return RecallByDistance(recall, total, overall, len(chosen), float(np.mean(shares)))


def ranking_metrics(
    embedding: DualEmbedding,
    target: Hierarchy | Relevance,
    *,
    score: Score = "dot",
    n_queries: int | None = None,
    seed: int = 0,
) -> RankingMetrics:
    r"""Return the metrics of the ranking of all documents, for all queries or a random sample.

    Parameters
    ----------
    embedding : DualEmbedding
        Its threshold plays no part.
    target : Hierarchy or Relevance
        A relevance knows no distances: the results by distance are then empty.
    score : {"dot", "poincare"}
        dot: :math:`\langle q, x\rangle`. poincare: minus the distance in the Poincare ball,
        :math:`-\mathrm{arcosh}\bigl(1 + 2|q-x|^2 / ((1-|q|^2)(1-|x|^2))\bigr)`, for rows of length
        below 1.
    n_queries : int, optional
        Size of the sample. Default: all.
    seed : int
        Of the sample.

    Returns
    -------
    metrics : RankingMetrics
        Observed. Queries that match nothing are left out.

    Raises
    ------
    ShapeError
        If the embedding does not fit, no sampled query matches a document, or a row is not inside
        the ball.

    Notes
    -----
    Time: a matrix product, and one pass over the scores of a query. Memory: the vectors, and
    64 MiB of scores.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[1.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [0.0, 1.0]])
    >>> found = ranking_metrics(e, h)
    >>> found.map, found.mean_rank, found.exact
    (1.0, 1.3333333333333333, 1.0)
    """
    relevance = as_relevance(target)
    check_fit(embedding, relevance)
    distances = target.distances if isinstance(target, Hierarchy) else None
    chosen = sample(relevance.n_queries, n_queries, seed)
    chosen = chosen[relevance.n_matches[chosen] > 0]
    if not len(chosen):
        raise ShapeError("some query must match a document: got none that does")
    per_query = np.empty((len(chosen), 4))
    away, in_top, gaps, places = [], [], [], []
    for i, (query, scores) in enumerate(_score_rows(embedding, chosen, score)):
        row = slice(relevance.indptr[query], relevance.indptr[query + 1])
        own = scores[relevance.indices[row]]
        above, best = _above(scores, own, relevance.indices[row])
        place = np.sort(above) + np.arange(1, len(own) + 1)
        precision = np.arange(1, len(own) + 1) / place
        at_top = float((place <= len(own)).mean())
        per_query[i] = at_top, precision.mean(), 1 / place[0], place[-1] == len(own)
        places.append(int(place.sum()))
        in_top.append(_in_top(scores, own))
        gaps.append(own.astype(np.float64) - best)
        if distances is not None:
            away.append(distances[row])
    found, gap = np.concatenate(in_top), np.concatenate(gaps)
    n_distances = 0 if distances is None else int(distances.max()) + 1
    recall, n_pairs, margins, positive = _by_distance(n_distances, away, found, gap)
    means = per_query.mean(axis=0)
    return RankingMetrics(
        recall=recall,
        n_pairs=n_pairs,
        pair_recall=float(found.mean()),
        query_recall=float(means[0]),
        map=float(means[1]),
        mrr=float(means[2]),
        mean_rank=sum(places) / len(found),
        exact=float(means[3]),
        margins=margins,
        positive=positive,
        n_queries=len(chosen),
    )


def poincare_lift(embedding: DualEmbedding) -> DualEmbedding:
    r"""Return the dot-product embedding that ranks as the distances of a Poincare ball do.

    .. math:: -\cosh d(q, x) = \Bigl\langle \frac{(2q,\; 1 + |q|^2)}{1 - |q|^2},
              \frac{(2x,\; -1 - |x|^2)}{1 - |x|^2} \Bigr\rangle

    and cosh rises with the distance. So the ranking of points in a ball of dimension d is one by
    dot products in dimension d + 1, and `certify` and the lower bounds apply to it. The factor of
    the query does not change its ranking and is left out.

    Parameters
    ----------
    embedding : DualEmbedding
        Rows of length below 1.

    Returns
    -------
    lifted : DualEmbedding
        float64, dimension d + 1, row notion. Its entries are rounded: a certificate speaks of
        them.

    Raises
    ------
    ShapeError
        If a row is not inside the ball.

    References
    ----------
    Nickel and Kiela 2017 (arXiv:1705.08039) for the distance; Nickel and Kiela 2018
    (arXiv:1806.03417) for the hyperboloid.

    Examples
    --------
    >>> ball = DualEmbedding([[0.0], [0.5]], [[0.0], [0.5]])
    >>> lifted = poincare_lift(ball)
    >>> (lifted.queries @ lifted.documents.T).round(3).tolist()
    [[-1.0, -1.667], [-1.25, -0.75]]
    """
    (queries, q), (documents, x) = (
        _in_ball(rows, name)
        for rows, name in zip(embedding.values(), ("queries", "documents"), strict=True)
    )
    return DualEmbedding(
        np.column_stack((2 * queries, 1 + q)),
        np.column_stack((2 * documents, -1 - x)) / (1 - x)[:, None],
        notion="row",
        query_labels=embedding.query_labels,
        document_labels=embedding.document_labels,
        construction=embedding.construction,
        parameters={**embedding.parameters, "lifted": "poincare"},
    )


def sample(n: int, size: int | None, seed: int) -> NDArray[np.int64]:
    """Return `size` of the numbers below n at random, ascending; all of them if it is None."""
    everything = np.arange(n, dtype=np.int64)
    if size is None or size >= n:
        return everything
    return np.sort(np.random.default_rng(seed).choice(everything, size, replace=False))


def _score_rows(
    embedding: DualEmbedding, chosen: NDArray[np.int64], score: Score
) -> Iterator[tuple[int, NDArray[np.floating]]]:
    """Yield the queries with their scores of all documents, computed block by block."""
    queries, documents = embedding.values()
    lengths: NDArray[np.float64] | None = None
    if score == "poincare":
        queries, _ = _in_ball(queries, "queries")
        documents, lengths = _in_ball(documents, "documents")
    step = max(1, _BLOCK_BYTES // (queries.itemsize * embedding.n_documents))
    for start in range(0, len(chosen), step):
        block = chosen[start : start + step]
        scores = queries[block] @ documents.T
        if lengths is not None:
            scores = _minus_distances(scores, queries[block], lengths)
        yield from zip(block.tolist(), scores, strict=True)


def _in_ball(rows: NDArray[Any], name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows in float64 and their squared lengths, all below 1."""
    wide = rows.astype(np.float64)
    squares = np.einsum("ij,ij->i", wide, wide)
    outside = np.flatnonzero(squares >= 1)
    if len(outside):
        raise ShapeError(
            f"{name} must lie inside the unit ball for the Poincare distance: got length "
            f"{np.sqrt(squares[outside[0]]):.6g} at row {outside[0]}"
        )
    return wide, squares


def _minus_distances(
    products: NDArray[np.float64], queries: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return minus the Poincare distances, of inner products and squared lengths.

    |q|^2 + |x|^2 - 2<q, x> may round below 0 where the points are the same.
    """
    q = np.einsum("ij,ij->i", queries, queries)[:, None]
    apart = np.maximum(q + x - 2 * products, 0.0)
    distances: NDArray[np.float64] = np.arccosh(1 + 2 * apart / ((1 - q) * (1 - x)))
    return -distances


def _in_top(scores: NDArray[np.floating], own: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which of the own scores have fewer than len(own) others at least as high."""
    size = len(own)
    if size == len(scores):
        return np.ones(size, dtype=np.bool_)
    # The (size + 1)-th highest score: strictly above it are the certain, at most `size`, ones.
    cut = np.partition(scores, len(scores) - size - 1)[len(scores) - size - 1]
    return np.asarray(own > cut)


def _above(
    scores: NDArray[np.floating], own: NDArray[np.floating], matches: NDArray[np.int32]
) -> tuple[NDArray[np.int64], float]:
    """Return for each own score how many non-matches reach it, and the best non-match's score."""
    others = scores.copy()
    others[matches] = -np.inf
    best = float(others.max())
    rivals = np.sort(others[others >= own.min()])
    counts = len(rivals) - np.searchsorted(rivals, own, side="left")
    return counts.astype(np.int64), best


def _by_distance(
    n_distances: int,
    away: list[NDArray[np.int32]],
    found: NDArray[np.bool_],
    gap: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return recall, pairs, quantiles of the margins and share of positive ones, by distance."""
    if not away:
        none = np.empty(0)
        return none, np.empty(0, dtype=np.int64), np.empty((0, len(QUANTILES))), none
    distance = np.concatenate(away)
    n_pairs = np.bincount(distance, minlength=n_distances).astype(np.int64)
    with np.errstate(invalid="ignore"):
        recall = np.bincount(distance, found, n_distances) / n_pairs
        positive = np.bincount(distance, gap > 0, n_distances) / n_pairs
    margins = np.full((n_distances, len(QUANTILES)), np.nan)
    for i in np.flatnonzero(n_pairs):
        # Without non-matches the margin is infinite: nothing is to be drawn between two.
        values = np.sort(gap[distance == i])
        places = np.floor(np.array(QUANTILES) * (len(values) - 1))
        margins[i] = values[places.astype(np.int64)]
    return recall, n_pairs, margins, positive


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    """Return the values for JSON, which knows neither NaN nor infinity."""
    return [float(value) if np.isfinite(value) else None for value in values]
