"""The unit of work: a block of queries, what runs on it, and what comes back.

All three pickle, so blocks can be checked in this thread, in threads, in other processes or on
other machines, and results can be kept on disk. Results of disjoint blocks go into place by
`Tally.put`, in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker.kernels import Bounds, Kernel, Level, Rows, Tally

__all__ = ["Block", "BlockTally", "KernelPass", "StoredRows", "blocks_of"]


@dataclass(frozen=True, eq=False)
class Block:
    """A range of queries, with what their scores are compared with.

    Attributes
    ----------
    start, stop : int
        The queries from `start` to before `stop`.
    level : Level
    bounds : Bounds
        Both of these queries alone.
    """

    start: int
    stop: int
    level: Level
    bounds: Bounds


@dataclass(frozen=True, eq=False)
class BlockTally:
    """What a pass found for one block: the tally of the queries from `start` on."""

    start: int
    tally: Tally

    @property
    def n_queries(self) -> int:
        """Number of queries of the block."""
        return len(self.tally.extreme_score)


@dataclass(frozen=True, eq=False)
class StoredRows:
    """The matches of ranges of queries, cut out of CSR arrays."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]

    def __call__(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the rows of the queries from `start` to before `stop`."""
        entries = slice(self.indptr[start], self.indptr[stop])
        return self.indptr[start : stop + 1] - self.indptr[start], self.indices[entries]


@dataclass(frozen=True, eq=False)
class KernelPass:
    """One pass of a kernel, as a picklable function from blocks to their tallies.

    Attributes
    ----------
    kernel : Kernel
    which : {"matches", "sweep"}
        The pass over the matches of every query, or over all other documents.
    queries : ndarray of float32 or float64, shape (n, d)
        Of all blocks.
    packed
        The documents in the kernel's layout.
    n_documents : int
    rows : callable
        Returns the matches of a range of queries (start, stop), as CSR arrays.
    """

    kernel: Kernel
    which: Literal["matches", "sweep"]
    queries: NDArray[Any]
    packed: Any
    n_documents: int
    rows: Callable[[int, int], tuple[NDArray[np.int64], NDArray[np.int32]]]

    def __call__(self, block: Block) -> BlockTally:
        """Return the tally of one block."""
        start, stop = block.start, block.stop
        rows = Rows(self.queries[start:stop], *self.rows(start, stop))
        run = self.kernel.matches if self.which == "matches" else self.kernel.sweep
        return BlockTally(
            start, run(self.packed, self.n_documents, rows, block.level, block.bounds)
        )


def blocks_of(n_queries: int, step: int, level: Level, bounds: Bounds) -> Iterator[Block]:
    """Yield blocks of `step` queries (the last one may have fewer) that cover all, in order."""
    for start in range(0, n_queries, step):
        at = slice(start, min(start + step, n_queries))
        yield Block(start, at.stop, level.part(at), bounds.part(at))
