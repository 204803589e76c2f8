"""Sets of indices stored row after row (CSR), handled without Python loops over entries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indptr = NDArray[np.int64]
Indices = NDArray[np.int32]


def indptr_from_counts(counts: NDArray[np.int64]) -> Indptr:
    """Return row starts (n + 1,) for rows of the given lengths (n,)."""
    indptr = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=indptr[1:])
    return indptr


def from_pairs(
    rows: NDArray[np.integer], columns: NDArray[np.integer], n_rows: int
) -> tuple[Indptr, Indices]:
    """Return CSR arrays of the given (row, column) pairs, columns ascending within a row."""
    order = np.lexsort((columns, rows))
    counts = np.bincount(rows, minlength=n_rows).astype(np.int64)
    return indptr_from_counts(counts), columns[order].astype(np.int32)


def row_numbers(indptr: Indptr) -> Indices:
    """Return the row of every entry."""
    return np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))


def entries_of(indptr: Indptr, rows: NDArray[np.integer]) -> tuple[NDArray[np.int64], Indptr]:
    """Return the positions of all entries of the given rows, in order, and their new indptr."""
    counts = indptr[rows + 1] - indptr[rows]
    starts = indptr_from_counts(counts)
    positions = np.arange(starts[-1], dtype=np.int64)
    positions += np.repeat(indptr[rows] - starts[:-1], counts)
    return positions, starts


def transpose(indptr: Indptr, indices: Indices, n_columns: int) -> tuple[Indptr, Indices]:
    """Return the CSR arrays of the transposed relation, rows ascending within a column."""
    counts = np.bincount(indices, minlength=n_columns).astype(np.int64)
    order = np.argsort(indices, kind="stable")
    return indptr_from_counts(counts), row_numbers(indptr)[order]


def is_member(
    indptr: Indptr,
    indices: Indices,
    n_columns: int,
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Return for each (row, column) whether the relation holds it; rows must be sorted sets."""
    if len(indices) == 0:
        return np.zeros(len(rows), dtype=np.bool_)
    keys = row_numbers(indptr).astype(np.int64) * n_columns + indices
    wanted = rows.astype(np.int64) * n_columns + columns
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(keys[at] == wanted)
