"""What a direct sum needs to know of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coordinates", "Option", "Part"]


@dataclass(frozen=True)
class Coordinates:
    """Coordinates of some documents of a part, and of all queries.

    Attributes
    ----------
    documents : ndarray of int32, shape (c,)
    states : ndarray of int32, shape (n_queries,)
        The row of `table` that each query has.
    table : ndarray, shape (n_states, b)
    rows : ndarray, shape (c, b)
    own, other : ndarray of float64, shape (c,)
        A query that matches document i scores at least own[i] in these coordinates, any other
        at most other[i] < own[i].
    """

    documents: NDArray[np.int32]
    states: NDArray[np.int32]
    table: NDArray[Any]
    rows: NDArray[Any]
    own: NDArray[np.float64]
    other: NDArray[np.float64]


@dataclass(frozen=True)
class Option:
    """One way to give a part its coordinates: the sizes that decide on it, and how to make it.

    Attributes
    ----------
    name : str
    dim : int
        Coordinates b.
    norms : ndarray of float64, shape (n_levels,)
        Squared length of the coordinates of a query, by its level in the part.
    kinds : ndarray of float64, shape (u, 3)
        The distinct (own, other, squared length) of the documents.
    peaks : (float, float)
        Largest entry of the table and of the rows.
    is_integral : bool
        Both hold integers.
    make : callable
        Returns the coordinates, as one or several pieces side by side.
    """

    name: str
    dim: int
    norms: NDArray[np.float64]
    kinds: NDArray[np.float64]
    peaks: tuple[float, float]
    is_integral: bool
    make: Callable[[], Sequence[Coordinates]] = field(repr=False)


@dataclass(frozen=True)
class Part:
    """Some of the documents, and the options for their coordinates.

    Attributes
    ----------
    n_documents : int
    levels : ndarray of int16, shape (n_queries,)
        Index of each query into `Option.norms`, which do not descend.
    options : list of Option
    """

    n_documents: int
    levels: NDArray[np.int16]
    options: list[Option]

    @cached_property
    def top_level(self) -> int:
        """The largest level that a query has."""
        return int(self.levels.max())
