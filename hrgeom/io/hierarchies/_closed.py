"""Files that list the whole closure: every ancestor of a node as its parent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Hierarchy

__all__ = ["redundant_in_closure"]

_WORK = 100_000_000  # pairs of edges that are looked at; with more the file is left as it is
_CHUNK = 1 << 22


def redundant_in_closure(hierarchy: Hierarchy) -> NDArray[np.bool_] | None:
    """Return which edges follow from the others, if the edges are their own transitive closure.

    Parameters
    ----------
    hierarchy : Hierarchy
        With any edges.

    Returns
    -------
    redundant : ndarray of bool, shape (n_edges,), or None
        For every edge of `hierarchy.edges`: True if a path of others joins its ends. None if the
        edges are not closed, if none of them follows from others, or if it would take too long
        to find out.

    Examples
    --------
    >>> h = Hierarchy(["animal", "feline", "cat"], [(1, 0), (2, 0), (2, 1)])
    >>> redundant_in_closure(h).tolist()
    [False, True, False]
    """
    indptr, parents = hierarchy.parent_indptr, hierarchy.parent_indices
    sizes = np.diff(indptr)
    # In a closure a node at the end of a path of k edges has k parents at least: this tells all
    # ordinary hierarchies, in time of the nodes.
    if hierarchy.n_levels < 3 or (sizes < hierarchy.levels).any():
        return None
    work = sizes[parents]  # parents of the parent of every edge
    if work.sum() > _WORK:
        return None
    children = csr.row_numbers(indptr)
    keys = children.astype(np.int64) * hierarchy.n_nodes + parents  # sorted: rows, then columns
    redundant = np.zeros(len(keys), dtype=np.bool_)
    for part in _parts(work):
        positions, _ = csr.entries_of(indptr, parents[part])
        over = np.repeat(children[part].astype(np.int64), work[part])
        wanted = over * hierarchy.n_nodes + parents[positions]
        at = np.searchsorted(keys, wanted)
        if (at == len(keys)).any() or (keys[np.minimum(at, len(keys) - 1)] != wanted).any():
            return None
        redundant[at] = True
    return redundant if redundant.any() else None


def _parts(work: NDArray[np.int64]) -> list[slice]:
    """Ranges of edges whose work fits in a chunk, or a single edge."""
    ends = np.cumsum(work)
    parts, start = [], 0
    while start < len(work):
        before = ends[start - 1] if start else 0
        end = max(int(np.searchsorted(ends, before + _CHUNK, side="right")), start + 1)
        parts.append(slice(start, end))
        start = end
    return parts
