"""From decisions and posteriors to query vectors, and to what they retrieve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding
from hrgeom.locate._posterior import Posteriors

__all__ = ["Vectors", "best_threshold"]

_BLOCK_ENTRIES = 2_000_000  # scores at a time
_LEVELS = 1000


class Vectors:
    """The query and document vectors of an embedding, and what is made of them.

    Parameters
    ----------
    embedding : DualEmbedding
        Rows in the order of the hierarchy.
    """

    def __init__(self, embedding: DualEmbedding) -> None:
        self.queries, self.documents = embedding.values()

    def of_nodes(self, nodes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the query vectors of nodes; zeros for -1."""
        found = self.queries[np.maximum(nodes, 0)]
        found[nodes < 0] = 0
        return found

    def means(self, posteriors: Posteriors) -> NDArray[Any]:
        """Return the means of the query vectors of candidates by their probabilities.

        The probabilities are divided by their sum, which leaves out that of none of them.
        """
        weights = posteriors.weights(len(self.queries)).astype(self.queries.dtype)
        total = np.asarray(weights.sum(axis=1))
        return np.asarray((weights @ self.queries) / np.where(total > 0, total, 1))

    def scores(self, vectors: NDArray[Any]) -> NDArray[Any]:
        """Return the scores of all documents, shape (b, n)."""
        return np.asarray(vectors @ self.documents.T)


def best_threshold(
    vectors: Vectors, means: NDArray[Any], truth: list[NDArray[np.int64]]
) -> float | None:
    """Return the threshold of most mean F1 on texts whose right ancestors are known.

    Returns
    -------
    threshold : float or None
        None without texts.
    """
    if not len(means):
        return None
    levels = _levels(vectors, means, truth)
    total = np.zeros(len(levels))
    block = max(1, _BLOCK_ENTRIES // len(vectors.documents))
    for start in range(0, len(means), block):
        scores = vectors.scores(means[start : start + block])
        for row, right in zip(scores, truth[start : start + block], strict=True):
            n_right, n_found = _n_above(row[right], levels), _n_above(row, levels)
            total += 2 * n_right / (n_found + len(right))
    return float(levels[np.argmax(total)])


def _levels(
    vectors: Vectors, means: NDArray[Any], truth: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return evenly spaced thresholds to try, from below the scores of right ancestors to above."""
    right = [means[i] @ vectors.documents[nodes].T for i, nodes in enumerate(truth)]
    lowest, highest = float(min(map(np.min, right))), float(max(map(np.max, right)))
    return np.linspace(lowest - 0.01 * (highest - lowest) - 1e-6, highest, _LEVELS)


def _n_above(scores: NDArray[Any], levels: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many scores are above each of evenly spaced levels, up to rounding at a level."""
    step = (levels[-1] - levels[0]) / (len(levels) - 1)
    place = np.clip(np.ceil((scores - levels[0]) / step), 0, len(levels)).astype(np.intp)
    # A score in place k is above levels 0 to k - 1.
    counts = np.bincount(place, minlength=len(levels) + 1)
    return np.cumsum(counts[::-1])[::-1][1:]
