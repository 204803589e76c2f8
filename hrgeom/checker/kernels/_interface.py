"""What a kernel takes and returns. The meaning of every field is that of `src/hrg.h`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Rows:
    """A block of queries with its matches: CSR rows, indptr from 0, documents ascending."""

    queries: NDArray[Any]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]


@dataclass(frozen=True)
class Level:
    """What a match must exceed and a non-match stay below, per query.

    `document[i] >= 0` says that the level is that document's exact score, of which
    `value[i]` is the reference score; otherwise it is the number `value[i]` itself.
    """

    value: NDArray[np.float64]
    document: NDArray[np.int32]


@dataclass(frozen=True)
class Bounds:
    """Rounding bounds per query (`hrgeom.checker.rounding_bounds`), and whether to go exact inside
    them."""

    filter: NDArray[np.float64]
    score: NDArray[np.float64]
    exact: bool


@dataclass(frozen=True)
class Tally:
    """One entry per query: the extreme reference score and its document (-1: none), counts."""

    extreme_score: NDArray[np.float64]
    extreme_document: NDArray[np.int32]
    n_violations: NDArray[np.int64]
    n_exact: NDArray[np.int64]
    n_undecided: NDArray[np.int64]

    @staticmethod
    def empty(n: int) -> Tally:
        """Return a tally of n queries with nothing counted."""
        return Tally(
            np.empty(n, dtype=np.float64),
            np.full(n, -1, dtype=np.int32),
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=np.int64),
        )


class Kernel(Protocol):
    """A way to score all pairs. All kernels agree on verdicts and counts."""

    name: str

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> NDArray[Any]:
        """Return the documents in the layout this kernel reads, to be scored in type `work`."""
        ...

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        """Return how many queries to hand over at a time within `memory` bytes."""
        ...

    def matches(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        """Return the worst match per query; counts matches not above a level that is a number."""
        ...

    def sweep(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        """Return the best non-match per query; counts non-matches that reach the level."""
        ...
