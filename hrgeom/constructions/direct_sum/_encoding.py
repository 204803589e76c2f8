"""Summands of a direct sum, and the encodings to choose from for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["EncodedSummand", "Encoding", "Summand"]


@dataclass(frozen=True)
class EncodedSummand:
    """Coordinates of some documents of a summand, and of all queries.

    Document i and query q score ``table[query_rows[q]] @ rows[i]`` in them.

    Attributes
    ----------
    documents : ndarray of int32, shape (c,)
        Numbers of the documents.
    query_rows : ndarray of int32, shape (n_queries,)
        The row of `table` that each query has.
    table : ndarray, shape (n_rows, b)
        The distinct query vectors.
    rows : ndarray, shape (c, b)
        The document vectors.
    match_score, other_score : ndarray of float64, shape (c,)
        A query that matches document i scores at least match_score[i] in these coordinates, any
        other at most other_score[i] < match_score[i].
    """

    documents: NDArray[np.int32]
    query_rows: NDArray[np.int32]
    table: NDArray[Any]
    rows: NDArray[Any]
    match_score: NDArray[np.float64]
    other_score: NDArray[np.float64]


@dataclass(frozen=True)
class Encoding:
    """One way to give a summand its coordinates: the sizes that a choice depends on, and the way.

    Attributes
    ----------
    name : str
        As the parameters of an embedding have it.
    dim : int
        Coordinates b.
    squared_norms : ndarray of float64, shape (n_levels,)
        Squared length of the coordinates of a query, by its level in the summand.
    document_kinds : ndarray of float64, shape (u, 3)
        The distinct (match_score, other_score, squared length) of the documents.
    largest_entries : (float, float)
        Largest absolute entry of the table, and of the rows.
    is_integral : bool
        Table and rows hold integers.
    make : callable
        Returns the coordinates, as one or several pieces side by side.
    """

    name: str
    dim: int
    squared_norms: NDArray[np.float64]
    document_kinds: NDArray[np.float64]
    largest_entries: tuple[float, float]
    is_integral: bool
    make: Callable[[], Sequence[EncodedSummand]] = field(repr=False)


@dataclass(frozen=True)
class Summand:
    """Some of the documents, and the encodings for their coordinates.

    Attributes
    ----------
    n_documents : int
        How many documents.
    levels : ndarray of int16, shape (n_queries,)
        Index of each query into `Encoding.squared_norms`, which do not descend.
    encodings : list of Encoding
        At least one.
    """

    n_documents: int
    levels: NDArray[np.int16]
    encodings: list[Encoding]

    @cached_property
    def top_level(self) -> int:
        """The largest level that a query has."""
        return int(self.levels.max())
