"""The sweep over all pairs: its lists against brute force on the same bytes."""

import numpy as np
import pytest
from descending import COMPILED, copied, engine_of, passes_named, random_judgments, state_of, unit

from hrgeom.core import Relevance
from hrgeom.datasets import random_tree
from hrgeom.descent import available_passes
from hrgeom.descent._passes import Bytes
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import State

ALL = available_passes()
LOWEST = -(2**31)
FAR = 2**30


def at_random(relevance, dim, most, rng, documents=None):
    """A problem and a state of random rows, or of given documents."""
    problem = Problem.of(relevance, "global", 2, rng)
    queries = unit(rng, relevance.n_queries, dim)
    if documents is None:
        documents = unit(rng, relevance.n_documents, dim)
    return problem, State.of(queries, documents, 0.2, min(most, relevance.n_documents))


def integer_scores(in_bytes, m):
    """All scores of the bytes, unpacked one by one as the header describes their places."""
    n_bytes = in_bytes.queries.shape[1]
    panels = in_bytes.panels.ravel()
    v, k = np.arange(m)[:, None], np.arange(n_bytes)
    places = ((v // 64) * (n_bytes // 4) + k // 4) * 256 + (v % 64) * 4 + k % 4
    documents = panels[places].astype(np.int64) - 128
    return in_bytes.queries.astype(np.int64) @ documents.T


def hardest(problem, scores, i, cut, reach, most):
    """Scores of what is to be listed for query i, the hardest first."""
    match = problem.indices[problem.indptr[i] : problem.indptr[i + 1]]
    own = np.sort(np.delete(scores[i], match))[::-1]
    own = own[own > cut][:most]
    return own[own >= own[:1] - reach].tolist()


def listed(state, i):
    return state.listed[i, : state.n_listed[i]]


def assert_lists(problem, state, name, cuts, reach=FAR):
    """The lists of a sweep are those of brute force, but for which of equal scores they hold."""
    in_bytes = Bytes.of(state)
    scores = integer_scores(in_bytes, problem.n_documents)
    after = copied(state)
    after.n_listed[:] = -7
    passes_named(name).list_hardest(problem, after, in_bytes, cuts, reach, range(problem.n_queries))
    most = state.listed.shape[1]
    for i in range(problem.n_queries):
        found = listed(after, i)
        assert len(set(found.tolist())) == len(found)
        assert not np.isin(found, problem.indices[problem.indptr[i] : problem.indptr[i + 1]]).any()
        assert sorted(scores[i, found].tolist(), reverse=True) == hardest(
            problem, scores, i, cuts[i], reach, most
        )
    return after


def no_cuts(problem):
    return np.full(problem.n_queries, LOWEST, dtype=np.int32)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dim", [1, 5, 16, 40, 130])
@pytest.mark.parametrize("m", [1, 3, 63, 64, 65, 200, 700])
def test_lists_are_those_of_brute_force(m, dim, name):
    rng = np.random.default_rng(m + dim)
    relevance = random_judgments(rng, 101, m, most=min(m, 6))  # more than a block of 96 queries
    problem, state = at_random(relevance, dim, 20, rng)
    assert_lists(problem, state, name, no_cuts(problem))


@pytest.mark.parametrize("name", ALL)
def test_cuts_and_reach_are_kept(name):
    rng = np.random.default_rng(1)
    problem, state = at_random(random_judgments(rng, 50, 150), 8, 40, rng)
    scores = integer_scores(Bytes.of(state), 150)
    cuts = np.quantile(scores, rng.random(50), axis=1).diagonal().astype(np.int32)
    cuts[::7] = 2**30  # above all
    cuts[1::7] = LOWEST
    for reach in (0, 500, 3000, FAR):
        after = assert_lists(problem, state, name, cuts, reach)
        assert not after.n_listed[::7].any()
    # a score at the cut itself is not above it
    cuts[:] = np.sort(scores, axis=1)[:, -10]
    assert_lists(problem, state, name, cuts)


@pytest.mark.parametrize("name", ALL)
def test_more_matches_than_a_list_has_room(name):
    """They come by in front of the others, and are never listed."""
    rng = np.random.default_rng(2)
    documents = unit(rng, 600, 6)
    queries = unit(rng, 20, 6)
    order = np.argsort(-(queries @ documents.T), axis=1)
    sets = [set(row[: 20 * i].tolist()) for i, row in enumerate(order)]
    relevance = Relevance.from_sets(sets, 600)
    problem = Problem.of(relevance, "global", 2, rng)
    rows = queries[problem.query_order], documents[problem.document_order]
    state = State.of(*rows, 0.2, 5)
    assert_lists(problem, state, name, no_cuts(problem))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("m", [50, 640, 2000])
def test_equal_rows(m, name):
    """Ties fill the lists, in small problems and in those whose cuts are raised."""
    rng = np.random.default_rng(3)
    documents = np.repeat(unit(rng, 1, 5), m, axis=0)
    problem, state = at_random(random_judgments(rng, 30, m), 5, 12, rng, documents)
    after = assert_lists(problem, state, name, no_cuts(problem))
    assert (after.n_listed == np.minimum(12, m - problem.n_matches)).all()


@pytest.mark.parametrize("name", ALL)
def test_queries_that_match_all_or_nothing(name):
    rng = np.random.default_rng(4)
    relevance = Relevance.from_sets([set(range(70)), set(), set(range(69))], 70)
    problem, state = at_random(relevance, 6, 30, rng)
    after = assert_lists(problem, state, name, no_cuts(problem))
    assert sorted(after.n_listed.tolist()) == [0, 1, 30]


@pytest.mark.parametrize("name", COMPILED)
@pytest.mark.parametrize("relevance", ["tree", "judgments"])
def test_raised_cuts_leave_the_hardest(relevance, name):
    """With many documents cuts are raised after a sample: lists may be shorter, not worse."""
    rng = np.random.default_rng(5)
    n = 3001
    if relevance == "tree":
        relevance = random_tree(n, seed=0).relevance
    else:
        relevance = random_judgments(rng, 150, n, most=200)
    problem, state = at_random(relevance, 12, 64, rng)
    in_bytes = Bytes.of(state)
    queries = range(0, 150)
    passes_named(name).list_hardest(problem, state, in_bytes, no_cuts(problem), FAR, queries)
    scores = integer_scores(in_bytes, n)
    n_whole = 0
    for i in queries:
        found = np.sort(scores[i, listed(state, i)])[::-1].tolist()
        wanted = hardest(problem, scores, i, LOWEST, FAR, 64)
        in_front = next((k for k, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b),
                        len(found))  # fmt: skip
        # a sixteenth of three times the list are above the cut, whatever the sample
        assert in_front >= min(10, len(wanted))
        n_whole += found == wanted
    assert n_whole >= 140


@pytest.mark.parametrize("name", ALL)
def test_parts_of_a_range_are_swept_as_the_whole(name):
    rng = np.random.default_rng(6)
    problem, state = at_random(random_judgments(rng, 60, 90), 7, 15, rng)
    in_bytes, cuts = Bytes.of(state), no_cuts(problem)
    whole, parts = copied(state), copied(state)
    passes = passes_named(name)
    passes.list_hardest(problem, whole, in_bytes, cuts, FAR, range(60))
    for a, b in ((0, 1), (1, 40), (40, 60)):
        passes.list_hardest(problem, parts, in_bytes, cuts, FAR, range(a, b))
    for i in range(60):
        assert listed(parts, i).tolist() == listed(whole, i).tolist()


def test_bytes_are_rows_rounded():
    rng = np.random.default_rng(7)
    _, state = at_random(random_judgments(rng, 40, 70), 6, 5, rng)
    in_bytes = Bytes.of(state)
    assert np.abs(in_bytes.queries).max() == 63
    assert (in_bytes.panels.min(), in_bytes.panels.shape) >= (0, (2, 2, 64, 4))
    exact = state.queries.rows @ state.documents.rows.T
    found = integer_scores(in_bytes, 70) / in_bytes.scale
    assert np.abs(found - exact).max() < 0.02  # the slack of an engine's cuts


# --- Of an engine -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n_lost", [1, 60])
def test_queries_whose_others_fell_below_the_cut_are_swept_again(n_lost, name):
    """One of a hundred by itself, many in a sweep of all."""
    rng = np.random.default_rng(8)
    problem, state = state_of(random_judgments(rng, 100, 80), 10, most=9)
    wanted = copied(state)
    some = np.flatnonzero(problem.n_matches < 80)[:n_lost]
    state.highest_other[some] = 3.0  # as if all had been far higher at the last visit
    state.n_listed[some] = 1
    engine = engine_of(problem, state, name)
    try:
        engine.sweep(2.0)
    finally:
        engine.close()
    assert engine.n_sweeps == 1
    for i in range(100):
        assert set(listed(state, i).tolist()) == set(listed(wanted, i).tolist())
    full = np.flatnonzero(problem.n_matches == 80)
    assert len(full) == 1
    assert not state.n_listed[full].any()


@pytest.mark.parametrize("name", ALL)
def test_a_second_sweep_of_rows_at_rest_lists_the_same(name):
    """The cuts of what was seen before lose nothing."""
    problem, state = state_of(random_judgments(np.random.default_rng(9), 80, 90), 10, most=12)
    engine = engine_of(problem, state, name)
    try:
        for reach in (0.2, 0.6):
            engine.sweep(reach)
            engine.look(20.0)
            before = [set(listed(state, i).tolist()) for i in range(80)]
            engine.sweep(reach)
            assert [set(listed(state, i).tolist()) for i in range(80)] == before
    finally:
        engine.close()


@pytest.mark.parametrize("name", ALL)
def test_lists_by_document_cover_the_groups(name):
    problem, state = state_of(random_judgments(np.random.default_rng(10), 50, 60), 6)
    engine = engine_of(problem, state, name, threads=2)
    try:
        engine.sweep(1.0)
    finally:
        engine.close()
    pairs = {
        (int(q), v)
        for starts, queries in engine.listing
        for v in range(60)
        for q in queries[starts[v] : starts[v + 1]]
    }
    assert pairs == {(i, int(v)) for i in range(50) for v in listed(state, i)}
