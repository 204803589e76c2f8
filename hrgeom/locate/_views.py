"""Ways to see texts: each gives likeness of queries to all nodes, and to means of children.

A query that is a node itself is left out: it is unlike itself, and no part of any mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.locate._bag import Bag
from hrgeom.locate._halves import as_float32
from hrgeom.locate._tree import Tree, squares_of

__all__ = ["BagView", "Left", "RowView", "transposed", "unit"]

_TINY = 1e-4  # squared length of a mean that is nothing but rounding
_CHUNK = 4096  # rows of nodes that are float32 at a time


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


class RowView:
    """Rows of a text encoder, with their mean taken off, at unit length.

    Parameters
    ----------
    tree : Tree
        The hierarchy.
    rows : ndarray of float16, shape (n, k)
        Rows of the nodes, kept as they are: whole in float32 they would be the largest array.
    mean : ndarray of float32, shape (k,)
        Mean of the unit rows before.
    """

    def __init__(self, tree: Tree, rows: NDArray[np.float16], mean: NDArray[np.float32]) -> None:
        self._tree, self._rows, self.mean = tree, rows, mean
        self._squares = tree.squares_of_children(rows)
        self._squares_below = tree.squares_of_below(rows)

    def queries(self, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Return the rows of an encoder as this view sees them."""
        return unit(unit(rows) - self.mean)

    def likeness(
        self, queries: NDArray[np.float32], block: int, pool: ThreadPoolExecutor
    ) -> list[NDArray[np.float32]]:
        """Return products with all nodes, shape (n, block) for so many queries after another."""
        starts = range(0, len(queries), block)
        n = len(self._rows)
        found = [np.empty((n, len(queries[k : k + block])), dtype=np.float32) for k in starts]

        def fill(start: int) -> None:
            part = slice(start, start + _CHUNK)
            products = as_float32(self._rows[part]) @ queries.T
            for k, each in zip(starts, found, strict=True):
                each[part] = products[:, k : k + block]

        list(pool.map(fill, range(0, n, _CHUNK)))
        return found

    def of_children(
        self, likeness: NDArray[np.float32], queries: NDArray[np.float32], left: Left | None
    ) -> NDArray[np.float32]:
        """Return cosines with the means of the children, shape (m, b), by those with the nodes.

        A query that is left out is unlike itself there, with likeness 0.
        """
        dots = self._tree.child_sums(likeness)
        pairs = None if left is None else left.parents
        return _cosines(dots, self._squares, squares_of(queries), pairs)

    def of_all_below(
        self, likeness: NDArray[np.float32], queries: NDArray[np.float32], left: Left | None
    ) -> NDArray[np.float32]:
        """Return the same for the means of all descendants and the node itself."""
        dots = self._tree.sums_below(likeness)
        pairs = None if left is None else left.ancestors
        return _cosines(dots, self._squares_below, squares_of(queries), pairs)


class BagView:
    """Weights of words, or of runs of letters."""

    def __init__(self, tree: Tree, bag: Bag) -> None:
        self._tree, self.bag = tree, bag
        self._transposed = bag.taken()
        self._squares = tree.squares_of_child_sums(self._transposed)

    def queries(self, texts: Sequence[str]) -> Any:
        """Return sparse rows of texts."""
        return self.bag.rows(texts)

    def likeness(self, queries: Any, left: Left | None) -> NDArray[np.float32]:
        """Return cosines with all nodes, shape (n, b)."""
        found = transposed(queries @ self._transposed)
        if left is not None:
            found[left.nodes, np.arange(found.shape[1])] = 0
        return found

    def of_children(
        self, likeness: NDArray[np.float32], queries: Any, left: Left | None
    ) -> NDArray[np.float32]:
        """Return cosines with the means of the children, shape (m, b), by those with the nodes."""
        dots = self._tree.child_sums(likeness)
        pairs = None if left is None else left.parents
        return _cosines(dots, self._squares, squares_of(queries), pairs)


def transposed(sparse: Any) -> NDArray[np.float32]:
    """Return a sparse matrix as a dense one, the other way round."""
    found = np.zeros(sparse.shape[::-1], dtype=np.float32)
    found[sparse.indices, csr.row_numbers(sparse.indptr)] = sparse.data
    return found


def _cosines(
    dots: NDArray[np.float32],
    squares: NDArray[np.float32],
    own: NDArray[np.float32],
    pairs: tuple[Any, Any] | None,
) -> NDArray[np.float32]:
    """Return the cosines of queries with sums of rows, shape (m, b).

    Parameters
    ----------
    dots : ndarray of float32, shape (m, b)
        Products of the sums and the queries, what is left out not counted.
    squares, own : ndarray of float32, shape (m,), (b,)
        Squared lengths of the sums, with all that is in them, and of the queries.
    pairs : pair of ndarray of int, or None
        (query, sum) where the query itself is to be taken from the sum.
    """
    found = dots / np.sqrt(np.maximum(squares, _TINY))[:, None]
    if pairs is not None and len(pairs[0]):
        b, p = pairs
        rest = squares[p] - 2 * dots[p, b] - own[b]
        found[p, b] = np.where(rest > _TINY, dots[p, b] / np.sqrt(np.maximum(rest, _TINY)), 0)
    return np.asarray(found, dtype=np.float32)
