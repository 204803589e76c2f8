"""What an executor is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

__all__ = ["Executor", "ExecutorEntry"]

B = TypeVar("B")
R = TypeVar("R")


class Executor(Protocol):
    """Runs a function over blocks of work.

    The checker hands over picklable values only: the function is a `KernelPass`, the blocks are
    `Block`, the results `BlockTally`. So an executor is free to use other processes or machines,
    or to keep results and take up a run where it stopped.
    """

    @property
    def n_workers(self) -> int:
        """How many blocks run at the same time; certificates state it as `threads`."""
        ...

    def map(self, function: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """Run a function over blocks.

        Parameters
        ----------
        function : callable
            Takes a block; picklable.
        blocks : iterable
            Picklable values.

        Yields
        ------
        result
            One per block, in their order; an error in one of them ends the run.
        """
        ...


@dataclass(frozen=True)
class ExecutorEntry:
    """An executor in the registry; everything that lists executors is derived from these fields.

    Attributes
    ----------
    name : str
        For `--executor` and `certify(executor=...)`.
    summary : str
        One line for help and docs.
    open : callable
        Takes the number of threads and an address; returns a context in which the executor runs.
    needs_address : bool
        Whether it works elsewhere: it takes an address, and its workers have memory of their own.
    """

    name: str
    summary: str
    open: Callable[[int, str | None], AbstractContextManager[Executor]]
    needs_address: bool = False
