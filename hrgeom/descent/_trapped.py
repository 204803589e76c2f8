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
_MOST_WRONG = 0.1  # of all queries: where more are wrong, it is not for single rows out of place
_BEHIND = 2.0  # in units of 1/T: further than this below the usual worst is trapped


class Freeing:
    """Solves the trapped queries of a state, and the documents they are worst at."""

    def __init__(self, problem: Problem) -> None:
        relevance = Relevance(problem.indptr, problem.indices, problem.n_documents)
        turned = Relevance(*relevance.transposed, problem.n_queries)
        self._problem = problem
        self._queries, self._documents = SideRows(relevance), SideRows(turned)
        self._is_hopeless = False

    def free(self, state: State, temperature: float) -> int:
        """Replace rows by better ones and return how many; the least margin of all never falls.

        The scores of the last visit say which queries are worst. A query is solved alone first:
        documents that made room for one that is out of place would be worse for all others.
        Nothing is solved where many queries are wrong, or once none of those solved got free.
        """
        threshold = float(state.thresholds[0])
        distance = np.minimum(state.lowest_match - threshold, threshold - state.highest_other)
        worst, limit = _trapped(distance, temperature)
        if not len(worst) or self._is_hopeless or np.mean(distance < 0) > _MOST_WRONG:
            return 0
        n_trapped = len(worst)
        queries, others = state.queries, state.documents
        n_freed = _replaced(self._queries, queries, others, threshold, worst, state.dim)
        worst = worst[self._distances(state, worst) < limit]
        if len(worst):
            documents = self._documents_of(state, worst)
            n_freed += _replaced(self._documents, others, queries, threshold, documents, state.dim)
            n_freed += _replaced(self._queries, queries, others, threshold, worst, state.dim)
            still = np.count_nonzero(self._distances(state, worst) < limit)
            self._is_hopeless = bool(still == n_trapped)
        return n_freed

    def _distances(self, state: State, queries: NDArray[np.int64]) -> NDArray[np.float64]:
        """The least signed distance of some queries over all their pairs, as they are now."""
        problem, found = self._problem, []
        for i in queries.tolist():
            distances = state.thresholds[0] - state.documents.rows @ state.queries.rows[i]
            distances[problem.indices[problem.indptr[i] : problem.indptr[i + 1]]] *= -1
            found.append(distances.min())
        return np.array(found, dtype=np.float64)

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


def _trapped(distance: NDArray[Any], temperature: float) -> tuple[NDArray[np.int64], float]:
    """The queries that are much worse than the usual worst ones, and where that begins."""
    rank = max(_LEAST_RANK, len(distance) // _USUAL)
    if rank >= len(distance):
        return np.empty(0, dtype=np.int64), -np.inf
    worst = np.argsort(distance, kind="stable").astype(np.int64)
    limit = float(distance[worst[rank]]) - _BEHIND / temperature
    worst = worst[:_MOST_QUERIES]
    return worst[distance[worst] < limit], limit


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
