from collections import Counter

import definitions
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.core import Relevance
from hrgeom.errors import HierarchyError, ShapeError
from hrgeom.testing import relevances


@given(r=relevances())
def test_sizes(r):
    sets = definitions.sets_of_relevance(r)
    assert r.n_queries == len(sets)
    assert r.n_pairs == sum(map(len, sets))
    assert r.n_matches.tolist() == [len(s) for s in sets]
    assert r.max_matches == max(map(len, sets))
    counts = Counter(map(len, sets))
    assert r.histogram.tolist() == [counts[k] for k in range(r.max_matches + 1)]
    assert r.n_queries_of.tolist() == [len(D) for D in definitions.queries_of(sets, r.n_documents)]


@given(r=relevances())
def test_matches_and_transposed(r):
    sets = definitions.sets_of_relevance(r)
    assert [r.matches(q).tolist() for q in range(r.n_queries)] == [sorted(s) for s in sets]
    indptr, indices = r.transposed
    found = [indices[indptr[v] : indptr[v + 1]].tolist() for v in range(r.n_documents)]
    assert found == [sorted(D) for D in definitions.queries_of(sets, r.n_documents)]


@given(r=relevances())
def test_holds_knows_every_pair(r):
    sets = definitions.sets_of_relevance(r)
    q, v = np.divmod(np.arange(r.n_queries * r.n_documents), r.n_documents)
    expected = [int(b) in sets[a] for a, b in zip(q.tolist(), v.tolist(), strict=True)]
    assert r.contains(q, v).tolist() == expected


@given(r=relevances())
def test_crossing_pairs_by_counting(r):
    sets = definitions.sets_of_relevance(r)
    expected = [list(pair) for pair in definitions.crossing_pairs(sets, r.n_documents)]
    assert r.crossing_pairs.tolist() == expected
    assert r.crossing_pairs.dtype == np.int32
    assert r.crossing_pairs.shape == (len(expected), 2)


@given(r=relevances())
def test_from_sets_is_the_same_relevance(r):
    sets = definitions.sets_of_relevance(r)
    again = Relevance.from_sets(
        sets, r.n_documents, query_labels=r.query_labels, document_labels=r.document_labels
    )
    np.testing.assert_array_equal(again.indptr, r.indptr)
    np.testing.assert_array_equal(again.indices, r.indices)
    assert (again.query_labels, again.document_labels) == (r.query_labels, r.document_labels)


@given(r=relevances(), data=st.data())
def test_from_judgments_is_the_same_relevance(r, data):
    pairs = [
        (r.query_labels[q], r.document_labels[v])
        for q, s in enumerate(definitions.sets_of_relevance(r))
        for v in s
    ]
    twice = data.draw(st.permutations(pairs + pairs[:3]))
    again = Relevance.from_judgments(twice, queries=r.query_labels, documents=r.document_labels)
    np.testing.assert_array_equal(again.indptr, r.indptr)
    np.testing.assert_array_equal(again.indices, r.indices)
    assert again.n_documents == r.n_documents


def test_from_judgments_takes_labels_in_order_of_appearance():
    r = Relevance.from_judgments(iter([("q2", "b"), ("q1", "a"), ("q2", "a")]))
    assert (r.query_labels, r.document_labels) == (("q2", "q1"), ("b", "a"))
    assert definitions.sets_of_relevance(r) == [{0, 1}, {1}]


@pytest.mark.parametrize(
    ("pair", "what"), [(("x", "d"), "query 'x'"), (("q", "y"), "document 'y'")]
)
def test_from_judgments_refuses_unknown_labels(pair, what):
    with pytest.raises(HierarchyError, match=f"known labels: got {what} at judgment 1"):
        Relevance.from_judgments([("q", "d"), pair], queries=["q"], documents=["d"])


@pytest.mark.parametrize("what", ["queries", "documents"])
def test_from_judgments_refuses_labels_that_repeat(what):
    singular = {"queries": "query", "documents": "document"}[what]
    with pytest.raises(HierarchyError, match=f"{singular} labels must be distinct: got 'a'"):
        Relevance.from_judgments([], **{"queries": ["q"], "documents": ["d"], what: ["a", "a"]})


@pytest.mark.parametrize(
    ("indptr", "indices", "n_documents", "message"),
    [
        ([0], [], 1, "at least one query and one document: got 0 queries, 1 documents"),
        ([0, 0], [], 0, "at least one query and one document: got 1 queries, 0 documents"),
        ([1, 1], [0], 1, "from 0 to the number of indices, 1: got 1 to 1"),
        ([0, 2], [0], 3, "from 0 to the number of indices, 1: got 0 to 2"),
        ([0, 2, 1, 3], [0, 1, 2], 3, "indptr must not descend"),
        ([0, 2], [0, 3], 3, "from 0 to 2: got 3 at entry 1"),
        ([0, 1], [-1], 3, "from 0 to 2: got -1 at entry 0"),
        ([0, 3], [0, 2, 1], 3, "every document once: got 2 before 1 at entry 1"),
        ([0, 1, 3], [2, 1, 1], 3, "every document once: got 1 before 1 at entry 1"),
    ],
)
def test_misuse_is_named(indptr, indices, n_documents, message):
    with pytest.raises(HierarchyError, match=message):
        Relevance(indptr, indices, n_documents)


def test_rows_may_descend_across_their_border_only():
    r = Relevance([0, 0, 2, 2, 3, 3], [1, 2, 0], 3)
    assert definitions.sets_of_relevance(r) == [set(), {1, 2}, set(), {0}, set()]


@pytest.mark.parametrize("document", [2**32, 2**32 + 1, -(2**32)])
def test_document_numbers_beyond_32_bits_do_not_wrap(document):
    with pytest.raises(HierarchyError, match="document numbers must be from 0 to 1"):
        Relevance.from_sets([{document}], 2)


@pytest.mark.parametrize("what", ["query_labels", "document_labels"])
def test_labels_must_fit_the_rows(what):
    with pytest.raises(ShapeError, match=f"{what} must have one entry per row, 2: got 1"):
        Relevance.from_sets([{0}, {1}], 2, **{what: ["a"]})


def test_numbers_are_the_default_labels():
    r = Relevance.from_sets([{0}, set()], 3)
    assert (r.query_labels, r.document_labels) == (("0", "1"), ("0", "1", "2"))
    assert repr(r) == "Relevance(2 queries, 3 documents, 1 pairs, s = 1)"


def test_arrays_are_read_only():
    r = Relevance.from_sets([{0}], 1)
    for array in (r.indptr, r.indices):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_callers_arrays_stay_writeable_and_apart():
    indptr, indices = np.array([0, 1], dtype=np.int64), np.array([1], dtype=np.int32)
    r = Relevance(indptr, indices, 2)
    assert indptr.flags.writeable
    assert indices.flags.writeable
    indices[0] = 0
    assert r.matches(0).tolist() == [1]


def test_strategy_reaches_the_edges(features_seen):
    features = {
        "no match": lambda r: bool((r.n_matches == 0).any()) and r.n_queries > 3,
        "all match": lambda r: bool((r.n_matches == r.n_documents).any()) and r.n_documents > 5,
        "nobody matches": lambda r: bool((r.n_queries_of == 0).any()) and r.n_pairs > 5,
        "crossing": lambda r: len(r.crossing_pairs) > 0,
        "one of each": lambda r: r.n_queries == r.n_documents == 1,
        "unicode": lambda r: any(ord(c) > 0xFFFF for label in r.document_labels for c in label),
    }
    assert features_seen(relevances(), features) == features.keys()
