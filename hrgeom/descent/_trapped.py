"""Rows that steps cannot free: solved exactly against all rows of the other side.

A row far from its place would have to cross others, which push it back the harder the higher the
temperature. For one row alone, all others fixed, the best place is a convex problem.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Relevance
from hrgeom.descent._exact_rows import SideRows
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import Side, State

__all__ = ["Freeing"]

_MOST_QUERIES = 8  # at a time; of each, its worst match and its hardest other as well
_USUAL = 500  # one query in so many is about as bad as one that is not trapped
_LEAST_RANK = 20
_BEHIND = 2.0  # in units of 1/T: further than this below the usual worst is trapped


class Freeing:
    """Solves the trapped queries of a state, and the documents they are worst at."""

    def __init__(self, problem: Problem) -> None:
        relevance = Relevance(problem.indptr, problem.indices, problem.n_documents)
        turned = Relevance(*relevance.transposed, problem.n_queries)
        self._problem = problem
        self._queries, self._documents = SideRows(relevance), SideRows(turned)

    def free(self, state: State, temperature: float) -> int:
        """Replace rows by better ones and return how many. No row's least distance falls.

        The scores of the last visit say which queries are worst; rows may have moved since.
        """
        threshold = float(state.thresholds[0])
        distance = np.minimum(state.lowest_match - threshold, threshold - state.highest_other)
        worst = _trapped(distance, temperature)
        if not len(worst):
            return 0
        documents = self._documents_of(state, worst)
        queries, others = state.queries, state.documents
        n_freed = _replaced(self._documents, others, queries, threshold, documents, state.dim)
        n_freed += _replaced(self._queries, queries, others, threshold, worst, state.dim)
        return n_freed

    def _documents_of(self, state: State, queries: NDArray[Any]) -> NDArray[np.int64]:
        """The worst match and the hardest listed other of some queries."""
        problem, found = self._problem, []
        for i in queries.tolist():
            own = state.queries.rows[i]
            matches = problem.indices[problem.indptr[i] : problem.indptr[i + 1]]
            listed = state.listed[i, : state.n_listed[i]]
            if len(matches):
                found.append(matches[np.argmin(state.documents.rows[matches] @ own)])
            if len(listed):
                found.append(listed[np.argmax(state.documents.rows[listed] @ own)])
        return np.unique(np.array(found, dtype=np.int64))


def _trapped(distance: NDArray[Any], temperature: float) -> NDArray[np.int64]:
    """The queries that are much worse than the usual worst ones, the worst first."""
    rank = max(_LEAST_RANK, len(distance) // _USUAL)
    if rank >= len(distance):
        return np.empty(0, dtype=np.int64)
    worst = np.argsort(distance, kind="stable")
    usual = distance[worst[rank]]
    few = worst[:_MOST_QUERIES]
    trapped: NDArray[np.int64] = few[distance[few] < usual - _BEHIND / temperature]
    return trapped


def _replaced(
    solver: SideRows,
    own: Side,
    other: Side,
    threshold: float,
    rows: NDArray[np.int64],
    dim: int,
) -> int:
    before = own.rows[rows].copy()
    n_replaced = solver.improve(own.rows[:, :dim], other.rows[:, :dim], threshold, rows)
    moved = rows[(own.rows[rows] != before).any(axis=1)]
    own.momentum[moved] = 0
    own.scale[moved] = 0
    return n_replaced
