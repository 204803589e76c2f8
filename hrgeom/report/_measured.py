"""What is observed of an embedding for a report: extreme scores per query, recall by distance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import Reduction, ScoreBlock, reduce_blocks
from hrgeom.core import DualEmbedding, ForestRelevance, Hierarchy, Relevance
from hrgeom.metrics import RecallByDistance, RecallReduction, embedding_scores, sample

__all__ = ["Extremes", "Measured", "histogram", "measured"]


@dataclass(frozen=True, eq=False)
class Extremes:
    """The lowest score of a match and the highest of a non-match, per query of a sample.

    Attributes
    ----------
    worst_match, best_other : ndarray of float64, shape (n_queries,)
        NaN where a query has none.
    """

    worst_match: NDArray[np.float64]
    best_other: NDArray[np.float64]

    def gaps(self, threshold: float | None) -> dict[str, NDArray[np.float64]]:
        """Return distances from the threshold; without one, half the gap of each query."""
        if threshold is None:
            half = (self.worst_match - self.best_other) / 2
            return {"gaps": half[np.isfinite(half)]}
        found = {
            "matches": self.worst_match - threshold,
            "others": self.best_other - threshold,
        }
        return {name: values[np.isfinite(values)] for name, values in found.items()}


@dataclass(frozen=True, eq=False)
class Measured:
    """Observed of queries, in floating point and without a bound.

    Attributes
    ----------
    n_queries : int
        Size of the sample.
    extremes : Extremes
        Per query of the sample.
    recall : RecallByDistance or None
        Of all queries if there is a threshold, since only scores of ancestors count then, and they
        are few; otherwise, or where they are many, of the sample. None for a forest with too many
        pairs to write out.
    """

    n_queries: int
    extremes: Extremes
    recall: RecallByDistance | None


@dataclass(eq=False)
class _ExtremesReduction:
    """Keeps the two extreme scores of every query."""

    relevance: Relevance
    worst: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)

    def add(self, block: ScoreBlock) -> None:
        for query, scores in block.rows():
            is_match = np.zeros(len(scores), dtype=np.bool_)
            is_match[self.relevance.matches(query)] = True
            own, others = scores[is_match], scores[~is_match]
            self.worst.append(float(own.min()) if len(own) else np.nan)
            self.best.append(float(others.max()) if len(others) else np.nan)


def measured(
    embedding: DualEmbedding,
    hierarchy: Hierarchy,
    *,
    threshold: float | None,
    n_queries: int | None,
    seed: int = 0,
) -> Measured:
    """Return what one pass over the scores of a sample shows.

    Parameters
    ----------
    embedding : DualEmbedding
        Its rows in the order of the hierarchy.
    hierarchy : Hierarchy
        Whose ancestors are to be retrieved.
    threshold : float or None
        Above it documents are retrieved; None: the top |S(q)| are.
    n_queries : int or None
        Size of the sample; None for all.
    seed : int
        Seed of the sample.
    """
    relevance = hierarchy.relevance
    extremes = _ExtremesReduction(relevance)
    reductions: list[Reduction] = [extremes]
    recall = found = None
    chosen = sample(relevance.n_queries, n_queries, seed)
    if isinstance(relevance, ForestRelevance):
        found = None
    elif threshold is not None and relevance.n_pairs * embedding.dim <= _MOST_PRODUCTS:
        found = _recall_of_all(embedding, hierarchy, threshold)
    else:
        recall = RecallReduction(hierarchy, threshold)
        reductions.append(recall)
    reduce_blocks(_scores(embedding, chosen), *reductions)
    return Measured(
        len(chosen),
        Extremes(np.array(extremes.worst), np.array(extremes.best)),
        found if recall is None else recall.result(),
    )


_MOST_PRODUCTS = 2_000_000_000  # of coordinates: a few seconds
_PAIRS_AT_ONCE = 1 << 16


def _recall_of_all(
    embedding: DualEmbedding, hierarchy: Hierarchy, threshold: float
) -> RecallByDistance:
    """Return recall by distance over all queries, from the scores of their ancestors alone."""
    relevance, distances = hierarchy.relevance, hierarchy.distances
    query_of = np.repeat(np.arange(relevance.n_queries), np.diff(relevance.indptr))
    queries, documents = embedding.values()
    is_found = np.empty(len(query_of), dtype=np.bool_)
    for start in range(0, len(query_of), _PAIRS_AT_ONCE):
        at = slice(start, start + _PAIRS_AT_ONCE)
        own = queries[query_of[at]].astype(np.float64)
        is_found[at] = np.einsum("ij,ij->i", own, documents[relevance.indices[at]]) > threshold
    n_pairs = np.bincount(distances)
    with np.errstate(invalid="ignore"):
        recall = np.bincount(distances[is_found], minlength=len(n_pairs)) / n_pairs
    by_query = np.add.reduceat(is_found, relevance.indptr[:-1], dtype=np.int64)
    return RecallByDistance(
        recall,
        n_pairs,
        float(is_found.mean()),
        relevance.n_queries,
        float((by_query / np.diff(relevance.indptr)).mean()),
    )


_AT_ONCE = 512  # queries


def _scores(embedding: DualEmbedding, chosen: NDArray[np.int64]) -> Iterator[ScoreBlock]:
    """Yield blocks of scores in float64, a few queries at a time."""
    for start in range(0, len(chosen), _AT_ONCE):
        yield from embedding_scores(embedding, chosen[start : start + _AT_ONCE])


def histogram(
    values: NDArray[np.float64], low: float, high: float, n_bins: int
) -> NDArray[np.int64]:
    """Return how many values are in each of some equal bins; those outside are in the end bins."""
    if high <= low or not len(values):
        return np.zeros(n_bins, dtype=np.int64)
    at = np.floor((values - low) / (high - low) * n_bins).astype(np.int64)
    return np.bincount(np.clip(at, 0, n_bins - 1), minlength=n_bins).astype(np.int64)
