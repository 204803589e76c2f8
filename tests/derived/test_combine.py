"""Text beside a hierarchy: the weights that are stated, by exact fractions as a second route."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import hrgeom
from hrgeom import DualEmbedding, Hierarchy, Relevance, certify, construct
from hrgeom.core import as_relevance
from hrgeom.datasets import random_subsets, random_tree
from hrgeom.derived import combine
from hrgeom.errors import ConstructionError, ShapeError

TREE = Hierarchy.from_edges(
    [("boots", "shoes"), ("sandals", "shoes"), ("shoes", "all"), ("hats", "all"), ("caps", "hats")]
)


def text_for(target, dim=6, seed=0, unit=True):
    """Random text vectors, of length one up to rounding."""
    relevance = as_relevance(target)
    rng = np.random.default_rng(seed)
    rows = [rng.standard_normal((n, dim)) for n in (relevance.n_queries, relevance.n_documents)]
    if unit:
        rows = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in rows]
    return DualEmbedding(
        *(side.astype(np.float32) for side in rows),
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
    )


def scores_of(embedding):
    """All scores as fractions, worked out from the stored numbers."""
    queries, documents = (
        [[Fraction(float(x)) for x in row] for row in rows] for rows in embedding.values()
    )
    return [[sum(map(lambda a, b: a * b, q, x)) for x in documents] for q in queries]


def sides(target):
    relevance = as_relevance(target)
    own = [set(relevance.matches(q).tolist()) for q in range(relevance.n_queries)]
    n, m = relevance.n_queries, relevance.n_documents
    matches = [(q, v) for q in range(n) for v in own[q]]
    others = [(q, v) for q in range(n) for v in range(m) if v not in own[q]]
    return matches, others


def first_tie(text, embedding, target, notion):
    """The largest weight by its definition: over all matches and other pairs, in fractions."""
    s, t = scores_of(embedding), scores_of(text)
    matches, others = sides(target)
    ties = [
        (s[i][v] - s[j][u]) / (t[j][u] - t[i][v])
        for i, v in matches
        for j, u in others
        if (notion == "global" or i == j) and t[j][u] > t[i][v]
    ]
    return min(ties, default=None)


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "make", [lambda s: random_tree(14, seed=s), lambda s: random_subsets(9, 7, 2, seed=s)]
)
def test_the_weight_at_which_texts_tie_is_the_least_over_all_pairs(make, seed, notion):
    target = make(seed)
    embedding = construct(target, method="trie").embedding
    text = text_for(target, seed=seed)
    both = combine(text, embedding, target, notion=notion)
    tie = first_tie(text, embedding, target, notion)
    limits = both.limits
    assert limits.ties_at == pytest.approx(float(tie), rel=1e-12)
    assert Fraction(limits.ties_at) >= tie
    assert limits.holds_at < limits.ties_at < limits.holds_at * 1.002
    assert limits.any_text < limits.these_texts <= limits.ties_at


@pytest.mark.parametrize("notion", ["global", "row"])
def test_all_pairs_hold_below_the_tie_and_not_at_it(notion):
    target = random_tree(30, seed=1)
    embedding, text = construct(target).embedding, text_for(target)
    limits = combine(text, embedding, target, notion=notion).limits
    for weight, holds in ((limits.holds_at, True), (limits.ties_at * (1 + 1e-6), False)):
        both = combine(text, embedding, target, weight=weight, notion=notion, look=False)
        assert both.certificate.holds == holds


def test_stated_intervals_hold_all_text_scores_and_margins_are_what_the_theorem_leaves():
    embedding, text = construct(TREE).embedding, text_for(TREE)
    limits = combine(text, embedding, TREE).limits
    low, high = limits.text_scores
    scores = [t for row in scores_of(text) for t in row]
    assert low <= min(scores)
    assert max(scores) <= high
    assert high - low < float(max(scores) - min(scores)) + 1e-4
    for part in (0.25, 0.75):
        both = combine(text, embedding, TREE, weight=part * limits.any_text, look=False)
        assert both.embedding.threshold == certify(embedding, TREE).threshold
        assert both.certificate.margin_lower_bound >= 0.999 * (1 - part) * limits.half_gap
        weight = part * limits.these_texts
        both = combine(text, embedding, TREE, weight=weight)
        assert both.certificate.margin_lower_bound >= 0.999 * (1 - part) * limits.half_gap


def planted(text, embedding, target):
    """Text whose worst match is as far apart, and whose best other pair as near, as can be."""
    found = certify(embedding, target, notion="row")
    place = {label: row for row, label in enumerate(text.query_labels)}
    query = place[found.worst_match.query]
    match, other = (place[w.document] for w in (found.worst_match, found.best_other))
    queries, documents = text.queries.copy(), text.documents.copy()
    queries[query] = documents[other] = np.eye(text.dim)[0]
    documents[match] = -np.eye(text.dim)[0]
    return replace(text, queries=queries, documents=documents)


def test_a_planted_text_pair_breaks_a_weight_of_a_tenth_more():
    for method in ("auto", "trie"):
        embedding = construct(TREE, method=method).embedding
        text = planted(text_for(TREE), embedding, TREE)
        limits = combine(text, embedding, TREE, notion="row", look=False).limits
        verdicts = [
            combine(text, embedding, TREE, notion="row", weight=part * limits.any_text, look=False)
            for part in (0.99, 1.1)
        ]
        assert [both.certificate.verdict for both in verdicts] == ["holds", "fails"]
        # The second route: the pair's own scores, in fractions.
        s, t = (scores_of(one) for one in (embedding, text))
        matches, others = sides(TREE)
        weight = Fraction(1.1 * limits.any_text)
        turned = [
            (i, v, u)
            for i, v in matches
            for j, u in others
            if i == j and s[i][v] + weight * t[i][v] <= s[i][u] + weight * t[i][u]
        ]
        assert turned
        witness = verdicts[1].certificate.worst_match
        assert witness.query in {text.query_labels[i] for i, _, _ in turned}


def test_a_planted_text_pair_is_the_one_that_is_named():
    embedding = construct(TREE, method="trie").embedding
    text = planted(text_for(TREE), embedding, TREE)
    limits = combine(text, embedding, TREE, notion="row").limits
    found = certify(embedding, TREE, notion="row")
    assert limits.tie.query == limits.tie.other_query == found.worst_match.query
    assert (limits.tie.match, limits.tie.other) == (
        found.worst_match.document,
        found.best_other.document,
    )
    assert limits.ties_at == pytest.approx(limits.any_text, rel=1e-5)


def test_the_weight_is_in_the_queries_alone():
    embedding, text = construct(TREE).embedding, text_for(TREE)
    light, heavy = (combine(text, embedding, TREE, weight=w, look=False) for w in (0.01, 0.02))
    assert light.embedding.sha256["documents"] == heavy.embedding.sha256["documents"]
    assert light.embedding.sha256["queries"] != heavy.embedding.sha256["queries"]
    assert light.weight == light.embedding.parameters["weight"] == 0.01


def test_any_text_of_a_query_retrieves_what_the_hierarchy_says():
    embedding, text = construct(TREE, method="trie").embedding, text_for(TREE)
    both = combine(text, embedding, TREE)
    rng = np.random.default_rng(5)
    for label in TREE.labels:
        for _ in range(20):
            anything = rng.standard_normal(text.dim)
            query = both.query(label, 0.999 * anything / np.linalg.norm(anything))
            found = both.embedding.documents @ query > both.embedding.threshold
            matches = TREE.relevance.matches(TREE.index(label))
            assert np.flatnonzero(found).tolist() == sorted(matches.tolist())


def test_the_query_of_its_own_text_is_its_row():
    embedding, text = construct(TREE).embedding, text_for(TREE)
    both = combine(text, embedding, TREE)
    row = TREE.index("hats")
    assert both.query("hats", text.queries[row]).tolist() == both.embedding.queries[row].tolist()
    with pytest.raises(ShapeError, match="must be that of a query: got 'socks'"):
        both.query("socks", text.queries[row])
    with pytest.raises(ShapeError, match=r"must have shape \(6,\): got \(5,\)"):
        both.query("hats", np.zeros(5))


def test_tries_leave_the_order_of_matches_to_the_text():
    text = text_for(TREE)
    both = combine(text, construct(TREE, method="trie").embedding, TREE)
    assert both.order.matches == 1.0
    hubs = construct(TREE, method="centroid-hubs", dtype="int8").embedding
    assert combine(text, hubs, TREE).order.to_dict() == {"matches": 1.0, "others": 1.0}
    level = combine(text, construct(TREE, method="interval").embedding, TREE, weight=1e-9)
    assert level.order.matches < 1.0


def test_stored_types_that_need_it_are_combined_in_float64():
    text = text_for(TREE)
    wide = replace(text, queries=text.queries.astype(float), documents=text.documents.astype(float))
    embedding = construct(TREE, method="trie", dtype="int8").embedding
    assert combine(text, embedding, TREE).embedding.dtype == np.float32
    assert combine(wide, embedding, TREE).embedding.dtype == np.float64
    low = replace(text, queries=text.queries.astype("f2"), documents=text.documents.astype("f2"))
    assert combine(low, embedding, TREE).certificate.holds


def test_rows_are_found_by_their_labels():
    embedding, text = construct(TREE).embedding, text_for(TREE)
    turned = replace(
        text,
        queries=text.queries[::-1],
        documents=text.documents[::-1],
        query_labels=text.query_labels[::-1],
        document_labels=text.document_labels[::-1],
    )
    first, second = (combine(one, embedding, TREE) for one in (text, turned))
    assert first.embedding.sha256 == second.embedding.sha256


def test_equal_texts_allow_any_weight():
    ones = np.ones((TREE.n_nodes, 1), dtype=np.float32)
    text = replace(text_for(TREE), queries=ones, documents=ones)
    limits = combine(text, construct(TREE).embedding, TREE).limits
    assert limits.ties_at is limits.tie is None
    assert limits.holds_at > 1000 * limits.any_text
    assert "no pair ties" in str(limits)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_weights_must_be_positive(weight):
    with pytest.raises(ConstructionError, match="weight must be positive and finite: got"):
        combine(text_for(TREE), construct(TREE).embedding, TREE, weight=weight)


def test_what_does_not_hold_is_refused():
    embedding = construct(TREE).embedding
    wrong = replace(embedding, documents=embedding.documents[::-1].copy())
    with pytest.raises(ConstructionError, match=r"must hold with a margin.*got verdict fails"):
        combine(text_for(TREE), wrong, TREE)
    zeros = replace(text_for(TREE), queries=np.zeros((TREE.n_nodes, 6), dtype=np.float32))
    with pytest.raises(ConstructionError, match="text vectors must not all be zero"):
        combine(zeros, embedding, TREE)
    with pytest.raises(ShapeError):
        combine(text_for(random_tree(4, seed=0)), embedding, TREE)


def test_a_relevance_with_other_queries_than_documents():
    shop = Relevance.from_judgments(
        [("shoes", "p1"), ("shoes", "p2"), ("hats", "p3"), ("all", "p1")]
    )
    both = combine(text_for(shop), construct(shop).embedding, shop)
    assert both.certificate.n_pairs == 9
    assert both.certificate.holds
    for words in ("text scores in", "HOLDS"):
        assert words in str(both)
    assert hrgeom.certify(both.embedding, shop).holds
