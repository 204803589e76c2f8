"""How much of S(q) an embedding retrieves, by distance: observed, not certified."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.certify import check_fit
from hrgeom.embedding import DualEmbedding, Notion
from hrgeom.hierarchy import Hierarchy

__all__ = ["RecallByDistance", "recall_by_distance"]

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
        Over all pairs.
    n_queries : int
        Queries that were scored.
    """

    recall: NDArray[np.float64]
    n_pairs: NDArray[np.int64]
    overall: float
    n_queries: int


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
    threshold = embedding.threshold if threshold is None else threshold
    if notion == "global" and threshold is None:
        raise ValueError("threshold must be given for the global notion: got None")
    chosen = np.arange(embedding.n_queries)
    if n_queries is not None and n_queries < len(chosen):
        rng = np.random.default_rng(seed)
        chosen = np.sort(rng.choice(chosen, n_queries, replace=False))
    n_distances = int(hierarchy.distances.max()) + 1
    hits = np.zeros(n_distances, dtype=np.int64)
    total = np.zeros(n_distances, dtype=np.int64)
    queries, documents = embedding.values()
    step = max(1, _BLOCK_BYTES // (queries.itemsize * embedding.n_documents))
    for start in range(0, len(chosen), step):
        block = chosen[start : start + step]
        scores = queries[block] @ documents.T
        for i, query in enumerate(block):
            row = slice(relevance.indptr[query], relevance.indptr[query + 1])
            own = scores[i, relevance.indices[row]]
            found = own > threshold if notion == "global" else _in_top(scores[i], own)
            away = hierarchy.distances[row]
            total += np.bincount(away, minlength=n_distances)
            hits += np.bincount(away[found], minlength=n_distances)
    with np.errstate(invalid="ignore"):
        recall = hits / total
    return RecallByDistance(recall, total, float(hits.sum() / total.sum()), len(chosen))


def _in_top(scores: NDArray[np.floating], own: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which of the own scores have fewer than len(own) others at least as high."""
    size = len(own)
    if size == len(scores):
        return np.ones(size, dtype=np.bool_)
    # The (size + 1)-th highest score: strictly above it are the certain, at most `size`, ones.
    cut = np.partition(scores, len(scores) - size - 1)[len(scores) - size - 1]
    return np.asarray(own > cut)
