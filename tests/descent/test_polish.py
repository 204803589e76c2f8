"""Polish, the last stage of a descent: more margin, never a violation, never above the optimum."""

import time
from dataclasses import replace

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import certify, construct
from hrgeom.constructions import sdp, sdp_optimum
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.descent import descend, polish
from hrgeom.descent._near_pairs import AllPairs, Boundary, NearPairs
from hrgeom.descent._soft_margin import soft_margin
from hrgeom.errors import ConstructionError
from hrgeom.testing import dags, relevances

CASES = {
    "tree": (perfect_tree(2, 5), 6),
    "DAG": (random_dag(50, seed=3), 6),
    "chain": (random_tree(24, shape="chain"), 8),
}
NOTIONS = ("global", "row")
TREE = perfect_tree(2, 4)


def descended(relevance, dim, **options):
    return descend(relevance, dim=dim, threads=1, **{"effort": 0.1, **options})


def certified(target, found):
    """The certificate of the rows of a descent."""
    e = DualEmbedding(found.queries, found.documents, found.threshold, found.notion)
    return certify(e, target, threads=1)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("notion", NOTIONS)
def test_margins_rise(case, notion):
    hierarchy, dim = CASES[case]
    found = descended(hierarchy.relevance, dim, notion=notion, effort=0.3)
    polished = polish(hierarchy.relevance, found, effort=0.2)
    assert polished.notion == notion
    assert polished.queries.dtype == np.float32
    after = certified(hierarchy, polished)
    assert after.holds
    assert after.n_violations == polished.rows_wrong == 0
    margin = after.normalized_margin_lower_bound
    assert margin == pytest.approx(polished.margin, rel=3e-3)
    assert margin > 1.02 * found.margin
    assert certified(hierarchy, found).normalized_margin_lower_bound < margin


@share(1 / 12)
@given(hierarchy=dags(max_nodes=8))
def test_between_the_start_and_the_optimum(hierarchy):
    relevance = hierarchy.relevance
    found = descended(relevance, 4, effort=0.02)
    polished = polish(relevance, found, effort=0.1)
    if not np.isfinite(found.margin):
        assert polished is found
        return
    assert (polished.margin > 0, polished.margin) >= (found.margin > 0, found.margin)
    after = certified(hierarchy, polished)
    if after.holds and hierarchy.n_edges and hierarchy.n_nodes > 2:
        optimum = sdp_optimum(relevance).dual_bound
        assert after.normalized_margin_lower_bound <= optimum * (1 + 1e-6)


