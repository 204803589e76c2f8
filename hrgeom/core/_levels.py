"""The levels of a graph's nodes: the longest way from a root."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr

__all__ = ["levels_of"]

_THIN = 8  # nodes of a level that are looked at one by one

Rows = tuple[NDArray[np.int64], NDArray[np.int32]]


def levels_of(n_parents: NDArray[np.integer], children: Rows) -> NDArray[np.int32]:
    """Return the length of the longest path from a root to each node, -1 at and below cycles.

    Nodes whose parents are all done are peeled off, one level at a time.
    """
    child_indptr, child_indices = children
    waiting = n_parents.copy()
    levels = np.full(len(waiting), -1, dtype=np.int32)
    frontier = np.flatnonzero(waiting == 0)
    level = 0
    while len(frontier):
        levels[frontier] = level
        level += 1
        if len(frontier) < _THIN:
            frontier = _next_of_few(frontier, waiting, children)
            continue
        positions, _ = csr.entries_of(child_indptr, frontier)
        below, times = np.unique(child_indices[positions], return_counts=True)
        waiting[below] -= times
        frontier = below[waiting[below] == 0]
    return levels


def _next_of_few(
    frontier: NDArray[np.int64], waiting: NDArray[np.integer], children: Rows
) -> NDArray[np.int64]:
    """Return the nodes whose last parents are a few nodes, one by one: chains have such."""
    child_indptr, child_indices = children
    ready: list[int] = []
    for node in frontier.tolist():
        below = child_indices[child_indptr[node] : child_indptr[node + 1]]
        waiting[below] -= 1  # each child is there once
        ready += below[waiting[below] == 0].tolist()
    return np.array(ready, dtype=np.int64)
