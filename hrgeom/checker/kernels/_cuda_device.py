"""The device of the GPU kernel: buffers of torch, and launches of the Triton kernels.

torch and Triton are imported when a device is first used, never before.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.checker.kernels._cuda_interface import Numbers, Places
from hrgeom.errors import KernelError

__all__ = ["Shape", "TritonDevice", "padded_dim", "shape_of"]

_INSTALL = "'hrgeom[gpu]'"
_PAIRS = 64
_LEAST_BLOCK = 32  # columns of an int8 product
_WIDE_BLOCK = 128


@dataclass(frozen=True)
class Shape:
    """How a launch is cut up: tile, columns at a time, warps, stages of loads in flight."""

    tile_q: int
    tile_x: int
    block: int
    warps: int
    stages: int

    def of_tile(self, dim: int, n_digits: int) -> dict[str, int]:
        """Return the keywords of a launch."""
        return {
            "DIM": dim,
            "DIGITS": n_digits,
            "BLOCK": self.block,
            "TILE_Q": self.tile_q,
            "TILE_X": self.tile_x,
            "num_warps": self.warps,
            "num_stages": self.stages,
        }


def shape_of(dim: int, n_digits: int) -> Shape:
    """Return the shape for digits of a padded dimension.

    Tiles of 64 queries and 128 documents; more digits have three sums each, which twice the
    warps hold in registers. All columns at once where the documents of all stages fit in 96 KiB
    of shared memory.
    """
    widest = {1: 256, 2: 128, 3: 64}[n_digits]
    block = dim if dim <= widest else min(widest, _WIDE_BLOCK)
    stages = 3 if block * n_digits <= _WIDE_BLOCK else 2
    return Shape(64, 128, block, 4 if n_digits == 1 else 8, stages)


@dataclass(frozen=True, eq=False)
class _There:
    """Digits on the device: a tensor (number of digits, rows, padded dimension)."""

    planes: Any
    n_rows: int
    dim: int


@dataclass(frozen=True, eq=False)
class _TritonScan:
    n_above: Numbers
    highest: Numbers
    by_part: Any  # tensor (parts, n)

    def places(self, low: Numbers) -> Places:
        torch = _torch()
        least = torch.from_numpy(low.astype(np.int32)).to(self.by_part.device)
        row, part = torch.nonzero((self.by_part >= least).T, as_tuple=True)
        return Places(row.cpu().numpy(), part.cpu().numpy())


@dataclass(frozen=True)
class TritonDevice:
    """A device of torch on which Triton runs.

    Attributes
    ----------
    name : str
        Such as "cuda" or "cuda:1"; "cpu" under Triton's interpreter.
    part_size : int
        Documents of a part: a multiple of those of a tile.
    shape : Shape, optional
        Instead of that of `shape_of`; its block must divide the padded dimension.
    """

    name: str = "cuda"
    part_size: int = 16384
    shape: Shape | None = None

    def check(self) -> None:
        """Raise KernelError if torch has no such device."""
        torch = _torch()
        imported("triton", "the kernel cuda", _INSTALL, error=KernelError)
        if not torch.cuda.is_available():
            raise KernelError(
                "the kernel cuda must have a GPU that torch can use: torch.cuda.is_available() "
                f"is False for torch {torch.__version__}"
            )

    def put(self, planes: NDArray[np.int8]) -> _There:
        n_digits, n_rows, dim = planes.shape
        padded = padded_dim(dim)
        there = _torch().zeros((n_digits, n_rows, padded), dtype=_torch().int8, device=self.name)
        there[:, :, :dim] = self._there(planes)
        return _There(there, n_rows, padded)

    def scan(self, queries: _There, documents: _There, cut: Numbers) -> _TritonScan:
        torch = _torch()
        n, m = queries.n_rows, documents.n_rows
        n_parts = -(-m // self.part_size)
        count = torch.empty((n_parts, n), dtype=torch.int32, device=self.name)
        highest = torch.empty_like(count)
        how = self._shape(queries)
        _tiles().scan_tiles[(-(-n // how.tile_q), n_parts)](
            queries.planes,
            documents.planes,
            self._there(cut.astype(np.int32)),
            count,
            highest,
            n,
            m,
            self.part_size,
            **how.of_tile(queries.dim, len(queries.planes)),
        )
        return _TritonScan(_numbers(count.sum(0)), _numbers(highest.amax(0)), highest)

    def pair_scores(
        self, queries: _There, documents: _There, row: Numbers, document: Numbers
    ) -> Numbers:
        scores = self._empty(len(row))
        if len(row):
            _tiles().pair_tiles[(-(-len(row) // _PAIRS),)](
                queries.planes,
                documents.planes,
                self._there(row.astype(np.int32)),
                self._there(document.astype(np.int32)),
                scores,
                len(row),
                queries.n_rows,
                documents.n_rows,
                DIM=queries.dim,
                DIGITS=len(queries.planes),
                BLOCK=_LEAST_BLOCK,
                TILE=_PAIRS,
            )
        return _numbers(scores)

    def hits(
        self, queries: _There, documents: _There, places: Places, low: Numbers, cut: Numbers
    ) -> tuple[Numbers, Numbers]:
        how = self._shape(queries)
        slot, row, part = _grouped(places, how.tile_q)
        n_hits, first = self._empty(len(row)), self._empty(len(row))
        if len(row):
            _tiles().hits_tiles[(len(part),)](
                queries.planes,
                documents.planes,
                self._there(low.astype(np.int32)),
                self._there(cut.astype(np.int32)),
                self._there(row),
                self._there(part),
                n_hits,
                first,
                queries.n_rows,
                documents.n_rows,
                self.part_size,
                **how.of_tile(queries.dim, len(queries.planes)),
            )
        return _numbers(n_hits)[slot], _numbers(first)[slot]

    def listed(
        self,
        queries: _There,
        documents: _There,
        places: Places,
        low: Numbers,
        cut: Numbers,
        n_hits: Numbers,
    ) -> Numbers:
        how = self._shape(queries)
        slot, row, part = _grouped(places, how.tile_q)
        start = np.zeros(len(row), dtype=np.int32)
        start[slot] = np.cumsum(n_hits) - n_hits
        found = self._empty(int(n_hits.sum()))
        if len(row):
            _tiles().listed_tiles[(len(part),)](
                queries.planes,
                documents.planes,
                self._there(low.astype(np.int32)),
                self._there(cut.astype(np.int32)),
                self._there(row),
                self._there(start),
                self._there(part),
                found,
                queries.n_rows,
                documents.n_rows,
                self.part_size,
                **how.of_tile(queries.dim, len(queries.planes)),
            )
        return _numbers(found)

    def _shape(self, queries: _There) -> Shape:
        return self.shape or shape_of(queries.dim, len(queries.planes))

    def _there(self, values: NDArray[Any]) -> Any:
        return _torch().from_numpy(np.ascontiguousarray(values)).to(self.name)

    def _empty(self, n: int) -> Any:
        return _torch().empty(n, dtype=_torch().int32, device=self.name)


def padded_dim(dim: int) -> int:
    """Return the dimension with zeros: a power of two, or a multiple of the widest block."""
    power = max(_LEAST_BLOCK, 1 << (dim - 1).bit_length())
    return power if power <= 2 * _WIDE_BLOCK else -(-dim // _WIDE_BLOCK) * _WIDE_BLOCK


def _grouped(
    places: Places, size: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return places in groups of one part each, filled up with row -1.

    The slot of every place, the row of every slot, the part of every group of `size` slots.
    """
    parts, counts = np.unique(places.part, return_counts=True)
    n_groups = -(-counts // size)
    first_slot = (np.cumsum(n_groups) - n_groups) * size
    first_place = np.cumsum(counts) - counts
    order = np.argsort(places.part, kind="stable")
    slot = np.empty(len(order), dtype=np.int64)
    slot[order] = np.arange(len(order)) + np.repeat(first_slot - first_place, counts)
    row = np.full(int(n_groups.sum()) * size, -1, dtype=np.int32)
    row[slot] = places.row
    return slot, row, np.repeat(parts, n_groups).astype(np.int32)


def _numbers(tensor: Any) -> Numbers:
    return np.asarray(tensor.cpu().numpy(), dtype=np.int64)


def _torch() -> Any:
    return imported("torch", "the kernel cuda", _INSTALL, error=KernelError)


def _tiles() -> Any:
    imported("triton", "the kernel cuda", _INSTALL, error=KernelError)
    return import_module("hrgeom.checker.kernels._cuda_tiles")
