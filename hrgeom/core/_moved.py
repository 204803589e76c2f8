"""Queries that match other documents than before, among those that two relevances share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core._relevance import Relevance

__all__ = ["moved_queries"]


def moved_queries(
    old: Relevance,
    new: Relevance,
    queries: NDArray[np.integer],
    documents: NDArray[np.integer],
) -> NDArray[np.int64]:
    """Return the queries whose matches among shared documents differ between two relevances.

    Parameters
    ----------
    old, new : Relevance
        Which documents each query matches, before and after.
    queries, documents : ndarray of int, shapes (n_old,) and (m_old,)
        Number in `new` of every query and document of `old`, each once; -1 where it is gone.

    Returns
    -------
    moved : ndarray of int64, shape (k,)
        Numbers in `new` of shared queries, ascending.

    Examples
    --------
    >>> old = Relevance.from_sets([{0, 1}, {1}], n_documents=2)
    >>> new = Relevance.from_sets([{0}, {1, 2}], n_documents=3)
    >>> moved_queries(old, new, np.array([0, 1]), np.array([0, 1]))
    array([0])
    """
    is_shared = np.zeros(new.n_queries, dtype=np.bool_), np.zeros(new.n_documents, dtype=np.bool_)
    for shared, places in zip(is_shared, (queries, documents), strict=True):
        shared[places[places >= 0]] = True
    before = _keys(queries[csr.row_numbers(old.indptr)], documents[old.indices], new.n_documents)
    rows = csr.row_numbers(new.indptr)
    both = is_shared[0][rows] & is_shared[1][new.indices]
    after = _keys(rows[both], new.indices[both], new.n_documents)
    return np.unique(np.setxor1d(before, after, assume_unique=True) // new.n_documents)


def _keys(
    rows: NDArray[np.integer], columns: NDArray[np.integer], n_columns: int
) -> NDArray[np.int64]:
    """Return one number per pair, of those whose both ends are there."""
    there = (rows >= 0) & (columns >= 0)
    keys: NDArray[np.int64] = rows[there].astype(np.int64) * n_columns + columns[there]
    return keys
