"""The filter by a tree of blocks of documents: a block that is left out proves all its pairs.

Every query goes down the tree, the most promising node first, and leaves out the nodes whose
bound (`_block_tree.py` states and proves it) shows that no document of them matters. What it
does look at is scored and decided as in every kernel of the C library.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._native.library import native_library
from hrgeom.checker.filters._block_tree import BlockTree, Tent, build_tree, scales
from hrgeom.checker.filters._interface import FilterEntry, Trial
from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally

__all__ = ["TREE", "TreeKernel"]

_LEAST_ROWS, _MOST_ROWS = 2**11, 2**16
# From so many documents on the tree leaves the caches near a core: queries that take the same
# way then go one after another.
_LARGE = 2**17
# What a query costs besides the documents it looks at, in products of a pair's sum; and a
# document looked at, one by one, against one of a tile.
_WALK, _LOOK = 1e5, 5.0
_GLANCE = 2**12  # documents of a first trial
_HOPELESS = 0.8  # share of them looked at


@dataclass(frozen=True, eq=False)
class PackedTree:
    """The tree, and the documents in its order as the kernel packs them."""

    tree: BlockTree
    panels: NDArray[Any]


@dataclass(frozen=True, eq=False)
class TreeKernel:
    """A kernel of the C library with a tree of blocks around it.

    Attributes
    ----------
    base : Kernel
        Scores what the bounds do not decide.
    tent : Tent or None
        The form of the bounds: tents, or axes.
    """

    base: Kernel
    tent: Tent | None = None

    @property
    def name(self) -> str:
        """The name of the kernel; the filter is named by the certificate's stages."""
        return self.base.name

    @property
    def _library(self) -> Any:
        return native_library()  # by call, for a module does not pickle

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> PackedTree:
        rows = np.ascontiguousarray(documents, dtype=work)
        tree, rows = build_tree(self._library, rows, self.tent)
        return PackedTree(tree, self.base.pack(rows, work))

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        """Return how many queries to hand over at a time: many, to put them in a good order."""
        rows = min(max(n_documents // 16, _LEAST_ROWS), _MOST_ROWS)
        return max(1, min(rows, memory // (16 * (dim + 16))))

    def matches(
        self, packed: PackedTree, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        """Return the worst matches, by the kernel alone."""
        tree = packed.tree
        row = np.repeat(np.arange(len(rows.queries)), np.diff(rows.indptr))
        places = tree.place[rows.indices]
        placed = replace(rows, indices=places[np.lexsort((places, row))])
        return _numbered(
            self.base.matches(packed.panels, n_documents, placed, _placed(level, tree), bounds),
            tree,
        )

    def sweep(
        self, packed: PackedTree, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        n, d = rows.queries.shape
        tree, work = packed.tree, packed.panels.dtype
        queries = np.ascontiguousarray(rows.queries, dtype=work)
        level = _placed(level, tree)
        floor = np.full(n, -np.inf) if level.floor is None else level.floor
        tally = Tally.empty(n)
        n_leaves = -(-n_documents // packed.panels.shape[-1])
        self._library.tree_sweep(
            self.base.name,
            int(work == np.float64),
            n_documents,
            d,
            n,
            int(bounds.exact),
            tree.pole,
            packed.panels,
            queries,
            np.ascontiguousarray(rows.indptr, dtype=np.int64),
            np.ascontiguousarray(rows.indices, dtype=np.int32),
            np.ascontiguousarray(level.value, dtype=np.float64),
            np.ascontiguousarray(level.document, dtype=np.int32),
            np.ascontiguousarray(bounds.score, dtype=np.float64),
            np.ascontiguousarray(floor, dtype=np.float64),
            np.zeros(d + n_leaves, dtype=np.float64),
            tree.level_start,
            tree.column_start,
            tree.column,
            tree.shape,
            tree.scale,
            tree.slope,
            tree.unit,
            self._turns(tree, queries, n_documents),
            tree.place,
            tally.extreme_score,
            tally.extreme_document,
            tally.n_violations,
            tally.n_exact,
            tally.n_undecided,
            tally.n_by_block,
        )
        return _numbered(tally, tree)

    def _turns(self, tree: BlockTree, queries: NDArray[Any], n_documents: int) -> NDArray[np.int32]:
        """Return the order in which to take the queries."""
        n, d = queries.shape
        turn = np.arange(n, dtype=np.int32)
        if n_documents < _LARGE or n == 0:
            return turn
        is_double = int(queries.dtype == np.float64)
        if len(tree.sorted_by):
            self._library.tree_sort(is_double, n, d, queries, tree.sorted_by, turn)
        else:
            inverse, kinds = 1 / scales(queries), np.zeros(n, dtype=np.int32)
            self._library.tree_order(is_double, n, d, queries, inverse, kinds, turn)
        return turn


def _placed(level: Level, tree: BlockTree) -> Level:
    """Return levels whose documents are places in the tree."""
    document = level.document
    placed = np.where(document >= 0, tree.place[document], document)
    return replace(level, document=placed.astype(np.int32))


def _numbered(tally: Tally, tree: BlockTree) -> Tally:
    """Return a tally whose places in the tree are documents."""
    place = tally.extreme_document
    document = np.where(place >= 0, tree.order[place], place)
    return replace(tally, extreme_document=document.astype(np.int32))


def _around(kernel: Kernel) -> Kernel | None:
    library = native_library()
    return TreeKernel(kernel) if library and kernel.name in library.sweeps() else None


def _cost(tally: Tally, n_documents: int, dim: int) -> float:
    return _LOOK * _share(tally, n_documents) + _WALK / (n_documents * dim)


def _share(tally: Tally, n_documents: int) -> float:
    """Return the share of the pairs that no bound decided."""
    return 1 - float(tally.n_by_block.mean()) / n_documents


def _suited(kernel: Kernel, trial: Trial) -> tuple[Kernel, bool]:
    """Return the form of the bounds that leaves out more of a sample, and whether it is enough."""
    assert isinstance(kernel, TreeKernel)
    glance = _glance(trial)
    m = len(glance.documents)
    shares = []
    for tent in {None: None, **_tents(glance.rows.queries)}.values():
        form = replace(kernel, tent=tent)
        packed = form.pack(glance.documents, glance.work)
        tally = form.sweep(packed, m, glance.rows, glance.level, glance.bounds)
        shares.append((_share(tally, m), form))
    share, form = min(shares, key=lambda pair: pair[0])
    return form, share <= _HOPELESS


def _glance(trial: Trial) -> Trial:
    """Return the trial over documents at regular intervals alone."""
    step = max(1, len(trial.documents) // _GLANCE)
    rows = trial.rows
    row = np.repeat(np.arange(len(rows.queries)), np.diff(rows.indptr))
    kept = rows.indices % step == 0
    counts = np.bincount(row[kept], minlength=len(rows.queries))
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    fewer = Rows(rows.queries, starts, rows.indices[kept] // step)
    # the document that sets a level may be none of the sample; its score will do
    level = replace(trial.level, document=np.full_like(trial.level.document, -1))
    return replace(trial, documents=trial.documents[::step], rows=fewer, level=level)


def _tents(queries: NDArray[Any]) -> dict[int, Tent]:
    """Return the tent for queries with a column that is positive and nearly the same in all.

    Slopes so steep that widths count for nothing, in theorem 2, for these queries.
    """
    values = queries.astype(np.float64)
    least, most = values.min(axis=0), values.max(axis=0)
    if values.shape[1] < 2 or not (least > 0).any():
        return {}
    with np.errstate(over="ignore"):
        pole = int(np.where(least > 0, most / np.where(least > 0, least, 1), np.inf).argmin())
        slope = (np.abs(values) / values[:, [pole]]).max(axis=0)
    slope[pole] = 0.0
    if not np.isfinite(slope).all() or not (slope > 0).any():
        return {}
    # columns that no query of the sample uses: as steep as others
    slope[(slope == 0) & (np.arange(len(slope)) != pole)] = np.median(slope[slope > 0])
    return {pole: Tent(pole, slope)}


TREE = FilterEntry(
    name="tree",
    summary="bounds on blocks of documents that are close together",
    around=_around,
    cost=_cost,
    suited=_suited,
)
