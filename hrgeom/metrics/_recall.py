"""Recall by distance: which ancestors are retrieved, by how far away they are.

Observed, not certified. *Ties count against the embedding.*
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import ScoreBlock, reduce_blocks
from hrgeom.core import DualEmbedding, Hierarchy, Notion, fitted
from hrgeom.metrics._scores import embedding_scores, in_top, sample

__all__ = ["RecallByDistance", "RecallReduction", "recall_by_distance"]


@dataclass(frozen=True)
class RecallByDistance:
    """Share of (query, ancestor) pairs retrieved, for every distance from query to ancestor.

    Attributes
    ----------
    recall : ndarray of float64, shape (n_distances,)
        From distance 0, the query itself; NaN where no pair has that distance.
    n_pairs : ndarray of int64, shape (n_distances,)
        Pairs at each distance.
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


@dataclass(eq=False)
class RecallReduction:
    """Recall by distance as a reduction over blocks of scores.

    Parameters
    ----------
    hierarchy : Hierarchy
        Whose ancestors, each node itself included, are to be retrieved.
    level : float or None
        What an ancestor must exceed to be retrieved; None: the top |S(q)|.

    Notes
    -----
    Parts over disjoint queries, each in ascending order, merge in the order of their queries.
    """

    hierarchy: Hierarchy
    level: float | None
    _hits: NDArray[np.int64] = field(init=False)
    _total: NDArray[np.int64] = field(init=False)
    _shares: list[float] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        n_distances = int(self.hierarchy.distances.max()) + 1
        self._hits = np.zeros(n_distances, dtype=np.int64)
        self._total = np.zeros(n_distances, dtype=np.int64)

    def add(self, block: ScoreBlock) -> None:
        """Count the pairs of one block.

        Parameters
        ----------
        block : ScoreBlock
            Of queries not seen before; it is not written.
        """
        relevance, n_distances = self.hierarchy.relevance, len(self._total)
        for query, scores in block.rows():
            row = slice(relevance.indptr[query], relevance.indptr[query + 1])
            own = scores[relevance.indices[row]]
            # as float64: a float of Python would be rounded to the type of the scores
            found = in_top(scores, own) if self.level is None else own > np.float64(self.level)
            away = self.hierarchy.distances[row]
            self._total += np.bincount(away, minlength=n_distances)
            self._hits += np.bincount(away[found], minlength=n_distances)
            self._shares.append(float(found.mean()))

    def merge(self, other: RecallReduction) -> None:
        """Take in what another reduction counted.

        Parameters
        ----------
        other : RecallReduction
            Of the same hierarchy and level, over later queries.
        """
        self._hits += other._hits
        self._total += other._total
        self._shares += other._shares

    def result(self) -> RecallByDistance:
        """Return the recall over all queries so far.

        Returns
        -------
        recall : RecallByDistance
            NaN at distances that no pair has.
        """
        with np.errstate(invalid="ignore"):
            recall = self._hits / self._total
        overall = float(self._hits.sum() / self._total.sum())
        by_query = float(np.mean(self._shares))
        return RecallByDistance(recall, self._total, overall, len(self._shares), by_query)


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
        With a query and a document per node.
    hierarchy : Hierarchy
        Whose ancestors, each node itself included, are to be retrieved.
    notion : {"global", "row"}, optional
        When an ancestor counts as retrieved. "global": if it scores above the threshold. "row": if
        fewer than |S(q)| documents score at least as much, itself not counted (ties count against
        it). Default: the embedding's.
    threshold : float, optional
        Default: the embedding's; needed for the global notion.
    n_queries : int, optional
        Size of the sample. Default: all.
    seed : int
        Seed of the sample.

    Returns
    -------
    recall : RecallByDistance
        Over the queries scored; ties count against the embedding.

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
    embedding = fitted(embedding, hierarchy.relevance)
    notion = notion or embedding.notion
    level = embedding.threshold if threshold is None else threshold
    if notion == "row":
        level = None
    elif level is None:
        raise ValueError("threshold must be given for the global notion: got None")
    reduction = RecallReduction(hierarchy, level)
    chosen = sample(hierarchy.relevance.n_queries, n_queries, seed)
    reduce_blocks(embedding_scores(embedding, chosen), reduction)
    return reduction.result()
