"""The documents above the lowest blocks: tries for the large classes, intervals for the others."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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
from hrgeom.constructions.direct_sum._encoding import Option, Part
from hrgeom.constructions.direct_sum.encodings import (
    arc_option,
    most_positions,
    polygon_option,
    trie_levels,
    trie_option,
)
from hrgeom.core import Relevance

__all__ = ["Upper"]

_INTERVAL_STEPS = (0, 1, 2, 3, 4, 6, 8, 12, 16)  # classes of intervals beyond the fewest
_SMALL = 1000  # documents of a class that may be intervals instead of a trie
_MOST_ON_POLYGONS = 4000  # documents; more of them take fewer dimensions as tries
_FEW_STEPS = 4  # of the numbers of classes, for a laminar class by itself
_EFFORT_FOR_SOME = 0.1  # for classes of intervals of some documents: there are few


class Upper:
    """Some documents of a relevance, and the parts they can be split into.

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
        self._classes: dict[tuple[int, int], Part] = {}
        self._rests: dict[int, _Rest] = {}

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

    def parts(self, n_apart: int, largest: int) -> list[Part] | None:
        """Return the highest classes each as a part, and the other documents as one of intervals;
        None where they cannot be coded.

        Parameters
        ----------
        n_apart : int
            Classes that are parts of their own.
        largest : int
            Codes of integers up to this; 0 for codes of any numbers.
        """
        parts: list[Part] = []
        rest, effort = np.arange(len(self._documents)), self._effort
        if n_apart:
            parts = [self._class_part(int(t), largest) for t in self._by_height[:n_apart]]
            others = self._by_height[n_apart:]
            if len(others) == 0:
                return parts
            rest = np.flatnonzero(np.isin(self._trie.cover.classes, others))
            effort *= _EFFORT_FOR_SOME
        if largest and len(rest) > _MOST_ON_POLYGONS:
            return None
        if n_apart not in self._rests:
            self._rests[n_apart] = _Rest(
                self._relevance.restrict_documents(rest), self._seed, effort
            )
        options = self._rests[n_apart].options(self._documents[rest], largest)
        if not options:
            return None
        levels = np.zeros(self._relevance.n_queries, dtype=np.int16)
        return [*parts, Part(len(rest), levels, options)]

    def _class_part(self, t: int, largest: int) -> Part:
        """A class as a trie, or, where it is small, as intervals."""
        if (t, largest) not in self._classes:
            members = np.flatnonzero(self._trie.cover.classes == t).astype(np.int32)
            options = [trie_option(self._trie, t, self._documents)]
            levels = trie_levels(self._trie, t)
            if len(members) <= _SMALL:
                relevance, numbers = condensed(self._relevance.restrict_documents(members))
                palette = self._palette.restrict_documents(members)
                for n_classes in _numbers_of_classes(1, len(members), largest)[:_FEW_STEPS]:
                    classes = palette.spread(n_classes)
                    cover = CondensedCover(LaminarCover(relevance, classes), numbers)
                    options += _interval_options(cover, self._documents[members], largest)
                options = [_spread(option, options[0].dim) for option in options]
            self._classes[t, largest] = Part(len(members), levels, options)
        return self._classes[t, largest]


class _Rest:
    """The documents that are intervals in classes with consecutive ones."""

    def __init__(self, relevance: Relevance, seed: int, effort: float) -> None:
        self._relevance, self._numbers = condensed(relevance)
        self._palette = ConsecutivePalette.of(self._relevance, seed=seed, effort=effort)
        self._covers: dict[int, CondensedCover] = {}

    def options(self, documents: NDArray[np.int32], largest: int) -> list[Option]:
        """Return the options for several numbers of classes."""
        options = []
        for k in _numbers_of_classes(self._palette.n_colors, len(documents), largest):
            if k not in self._covers:
                cover = ConsecutiveCover(self._relevance, self._palette.spread(k))
                self._covers[k] = CondensedCover(cover, self._numbers)
            options += _interval_options(self._covers[k], documents, largest)
        return options


def _numbers_of_classes(fewest: int, n_documents: int, largest: int) -> list[int]:
    """How many classes of intervals to offer; polygons want small ones."""
    if largest:
        fewest = max(fewest, -(-n_documents // most_positions(largest)))
    return sorted({min(fewest + more, max(fewest, n_documents)) for more in _INTERVAL_STEPS})


def _interval_options(
    cover: IntervalCover, documents: NDArray[np.int32], largest: int
) -> list[Option]:
    """Classes of intervals as one option, or none where polygons do not carry them."""
    if not largest:
        return [arc_option(cover, documents)]
    option = polygon_option(cover, documents, largest)
    return [] if option is None else [option]


def _spread(option: Option, n_levels: int) -> Option:
    """The same option with norms for all levels of a trie with so many bits."""
    if len(option.norms) == n_levels + 1:
        return option
    return replace(option, norms=np.full(n_levels + 1, option.norms[0]))
