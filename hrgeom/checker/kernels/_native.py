"""The C kernels behind the interface of `Kernel`: contiguous arrays in, arrays out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker.kernels._interface import Bounds, Level, Rows, Tally

PANEL = {np.dtype(np.float32): 32, np.dtype(np.float64): 16}  # as in src/hrg.h
_MAX_TILE = 12
_MAX_ROWS = 480
_CACHED_BYTES = 3 * 2**19


class NativeKernel:
    """One sweep of the C library, by name: serial, avx2 or avx512."""

    def __init__(self, name: str, library: Any) -> None:
        self.name = name
        self._library = library

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> NDArray[Any]:
        """Return documents (m, d) as panels (m / width rounded up, d, width)."""
        width = PANEL[work]
        m, d = documents.shape
        panels = np.zeros((-(-m // width), d, width), dtype=work)
        whole = m // width
        panels[:whole] = documents[: whole * width].reshape(whole, width, d).transpose(0, 2, 1)
        if m % width:
            panels[whole, :, : m % width] = documents[whole * width :].T
        return panels

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        """Return how many queries to hand over at a time.

        All documents pass by once per block, so a block should be as large as the caches near
        a core allow, and small enough for threads to share the work evenly.
        """
        rows = min(_CACHED_BYTES, memory) // (4 * dim)
        return max(_MAX_TILE, min(rows, _MAX_ROWS) // _MAX_TILE * _MAX_TILE)

    def matches(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        return self._run("matches", packed, n_documents, rows, level, bounds)

    def sweep(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        return self._run(self.name, packed, n_documents, rows, level, bounds)

    def _run(
        self,
        name: str,
        packed: NDArray[Any],
        n_documents: int,
        rows: Rows,
        level: Level,
        bounds: Bounds,
    ) -> Tally:
        n, d = rows.queries.shape
        tally = Tally.empty(n)
        padded = -(-n // _MAX_TILE) * _MAX_TILE
        workspace = np.empty(padded * (d + 1), dtype=np.float64)
        self._library.run(
            name,
            int(packed.dtype == np.float64),
            n_documents,
            d,
            n,
            int(bounds.exact),
            packed,
            np.ascontiguousarray(rows.queries, dtype=packed.dtype),
            np.ascontiguousarray(rows.indptr, dtype=np.int64),
            np.ascontiguousarray(rows.indices, dtype=np.int32),
            np.ascontiguousarray(level.value, dtype=np.float64),
            np.ascontiguousarray(level.document, dtype=np.int32),
            np.ascontiguousarray(bounds.filter, dtype=np.float64),
            np.ascontiguousarray(bounds.score, dtype=np.float64),
            workspace,
            tally.extreme_score,
            tally.extreme_document,
            tally.n_violations,
            tally.n_exact,
            tally.n_undecided,
        )
        return tally
