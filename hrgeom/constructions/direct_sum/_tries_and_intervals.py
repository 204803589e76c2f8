"""The documents above the lowest blocks: tries for the large classes, intervals for the others."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.integers import ceil_div
from hrgeom.constructions.covers import (
    CondensedCover,
    ConsecutiveCover,
    ConsecutivePalette,
    IntervalCover,
    LaminarCover,
    LaminarPalette,
    LaminarTrie,
    condensed,
    least_trie,
)
from hrgeom.constructions.direct_sum._encoding import Encoding, Summand
from hrgeom.constructions.direct_sum.encodings import (
    arc_encoding,
    most_positions,
    polygon_encoding,
    trie_encoding,
    trie_levels,
)
from hrgeom.core import Relevance

__all__ = ["TriesAndIntervals"]

_INTERVAL_STEPS = (0, 1, 2, 3, 4, 6, 8, 12, 16)  # classes of intervals beyond the fewest
_SMALL = 1000  # documents of a class that may be intervals instead of a trie
_MOST_ON_POLYGONS = 4000  # documents; more of them take fewer dimensions as tries
_FEW_STEPS = 4  # of the numbers of classes, for a laminar class by itself
_EFFORT_FOR_SOME = 0.1  # for classes of intervals of some documents: there are few


class TriesAndIntervals:
    """Some documents of a relevance, and the summands they can be split into.

    Parameters
    ----------
    relevance : Relevance
        To these documents alone.
    documents : ndarray of int32
        Their numbers in the whole.
    palettes : list of LaminarPalette
        Colorings of their crossing graph to choose from.
    seed, effort : int, float
        Of the search for classes of intervals.
    """

    def __init__(
        self,
        relevance: Relevance,
        documents: NDArray[np.int32],
        palettes: list[LaminarPalette],
        seed: int,
        effort: float,
    ) -> None:
        self._seed, self._effort = seed, effort
        self._relevance = relevance
        self._documents = documents
        self._palettes = palettes
        self._classes: dict[tuple[int, int], Summand] = {}
        self._remainders: dict[int, _IntervalRemainder] = {}

    @cached_property
    def _trie(self) -> LaminarTrie:
        return least_trie(self._relevance, self._palettes)

    @cached_property
    def _by_height(self) -> NDArray[np.int64]:
        return np.argsort(-self._trie.heights, kind="stable")

    @property
    def n_classes(self) -> int:
        """The number of laminar classes."""
        return self._trie.cover.n_classes

    @cached_property
    def _palette(self) -> LaminarPalette:
        """The colors of the trie's classes."""
        crossing = self._palettes[0].vertices
        return LaminarPalette(len(self._documents), crossing, self._trie.cover.classes[crossing])

    def summands(self, n_trie_classes: int, largest: int) -> list[Summand] | None:
        """Return the highest classes each as a summand, the other documents as one of intervals.

        None where intervals cannot be coded.

        Parameters
        ----------
        n_trie_classes : int
            Classes that are summands of their own.
        largest : int
            Codes of integers up to this; 0 for codes of any numbers.
        """
        summands: list[Summand] = []
        rest, effort = np.arange(len(self._documents)), self._effort
        if n_trie_classes:
            summands = [
                self._class_summand(int(t), largest) for t in self._by_height[:n_trie_classes]
            ]
            others = self._by_height[n_trie_classes:]
            if len(others) == 0:
                return summands
            rest = np.flatnonzero(np.isin(self._trie.cover.classes, others))
            effort *= _EFFORT_FOR_SOME
        if largest and len(rest) > _MOST_ON_POLYGONS:
            return None
        if n_trie_classes not in self._remainders:
            self._remainders[n_trie_classes] = _IntervalRemainder(
                self._relevance.restrict_documents(rest), self._seed, effort
            )
        encodings = self._remainders[n_trie_classes].encodings(self._documents[rest], largest)
        if not encodings:
            return None
        levels = np.zeros(self._relevance.n_queries, dtype=np.int16)
        return [*summands, Summand(len(rest), levels, encodings)]

    def _class_summand(self, t: int, largest: int) -> Summand:
        """A class as a trie, or, where it is small, as intervals."""
        if (t, largest) not in self._classes:
            members = np.flatnonzero(self._trie.cover.classes == t).astype(np.int32)
            encodings = [trie_encoding(self._trie, t, self._documents)]
            levels = trie_levels(self._trie, t)
            if len(members) <= _SMALL:
                relevance, numbers = condensed(self._relevance.restrict_documents(members))
                palette = self._palette.restrict_documents(members)
                for n_classes in _numbers_of_classes(1, len(members), largest)[:_FEW_STEPS]:
                    classes = palette.spread(n_classes)
                    cover = CondensedCover(LaminarCover(relevance, classes), numbers)
                    encodings += _interval_encodings(cover, self._documents[members], largest)
                encodings = [_spread(encoding, encodings[0].dim) for encoding in encodings]
            self._classes[t, largest] = Summand(len(members), levels, encodings)
        return self._classes[t, largest]


class _IntervalRemainder:
    """The documents that are intervals in classes with consecutive ones."""

    def __init__(self, relevance: Relevance, seed: int, effort: float) -> None:
        self._relevance, self._numbers = condensed(relevance)
        self._palette = ConsecutivePalette.of(self._relevance, seed=seed, effort=effort)
        self._covers: dict[int, CondensedCover] = {}

    def encodings(self, documents: NDArray[np.int32], largest: int) -> list[Encoding]:
        """Return the encodings for several numbers of classes."""
        encodings = []
        for k in _numbers_of_classes(self._palette.n_colors, len(documents), largest):
            if k not in self._covers:
                cover = ConsecutiveCover(self._relevance, self._palette.spread(k))
                self._covers[k] = CondensedCover(cover, self._numbers)
            encodings += _interval_encodings(self._covers[k], documents, largest)
        return encodings


def _numbers_of_classes(fewest: int, n_documents: int, largest: int) -> list[int]:
    """Return the numbers of interval classes to offer; polygons have room for small ones only."""
    if largest:
        fewest = max(fewest, ceil_div(n_documents, most_positions(largest)))
    return sorted({min(fewest + more, max(fewest, n_documents)) for more in _INTERVAL_STEPS})


def _interval_encodings(
    cover: IntervalCover, documents: NDArray[np.int32], largest: int
) -> list[Encoding]:
    """Classes of intervals as one encoding, or none where polygons do not carry them."""
    if not largest:
        return [arc_encoding(cover, documents)]
    encoding = polygon_encoding(cover, documents, largest)
    return [] if encoding is None else [encoding]


def _spread(encoding: Encoding, n_levels: int) -> Encoding:
    """The same encoding with squared norms for all levels of a trie with so many bits."""
    if len(encoding.squared_norms) == n_levels + 1:
        return encoding
    return replace(encoding, squared_norms=np.full(n_levels + 1, encoding.squared_norms[0]))
