"""Direct sums: the lemmas of their summands by definition, and what they promise by certificate."""

from itertools import product

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from hrgeom import Relevance, certify
from hrgeom.constructions._promise import SHOWN
from hrgeom.constructions.covers import (
    CondensedCover,
    LaminarCover,
    LaminarPalette,
    block_cover,
    condensed,
    trie_of,
)
from hrgeom.constructions.direct_sum import _methods
from hrgeom.constructions.direct_sum._allocation import allocate_dimensions, estimate_allocations
from hrgeom.constructions.direct_sum._encoding import Encoding, Summand
from hrgeom.constructions.direct_sum._integer_weights import LARGEST
from hrgeom.constructions.direct_sum._weights import QueryLevels, balance, squared_weight
from hrgeom.constructions.direct_sum.encodings import (
    arc_encoding,
    block_summand,
    trie_encoding,
    trie_levels,
)
from hrgeom.constructions.direct_sum.encodings._polygon import (
    convex_polygon,
    most_positions,
    polygon_encoding,
)
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.testing import hierarchies, relevances

TYPES = ["float64", "float32", "float16", "bfloat16", "int8"]
BUILD = {
    "block-code": _methods.block_code,
    "hybrid": _methods.hybrid,
    "mixed": _methods.mixed,
}
anything = st.one_of(relevances(), hierarchies().map(lambda h: h.relevance))


def keeps_its_promise(embedding, relevance):
    certificate = certify(embedding, relevance)
    assert certificate.holds, str(certificate)
    assert embedding.dim == embedding.promise["dim"]
    both = (relevance.n_matches > 0) & (relevance.n_matches < relevance.n_documents)
    if both.any():
        assert certificate.normalized_margin_lower_bound >= SHOWN * embedding.promise["margin"]
    return certificate


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("family", BUILD)
@share(1 / 5)
@given(relevance=anything, more=st.none() | st.integers(0, 20))
def test_every_family_keeps_its_promise(family, dtype, relevance, more):
    embedding = BUILD[family](relevance, dtype=dtype)
    keeps_its_promise(embedding, relevance)
    if more is not None:
        larger = BUILD[family](relevance, dim=embedding.dim + more, dtype=dtype)
        assert larger.dim <= embedding.dim + more
        keeps_its_promise(larger, relevance)


@pytest.mark.parametrize("family", BUILD)
def test_a_budget_too_small_is_refused(family):
    relevance = random_dag(60, seed=2).relevance
    least = BUILD[family](relevance).dim
    with pytest.raises(ConstructionError, match=rf"dim must be at least \d+ for {family}.*got 1"):
        BUILD[family](relevance, dim=1)
    assert BUILD[family](relevance, dim=least + 5).dim <= least + 5


def test_more_dimensions_buy_more_margin():
    relevance = random_dag(1000, seed=1).relevance
    plans = [_methods.plan(relevance, "mixed", dim=d, dtype="float32") for d in (40, 80, 160)]
    margins = [plan.margin for plan in plans]
    assert margins[0] < margins[1] < margins[2]


def every_score(pieces, n_queries, n_documents):
    """Scores of all pairs in the coordinates of some pieces; nan for documents of others."""
    scores = np.full((n_queries, n_documents), np.nan)
    for piece in pieces:
        queries = piece.table[piece.query_rows].astype(float)
        scores[:, piece.documents] = queries @ piece.rows.astype(float).T
    return scores


