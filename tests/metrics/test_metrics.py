"""Metrics against plain counts of their definitions, and against trec_eval."""

import json
import math
from dataclasses import fields
from fractions import Fraction

import definitions
import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, Relevance, construct, recall_by_distance
from hrgeom._base.blocks import reduce_blocks
from hrgeom.core import as_dtype
from hrgeom.datasets import perfect_tree
from hrgeom.diagnosis._failing import FailingReduction
from hrgeom.errors import ShapeError
from hrgeom.metrics import (
    QUANTILES,
    RankingReduction,
    RecallReduction,
    embedding_scores,
    poincare_lift,
    ranking_metrics,
)
from hrgeom.testing import hierarchies, relevances


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
    e = construct(tree).embedding
    for notion in ("global", "row"):
        assert recall_by_distance(e, tree, notion=notion).overall == 1.0


def test_a_sample_is_a_sample():
    tree = perfect_tree(2, 8)
    e = construct(tree, method="gaussian", dim=16, certify=False).embedding
    result = recall_by_distance(e, tree, notion="row", n_queries=20)
    assert result.n_queries == 20
    assert result.n_pairs[0] == 20
    again = recall_by_distance(e, tree, notion="row", n_queries=20)
    assert np.array_equal(result.recall, again.recall)


def test_global_recall_needs_a_threshold():
    e = DualEmbedding([[1.0]], [[1.0]])
    with pytest.raises(ValueError, match="threshold must be given"):
        recall_by_distance(e, Hierarchy(["a"], []))


@pytest.mark.parametrize("notion", ["global", "row"])
def test_means_over_pairs_and_over_queries(notion):
    h = Hierarchy(["a", "b", "c"], [(1, 0), (2, 1)])
    # a finds itself; b itself, not a; c nothing above the threshold, and all in the first three.
    e = DualEmbedding(
        [[3.0, 1.0, 0.0], [0.0, 3.0, 2.0], [1.0, 1.0, 1.0]], np.eye(3), 2.5, notion=notion
    )
    found = recall_by_distance(e, h)
    hits = {"global": [1, 1, 0], "row": [1, 1, 3]}[notion]
    shares = [a / k for a, k in zip(hits, (1, 2, 3), strict=True)]
    assert found.overall == sum(hits) / 6
    assert found.by_query == pytest.approx(sum(shares) / 3)


def plain_ranking(scores, own):
    """The documents in order, of those that score the same the matches last."""
    return sorted(range(len(scores)), key=lambda v: (-scores[v], v in own))


def plain_metrics(scores, sets):
    """Precision, reciprocal rank, places and R-precision, as their definitions count."""
    queries = [q for q, own in enumerate(sets) if own]
    totals = {"map": Fraction(0), "mrr": Fraction(0), "query_recall": Fraction(0), "exact": 0}
    places = []
    for q in queries:
        own, order = sets[q], plain_ranking(scores[q], sets[q])
        ranks = [i for i, v in enumerate(order, 1) if v in own]
        places += ranks
        precisions = [Fraction(sum(v in own for v in order[:i]), i) for i in ranks]
        totals["map"] += sum(precisions) / len(own)
        totals["mrr"] += Fraction(1, ranks[0])
        totals["query_recall"] += Fraction(sum(v in own for v in order[: len(own)]), len(own))
        totals["exact"] += set(order[: len(own)]) == own
    means = {name: Fraction(total) / len(queries) for name, total in totals.items()}
    return {**means, "mean_rank": Fraction(sum(places), len(places))}


def whole_scores(e):
    """Scores of int8 rows with scales that are powers of 2, in fractions."""
    scales = np.broadcast_to(e.document_scale, e.n_documents).tolist()
    return [
        [
            Fraction(s) * sum(int(a) * int(b) for a, b in zip(q, x, strict=True))
            for x, s in zip(e.documents, scales, strict=True)
        ]
        for q in e.queries
    ]


def with_ties(n_queries, n_documents, seed):
    rng = np.random.default_rng(seed)
    return DualEmbedding(
        rng.integers(-1, 2, (n_queries, 3)).astype(np.int8),
        rng.integers(-1, 2, (n_documents, 3)).astype(np.int8),
        document_scale=2.0 ** rng.integers(-1, 2, n_documents),
        notion="row",
    )


