"""Margin descent over all pairs in dense blocks, with torch: for a GPU, and for comparison.

Queries are dealt into groups along the depth-first order of what they match. A visit to a group
lets its queries descend several times, then all documents once. Every step sees all pairs of its
queries, so nothing has to be guessed about which pairs are hard; the price is the time of all
scores, which a GPU has. The temperature rises and the rate falls over the run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hrgeom.core import Notion, Relevance
from hrgeom.descent._dense_rows import Extremes, Rows, State
from hrgeom.descent._result import Descent, Moment, rank
from hrgeom.descent._torch import torch
from hrgeom.errors import ConstructionError

__all__ = ["DEVICE_TILE_BYTES", "HOST_TILE_BYTES", "descend_dense"]

DEVICE_TILE_BYTES = 2**28
"""Bytes of a tile of scores on a GPU."""
HOST_TILE_BYTES = 2**24
"""Bytes of a tile of scores on the CPU, which has them in its cache in part."""

_LAST_RATE = 0.003  # of the first
_COARSE_UNTIL = 0.6  # of the run, on GPUs: products in TF32
_EVALUATIONS = 20


def descend_dense(
    relevance: Relevance,
    *,
    dim: int,
    notion: Notion = "global",
    seed: int = 0,
    effort: float = 1.0,
    minutes: float | None = None,
    start: Rows | None = None,
    device: str = "cuda",
    report: Callable[[str], None] | None = None,
) -> Descent:
    """Return unit rows of large margin, found by descent over all pairs on a device of torch.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    dim : int
        Dimension of the rows, positive.
    notion : {"global", "row"}
        One threshold for all queries, or one for each.
    seed : int
        Seed of the first rows and of the order of groups. The result is the same for the same
        seed, machine, version of torch and number of threads, unless `minutes` cuts it short.
    effort : float
        Factor on the number of epochs, positive.
    minutes : float, optional
        Most minutes of wall time; the schedule is compressed to end in time.
    start : Descent or DualEmbedding, optional
        Rows to begin with, of this dimension; the schedule then begins late, so that it keeps
        their arrangement. Default: random documents, and queries that are the mean of their
        matches.
    device : str
        A device of torch, such as "cuda", "cuda:1" or "cpu".
    report : callable, optional
        Called with a line of text some twenty times.

    Returns
    -------
    descent : Descent
        The best state among those evaluated; its margin is observed in float32, not certified.
        A KeyboardInterrupt ends the run and returns the best so far.

    Raises
    ------
    ConstructionError
        If an option is out of range, torch has no such device, or is not installed.
    ShapeError
        If `start` does not fit.

    Notes
    -----
    Scores are computed in tiles of at most `DEVICE_TILE_BYTES`, or `HOST_TILE_BYTES` on the CPU.
    The rest of the memory is five arrays of the size of the rows, 24 bytes per matching pair, and
    a few arrays of the size of a tile, or of the documents that one query matches.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> found = descend_dense(perfect_tree(2, 4).relevance, dim=8, device="cpu", effort=0.3)
    >>> found.queries.shape, found.rows_wrong, bool(found.margin > 0.15)
    ((15, 8), 0, True)
    """
    _check(dim, effort, minutes)
    schedule = _Schedule.of(relevance, dim, effort, minutes, warm=start is not None)
    state = State(
        relevance,
        dim,
        notion=notion,
        seed=seed,
        start=start,
        device=_checked_device(device),
        tile_bytes=HOST_TILE_BYTES if device == "cpu" else DEVICE_TILE_BYTES,
    )
    best = _Best(state, schedule, report or (lambda line: None))
    _run(state, schedule, best)
    return best.descent()


def _check(dim: int, effort: float, minutes: float | None) -> None:
    if dim < 1:
        raise ConstructionError(f"dim must be positive: got {dim}")
    if not 0 < effort < math.inf:
        raise ConstructionError(f"effort must be a positive number: got {effort}")
    if minutes is not None and not minutes > 0:
        raise ConstructionError(f"minutes must be positive: got {minutes}")


def _checked_device(device: str) -> str:
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # an assertion where torch has no CUDA
        reason = str(error).partition("\n")[0]
        raise ConstructionError(f"torch must have the device {device!r}: {reason}") from None
    return device


def _run(state: State, schedule: _Schedule, best: _Best) -> None:
    """Run the schedule and evaluate now and then, at the start and at the end."""
    try:
        for epoch in range(schedule.epochs):
            done = schedule.done(epoch)
            if done >= 1:
                break
            if epoch % schedule.every == 0:
                best.offer(done)
            with _products(state.device, coarse=done < _COARSE_UNTIL):
                state.epoch(schedule.temperature(done), schedule.rate(done))
            best.epochs = epoch + 1
        done = 1.0
    except KeyboardInterrupt:
        best.is_interrupted = True
        best.tell(f"interrupted in epoch {best.epochs + 1} of {schedule.epochs}")
    best.offer(done)


@contextmanager
def _products(device: str, *, coarse: bool) -> Iterator[None]:
    """Let products of float32 on a GPU be in TF32, or not, and put the setting back."""
    if not device.startswith("cuda"):
        yield
        return
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if coarse else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


@dataclass(frozen=True)
class _Schedule:
    """Temperature and rate over a run, of which `done` is the share from 0 to 1."""

    epochs: int
    first_rate: float
    temperatures: tuple[float, float]
    seconds: float
    started: float
    cpu_started: float

    @classmethod
    def of(
        cls, relevance: Relevance, dim: int, effort: float, minutes: float | None, *, warm: bool
    ) -> _Schedule:
        """Return the schedule of a relevance: small ones have epochs to spare."""
        n = max(relevance.n_queries, relevance.n_documents)
        epochs = max(1, round(effort * (120 + 280 * min(1.0, 4000 / n))))
        # What few dimensions can part is closer together.
        first, rate = (20.0, 0.05) if dim >= 32 else (15.0, 0.025)
        last = min(600.0, max(200.0, 250 * math.sqrt(32 / dim)))
        if warm:  # rows that have their places are not to melt
            first, rate = last / 4, rate / 3
        seconds = math.inf if minutes is None else 60 * minutes
        return cls(epochs, rate, (first, last), seconds, time.perf_counter(), time.process_time())

    @property
    def every(self) -> int:
        """Epochs from one evaluation to the next."""
        return max(1, self.epochs // _EVALUATIONS)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def cpu_elapsed(self) -> float:
        """Processor time since the start."""
        return time.process_time() - self.cpu_started

    def done(self, epoch: int) -> float:
        """Return the share of the run that is over before an epoch."""
        return max(epoch / self.epochs, self.elapsed / self.seconds)

    def temperature(self, done: float) -> float:
        """Return the temperature, which rises geometrically."""
        first, last = self.temperatures
        return first * math.exp(done * math.log(last / first))

    def rate(self, done: float) -> float:
        """Return the rate, which falls as a cosine."""
        return self.first_rate * ((1 + math.cos(math.pi * done)) / 2 + _LAST_RATE)


class _Best:
    """Best state evaluated so far, and the history of all."""

    def __init__(self, state: State, schedule: _Schedule, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.epochs = 0
        self._state, self._schedule = state, schedule
        self._history: list[Moment] = []
        self.is_interrupted = False
        self._found: Extremes | None = None
        self._key: tuple[float, int, float]

    def offer(self, done: float) -> None:
        """Evaluate the state, and keep it if it is better than those before."""
        with _products(self._state.device, coarse=False):
            found = self._state.extremes()
        margin = found.margin(self._state.notion)
        key = rank(margin, found.rows_wrong)
        if self._found is None or key > self._key:
            self._found, self._key, self._rows = found, key, self._state.rows()
        self._note(found, margin, done)

    def _note(self, found: Extremes, margin: float, done: float) -> None:
        elapsed = self._schedule.elapsed
        self._history.append(
            Moment(
                self.epochs,
                elapsed,
                self._schedule.cpu_elapsed,
                self._schedule.temperature(done),
                margin,
                found.rows_wrong,
            )
        )
        left = f", {elapsed * (1 / done - 1):.0f} s left" if 0 < done < 1 else ""
        self.tell(
            f"epoch {self.epochs} of {self._schedule.epochs}: margin {margin:+.4f} (observed), "
            f"{found.rows_wrong:,} rows wrong{left}"
        )

    def descent(self) -> Descent:
        """Return the best state as a result."""
        if self._found is None:
            raise RuntimeError("a state must be evaluated before it is a result")
        queries, documents = self._rows
        return Descent(
            queries=queries,
            documents=documents,
            threshold=self._found.threshold if self._state.notion == "global" else None,
            margin=self._found.margin(self._state.notion),
            rows_wrong=self._found.rows_wrong,
            epochs=self.epochs,
            sweeps=self.epochs,
            seconds=self._schedule.elapsed,
            cpu_seconds=self._schedule.cpu_elapsed,
            is_interrupted=self.is_interrupted,
            notion=self._state.notion,
            history=tuple(self._history),
        )
