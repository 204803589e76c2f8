"""Block covers: no query matches two documents of a block.

Two documents may share a block iff no query matches both; there are at least s = max |S(q)|
blocks. First fit by ascending |D(v)| puts most documents into a few large blocks, which is what a
code whose dimension grows with the logarithm of its size wants.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Relevance

__all__ = ["block_cover"]

_BITS = 64


def block_cover(relevance: Relevance) -> NDArray[np.int32]:
    """Return the block of every document, first fit by ascending |D(v)|; -1 if D(v) is empty.

    Parameters
    ----------
    relevance : Relevance
        Any relevance: what each query matches.

    Returns
    -------
    blocks : ndarray of int32, shape (n_documents,)
        Block numbers from 0, without gaps: no query matches two documents of the same block. -1
        for documents that no query matches.

    Examples
    --------
    >>> block_cover(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3))
    array([1, 0, 0], dtype=int32)
    """
    sizes = relevance.n_queries_of
    indptr, queries = relevance.transposed
    taken = np.zeros((relevance.n_queries, 1), dtype=np.uint64)  # blocks that each query has
    blocks = np.full(relevance.n_documents, -1, dtype=np.int32)
    for v in np.argsort(sizes, kind="stable").tolist():
        own = queries[indptr[v] : indptr[v + 1]]
        if len(own) == 0:
            continue
        free = ~np.bitwise_or.reduce(taken[own], axis=0)
        if not free.any():
            taken = np.hstack((taken, np.zeros_like(taken)))
            free = np.append(free, ~np.zeros_like(free))
        word = int(np.flatnonzero(free)[0])
        bit = (int(free[word]) & -int(free[word])).bit_length() - 1
        blocks[v] = word * _BITS + bit
        taken[own, word] |= np.uint64(1 << bit)
    return blocks
