"""What a kernel takes and returns, and its entry in the registry.

The meaning of every field is that of `hrgeom/_native/hrg.h`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bounds", "Kernel", "KernelEntry", "Level", "Rows", "Tally"]


@dataclass(frozen=True)
class Rows:
    """A block of queries with its matches.

    Attributes
    ----------
    queries : ndarray of float32 or float64, shape (n, d)
        The vectors of the queries, in the type of the documents.
    indptr : ndarray of int64, shape (n + 1,)
        CSR row starts, from 0.
    indices : ndarray of int32, shape (indptr[n],)
        The matches of every query: document numbers, ascending within a row.
    """

    queries: NDArray[Any]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]


@dataclass(frozen=True)
class Level:
    """What a match must exceed and a non-match must stay below, per query.

    Attributes
    ----------
    value : ndarray of float64, shape (n,)
        The level, or the reference score of the document that sets it.
    document : ndarray of int32, shape (n,)
        A number >= 0 says that the level is that document's exact score, -1 that it is `value`.
    floor : ndarray of float64, shape (n,), optional
        Scores of non-matches up to this are of no interest unless they reach the level: a sweep may
        give any extreme where the best non-match is no better. Default: all are of interest.
    """

    value: NDArray[np.float64]
    document: NDArray[np.int32]
    floor: NDArray[np.float64] | None = None

    def part(self, at: slice | NDArray[np.intp]) -> Level:
        """Return the levels of some of the queries.

        Parameters
        ----------
        at : slice or ndarray of int
            Range of queries, or their numbers.

        Returns
        -------
        level : Level
            Of these queries alone; of a range, its arrays are views, not copies.
        """
        floor = None if self.floor is None else self.floor[at]
        return Level(self.value[at], self.document[at], floor)


@dataclass(frozen=True)
class Bounds:
    """Rounding bounds per query, and what to do within them.

    Attributes
    ----------
    filter, score : ndarray of float64, shape (n,)
        Bounds on rounding errors, as in `hrgeom.checker.RoundingBounds`.
    exact : bool
        Decide pairs within the bound in exact arithmetic; otherwise count them as undecided.
    """

    filter: NDArray[np.float64]
    score: NDArray[np.float64]
    exact: bool

    def part(self, at: slice) -> Bounds:
        """Return the bounds of a range of queries.

        Parameters
        ----------
        at : slice
            Range of queries.

        Returns
        -------
        bounds : Bounds
            Of these queries alone; its arrays are views, not copies.
        """
        return Bounds(self.filter[at], self.score[at], self.exact)


@dataclass(frozen=True)
class Tally:
    """What a pass found, one entry per query.

    Attributes
    ----------
    extreme_score : ndarray of float64, shape (n,)
        Reference score of the worst match (infinite without one) or of the best non-match
        (minus infinity).
    extreme_document : ndarray of int32, shape (n,)
        Its document, -1 without one.
    n_violations, n_exact, n_undecided : ndarray of int64, shape (n,)
        Pairs on the wrong side, comparisons made in exact arithmetic, pairs left open.
    n_by_block, n_by_int8 : ndarray of int64, shape (n,)
        Pairs of a sweep that a bound on a block of documents decided, and pairs that integer
        scores of quantized rows did. Without a filter: none.
    """

    extreme_score: NDArray[np.float64]
    extreme_document: NDArray[np.int32]
    n_violations: NDArray[np.int64]
    n_exact: NDArray[np.int64]
    n_undecided: NDArray[np.int64]
    n_by_block: NDArray[np.int64]
    n_by_int8: NDArray[np.int64]

    @staticmethod
    def empty(n: int) -> Tally:
        """Return a tally with nothing counted.

        Parameters
        ----------
        n : int
            Number of queries.

        Returns
        -------
        tally : Tally
            Extreme scores are yet to be written.
        """
        counts = (np.zeros(n, dtype=np.int64) for _ in range(5))
        return Tally(np.empty(n, dtype=np.float64), np.full(n, -1, dtype=np.int32), *counts)

    def put(self, start: int, part: Tally) -> None:
        """Write the tally of the queries from `start` on into its place.

        Blocks are disjoint ranges of queries, so the order in which their parts come does not
        matter, nor does putting several together first.

        Parameters
        ----------
        start : int
            The query that the first entry of `part` belongs to.
        part : Tally
            Counts of consecutive queries.
        """
        at = slice(start, start + len(part.extreme_score))
        for name, values in vars(self).items():
            values[at] = getattr(part, name)


class Kernel(Protocol):
    """A way to score all pairs.

    All kernels agree on verdicts and counts. A kernel pickles, so that blocks can be checked in
    other processes, and holds no state between calls. `hrgeom.testing.check_kernel` tests all
    that this protocol says.
    """

    @property
    def name(self) -> str:
        """The name that certificates state."""
        ...

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> Any:
        """Return the documents in the layout this kernel reads.

        Parameters
        ----------
        documents : ndarray of float32 or float64, shape (m, d)
            Finite, any strides; not to be written.
        work : dtype
            The type to score them in at first: float32 or float64.

        Returns
        -------
        packed
            Picklable; only the kernel's own passes read it.
        """
        ...

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        """Return how many queries to hand over at a time.

        Parameters
        ----------
        n_documents, dim : int
            Sizes of the problem.
        memory : int
            Bytes that a block of scores may take.

        Returns
        -------
        n_rows : int
            At least one, more with more memory.
        """
        ...

    def matches(
        self, packed: Any, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        """Return the worst match per query; count matches not above a level that is a number.

        Parameters
        ----------
        packed
            The documents, from `pack`.
        n_documents : int
            How many there are.
        rows : Rows
            The queries with their matches.
        level : Level
            Per query. A document as level (any) asks for the exact worst match, and counts
            nothing.
        bounds : Bounds
            Rounding bounds per query.

        Returns
        -------
        tally : Tally
            One entry per query of `rows`: the worst match and the violations among matches.

        Raises
        ------
        IndexError, ValueError
            If a match is not a document.
        """
        ...

    def sweep(
        self, packed: Any, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        """Return the best non-match per query; count non-matches that reach the level.

        Parameters
        ----------
        packed
            The documents, from `pack`.
        n_documents : int
            How many there are.
        rows : Rows
            The queries with their matches.
        level : Level
            Per query: a number, or the exact score of a document.
        bounds : Bounds
            Rounding bounds per query.

        Returns
        -------
        tally : Tally
            One entry per query of `rows`: the best non-match and the violations among non-matches.

        Raises
        ------
        IndexError, ValueError
            If a match is not a document.
        """
        ...


@dataclass(frozen=True)
class KernelEntry:
    """A kernel in the registry; everything that lists kernels is derived from these fields.

    Attributes
    ----------
    name : str
        For `--kernel`, HRGEOM_KERNEL and certificates.
    summary : str
        One line for help and docs.
    rank : int
        Order of speed: the available kernel of the highest rank is the default.
    is_available : callable
        Returns whether this machine can run it.
    make : callable
        Returns the kernel. Called only where it is available.
    wants_threads : bool
        Whether blocks are to be handed to threads: False for a kernel that keeps its device busy
        by itself.
    cpu_flags : tuple of str or None
        Flags of /proc/cpuinfo with which a complete build must have this kernel, empty for every
        processor; None: it may always be missing.
    """

    name: str
    summary: str
    rank: int
    is_available: Callable[[], bool]
    make: Callable[[], Kernel]
    wants_threads: bool = True
    cpu_flags: tuple[str, ...] | None = None
