"""Recall by distance against a plain count."""

import definitions
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, construct, recall_by_distance
from hrgeom.embedding import as_dtype
from hrgeom.synthetic import perfect_tree
from hrgeom.testing import hierarchies


@given(
    hierarchy=hierarchies(),
    notion=st.sampled_from(["global", "row"]),
    dtype=st.sampled_from(["float64", "bfloat16", "int8"]),
    seed=st.integers(0, 5),
)
def test_recall_matches_the_definition(hierarchy, notion, dtype, seed):
    rng = np.random.default_rng(seed)
    n = hierarchy.n_nodes
    # small integers: ties are frequent, scores exact, under scales of int8 too
    scales = 2.0 ** rng.integers(-2, 3, n) if dtype == "int8" else np.ones(n)
    e = DualEmbedding(
        rng.integers(-1, 2, (n, 2)).astype(as_dtype(dtype)),
        rng.integers(-1, 2, (n, 2)).astype(as_dtype(dtype)),
        0.0,
        document_scale=scales if dtype == "int8" else 1.0,
    )
    parents = definitions.parents_of(hierarchy.edges, n)
    hits, total = {}, {}
    for q in range(n):
        scores = [
            s * sum(int(a) * int(b) for a, b in zip(e.queries[q], x, strict=True))
            for x, s in zip(e.documents, scales, strict=True)
        ]
        away = definitions.distances(parents, q)
        for v, d in away.items():
            at_least = sum(s >= scores[v] for w, s in enumerate(scores) if w != v)
            found = at_least < len(away) if notion == "row" else scores[v] > 0
            hits[d] = hits.get(d, 0) + found
            total[d] = total.get(d, 0) + 1
    result = recall_by_distance(e, hierarchy, notion=notion)
    assert result.n_pairs.tolist() == [total[d] for d in range(len(total))]
    assert result.recall.tolist() == [hits[d] / total[d] for d in range(len(total))]
    assert result.overall == sum(hits.values()) / sum(total.values())


def test_an_exact_embedding_has_full_recall():
    tree = perfect_tree(3, 5)
    e = construct(tree)
    for notion in ("global", "row"):
        assert recall_by_distance(e, tree, notion=notion).overall == 1.0


def test_a_sample_is_a_sample():
    tree = perfect_tree(2, 8)
    e = construct(tree, method="gaussian", dim=16)
    result = recall_by_distance(e, tree, notion="row", n_queries=20)
    assert result.n_queries == 20
    assert result.n_pairs[0] == 20
    again = recall_by_distance(e, tree, notion="row", n_queries=20)
    assert np.array_equal(result.recall, again.recall)


def test_global_recall_needs_a_threshold():
    e = DualEmbedding([[1.0]], [[1.0]])
    with pytest.raises(ValueError, match="threshold must be given"):
        recall_by_distance(e, Hierarchy(["a"], []))
