"""Partitions: the ways to split the documents of a relevance into summands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from hrgeom.constructions.covers import block_cover, trie_palettes
from hrgeom.constructions.direct_sum._encoding import Summand
from hrgeom.constructions.direct_sum._tries_and_intervals import TriesAndIntervals
from hrgeom.constructions.direct_sum._weights import QueryLevels
from hrgeom.constructions.direct_sum.encodings import block_summand
from hrgeom.core import Relevance

__all__ = ["Family", "Partition", "Partitions"]

Family = Literal["block-code", "hybrid", "mixed"]
_BLOCKS = (1, 2, 3, 4, 5, 6, 8, 12, 20)  # how many of the lowest blocks `mixed` tries
_TRIE_CLASSES = (0, 1, 2, 3, 4, 6, 8, 12, 20, 30, 50, 1000)  # how many
_PALETTES_ABOVE_BLOCKS = 2  # colorings tried for each of the `mixed` partitions


@dataclass(frozen=True)
class Partition:
    """One way to split the documents; some may match nothing and be in no summand."""

    summands: list[Summand]
    has_empty: bool

    @cached_property
    def levels(self) -> QueryLevels:
        """The combinations of levels that queries have."""
        return QueryLevels(self.summands)

    @cached_property
    def least(self) -> int:
        """The fewest dimensions of all encodings, a shared coordinate included."""
        return 1 + sum(
            min(encoding.dim for encoding in summand.encodings) for summand in self.summands
        )


class Partitions:
    """The partitions of one relevance, each made when it is first asked for.

    Parameters
    ----------
    relevance : Relevance
        Whose documents are split.
    seed, effort : int, float
        Of the searches for colorings and for classes of intervals.
    """

    def __init__(self, relevance: Relevance, seed: int, effort: float) -> None:
        self._relevance = relevance
        self._seed, self._effort = seed, effort
        self._blocks = relevance.cached(block_cover)  # the same for every effort
        self.n_blocks = int(self._blocks.max(initial=-1)) + 1
        self._block_summands: dict[tuple[int, bool], Summand] = {}
        self._above: dict[int, TriesAndIntervals] = {}
        self._partitions: dict[tuple[int, int, int], Partition | None] = {}

    @classmethod
    def of(cls, relevance: Relevance, seed: int, effort: float) -> Partitions:
        """Return the partitions of a relevance, which it keeps."""
        return relevance.cached(cls, seed, effort)

    def of_family(self, family: Family, largest: int) -> Iterator[Partition]:
        """Yield the partitions of a family, for integers up to `largest` (0: for any numbers)."""
        for n_blocks, n_trie_classes in self._shapes(family):
            partition = self.partition(n_blocks, n_trie_classes, largest)
            if partition is not None:
                yield partition

    def _shapes(self, family: Family) -> Iterator[tuple[int, int]]:
        """Yield the numbers of blocks, and of classes above them that are tries."""
        if family != "hybrid":
            yield self.n_blocks, 0
        if family == "block-code" or self.n_blocks == 0:
            return
        n_classes = self._tries_and_intervals(0).n_classes
        for n_trie_classes in sorted({min(i, n_classes) for i in _TRIE_CLASSES}):
            yield 0, n_trie_classes
        if family == "mixed":
            for n_blocks in _BLOCKS:
                if n_blocks < self.n_blocks:
                    yield n_blocks, self._tries_and_intervals(n_blocks).n_classes

    def partition(self, n_blocks: int, n_trie_classes: int, largest: int) -> Partition | None:
        """Return the partition into so many of the lowest blocks, tries above them, and intervals.

        Parameters
        ----------
        n_blocks : int
            The lowest blocks, each a summand.
        n_trie_classes : int
            Laminar classes of the documents above them, each a summand; the documents of the
            others are one summand of intervals.
        largest : int
            For integers up to this; 0: for any numbers.

        Returns
        -------
        partition : Partition or None
            None where intervals cannot be coded in such integers, or there is nothing to split.
        """
        key = (n_blocks, n_trie_classes, largest)
        if key not in self._partitions:
            self._partitions[key] = self._new(*key)
        return self._partitions[key]

    def _new(self, n_blocks: int, n_trie_classes: int, largest: int) -> Partition | None:
        summands = [self._block_summand(i, largest > 0) for i in range(n_blocks)]
        if n_blocks < self.n_blocks:
            above = self._tries_and_intervals(n_blocks).summands(n_trie_classes, largest)
            if above is None:
                return None
            summands += above
        return Partition(summands, bool(np.any(self._blocks < 0))) if summands else None

    def _block_summand(self, i: int, integral: bool) -> Summand:
        if (i, integral) not in self._block_summands:
            documents = np.flatnonzero(self._blocks == i).astype(np.int32)
            self._block_summands[i, integral] = block_summand(
                self._relevance, documents, integral=integral
            )
        return self._block_summands[i, integral]

    def _tries_and_intervals(self, n_blocks: int) -> TriesAndIntervals:
        if n_blocks not in self._above:
            documents = np.flatnonzero(self._blocks >= n_blocks).astype(np.int32)
            palettes = trie_palettes(self._relevance, self._seed, self._effort)
            if n_blocks:
                palettes = palettes[:_PALETTES_ABOVE_BLOCKS]
            self._above[n_blocks] = TriesAndIntervals(
                self._relevance.restrict_documents(documents),
                documents,
                [palette.restrict_documents(documents) for palette in palettes],
                self._seed,
                self._effort,
            )
        return self._above[n_blocks]
