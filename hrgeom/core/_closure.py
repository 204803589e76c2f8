"""Transitive closure of a DAG with shortest distances, one level at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.errors import HierarchyError

__all__ = ["transitive_closure"]

_MAX_PAIRS = 2**31 - 1


def transitive_closure(
    parent_indptr: NDArray[np.int64],
    parent_indices: NDArray[np.int32],
    levels: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return S(q), the ancestors of q and q itself, with their distances from q, as CSR arrays.

    S(q) is q and the union of its parents' sets, and a shortest path up is one edge longer than
    the shortest of the parents'. Nodes of one level depend on lower levels only, so each level
    takes one gather, one sort and one selection, whatever its number of nodes.

    Parameters
    ----------
    parent_indptr : ndarray of int64, shape (n + 1,)
        Row starts of the parents of every node (CSR).
    parent_indices : ndarray of int32, shape (n_edges,)
        The parents, row after row.
    levels : ndarray of int32, shape (n,)
        Level of every node: above that of each of its parents; roots have 0.

    Returns
    -------
    indptr : ndarray of int64, shape (n + 1,)
        Row starts of the sets S(q), in the order of the nodes.
    indices : ndarray of int32, shape (n_pairs,)
        The nodes of S(q), ascending within each row.
    distances : ndarray of int32, shape (n_pairs,)
        Edges on a shortest path from q up to each of them.

    Raises
    ------
    HierarchyError
        If the closure, with ancestors counted once per parent, has 2^31 pairs or more.
    """
    n = len(levels)
    by_level = np.argsort(levels, kind="stable")
    bounds = np.searchsorted(levels[by_level], np.arange(levels.max(initial=0) + 2))
    # Rows are built in order of levels in growing buffers, then laid out in order of nodes.
    start = np.zeros(n, dtype=np.int64)
    count = np.zeros(n, dtype=np.int64)
    ancestors = np.empty(4 * n, dtype=np.int32)
    distances = np.empty(4 * n, dtype=np.int32)
    used = 0
    for first, last in pairwise(bounds):
        nodes = by_level[first:last]
        # Gather: the rows of all parents, already complete, one after the other.
        edge, edge_rows = csr.entries_of(parent_indptr, nodes)
        parents = parent_indices[edge]
        size = count[parents]
        total = int(size.sum())
        if used + total + len(nodes) > _MAX_PAIRS:
            raise HierarchyError(
                f"the closure must have at most {_MAX_PAIRS} (node, ancestor) pairs: got more "
                f"by level {int(levels[nodes[0]])}"
            )
        # `rows` is the node of this level that each gathered entry goes to, and `entry` its
        # place in the buffers.
        rows = np.repeat(np.repeat(np.arange(len(nodes)), np.diff(edge_rows)), size)
        entry = np.arange(total, dtype=np.int64)
        entry += np.repeat(start[parents] - (np.cumsum(size) - size), size)
        # Parents' ancestors are one edge further away; every node is at distance 0 from itself.
        row = np.concatenate((rows, np.arange(len(nodes))))
        found = np.concatenate((ancestors[entry], nodes.astype(np.int32)))
        away = np.concatenate((distances[entry] + 1, np.zeros(len(nodes), dtype=np.int32)))
        # Sort by node, ancestor and distance, so that the first of equal keys is the nearest.
        key = row * n + found
        order = np.lexsort((away, key))
        # Select: of an ancestor reached through several parents, the shortest path is kept.
        order = order[np.concatenate(([True], np.diff(key[order]) > 0))]
        row, found, away = row[order], found[order], away[order]
        # Append the rows of this level; the buffers double when they are full.
        while used + len(found) > len(ancestors):
            ancestors = np.concatenate((ancestors, np.empty_like(ancestors)))
            distances = np.concatenate((distances, np.empty_like(distances)))
        ancestors[used : used + len(found)] = found
        distances[used : used + len(found)] = away
        count[nodes] = np.bincount(row, minlength=len(nodes))
        start[nodes] = used + np.cumsum(count[nodes]) - count[nodes]
        used += len(found)
    # From the order of levels to the order of nodes.
    indptr = csr.indptr_from_counts(count)
    entry = np.arange(used, dtype=np.int64) + np.repeat(start - indptr[:-1], count)
    return indptr, ancestors[entry], distances[entry]
