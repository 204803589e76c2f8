"""Relevance restricted to some documents, and queries grouped by what they match among them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.csr import Indices, Indptr
from hrgeom.core._distinct import distinct_rows
from hrgeom.core._relevance import Relevance

__all__ = ["atoms_of", "restricted", "rows_of_classes"]


def restricted(relevance: Relevance, documents: NDArray[np.integer]) -> tuple[Indptr, Indices]:
    """Return the matches of every query among some documents.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    documents : ndarray of int, shape (k,)
        Document numbers, ascending.

    Returns
    -------
    indptr : ndarray of int64, shape (n_queries + 1,)
        Row starts, one row per query.
    indices : ndarray of int32, shape (n_entries,)
        Matches as places in `documents`, ascending within each row.

    Examples
    --------
    >>> r = Relevance.from_sets([{0, 2}, {1}], n_documents=3)
    >>> restricted(r, np.array([1, 2]))
    (array([0, 1, 2]), array([1, 0], dtype=int32))
    """
    place = np.full(relevance.n_documents, -1, dtype=np.int32)
    place[documents] = np.arange(len(documents), dtype=np.int32)
    kept = place[relevance.indices] >= 0
    indptr = csr.indptr_from_counts(kept.astype(np.int64))[relevance.indptr]
    return indptr, place[relevance.indices[kept]]


def atoms_of(
    relevance: Relevance, documents: NDArray[np.integer]
) -> tuple[tuple[Indptr, Indices], int]:
    """Return the sets D(v) of some documents over atoms instead of queries.

    An atom stands for all queries that match the same of these documents, and at least one.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    documents : ndarray of int, shape (k,)
        Document numbers, ascending.

    Returns
    -------
    sets : tuple of ndarray, (indptr, indices)
        The atoms of every document as CSR arrays: int64 of shape (k + 1,), int32 of shape
        (n_entries,).
    n_atoms : int
        Number of atoms.

    Examples
    --------
    >>> r = Relevance.from_sets([{0, 2}, {1}, {0, 2}], n_documents=3)
    >>> sets, n_atoms = atoms_of(r, np.array([0, 1, 2]))
    >>> n_atoms, sets[1]
    (2, array([1, 0, 1], dtype=int32))
    """
    indptr, indices = restricted(relevance, documents)
    _, first = distinct_rows(indptr, indices, len(documents))
    first = first[indptr[first + 1] > indptr[first]]
    entries, starts = csr.entries_of(indptr, first)
    return csr.transpose(starts, indices[entries], len(documents)), len(first)


def rows_of_classes(
    relevance: Relevance, classes: NDArray[np.int32], n_classes: int
) -> Iterator[tuple[NDArray[np.int32], Indptr, Indices]]:
    """Yield for each class its documents, and which of them every query matches.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    classes : ndarray of int32, shape (n_documents,)
        Class of every document; -1 for documents that are in none.
    n_classes : int
        Number of classes.

    Yields
    ------
    members : ndarray of int32, shape (k,)
        The documents of the class, ascending.
    indptr : ndarray of int64, shape (n_queries + 1,)
        Row starts, one row per query.
    indices : ndarray of int32, shape (n_entries,)
        Matches as places in `members`.

    Examples
    --------
    >>> r = Relevance.from_sets([{0, 2}, {1}], n_documents=3)
    >>> classes = np.array([0, 1, 0], dtype=np.int32)
    >>> for members, _, indices in rows_of_classes(r, classes, 2):
    ...     print(members, indices)
    [0 2] [0 1]
    [1] [0]
    """
    members = np.argsort(classes, kind="stable").astype(np.int32)
    starts = np.searchsorted(classes[members], np.arange(n_classes + 1))
    place = np.empty(relevance.n_documents, dtype=np.int32)
    place[members] = np.arange(len(members), dtype=np.int32)
    class_ = classes[relevance.indices]
    order = np.argsort(class_, kind="stable")
    query = csr.row_numbers(relevance.indptr)[order]
    number = place[relevance.indices[order]]
    cuts = np.searchsorted(class_[order], np.arange(n_classes + 1))
    for t in range(n_classes):
        entries = slice(cuts[t], cuts[t + 1])
        counts = np.bincount(query[entries], minlength=relevance.n_queries).astype(np.int64)
        indices = number[entries] - np.int32(starts[t])
        yield members[starts[t] : starts[t + 1]], csr.indptr_from_counts(counts), indices
