"""The passes of a descent over ranges of rows, by the C library or by NumPy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State

__all__ = ["MOST_IN_BYTES", "NOTHING_SEEN", "ByDocument", "Bytes", "Passes", "Seen", "Visit"]

MOST_IN_BYTES = 63
"""Queries in a sweep are whole numbers from -63 to 63: products of two pairs fit into 16 bits."""

ByDocument = tuple[NDArray[np.int64], NDArray[np.int32]]
"""Starts (n_documents + 1,) and the queries, document by document."""


@dataclass(frozen=True)
class Visit:
    """What a visit of the rows of a group needs besides the state.

    Attributes
    ----------
    group : tuple of int
        First query of the group, and the one after its last.
    matching, listing : ByDocument
        The queries of the group that each document matches, and those that list it.
    temperature, goal : float
        T, and the margin aimed at.
    query_rate, document_rate : float
        Length of a step, roughly.
    momentum : float
        Share of its momentum that a row keeps at a step.
    damping : float
        Added to the mean length of a row's gradient, by which its steps are divided.
    is_by_row : bool
        Queries have thresholds of their own, which their steps set.
    n_query_steps : int
        Steps of a query at a visit; a document takes one.
    is_frozen : bool
        Only look.
    shifts : ndarray of int32
        Query i also meets the documents i + shift, modulo their number.
    sample_weight : float
        What one of these stands for, below the query's list.
    """

    group: tuple[int, int]
    matching: ByDocument
    listing: ByDocument
    temperature: float
    goal: float = 0.0
    query_rate: float = 0.0
    document_rate: float = 0.0
    momentum: float = 0.9
    damping: float = 1e-6
    is_by_row: bool = False
    n_query_steps: int = 1
    is_frozen: bool = False
    shifts: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    sample_weight: float = 1.0


@dataclass(frozen=True)
class Seen:
    """What a pass over queries saw before their first step.

    Attributes
    ----------
    slope : float
        Of the loss, by the threshold (after the last step).
    lowest, highest : float
        Scores of the worst match and of the hardest listed non-match.
    lowest_gap : float
        Least difference of the two, query by query.
    n_wrong : int
        Queries with a match that does not exceed one of their others.
    """

    slope: float
    lowest: float
    highest: float
    lowest_gap: float
    n_wrong: int

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.slope + other.slope,
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            min(self.lowest_gap, other.lowest_gap),
            self.n_wrong + other.n_wrong,
        )


NOTHING_SEEN = Seen(0.0, np.inf, -np.inf, np.inf, 0)


@dataclass(frozen=True)
class Bytes:
    """Rows in bytes for a sweep: scores are roughly `scale` times as large.

    Attributes
    ----------
    queries : ndarray of int8, shape (n_queries, n_bytes)
        From -63 to 63.
    panels : ndarray of uint8, shape (n_panels, n_bytes / 4, 64, 4)
        Documents plus 128, from 1 to 255, 64 to a panel.
    scale : float
        Of the integer scores.
    """

    queries: NDArray[np.int8]
    panels: NDArray[np.uint8]
    scale: float

    @classmethod
    def of(cls, state: State, panel: int = 64) -> Bytes:
        """Return the rows of a state, rounded."""
        queries, documents = state.queries.rows, state.documents.rows
        query_scale, document_scale = _scale(queries, MOST_IN_BYTES), _scale(documents, 127)
        return cls(
            _rounded(queries[:, : state.dim], query_scale, MOST_IN_BYTES),
            _in_panels(_rounded(documents[:, : state.dim], document_scale, 127), panel),
            query_scale * document_scale,
        )

    @classmethod
    def exactly(cls, queries: NDArray[Any], documents: NDArray[Any], panel: int = 64) -> Bytes:
        """Return rows of whole numbers from -63 to 63, as they are."""
        rows = (_rounded(side, 1.0, MOST_IN_BYTES) for side in (queries, documents))
        return cls(next(rows), _in_panels(next(rows), panel), 1.0)


def _scale(rows: NDArray[Any], largest: int) -> float:
    return largest / max(float(np.abs(rows).max()), 1e-30)


def _rounded(rows: NDArray[Any], scale: float, largest: int) -> NDArray[np.int8]:
    out = np.zeros((len(rows), -(-rows.shape[1] // 4) * 4), dtype=np.int8)
    out[:, : rows.shape[1]] = np.rint(rows * np.float32(scale)).clip(-largest, largest)
    return out


def _in_panels(documents: NDArray[np.int8], panel: int) -> NDArray[np.uint8]:
    m, width = documents.shape
    padded = np.zeros((-(-m // panel) * panel, width), dtype=np.uint8)
    padded[:m] = documents.view(np.uint8) + np.uint8(128)
    return np.ascontiguousarray(padded.reshape(-1, panel, width // 4, 4).transpose(0, 2, 1, 3))


class Passes(Protocol):
    """What does the work of a descent on a range of rows; threads may share ranges."""

    def step_queries(self, problem: Problem, state: State, visit: Visit, rows: range) -> Seen:
        """Look at queries and, unless frozen, step them."""

    def step_documents(self, problem: Problem, state: State, visit: Visit, rows: range) -> None:
        """Step documents, by the weights that the queries' last step left."""

    def list_hardest(
        self,
        problem: Problem,
        state: State,
        in_bytes: Bytes,
        cuts: NDArray[np.int32],
        reach: int,
        rows: range,
    ) -> None:
        """List the hardest non-matches above each query's cut, within reach of its hardest."""

    def by_document(self, problem: Problem, state: State, rows: range) -> ByDocument:
        """Return the lists of a range of queries by document."""