def check_encoding(encoding, summand_levels, relevance, *, exact):
    """Own, other, lengths, levels, dimensions and largest_entries of an encoding, by definition."""
    pieces = encoding.make()
    assert encoding.dim == sum(piece.table.shape[1] for piece in pieces)
    scores = every_score(pieces, relevance.n_queries, relevance.n_documents)
    slack = 0 if exact else 1e-12
    document_kinds = {tuple(kind) for kind in encoding.document_kinds.round(9).tolist()}
    lengths = np.zeros(relevance.n_queries)
    for piece in pieces:
        lengths += np.square(piece.table.astype(float)).sum(axis=1)[piece.query_rows]
        assert np.abs(piece.table).max(initial=0) <= encoding.largest_entries[0]
        assert np.abs(piece.rows).max(initial=0) <= encoding.largest_entries[1]
        for i, v in enumerate(piece.documents.tolist()):
            match = relevance.contains(
                np.arange(relevance.n_queries), np.full(relevance.n_queries, v)
            )
            assert np.all(scores[match, v] >= piece.match_score[i] - slack)
            assert np.all(scores[~match, v] <= piece.other_score[i] + slack)
            assert piece.match_score[i] > piece.other_score[i]
            square = float(np.square(piece.rows[i], dtype=float).sum())
            kind = np.round([piece.match_score[i], piece.other_score[i], square], 9) + 0.0
            assert any(np.allclose(kind, k, atol=1e-8) for k in document_kinds)
        if encoding.is_integral:
            assert np.array_equal(piece.table, np.rint(piece.table))
            assert np.array_equal(piece.rows, np.rint(piece.rows))
    assert np.all(lengths <= encoding.squared_norms[summand_levels] + 1e-9)
    assert np.all(np.diff(encoding.squared_norms) >= 0)


def without_empty(relevance):
    return np.flatnonzero(relevance.n_queries_of > 0).astype(np.int32)


@given(relevance=anything)
def test_lemma_of_the_trie(relevance):
    documents = without_empty(relevance)
    if len(documents) == 0:
        return
    trie = trie_of(relevance.restrict_documents(documents), 0)
    for t in range(trie.cover.n_classes):
        encoding = trie_encoding(trie, t, documents)
        check_encoding(encoding, trie_levels(trie, t), relevance, exact=True)


@given(relevance=anything, more=st.integers(0, 2), whole=st.booleans())
def test_lemmas_of_arcs_and_polygons(relevance, more, whole):
    documents = without_empty(relevance)
    if len(documents) == 0:
        return
    among, numbers = condensed(relevance.restrict_documents(documents))
    palette = LaminarPalette.of(among)
    n_classes = min(palette.n_colors + more, max(palette.n_colors, len(documents)))
    cover = CondensedCover(LaminarCover(among, palette.spread(n_classes)), numbers)
    encoding = polygon_encoding(cover, documents, 127) if whole else arc_encoding(cover, documents)
    levels = np.zeros(relevance.n_queries, dtype=np.int16)
    check_encoding(encoding, levels, relevance, exact=whole)


@given(relevance=anything, integral=st.booleans())
def test_lemma_of_blocks(relevance, integral):
    blocks = block_cover(relevance)
    for block in range(blocks.max(initial=-1) + 1):
        documents = np.flatnonzero(blocks == block).astype(np.int32)
        summand = block_summand(relevance, documents, integral=integral)
        assert summand.encodings
        for encoding in summand.encodings:
            assert encoding.is_integral or not integral
            check_encoding(encoding, summand.levels, relevance, exact=encoding.is_integral)


@given(relevance=anything)
def test_block_cover_by_definition(relevance):
    blocks = block_cover(relevance)
    assert np.array_equal(blocks < 0, relevance.n_queries_of == 0)
    for q in range(relevance.n_queries):
        own = blocks[relevance.matches(q)]
        assert len(set(own.tolist())) == len(own)


def test_block_cover_with_more_blocks_than_bits():
    chain = random_tree(150, shape="chain").relevance
    assert sorted(block_cover(chain).tolist()) == list(range(150))


