"""Rows of a CSR array that are equal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.csr import Indices, Indptr

__all__ = ["distinct_rows", "equal_rows"]


def distinct_rows(
    indptr: Indptr, indices: Indices, n_columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the distinct rows of a CSR array, and return the first row of each number.

    Rows are numbered by their first entry, then by their first two, and so on.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Row starts.
    indices : ndarray of int32, shape (n_entries,)
        Column numbers, ascending within each row.
    n_columns : int
        Number of columns; every index is below it.

    Returns
    -------
    numbers : ndarray of int64, shape (n,)
        A number from 0 for every row, the same for equal rows.
    first : ndarray of int64, shape (n_distinct,)
        The first row that has each number.

    Examples
    --------
    >>> distinct_rows(np.array([0, 1, 1, 2]), np.array([4, 4], dtype=np.int32), 5)
    (array([1, 0, 1]), array([1, 0]))
    """
    length = np.diff(indptr)
    rows = np.flatnonzero(length)
    rows = rows[np.argsort(-length[rows], kind="stable")]  # longest first
    n_longer = np.cumsum(np.bincount(length[rows])[:0:-1])[::-1]
    number = np.zeros(len(length), dtype=np.int64)
    following = 1
    for j, n in enumerate(n_longer.tolist()):
        rows = rows[:n]
        keys = number[rows] * n_columns + indices[indptr[rows] + j]
        distinct, inverse = np.unique(keys, return_inverse=True)
        number[rows] = following + inverse
        following += len(distinct)
    _, first, numbers = np.unique(number, return_index=True, return_inverse=True)
    return numbers, first


def equal_rows(indptr: Indptr, indices: Indices) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the distinct rows of a CSR array in order of appearance, whatever their lengths.

    Rows are told apart by sums of 64 random bits per column, and equal sums are not trusted: rows
    are compared entry by entry with the first one of the same sum.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Row starts.
    indices : ndarray of int32, shape (n_entries,)
        Column numbers, ascending within each row.

    Returns
    -------
    numbers : ndarray of int64, shape (n,)
        A number from 0 for every row, the same for equal rows.
    first : ndarray of int64, shape (n_distinct,)
        The first row that has each number, ascending.

    Examples
    --------
    >>> equal_rows(np.array([0, 1, 1, 2]), np.array([4, 4], dtype=np.int32))
    (array([0, 1, 0]), array([0, 1]))
    """
    n_columns = int(indices.max(initial=-1)) + 1
    rng = np.random.default_rng(0)
    marks = rng.integers(2**64, size=n_columns, dtype=np.uint64)
    before = np.zeros(len(indices) + 1, dtype=np.uint64)
    np.cumsum(marks[indices], out=before[1:])  # modulo 2^64, as are the differences
    sums = before[indptr[1:]] - before[indptr[:-1]]
    _, first, numbers = np.unique(sums, return_index=True, return_inverse=True)
    if not _agree(indptr, indices, first[numbers]):
        numbers, first = distinct_rows(indptr, indices, n_columns)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(first), dtype=np.int64)
    rank[order] = np.arange(len(first))
    return rank[numbers], first[order]


def _agree(indptr: Indptr, indices: Indices, other: NDArray[np.int64]) -> bool:
    """Return whether every row equals the row `other` names for it."""
    rows = np.flatnonzero(other != np.arange(len(other)))
    mine, starts = csr.entries_of(indptr, rows)
    theirs, ends = csr.entries_of(indptr, other[rows])
    return np.array_equal(starts, ends) and np.array_equal(indices[mine], indices[theirs])
