"""The relevance of a large forest, whose pairs are counted and asked for but not written out.

A chain of 100,000 nodes has five billion pairs. Nothing of them needs to be stored: number the
nodes in preorder, so that the nodes below v are an interval, and let the child with the most
nodes below it come first. Then the ancestors of a node are a few ranges of these numbers, one per
*heavy path* it hangs from: at most log2 n + 1, since a step from a path to the one above at
least doubles the number of nodes below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core._closure import transitive_closure
from hrgeom.core._crossing import Crossings
from hrgeom.core._relevance import Relevance

__all__ = ["ForestRelevance", "ForestRows", "Preorder"]


@dataclass(frozen=True, eq=False)
class Preorder:
    """The nodes of a forest in preorder, the child with the most nodes below it first.

    Attributes
    ----------
    order : ndarray of int32, shape (n,)
        The node at every place.
    place : ndarray of int32, shape (n,)
        The place of every node.
    size : ndarray of int32, shape (n,)
        For every place: how many nodes are at or below the node there. They have the places that
        follow.
    head : ndarray of int32, shape (n,)
        For every place: the place at which its heavy path begins.
    parent : ndarray of int32, shape (n,)
        For every place: the place of the parent, -1 for a root.
    depth : ndarray of int32, shape (n,)
        For every place: the number of proper ancestors.
    """

    order: NDArray[np.int32]
    place: NDArray[np.int32]
    size: NDArray[np.int32]
    head: NDArray[np.int32]
    parent: NDArray[np.int32]
    depth: NDArray[np.int32]

    @classmethod
    def of(cls, parent: NDArray[np.int32], levels: NDArray[np.int32]) -> Preorder:
        """Return the preorder of a forest given by the parent of each node, -1 for roots."""
        n = len(parent)
        up = parent.tolist()
        by_level = np.argsort(levels, kind="stable")
        size = [1] * n
        for v in by_level[::-1].tolist():
            if up[v] >= 0:
                size[up[v]] += size[v]
        sizes = np.array(size, dtype=np.int32)
        # Siblings come one after another by size, so that each begins where the last one ended.
        place, head, free = [0] * n, [0] * n, [0] * (n + 1)  # the last entry is for the roots
        for v in np.lexsort((-sizes, levels)).tolist():
            p = up[v]
            place[v] = start = free[p]
            head[v] = head[p] if p >= 0 and start == place[p] + 1 else start
            free[p] += size[v]
            free[v] = start + 1
        places = np.array(place, dtype=np.int32)
        order = np.empty(n, dtype=np.int32)
        order[places] = np.arange(n, dtype=np.int32)
        above = parent[order]
        return cls(
            order=order,
            place=places,
            size=sizes[order],
            head=np.array(head, dtype=np.int32)[order],
            parent=np.where(above >= 0, places[above], -1).astype(np.int32),
            depth=levels[order].astype(np.int32),
        )


@dataclass(frozen=True, eq=False)
class ForestRows:
    """The sets S(q) of a forest for ranges of queries, everything numbered in preorder.

    Attributes
    ----------
    preorder : Preorder
        Of the nodes.

    Examples
    --------
    >>> chain = ForestRelevance(
    ...     np.array([0, 0, 1]), np.array([0]), np.array([0, 1]), ("animal", "dog")
    ... )
    >>> ForestRows(chain.preorder)(1, 2)[1].tolist()
    [0, 1]
    """

    preorder: Preorder

    def __call__(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the rows of the queries from `start` to before `stop` as CSR arrays."""
        at = self.preorder
        indptr = csr.indptr_from_counts(at.depth[start:stop].astype(np.int64) + 1)
        indices = np.empty(indptr[-1], dtype=np.int32)
        numbers = np.arange(len(at.order), dtype=np.int32)
        head, parent = at.head, at.parent
        for query, end in zip(range(start, stop), indptr[1:].tolist(), strict=True):
            last = query
            while last >= 0:  # the path that the query is on, then the one it hangs from
                first = int(head[last])
                indices[end - (last - first + 1) : end] = numbers[first : last + 1]
                end -= last - first + 1
                last = int(parent[first])
        return indptr, indices


class ForestRelevance(Relevance):
    """The relevance of a forest, without its pairs: they are made where `indices` is asked for.

    Parameters
    ----------
    parent_indptr, parent_indices : ndarray of int64, shape (n + 1,), of int32
        The parents of every node, none or one.
    levels : ndarray of int32, shape (n,)
        Number of proper ancestors of every node.
    labels : tuple of str
        One per node.

    Examples
    --------
    >>> chain = ForestRelevance(
    ...     np.array([0, 0, 1]), np.array([0]), np.array([0, 1]), ("animal", "dog")
    ... )
    >>> chain.n_pairs, chain.matches(1).tolist()
    (3, [0, 1])
    """

    def __init__(
        self,
        parent_indptr: NDArray[np.int64],
        parent_indices: NDArray[np.int32],
        levels: NDArray[np.int32],
        labels: tuple[str, ...],
    ) -> None:
        self.n_documents = len(labels)
        self.indptr = csr.indptr_from_counts(levels.astype(np.int64) + 1)
        self.query_labels = self.document_labels = labels
        self._parents = parent_indptr, parent_indices, levels
        self._find_crossings = _none
        self._cache = {}
        self.indptr.flags.writeable = False

    def _freeze(self) -> None:
        self.indptr.flags.writeable = False

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without what is worked out from it."""
        state = super().__getstate__()
        return {k: v for k, v in state.items() if k not in ("indices", "preorder", "transposed")}

    @cached_property
    def indices(self) -> NDArray[np.int32]:  # type: ignore[override]
        """All pairs, if they fit in memory; HierarchyError otherwise."""
        return transitive_closure(*self._parents)[1]

    @cached_property
    def preorder(self) -> Preorder:
        """The nodes in preorder."""
        indptr, indices, levels = self._parents
        parent = np.full(self.n_documents, -1, dtype=np.int32)
        parent[np.diff(indptr) > 0] = indices
        return Preorder.of(parent, levels)

    @property
    def n_pairs(self) -> int:
        """Number of (query, document) pairs that match."""
        return int(self.indptr[-1])

    @cached_property
    def n_queries_of(self) -> NDArray[np.int64]:
        """|D(v)| for every document, shape (n_documents,)."""
        return self.preorder.size[self.preorder.place].astype(np.int64)

    def matches(self, query: int) -> NDArray[np.int32]:
        """Return S(q) for a query.

        Parameters
        ----------
        query : int
            Number of the query.

        Returns
        -------
        matches : ndarray of int32, read-only
            Document numbers, ascending.
        """
        place = int(self.preorder.place[query])
        _, places = ForestRows(self.preorder)(place, place + 1)
        found = np.sort(self.preorder.order[places])
        found.flags.writeable = False
        return found

    def contains(
        self, queries: NDArray[np.integer], documents: NDArray[np.integer]
    ) -> NDArray[np.bool_]:
        """Return for each pair whether the query is at or below the document.

        Parameters
        ----------
        queries, documents : ndarray of int, shape (n_pairs,)
            Numbers of the two of each pair.

        Returns
        -------
        contained : ndarray of bool, shape (n_pairs,)
            Whether each pair matches.
        """
        at, above = self.preorder.place[queries], self.preorder.place[documents]
        return np.asarray((above <= at) & (at < above + self.preorder.size[above]))


def _none(relevance: Relevance) -> Crossings:
    """In a forest the sets D are nested or disjoint."""
    return Crossings.none()
