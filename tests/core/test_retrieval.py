"""What an embedding retrieves for a query, by its threshold, by rank and judged."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, Relevance, construct
from hrgeom.errors import HierarchyError, ShapeError

ANIMALS = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])


def embedding(scores, threshold=0.0, **fields):
    """One query whose scores of the documents are these."""
    return DualEmbedding(
        [[1.0]], np.array(scores, dtype=np.float64)[:, None], threshold=threshold, **fields
    )


@given(
    scores=st.lists(st.integers(-3, 3), min_size=1, max_size=8),
    threshold=st.sampled_from([-2.0, 0.0, 1.0]),
    matches=st.sets(st.integers(0, 7)),
)
def test_what_is_above_the_threshold_is_retrieved_and_judged(scores, threshold, matches):
    matches = {v for v in matches if v < len(scores)}
    found = embedding(scores, threshold).retrieve(
        "0", target=Relevance.from_sets([matches], len(scores))
    )
    above = {v for v, score in enumerate(scores) if score > threshold}
    assert {int(v) for v in found.documents} == above
    assert found.scores.tolist() == sorted((scores[v] for v in above), reverse=True)
    assert {int(v) for v in found.missed} == matches - above
    assert {int(v) for v in found.wrong} == above - matches
    assert found.is_exact == (above == matches)
    below = [score for score in scores if score <= threshold]
    assert (found.next_document[1] if below else found.next_document) == (
        max(below) if below else None
    )


def test_by_rank_where_no_threshold_is_known():
    e = embedding([3, 1, 2], threshold=None, notion="row")
    assert e.retrieve("0", n_documents=2).documents == ("0", "2")
    assert e.retrieve("0", n_documents=9).next_document is None
    found = e.retrieve("0", target=Relevance.from_sets([{0, 1}], 3))
    assert (found.documents, found.missed, found.wrong) == (("0", "2"), ("1",), ("2",))
    assert str(found).splitlines() == [
        "0: 2 of 3 documents in the top |S(q)|, not exactly its relevant documents (2): 1 missed, "
        "1 wrong",
        "  right  0  +3",
        "  WRONG  2  +2",
        "  ---- top |S(q)| ",
        "  MISSED: 1",
    ]
    with pytest.raises(ShapeError, match="n_documents or target must be given"):
        e.retrieve("0")
    with pytest.raises(ShapeError, match="n_documents must be at least 1: got 0"):
        e.retrieve("0", n_documents=0)


def test_without_a_target_nothing_is_judged():
    found = embedding([1, -1]).retrieve("0")
    assert (found.is_exact, found.missed, found.wrong) == (None, (), ())
    assert str(found).splitlines() == [
        "0: 1 of 2 documents above threshold 0",
        "  retrieved      0  +1",
        "  ---- threshold 0 ",
        "  not retrieved  1  -1",
    ]


def test_a_construction_retrieves_the_ancestors():
    e = construct(ANIMALS, method="interval").embedding
    found = e.retrieve("puppy", target=ANIMALS)
    assert set(found.documents) == {"puppy", "dog", "animal"}
    assert found.is_exact
    with pytest.raises(HierarchyError, match="must be a query of the embedding: got 'wolf'"):
        e.retrieve("wolf")


DIAMOND = Hierarchy.from_edges(
    [("poodle", "dog"), ("dog", "pet"), ("dog", "canine"), ("canine", "beast"), ("pet", "beast")]
)


def test_ancestors_are_shown_from_the_query_up_and_a_miss_in_its_place():
    scores = dict.fromkeys(DIAMOND.labels, -1.0) | {"beast": 5, "poodle": 1, "dog": 2, "pet": 3}
    e = embedding([scores[v] for v in DIAMOND.labels])
    queries = np.ones((DIAMOND.n_nodes, 1))
    e = DualEmbedding(queries, e.documents, threshold=0.0, query_labels=DIAMOND.labels)
    found = e.retrieve("poodle", target=DIAMOND)
    assert [label for label, _ in found.path][:2] == ["poodle", "dog"]
    assert found.path[-1] == ("beast", 5.0)
    assert dict(found.path) == scores
    lines = [line.split() for line in str(found).splitlines()[1:]]
    assert ["MISSED", "canine", "-1"] in lines
    assert lines[0] == ["right", "poodle", "+1"]
    assert lines[-1][:3] == ["----", "threshold", "0"]  # the first not retrieved is the one missed
    found = e.retrieve("pet", target=DIAMOND)
    assert found.wrong == ("dog", "poodle")
    assert str(found).splitlines()[0] == (
        "pet: 4 of 5 documents above threshold 0, not exactly its ancestors and itself (2): 2 wrong"
    )
    assert [line.split()[0] for line in str(found).splitlines()[1:]] == [
        *("right", "right", "WRONG", "WRONG", "----", "not")
    ]


PETS = Hierarchy(
    ["P1", "P2", "P3", "P4"],
    [(1, 0), (2, 1), (3, 0)],
    names=["animal", "Dog Beds", None, "animal"],
    other_labels={"hound": 1},
)


@pytest.mark.parametrize(
    ("text", "label"), [("P2", "P2"), ("Dog Beds", "P2"), ("hound", "P2"), ("P3", "P3")]
)
def test_a_query_may_be_a_label_a_name_or_another_label(text, label):
    found = construct(PETS).embedding.retrieve(text, target=PETS)
    assert (found.query, found.asked) == (label, None if text == label else text)
    assert found.is_exact
    assert found.matches == set(PETS.ancestors(label)) | {label}


def test_names_are_shown_beside_labels_where_they_differ():
    found = construct(PETS).embedding.retrieve("P3", target=PETS)
    assert dict(found.names) == {"P1": "animal", "P2": "Dog Beds"} | (
        {"P4": "animal"} if found.next_document[0] == "P4" else {}
    )
    lines = str(found).splitlines()
    assert lines[0].startswith("P3: 3 of 4 documents")
    assert any(line.split()[:4] == ["right", "P2", "(Dog", "Beds)"] for line in lines)
    assert len({line.rindex("  ") for line in lines[1:4]}) == 1  # scores in one column
    plain = construct(ANIMALS).embedding.retrieve("dog", target=ANIMALS)
    assert dict(plain.names) == {}
    assert "(animal)" not in str(plain)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dog bed", "got 'dog bed'; nearest: 'Dog Beds'"),
        ("p2", "got 'p2'; nearest: 'P2'"),
        ("animal", "a name must belong to one node: got 'animal', the name of 2, such as 'P1', "),
    ],
)
def test_what_stands_for_no_query_is_refused_with_the_nearest(text, said):
    with pytest.raises(HierarchyError, match=re.escape(said)):
        construct(PETS).embedding.retrieve(text, target=PETS)


def test_without_names_the_nearest_labels_are_offered():
    e = construct(ANIMALS).embedding
    for target in (None, ANIMALS.relevance):
        with pytest.raises(HierarchyError, match="got 'pupy'; nearest: 'puppy'"):
            e.retrieve("pupy", target=target)
