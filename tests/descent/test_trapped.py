"""Trapped rows are found by how far behind they are, and freed without harm to the others."""

import numpy as np
import pytest

from hrgeom.datasets import random_tree
from hrgeom.descent import descend
from hrgeom.descent._engine import Engine
from hrgeom.descent._numpy_passes import NumpyPasses
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State
from hrgeom.descent._trapped import Freeing

T = 400.0


@pytest.fixture(scope="module")
def engine():
    """A tree of 150 nodes at rows that hold."""
    relevance = random_tree(150, seed=3).relevance
    found = descend(relevance, dim=12, effort=0.3, threads=1)
    assert found.rows_wrong == 0
    problem = Problem.of(relevance, "global", 4, np.random.default_rng(0))
    rows = found.queries[problem.query_order], found.documents[problem.document_order]
    engine = Engine(problem, State.of(*rows, found.threshold, 40), NumpyPasses(), 1)
    yield engine
    engine.close()


def margin(engine):
    """Half the gap over all pairs, by brute force."""
    problem, state = engine.problem, engine.state
    scores = state.queries.rows @ state.documents.rows.T
    is_match = np.zeros(scores.shape, dtype=bool)
    rows = np.repeat(np.arange(problem.n_queries), problem.n_matches)
    is_match[rows, problem.indices] = True
    return (scores[is_match].min() - scores[~is_match].max()) / 2


def looked(engine):
    engine.sweep(1.0)
    engine.look(T)
    return engine.state


def test_rows_that_hold_are_left_alone(engine):
    state = looked(engine)
    before = state.queries.rows.copy(), state.documents.rows.copy()
    Freeing(engine.problem).free(state, temperature=1e-3)  # nothing is so far behind
    assert (state.queries.rows == before[0]).all()
    assert (state.documents.rows == before[1]).all()


def test_a_query_on_the_wrong_side_is_put_back(engine):
    state = looked(engine)
    good = margin(engine)
    kept = state.queries.rows[7].copy()
    state.queries.rows[7] *= -1
    assert margin(engine) < 0
    n_freed = Freeing(engine.problem).free(looked(engine), T)
    assert n_freed >= 1
    assert margin(engine) > 0.5 * good
    assert np.linalg.norm(state.queries.rows[7]) == pytest.approx(1, abs=1e-6)
    assert (state.queries.momentum[7] == 0).all()
    state.queries.rows[7] = kept


def test_few_queries_are_never_called_trapped():
    relevance = random_tree(15, seed=0).relevance
    problem = Problem.of(relevance, "global", 2, np.random.default_rng(0))
    state = State.at_random(problem, 4, 8, 0.3, np.random.default_rng(1))
    engine = Engine(problem, state, NumpyPasses(), 1)
    assert Freeing(problem).free(looked(engine), T) == 0
    engine.close()