@pytest.mark.parametrize("largest", [3, 20, *LARGEST.values()])
def test_polygons_are_convex_and_fit(largest):
    most = most_positions(largest)
    for n in sorted({1, 2, 3, 4, 7, most // 2, most - 1, most}):
        vertices = convex_polygon(n, largest)
        assert vertices.shape == (n, 2)
        assert np.abs(vertices).max() <= largest
        if n > 2:  # every vertex is a corner: all turns are to the left
            edges = np.roll(vertices, -1, axis=0) - vertices
            turns = edges[:, 0] * np.roll(edges[:, 1], -1) - edges[:, 1] * np.roll(edges[:, 0], -1)
            assert np.all(turns > 0)
            # once around only
            angles = np.unwrap(np.arctan2(edges[:, 1], edges[:, 0]))
            assert angles[-1] - angles[0] < 2 * np.pi
    with pytest.raises(ValueError, match=f"n must be at most {most}"):
        convex_polygon(9 * largest, largest)


def summands_of(relevance):
    blocks = block_cover(relevance)
    return [
        block_summand(relevance, np.flatnonzero(blocks == b).astype(np.int32), integral=False)
        for b in range(blocks.max() + 1)
    ]


def test_balance_agrees_with_a_scalar_minimizer():
    relevance = random_dag(200, seed=5).relevance
    summands = summands_of(relevance)
    encodings = [summand.encodings[0] for summand in summands]
    found = balance(QueryLevels(summands), encodings)

    def longest(log_beta):
        beta = np.exp(log_beta)
        weights = [squared_weight(o, beta)[0] for o in encodings]
        if not np.isfinite(weights).all():
            return 1e9
        lengths = sum(
            w * o.squared_norms[p.levels]
            for w, o, p in zip(weights, encodings, summands, strict=True)
        )
        return float(lengths.max() + beta**2)

    grid = np.linspace(-3, 4, 2000)
    start = grid[np.argmin([longest(x) for x in grid])]
    least = minimize_scalar(longest, bounds=(start - 0.01, start + 0.01), method="bounded").fun
    assert found.longest_query**2 == pytest.approx(least, rel=1e-3)
    assert found.margin == pytest.approx(0.5 / np.sqrt(least), rel=1e-3)


def test_allocation_against_all_choices():
    """The estimate is the best of all choices for its cost; the allocation is at least as good."""
    relevance = perfect_tree(3, 3).relevance
    summands = summands_of(relevance)
    for budget in range(6, 24):
        found = estimate_allocations(summands, budget)
        choices = [
            choice
            for choice in product(*(range(len(p.encodings)) for p in summands))
            if 1 + sum(p.encodings[i].dim for p, i in zip(summands, choice, strict=True)) <= budget
        ]
        assert bool(found) == bool(choices)
        if not found:
            continue
        levels = QueryLevels(summands)
        for allocation in found:
            best = min(
                sum(
                    squared_weight(p.encodings[i], allocation.beta)[0]
                    * p.encodings[i].squared_norms.max()
                    for p, i in zip(summands, choice, strict=True)
                )
                for choice in choices
            )
            assert allocation.margin == pytest.approx(0.5 / np.sqrt(best + allocation.beta**2))
        encodings, balanced = allocate_dimensions(summands, levels, budget, found)
        assert 1 + sum(encoding.dim for encoding in encodings) <= budget
        assert balanced.margin >= found[0].margin * (1 - 1e-6)


@given(st.data())
def test_query_levels_keep_the_longest(data):
    n, k = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 5))
    rows = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n * k, max_size=n * k)))
    rows = rows.reshape(n, k).astype(np.int16)
    squared_norms = [
        np.sort(data.draw(st.lists(st.floats(0, 9), min_size=4, max_size=4))) for _ in range(k)
    ]
    encoding = Encoding("x", 1, np.zeros(1), np.zeros((1, 3)), (1, 1), True, list)
    levels = QueryLevels([Summand(1, rows[:, t], [encoding]) for t in range(k)])
    direct = sum(squared_norms[t][rows[:, t]] for t in range(k))
    assert levels.squared_lengths(squared_norms).max() == pytest.approx(direct.max())


@given(relevance=anything, data=st.data())
def test_a_relevance_among_some_documents(relevance, data):
    kept = data.draw(st.sets(st.integers(0, relevance.n_documents - 1), min_size=1))
    documents = np.array(sorted(kept))
    among = relevance.restrict_documents(documents)
    again = Relevance.from_sets(
        [
            {int(np.flatnonzero(documents == v)[0]) for v in relevance.matches(q) if v in kept}
            for q in range(relevance.n_queries)
        ],
        len(documents),
    )
    assert np.array_equal(among.indptr, again.indptr)
    assert np.array_equal(among.indices, again.indices)
    assert np.array_equal(among.crossing_pairs, again.crossing_pairs)
    assert among.document_labels == tuple(relevance.document_labels[v] for v in documents)
