"""Ways to see texts: each gives likeness of queries to all nodes, and to means of children.

A query that is a node itself is left out: it is unlike itself, and no part of any mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._bag import Bag
from hrgeom.locate._tree import Tree

__all__ = ["BagView", "Left", "RowView", "unit"]

_TINY = 1e-4  # squared length of a mean that is nothing but rounding


def unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    """Return rows of unit length; rows of zeros stay."""
    numbers = np.asarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
    return np.asarray(numbers / np.where(lengths > 1e-6, lengths, np.float32(1)), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Left:
    """Queries that are nodes, left out of what they are compared with.

    Attributes
    ----------
    nodes : ndarray of int, shape (b,)
        The node that each query is.
    parents, ancestors : pair of ndarray of int
        (query, inner node) that is a parent of it; that is an ancestor of it or itself.
    """

    nodes: NDArray[np.int64]
    parents: tuple[Any, Any]
    ancestors: tuple[Any, Any]

    @classmethod
    def of(cls, tree: Tree, nodes: NDArray[np.int64]) -> Left:
        """Return the queries that these nodes are."""
        return cls(
            nodes, tree.inner_pairs(nodes, tree.parents), tree.inner_pairs(nodes, tree.closure)
        )


class _Means:
    """Sums of rows, compared by cosine; what is left out of a sum is taken from it."""

    def __init__(self, sums: Any) -> None:
        self._sums = sums.T.tocsr() if hasattr(sums, "tocsr") else sums
        squared = sums.multiply(sums) if hasattr(sums, "tocsr") else sums * sums
        self._squares = np.asarray(squared.sum(axis=1), dtype=np.float32).ravel()

    def likeness(self, queries: Any, pairs: tuple[Any, Any] | None) -> NDArray[np.float32]:
        """Return cosines, shape (m, b); in each pair the query itself is taken from the sum."""
        dots = _products(self._sums, queries)
        found = dots / np.sqrt(np.maximum(self._squares, _TINY))[:, None]
        if pairs is not None and len(pairs[0]):
            b, p = pairs
            own = _squares_of(queries)[b]
            rest = self._squares[p] - 2 * dots[p, b] + own
            cosine = (dots[p, b] - own) / np.sqrt(np.maximum(rest, _TINY))
            found[p, b] = np.where(rest > _TINY, cosine, 0)
        return np.asarray(found, dtype=np.float32)


class RowView:
    """Rows of a text encoder, with their mean taken off, at unit length."""

    def __init__(self, tree: Tree, rows: NDArray[np.float32], mean: NDArray[np.float32]) -> None:
        self._rows, self.mean = rows, mean
        self.children = _Means(tree.sums_of_children(rows))
        self.below = _Means(tree.sums_below(rows))

    def queries(self, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Return the rows of an encoder as this view sees them."""
        return unit(unit(rows) - self.mean)

    def likeness(self, queries: NDArray[np.float32], left: Left | None) -> NDArray[np.float32]:
        """Return cosines with all nodes, shape (n, b)."""
        found = _products(self._rows, queries)
        if left is not None:
            found[left.nodes, np.arange(len(queries))] = -1
        return found


class BagView:
    """Weights of words, or of runs of letters."""

    def __init__(self, tree: Tree, bag: Bag) -> None:
        self.bag = bag
        self.children = _Means(tree.sums_of_children(bag.matrix))
        self._transposed = bag.taken().T.tocsr()

    def queries(self, texts: Sequence[str]) -> Any:
        """Return sparse rows of texts."""
        return self.bag.rows(texts)

    def likeness(self, queries: Any, left: Left | None) -> NDArray[np.float32]:
        """Return cosines with all nodes, shape (n, b)."""
        found = _products(self._transposed, queries)
        if left is not None:
            found[left.nodes, np.arange(found.shape[1])] = 0
        return found


def _products(rows: Any, queries: Any) -> NDArray[np.float32]:
    """Return the products of rows and queries, shape (n, b); sparse rows come transposed."""
    if hasattr(rows, "tocsr"):
        return np.asarray((queries @ rows).T.toarray(order="C"))
    return np.asarray(rows @ queries.T)


def _squares_of(queries: Any) -> NDArray[Any]:
    squared = queries.multiply(queries) if hasattr(queries, "multiply") else queries * queries
    return np.asarray(squared.sum(axis=1)).ravel()
