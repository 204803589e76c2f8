"""Polish: more margin, never a violation, never above the optimum."""

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import certify, construct
from hrgeom.cli import main
from hrgeom.constructions import sdp, sdp_optimum
from hrgeom.datasets import perfect_tree, random_dag, random_subsets
from hrgeom.errors import ConstructionError
from hrgeom.polish import polish
from hrgeom.polish._pairs import ActivePairs, Look, Problem
from hrgeom.polish._soft_margin import soft_margin
from hrgeom.testing import dags, relevances

STARTS = {
    "arcs": (random_dag(300, seed=3), {"method": "interval", "dtype": "float64", "code": "arc"}),
    "trie": (perfect_tree(3, 5), {"method": "trie", "dtype": "float32"}),
    "hybrid": (random_dag(200, seed=5), {"method": "hybrid", "dim": 30, "dtype": "float32"}),
}


@pytest.mark.parametrize("start", STARTS)
def test_three_starts_gain_half_as_much_again(start):
    hierarchy, options = STARTS[start]
    embedding = construct(hierarchy, **options).embedding
    before = certify(embedding, hierarchy)
    polished = polish(embedding, hierarchy)
    after = certify(polished, hierarchy)
    assert before.holds
    assert after.holds
    assert after.n_violations == 0
    assert polished.dtype == embedding.dtype
    assert after.normalized_margin_lower_bound >= 1.5 * before.normalized_margin_lower_bound


@share(1 / 6)
@given(hierarchy=dags(max_nodes=8))
def test_between_the_start_and_the_optimum(hierarchy):
    embedding = construct(hierarchy, method="trie", dtype="float64", certify=False).embedding
    before = certify(embedding, hierarchy).normalized_margin_lower_bound
    after = certify(polish(embedding, hierarchy, effort=0.1), hierarchy)
    assert after.holds
    if before is None or hierarchy.relevance.n_matches.min() == hierarchy.n_nodes:
        return
    assert after.normalized_margin_lower_bound >= before * (1 - 2e-3)
    if hierarchy.n_edges and hierarchy.n_nodes > 2:
        assert after.normalized_margin_lower_bound <= sdp_optimum(hierarchy.relevance).dual_bound


def test_the_command(tmp_path, capsys):
    start, better = str(tmp_path / "start.emb"), str(tmp_path / "better.emb")
    tree = tmp_path / "tree.tsv"
    tree.write_text("child\tparent\nb\ta\nc\ta\nd\tb\ne\tb\n")
    assert main(["construct", "--tree", str(tree), "--out", start]) == 0
    assert main(["polish", start, "--tree", str(tree), "--out", better]) == 0
    assert "HOLDS" in capsys.readouterr().out
    assert main(["certify", better, "--tree", str(tree)]) == 0


@given(
    relevance=relevances(max_queries=5, max_documents=6),
    notion=st.sampled_from(["global", "row"]),
    sharpness=st.sampled_from([0.5, 5.0, 50.0]),
    seed=st.integers(0, 10**6),
)
def test_soft_margin_is_below_the_margin_with_the_gradient_of_differences(
    relevance, notion, sharpness, seed
):
    problem = Problem(relevance, notion)
    if not problem.has_gap:
        return
    rng = np.random.default_rng(seed)
    queries = rng.standard_normal((relevance.n_queries, 3))
    documents = rng.standard_normal((relevance.n_documents, 3))
    own = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
    own[problem.matches.rows, problem.matches.columns] = True
    every = Look(0.0, problem.matches, None)
    rows, columns = np.nonzero(~own)
    listed = Look(0.0, problem.matches, ActivePairs.of(rows, columns, relevance.n_queries))

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


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int8"])
def test_coarse_types_gain_too(dtype):
    tree = perfect_tree(3, 4)
    start = construct(tree, method="trie", dtype=dtype, certify=False).embedding
    polished = polish(start, tree)
    after = certify(polished, tree)
    assert polished.dtype == start.dtype
    assert after.holds
    before = certify(start, tree).normalized_margin_lower_bound
    assert after.normalized_margin_lower_bound > 1.5 * before


def test_the_row_notion_is_kept():
    relevance = random_subsets(10, 6, 2, seed=1)
    start = construct(
        relevance, method="moment-curve", dtype="float64", notion="row", certify=False
    ).embedding
    polished = polish(start, relevance)
    assert polished.notion == "row"
    # documents of very different lengths: as unit rows they do not rank
    assert certify(start, relevance).normalized_margin_lower_bound is None
    after = certify(polished, relevance)
    assert after.holds
    assert after.normalized_margin_lower_bound > 0.4


def test_a_start_that_fails_may_end_exact():
    tree = perfect_tree(2, 4)
    start = construct(tree, method="gaussian", dim=12, dtype="float32", certify=False).embedding
    assert not certify(start, tree).holds
    assert certify(polish(start, tree), tree).holds


def test_the_start_is_returned_where_nothing_is_better():
    tree = perfect_tree(2, 3)
    best = sdp(tree.relevance, dtype="float64").made_for(tree)
    for start in (best, construct(random_subsets(3, 2, 2, seed=0), dtype="float64").embedding):
        target = tree if start is best else random_subsets(3, 2, 2, seed=0)
        polished = polish(start, target)
        before = certify(start, target).normalized_margin_lower_bound
        after = certify(polished, target).normalized_margin_lower_bound
        assert polished is start or after > before


@pytest.mark.parametrize("effort", [0, -1.0, float("inf"), float("nan")])
def test_effort_must_be_positive(effort):
    tree = perfect_tree(2, 2)
    with pytest.raises(ConstructionError, match="effort must be a positive number"):
        polish(construct(tree).embedding, tree, effort=effort)


def test_the_same_seed_gives_the_same_numbers():
    tree = perfect_tree(2, 4)
    start = construct(tree, method="hybrid", dim=8, certify=False).embedding
    one, two = (polish(start, tree, effort=0.2, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.queries, two.queries)
    np.testing.assert_array_equal(one.documents, two.documents)
