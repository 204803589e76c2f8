"""Blocks in a pool of threads: C kernels and BLAS release the GIL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hrgeom.checker.executors._interface import Executor
from hrgeom.checker.executors._serial import SerialExecutor

__all__ = ["ThreadsExecutor", "threads_or_serial"]

B = TypeVar("B")
R = TypeVar("R")


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
        with ThreadPoolExecutor(self.n_workers) as pool:
            try:
                yield from pool.map(function, blocks)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def threads_or_serial(n_threads: int, *, wants_threads: bool = True) -> Executor:
    """Return a pool of threads, or the serial executor for one thread.

    Parameters
    ----------
    n_threads : int
        How many threads to use, at least 1.
    wants_threads : bool
        False (of a `KernelEntry`) means one thread, whatever is asked for.

    Returns
    -------
    executor : Executor
        A `SerialExecutor` for one thread, a `ThreadsExecutor` otherwise.

    Examples
    --------
    >>> threads_or_serial(2), threads_or_serial(2, wants_threads=False)
    (ThreadsExecutor(n_workers=2), SerialExecutor(n_workers=1))
    """
    if n_threads == 1 or not wants_threads:
        return SerialExecutor()
    return ThreadsExecutor(n_threads)
