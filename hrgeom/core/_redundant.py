"""Edges that longer paths make redundant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core._bits import bit_blocks
from hrgeom.core._hierarchy import Hierarchy

__all__ = ["redundant_edges"]

_LOOKED_UP = 2**21  # pairs of parents
_MOST_BITS = 2**32
_GATHERED = 2**22  # bytes of rows that are united at a time


def redundant_edges(hierarchy: Hierarchy) -> NDArray[np.int32]:
    """Return the edges child -> parent where another parent of the child is below that parent.

    Without them the hierarchy has the same ancestors: what is left is its transitive reduction.

    Parameters
    ----------
    hierarchy : Hierarchy
        Any hierarchy.

    Returns
    -------
    edges : ndarray of int32, shape (k, 2)
        (child, parent) as node numbers, sorted.

    References
    ----------
    Aho, Garey, Ullman 1972, "The transitive reduction of a directed graph", SIAM J. Comput. 1,
    131-137: in a directed acyclic graph it is unique and part of the graph.

    Examples
    --------
    >>> h = Hierarchy(["animal", "dog", "poodle"], [(1, 0), (2, 1), (2, 0)])
    >>> redundant_edges(h)
    array([[2, 0]], dtype=int32)
    """
    children = _candidates(hierarchy)
    n_parents = np.diff(hierarchy.parent_indptr)[children]
    if not len(children):
        return np.empty((0, 2), dtype=np.int32)
    if int((n_parents * n_parents).sum()) <= _LOOKED_UP:
        return _looked_up(hierarchy, children)
    small = hierarchy.n_nodes**2 <= _MOST_BITS
    above = _above_parents_as_bits if small else _above_parents
    found = [np.empty((0, 2), dtype=np.int32)]
    for child, parents in above(hierarchy, children):
        found.append(np.column_stack((np.full(len(parents), child, dtype=np.int32), parents)))
    return np.concatenate(found)


def _candidates(hierarchy: Hierarchy) -> NDArray[np.int64]:
    """Return the nodes with parents on different levels: the others have no redundant edge."""
    several = np.flatnonzero(np.diff(hierarchy.parent_indptr) > 1)
    if not len(several):
        return several
    entries, indptr = csr.entries_of(hierarchy.parent_indptr, several)
    levels = hierarchy.levels[hierarchy.parent_indices[entries]]
    high = np.maximum.reduceat(levels, indptr[:-1])
    return several[high > np.minimum.reduceat(levels, indptr[:-1])]


def _looked_up(hierarchy: Hierarchy, children: NDArray[np.int64]) -> NDArray[np.int32]:
    """Ask of all pairs of parents whether one is above the other."""
    n_parents = np.diff(hierarchy.parent_indptr)[children]
    below, _ = csr.entries_of(hierarchy.parent_indptr, children)
    times = np.repeat(n_parents, n_parents)
    above = np.arange(int(times.sum()), dtype=np.int64)
    above -= np.repeat(np.cumsum(times) - times, times)
    above += np.repeat(np.repeat(hierarchy.parent_indptr[children], n_parents), times)
    low = hierarchy.parent_indices[np.repeat(below, times)]
    high = hierarchy.parent_indices[above]
    child = np.repeat(np.repeat(children, n_parents), times)
    inside = (low != high) & hierarchy.relevance.contains(low, high)
    edges = np.column_stack((child[inside], high[inside])).astype(np.int32)
    return np.unique(edges, axis=0)


def _parents(hierarchy: Hierarchy, child: int) -> NDArray[np.int32]:
    return hierarchy.parent_indices[
        hierarchy.parent_indptr[child] : hierarchy.parent_indptr[child + 1]
    ]


def _above_parents_as_bits(
    hierarchy: Hierarchy, children: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Yield the parents that are proper ancestors of another, from rows of bits."""
    n = hierarchy.n_nodes
    relevance = hierarchy.relevance
    rows = np.zeros((n, -(-n // 64)), dtype=np.uint64)
    for some, block in bit_blocks(relevance.indptr, relevance.indices):
        rows[some] = block
    node = np.arange(n)
    bits = rows.view(np.uint8)
    bits[node, node >> 3] &= ~(1 << (node & 7)).astype(np.uint8)
    step = max(1, _GATHERED // rows[0].nbytes)
    for child in children.tolist():
        parents = _parents(hierarchy, child)
        union = np.zeros(rows.shape[1], dtype=np.uint64)
        for start in range(0, len(parents), step):
            union |= np.bitwise_or.reduce(rows[parents[start : start + step]], axis=0)
        high = union.view(np.uint8)[parents >> 3] >> (parents & 7) & 1
        yield child, parents[high == 1]


def _above_parents(
    hierarchy: Hierarchy, children: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Yield the same, marking the proper ancestors of the parents one by one."""
    relevance = hierarchy.relevance
    marked = np.full(hierarchy.n_nodes, -1, dtype=np.int64)
    for child in children.tolist():
        parents = _parents(hierarchy, child)
        for parent in parents.tolist():
            before = marked[parent]
            marked[relevance.matches(parent)] = child
            marked[parent] = before
        yield child, parents[marked[parents] == child]
