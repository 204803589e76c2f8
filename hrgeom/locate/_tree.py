"""A hierarchy as arrays: children side by side by parent, ancestors as sparse rows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Hierarchy
from hrgeom.locate._halves import as_float32

__all__ = ["Tree", "squares_of"]

_SOME = 1024  # inner nodes whose sums are made at a time
_COLUMNS, _PARTS = 16, 1024  # columns whose sums are, dense and sparse


class Tree:
    """What features and decisions ask of a hierarchy.

    Attributes
    ----------
    parents, closure : sparse matrix of float32, shape (n, n)
        Row i: the parents of node i; its ancestors and itself.
    inner : ndarray of int, shape (m,)
        Nodes with children.
    place : ndarray of int, shape (n,)
        Number of a node among `inner`, or -1.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        self.hierarchy = hierarchy
        self.n = hierarchy.n_nodes
        self._indptr, self._children = hierarchy.children
        self.n_children = np.diff(self._indptr)
        self.inner = np.flatnonzero(self.n_children)
        self.place = np.full(self.n, -1)
        self.place[self.inner] = np.arange(len(self.inner))
        self.parents = _zero_one(hierarchy.parent_indptr, hierarchy.parent_indices, self.n)
        relevance = hierarchy.relevance
        self.closure = _zero_one(relevance.indptr, relevance.indices, self.n)
        self.levels = hierarchy.levels

    @cached_property
    def set_sizes(self) -> NDArray[np.int64]:
        """|S(v)|, shape (n,)."""
        return np.asarray(np.diff(self.closure.indptr), dtype=np.int64)

    @cached_property
    def n_below(self) -> NDArray[np.float32]:
        """Descendants of every node and itself, shape (n,)."""
        return np.bincount(self.closure.indices, minlength=self.n).astype(np.float32)

    @cached_property
    def first_parent(self) -> NDArray[np.int64]:
        """A parent of every node, -1 for roots, shape (n,)."""
        first = np.full(self.n, -1)
        has = np.flatnonzero(np.diff(self.parents.indptr))
        first[has] = self.parents.indices[self.parents.indptr[has]]
        return first

    @cached_property
    def n_children_of_inner(self) -> NDArray[np.float32]:
        """Children of every inner node, shape (m,)."""
        return self.n_children[self.inner].astype(np.float32)

    def child_sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sums of the rows of the children of inner nodes: (n, b) to (m, b)."""
        return np.asarray(self._to_inner @ values)

    def child_maxima(self, values: NDArray[Any], nodes: NDArray[np.int64]) -> NDArray[Any]:
        """Return the largest value of a child: values (n, b) for nodes (b, c), 0 without one."""
        flat = np.maximum(nodes, 0).ravel()
        positions, starts = csr.entries_of(self._indptr, flat)
        text = np.repeat(
            np.arange(len(nodes)),
            starts[nodes.shape[1] :: nodes.shape[1]] - starts[: -1 : nodes.shape[1]],
        )
        found = np.zeros(nodes.size, dtype=values.dtype)
        some = np.flatnonzero(np.diff(starts))
        if len(some):
            reached = values[self._children[positions], text]
            found[some] = np.maximum.reduceat(reached, starts[some])
        return found.reshape(nodes.shape)

    @cached_property
    def _to_inner(self) -> Any:
        """Children of the inner nodes as a sparse matrix, shape (m, n)."""
        return self.parents[:, self.inner].T.tocsr()

    def sums_of_children(self, rows: Any) -> Any:
        """Return the sum of the rows of the children of every inner node, dense or sparse."""
        return self._to_inner @ rows

    def squares_of_children(self, rows: NDArray[np.float16]) -> NDArray[np.float32]:
        """Return the squared length of the sum of the rows of the children, shape (m,)."""
        found = np.zeros(len(self.inner), dtype=np.float32)
        for start in range(0, len(found), _SOME):
            some = self._to_inner[start : start + _SOME]
            used = np.unique(some.indices)
            sums = some[:, used] @ as_float32(rows[used])
            found[start : start + _SOME] = squares_of(sums)
        return found

    def squares_of_child_sums(self, transposed: Any) -> NDArray[np.float32]:
        """Return the same for sparse rows that are given as columns, shape (k, n)."""
        found = np.zeros(len(self.inner), dtype=np.float64)
        upward = self._to_inner.T.tocsr()
        for start in range(0, transposed.shape[0], _PARTS):
            sums = transposed[start : start + _PARTS] @ upward
            found += np.bincount(sums.indices, sums.data**2, minlength=len(found))
        return found.astype(np.float32)

    def sums_below(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sums of the rows of all descendants of inner nodes and their own."""
        return np.asarray(self._below @ values)

    @cached_property
    def _below(self) -> Any:
        """Descendants of the inner nodes and themselves as a sparse matrix, shape (m, n)."""
        return self.closure[:, self.inner].T.tocsr()

    def squares_of_below(self, rows: NDArray[np.float16]) -> NDArray[np.float32]:
        """Return the squared length of the sum of the rows of all below, shape (m,)."""
        found = np.zeros(len(self.inner), dtype=np.float32)
        for start in range(0, rows.shape[1], _COLUMNS):  # all in float32 would be large
            part = as_float32(rows[:, start : start + _COLUMNS])
            found += squares_of(self.sums_below(part))
        return found

    def inner_pairs(self, nodes: NDArray[np.int64], relation: Any) -> tuple[Any, Any]:
        """Return (position in `nodes`, inner node) for each that a row of a relation holds."""
        rows = relation[nodes]
        position = np.repeat(np.arange(len(nodes)), np.diff(rows.indptr))
        place = self.place[rows.indices]
        return position[place >= 0], place[place >= 0]

    def ancestors_upward(self, node: int) -> NDArray[np.int64]:
        """Return S(v), the node first, then by falling level."""
        closure = self.closure
        found = closure.indices[closure.indptr[node] : closure.indptr[node + 1]].astype(np.int64)
        order = np.lexsort((found, -self.levels[found], found != node))
        return np.asarray(found[order])


def squares_of(rows: Any) -> NDArray[np.float32]:
    """Return the squared length of every row, dense or sparse."""
    squared = rows.multiply(rows) if hasattr(rows, "multiply") else rows * rows
    return np.asarray(squared.sum(axis=1), dtype=np.float32).ravel()


def _zero_one(indptr: NDArray[Any], indices: NDArray[Any], n: int) -> Any:
    from scipy.sparse import csr_matrix

    ones = np.ones(len(indices), dtype=np.float32)
    return csr_matrix((ones, indices, indptr), shape=(n, n))
