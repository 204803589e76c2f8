"""Square relations as rows of bits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.csr import Indices, Indptr

__all__ = ["bit_blocks"]

_CELLS = 2**25  # that are written out at a time


def bit_blocks(
    indptr: Indptr, indices: Indices, used: NDArray[np.bool_] | None = None
) -> Iterator[tuple[slice, NDArray[np.uint64]]]:
    """Yield the rows of a square relation as bits, least bit first, some rows at a time.

    Parameters
    ----------
    indptr, indices : ndarray of int64, shape (n + 1,), of int32
        The relation as CSR arrays.
    used : ndarray of bool, shape (n,), optional
        Which rows to write; the others are empty. Default: all.

    Yields
    ------
    rows : slice
        Which rows.
    bits : ndarray of uint64, shape (n_rows, n / 64 rounded up)
        Their bits.
    """
    n = len(indptr) - 1
    step, width = max(1, _CELLS // n), 64 * -(-n // 64)
    for start in range(0, n, step):
        stop = min(start + step, n)
        row = np.repeat(np.arange(stop - start), np.diff(indptr[start : stop + 1]))
        column = indices[indptr[start] : indptr[stop]]
        if used is not None:
            row, column = row[used[start + row]], column[used[start + row]]
        block = np.zeros((stop - start, width), dtype=np.bool_)
        block[row, column] = True
        yield slice(start, stop), np.packbits(block, axis=1, bitorder="little").view(np.uint64)
