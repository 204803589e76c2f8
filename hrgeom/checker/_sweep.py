"""The two passes over all pairs: matches through the relevance's rows, then all documents.

Queries are cut into blocks for threads; kernels release the GIL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._rounding import RoundingBounds, overflows_float32, rounding_bounds
from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally
from hrgeom.core import Notion, Relevance

__all__ = ["Outcome", "Passes", "Progress", "Settings", "check_all_pairs"]


_SAMPLED_QUERIES = 16
# A second look at a document costs as much as the sweep over about a hundred of them.
_NEAR_TIES = 0.01


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
    """How to run: `certify` says what each means."""

    kernel: Kernel
    threads: int
    memory: int
    exact: bool
    progress: Progress


@dataclass(frozen=True)
class Outcome:
    """What the passes found: the threshold that was used, and both tallies."""

    notion: Notion
    threshold: float | None
    worst: Tally
    best: Tally


class Passes:
    """Arrays, the type a kernel scores them in at first, their bounds, the passes over them."""

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
        self.work: np.dtype[Any] = queries.dtype
        if self.work == np.float32 and overflows_float32(queries, documents):
            self.work = np.dtype(np.float64)
        self.bounds: RoundingBounds = rounding_bounds(queries, documents, self.work)
        if self.work == np.float32 and self._has_many_near_ties():
            self.work = np.dtype(np.float64)
            self.bounds = rounding_bounds(queries, documents, self.work)
        self._packed: NDArray[Any] | None = None

    def on(self, queries: NDArray[Any], documents: NDArray[Any]) -> Passes:
        """Return the passes over other vectors; the packed documents of these are let go."""
        self._packed = None
        return Passes(queries, documents, self.relevance, self.settings)

    def _has_many_near_ties(self) -> bool:
        """Return whether float32 leaves so many rivals of the best non-match that it costs time.

        Each is scored once more, by one long walk through memory; a sweep in float64, twice the
        work, has hardly any. A sample of the queries tells, by scores that only estimate.
        """
        n, m = len(self.queries), len(self.documents)
        sample = np.unique(np.linspace(0, n - 1, min(n, _SAMPLED_QUERIES)).astype(np.int64))
        n_near = 0
        # Flags mean nothing here: scores may overflow, and BLAS computes in lanes it throws away.
        with np.errstate(over="ignore", invalid="ignore"):
            for i in sample.tolist():
                scores = self.documents @ self.queries[i]
                scores[self.relevance.matches(i)] = -np.inf
                n_near += int(np.count_nonzero(scores > scores.max() - self.bounds.filter[i])) - 1
        return n_near > len(sample) * m * _NEAR_TIES

    def matches(self, level: Level) -> Tally:
        """Return the worst match of every query, and matches that do not exceed the level."""
        return self._pass(self.settings.kernel.matches, level)

    def sweep(self, level: Level) -> Tally:
        """Return the best non-match of every query, and non-matches that reach the level."""
        report = self.settings.progress.of_sweep(len(self.queries))
        return self._pass(self.settings.kernel.sweep, level, report)

    def extremes(self) -> tuple[Tally, Tally]:
        """Return the worst match and the best non-match of every query, against no level."""
        return self.matches(self.level(-np.inf)), self.sweep(self.level(np.inf))

    def level(self, value: float, *, ranking: bool = False) -> Level:
        """Return one number as level of all queries; ranking asks for the exact worst match."""
        n = len(self.queries)
        return Level(np.full(n, value), np.full(n, 0 if ranking else -1, dtype=np.int32))

    def _pass(
        self,
        function: Callable[..., Tally],
        level: Level,
        report: Callable[[int], None] = lambda done: None,
    ) -> Tally:
        n, m = len(self.queries), len(self.documents)
        kernel, threads = self.settings.kernel, self.settings.threads
        step = kernel.block_rows(m, self.queries.shape[1], self.settings.memory // threads)
        if self._packed is None:
            self._packed = kernel.pack(self.documents, self.work)
        packed = self._packed
        indptr, indices = self.relevance.indptr, self.relevance.indices

        def block(start: int) -> tuple[slice, Tally]:
            at = slice(start, min(start + step, n))
            rows = Rows(
                self.queries[at],
                indptr[start : at.stop + 1] - indptr[start],
                indices[indptr[start] : indptr[at.stop]],
            )
            tally = function(
                packed,
                m,
                rows,
                Level(level.value[at], level.document[at]),
                Bounds(self.bounds.filter[at], self.bounds.score[at], self.settings.exact),
            )
            return at, tally

        total = Tally.empty(n)
        for at, tally in _in_threads(block, range(0, n, step), threads):
            for name in Tally.__dataclass_fields__:
                getattr(total, name)[at] = getattr(tally, name)
            report(at.stop)
        return total


def check_all_pairs(passes: Passes, notion: Notion, threshold: float | None) -> Outcome:
    """Return what both passes find for a notion; global without a threshold: the best there is."""
    if notion == "row":
        worst = passes.matches(passes.level(0.0, ranking=True))
        level = Level(worst.extreme_score, worst.extreme_document)
        return Outcome("row", None, worst, passes.sweep(level))
    if threshold is None:
        return _with_best_threshold(passes)
    level = passes.level(threshold)
    return Outcome("global", threshold, passes.matches(level), passes.sweep(level))


def _with_best_threshold(passes: Passes) -> Outcome:
    """Take the middle between the worst match and the best non-match of all queries.

    A first look against no level finds both. Where the middle separates them by more than
    rounding, that look already shows that no pair violates; otherwise a second one counts.
    """
    worst, best = passes.extremes()
    low, high = float(worst.extreme_score.min()), float(best.extreme_score.max())
    if np.isinf(low) or np.isinf(high):  # nothing matches, or everything does
        middle = high + 1.0 if np.isinf(low) else low - 1.0
    else:
        middle = low / 2 + high / 2
    bound = passes.bounds.score
    if np.all(worst.extreme_score - middle > bound) and np.all(middle - best.extreme_score > bound):
        return Outcome("global", middle, worst, best)
    return check_all_pairs(passes, "global", middle)


def _in_threads(
    work: Callable[[int], tuple[slice, Tally]], starts: range, threads: int
) -> Iterator[tuple[slice, Tally]]:
    """Blocks in order. One thread works in this very thread."""
    if threads == 1:
        yield from map(work, starts)
        return
    with ThreadPoolExecutor(threads) as pool:
        try:
            yield from pool.map(work, starts)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
