"""Layouts: the ways to split the documents of a relevance into parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from hrgeom.constructions.covers import block_cover, trie_palettes
from hrgeom.constructions.direct_sum._encoding import Part
from hrgeom.constructions.direct_sum._tries_and_intervals import Upper
from hrgeom.constructions.direct_sum._weights import QueryLevels
from hrgeom.constructions.direct_sum.encodings import block_part
from hrgeom.core import Relevance

__all__ = ["Family", "Layout", "Layouts"]

Family = Literal["block-code", "hybrid", "mixed"]
_BLOCKS = (1, 2, 3, 4, 5, 6, 8, 12, 20)  # how many of the lowest blocks `mixed` tries
_APART = (0, 1, 2, 3, 4, 6, 8, 12, 20, 30, 50, 1000)  # classes that are parts of their own
_PALETTES_ABOVE_BLOCKS = 2  # colorings tried for each of the `mixed` layouts


@dataclass(frozen=True)
class Layout:
    """One way to split the documents; some may match nothing and be in no part."""

    parts: list[Part]
    has_empty: bool

    @cached_property
    def levels(self) -> QueryLevels:
        """The combinations of levels that queries have."""
        return QueryLevels(self.parts)

    @cached_property
    def least(self) -> int:
        """The fewest dimensions of all options, a shared coordinate included."""
        return 1 + sum(min(option.dim for option in part.options) for part in self.parts)


class Layouts:
    """The layouts of one relevance, made when they are first asked for."""

    def __init__(self, relevance: Relevance, seed: int, effort: float) -> None:
        self._relevance = relevance
        self._seed, self._effort = seed, effort
        self._blocks = block_cover(relevance)
        self.n_blocks = int(self._blocks.max(initial=-1)) + 1
        self._block_parts: dict[tuple[int, bool], Part] = {}
        self._uppers: dict[int, Upper] = {}
        self._layouts: dict[tuple[int, int, int], Layout | None] = {}

    @classmethod
    def of(cls, relevance: Relevance, seed: int, effort: float) -> Layouts:
        """Return the layouts of a relevance, kept with it."""
        return relevance.cached(cls, seed, effort)

    def all(self, family: Family, largest: int) -> Iterator[Layout]:
        """Yield the layouts of a family, for integers up to `largest` (0: for any numbers)."""
        if family != "hybrid":
            yield from self.one(self.n_blocks, 0, largest)
        if family == "block-code" or self.n_blocks == 0:
            return
        n_classes = self._upper(0).n_classes
        for n_apart in sorted({min(i, n_classes) for i in _APART}):
            yield from self.one(0, n_apart, largest)
        if family == "mixed":
            for n_blocks in filter(lambda n: n < self.n_blocks, _BLOCKS):
                yield from self.one(n_blocks, self._upper(n_blocks).n_classes, largest)

    def one(self, n_blocks: int, n_apart: int, largest: int) -> Iterator[Layout]:
        """Yield the layout of so many blocks and classes apart above them; nothing where its
        intervals cannot be coded."""
        key = (n_blocks, n_apart, largest)
        if key not in self._layouts:
            self._layouts[key] = self._new(*key)
        layout = self._layouts[key]
        if layout is not None:
            yield layout

    def _new(self, n_blocks: int, n_apart: int, largest: int) -> Layout | None:
        parts = [self._block_part(i, largest > 0) for i in range(n_blocks)]
        if n_blocks < self.n_blocks:
            above = self._upper(n_blocks).parts(n_apart, largest)
            if above is None:
                return None
            parts += above
        return Layout(parts, bool(np.any(self._blocks < 0))) if parts else None

    def _block_part(self, i: int, integral: bool) -> Part:
        if (i, integral) not in self._block_parts:
            documents = np.flatnonzero(self._blocks == i).astype(np.int32)
            self._block_parts[i, integral] = block_part(
                self._relevance, documents, integral=integral
            )
        return self._block_parts[i, integral]

    def _upper(self, n_blocks: int) -> Upper:
        if n_blocks not in self._uppers:
            documents = np.flatnonzero(self._blocks >= n_blocks).astype(np.int32)
            palettes = trie_palettes(self._relevance, self._seed, self._effort)
            if n_blocks:
                palettes = palettes[:_PALETTES_ABOVE_BLOCKS]
            self._uppers[n_blocks] = Upper(
                self._relevance.restrict_documents(documents),
                documents,
                [palette.restrict_documents(documents) for palette in palettes],
                self._seed,
                self._effort,
            )
        return self._uppers[n_blocks]
