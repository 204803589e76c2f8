"""The SDP optimum: known values, its own certificate, and embeddings that attain it."""

from fractions import Fraction

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Relevance, certify, construct
from hrgeom.constructions._sdp import (
    _proved_diagonal,
    is_positive_semidefinite,
    margin_upper_bound,
    sdp,
    sdp_optimum,
)
from hrgeom.datasets import perfect_tree, random_tree
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.testing import relevances

KNOWN = {(2, 2): 0.6075, (2, 3): 0.4509, (2, 4): 0.3795, (3, 3): 0.397}


def is_semidefinite_in_fractions(matrix):
    """Symmetric elimination without rounding: no negative pivot, no zero one with a row left."""
    rows = [[Fraction(x) for x in row] for row in matrix.tolist()]
    for i in range(len(rows)):
        pivot = rows[i][i]
        if pivot < 0 or (pivot == 0 and any(rows[i][i:])):
            return False
        for j in range(i + 1, len(rows)):
            factor = rows[j][i] / pivot if pivot else 0
            rows[j] = [x - factor * y for x, y in zip(rows[j], rows[i], strict=True)]
    return True


@pytest.mark.parametrize("shape", KNOWN, ids=str)
def test_known_optima_of_perfect_trees(shape):
    tree = perfect_tree(*shape)
    optimum = sdp_optimum(tree.relevance)
    assert optimum.margin == pytest.approx(KNOWN[shape], abs=6e-4)
    assert optimum.margin <= optimum.dual_bound <= optimum.margin + 1e-4


def test_the_embedding_attains_it_and_nothing_exceeds_it():
    tree = perfect_tree(2, 3)
    optimum = sdp_optimum(tree.relevance)
    certificate = certify(sdp(tree.relevance, dtype="float64"), tree)
    assert certificate.holds
    assert certificate.normalized_margin_lower_bound == pytest.approx(optimum.margin, rel=1e-3)
    for method, dim in (("hybrid", 64), ("block-code", 64), ("trie", None)):
        other = certify(
            construct(tree, method=method, dim=dim, dtype="float64", certify=False).embedding, tree
        )
        assert other.normalized_margin_lower_bound <= optimum.dual_bound


@share(1 / 4)
@given(relevance=relevances(max_queries=4, max_documents=4))
def test_both_sides_meet_on_small_relevances(relevance):
    if not 0 < relevance.n_pairs < relevance.n_queries * relevance.n_documents:
        with pytest.raises(ConstructionError, match="some pair must match and some must not"):
            sdp_optimum(relevance)
        return
    optimum = sdp_optimum(relevance)
    assert optimum.margin <= optimum.dual_bound <= optimum.margin + 2e-4


@given(seed=st.integers(0, 10**6), spread=st.sampled_from([0.0, 1e-3, 1.0, 1e3]))
def test_no_multipliers_bound_below_the_optimum(seed, spread):
    """The optimum of one match and one non-match is 1: q = x_0 = -x_1."""
    rng = np.random.default_rng(seed)
    weights = np.full((1, 2), 0.5) + spread * rng.random((1, 2))
    diagonal = np.array([0.5, 0.25, 0.25]) + spread * rng.standard_normal(3)
    assert margin_upper_bound(Relevance.from_sets([{0}], 2), weights, diagonal) >= 1


@given(size=st.integers(1, 6), seed=st.integers(0, 10**6), scale=st.sampled_from([1e-8, 1.0, 1e8]))
def test_the_repaired_diagonal_is_feasible_in_fractions(size, seed, scale):
    rng = np.random.default_rng(seed)
    matrix = scale * rng.standard_normal((size, size))
    matrix = np.triu(matrix, 1) + np.triu(matrix, 1).T
    repaired = _proved_diagonal(matrix, scale * rng.standard_normal(size))
    assert is_semidefinite_in_fractions(matrix + np.diag(repaired))


def test_a_semidefinite_matrix_needs_proof():
    least = 2.0**-40
    assert is_positive_semidefinite(np.eye(3))
    assert not is_positive_semidefinite(np.diag([1.0, -least]))
    # true, but too close to call in floating point
    assert not is_positive_semidefinite(np.ones((2, 2)))


def test_what_does_not_fit_is_refused():
    relevance = Relevance.from_sets([{0}], 2)
    with pytest.raises(ConstructionError, match="must be at most 300 together"):
        sdp_optimum(random_tree(500).relevance)
    with pytest.raises(ConstructionError, match="some must not"):
        sdp_optimum(Relevance.from_sets([{0, 1}], 2))
    with pytest.raises(ConstructionError, match="rank of the optimum, 1: got 0"):
        sdp(relevance, dim=0)
    with pytest.raises(ShapeError, match="must have shapes"):
        margin_upper_bound(relevance, np.ones((2, 2)), np.ones(3))
    for weights in (np.zeros((1, 2)), np.array([[1.0, -1.0]]), np.array([[1.0, np.nan]])):
        with pytest.raises(ShapeError, match="not all zero"):
            margin_upper_bound(relevance, weights, np.ones(3))
