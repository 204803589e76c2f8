"""(docstring to come)"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._native.library import native_library
from hrgeom.checker.filters._interface import FilterEntry
from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally

__all__ = ["TREE", "BlockTree", "TreeKernel"]

_FANOUT = 16
_MOST_ROWS = 2048


@dataclass(frozen=True, eq=False)
class BlockTree:
    """Documents in the order of a tree of blocks, with what bounds every block."""

    panels: Any
    order: NDArray[np.int32]
    place: NDArray[np.int32]
    level_start: NDArray[np.int64]
    column_start: NDArray[np.int64]
    column: NDArray[np.int32]
    shape: NDArray[np.float64]
    scale: NDArray[np.float64]
    unit: NDArray[np.int32]
    pole: int
    slope: NDArray[np.float64]


@dataclass(frozen=True)
class TreeKernel:
    """A kernel of the C library, around which bounds on blocks of documents decide most pairs."""

    base: Kernel

    @property
    def name(self) -> str:
        return self.base.name

    @property
    def _library(self) -> Any:
        return native_library()

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        return _MOST_ROWS

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> BlockTree:
        rows = np.ascontiguousarray(documents, dtype=work)
        m, d = rows.shape
        scale = _scales(rows)
        is_double = int(work == np.float64)
        library = self._library
        order = np.empty(m, dtype=np.int32)
        pole, slope = _tent(rows, scale)
        if pole < 0:
            library.tree_order(is_double, m, d, rows, 1 / scale, order)
        else:
            n_filled = np.count_nonzero(rows, axis=0)
            n_filled[pole] = -1
            by = np.argsort(-n_filled, kind="stable")[:-1].astype(np.int32)
            library.tree_sort(is_double, m, d, rows, by, order)
        rows = rows[order]
        width = library.PANEL_F64 if is_double else library.PANEL_F32
        n_groups = _groups(m, width)
        support = np.zeros((n_groups[0], d), dtype=np.uint8)
        unit = np.empty(d, dtype=np.int32)
        library.tree_support(is_double, m, d, rows, support, unit)
        level_start, column_start, column = _columns(support, n_groups)
        shape = np.zeros(_FANOUT * ((3 if pole < 0 else 2) * len(column) + 2 * (len(column_start) - 1)))
        for level, first in enumerate(level_start[:-1].tolist()):
            library.tree_shape(
                is_double, m, d, rows, 1 / scale, level, column_start, column, first, pole, slope, shape
            )
        place = np.empty(m, dtype=np.int32)
        place[order] = np.arange(m, dtype=np.int32)
        panels = self.base.pack(rows, work)
        return BlockTree(
            panels, order, place, level_start, column_start, column, shape, scale, unit, pole, slope
        )

    def matches(
        self, packed: BlockTree, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        places = packed.place[rows.indices]
        row = np.repeat(np.arange(len(rows.queries)), np.diff(rows.indptr))
        places = places[np.lexsort((places, row))]
        placed = replace(rows, indices=places)
        tally = self.base.matches(
            packed.panels, n_documents, placed, _placed(level, packed.place), bounds
        )
        return replace(tally, extreme_document=_numbers(tally.extreme_document, packed.order))

    def sweep(
        self, packed: BlockTree, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        n, d = rows.queries.shape
        work = packed.panels.dtype
        tally = Tally.empty(n)
        width = packed.panels.shape[2]
        workspace = np.zeros(d + -(-n_documents // width), dtype=np.float64)
        placed = _placed(level, packed.place)
        self._library.tree_sweep(
            self.base.name,
            int(work == np.float64),
            n_documents,
            d,
            n,
            int(bounds.exact),
            packed.pole,
            packed.panels,
            np.ascontiguousarray(rows.queries, dtype=work),
            np.ascontiguousarray(rows.indptr, dtype=np.int64),
            np.ascontiguousarray(rows.indices, dtype=np.int32),
            np.ascontiguousarray(placed.value, dtype=np.float64),
            np.ascontiguousarray(placed.document, dtype=np.int32),
            np.ascontiguousarray(bounds.score, dtype=np.float64),
            workspace,
            packed.level_start,
            packed.column_start,
            packed.column,
            packed.shape,
            packed.scale,
            packed.slope,
            packed.unit,
            packed.place,
            tally.extreme_score,
            tally.extreme_document,
            tally.n_violations,
            tally.n_exact,
            tally.n_undecided,
            tally.n_by_block,
        )
        return replace(tally, extreme_document=_numbers(tally.extreme_document, packed.order))


def _placed(level: Level, place: NDArray[np.int32]) -> Level:
    document = level.document
    return Level(level.value, np.where(document >= 0, place[document], document).astype(np.int32))


def _numbers(places: NDArray[np.int32], order: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.where(places >= 0, order[places], places).astype(np.int32)


def _scales(rows: NDArray[Any]) -> NDArray[np.float64]:
    peak = np.maximum(rows.max(axis=0), -rows.min(axis=0)).astype(np.float64)
    exponent = np.where(peak > 0, np.frexp(peak)[1], 0)
    return np.ldexp(1.0, np.clip(exponent, -1000, 1000))


def _tent(rows, scale):
    m, d = rows.shape
    none = -1, np.zeros(d)
    if d < 2:
        return none
    step = max(1, m * d // 2**21)
    x = rows[::step].astype(np.float64) / scale
    full = (x != 0).mean(axis=0) >= 0.99
    total = np.abs(x).sum(axis=1)
    others = total[:, None] - np.abs(x)
    a, b = x - x.mean(axis=0), others - others.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = (a * b).sum(axis=0) / np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    correlation = np.where(full & np.isfinite(correlation), correlation, 1)
    pole = int(correlation.argmin())
    if correlation[pole] > -0.5:
        return none
    sizes = np.abs(x)
    sizes[:, pole] = 1.0
    gram = sizes.T @ sizes
    gram[np.diag_indices(d)] += 1e-9 * gram.max()
    coefficient = np.linalg.solve(gram, sizes.T @ x[:, pole])
    rest = x[:, pole] - sizes @ coefficient
    print("R2", 1 - rest.var() / x[:, pole].var(), pole)
    if rest.var() > 0.01 * x[:, pole].var():
        return none
    slope = np.maximum(-coefficient, 0.0)
    slope[pole] = 0.0
    return pole, slope


def _groups(m: int, width: int) -> list[int]:
    """Return the number of groups of every level, leaves first."""
    nodes = -(-m // width)
    groups = [-(-nodes // _FANOUT)]
    while groups[-1] > 1:
        groups.append(-(-groups[-1] // _FANOUT))
    return groups


def _columns(
    support: NDArray[np.uint8], n_groups: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    levels = [support]
    for n in n_groups[1:]:
        starts = np.arange(n) * _FANOUT
        levels.append(np.maximum.reduceat(levels[-1], starts, axis=0))
    every = np.concatenate(levels)
    column_start = np.concatenate(([0], np.cumsum(every.sum(axis=1, dtype=np.int64))))
    level_start = np.concatenate(([0], np.cumsum(n_groups))).astype(np.int64)
    return level_start, column_start, np.nonzero(every)[1].astype(np.int32)


def _around(kernel: Kernel) -> Kernel | None:
    library = native_library()
    if library is None or kernel.name not in library.sweeps():
        return None
    return TreeKernel(kernel)


def _cost(tally: Tally, n_documents: int, dim: int) -> float:
    touched = 1 - float(tally.n_by_block.mean()) / n_documents
    return 0.02 + 4 * touched


TREE = FilterEntry(
    name="tree",
    summary="bounds on blocks of documents that lie close together",
    around=_around,
    cost=_cost,
)
