"""The C kernels behind the interface of `Kernel`: contiguous arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hrgeom._native.library import native_library
from hrgeom.checker.kernels._interface import Bounds, KernelEntry, Level, Rows, Tally

__all__ = ["ENTRIES", "NativeKernel", "is_built"]

_MAX_ROWS = 480
_CACHED_BYTES = 3 * 2**19


@dataclass(frozen=True)
class NativeKernel:
    """One sweep of the C library, by name, as a `Kernel`.

    Attributes
    ----------
    name : str
        One of those the library lists: "serial", "avx2" or "avx512".

    Examples
    --------
    >>> NativeKernel("serial").name
    'serial'
    """

    name: str

    @property
    def _library(self) -> Any:
        return native_library()  # by call, for a module does not pickle

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> NDArray[Any]:
        """Return documents (m, d) as panels (m / width rounded up, d, width)."""
        width = self._library.PANEL_F64 if work == np.float64 else self._library.PANEL_F32
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
        tile: int = self._library.MAX_TILE
        rows = min(_CACHED_BYTES, memory) // (4 * dim)
        return max(tile, min(rows, _MAX_ROWS) // tile * tile)

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
        tally = Tally.empty(len(rows.queries))
        self._library.run(name, *self.arguments(packed, n_documents, rows, level, bounds, tally))
        return tally

    def arguments(
        self,
        packed: NDArray[Any],
        n_documents: int,
        rows: Rows,
        level: Level,
        bounds: Bounds,
        tally: Tally,
    ) -> tuple[Any, ...]:
        """Return what every pass of the C library takes, the arrays of the tally last.

        Parameters
        ----------
        packed : ndarray
            The documents, from `pack`.
        n_documents : int
            How many there are.
        rows, level, bounds : Rows, Level, Bounds
            As passes take them.
        tally : Tally
            Where the pass writes.

        Returns
        -------
        arguments : tuple
            Sizes, then contiguous arrays, in the order of `arguments.h`.
        """
        n, d = rows.queries.shape
        tile = self._library.MAX_TILE
        padded = -(-n // tile) * tile
        floor = np.full(n, -np.inf) if level.floor is None else level.floor
        return (
            int(packed.dtype == np.float64),
            n_documents,
            d,
            n,
            int(bounds.exact),
            packed,
            _as_read(rows.queries, packed.dtype),
            _as_read(rows.indptr, np.int64),
            _as_read(rows.indices, np.int32),
            _as_read(level.value, np.float64),
            _as_read(level.document, np.int32),
            _as_read(floor, np.float64),
            _as_read(bounds.filter, np.float64),
            _as_read(bounds.score, np.float64),
            np.empty(padded * (d + 1) * 3 // 2, dtype=np.float64),
            tally.extreme_score,
            tally.extreme_document,
            tally.n_violations,
            tally.n_exact,
            tally.n_undecided,
        )


def _as_read(values: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Return an array as C reads it: of a type, contiguous and aligned; a copy where it is not."""
    return np.require(values, dtype, ("C", "A"))


def is_built() -> bool:
    """Return whether the C extension is there."""
    return native_library() is not None


def _can_run(name: str) -> bool:
    """Return whether this processor can run a sweep of the library, and the library is there."""
    library = native_library()
    return library is not None and name in library.sweeps()


def _entry(name: str, rank: int, summary: str, cpu_flags: tuple[str, ...]) -> KernelEntry:
    return KernelEntry(
        name=name,
        summary=summary,
        rank=rank,
        is_available=partial(_can_run, name),
        make=partial(NativeKernel, name),
        cpu_flags=cpu_flags,
    )


ENTRIES = (
    _entry("serial", 10, "portable C", ()),
    _entry("avx2", 20, "C for x86-64 with AVX2 and FMA", ("avx2", "fma")),
    _entry("avx512", 30, "C for x86-64 with AVX-512F", ("avx512f",)),
)
