r"""Margin descent: unit rows from all pairs, certified by whoever asks.

Every query q has the loss

.. math:: \log\Bigl(1 + \sum_{x \in S(q)} e^{T (t + g - \langle q, x\rangle)}\Bigr)
          + \log\Bigl(1 + \sum_{x \notin S(q)} e^{T (\langle q, x\rangle - t + g)}\Bigr),

with a threshold t (one for all queries, or one each), a temperature T that rises, and a margin g
aimed at: what the rows reached last, plus 1/T, once they are all right. Of the second sum only the
hardest non-matches count. A sweep over all pairs in bytes lists them; between sweeps rows move by
steps on those lists alone, queries first, then documents, by Adam on the sphere.

Nothing here is proved or certified: the rows are what a certificate is made for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import default_threads
from hrgeom._native.library import descent_library
from hrgeom.core import Notion, Relevance
from hrgeom.descent._engine import Engine
from hrgeom.descent._native_passes import NativePasses
from hrgeom.descent._numpy_passes import NumpyPasses
from hrgeom.descent._passes import NOTHING_SEEN, ByDocument, Passes, Seen, Visit
from hrgeom.descent._problem import Problem
from hrgeom.descent._result import Descent, Moment, rank
from hrgeom.descent._schedule import Schedule
from hrgeom.descent._state import State, directions
from hrgeom.descent._trapped import Freeing
from hrgeom.errors import ConstructionError, ShapeError

__all__ = ["Start", "available_passes", "descend"]

Start = tuple[NDArray[Any], NDArray[Any]]
"""Queries (n, d) and documents (m, d) to begin at."""

_HISTORY = 24  # moments kept and reported
_NEARLY = 0.01  # share of queries wrong, up to which there are encores
_RESTART = 0.45  # progress at which a descent from given rows begins: past the hot half
_BEYOND = 2.0  # no score of unit rows
_NO_PAIRS: ByDocument = (np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))


def available_passes() -> list[str]:
    """Return what can do the work here, slowest first: "numpy", and kernels of the C library.

    Returns
    -------
    names : list of str
        For `passes` of `descend`.

    Examples
    --------
    >>> available_passes()[0]
    'numpy'
    """
    library = descent_library()
    return ["numpy", *(library.kernels() if library is not None else [])]


def descend(
    relevance: Relevance,
    *,
    dim: int,
    notion: Notion = "global",
    seed: int = 0,
    effort: float = 1.0,
    minutes: float | None = None,
    start: Start | None = None,
    threads: int | None = None,
    report: Callable[[str], None] | None = None,
    schedule: Schedule | None = None,
    finale: bool = True,
    passes: str | None = None,
) -> Descent:
    """Return unit rows with a large margin for a relevance, found by descent over all pairs.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int
        Dimension d, at least 1.
    notion : {"global", "row"}
        One threshold for all queries, or a ranking with S(q) on top for every query.
    seed : int
        Of the rows at the start, the groups of queries and whatever is sampled. The same seed
        gives the same rows on the same kind of processor, whatever the number of threads, unless
        `minutes` is given.
    effort : float
        Scales the number of epochs.
    minutes : float, optional
        Wall-clock time to take, instead of a number of epochs.
    start : tuple of array_like, shapes (n, d) and (m, d), optional
        Rows to begin at, of any length; those of length 0 are drawn at random. Divided by their
        lengths they are the result if nothing better is found. Default: documents at random, and
        every query in the middle of its matches.
    threads : int, optional
        Default: the processors this process may use.
    report : callable, optional
        Called with a line of text now and then.
    schedule : Schedule, optional
        Default: by size and dimension, scaled by `effort`.
    finale : bool
        Whether the default schedule may end with a finale, in few dimensions. It widens the
        narrowest margins at the cost of all others: not for rows that will be rounded to few bits.
    passes : str, optional
        What does the work, of `available_passes`. Default: the fastest here.

    Returns
    -------
    descent : Descent
        The rows, with the margin observed. An interrupt (Ctrl-C) ends the descent early, with the
        rows as they stand.

    Raises
    ------
    ConstructionError
        If a number is out of range, rows to begin at are not finite, or there are no such passes.
    ShapeError
        If the rows to begin at do not fit.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> found = descend(r, dim=3)
    >>> found.rows_wrong, found.margin > 0.2
    (0, True)
    """
    _check(dim, effort, minutes)
    begin = None if start is None else _as_start(start, relevance, dim)
    if schedule is None:
        at = 0.0 if begin is None else _RESTART
        schedule = Schedule.for_relevance(relevance, dim, effort, at, finale)
    rng = np.random.default_rng(seed)
    problem = Problem.of(relevance, notion, schedule.n_groups, rng)
    most = min(schedule.most_listed, problem.n_documents)
    if begin is None:
        state = State.at_random(problem, dim, most, schedule.threshold, rng)
    else:
        queries, documents = begin
        rows = (
            directions(queries[problem.query_order], rng),
            directions(documents[problem.document_order], rng),
        )
        state = State.of(*rows, _threshold_of(problem, *rows), most)
    engine = Engine(problem, state, _passes(passes), threads or default_threads())
    try:
        run = _Run(engine, schedule, rng, minutes, report)
        if begin is None:
            return run.run()
        first = run.as_begun()
        return _better(run.run(), first)
    finally:
        engine.close()


def _better(found: Descent, first: Descent) -> Descent:
    """Return what was found, with the rows it began at where these are better."""
    if rank(found.margin, found.rows_wrong) >= rank(first.margin, first.rows_wrong):
        return found
    return replace(
        found,
        queries=first.queries,
        documents=first.documents,
        threshold=first.threshold,
        margin=first.margin,
        rows_wrong=first.rows_wrong,
        progress=first.progress,
    )


def _check(dim: int, effort: float, minutes: float | None) -> None:
    if dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    if not 0 <= effort < float("inf"):
        raise ConstructionError(f"effort must be a finite number of at least 0: got {effort}")
    if minutes is not None and not 0 < minutes < float("inf"):
        raise ConstructionError(f"minutes must be a finite number above 0: got {minutes}")


def _as_start(start: Start, relevance: Relevance, dim: int) -> Start:
    rows = [np.asarray(side, dtype=np.float32) for side in start]
    wanted = [(relevance.n_queries, dim), (relevance.n_documents, dim)]
    if [side.shape for side in rows] != wanted:
        raise ShapeError(
            f"rows to begin at must have shapes {wanted[0]} and {wanted[1]}: got "
            f"{rows[0].shape} and {rows[1].shape}"
        )
    if not all(np.isfinite(side).all() for side in rows):
        raise ConstructionError("rows to begin at must be finite: got NaN or infinity")
    return rows[0], rows[1]


def _threshold_of(
    problem: Problem, queries: NDArray[Any], documents: NDArray[Any]
) -> float | NDArray[Any]:
    """A threshold to begin at: a little below the matches, which a few steps put right."""
    rows = np.repeat(np.arange(problem.n_queries), problem.n_matches)
    if not len(rows):
        return 0.0
    scores = np.einsum("ij,ij->i", queries[rows], documents[problem.indices])
    if problem.notion == "global":
        return float(np.quantile(scores, 0.01))
    lowest = np.zeros(problem.n_queries, dtype=np.float32)
    some = np.flatnonzero(problem.n_matches)
    lowest[some] = np.minimum.reduceat(scores, problem.indptr[:-1][some])
    return lowest


def _passes(name: str | None) -> Passes:
    names = available_passes()
    if name is None:
        name = names[-1]
    if name not in names:
        raise ConstructionError(f"passes must be one of {', '.join(names)} here: got {name!r}")
    return NumpyPasses() if name == "numpy" else NativePasses(name)


@dataclass
class _Run:
    """One descent: epochs, sweeps when rows have moved far, and what was seen."""

    engine: Engine
    schedule: Schedule
    rng: np.random.Generator
    minutes: float | None
    report: Callable[[str], None] | None
    began: float = field(default_factory=time.monotonic)
    cpu_began: float = field(default_factory=time.process_time)
    epoch: int = 0
    first_epoch: int = 0  # of the schedule that is running; so are the next two
    first_moment: int = 0
    first_second: float = 0.0
    history: list[Moment] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def run(self) -> Descent:
        if not self.engine.problem.has_gap:
            return self._result(NOTHING_SEEN, False)
        found = self._run_schedule()
        whole = self.schedule
        if whole.has_finale and self._is_nearly_right(found):
            found = self._continue(whole.finale(), found)
        for _ in range(whole.n_encores):
            if found.margin > 0 or not self._is_nearly_right(found):
                break
            found = self._continue(whole.encore(), found)
        return found

    def _run_schedule(self) -> Descent:
        interrupted = False
        try:
            self._epochs()
        except KeyboardInterrupt:
            interrupted = True
            self._say("interrupted: the rows as they stand")
        return self._result(self._last_look(), interrupted)

    def _is_nearly_right(self, found: Descent) -> bool:
        """Whether so few rows are wrong that hotter epochs may put them right."""
        if self.minutes is not None or found.is_interrupted:
            return False
        return found.rows_wrong <= _NEARLY * self.engine.problem.n_queries

    def _continue(self, schedule: Schedule, found: Descent) -> Descent:
        """Run a schedule from the rows as they stand, at rest, and return the better rows."""
        worst = f"{found.rows_wrong} rows that are wrong" if found.rows_wrong else "narrowest rows"
        self._say(f"{schedule.epochs} epochs more for the {worst}")
        self.engine.state.rest()
        self.schedule, self.first_epoch = schedule, self.epoch
        self.first_moment, self.first_second = len(self.history), self.seconds
        return _better(self._run_schedule(), found)

    def as_begun(self) -> Descent:
        """Return the rows to begin at, with what they have over all pairs."""
        seen = self._last_look() if self.engine.problem.has_gap else NOTHING_SEEN
        return self._result(seen, False)

    def _epochs(self) -> None:
        schedule, engine = self.schedule, self.engine
        moved, goal, n_visits = np.inf, 0.0, 0
        n_groups = len(engine.problem.groups) - 1
        freeing, to_come = Freeing(engine.problem), schedule.frees_at
        while (progress := self._progress()) < 1:
            T = schedule.temperature(progress)
            rate = schedule.rate(progress, n_visits)
            if moved >= schedule.drift:
                engine.sweep(schedule.reach / T)
                moved = 0.0
                if to_come and progress >= to_come[0] and not self._is_by_row(progress):
                    engine.look(T)
                    freeing.free(engine.state, T)
                    to_come = tuple(at for at in to_come if at > progress)
            visit = self._visit(T, rate, goal, progress)
            groups = self.rng.permutation(n_groups).tolist()
            seen = engine.epoch(visit, groups, schedule.threshold_ratio * rate)
            n_visits += n_groups
            moved += rate * T
            self.epoch += 1
            margin = self._margin(seen)
            goal = max(0.0, margin + 1 / T)
            self._note(progress, T, margin, seen.n_wrong)

    def _progress(self) -> float:
        """From 0 to 1, by epochs or by time."""
        if self.minutes is None:
            done = (self.epoch - self.first_epoch) / self.schedule.epochs
        else:
            done = self.seconds / (60 * self.minutes)
        return self.schedule.start + (1 - self.schedule.start) * done

    def _visit(self, T: float, rate: float, goal: float, progress: float) -> Visit:
        schedule, problem = self.schedule, self.engine.problem
        n_samples = 0
        if progress < schedule.sampled_until:
            n_samples = min(schedule.n_samples, problem.n_documents)
        shifts = self.rng.choice(problem.n_documents, n_samples, replace=False)
        unlisted = problem.n_documents - self.engine.state.listed.shape[1]
        return Visit(
            (0, 0),
            _NO_PAIRS,
            _NO_PAIRS,
            temperature=T,
            goal=goal,
            query_rate=schedule.query_ratio * rate,
            document_rate=rate,
            momentum=schedule.momentum,
            damping=schedule.damping * T,
            is_by_row=self._is_by_row(progress),
            n_query_steps=schedule.n_query_steps,
            shifts=np.sort(shifts).astype(np.int32),
            sample_weight=unlisted / max(1, n_samples),
        )

    def _is_by_row(self, progress: float) -> bool:
        return self.engine.problem.notion == "row" and progress >= self.schedule.by_row_from

    def _margin(self, seen: Seen) -> float:
        if self.engine.problem.notion == "row":
            return seen.lowest_gap / 2
        return (seen.lowest - seen.highest) / 2

    def _note(self, progress: float, T: float, margin: float, n_wrong: int) -> None:
        """Keep, and report, about as many moments as there is room for."""
        if len(self.history) - self.first_moment > progress * _HISTORY:
            return
        seconds, cpu = self.seconds, time.process_time() - self.cpu_began
        self.history.append(Moment(self.epoch, seconds, cpu, T, margin, n_wrong))
        share = (progress - self.schedule.start) / (1 - self.schedule.start)
        taken = seconds - self.first_second
        left = f", {taken / share - taken:.0f} s left" if share > 0.05 else ""
        self._say(f"epoch {self.epoch}: margin {margin:+.4f}, {n_wrong:,} rows wrong{left}")

    def _say(self, line: str) -> None:
        if self.report is not None:
            self.report(line)

    def _last_look(self) -> Seen:
        T = self.schedule.temperature(min(1.0, self._progress()))
        self.engine.sweep(self.schedule.reach / T)
        return self.engine.look(T)

    def _result(self, seen: Seen, interrupted: bool) -> Descent:
        problem, state = self.engine.problem, self.engine.state
        queries = np.empty((problem.n_queries, state.dim), dtype=np.float32)
        documents = np.empty((problem.n_documents, state.dim), dtype=np.float32)
        queries[problem.query_order] = state.queries.rows[:, : state.dim]
        documents[problem.document_order] = state.documents.rows[:, : state.dim]
        threshold: float | None = None
        if problem.notion == "global":
            threshold = (seen.lowest + seen.highest) / 2
            if not problem.has_gap:  # beyond every score, on the side where all belong
                threshold = -_BEYOND if len(problem.indices) else _BEYOND
        return Descent(
            queries,
            documents,
            threshold,
            self._margin(seen),
            seen.n_wrong,
            self.epoch,
            self.engine.n_sweeps,
            self.seconds,
            time.process_time() - self.cpu_began,
            interrupted,
            problem.notion,
            tuple(self.history),
            1.0 if self.first_epoch or not interrupted else self._progress(),
        )
