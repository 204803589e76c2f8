"""From decisions and posteriors to query vectors, and to what they retrieve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding
from hrgeom.locate._posterior import Posteriors

__all__ = ["Vectors", "best_threshold"]

_BLOCK = 256
_MOST_LEVELS = 400


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
    for start in range(0, len(means), _BLOCK):
        scores = vectors.scores(means[start : start + _BLOCK])
        for row, right in zip(scores, truth[start : start + _BLOCK], strict=True):
            n_right = len(right) - np.searchsorted(np.sort(row[right]), levels, side="right")
            n_found = len(row) - np.searchsorted(np.sort(row), levels, side="right")
            total += 2 * n_right / (n_found + len(right))
    return float(levels[np.argmax(total)])


def _levels(
    vectors: Vectors, means: NDArray[Any], truth: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return thresholds to try: quantiles of the scores of right ancestors, and middles."""
    right = np.concatenate(
        [means[i] @ vectors.documents[nodes].T for i, nodes in enumerate(truth)]
    ).astype(np.float64)
    levels = np.unique(np.quantile(right, np.linspace(0, 1, _MOST_LEVELS)))
    return np.concatenate([[levels[0] - 1], (levels[1:] + levels[:-1]) / 2, [levels[-1]]])
