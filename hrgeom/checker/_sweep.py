"""The sweep over all pairs: matches through the relevance's rows, then all other documents.

Queries are cut into blocks; an executor runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._blocks import KernelPass, blocks_of
from hrgeom.checker._numbering import numbering_of
from hrgeom.checker._working_type import working_type
from hrgeom.checker.executors import Executor
from hrgeom.checker.filters import Trial, choose_filter
from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally
from hrgeom.core import Notion, Relevance

__all__ = ["Outcome", "Progress", "Settings", "Sweep", "check_all_pairs"]


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
    """How to run: kernel and executor, bytes, exact arithmetic or not, filter (None: by sample)."""

    kernel: Kernel
    executor: Executor
    memory: int
    exact: bool
    progress: Progress
    filter: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What both passes found: the threshold that was used, and the tallies."""

    notion: Notion
    threshold: float | None
    worst: Tally
    best: Tally


_SAMPLE = 192  # queries


class Sweep:
    """Two arrays of vectors, and the passes over all their pairs.

    Attributes
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
    relevance : Relevance
    settings : Settings
    work : dtype
        The type in which the kernel scores at first.
    bounds : RoundingBounds
        Of that type.
    """

    def __init__(
        self,
        queries: NDArray[Any],
        documents: NDArray[Any],
        relevance: Relevance,
        settings: Settings,
    ) -> None:
        self.queries, self.documents = queries, documents
        self.relevance = relevance
        self.settings = settings
        self.work, self.bounds = working_type(queries, documents, relevance)
        self._packed: Any = None  # by the kernel as it is, for matches
        self._filtered: tuple[Kernel, Any] | None = None  # by the filter that pays, for sweeps
        self._has_chosen = False
        self._numbering = numbering_of(relevance)

    def with_vectors(self, queries: NDArray[Any], documents: NDArray[Any]) -> Sweep:
        """Return the sweep over other vectors; the packed documents of this one are let go."""
        self._packed, self._filtered, self._has_chosen = None, None, False
        return Sweep(queries, documents, self.relevance, self.settings)

    def worst_matches(self, level: Level) -> Tally:
        """Return the worst match of every query, and matches that do not exceed the level."""
        return self._run("matches", level)

    def best_others(self, level: Level) -> Tally:
        """Return the best non-match of every query, and non-matches that reach the level."""
        return self._run("sweep", level, self.settings.progress.of_sweep(len(self.queries)))

    def extremes(self) -> tuple[Tally, Tally]:
        """Return the worst match and the best non-match of every query, against no level."""
        worst = self.worst_matches(self.constant_level(-np.inf))
        return worst, self.best_others(self.constant_level(np.inf))

    def constant_level(self, value: float, *, ranking: bool = False) -> Level:
        """Return one number as level of all queries; ranking asks for the exact worst match."""
        n = len(self.queries)
        return Level(np.full(n, value), np.full(n, 0 if ranking else -1, dtype=np.int32))

    def _run(
        self,
        which: Literal["matches", "sweep"],
        level: Level,
        report: Callable[[int], None] = lambda done: None,
    ) -> Tally:
        """Run a pass block by block and put the tallies together."""
        n, m = len(self.queries), len(self.documents)
        executor, numbering = self.settings.executor, self._numbering
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
        total, done = Tally.empty(n), 0
        for part in executor.map(function, blocks_of(n, step, level, bounds)):
            total.put(part.start, part.tally)
            done += part.n_queries
            report(done)
        return numbering.tally(total)

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
                level=Level(level.value[at], level.document[at]),
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


def check_all_pairs(sweep: Sweep, notion: Notion, threshold: float | None) -> Outcome:
    """Return what both sweep find for a notion; global without a threshold: the best there is."""
    if notion == "row":
        worst = sweep.worst_matches(sweep.constant_level(0.0, ranking=True))
        level = Level(worst.extreme_score, worst.extreme_document)
        return Outcome("row", None, worst, sweep.best_others(level))
    if threshold is None:
        return _with_best_threshold(sweep)
    level = sweep.constant_level(threshold)
    return Outcome("global", threshold, sweep.worst_matches(level), sweep.best_others(level))


def _with_best_threshold(sweep: Sweep) -> Outcome:
    """Take the middle between the worst match and the best non-match of all queries.

    Passes against no level find both. Where the middle separates them by more than rounding,
    they already show that no pair violates; otherwise both passes run again and count.
    """
    worst, best = sweep.extremes()
    low, high = float(worst.extreme_score.min()), float(best.extreme_score.max())
    if np.isinf(low) or np.isinf(high):  # nothing matches, or everything does
        middle = high + 1.0 if np.isinf(low) else low - 1.0
    else:
        middle = low / 2 + high / 2
    bound = sweep.bounds.score
    if np.all(worst.extreme_score - middle > bound) and np.all(middle - best.extreme_score > bound):
        return Outcome("global", middle, worst, best)
    return check_all_pairs(sweep, "global", middle)
