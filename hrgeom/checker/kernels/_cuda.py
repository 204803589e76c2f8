"""Certification by counting on a GPU: integer scores of int8 digits, exact whatever the hardware.

Per query the device returns how many documents exceed a cut below the level, and the greatest
score that does not (`_cuda_cut.py` states and proves what follows). Where the count is |S(q)|,
the query holds, and only the few documents that may be its best non-match are scored, by the
kernel of the CPU; all other queries go there whole. So extremes, violations and exact decisions
are those of the CPU's kernel.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.csr import entries_of, indptr_from_counts, row_numbers
from hrgeom.checker._digits import MOST_DIMENSIONS, DocumentDigits, QueryDigits, ScoreUnits
from hrgeom.checker.kernels import _native
from hrgeom.checker.kernels._cuda_cut import HIGHEST, LOWEST, level_cut, window
from hrgeom.checker.kernels._cuda_device import TritonDevice
from hrgeom.checker.kernels._cuda_interface import Device, Scan
from hrgeom.checker.kernels._interface import Bounds, Kernel, KernelEntry, Level, Rows, Tally
from hrgeom.checker.kernels._numpy_twin import NUMPY

__all__ = ["CUDA", "CountingKernel"]

_MOST_ROWS = 2**17
# Documents of one query that may be its best: with more, the CPU takes the query.
_MOST_HITS, _MOST_HITS_SHARE = 512, 256
_PAIRS_AT_ONCE = 2**22
_BASE_MEMORY = 2**26
_DRIVERS = ("/dev/nvidiactl", "/dev/dxg")


@dataclass(eq=False)
class _Packed:
    """The documents for the CPU's kernel, and in digits; those stay on the device once there."""

    base: Any
    digits: DocumentDigits | None
    there: dict[int, Any] = field(default_factory=dict)

    def on(self, device: Device, n_digits: int) -> Any:
        """Return so many digits on the device, or more."""
        assert self.digits is not None
        n = max(n_digits, len(self.digits.planes))
        if n not in self.there:
            self.there[n] = device.put(_planes(self.digits.planes, n))
        return self.there[n]

    def __getstate__(self) -> dict[str, Any]:
        return {"base": self.base, "digits": self.digits, "there": {}}


@dataclass(frozen=True, eq=False)
class _Block:
    """Queries with all that is known of them."""

    rows: Rows
    digits: QueryDigits
    level: Level
    bounds: Bounds

    @property
    def n_matches(self) -> NDArray[np.int64]:
        return np.diff(self.rows.indptr)

    def some(self, at: NDArray[np.intp]) -> _Block:
        """Return some of the queries."""
        return _Block(
            _some_rows(self.rows, at),
            self.digits.part(at),
            Level(self.level.value[at], self.level.document[at]),
            Bounds(self.bounds.filter[at], self.bounds.score[at], self.bounds.exact),
        )


