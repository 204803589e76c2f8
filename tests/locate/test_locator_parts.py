"""Parts of the locator by a second route: brute force, rebuilding, simulation."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrgeom import Hierarchy
from hrgeom.errors import ShapeError
from hrgeom.locate._bag import Bag
from hrgeom.locate._calibration import Calibration, conformal_levels, true_extremes
from hrgeom.locate._candidates import Candidates, _best, _best_by_groups, _whole_groups
from hrgeom.locate._mentions import NameIndex
from hrgeom.locate._posterior import Posteriors, deepest_right, expected_scores
from hrgeom.locate._reranker import _forward, _Given, _slopes, fit_reranker
from hrgeom.locate._signals import Views
from hrgeom.locate._texts import joined
from hrgeom.locate._tree import Tree
from hrgeom.locate._vectors import _n_above
from hrgeom.locate._views import Left, RowView, unit
from hrgeom.locate._words import names_of, words_of
from hrgeom.testing import dags


def random_posteriors(h, rng, n_texts=3, n_candidates=4):
    nodes = np.stack(
        [rng.permutation(h.n_nodes + n_candidates)[:n_candidates] for _ in range(n_texts)]
    )
    nodes = np.where(nodes < h.n_nodes, nodes, -1)
    shares = np.where(nodes >= 0, rng.random(nodes.shape), 0).astype(np.float32)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-9) * 1.25
    given = Candidates(nodes, np.zeros((*nodes.shape, 1), np.float32))
    rest = 1 - shares.sum(axis=1, keepdims=True)
    return Posteriors.of(given, np.concatenate([shares, rest], axis=1))


@settings(max_examples=30)
@given(dags(12), st.integers(0, 10**6))
def test_expected_f1_is_the_sum_over_candidates(h, seed):
    posteriors = random_posteriors(h, np.random.default_rng(seed))
    tree = Tree(h)
    found = expected_scores(tree, posteriors).toarray()
    closed = [{h.index(a) for a in h.ancestors(label)} | {i} for i, label in enumerate(h.labels)]
    for text in range(len(posteriors)):
        pairs = list(zip(posteriors.nodes[text], posteriors.shares[text], strict=True))
        for v in range(h.n_nodes):
            expected = sum(
                p * 2 * len(closed[v] & closed[c]) / (len(closed[v]) + len(closed[c]))
                for c, p in pairs
                if c >= 0 and p > 1e-6
            )
            above = any(v in closed[c] for c, p in pairs if c >= 0 and p > 1e-6)
            assert found[text, v] == pytest.approx(expected if above else 0, abs=1e-5)


def test_probabilities_of_ancestors_do_not_disturb_the_posterior():
    h = Hierarchy(list("abcd"), [(1, 0), (2, 0), (3, 1)])
    posteriors = random_posteriors(h, np.random.default_rng(1), n_candidates=3)
    nodes, shares = posteriors.nodes.copy(), posteriors.shares.copy()
    posteriors.of_ancestors(Tree(h))
    posteriors.weights(4)
    np.testing.assert_array_equal(posteriors.nodes, nodes)
    np.testing.assert_array_equal(posteriors.shares, shares)


@settings(max_examples=30)
@given(dags(12), st.integers(0, 10**6))
def test_a_text_that_is_left_out_is_no_part_of_any_mean(h, seed):
    tree = Tree(h)
    leaves = np.flatnonzero((tree.n_children == 0) & (tree.first_parent >= 0))
    kept = unit(np.random.default_rng(seed).standard_normal((h.n_nodes, 5))).astype(np.float16)
    view = RowView(tree, kept, np.zeros(5, np.float32))
    left = Left.of(tree, leaves)
    rows = kept.astype(np.float32)
    queries = rows[leaves]
    with ThreadPoolExecutor(1) as pool:
        blocks = view.likeness(queries, 2, pool)
    likeness = np.hstack([np.zeros((h.n_nodes, 0), np.float32), *blocks])
    np.testing.assert_allclose(likeness, rows @ queries.T, atol=1e-6)
    likeness[leaves, np.arange(len(leaves))] = 0
    children = view.of_children(likeness, queries, left)
    below = view.of_all_below(likeness, queries, left)
    closed = tree.closure.toarray()
    for b, leaf in enumerate(leaves):
        for place, node in enumerate(tree.inner):
            rest = [i for i in range(h.n_nodes) if tree.parents[i, node] and i != leaf]
            beneath = [i for i in range(h.n_nodes) if closed[i, node] and i != leaf]
            for found, members in ((children, rest), (below, beneath)):
                total = rows[members].sum(axis=0)
                length = np.linalg.norm(total)
                if length > 0.05 or not members:
                    wanted = float(total @ rows[leaf]) / length if members else 0
                    assert found[place, b] == pytest.approx(wanted, abs=1e-3)


def test_a_text_that_is_left_out_is_not_its_own_neighbour():
    h = Hierarchy(list("abcd"), [(1, 0), (2, 0), (3, 1)])
    tree, rows = Tree(h), np.eye(4, dtype=np.float16)
    views = Views(tree, ["red dog", "dog", "cat", "dog"], rows, np.zeros(4, np.float32))
    left = Left.of(tree, np.array([3]))
    with ThreadPoolExecutor(1) as pool:
        (likeness,) = views.rows.likeness(rows[3:].astype(np.float32), 8, pool)
    found = views.signals(rows[3:], likeness, ["dog"], left)
    assert found.nodes["own"][:, 0].tolist() == [0, 0, 0, -1]
    assert found.nodes["word.own"][3, 0] == 0 < found.nodes["word.own"][1, 0]
    # The only child of "dog" is the text itself; "red dog" has two other ones.
    assert found.inner["word.children"][tree.place[1], 0] == 0
    assert found.inner["word.children"][tree.place[0], 0] > 0.5


@settings(max_examples=30)
@given(dags(12), st.integers(0, 10**6))
def test_squares_of_sums_of_children(h, seed):
    from scipy.sparse import random as random_sparse

    tree = Tree(h)
    rows = random_sparse(h.n_nodes, 4, 0.5, random_state=seed, format="csr", dtype=np.float32)
    wanted = (tree.sums_of_children(rows).toarray() ** 2).sum(axis=1)
    np.testing.assert_allclose(
        tree.squares_of_child_sums(rows.T.tocsr()), wanted, rtol=1e-5, atol=1e-6
    )
    dense = rows.toarray().astype(np.float16)
    wanted = (tree.sums_of_children(dense.astype(np.float32)) ** 2).sum(axis=1)
    np.testing.assert_allclose(tree.squares_of_children(dense), wanted, rtol=1e-5, atol=1e-6)


@given(st.integers(0, 10**6), st.integers(1, 60))
def test_scores_above_each_level_are_counted(seed, n):
    rng = np.random.default_rng(seed)
    scores, levels = rng.standard_normal(n).astype(np.float32), np.linspace(-1, 1.5, 7)
    wanted = [int((scores > level).sum()) for level in levels]
    assert _n_above(scores, levels).tolist() == wanted


def test_largest_child_and_sum_of_children():
    h = Hierarchy(list("abcde"), [(1, 0), (2, 0), (3, 1), (4, 1)])
    tree = Tree(h)
    values = np.arange(10, dtype=np.float32).reshape(5, 2)
    nodes = np.array([[0, 1, 2, -1], [1, 4, 0, 0]])
    found = tree.child_maxima(values, nodes)
    assert found[0].tolist()[:3] == [4, 8, 0]
    assert found[1].tolist() == [9, 0, 5, 5]
    np.testing.assert_array_equal(tree.child_sums(values), [[6, 8], [14, 16]])


@given(st.integers(1, 300), st.integers(1, 5), st.integers(1, 9), st.integers(0, 10**6))
def test_the_best_by_groups_are_the_best(n, n_texts, most, seed):
    values = _whole_groups((n, n_texts))
    values[:n] = np.random.default_rng(seed).integers(-2, 40, (n, n_texts))
    found = _best_by_groups(values, most)
    plain = _best(values.T.copy(), most)
    for text in range(n_texts):
        got, wanted = found[text][found[text] >= 0], plain[text][plain[text] >= 0]
        assert len(got) == len(wanted) == len(set(got.tolist()))
        assert values[got, text].tolist() == values[wanted, text].tolist()


def test_slopes_are_those_of_the_likelihood():
    rng = np.random.default_rng(0)
    n, c, f, h = 3, 4, 5, 6
    shapes = [(f, h), (h,), (h,), (f,), (1,)]
    weights = [rng.standard_normal(shape) for shape in shapes]
    there = np.ones((n, c), bool)
    there[1, 3] = False
    given_ = _Given(rng.standard_normal((n, c, f)), rng.standard_normal((n, f)), there)
    target = np.zeros((n, c + 1), bool)
    target[0, [1, 2]] = target[1, 0] = target[2, c] = True

    def loss():
        logits = _forward(weights, given_)[0].astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -np.log((shares * target).sum(axis=1)).mean()

    for k, slope in enumerate(_slopes(weights, given_, target)):
        for place in list(np.ndindex(weights[k].shape))[:6]:
            step = 1e-5
            weights[k][place] += step
            up = loss()
            weights[k][place] -= 2 * step
            down = loss()
            weights[k][place] += step
            assert slope[place] == pytest.approx((up - down) / (2 * step), abs=1e-4)


def test_a_reranker_learns_what_tells_the_right_one():
    rng = np.random.default_rng(0)
    nodes = np.tile(np.arange(5), (400, 1))
    features = rng.standard_normal((400, 5, 3)).astype(np.float16)
    right = features[:, :, 1] > 0.8
    found = fit_reranker(Candidates(nodes, features), right, 0)
    shares = found.probabilities(Candidates(nodes, features))
    best = shares.argmax(axis=1)
    hit = np.concatenate([right, ~right.any(axis=1, keepdims=True)], axis=1)
    assert hit[np.arange(400), best].mean() > 0.9
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_the_right_candidate_is_the_parent_or_the_deepest_ancestor_there():
    h = Hierarchy(list("abcde"), [(1, 0), (2, 1), (3, 2), (4, 0)])
    found = deepest_right(
        Tree(h), np.array([[0, 2, 4], [0, 1, 4], [4, -1, -1]]), [np.array([2])] * 3
    )
    assert found.tolist() == [[False, True, False], [False, True, False], [False] * 3]


def test_calibrated_f1_is_what_was_true():
    rng = np.random.default_rng(0)
    expected = rng.random(4000)
    true = np.clip(expected**2 + rng.normal(0, 0.1, 4000), 0, 1)
    found = Calibration.of(expected, true, (expected.astype("f4"), true.astype("f4")))
    x = np.array([0.2, 0.5, 0.8])
    np.testing.assert_allclose(found.f1(x), x**2, atol=0.05)
    assert (np.diff(found.f1(np.linspace(0, 1, 50))) >= 0).all()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_calibration_by_few_texts_stays_near_what_is_expected(n):
    found = Calibration.of(np.full(n, 0.5), np.zeros(n), (np.zeros(n, "f4"), np.zeros(n, "f4")))
    assert 0.3 < found.f1(np.array([0.5]))[0] <= 0.5
    levels = conformal_levels(found, 0.1)
    assert (levels.possible_from, levels.sure_above) == (0.0, 1.0)


def test_conformal_levels_keep_their_promise():
    rng = np.random.default_rng(0)
    missed = surplus = 0
    for _ in range(2000):
        lowest, highest = rng.beta(2, 1, (2, 20)).astype(np.float32)
        found = Calibration.of(np.full(19, 0.5), np.full(19, 0.5), (lowest[:19], highest[:19]))
        levels = conformal_levels(found, 0.25)
        missed += lowest[19] < levels.possible_from
        surplus += highest[19] > levels.sure_above
    # 0.25 of 2,000 is 500, with a standard deviation of about 20.
    assert missed < 580
    assert surplus < 580
    assert missed > 380
    assert surplus > 380
    for alpha in (0, 1, -0.1, float("nan")):
        with pytest.raises(ShapeError, match="alpha"):
            conformal_levels(found, alpha)


def test_extremes_are_of_the_least_right_and_the_greatest_wrong():
    h = Hierarchy(list("abcd"), [(1, 0), (2, 0), (3, 1)])
    nodes = np.array([[3, 2]])
    posteriors = Posteriors(nodes, np.array([[0.6, 0.3]], "f4"), np.array([0.1], "f4"))
    shares = posteriors.of_ancestors(Tree(h))
    lowest, highest = true_extremes(shares, [np.array([0, 1])])
    assert lowest[0] == pytest.approx(0.6)
    assert highest[0] == pytest.approx(0.6)
    lowest, highest = true_extremes(shares, [np.array([0, 1, 3])])
    assert lowest[0] == pytest.approx(0.6)
    assert highest[0] == pytest.approx(0.3)


def test_bags_are_unit_rows_and_unknown_words_shorten_them():
    bag = Bag(words_of, ["red dog", "red cat", "", "blue lamp"])
    transposed = bag.taken()
    lengths = np.asarray(transposed.multiply(transposed).sum(axis=0)).ravel()
    np.testing.assert_allclose(lengths, [1, 1, 0, 1], atol=1e-6)
    likeness = (bag.rows(["red dog", "red frog", "frog"]) @ transposed).toarray()
    assert likeness[0, 0] == pytest.approx(1)
    assert likeness[0, 1] > likeness[1, 1] > 0
    assert not likeness[2].any()


@given(st.lists(st.text("ab ", max_size=9), max_size=12))
def test_texts_of_the_nodes_have_the_rows_of_new_texts(texts):
    bag = Bag(words_of, texts)
    rows = bag.rows(texts)
    np.testing.assert_array_equal(bag.taken().T.toarray(), rows.toarray())


def test_names_are_found_where_they_stand():
    index = NameIndex(["dog", "bed", "dog bed: where dogs sleep", "bed"])
    found = index.mentions(["a red dog bed", "nothing"])
    assert list(zip(found.texts.tolist(), found.nodes.tolist(), strict=True)) == [
        (0, 0),
        (0, 2),
        (0, 1),
        (0, 3),
    ]
    start, length, share, after, ends, rare = found.features[1].tolist()
    assert (start, length, share, after, ends, rare) == (0.5, 2, 0.5, 0, 1, 1)
    assert found.features[2].tolist()[-1] == 0.5
    assert found.without(np.array([2, 0])).nodes.tolist() == [0, 1, 3]


def test_texts_of_one_thing_are_joined():
    assert joined(["dog", " dog ", "a\nhound"]) == "dog, a hound"
    long = "an animal that has long been kept and bred for hunting and herding"
    assert joined(["dog", long, "hound"]) == f"dog, hound: {long}"
    assert joined([long]) == long
    assert joined(["dog", "hound", "an animal that barks loudly"]) == (
        "dog, hound: an animal that barks loudly"
    )
    assert joined([]) == joined(["", " "]) == ""
    assert names_of("Dogs (small), hounds: an animal, tame") == [("dog",), ("small",), ("hound",)]
