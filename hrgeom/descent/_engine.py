"""Epochs and sweeps of a descent, shared among threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import reduce
from itertools import chain
from operator import add
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hrgeom.descent._passes import NOTHING_SEEN, ByDocument, Bytes, Passes, Seen, Visit
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State

__all__ = ["Engine"]

_ROWS_AT_A_TIME = 192  # steps: some hundred microseconds of work
_SWEPT_AT_A_TIME = 96  # queries; a block of the C library
_MOST_TOGETHER = 16  # ranges of rows that one thread is handed at a time
_LEAST_TASKS = 8  # per thread, so that all end at about the same time
_SLACK = 0.02  # by which scores may have moved, or be wrong in bytes
_LOWEST = -(2**31)
_MOST_SWEPT_AGAIN = 0.02

T = TypeVar("T")


class Engine:
    """Runs passes over a problem and its state in a pool of threads.

    Results do not depend on the number of threads: a row is stepped by one thread, and sums over
    queries are taken range by range, in order.
    """

    def __init__(self, problem: Problem, state: State, passes: Passes, threads: int) -> None:
        self.problem = problem
        self.state = state
        self.passes = passes
        self.threads = threads
        self.pool = ThreadPoolExecutor(threads)
        self.listing: list[ByDocument] = []
        self.n_sweeps = 0

    def close(self) -> None:
        """End the threads."""
        self.pool.shutdown(cancel_futures=True)

    def _map(self, function: Callable[[range], T], first: int, last: int, size: int) -> list[T]:
        ranges = [range(i, min(i + size, last)) for i in range(first, last, size)]
        if len(ranges) == 1:
            return [function(ranges[0])]  # threads would take longer to wake than to work
        # A task takes long to hand over next to one range: several go together, in order.
        together = max(1, min(_MOST_TOGETHER, len(ranges) // (_LEAST_TASKS * self.threads)))
        tasks = [ranges[i : i + together] for i in range(0, len(ranges), together)]
        results = self.pool.map(lambda task: [function(rows) for rows in task], tasks)
        return list(chain.from_iterable(results))

    def sweep(self, reach: float) -> None:
        """List the hardest non-matches of every query anew, over all pairs."""
        reach = max(reach, _SLACK)  # nearer than bytes can tell, any may be the hardest
        in_bytes = Bytes.of(self.state)
        cuts = self._cuts(reach, in_bytes.scale)
        whole = int(min(reach * in_bytes.scale, 2**30))
        self._list(in_bytes, cuts, whole)
        self._list_the_empty(in_bytes, cuts, whole)
        groups = self.problem.groups
        self.listing = list(
            self.pool.map(
                lambda g: self.passes.by_document(
                    self.problem, self.state, range(int(groups[g]), int(groups[g + 1]))
                ),
                range(len(groups) - 1),
            )
        )
        self.n_sweeps += 1

    def _list(self, in_bytes: Bytes, cuts: NDArray[np.int32], reach: int) -> None:
        self._map(
            lambda rows: self.passes.list_hardest(
                self.problem, self.state, in_bytes, cuts, reach, rows
            ),
            0,
            self.problem.n_queries,
            _SWEPT_AT_A_TIME,
        )

    def _list_the_empty(self, in_bytes: Bytes, cuts: NDArray[np.int32], reach: int) -> None:
        """Sweep queries again whose others all fell below the cut, so that none is out of sight."""
        problem = self.problem
        has_others = problem.n_matches < problem.n_documents
        empty = np.flatnonzero((self.state.n_listed == 0) & has_others & (cuts > _LOWEST))
        if not len(empty):
            return
        cuts[empty] = _LOWEST
        if len(empty) > _MOST_SWEPT_AGAIN * problem.n_queries:
            self._list(in_bytes, cuts, reach)
            return
        for i in empty.tolist():
            self.passes.list_hardest(problem, self.state, in_bytes, cuts, reach, range(i, i + 1))

    def _cuts(self, reach: float, scale: float) -> NDArray[np.int32]:
        """Integer scores that others must exceed to be listed: lower bounds of what will be kept.

        A listed document is a non-match, so the hardest scores at least what the hardest listed
        one does; where a list is full, as many as it holds score at least its least.
        """
        state = self.state
        with np.errstate(invalid="ignore"):
            cuts = state.highest_other.astype(np.float64) - reach
            full = state.n_listed == state.listed.shape[1]
            cuts = np.where(full, np.maximum(cuts, state.lowest_listed), cuts) - _SLACK
        known = np.isfinite(cuts) & (state.n_listed > 0)
        whole = np.full(len(cuts), _LOWEST, dtype=np.int32)
        whole[known] = np.floor(cuts[known] * scale).clip(-(2**30), 2**30).astype(np.int32)
        return whole

    def epoch(self, visit: Visit, groups: Iterable[int], threshold_rate: float) -> Seen:
        """Visit every group of queries, and all documents after each; return what was seen."""
        problem = self.problem
        seen = NOTHING_SEEN
        for g in groups:
            first, last = int(problem.groups[g]), int(problem.groups[g + 1])
            here = replace(
                visit,
                group=(first, last),
                matching=problem.by_document[g],
                listing=self.listing[g],
            )
            of_group = self._step_queries(here)
            seen = seen + of_group
            if not visit.is_frozen:
                self._map(
                    lambda rows, here=here: self.passes.step_documents(  # type: ignore[misc]
                        problem, self.state, here, rows
                    ),
                    0,
                    problem.n_documents,
                    _ROWS_AT_A_TIME,
                )
                if not visit.is_by_row:
                    self._step_threshold(of_group.slope / (last - first), threshold_rate)
        return seen

    def _step_queries(self, visit: Visit) -> Seen:
        parts = self._map(
            lambda rows: self.passes.step_queries(self.problem, self.state, visit, rows),
            *visit.group,
            _ROWS_AT_A_TIME,
        )
        return reduce(add, parts, NOTHING_SEEN)

    def look(self, temperature: float) -> Seen:
        """Return what the listed pairs show, without a step."""
        empty: ByDocument = (np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))
        visit = Visit((0, 0), empty, empty, temperature, is_frozen=True)
        return self.epoch(visit, range(len(self.problem.groups) - 1), 0.0)

    def _step_threshold(self, slope: float, rate: float) -> None:
        """One step of Adam."""
        state = self.state
        state.threshold_mean = 0.9 * state.threshold_mean + 0.1 * slope
        state.threshold_square = 0.99 * state.threshold_square + 0.01 * slope * slope
        step = rate * state.threshold_mean / (np.sqrt(state.threshold_square) + 1e-12)
        state.thresholds -= np.float32(step)
