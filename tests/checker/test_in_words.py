"""What a certificate says in plain words, for every verdict, notion and kind of target."""

from dataclasses import replace

import numpy as np
import pytest

from hrgeom import DualEmbedding, Hierarchy, Relevance, certify, construct

TREE = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
GOOD = construct(TREE).embedding
HOLDS = certify(GOOD, TREE)
ROW = certify(GOOD, TREE, notion="row")


def scored(scores, target, notion="global"):
    """The certificate of an embedding with these scores, threshold 0."""
    scores = np.array(scores, dtype=np.float64)
    e = DualEmbedding(scores, np.eye(scores.shape[1]), 0.0 if notion == "global" else None, notion)
    return certify(e, target)


SETS = Relevance.from_sets([{0, 1}, {1}], 3)


def test_a_certificate_that_holds_says_how_to_use_it():
    lines = HOLDS.in_words().splitlines()
    assert lines[0] == "Every one of 4 queries retrieves exactly its ancestors and itself."
    assert lines[2] == "Use: score > 0."
    match, other = HOLDS.worst_match, HOLDS.best_other
    nearest = min((match, other), key=lambda witness: abs(witness.score))
    assert repr(nearest.query) in lines[1]
    assert f" {nearest.document!r} at a score of {nearest.score:.6g}." in lines[1]


@pytest.mark.parametrize(
    ("scores", "call"),
    [
        ([[3, 1, -2], [-2, 3, -2]], "query '0' retrieves '1' at a score of 1."),
        ([[3, 3, -0.5], [-2, 3, -2]], "query '0' leaves out '2' at a score of -0.5."),
    ],
)
def test_the_tightest_call_is_the_pair_nearest_to_the_threshold(scores, call):
    said = scored(scores, SETS).in_words()
    assert said == (
        "Every one of 2 queries retrieves exactly its relevant documents.\n"
        f"Tightest call: {call}\nUse: score > 0."
    )


def test_names_are_shown_beside_the_labels_that_have_others():
    said = scored([[3, 1, -2], [-2, 3, -2]], SETS).in_words({"0": "first\nline", "1": "1"})
    assert "query '0' (first\\nline) retrieves '1' at a score of 1." in said


def test_a_ranking_has_no_threshold_to_use():
    lines = ROW.in_words().splitlines()
    assert lines[0] == (
        "Every one of 4 queries ranks its ancestors and itself above all other documents."
    )
    assert lines[1].count(" at ") == 2
    assert " above " in lines[1]
    assert lines[2] == "Use: the order of scores, for each query by itself."
    said = scored([[1, 1, 2], [0, 3, 0]], SETS, "row").in_words()
    assert said == (
        "1 of 2 queries does not rank its relevant documents above all other documents: "
        "1 of 6 pairs is wrong.\n"
        "For example query '0' has '2' at 2, not below the relevant '0' at 1."
    )


def test_what_is_wrong_is_counted_and_shown():
    said = scored([[3, -1, 2], [-2, 3, 4]], SETS).in_words()
    assert said == (
        "2 of 2 queries do not retrieve exactly their relevant documents: 3 of 6 pairs are wrong.\n"
        "For example query '0' misses the relevant '1': score -1 <= 0.\n"
        "For example query '1' retrieves '2', not relevant to it: score 4 >= 0."
    )
    lost = TREE.index("puppy"), TREE.index("animal")
    scores = np.where(GOOD.queries.astype(float) @ GOOD.documents.T.astype(float) > 0, 1.0, -1.0)
    scores[lost] = -2
    assert scored(scores, TREE).in_words() == (
        "1 of 4 queries does not retrieve exactly its ancestors and itself: "
        "1 of 16 pairs is wrong.\n"
        "For example query 'puppy' misses its ancestor 'animal': score -2 <= 0."
    )
    scores[lost], scores[TREE.index("cat"), TREE.index("dog")] = 1, 3
    said = scored(scores, TREE).in_words()
    assert said.endswith("\nFor example query 'cat' retrieves 'dog', not above it: score 3 >= 0.")


def test_what_is_undecided_is_no_failure():
    near = replace(HOLDS, verdict="undecided", n_undecided=3)
    assert near.in_words().splitlines()[0] == (
        "No pair is proved wrong, but 3 of 16 pairs are undecided: too near to tell without exact "
        "arithmetic."
    )
    cut = replace(near, n_undecided=8, n_unchecked=8)
    assert cut.in_words() == (
        "No pair is proved wrong, but the run was interrupted after 8 of 16 pairs."
    )
    both = replace(near, n_undecided=9, n_unchecked=8).in_words()
    assert "1 of 16 pairs is undecided: " in both
    assert both.endswith("; the run was interrupted after 8 of 16 pairs.")


def test_small_and_empty_cases():
    one = scored([[1.0]], Relevance.from_sets([{0}], 1)).in_words()
    assert one.startswith("The only query retrieves exactly its relevant documents.\nTightest call")
    none = scored([[-1.0]], Relevance.from_sets([set()], 1)).in_words()
    assert "query '0' leaves out '0' at a score of -1." in none


def test_the_repr_is_one_short_line():
    assert repr(HOLDS) == (
        "Certificate(holds: 0 violations in 16 pairs, global notion, threshold 0, d = 3, float32)"
    )
    assert "threshold" not in repr(ROW)
