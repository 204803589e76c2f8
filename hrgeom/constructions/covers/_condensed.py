"""Covers over distinct queries: those that match the same documents stand for one.

Of the queries of a large hierarchy only a few differ in what they match of some documents, so a
cover of these documents is found among few queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers._intervals import IntervalClass, IntervalCover
from hrgeom.core import Relevance, distinct_rows

__all__ = ["CondensedCover", "condensed"]


def condensed(relevance: Relevance) -> tuple[Relevance, NDArray[np.int64]]:
    """Return the relevance of the different queries only, and for every query which one it is.

    Parameters
    ----------
    relevance : Relevance
        Any relevance; it is returned itself if all its queries differ.

    Returns
    -------
    distinct : Relevance
        One query for each distinct set of documents that is matched, in no particular order.
    numbers : ndarray of int64, shape (n_queries,)
        The query of `distinct` that matches the same documents as each given query.

    Examples
    --------
    >>> few, number = condensed(Relevance.from_sets([{0}, {1}, {0}], 2))
    >>> few.n_queries, number
    (2, array([0, 1, 0]))
    """
    numbers, first = distinct_rows(relevance.indptr, relevance.indices, relevance.n_documents)
    if len(first) == relevance.n_queries:
        return relevance, np.arange(relevance.n_queries)
    return relevance.restrict_queries(first), numbers


class CondensedCover:
    """The cover of a condensed relevance as one of all queries: an `IntervalCover`.

    Parameters
    ----------
    cover : IntervalCover
        A cover of the distinct queries.
    numbers : ndarray of int64, shape (n_queries,)
        The distinct query that each query equals, as `condensed` returns them.

    Examples
    --------
    >>> from hrgeom.constructions.covers import consecutive_cover
    >>> few, numbers = condensed(Relevance.from_sets([{0}, {1}, {0}], 2))
    >>> cover = CondensedCover(consecutive_cover(few), numbers)
    >>> [class_.positions.tolist() for class_ in cover]
    [[0, 1, 0]]
    """

    def __init__(self, cover: IntervalCover, numbers: NDArray[np.int64]) -> None:
        self.n_queries = len(numbers)
        self.n_documents, self.n_classes = cover.n_documents, cover.n_classes
        self.lower_bound = cover.lower_bound
        self._cover = cover
        self._numbers = numbers

    def __iter__(self) -> Iterator[IntervalClass]:
        for class_ in self._cover:
            yield replace(class_, positions=class_.positions[self._numbers])
