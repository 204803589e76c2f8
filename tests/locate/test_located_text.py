"""New texts get a node whose set is exact, at any hierarchy; what is saved gives the same."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hrgeom
from hrgeom import Hierarchy, certify, construct
from hrgeom.core import DualEmbedding
from hrgeom.errors import FormatError, HierarchyError, NotFiniteError, ShapeError
from hrgeom.locate import DECISIONS, Locator, fit
from hrgeom.testing import dags, trees

WORDS = ("dog", "red", "bed", "cat", "small", "lamp")


def hashed(texts):
    """Rows that differ from text to text and mean nothing."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    return [[byte / 128 - 1 for byte in digest[:12]] for digest in digests]


def worded(texts):
    """How often some words occur: texts of the same words are alike."""
    return [[text.lower().split().count(word) + 0.01 for word in WORDS] for text in texts]


def shop(n=60):
    """Four kinds of things with n things each, named by their kind."""
    kinds = [f"{word} things" for word in WORDS[:4]]
    things = [f"{WORDS[k]} {word} {i}" for k in range(4) for i, word in enumerate("ab" * (n // 2))]
    edges = [(1 + k, 0) for k in range(4)] + [(5 + i, 1 + i // n) for i in range(4 * n)]
    return Hierarchy(["all", *kinds, *things], edges)


@pytest.fixture(scope="module")
def shop_locator():
    h = shop()
    return fit(construct(h, dtype="float64").embedding, h, None, worded)


def sets_of(embedding, vectors):
    """What vectors retrieve at the threshold, from scores in float64."""
    scores = vectors.astype(np.float64) @ embedding.values()[1].astype(np.float64).T
    return [frozenset(np.flatnonzero(row > embedding.threshold).tolist()) for row in scores]


def check_nodes(locator, texts, **options):
    """Every decided vector retrieves S(node): closed upwards, and what the certificate says."""
    h, found = locator.hierarchy, locator(texts, **options)
    for located, got in zip(found, sets_of(locator.embedding, found.vectors), strict=True):
        labels = {h.labels[v] for v in got}
        if located.node is None:
            assert located.state == "abstained"
            assert not located.vector.any()
            continue
        assert labels == {located.node, *h.ancestors(located.node)} == set(located.ancestors)
        assert located.ancestors[0] == located.node
        assert located.retrieved == located.ancestors
        assert all(set(h.ancestors(label)) <= labels for label in labels)
        assert 0 <= located.expected_f1 <= 1
        shares = [share for _, share in located.posterior]
        assert shares == sorted(shares, reverse=True)
        others = [f1 for _, f1 in located.runners_up]
        assert others == sorted(others, reverse=True)
        assert sum(shares) + located.p_none == pytest.approx(1, abs=1e-4)
    return found


TEXTS = st.lists(
    st.lists(st.sampled_from([*WORDS, "the", "bett", "狗", "!"]), min_size=1, max_size=5).map(
        " ".join
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15)
@given(st.one_of(trees(20), dags(14)), TEXTS, st.sampled_from([None, 0.3, 0.9]))
def test_a_decided_node_retrieves_its_own_set(h, texts, min_expected):
    embedding = construct(h, dtype="float64").embedding
    assert certify(embedding, h).holds
    locator = fit(embedding, h, {h.labels[0]: ["dog", "a red bed"]}, hashed)
    check_nodes(locator, texts, min_expected=min_expected, alpha=0.3)
    for decision in DECISIONS:
        found = locator(texts, decision=decision)
        assert found.vectors.shape == (len(texts), embedding.dim)


@settings(max_examples=6)
@given(trees(12), TEXTS)
def test_what_is_saved_gives_the_same(tmp_path_factory, h, texts):
    folder = tmp_path_factory.mktemp("saved") / "small.emb"
    embedding = construct(h).embedding
    locator = fit(embedding, h, None, hashed)
    hrgeom.save(embedding, folder, source=h)
    locator.save(folder / "locator")
    again = Locator.load(folder, hashed)
    for decision in DECISIONS:
        before, after = locator(texts, decision=decision), again(texts, decision=decision)
        np.testing.assert_array_equal(before.vectors, after.vectors)
        np.testing.assert_array_equal(before.expected_f1, after.expected_f1)
        assert [x.to_dict() for x in before] == [x.to_dict() for x in after]


def test_things_are_placed_under_their_kind(shop_locator):
    texts = ["dog a 99", "a red bed", ["cat b", "a small cat"], "bed b 7"]
    found = check_nodes(shop_locator, texts)
    assert [x.node for x in found][::2] == ["dog things", "cat things"]
    assert found[1].node in ("red things", "bed things")
    assert found[3].known == ("bed b 7",) or found[3].node == "bed things"
    assert found[0].expected_f1 > 0.8
    assert found.nodes.tolist() == [shop_locator.hierarchy.index(x.node) for x in found]


def test_many_texts_are_each_as_alone(shop_locator):
    texts = [f"{word} number {i}" for i in range(700) for word in WORDS[:3]]
    together = shop_locator(texts)
    assert len(together) == 2100
    assert together.nodes[5] == shop_locator(texts[5:6]).nodes[0]
    assert [x.text for x in together[2:4]] == texts[2:4]
    assert together[-1].text == texts[-1]
    with pytest.raises(IndexError, match="number 2100"):
        together[2100]


def test_no_texts_are_no_answers(shop_locator):
    for decision in DECISIONS:
        assert len(shop_locator([], decision=decision)) == 0


def test_the_same_seed_gives_the_same_locator():
    h = shop(40)
    embedding = construct(h).embedding
    first, second = (fit(embedding, h, None, worded, seed=3) for _ in range(2))
    for a, b in zip(first(["dog b", "lamp"]), second(["dog b", "lamp"]), strict=True):
        assert a.to_dict() == b.to_dict()


def test_unsure_texts_climb_or_abstain(shop_locator):
    unknown = ["dog cat", "red cat dog bed", "lamp", "zzz qqq", "吾輩は猫である", "?!"]
    sure = check_nodes(shop_locator, unknown, min_expected=0.97)
    assert set(sure.states) <= {"decided", "climbed", "abstained"}
    climbed = [x for x in sure if x.state == "climbed"]
    assert climbed
    assert all(x.node == "all" for x in climbed)
    assert {x.state for x in shop_locator(unknown)} == {"decided"}
    never = shop_locator(["dog a"], min_expected=1.0)[0]
    assert never.state in ("climbed", "abstained", "decided")


def test_a_majority_of_one_node_is_that_node(shop_locator):
    found = shop_locator(["dog a 99"], decision="majority")[0]
    assert set(found.retrieved) == {"dog things", "all"}
    rank = shop_locator(["dog a 99"], decision="rank")[0]
    assert rank.retrieved[0] == "all"
    assert set(rank.retrieved) <= {"dog things", "all"}
    assert shop_locator.rank_threshold is not None


def test_very_long_texts_have_an_answer(shop_locator):
    check_nodes(shop_locator, ["dog " * 100_000, "x" * 1_000_000, "dog: " + "bed, " * 5000])


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("dog", "a sequence of texts"),
        ([""], "say something: got '' at number 0"),
        (["dog", "  \n"], "at number 1"),
        ([[]], "say something"),
        ([3], "must be text"),
        ([["dog", None]], "must be text"),
    ],
)
def test_texts_that_are_none_are_refused(shop_locator, texts, said):
    with pytest.raises(FormatError, match=said):
        shop_locator(texts)


def test_options_out_of_range_are_refused(shop_locator):
    for options, error in (
        ({"decision": "best"}, FormatError),
        ({"min_expected": 1.5}, ShapeError),
        ({"alpha": 0.0}, ShapeError),
        ({"alpha": 1.0}, ShapeError),
    ):
        with pytest.raises(error):
            shop_locator(["dog"], **options)


def test_a_majority_needs_a_threshold():
    h = shop(20)
    e = construct(h).embedding
    rows = DualEmbedding(e.queries, e.documents, notion="row")
    locator = fit(rows, h, None, worded)
    with pytest.raises(ShapeError, match="threshold"):
        locator(["dog"], decision="majority")
    assert locator(["dog a"])[0].node == "dog things"


@pytest.mark.parametrize(
    ("encoder", "error", "said"),
    [
        (lambda texts: [[1.0]] * (len(texts) + 1), ShapeError, "one row for each"),
        (lambda texts: [1.0] * len(texts), ShapeError, "one row for each"),
        (lambda texts: [["a"]] * len(texts), ShapeError, "one row for each"),
        (lambda texts: np.zeros((len(texts), 0)), ShapeError, "one row for each"),
        (lambda texts: [[float("nan")]] * len(texts), NotFiniteError, "finite"),
    ],
)
def test_encoders_that_do_not_encode_are_refused(encoder, error, said):
    h = shop(4)
    with pytest.raises(error, match=said):
        fit(construct(h).embedding, h, None, encoder)


def test_an_encoder_of_another_length_is_refused(shop_locator):
    other = Locator(shop_locator.embedding, shop_locator._engine, hashed)
    with pytest.raises(ShapeError, match="of 6 numbers"):
        other(["dog"])


def test_texts_of_nodes_that_are_not_there_are_refused():
    h = shop(4)
    e = construct(h).embedding
    with pytest.raises(HierarchyError, match="'frog'"):
        fit(e, h, {"frog": "a frog"}, worded)
    with pytest.raises(FormatError, match="must be text"):
        fit(e, h, {"all": [1, 2]}, worded)
    with pytest.raises(ShapeError, match="one row per node"):
        fit(construct(shop(6)).embedding, h, None, worded)


def test_an_encoder_that_says_nothing_leaves_the_words():
    h = shop()
    blank = fit(construct(h).embedding, h, None, lambda texts: np.zeros((len(texts), 3)))
    assert blank(["dog a 5"])[0].node == "dog things"
