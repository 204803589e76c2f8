"""Blocks in a pool of threads: C kernels and BLAS release the GIL."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hrgeom.checker.executors._interface import Executor
from hrgeom.checker.executors._serial import SerialExecutor

__all__ = ["ThreadsExecutor", "threads_or_serial"]

B = TypeVar("B")
R = TypeVar("R")

_AHEAD = 4  # blocks per thread that are handed over before the first result is taken


@dataclass(frozen=True)
class ThreadsExecutor:
    """Runs blocks in `n_workers` threads, which live as long as one call of `map`.

    Attributes
    ----------
    n_workers : int
        How many blocks run at the same time, at least 1.

    Examples
    --------
    >>> list(ThreadsExecutor(2).map(abs, [-1, 2]))
    [1, 2]
    """

    n_workers: int

    def map(self, function: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """Run a function over blocks; an error cancels those that have not begun.

        Parameters
        ----------
        function : callable
            Takes a block.
        blocks : iterable
            Values to call it with.

        Yields
        ------
        result
            One per block, in their order; an error in one of them ends the run.
        """
        waiting: deque[Future[R]] = deque()
        with ThreadPoolExecutor(self.n_workers) as pool:
            try:
                for block in blocks:
                    waiting.append(pool.submit(function, block))
                    if len(waiting) >= _AHEAD * self.n_workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def threads_or_serial(n_threads: int) -> Executor:
    """Return a pool of threads, or the serial executor for one thread.

    Parameters
    ----------
    n_threads : int
        How many threads to use, at least 1.

    Returns
    -------
    executor : Executor
        A `SerialExecutor` for one thread, a `ThreadsExecutor` otherwise.

    Examples
    --------
    >>> threads_or_serial(2), threads_or_serial(1)
    (ThreadsExecutor(n_workers=2), SerialExecutor(n_workers=1))
    """
    if n_threads == 1:
        return SerialExecutor()
    return ThreadsExecutor(n_threads)
