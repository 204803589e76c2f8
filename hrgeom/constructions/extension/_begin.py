"""Where the rows of new nodes begin: beside their parents, apart from their siblings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy

__all__ = ["begin_rows"]

Rows = NDArray[np.float32]
_APART = (1.5, 0.7, 3.0)  # lengths of what is drawn at random, beside the parent's unit vector
_MOST_BELOW = 256  # queries whose middle an inner node's document begins at


def begin_rows(
    queries: Rows,
    documents: Rows,
    hierarchy: Hierarchy,
    added: NDArray[np.int64],
    seed: int,
    attempt: int = 0,
    old: NDArray[np.int64] | None = None,
) -> None:
    """Write unit rows to begin at for new nodes, in place.

    The query is that of the parents and a direction of its own; the document is that direction, for
    inner nodes with the middle of the queries below.

    Parameters
    ----------
    queries, documents : ndarray of float32, shape (n, d)
        Unit rows of all nodes; those of new nodes are written.
    hierarchy : Hierarchy
        The hierarchy of the nodes.
    added : ndarray of int64
        Numbers of the new nodes.
    seed : int
        Of the directions.
    attempt : int
        From 0: other attempts begin nearer to the parent or further from it.
    old : ndarray of int64, optional
        Numbers of nodes whose documents are to stay as they are.
    """
    rng = np.random.default_rng((seed, attempt))
    apart = _APART[attempt % len(_APART)]
    is_new = np.zeros(hierarchy.n_nodes, dtype=np.bool_)
    is_new[added] = True
    own = _unit(rng.standard_normal((len(added), queries.shape[1])))
    below_indptr, below = hierarchy.relevance.transposed
    kept = set() if old is None else set(old.tolist())
    inner = set(np.setdiff1d(added, hierarchy.leaves).tolist())
    # Parents first, so that a new node below a new node begins beside it.
    for i in np.argsort(hierarchy.levels[added], kind="stable").tolist():
        node = int(added[i])
        start, stop = hierarchy.parent_indptr[node : node + 2]
        parents = hierarchy.parent_indices[start:stop]
        queries[node] = _unit(queries[parents].sum(axis=0) + apart * own[i])
        if node in kept:
            continue
        documents[node] = own[i]
        if node in inner:
            some = below[below_indptr[node] : below_indptr[node + 1]]
            some = some[~is_new[some]][:_MOST_BELOW]
            if len(some):
                documents[node] = _unit(_unit(queries[some].mean(axis=0)) + own[i] / apart)


def _unit(rows: NDArray[np.floating]) -> Rows:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Rows = (rows / np.maximum(length, 1e-12)).astype(np.float32)
    return unit
