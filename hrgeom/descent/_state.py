"""The state of a descent: rows, their optimizer, and what is known of every query's pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.descent._problem import Problem

__all__ = ["ROW_MULTIPLE", "Side", "State", "directions"]

ROW_MULTIPLE = 16  # numbers; rows are padded to it with zeros
_ALIGNMENT = 64  # bytes

Floats = NDArray[np.float32]


def directions(rows: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Return rows divided by their lengths; those of length 0 point anywhere.

    Were they to stay, a step whose gradient vanishes would divide by 0.
    """
    rows = np.array(rows, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    nowhere = np.flatnonzero(lengths == 0)
    while len(nowhere):
        rows[nowhere] = rng.standard_normal((len(nowhere), rows.shape[1]), dtype=np.float32)
        lengths[nowhere] = np.linalg.norm(rows[nowhere], axis=1, keepdims=True)
        nowhere = nowhere[lengths[nowhere, 0] == 0]
    divided: Floats = rows / lengths
    return divided


@dataclass
class Side:
    """Rows of one side (n, width), with the momentum and the scale of the gradient of each."""

    rows: Floats
    momentum: Floats
    scale: Floats

    @classmethod
    def of(cls, rows: NDArray[Any], width: int) -> Side:
        """Return a side at rest, rows padded with zeros to `width`."""
        padded = _aligned(len(rows), width)
        padded[:, : rows.shape[1]] = rows
        return cls(padded, _aligned(len(rows), width), np.zeros(len(rows), dtype=np.float32))

    def rest(self) -> None:
        """Forget momentum and scale."""
        self.momentum[:] = 0
        self.scale[:] = 0


def _aligned(n: int, width: int) -> Floats:
    raw = np.zeros(4 * n * width + _ALIGNMENT, dtype=np.uint8)
    start = -raw.ctypes.data % _ALIGNMENT
    return raw[start : start + 4 * n * width].view(np.float32).reshape(n, width)


@dataclass
class State:
    """All that changes during a descent.

    Attributes
    ----------
    dim : int
        Dimensions, without padding.
    queries, documents : Side
        In the order of the problem.
    thresholds : ndarray of float32, shape (n_queries,)
        All the same in the global notion.
    match_loss, other_loss : ndarray of float32, shape (n_queries,)
        One plus the sum of weights of a query's matches, of its others, at its last step.
    lowest_match, highest_other, lowest_listed : ndarray of float32, shape (n_queries,)
        Scores at the last visit.
    n_listed, listed : ndarray of int32, shape (n_queries,) and (n_queries, most)
        Hard non-matches of every query, in any order.
    """

    dim: int
    queries: Side
    documents: Side
    thresholds: Floats
    match_loss: Floats
    other_loss: Floats
    lowest_match: Floats
    highest_other: Floats
    lowest_listed: Floats
    n_listed: NDArray[np.int32]
    listed: NDArray[np.int32]
    # Adam's means for the threshold that all queries share
    threshold_mean: float = field(default=0.0)
    threshold_square: float = field(default=0.0)

    @classmethod
    def of(
        cls,
        queries: NDArray[Any],
        documents: NDArray[Any],
        threshold: float | NDArray[Any],
        most_listed: int,
    ) -> State:
        """Return a state at rest at given rows."""
        n, dim = queries.shape
        width = -(-dim // ROW_MULTIPLE) * ROW_MULTIPLE

        def per_query(value: float) -> Floats:
            return np.full(n, value, dtype=np.float32)

        thresholds = per_query(0.0)
        thresholds[:] = threshold
        return cls(
            dim,
            Side.of(queries, width),
            Side.of(documents, width),
            thresholds,
            per_query(1.0),
            per_query(1.0),
            per_query(np.nan),
            per_query(-np.inf),
            per_query(-np.inf),
            np.zeros(n, dtype=np.int32),
            np.zeros((n, most_listed), dtype=np.int32),
        )

    def rest(self) -> None:
        """Forget the optimizer's momentum and scales, of rows and of the threshold."""
        self.queries.rest()
        self.documents.rest()
        self.threshold_mean = self.threshold_square = 0.0

    @classmethod
    def at_random(
        cls,
        problem: Problem,
        dim: int,
        most_listed: int,
        threshold: float,
        rng: np.random.Generator,
    ) -> State:
        """Return documents at random and every query in the middle of its matches."""
        documents = rng.standard_normal((problem.n_documents, dim), dtype=np.float32)
        documents = directions(documents, rng)
        queries = rng.standard_normal((problem.n_queries, dim), dtype=np.float32)
        some = np.flatnonzero(problem.n_matches)
        if len(some):
            queries[some] = np.add.reduceat(
                documents[problem.indices], problem.indptr[:-1][some], axis=0
            )
        return cls.of(directions(queries, rng), documents, threshold, most_listed)
