"""Ranking metrics: recall, average precision, places of matches, margins.

Observed, not certified: scores are floats, and nothing here bounds their rounding.

*Ties count against the embedding.* A document's place is the worst that ties allow: where a match
and a non-match score the same, the non-match comes first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import ScoreBlock, reduce_blocks
from hrgeom.core import DualEmbedding, Hierarchy, Target, as_relevance, fitted
from hrgeom.errors import ShapeError
from hrgeom.metrics._scores import Score, embedding_scores, in_top, sample

__all__ = ["QUANTILES", "RankingMetrics", "RankingReduction", "ranking_metrics"]

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Which quantiles of the margins `RankingMetrics` has."""


@dataclass(frozen=True)
class RankingMetrics:
    """Quality of the ranking of all documents, over the queries that match any.

    Attributes
    ----------
    recall : ndarray of float64, shape (n_distances,)
        Share of the matches at each distance that are in the top |S(q)|: fewer than |S(q)| other
        documents score at least as much, so that a tie between two matches for the last place
        counts against both. NaN where there are none; empty if distances are not known.
    n_pairs : ndarray of int64, shape (n_distances,)
        Matches at each distance.
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


@dataclass(eq=False)
class RankingReduction:
    """The ranking metrics as a reduction over blocks of scores.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        A relevance knows no distances: the results by distance are then empty.

    Notes
    -----
    Queries that match nothing are passed over. Parts over disjoint queries merge; in the order of
    the queries, the result is the same to the last bit.
    """

    target: Target
    _per_query: list[tuple[float, float, float, bool]] = field(init=False, default_factory=list)
    _n_places: int = field(init=False, default=0)  # sum of the places of all matches
    _in_top: list[NDArray[np.bool_]] = field(init=False, default_factory=list)
    _gaps: list[NDArray[np.float64]] = field(init=False, default_factory=list)
    _away: list[NDArray[np.int32]] = field(init=False, default_factory=list)

    def add(self, block: ScoreBlock) -> None:
        """Rank the documents for every query of one block.

        Parameters
        ----------
        block : ScoreBlock
            Of queries not seen before; it is not written.
        """
        relevance, distances = as_relevance(self.target), self._distances
        for query, scores in block.rows():
            row = slice(relevance.indptr[query], relevance.indptr[query + 1])
            matches = relevance.indices[row]
            if not len(matches):
                continue
            own = scores[matches]
            above, best = _above(scores, own, matches)
            place = np.sort(above) + np.arange(1, len(own) + 1)
            precision = np.arange(1, len(own) + 1) / place
            at_top = float((place <= len(own)).mean())
            self._per_query.append(
                (at_top, precision.mean(), 1 / place[0], bool(place[-1] == len(own)))
            )
            self._n_places += int(place.sum())
            self._in_top.append(in_top(scores, own))
            self._gaps.append(own.astype(np.float64) - best)
            if distances is not None:
                self._away.append(distances[row])

    def merge(self, other: RankingReduction) -> None:
        """Take in what another reduction found.

        Parameters
        ----------
        other : RankingReduction
            Of the same target, over later queries.
        """
        self._per_query += other._per_query
        self._n_places += other._n_places
        self._in_top += other._in_top
        self._gaps += other._gaps
        self._away += other._away

    def result(self) -> RankingMetrics:
        """Return the metrics over all queries so far.

        Returns
        -------
        metrics : RankingMetrics
            Over the queries that match something.

        Raises
        ------
        ShapeError
            If none of them matches a document.
        """
        if not self._per_query:
            raise ShapeError("some query must match a document: got none that does")
        found, gap = np.concatenate(self._in_top), np.concatenate(self._gaps)
        distances = self._distances
        n_distances = 0 if distances is None else int(distances.max()) + 1
        recall, n_pairs, margins, positive = _by_distance(n_distances, self._away, found, gap)
        means = np.array(self._per_query, dtype=np.float64).mean(axis=0)
        return RankingMetrics(
            recall=recall,
            n_pairs=n_pairs,
            pair_recall=float(found.mean()),
            query_recall=float(means[0]),
            map=float(means[1]),
            mrr=float(means[2]),
            mean_rank=self._n_places / len(found),
            exact=float(means[3]),
            margins=margins,
            positive=positive,
            n_queries=len(self._per_query),
        )

    @property
    def _distances(self) -> NDArray[np.int32] | None:
        return self.target.distances if isinstance(self.target, Hierarchy) else None


def ranking_metrics(
    embedding: DualEmbedding,
    target: Target,
    *,
    score: Score = "dot",
    n_queries: int | None = None,
    seed: int = 0,
) -> RankingMetrics:
    r"""Return the metrics of the ranking of all documents, for all queries or a random sample.

    Parameters
    ----------
    embedding : DualEmbedding
        Row i of its queries and documents are number i of `target`. Its threshold plays no part.
    target : Hierarchy, Relevance or Judgments
        A relevance knows no distances: the results by distance are then empty.
    score : {"dot", "poincare"}
        What ranks documents. "dot": the inner product :math:`\langle q, x\rangle`. "poincare":
        minus the distance in the Poincare ball,
        :math:`-\mathrm{arcosh}\bigl(1 + 2|q-x|^2 / ((1-|q|^2)(1-|x|^2))\bigr)`, for rows of length
        below 1.
    n_queries : int, optional
        Size of the sample. Default: all.
    seed : int
        Seed of the sample.

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

    References
    ----------
    Nickel and Kiela 2017 (arXiv:1705.08039) for the distance in the ball.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> e = DualEmbedding([[1.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [0.0, 1.0]])
    >>> found = ranking_metrics(e, h)
    >>> found.map, found.mean_rank, found.exact
    (1.0, 1.3333333333333333, 1.0)
    """
    relevance = as_relevance(target)
    embedding = fitted(embedding, relevance)
    chosen = sample(relevance.n_queries, n_queries, seed)
    chosen = chosen[relevance.n_matches[chosen] > 0]
    reduction = RankingReduction(target)
    reduce_blocks(embedding_scores(embedding, chosen, score), reduction)
    return reduction.result()


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