@given(relevance=relevances(), seed=st.integers(0, 10**6))
def test_ranking_metrics_match_the_definitions(relevance, seed):
    e = with_ties(relevance.n_queries, relevance.n_documents, seed)
    sets = definitions.sets_of_relevance(relevance)
    if not any(sets):
        with pytest.raises(ShapeError, match="some query must match a document"):
            ranking_metrics(e, relevance)
        return
    found = ranking_metrics(e, relevance)
    for name, exact in plain_metrics(whole_scores(e), sets).items():
        assert getattr(found, name) == pytest.approx(float(exact), rel=1e-12), name
    assert found.n_queries == sum(map(bool, sets))
    assert found.recall.shape == found.n_pairs.shape == found.positive.shape == (0,)
    assert found.margins.shape == (0, len(QUANTILES))
    assert found.pair_recall <= 1


@given(relevance=relevances(), seed=st.integers(0, 10**6))
def test_ranking_metrics_agree_with_trec_eval(relevance, seed):
    """Its own way with ties is another: it is given the places that ties leave at worst."""
    e = with_ties(relevance.n_queries, relevance.n_documents, seed)
    sets = definitions.sets_of_relevance(relevance)
    if not any(sets):
        return
    scores = whole_scores(e)
    judged = [
        ir_measures.Qrel(f"q{q}", f"v{v}", 1) for q, own in enumerate(sets) for v in sorted(own)
    ]
    run = [
        ir_measures.ScoredDoc(f"q{q}", f"v{v}", float(len(row) - place))
        for q, row in enumerate(scores)
        if sets[q]
        for place, v in enumerate(plain_ranking(row, sets[q]))
    ]
    measures = [ir_measures.AP, ir_measures.RR, ir_measures.Rprec]
    theirs = ir_measures.calc_aggregate(measures, judged, run)
    ours = ranking_metrics(e, relevance)
    assert ours.map == pytest.approx(theirs[ir_measures.AP], rel=1e-9)
    assert ours.mrr == pytest.approx(theirs[ir_measures.RR], rel=1e-9)
    assert ours.query_recall == pytest.approx(theirs[ir_measures.Rprec], rel=1e-9)


@given(hierarchy=hierarchies(), seed=st.integers(0, 10**6))
def test_margins_by_distance_match_the_definition(hierarchy, seed):
    n = hierarchy.n_nodes
    e = with_ties(n, n, seed)
    parents = definitions.parents_of(hierarchy.edges, n)
    margins, retrieved, pairs = {}, {}, 0
    for q, row in enumerate(whole_scores(e)):
        away = definitions.distances(parents, q)
        best = max((row[v] for v in range(n) if v not in away), default=-np.inf)
        for v, d in away.items():
            margins.setdefault(d, []).append(float(row[v] - best))
            others = sum(row[w] >= row[v] for w in range(n) if w != v)
            retrieved[d] = retrieved.get(d, 0) + (others < len(away))
            pairs += 1
    found = ranking_metrics(e, hierarchy)
    assert found.pair_recall == pytest.approx(sum(retrieved.values()) / pairs)
    assert len(found.recall) == len(margins)
    for d, values in margins.items():
        ordered = sorted(values)
        n_below = [int(share * (len(ordered) - 1)) for share in QUANTILES]
        assert found.margins[d].tolist() == [ordered[i] for i in n_below]
        assert found.positive[d] == sum(value > 0 for value in values) / len(values)
        assert found.n_pairs[d] == len(values)
        assert found.recall[d] == retrieved[d] / len(values)
    assert np.array_equal(found.recall, recall_by_distance(e, hierarchy).recall)


def test_an_exact_ranking_is_perfect_and_a_constant_one_the_worst():
    tree = perfect_tree(3, 4)
    best = ranking_metrics(construct(tree, method="trie", certify=False).embedding, tree)
    assert best.map == best.mrr == best.exact == best.query_recall == best.pair_recall == 1
    assert (best.positive == 1).all()
    sizes = tree.relevance.n_matches
    assert best.mean_rank == (sizes * (sizes + 1) / 2).sum() / sizes.sum()
    flat = DualEmbedding(np.zeros((tree.n_nodes, 2)), np.zeros((tree.n_nodes, 2)), notion="row")
    worst = ranking_metrics(flat, tree)
    assert worst.exact == worst.query_recall == worst.pair_recall == 0
    assert worst.mrr == pytest.approx((1 / (tree.n_nodes - sizes + 1)).mean())


