"""Half planes: d = 2k and threshold 1, against the definition in fractions."""

import numpy as np
import pytest
from definitions import scores, sets_of_relevance
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Relevance, certify
from hrgeom.constructions.covers import ConsecutivePalette
from hrgeom.constructions.intervals import half_plane
from hrgeom.datasets import TREE_SHAPES, perfect_tree, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.testing import hierarchies, relevances

anything = st.one_of(relevances(), hierarchies().map(lambda h: h.relevance))


@given(relevance=anything, dtype=st.sampled_from(["float64", "float32"]))
def test_scores_are_above_one_exactly_on_matches(relevance, dtype):
    embedding = half_plane(relevance, dtype=dtype)
    assert embedding.dim == 2 * ConsecutivePalette.of(relevance).n_colors
    found = scores(embedding.queries, embedding.documents)
    for q, own in enumerate(sets_of_relevance(relevance)):
        for v in range(relevance.n_documents):
            assert (found[q][v] > 1) == (v in own)
            assert found[q][v] != 1
    assert certify(embedding, relevance).holds


@pytest.mark.parametrize("shape", TREE_SHAPES)
def test_every_tree_takes_two_dimensions(shape):
    tree = random_tree(2_000, shape=shape, seed=1)
    embedding = half_plane(tree.relevance)
    certificate = certify(embedding.made_for(tree), tree)
    assert embedding.dim == 2
    assert certificate.holds
    assert certificate.margin_lower_bound > 0.99 / (3 * 2_000**2)


def test_one_dimension_less_is_not_enough_for_three_leaves():
    """With threshold 1 on a line a document takes all queries beyond a point, to one side."""
    leaves = Relevance.from_sets([{0}, {1}, {2}], 3)
    with pytest.raises(ConstructionError, match=r"dim must be at least 2k = 2 .* got 1"):
        half_plane(leaves, dim=1)
    # of the queries on one side of 0, those nearer to it are never taken alone
    for order in ([1.0, 2.0, 3.0], [-1.0, 1.0, 2.0], [-2.0, -1.0, 1.0]):
        taken = {tuple(np.array(order) * v > 1) for v in np.linspace(-5, 5, 1001)}
        assert not {(True, False, False), (False, True, False), (False, False, True)} <= taken


def test_more_dimensions_are_used_and_coarse_types_refused():
    tree = perfect_tree(2, 10)
    with pytest.raises(ConstructionError, match="float32 does not carry 1023 of them in 1 classes"):
        half_plane(tree.relevance, dtype="float32")
    embedding = half_plane(tree.relevance, dtype="float32", dim=7)
    assert embedding.dim == 6
    assert certify(embedding.made_for(tree), tree).holds
    with pytest.raises(ConstructionError, match="dtype must be float64 or float32"):
        half_plane(tree.relevance, dtype="int8")
