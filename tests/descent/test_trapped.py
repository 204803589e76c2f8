"""Rows that no step frees: found, solved exactly, and never made worse."""

import numpy as np
import pytest
from descending import copied, engine_of, random_judgments

from hrgeom.datasets import random_tree
from hrgeom.descent import Schedule, descend
from hrgeom.descent._exact_rows import SideRows
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State
from hrgeom.descent._trapped import Freeing, _trapped

T = 200.0
TREE = random_tree(120, seed=1).relevance
GOOD = descend(TREE, dim=16, effort=0.3, threads=1, schedule=Schedule.of(240, 16, 0.3))


def state_with(turned):
    """A good state, some of whose queries point the other way; seen by a look over all pairs."""
    problem = Problem.of(TREE, "global", 4, np.random.default_rng(0))
    queries = GOOD.queries[problem.query_order].copy()
    queries[turned] *= -1
    documents = GOOD.documents[problem.document_order]
    state = State.of(queries, documents, GOOD.threshold, 40)
    look_at(problem, state)
    return problem, state


def look_at(problem, state):
    engine = engine_of(problem, state, "numpy")
    try:
        engine.sweep(10.0 / T)
        engine.look(T)
    finally:
        engine.close()


def distances(problem, state, relevance=TREE):
    """The least distance of every query's pairs from the threshold, on their right sides."""
    scores = state.queries.rows @ state.documents.rows.T
    found = []
    for i, row in enumerate(scores):
        own = np.zeros(relevance.n_documents, dtype=bool)
        own[problem.indices[problem.indptr[i] : problem.indptr[i + 1]]] = True
        found.append(np.where(own, row - state.thresholds[0], state.thresholds[0] - row).min())
    return np.array(found)


def test_a_query_that_points_the_other_way_is_freed():
    problem, state = state_with([7])
    before = distances(problem, state)
    assert np.flatnonzero(before < 0).tolist() == [7]
    assert Freeing(problem).free(state, T) >= 1
    after = distances(problem, state)
    assert after[7] > 0
    assert after.min() > before.min() / 2  # its documents had moved towards it
    np.testing.assert_allclose(np.linalg.norm(state.queries.rows, axis=1), 1, atol=1e-5)


def test_no_distance_of_what_is_solved_falls_and_what_moved_rests():
    problem, state = state_with([3, 50])
    state.queries.momentum[:] = 1
    state.queries.scale[:] = 1
    before = copied(state)
    assert Freeing(problem).free(state, T) >= 2
    moved = (state.queries.rows != before.queries.rows).any(axis=1)
    assert moved[[3, 50]].all()
    assert not state.queries.momentum[moved].any()
    assert not state.queries.scale[moved].any()
    assert (state.queries.momentum[~moved] == 1).all()
    between = copied(state)
    between.queries.rows[:] = before.queries.rows  # the last turn is the queries'
    assert (distances(problem, state) >= distances(problem, between) - 1e-6).all()


def test_where_none_is_trapped_nothing_moves():
    problem, state = state_with([])
    before = copied(state)
    assert Freeing(problem).free(state, 1.0) == 0
    assert np.array_equal(state.queries.rows, before.queries.rows)
    assert np.array_equal(state.documents.rows, before.documents.rows)


@pytest.fixture
def solved(monkeypatch):
    """The numbers of rows that were to be solved, call by call."""
    calls = []
    improve = SideRows.improve

    def counting(self, own, other, threshold, rows):
        calls.append(len(rows))
        return improve(self, own, other, threshold, rows)

    monkeypatch.setattr(SideRows, "improve", counting)
    return calls


@pytest.mark.parametrize(
    ("n_wrong", "is_solved"), [(1, True), (5, True), (12, True), (13, False), (60, False)]
)
def test_nothing_is_solved_where_many_are_wrong(n_wrong, is_solved, solved):
    problem, state = state_with(np.arange(0, 120, 120 // n_wrong)[:n_wrong])
    assert np.count_nonzero(distances(problem, state) < 0) == n_wrong
    assert (Freeing(problem).free(state, T) > 0) == is_solved
    assert bool(solved) == is_solved
    assert sum(solved) <= 32  # eight queries, twice, and two documents of each


def test_what_freed_nothing_is_not_tried_again(monkeypatch):
    calls = []
    monkeypatch.setattr(SideRows, "improve", lambda *rest: calls.append(len(rest[-1])) or 0)
    problem, state = state_with([7])
    freeing = Freeing(problem)
    assert freeing.free(state, T) == 0
    assert len(calls) == 3  # the query, its documents, the query again
    assert freeing.free(state, T) == 0
    assert len(calls) == 3
    Freeing(problem).free(state, T)
    assert len(calls) == 6


def test_what_freed_some_is_tried_again(solved):
    problem, state = state_with([7])
    freeing = Freeing(problem)
    assert freeing.free(state, T) >= 1
    before = len(solved)
    state.queries.rows[9] *= -1
    look_at(problem, state)
    assert freeing.free(state, T) >= 1
    assert len(solved) > before


@pytest.mark.parametrize("n", [0, 1, 20])
def test_few_queries_are_never_trapped(n):
    assert len(_trapped(np.linspace(-1, 1, n), T)[0]) == 0


def test_the_trapped_are_those_far_behind_the_usual_worst():
    distance = np.full(1000, 0.1)
    distance[[5, 900]] = 0.05, -0.2
    distance[30] = 0.1 - 1.9 / T  # within reach
    assert _trapped(distance, T)[0].tolist() == [900, 5]
    distance[:40] = -np.arange(40.0)
    assert _trapped(distance, T)[0].tolist() == [39, 38, 37, 36, 35, 34, 33, 32]


def test_queries_without_matches_or_others():
    rng = np.random.default_rng(2)
    relevance = random_judgments(rng, 40, 30)
    problem = Problem.of(relevance, "global", 2, rng)
    state = State.at_random(problem, 6, 10, 0.2, rng)
    look_at(problem, state)
    Freeing(problem).free(state, 1e4)
    assert np.isfinite(state.queries.rows).all()
    assert np.isfinite(state.documents.rows).all()
