"""The order in which the sweep numbers queries and documents: as given, or a forest in preorder.

In preorder the matches of a query are ranges of numbers, made as they are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._blocks import StoredRows
from hrgeom.checker.kernels import Level, Tally
from hrgeom.core import ForestRelevance, ForestRows, Relevance

__all__ = ["Numbering", "numbering_of"]

_MOST_BYTES = 2**26  # of the matches of a block


class Numbering(Protocol):
    """How rows, levels and tallies are put in the order of the sweep and back."""

    @property
    def matches(self) -> Callable[[int, int], tuple[NDArray[np.int64], NDArray[np.int32]]]:
        """Returns the matches of a range of queries."""
        ...

    def most_rows(self, memory: int) -> int:
        """Return how many queries a block may have for its matches to fit."""
        ...

    def rows(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return one row per query or document in the order of the sweep."""
        ...

    def level(self, level: Level) -> Level:
        """Return levels in the order of the sweep."""
        ...

    def tally(self, tally: Tally) -> Tally:
        """Return a tally of the sweep in the order of the queries as given."""
        ...


def numbering_of(relevance: Relevance) -> Numbering:
    """Return the numbering for a relevance."""
    return _InPreorder(relevance) if isinstance(relevance, ForestRelevance) else _AsGiven(relevance)


class _AsGiven:
    def __init__(self, relevance: Relevance) -> None:
        self.matches = StoredRows(relevance.indptr, relevance.indices)
        self._n = relevance.n_queries

    def most_rows(self, memory: int) -> int:
        return self._n

    def rows(self, array: NDArray[Any]) -> NDArray[Any]:
        return array

    def level(self, level: Level) -> Level:
        return level

    def tally(self, tally: Tally) -> Tally:
        return tally


class _InPreorder:
    def __init__(self, relevance: ForestRelevance) -> None:
        self._preorder = relevance.preorder
        self.matches = ForestRows(self._preorder)
        self._longest = relevance.max_matches

    def most_rows(self, memory: int) -> int:
        return min(memory, _MOST_BYTES) // (4 * self._longest)

    def rows(self, array: NDArray[Any]) -> NDArray[Any]:
        return array[self._preorder.order]

    def level(self, level: Level) -> Level:
        level = level.part(self._preorder.order)
        document = level.document
        placed = np.where(document >= 0, self._preorder.place[document], document)
        return replace(level, document=placed.astype(np.int32))

    def tally(self, tally: Tally) -> Tally:
        place, order = self._preorder.place, self._preorder.order
        placed = {name: values[place] for name, values in vars(tally).items()}
        document = placed["extreme_document"]
        placed["extreme_document"] = np.where(document >= 0, order[document], document).astype(
            np.int32
        )
        return Tally(**placed)
