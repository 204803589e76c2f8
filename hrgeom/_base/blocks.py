"""Blocked scoring: queries times documents, a bounded number of bytes at a time.

Everything that looks at float scores of all documents is a *reduction*: it is fed blocks of
scores and keeps what it needs. One pass feeds any number of reductions::

    score_blocks(queries, documents, numbers)  --ScoreBlock-->  Reduction.add, Reduction.add, ...

The certificate does not come from here: `hrgeom.checker` scores through a kernel, with bounds.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLOCK_BYTES",
    "Reduction",
    "ScoreBlock",
    "block_ranges",
    "default_threads",
    "reduce_blocks",
    "score_blocks",
]

BLOCK_BYTES = 2**26
"""Bytes of a block of scores, unless a single row takes more."""


@dataclass(frozen=True, eq=False)
class ScoreBlock:
    """The scores of some queries against all documents.

    Attributes
    ----------
    numbers : ndarray of int64, shape (k,)
        Which queries, by number.
    scores : ndarray of float32 or float64, shape (k, m)
        Row i belongs to query `numbers[i]`. Reductions fed by one pass share it: it is read,
        never written.
    """

    numbers: NDArray[np.int64]
    scores: NDArray[Any]

    def rows(self) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield each query's number with its scores."""
        yield from zip(self.numbers.tolist(), self.scores, strict=True)


class Reduction(Protocol):
    """What keeps some quantity of the scores and lets the scores go."""

    def add(self, block: ScoreBlock, /) -> None:
        """Take in one block; every query comes at most once."""
        ...


def default_threads() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def block_ranges(
    n_rows: int, row_bytes: int, *, block_bytes: int = BLOCK_BYTES, least_rows: int = 1
) -> Iterator[slice]:
    """Yield ranges that cover `n_rows` rows in order, as many rows each as `block_bytes` hold.

    Parameters
    ----------
    n_rows : int
        Rows in all.
    row_bytes : int
        Bytes that one row takes.
    block_bytes : int
        Bytes that a block may take.
    least_rows : int
        Rows of a block even where they take more.

    Examples
    --------
    >>> [(at.start, at.stop) for at in block_ranges(5, 8, block_bytes=16)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(least_rows, block_bytes // max(1, row_bytes))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))


def score_blocks(
    queries: NDArray[Any],
    documents: NDArray[Any],
    numbers: NDArray[np.int64] | None = None,
    *,
    block_bytes: int = BLOCK_BYTES,
    least_rows: int = 1,
    reuse: bool = False,
) -> Iterator[ScoreBlock]:
    """Yield the scores of queries against all documents, block by block.

    Parameters
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Of one type.
    numbers : ndarray of int64, shape (k,), optional
        Which queries, in this order. Default: all.
    block_bytes, least_rows : int
        As in `block_ranges`.
    reuse : bool
        Write every block over the one before, which saves the system the work of finding pages;
        such scores belong to whoever takes them, and may be written.

    Yields
    ------
    block : ScoreBlock
        Nothing here holds on to it: dropping the block frees its scores.
    """
    m = len(documents)
    chosen = np.arange(len(queries), dtype=np.int64) if numbers is None else numbers
    room: NDArray[Any] | None = None
    for at in block_ranges(
        len(chosen), m * queries.itemsize, block_bytes=block_bytes, least_rows=least_rows
    ):
        block = chosen[at]
        rows = queries[at] if numbers is None else queries[block]
        if reuse and room is None:
            room = np.empty((len(block), m), dtype=queries.dtype)
        out = None if room is None else room[: len(block)]
        yield ScoreBlock(block, np.matmul(rows, documents.T, out=out))


def reduce_blocks(blocks: Iterable[ScoreBlock], *reductions: Reduction) -> None:
    """Feed every block to every reduction, in order."""
    for block in blocks:
        for reduction in reductions:
            reduction.add(block)