@given(
    relevance=relevances(max_queries=5, max_documents=6),
    notion=st.sampled_from(["global", "row"]),
    sharpness=st.sampled_from([0.5, 5.0, 50.0]),
    seed=st.integers(0, 10**6),
)
def test_soft_margin_is_below_the_margin_with_the_gradient_of_differences(
    relevance, notion, sharpness, seed
):
    problem = AllPairs(relevance, notion)
    if not problem.has_gap:
        return
    rng = np.random.default_rng(seed)
    queries = rng.standard_normal((relevance.n_queries, 3))
    documents = rng.standard_normal((relevance.n_documents, 3))
    own = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
    own[problem.matches.rows, problem.matches.columns] = True
    none = np.empty(0)
    every = Boundary(0.0, none, none, problem.matches, None)
    rows, columns = np.nonzero(~own)
    listed = Boundary(
        0.0, none, none, problem.matches, NearPairs.of(rows, columns, relevance.n_queries)
    )

    def value(moved):
        n = relevance.n_queries
        return soft_margin(problem, moved[:n], moved[n:], sharpness, every)[0]

    soft, of_queries, of_documents = soft_margin(problem, queries, documents, sharpness, every)
    again = soft_margin(problem, queries, documents, sharpness, listed)
    assert again[0] == pytest.approx(soft, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(again[1], of_queries, atol=1e-9)
    np.testing.assert_allclose(again[2], of_documents, atol=1e-9)
    margin = margin_by_definition(queries @ documents.T, own, notion)
    most = np.log(own.size * 2) / sharpness
    assert margin - 2 * most <= soft <= margin + 1e-9
    direction = rng.standard_normal((len(queries) + len(documents), 3))
    start, step = np.concatenate((queries, documents)), 1e-6
    slope = (value(start + step * direction) - value(start - step * direction)) / (2 * step)
    expected = (np.concatenate((of_queries, of_documents)) * direction).sum()
    assert slope == pytest.approx(expected, rel=1e-4, abs=1e-6)


def margin_by_definition(scores, own, notion):
    low = np.where(own, scores, np.inf).min(axis=1)
    high = np.where(own, -np.inf, scores).max(axis=1)
    return ((low - high).min() if notion == "row" else low.min() - high.max()) / 2


def test_rows_that_fail_may_end_exact():
    found = descended(TREE.relevance, 12, effort=0.0)
    poor = replace(found, documents=found.documents[::-1].copy())
    assert not certified(TREE, poor).holds
    polished = polish(TREE.relevance, replace(poor, margin=-1.0, rows_wrong=15))
    assert polished.rows_wrong == 0
    assert certified(TREE, polished).holds


def test_the_start_is_returned_where_nothing_is_better():
    tree = perfect_tree(2, 3)
    best = sdp(tree.relevance, dtype="float64")
    rows = [side.astype(np.float32) for side in (best.queries, best.documents)]
    found = descended(tree.relevance, best.dim)
    start = replace(found, queries=rows[0], documents=rows[1], threshold=best.threshold)
    polished = polish(tree.relevance, start)
    before, after = (certified(tree, x).normalized_margin_lower_bound for x in (start, polished))
    assert polished.queries is rows[0] or after >= before
    assert polished.queries is not rows[0] or polished.documents is rows[1]


@pytest.mark.parametrize("sets", [[{0, 1, 2}] * 4, [set()] * 4])
def test_without_a_gap_nothing_is_done(sets):
    relevance = Relevance.from_sets(sets, 3)
    found = descended(relevance, 3)
    assert polish(relevance, found) is found


@pytest.mark.parametrize("name", ["effort", "minutes"])
@pytest.mark.parametrize("value", [0, -1.0, float("inf"), float("nan")])
def test_numbers_must_be_positive(name, value):
    found = descended(TREE.relevance, 4)
    with pytest.raises(ConstructionError, match=f"{name} must be a positive number"):
        polish(TREE.relevance, found, **{name: value})


def test_the_same_seed_gives_the_same_numbers():
    found = descended(TREE.relevance, 8)
    one, two = (polish(TREE.relevance, found, effort=0.2, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.queries, two.queries)
    np.testing.assert_array_equal(one.documents, two.documents)


def test_an_interrupt_leaves_the_best_so_far():
    found = descended(TREE.relevance, 8)
    lines = []

    def report(line):
        lines.append(line)
        if len(lines) == 3:
            raise KeyboardInterrupt

    polished = polish(TREE.relevance, found, report=report)
    assert len(lines) == 3
    assert polished.is_interrupted
    assert polished.margin >= found.margin
    assert all(line.startswith("polishing, sharpness ") for line in lines)


def test_minutes_end_it():
    hierarchy = random_dag(300, seed=3)
    found = descended(hierarchy.relevance, 32)
    began = time.monotonic()
    lines = []
    polished = polish(hierarchy.relevance, found, effort=1e6, minutes=1e-4, report=lines.append)
    assert polished.margin >= found.margin
    assert len(lines) <= 1  # a million times the steps, in days
    assert polished.seconds - found.seconds <= time.monotonic() - began + 0.1


# --- as a stage of the construction ---


def built(target, **options):
    return construct(target, method="descent", threads=1, **{"dim": 8, "effort": 0.2, **options})


@pytest.mark.parametrize("notion", NOTIONS)
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int8"])
def test_small_targets_are_polished_in_every_type(dtype, notion, monkeypatch):
    polished = built(TREE, dtype=dtype, notion=notion)
    assert polished.embedding.parameters["is_polished"] is True
    monkeypatch.setattr("hrgeom.constructions._descent._POLISHED", 0)
    plain = built(TREE, dtype=dtype, notion=notion)
    assert "is_polished" not in plain.embedding.parameters
    before, after = (r.certificate.normalized_margin_lower_bound for r in (plain, polished))
    assert after > before


def test_judgments_are_polished_too():
    relevance = Relevance.from_sets([{0}, {1, 2}, set(), {0, 1, 2, 3}, {3}], 4)
    result = built(relevance)
    assert result.certificate.holds
    assert result.embedding.parameters["is_polished"] is True


@pytest.mark.parametrize("options", [{"effort": 0.0}, {"minutes": 1e-9}])
def test_without_time_nothing_is_polished(options):
    assert "is_polished" not in built(TREE, **options).embedding.parameters


def test_minutes_are_shared():
    lines = []
    began = time.monotonic()
    e = built(TREE, minutes=0.02, effort=1.0, report=lines.append).embedding
    assert e.parameters["minutes"] == 0.02
    assert any(line.startswith("polishing") for line in lines)
    assert time.monotonic() - began < 60


def test_what_was_interrupted_is_not_polished():
    def report(line):
        if line.startswith("epoch"):
            raise KeyboardInterrupt

    e = built(TREE, report=report).embedding
    assert e.parameters["is_interrupted"] is True
    assert "is_polished" not in e.parameters
