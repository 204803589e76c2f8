"""Blocks one after the other, in the thread of the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["SerialExecutor"]

B = TypeVar("B")
R = TypeVar("R")


@dataclass(frozen=True)
class SerialExecutor:
    """Runs blocks in the thread of the caller.

    Attributes
    ----------
    n_workers : int
        How many blocks run at the same time: 1.

    Examples
    --------
    >>> list(SerialExecutor().map(abs, [-1, 2]))
    [1, 2]
    """

    n_workers: int = 1

    def map(self, function: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """Run a function over blocks, each when its result is asked for.

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
        yield from map(function, blocks)
