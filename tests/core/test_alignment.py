"""Which row belongs to which label: given labels decide, doubt is an error, never a verdict."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from examples import share
from hypothesis import assume, given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, Relevance, certify, construct
from hrgeom._base.checks import RowNumbers
from hrgeom._recheck import recheck
from hrgeom.core import row_places, row_remarks
from hrgeom.errors import HierarchyError, ShapeError
from hrgeom.metrics import ranking_metrics

ASK = (
    "queries of the embedding must say which row is which: they have no labels, and the labels "
    "there are for them are numbers in another order, {some}; say rows=order if row 0 is {first} "
    "and row 1 is {second}, or rows=labels if row 0 is '0' and row 1 is '1' (--rows)"
)


def tree_of(labels):
    """Node i below node (i - 1) // 2, so that most orders of rows are wrong ones."""
    return Hierarchy(labels, [(i, (i - 1) // 2) for i in range(1, len(labels))])


def moved(embedding, order, labels):
    """The rows in another order, under these labels."""
    order = list(order)
    return replace(
        embedding,
        queries=embedding.queries[order],
        documents=embedding.documents[order],
        query_labels=labels,
        document_labels=labels,
    )


def unlabelled(embedding, order=None):
    order = range(embedding.n_queries) if order is None else order
    q, x = embedding.queries[list(order)], embedding.documents[list(order)]
    return DualEmbedding(q, x, threshold=embedding.threshold)


def verdict_by_labels(embedding, hierarchy):
    """The second route: every pair of labels on its own, in whole numbers or fractions."""
    place = {label: row for row, label in enumerate(embedding.query_labels)}
    scores = embedding.queries.astype(np.float64) @ embedding.documents.astype(np.float64).T
    for query in hierarchy.labels:
        matching = {query, *hierarchy.ancestors(query)}
        for document in hierarchy.labels:
            above = scores[place[query], place[document]] > embedding.threshold
            if above != (document in matching):
                return "fails"
    return "holds"


numbered = st.integers(3, 9).flatmap(lambda n: st.permutations([str(i) for i in range(n)]))
named = st.integers(3, 9).flatmap(lambda n: st.permutations([f"n{i}" for i in range(n)]))


@share(1 / 2)
@given(labels=st.one_of(numbered, named), data=st.data())
def test_rows_follow_their_labels_in_any_order(labels, data):
    h = tree_of(labels)
    e = construct(h, method="trie", dtype="float64", certify=False).embedding
    order = data.draw(st.permutations(range(len(labels))))
    other = moved(e, order, tuple(labels[i] for i in order))
    certificate = certify(other, h)
    assert certificate.verdict == certify(e, h).verdict == "holds"
    assert certificate.sha256["queries"] == other.sha256["queries"]
    assert recheck(other, certificate, h, n_queries=None).agrees
    assert ranking_metrics(other, h).exact == 1
    for label in labels:
        found = other.retrieve(label, target=h)
        assert found.is_exact
        assert set(found.documents) == {label, *h.ancestors(label)}


@share(1 / 2)
@given(labels=st.one_of(numbered, named), data=st.data())
def test_a_verdict_is_that_of_the_labels(labels, data):
    """Labels given to the wrong rows: the verdict is what pairs of labels say, one by one."""
    h = tree_of(labels)
    e = construct(h, method="trie", dtype="float64", certify=False).embedding
    wrong = moved(e, range(len(labels)), tuple(data.draw(st.permutations(labels))))
    assert certify(wrong, h).verdict == verdict_by_labels(wrong, h)


@share(1 / 2)
@given(labels=numbered, data=st.data())
def test_rows_without_labels_are_never_certified_where_numbers_leave_a_doubt(labels, data):
    assume(labels != sorted(labels))
    h = tree_of(labels)
    e = construct(h, method="trie", dtype="float64", certify=False).embedding
    order = data.draw(st.permutations(range(len(labels))))
    rows = unlabelled(e, order)
    message = ASK.format(
        some=", ".join(map(repr, labels[:3])) + (", ..." if len(labels) > 3 else ""),
        first=repr(labels[0]),
        second=repr(labels[1]),
    )
    for ask in (
        lambda: certify(rows, h),
        lambda: rows.retrieve(labels[0], target=h),
        lambda: ranking_metrics(rows, h),
        lambda: rows.aligned_to(h),
    ):
        with pytest.raises(ShapeError) as caught:
            ask()
        assert str(caught.value) == message
    by_number = sorted(range(len(labels)), key=lambda i: int(labels[i]))
    assert certify(unlabelled(e).aligned_to(h, rows="order"), h).holds
    assert certify(unlabelled(e, by_number).aligned_to(h, rows="labels"), h).holds
    answered = rows.aligned_to(h, rows="order")
    assert certify(answered, h).verdict == verdict_by_labels(answered, h)


@pytest.mark.parametrize(
    "labels",
    [
        ("3", "1", "0", "2"),
        ("root", "3", "1", "2"),
        ("40", "7", "12"),
        ("1.0", "3.0", "2.0"),
        ("007", "001", "003"),
        ("0", "2", "1", "other"),
        ("-1", "-2", "5"),
    ],
)
def test_numbers_out_of_order_leave_a_doubt(labels):
    with pytest.raises(ShapeError, match="must say which row is which"):
        row_places(None, labels, "queries of it", n_rows=len(labels))
    assert row_places(None, labels, "it", n_rows=len(labels), rows="order") is None


@pytest.mark.parametrize(
    "labels",
    [
        ("0", "1", "2"),
        ("1", "2", "3"),
        ("root", "1", "2", "10"),
        ("dog", "animal"),
        ("b", "a", "2", "1"),
        ("n3", "n1"),
        ("0", "0.0", "0.1"),
        ("0", "0.1", "0.0", "0.1.0"),
        RowNumbers(("0", "1")),
    ],
)
def test_other_labels_leave_none(labels):
    assert row_places(None, labels, "queries of it", n_rows=len(labels)) is None


def test_labels_that_are_given_are_labels_even_if_they_look_like_rows():
    h = tree_of(["2", "0", "1"])
    e = construct(h, dtype="float64").embedding
    given = moved(e, [1, 2, 0], ("0", "1", "2"))
    assert certify(given, h).holds
    words = tree_of(["animal", "dog", "cat"])
    with pytest.raises(ShapeError) as caught:
        certify(given, words)
    assert str(caught.value) == (
        "queries of the embedding must have a row for every label: got none for 3 of 3, 'animal', "
        "'dog', 'cat'; the rows have labels such as '0', '1', '2'; say rows=order if the rows are "
        "in that order all the same (--rows)"
    )
    # None were given: the rows are those of the hierarchy, as they always were.
    assert certify(unlabelled(e), words).verdict == "holds"


def test_numbers_of_rows_stay_what_they_are_on_every_way():
    e = DualEmbedding([[1.0], [2.0]], [[3.0]])
    r = Relevance.from_sets([{0}, {0}], n_documents=1)
    for labels in (
        e.query_labels,
        replace(e, threshold=1.0).query_labels,
        pickle.loads(pickle.dumps(e)).query_labels,
        r.query_labels,
        construct(r, notion="row").embedding.query_labels,
    ):
        assert isinstance(labels, RowNumbers)
        assert labels == ("0", "1")
    assert not isinstance(replace(e, query_labels=("0", "1")).query_labels, RowNumbers)


@pytest.mark.parametrize(
    ("labels", "n", "rows", "message"),
    [
        (
            None,
            7,
            None,
            "it must have a row each, 2, or labels: got 7 rows without labels, 5 too many",
        ),
        (None, 1, None, "it must have a row each, 2, or labels: got 1 rows without labels"),
        (
            ("a", "b", "c"),
            3,
            "order",
            "it must have a row each, 2, for rows=order: got 3 rows, 1 too many",
        ),
        (("a", "b", "a"), 3, None, "it must have one row per label: got 'a' at rows 0 and 2"),
        (
            ("a", "x", "y", "z"),
            4,
            None,
            "it must have a row for every label: got none for 1 of 2, "
            "'b'; the rows have labels such as 'a', 'x', 'y', ...; give them rows, or leave them "
            "out of the hierarchy",
        ),
        (
            None,
            2,
            "labels",
            "it must have a row for every label: got none for 2 of 2, 'a', 'b'; "
            "the rows have labels such as '0', '1'; say rows=order if the rows are in that order "
            "all "
            "the same (--rows)",
        ),
        (("a",), 2, None, "it must have one label per row: got 1 labels, 2 rows"),
        (("a", "b"), 2, "first", "rows must be 'labels' or 'order': got 'first'"),
    ],
)
def test_rows_that_do_not_fit_are_named(labels, n, rows, message):
    with pytest.raises(ShapeError) as caught:
        row_places(labels, ("a", "b"), "it", n_rows=n, rows=rows)
    assert str(caught.value) == message


def test_python_says_what_is_missing_and_what_is_too_many():
    h = tree_of(["animal", "dog", "cat"])
    e = construct(h).embedding
    for other, message in (
        (["animal", "dog", "ox"], "got none for 1 of 3, 'ox'"),
        (["animal", "dog"], "got 3 queries for 2, one for 'cat'; aligned_to takes the rows that"),
        (["animal", "dog", "cat", "ox"], "got 3 queries for 4, none for 'ox'"),
    ):
        with pytest.raises(ShapeError, match=message):
            certify(e, tree_of(other))
    assert certify(e.aligned_to(tree_of(["animal", "dog"])), tree_of(["animal", "dog"])).holds


def test_remarks_about_rows():
    wanted = ("animal", "dog")
    said = [
        str(remark)
        for labels, rows in (
            (None, None),
            (RowNumbers(("0", "1")), None),
            (("x", "y"), "order"),
            (("dog", "animal", "stone"), None),
            (wanted, None),
            (("dog", "animal"), None),
        )
        for remark in row_remarks([("rows", labels, len(labels or wanted), wanted)], rows)
    ]
    assert said == [
        "rows have no labels: row 0 is taken for 'animal', row 1, the last, for 'dog'",
        "rows have no labels: row 0 is taken for 'animal', row 1, the last, for 'dog'",
        "rows have labels that are not used (rows=order): row 0 is taken for 'animal', row 1, the "
        "last, for 'dog'",
        "1 of the 3 rows left out, as nothing asks for their labels, such as 'stone'",
    ]
    assert row_remarks([("rows", None, 1, RowNumbers(("0",)))]) == ()


def test_labels_of_an_embedding_are_text():
    rows = np.eye(2)
    e = DualEmbedding(rows, rows, query_labels=np.array(["a", "b"]), document_labels=["c", "d"])
    assert (e.query_labels, e.document_labels) == (("a", "b"), ("c", "d"))
    for labels, found in (
        ([1, 2], "1 (int) at row 0"),
        (["a", b"b"], "b'b' (bytes) at row 1"),
        (np.array([1.0, 2.0]), "1.0 (float) at row 0"),
    ):
        with pytest.raises(ShapeError) as caught:
            DualEmbedding(rows, rows, query_labels=labels)
        assert str(caught.value) == f"query_labels must be text: got {found}"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda h, e: construct([("a", "b")]),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a list; "
            "Hierarchy.from_edges "
            "takes (child, parent) pairs",
        ),
        (
            lambda h, e: construct({"a": ["b"]}),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a dict; "
            "Hierarchy.from_edges "
            "takes (child, parent) pairs of labels",
        ),
        (
            lambda h, e: construct({("a", "b")}),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a set; Hierarchy.from_edges "
            "takes (child, parent) pairs",
        ),
        (
            lambda h, e: certify(h, e),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a DualEmbedding; the "
            "embedding "
            "comes first, the target second",
        ),
        (
            lambda h, e: certify(h, h),
            ShapeError,
            "embedding must be a DualEmbedding: got a Hierarchy",
        ),
        (
            lambda h, e: certify(construct(h), h),
            ShapeError,
            "embedding must be a DualEmbedding: got a ConstructionResult; take its `embedding`",
        ),
        (
            lambda h, e: certify(e, e),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a DualEmbedding; the "
            "embedding "
            "comes first, the target second",
        ),
        (
            lambda h, e: e.retrieve("dog", target=[("a", "b")]),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a list; "
            "Hierarchy.from_edges "
            "takes (child, parent) pairs",
        ),
        (
            lambda h, e: e.aligned_to({"a": "b"}),
            HierarchyError,
            "target must be a Hierarchy, a Relevance or Judgments: got a dict; "
            "Hierarchy.from_edges "
            "takes (child, parent) pairs of labels",
        ),
    ],
)
def test_arguments_of_the_wrong_kind_are_told(call, error, message):
    h = tree_of(["animal", "dog", "cat"])
    e = construct(h).embedding
    with pytest.raises(error) as caught:
        call(h, e)
    assert str(caught.value) == message