@dataclass(frozen=True)
class CountingKernel:
    """Counts on a device, scores what is left on the CPU.

    Attributes
    ----------
    base : Kernel
        Of the CPU: for matches, for best non-matches, and for queries that counting leaves open.
    device : Device
        Where integer scores are counted.
    n_digits : tuple of int, optional
        How many digits to count with, one number after the other, for the queries still open.
        Default: one or two where that is exact; otherwise two, then three.
    """

    base: Kernel
    device: Device
    n_digits: tuple[int, ...] | None = None

    name = "cuda"

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> _Packed:
        fits = documents.size > 0 and documents.shape[1] <= MOST_DIMENSIONS
        digits = DocumentDigits.of(documents) if fits else None
        return _Packed(self.base.pack(documents, work), digits)

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        """Return how many queries to hand over at a time: many, for each has a pass of its own."""
        per_query = 64 * dim + 16 * (1 + n_documents // self.device.part_size)
        return max(1, min(memory // per_query, _MOST_ROWS))

    def matches(
        self, packed: _Packed, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        return self.base.matches(packed.base, n_documents, rows, level, bounds)

    def sweep(
        self, packed: _Packed, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        _check_documents(rows, n_documents)
        tally = Tally.empty(len(rows.queries))
        left = np.arange(len(rows.queries))
        if packed.digits is not None and len(left):
            block = _Block(rows, QueryDigits.of(rows.queries), level, bounds)
            for k in self.n_digits or _enough_digits(block.digits, packed.digits):
                part = block.some(left)
                decided, found = self._count(packed, n_documents, part, k)
                _put(tally, left[decided], found)
                left = left[~decided]
                if not len(left):
                    return tally
        self._by_base(tally, left, packed, n_documents, rows, level, bounds)
        return tally

    def _by_base(
        self,
        tally: Tally,
        left: NDArray[np.intp],
        packed: _Packed,
        n_documents: int,
        rows: Rows,
        level: Level,
        bounds: Bounds,
    ) -> None:
        """Sweep the queries that are left as the kernel of the CPU does."""
        step = self.base.block_rows(n_documents, rows.queries.shape[1], _BASE_MEMORY)
        for start in range(0, len(left), step):
            at = left[start : start + step]
            part = Level(level.value[at], level.document[at])
            own = Bounds(bounds.filter[at], bounds.score[at], bounds.exact)
            found = self.base.sweep(packed.base, n_documents, _some_rows(rows, at), part, own)
            _put(tally, at, found)

    def _count(
        self, packed: _Packed, n_documents: int, block: _Block, n_digits: int
    ) -> tuple[NDArray[np.bool_], Tally]:
        """Return which queries scores of so many digits decide, and the tally of those."""
        assert packed.digits is not None
        units = ScoreUnits.of(block.digits, packed.digits, n_digits)
        counting = _Counting(
            device=self.device,
            queries=self.device.put(_planes(block.digits.planes, n_digits)),
            documents=packed.on(self.device, n_digits),
        )
        cut = np.minimum(level_cut(units, block.level, block.bounds), counting.below(block.rows))
        scan = self.device.scan(counting.queries, counting.documents, cut)
        decided = units.usable & (scan.n_above == block.n_matches)
        wanted = decided & (block.n_matches < n_documents)
        width = window(units, block.bounds)
        low = np.where(wanted, np.maximum(scan.highest - width, LOWEST + 1), HIGHEST)
        most = max(_MOST_HITS, n_documents // _MOST_HITS_SHARE)
        n_best, row, document = counting.best(scan, low, cut, width == 0, most)
        decided &= n_best <= most
        at = np.flatnonzero(decided)
        tally = self._best(packed, n_documents, block.some(at), n_best[at], document[decided[row]])
        return decided, tally

    def _best(
        self,
        packed: _Packed,
        n_documents: int,
        block: _Block,
        n_best: NDArray[np.int64],
        document: NDArray[np.int64],
    ) -> Tally:
        """Return the tally of decided queries, each with the documents that may be its best.

        The worst match of the opposite query is the best of the documents, by reference scores
        of the opposite sign.
        """
        n = len(n_best)
        start = indptr_from_counts(n_best)
        opposite = Rows(-block.rows.queries, start, document.astype(np.int32))
        none = Level(np.full(n, -np.inf), np.full(n, -1, dtype=np.int32))
        worst = self.base.matches(packed.base, n_documents, opposite, none, block.bounds)
        tally = Tally.empty(n)
        tally.extreme_score[:] = 0.0 - worst.extreme_score
        tally.extreme_document[:] = worst.extreme_document
        tally.n_by_int8[:] = n_documents - block.n_matches - n_best
        return tally


@dataclass(frozen=True, eq=False)
class _Counting:
    """Digits of queries and documents on a device."""

    device: Device
    queries: Any
    documents: Any

    def below(self, rows: Rows) -> NDArray[np.int64]:
        """Return per query a number just below the scores of all its matches."""
        row = row_numbers(rows.indptr).astype(np.int64)
        document = rows.indices.astype(np.int64)
        scores = np.empty(len(row), dtype=np.int64)
        for at in _slices(len(row), _PAIRS_AT_ONCE):
            scores[at] = self.device.pair_scores(
                self.queries, self.documents, row[at], document[at]
            )
        lowest = np.full(len(rows.queries), HIGHEST)
        filled = np.diff(rows.indptr) > 0
        if filled.any():
            lowest[filled] = np.minimum.reduceat(scores, rows.indptr[:-1][filled]) - 1
        return lowest

    def best(
        self,
        scan: Scan,
        low: NDArray[np.int64],
        cut: NDArray[np.int64],
        alike: NDArray[np.bool_],
        most: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return how many documents may be the best of each query, and those: rows, documents.

        Of queries with more than `most` none are listed; of queries whose best documents are all
        `alike` the first.
        """
        places = scan.places(low)
        is_first = np.diff(places.row, prepend=-1) != 0
        places = places.some(is_first | ~alike[places.row])
        n_hits, first = self.device.hits(self.queries, self.documents, places, low, cut)
        n_hits = np.where(alike[places.row], np.minimum(n_hits, 1), n_hits)
        total = np.zeros(len(low), dtype=np.int64)
        np.add.at(total, places.row, n_hits)
        single = (total[places.row] == 1) & (n_hits == 1)
        row, document = [places.row[single]], [first[single]]
        several = (total[places.row] > 1) & (total[places.row] <= most) & (n_hits > 0)
        for at in _groups(np.flatnonzero(several), n_hits):
            some = places.some(at)
            row.append(np.repeat(some.row, n_hits[at]))
            document.append(
                self.device.listed(self.queries, self.documents, some, low, cut, n_hits[at])
            )
        rows, documents = np.concatenate(row), np.concatenate(document)
        order = np.argsort(rows, kind="stable")  # documents ascend within a row already
        return total, rows[order], documents[order]


def _enough_digits(queries: QueryDigits, documents: DocumentDigits) -> tuple[int, ...]:
    """Return with how many digits to count: as few as are exact, otherwise two, then three."""
    n_digits = max(len(queries.planes), len(documents.planes))
    return (n_digits,) if n_digits < 3 else (2, 3)


def _planes(planes: NDArray[np.int8], n_digits: int) -> NDArray[np.int8]:
    """Return exactly so many digits, zeros where there are fewer."""
    missing = max(0, n_digits - len(planes))
    return np.pad(planes[:n_digits], ((0, missing), (0, 0), (0, 0)))


def _some_rows(rows: Rows, at: NDArray[np.intp]) -> Rows:
    """Return some of the queries with their matches."""
    entries, start = entries_of(rows.indptr, at)
    return Rows(rows.queries[at], start, rows.indices[entries])


def _put(tally: Tally, at: NDArray[np.intp], part: Tally) -> None:
    """Write the tally of some queries, in no range, into its place."""
    for name, values in vars(tally).items():
        values[at] = getattr(part, name)


def _slices(n: int, step: int) -> Iterator[slice]:
    return (slice(start, start + step) for start in range(0, n, step))


def _groups(at: NDArray[np.intp], n_hits: NDArray[np.int64]) -> Iterator[NDArray[np.intp]]:
    """Yield runs of places that have a limited number of hits together."""
    number = np.cumsum(n_hits[at]) // _PAIRS_AT_ONCE
    yield from np.split(at, np.flatnonzero(np.diff(number)) + 1) if len(at) else ()


def _check_documents(rows: Rows, n_documents: int) -> None:
    if len(rows.indices) and not 0 <= rows.indices.min() <= rows.indices.max() < n_documents:
        raise IndexError(
            f"matches must be documents from 0 to {n_documents - 1}: got numbers from "
            f"{rows.indices.min()} to {rows.indices.max()}"
        )


def _can_run() -> bool:
    """Return whether torch, Triton and a driver are there; importing torch would take seconds."""
    has_packages = all(find_spec(package) is not None for package in ("torch", "triton"))
    return has_packages and any(os.path.exists(driver) for driver in _DRIVERS)


def _make() -> CountingKernel:
    """Return the kernel around the fastest one of the CPU."""
    usable = [entry for entry in (NUMPY, *_native.ENTRIES) if entry.is_available()]
    base = max(usable, key=lambda entry: entry.rank).make()
    device = TritonDevice()
    device.check()
    return CountingKernel(base, device)


CUDA = KernelEntry(
    name="cuda",
    summary="counting on an NVIDIA GPU (torch and Triton), the rest by the fastest C",
    rank=-1,  # only by name: whether it pays depends on the size of the problem
    is_available=_can_run,
    make=_make,
    wants_threads=False,
)