def test_a_sample_of_metrics_and_their_json():
    chain = Hierarchy(["a", "b", "c"], [(1, 0), (2, 1)])  # c matches all: its margins are infinite
    e = DualEmbedding(np.eye(3), np.eye(3), notion="row")
    data = ranking_metrics(e, chain).to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["margins"][2] == [None] * len(QUANTILES)
    assert data["n_pairs"] == [3, 2, 1]
    tree = perfect_tree(2, 6)
    e = construct(tree, method="gaussian", dim=8, certify=False).embedding
    some = ranking_metrics(e, tree, n_queries=3, seed=4)
    assert some.n_queries == some.n_pairs[0] == 3
    assert len(some.recall) == 6  # whatever the sample, so that samples can be compared
    assert ranking_metrics(e, tree, n_queries=3, seed=4).map == some.map


@given(dim=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_poincare_distances_and_their_lift(dim, seed):
    """Against the distance as 2 arsinh, and against dot products of the lift."""
    rng = np.random.default_rng(seed)
    relevance = Relevance.from_sets([{0, 1}, {2}, {1, 3, 4}], 9)

    def ball(n):
        rows = rng.standard_normal((n, dim))
        return rows * (rng.random(n)[:, None] * 0.99 / np.linalg.norm(rows, axis=1, keepdims=True))

    def inside(row):
        return 1 - math.hypot(*row) ** 2

    e = DualEmbedding(ball(3), ball(9), notion="row")
    far = [
        [
            2 * math.asinh(math.dist(q, x) / math.sqrt(inside(q) * inside(x)))
            for x in e.documents.tolist()
        ]
        for q in e.queries.tolist()
    ]
    found = ranking_metrics(e, relevance, score="poincare")
    sets = definitions.sets_of_relevance(relevance)
    for name, exact in plain_metrics([[-a for a in row] for row in far], sets).items():
        assert getattr(found, name) == pytest.approx(float(exact)), name
    lifted = poincare_lift(e)
    assert (lifted.dim, lifted.notion) == (dim + 1, "row")
    squares = (e.queries**2).sum(axis=1)
    products = (lifted.queries @ lifted.documents.T) / (1 - squares)[:, None]
    np.testing.assert_allclose(products, -np.cosh(far), rtol=1e-9)
    assert ranking_metrics(lifted, relevance).map == pytest.approx(found.map)


def test_the_ball_is_open():
    e = DualEmbedding([[0.5]], [[0.5], [-1.0]], notion="row")
    relevance = Relevance.from_sets([{0}], 2)
    for refused in (poincare_lift, lambda e: ranking_metrics(e, relevance, score="poincare")):
        with pytest.raises(ShapeError, match=r"documents must lie inside .* got length 1 at row 1"):
            refused(e)


@pytest.mark.parametrize("level", [None, 0.25])
@given(hierarchy=hierarchies(), seed=st.integers(0, 10**6))
def test_reductions_of_parts_merge_to_that_of_all(level, hierarchy, seed):
    n = hierarchy.n_nodes
    e = with_ties(n, n, seed)
    cut = seed % (n + 1)
    for make in (lambda: RecallReduction(hierarchy, level), lambda: RankingReduction(hierarchy)):
        whole, first, second = make(), make(), make()
        reduce_blocks(embedding_scores(e, np.arange(n)), whole)
        reduce_blocks(embedding_scores(e, np.arange(cut)), first)
        reduce_blocks(embedding_scores(e, np.arange(cut, n)), second)
        first.merge(second)
        for field in fields(whole.result()):
            np.testing.assert_array_equal(
                getattr(first.result(), field.name), getattr(whole.result(), field.name)
            )


def test_reductions_do_not_write_the_scores_they_share():
    tree = perfect_tree(2, 4)
    e = with_ties(tree.n_nodes, tree.n_nodes, 0)
    (block,) = embedding_scores(e, np.arange(tree.n_nodes))
    block.scores.flags.writeable = False
    reduce_blocks(
        [block],
        RecallReduction(tree, None),
        RankingReduction(tree),
        FailingReduction(tree.relevance, "row", None),
    )
