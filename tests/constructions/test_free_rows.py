"""Looks of rows that move among rows that stay."""

import numpy as np
import pytest

from hrgeom.constructions.extension._free_rows import Side, _see, _see_few, settle
from hrgeom.core import Relevance
from hrgeom.datasets import random_tree


@pytest.mark.parametrize("cut", [-2.0, 0.0, 0.3, 2.0])
def test_few_rows_are_seen_as_many_are(cut):
    rng = np.random.default_rng(0)
    relevance = random_tree(150, seed=1).relevance
    rows = rng.normal(size=(150, 6)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    arguments = (relevance.indptr, relevance.indices, rows, rows[::-1].copy())
    cuts = np.full(150, cut, dtype=np.float32)
    one, other = (see(*arguments, cuts, 1) for see in (_see, _see_few))
    for name in ("worst", "best", "scores", "match_scores"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-6)
    np.testing.assert_array_equal(one.queries, other.queries)
    np.testing.assert_array_equal(one.documents, other.documents)


def test_only_free_rows_move_and_a_row_in_the_way_is_released():
    # The free query must be above document 0 and below document 1, which has the same direction.
    relevance = Relevance.from_sets([{0}, {1}], n_documents=2)
    rows = np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32)
    queries = Side(rows.copy(), np.array([0]), relevance.indptr, relevance.indices)
    documents = Side(
        np.array([[1, 0, 0], [1, 0, 0]], dtype=np.float32),
        np.zeros(0, dtype=np.int64),
        *relevance.transposed,
    )
    settle(queries, documents, 0.3, 0.2, 0.4, restart=lambda q, v: None)
    scores = queries.rows @ documents.rows.T
    assert (scores[[0, 1], [0, 1]] >= 0.5 - 1e-5).all()
    assert (scores[[0, 1], [1, 0]] <= 0.1 + 1e-5).all()
    assert len(documents.free) > 0
