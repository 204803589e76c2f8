"""The sweep over all pairs: matches through the relevance's rows, then all other documents.

Queries are cut into blocks; an executor runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._blocks import BlockTally, KernelPass, blocks_of
from hrgeom.checker._checkpoint import BlockLog
from hrgeom.checker._lengths import row_lengths
from hrgeom.checker._numbering import numbering_of
from hrgeom.checker._working_type import working_type
from hrgeom.checker.executors import Executor
from hrgeom.checker.filters import Trial, choose_filter
from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally
from hrgeom.core import Notion, Relevance

__all__ = ["Progress", "Settings", "Sweep"]


class Progress:
    """Counts the queries of sweep after sweep, for a callable of (queries done, in all)."""

    def __init__(self, show: Callable[[int, int], None] | None) -> None:
        self._show = show or (lambda done, total: None)
        self._total = 0

    def of_sweep(self, n_queries: int) -> Callable[[int], None]:
        """Return what to call with the number of queries done in one more sweep."""
        before, self._total = self._total, self._total + n_queries
        return lambda done: self._show(before + done, before + n_queries)


@dataclass(frozen=True)
class Settings:
    """How to run: kernel and executor, bytes, exact arithmetic or not, filter (None: by sample).

    `log` keeps the results of blocks; `stops`: a KeyboardInterrupt ends the passes, not the run.
    """

    kernel: Kernel
    executor: Executor
    memory: int
    exact: bool
    progress: Progress
    filter: str | None = None
    log: BlockLog = field(default_factory=BlockLog)
    stops: bool = False


Values = NDArray[np.float64]

_SAMPLE = 192  # queries
_ROWS = 2**16  # queries whose matches are counted at a time
_Which = Literal["matches", "sweep"]


class Sweep:
    """Two arrays of vectors, and the passes over all their pairs.

    Attributes
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
    relevance : Relevance
    settings : Settings
    notion : {"global", "row"}
        What the passes are for.
    work : dtype
        The type in which the kernel scores at first.
    bounds : RoundingBounds
        Of that type.
    is_interrupted : bool
        Whether an interrupt ended a pass: no pass begins after it.
    n_unchecked : int
        Pairs that it left unchecked; tallies count them as undecided.
    """

    def __init__(
        self,
        queries: NDArray[Any],
        documents: NDArray[Any],
        relevance: Relevance,
        settings: Settings,
        notion: Notion = "global",
    ) -> None:
        self.queries, self.documents = queries, documents
        self.relevance, self.notion = relevance, notion
        self.settings = settings
        self.work, self.bounds = working_type(queries, documents, relevance, notion)
        self._packed: Any = None  # by the kernel as it is, for matches
        self._filtered: tuple[Kernel, Any] | None = None  # by the filter that pays, for sweeps
        self._has_chosen = False
        self._numbering = numbering_of(relevance)
        self.is_interrupted = False
        self.n_unchecked = 0

    def with_vectors(self, queries: NDArray[Any], documents: NDArray[Any]) -> Sweep:
        """Return the sweep over other vectors; the packed documents of this one are let go.

        An interrupt is raised in it, whatever the settings say.
        """
        self._packed, self._filtered, self._has_chosen = None, None, False
        settings = replace(self.settings, stops=False)
        return Sweep(queries, documents, self.relevance, settings, self.notion)

    def worst_matches(self, level: Level) -> Tally:
        """Return the worst match of every query, and matches that do not exceed the level."""
        return self._run("matches", level)

    def best_others(self, level: Level, floors: Callable[[], Values | None] | None = None) -> Tally:
        """Return the best non-match of every query, and non-matches that reach the level.

        `floors` returns the level's floors, and is called where an interrupt is taken care of.
        """
        return self._run("sweep", level, self.settings.progress.of_sweep(len(self.queries)), floors)

    @cached_property
    def lengths(self) -> tuple[Values, Values]:
        """The lengths of all queries and of all documents, in float64; they may overflow."""
        return row_lengths(self.queries), row_lengths(self.documents)

    def constant_level(self, value: float, *, ranking: bool = False) -> Level:
        """Return one number as level of all queries; ranking asks for the exact worst match."""
        n = len(self.queries)
        return Level(np.full(n, value), np.full(n, 0 if ranking else -1, dtype=np.int32))

    def nothing_checked(self) -> tuple[Tally, Tally]:
        """Return tallies of matches and of other documents that leave all pairs undecided."""
        self.n_unchecked = 0
        n = len(self.queries)
        none = np.zeros(n, dtype=bool)
        passes: tuple[_Which, _Which] = ("matches", "sweep")
        worst, best = (self._left_open(which, Tally.empty(n), none) for which in passes)
        return worst, best

    def _run(
        self,
        which: _Which,
        level: Level,
        report: Callable[[int], None] = lambda done: None,
        floors: Callable[[], Values | None] | None = None,
    ) -> Tally:
        """Run a pass block by block and put the tallies together; others stay open if it stops."""
        n = len(self.queries)
        total, is_done = Tally.empty(n), np.zeros(n, dtype=bool)
        try:
            for part in () if self.is_interrupted else self._parts(which, level, report, floors):
                total.put(part.start, part.tally)
                is_done[part.start : part.start + part.n_queries] = True
        except KeyboardInterrupt:
            if not self.settings.stops:
                raise
            self.is_interrupted = True
        if self.is_interrupted:
            total = self._left_open(which, total, is_done)
        return self._numbering.tally(total)

    def _left_open(self, which: _Which, total: Tally, is_done: NDArray[np.bool_]) -> Tally:
        """Return a tally whose queries that are not done have all their pairs undecided."""
        n, m = len(self.queries), len(self.documents)
        for name, values in vars(total).items():
            none = np.inf if which == "matches" else -np.inf
            values[~is_done] = {"extreme_score": none, "extreme_document": -1}.get(name, 0)
        step = max(1, min(_ROWS, self._numbering.most_rows(self.settings.memory)))
        for start in range(0, n, step):
            at = slice(start, min(start + step, n))
            matches = np.diff(self._numbering.matches(start, at.stop)[0])
            left = np.where(is_done[at], 0, matches if which == "matches" else m - matches)
            total.n_undecided[at] += left
            self.n_unchecked += int(left.sum())
        return total

    def _parts(
        self,
        which: _Which,
        level: Level,
        report: Callable[[int], None],
        floors: Callable[[], Values | None] | None,
    ) -> Iterator[BlockTally]:
        """Yield the results of all blocks: those that the log knows, then the others."""
        n, m = len(self.queries), len(self.documents)
        if floors is not None:
            level = replace(level, floor=floors())
        executor, numbering, log = self.settings.executor, self._numbering, self.settings.log
        queries, level = numbering.rows(self.queries), numbering.level(level)
        bounds = Bounds(
            numbering.rows(self.bounds.filter),
            numbering.rows(self.bounds.score),
            self.settings.exact,
        )
        kernel, packed = (
            self._as_it_is() if which == "matches" else self._as_filtered(queries, level, bounds)
        )
        memory = self.settings.memory // executor.n_workers
        step = kernel.block_rows(m, self.queries.shape[1], memory)
        step = max(1, min(step, numbering.most_rows(memory)))
        function = KernelPass(kernel, which, queries, packed, m, numbering.matches)
        known, left = log.begin(which, blocks_of(n, step, level, bounds))
        done = 0
        for part in known:
            yield part
            done += part.n_queries
        report(done)
        for part in executor.map(function, left):
            log.add(part)
            yield part
            done += part.n_queries
            report(done)

    def _as_it_is(self) -> tuple[Kernel, Any]:
        kernel = self.settings.kernel
        if self._packed is None:
            self._packed = kernel.pack(self._numbering.rows(self.documents), self.work)
        return kernel, self._packed

    def _as_filtered(
        self, queries: NDArray[Any], level: Level, bounds: Bounds
    ) -> tuple[Kernel, Any]:
        """Return the kernel, filtered if that pays in a sample, and its packed documents."""
        if not self._has_chosen:
            self._has_chosen = True
            at = _sample(len(queries))
            rows = [self._numbering.matches(int(i), int(i) + 1)[1] for i in at]
            starts = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
            trial = Trial(
                documents=self._numbering.rows(self.documents),
                work=self.work,
                n_pairs=len(queries) * len(self.documents),
                rows=Rows(queries[at], starts, np.concatenate(rows)),
                level=level.part(at),
                bounds=Bounds(bounds.filter[at], bounds.score[at], bounds.exact),
            )
            self._filtered = choose_filter(self.settings.filter, self.settings.kernel, trial)
            if self._filtered is not None:
                self._packed = None  # matches come first; a second round of them packs again
        return self._filtered or self._as_it_is()


def _sample(n: int) -> NDArray[np.intp]:
    """Return numbers of queries, in runs: filters share work between neighbors."""
    run = 16
    starts = np.linspace(0, max(0, n - run), min(_SAMPLE // run, -(-n // run))).astype(np.intp)
    return np.unique((starts[:, None] + np.arange(min(run, n))).ravel())
