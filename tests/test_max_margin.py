"""Max-margin queries: against a general solver, with certificates that are checked by hand."""

import numpy as np
import pytest
from scipy.optimize import minimize

from hrgeom import certify
from hrgeom.constructions import gaussian_centroid
from hrgeom.constructions.max_margin import max_margin, max_margin_queries
from hrgeom.synthetic import perfect_tree, random_dag


def test_no_worse_than_the_centroid_and_below_its_dual_bound():
    dag = random_dag(60, seed=1)
    start = gaussian_centroid(dag.relevance, dim=64, dtype="float64")
    solution = max_margin_queries(start.documents, dag.relevance, notion="row")
    scores = solution.queries @ start.documents.T
    lengths = np.linalg.norm(solution.queries, axis=1)
    for q in range(dag.n_nodes):
        own = np.isin(np.arange(dag.n_nodes), dag.relevance.matches(q))
        if own.all():
            continue
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


def test_the_construction_holds_where_dimensions_are_enough():
    tree = perfect_tree(3, 4)
    assert certify(max_margin(tree.relevance, dim=200, dtype="float64", seed=0), tree).holds
