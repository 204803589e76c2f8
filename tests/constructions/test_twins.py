"""Equal queries and documents are built once; queries stand in for documents where it pays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Hierarchy, construct
from hrgeom.constructions import all_constructions, frontier, promise_of, promises
from hrgeom.constructions._sides import better_side
from hrgeom.core import Relevance, distinct_rows, equal_rows

CATEGORIES = Relevance.from_sets([range(i * 2000, i * 2000 + 2000) for i in range(3)], 6000)
PARENTS = Hierarchy.from_edges([("all", f"p{i}") for i in range(2100)])

sets = st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=8)


@given(sets)
def test_equal_rows_are_the_distinct_rows_in_order_of_appearance(rows):
    r = Relevance.from_sets(rows, 6)
    numbers, first = equal_rows(r.indptr, r.indices)
    keys = [tuple(sorted(row)) for row in rows]
    assert [keys[i] for i in first] == list(dict.fromkeys(keys))
    assert [keys[first[n]] for n in numbers] == keys
    assert len(first) == len(distinct_rows(r.indptr, r.indices, 6)[1])


def test_equal_sums_are_not_trusted(monkeypatch):
    class Constant:
        def integers(self, *unused, size, dtype):
            return np.zeros(size, dtype=dtype)

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Constant())
    r = Relevance.from_sets([{0, 1}, {1}, {0, 1}, set()], 2)
    numbers, first = equal_rows(r.indptr, r.indices)
    assert numbers.tolist() == [0, 1, 0, 2]
    assert first.tolist() == [0, 1, 3]


@given(sets)
def test_twins_share_their_rows_and_all_pairs_hold(rows):
    r = Relevance.from_sets(rows, 6)
    result = construct(r)
    assert result.certificate.holds
    e = result.embedding
    assert (e.query_labels, e.document_labels) == (r.query_labels, r.document_labels)
    for vectors, numbers in (
        (e.queries, equal_rows(r.indptr, r.indices)[0]),
        (e.documents, equal_rows(*r.transposed)[0]),
    ):
        kinds = {n: vectors[i].tolist() for i, n in enumerate(numbers)}
        assert all(vectors[i].tolist() == kinds[n] for i, n in enumerate(numbers))


@pytest.mark.parametrize(
    "entry", [c for c in all_constructions() if c.promise], ids=lambda c: c.name
)
@pytest.mark.parametrize("dtype", ["float32", "int8"])
def test_whatever_promises_serves_many_documents_of_few_kinds(entry, dtype):
    promise = promise_of(CATEGORIES, entry, dtype=dtype)
    if promise is None:
        pytest.skip(f"{entry.name} promises nothing in {dtype}")
    result = construct(CATEGORIES, method=entry, dtype=dtype)
    assert result.embedding.dim == promise.dim
    assert result.certificate.holds or entry.promise_kind == "predicted"
    if promise.margin is not None:
        assert result.certificate.normalized_margin_lower_bound >= promise.margin * 0.99
    assert result.embedding.parameters["distinct"] == {"queries": 3, "documents": 3}


def test_a_hierarchy_has_no_twins():
    tree = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    assert "distinct" not in construct(tree).embedding.parameters


def test_many_parents_are_built_from_the_other_side():
    said = []
    result = construct(PARENTS, report=said.append)
    e = result.embedding
    assert result.certificate.holds
    assert e.dim < 20
    assert e.parameters["is_transposed"]
    assert "2,100 laminar classes, queries 1:" in said[0]
    assert e.query_labels == e.document_labels == PARENTS.labels
    found = (e.queries @ e.documents.T > e.threshold).nonzero()
    assert np.array_equal(found[1], PARENTS.relevance.indices)


def test_plan_and_promises_are_those_of_the_side_that_is_built():
    result = construct(PARENTS)
    (point,) = [p for p in frontier(PARENTS, dims=[]) if p.is_default]
    assert point.dim == result.embedding.dim
    assert result.certificate.normalized_margin_lower_bound >= point.margin
    best = promises(PARENTS.relevance, dim=point.dim)[0][1]
    assert best.margin == point.margin


def test_a_ranking_is_not_built_from_the_other_side():
    assert better_side(PARENTS.relevance, 0, "global").is_transposed
    assert not better_side(PARENTS.relevance, 0, "row").is_transposed


def test_few_classes_are_built_from_the_side_given():
    small = Hierarchy.from_edges([("all", f"p{i}") for i in range(20)])
    assert "is_transposed" not in construct(small).embedding.parameters
