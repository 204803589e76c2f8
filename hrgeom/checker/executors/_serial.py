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
    """Runs blocks in the thread of the caller."""

    n_workers: int = 1

    def map(self, function: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """Run a function over blocks, as `Executor.map` says."""
        yield from map(function, blocks)
