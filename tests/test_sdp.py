"""The SDP optimum: known values, its own certificate, and embeddings that attain it."""

import pytest

from hrgeom import certify, construct
from hrgeom.constructions.sdp import sdp, sdp_optimum
from hrgeom.errors import ConstructionError
from hrgeom.synthetic import perfect_tree, random_tree

KNOWN = {(2, 2): 0.6075, (2, 3): 0.4509, (2, 4): 0.3795, (3, 3): 0.397}


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
    assert certificate.normalised_margin_lower_bound == pytest.approx(optimum.margin, rel=1e-3)
    for method, dim in (("hybrid", 64), ("block-code", 64), ("trie", None)):
        other = certify(construct(tree, method=method, dim=dim, dtype="float64"), tree)
        assert other.normalised_margin_lower_bound <= optimum.dual_bound


def test_large_inputs_are_refused():
    with pytest.raises(ConstructionError, match="must"):
        sdp_optimum(random_tree(500).relevance)
