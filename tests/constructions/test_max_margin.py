"""Max-margin queries: against a general solver, with certificates that are checked in fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from hrgeom import Relevance, certify
from hrgeom.constructions.queries import gaussian_centroid, max_margin, max_margin_queries
from hrgeom.constructions.queries._min_norm import min_norm_weights
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.testing import relevances


def fractions(rows):
    return [[Fraction(x) for x in row] for row in np.asarray(rows, dtype=np.float64).tolist()]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def signs_of(relevance, q):
    signs = [-1] * relevance.n_documents
    for v in relevance.matches(q).tolist():
        signs[v] = 1
    return signs


@given(
    relevance=relevances(max_queries=5, max_documents=6),
    dim=st.integers(1, 5),
    seed=st.integers(0, 10**6),
    notion=st.sampled_from(["global", "row"]),
)
def test_weights_prove_the_bounds_and_queries_have_their_margins(relevance, dim, seed, notion):
    documents = np.random.default_rng(seed).standard_normal((relevance.n_documents, dim))
    solution = max_margin_queries(documents, relevance, notion=notion)
    points, queries = fractions(documents), fractions(solution.queries)
    for q in range(relevance.n_queries):
        margin, bound = solution.margins[q], solution.bounds[q]
        signs = signs_of(relevance, q)
        if notion == "row" and len(set(signs)) == 1:
            assert margin == bound == np.inf
            continue
        part = slice(solution.indptr[q], solution.indptr[q + 1])
        used, weights = solution.documents[part].tolist(), solution.weights[part].tolist()
        weights = [Fraction(w) for w in weights]
        assert min(weights) >= 0
        # The statement's right side, of weights that sum to 1 exactly.
        halves = 2 if notion == "row" else 1
        groups = (1, -1) if notion == "row" else (None,)
        total = [Fraction(0)] * dim
        for group in groups:
            own = [i for i, v in enumerate(used) if group in (None, signs[v])]
            share = sum(weights[i] for i in own)
            for i in own:
                for j in range(dim):
                    total[j] += weights[i] / share * signs[used[i]] * points[used[i]][j]
        assert dot(total, total) <= (Fraction(bound) * halves) ** 2
        # The query's own margin, scaled to unit length.
        scores = [dot(queries[q], point) for point in points]
        signed = [s * score for s, score in zip(signs, scores, strict=True)]
        if notion == "row":
            exact = min(x for x, s in zip(signed, signs, strict=True) if s > 0) / 2
            exact += min(x for x, s in zip(signed, signs, strict=True) if s < 0) / 2
        else:
            exact = min(signed)
        if margin > 0:
            assert exact > 0
            assert Fraction(margin) ** 2 * dot(queries[q], queries[q]) <= exact**2
        # And there is nothing in between, but where no vector separates.
        longest = np.linalg.norm(documents, axis=1).max()
        assert bound - margin <= 2e-6 * bound or bound <= 2e-9 * longest


def test_no_worse_than_the_centroid():
    dag = random_dag(60, seed=1)
    start = gaussian_centroid(dag.relevance, dim=64, dtype="float64")
    solution = max_margin_queries(start.documents, dag.relevance, notion="row")
    scores = solution.queries @ start.documents.T
    lengths = np.linalg.norm(solution.queries, axis=1)
    for q in range(dag.n_nodes):
        own = np.isin(np.arange(dag.n_nodes), dag.relevance.matches(q))
        margin = (scores[q, own].min() - scores[q, ~own].max()) / 2 / lengths[q]
        assert margin == pytest.approx(solution.margins[q], rel=1e-6, abs=1e-9)
        centroid = start.queries[q] @ start.documents.T
        assert margin >= (centroid[own].min() - centroid[~own].max()) / 2 - 1e-9


def test_agrees_with_a_general_solver():
    tree = perfect_tree(2, 3)
    documents = gaussian_centroid(tree.relevance, dim=12, dtype="float64").documents
    solution = max_margin_queries(documents, tree.relevance, notion="row")
    for q in range(1, tree.n_nodes):
        own = np.isin(np.arange(tree.n_nodes), tree.relevance.matches(q))
        gaps = (documents[own][:, None] - documents[~own][None]).reshape(-1, 12) / 2
        found = minimize(
            lambda w: w @ w,
            np.linalg.lstsq(gaps, np.ones(len(gaps)), rcond=None)[0],
            jac=lambda w: 2 * w,
            constraints={"type": "ineq", "fun": lambda w, g=gaps: g @ w - 1},
            method="SLSQP",
            options={"maxiter": 500, "ftol": 1e-12},
        )
        assert found.success
        assert solution.margins[q] == pytest.approx(1 / np.linalg.norm(found.x), rel=1e-4)


def test_a_match_between_others_is_proved_inseparable():
    relevance = Relevance.from_sets([{1}], 3)
    solution = max_margin_queries([[-1.0], [0.5], [1.0]], relevance, notion="row")
    assert solution.inseparable.tolist() == [0]
    assert 0 <= solution.bounds[0] < 1e-9


def test_some_of_the_queries():
    dag = random_dag(40, seed=2)
    documents = np.random.default_rng(0).standard_normal((40, 20))
    whole = max_margin_queries(documents, dag.relevance, notion="global")
    some = max_margin_queries(documents, dag.relevance, notion="global", queries=[7, 3])
    assert some.numbers.tolist() == [7, 3]
    np.testing.assert_allclose(some.margins, whole.margins[[7, 3]], rtol=1e-5)
    assert len(max_margin_queries(documents, dag.relevance, notion="row", queries=[]).queries) == 0


@pytest.mark.parametrize(
    ("documents", "queries"),
    [
        (np.zeros((3, 2)), None),
        (np.zeros(2), None),
        (np.array([[np.nan], [0.0]]), None),
        (np.zeros((2, 2)), [2]),
        (np.zeros((2, 2)), [[0]]),
    ],
)
def test_what_does_not_fit_is_refused(documents, queries):
    with pytest.raises(ShapeError, match="must be"):
        max_margin_queries(
            documents, Relevance.from_sets([{0}, {1}], 2), notion="row", queries=queries
        )


@given(n=st.integers(2, 7), dim=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_the_shortest_combination_has_no_closer_point(n, dim, seed):
    """Its optimality condition: every point lies beyond the hyperplane through it."""
    rows = np.random.default_rng(seed).standard_normal((n, dim))
    start = np.zeros(n)
    start[0] = 1
    weights = min_norm_weights(rows @ rows.T, np.zeros(n, dtype=np.intp), start, 1e-12)
    shortest = weights @ rows
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    assert (rows @ shortest).min() >= shortest @ shortest - 1e-9


def test_the_construction_holds_where_dimensions_are_enough():
    tree = perfect_tree(3, 4)
    embedding = max_margin(tree.relevance, dim=200, dtype="float64", seed=0)
    assert embedding.parameters["n_inseparable"] == 0
    assert certify(embedding, tree).holds


def test_the_construction_says_how_many_queries_fail_where_they_are_not():
    tree = perfect_tree(3, 4)
    embedding = max_margin(tree.relevance, dim=4, dtype="float64", seed=0)
    assert embedding.parameters["n_inseparable"] > 0
    assert not certify(embedding, tree).holds
    with pytest.raises(ConstructionError, match="dim must be at least 2"):
        max_margin(tree.relevance, dim=1)
    with pytest.raises(ConstructionError, match=r"must be at most 134,217,728 .* got 144,000,000"):
        max_margin(random_tree(12_000).relevance)
