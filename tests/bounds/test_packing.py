"""Packing: the published table, exact ceilings, and never more than an embedding has."""

import math
from fractions import Fraction
from itertools import combinations

import mpmath as mp
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Relevance, certify, construct
from hrgeom.bounds.ceilings import subsets_ceiling
from hrgeom.bounds.lower import packing, packing_dim, subsets_packing_dim
from hrgeom.datasets import load, published_table
from hrgeom.errors import HrgeomError
from hrgeom.testing import relevances

margins = st.fractions(Fraction(1, 1000), 1, max_denominator=1000)


def k_subsets(m, k):
    return Relevance.from_sets([set(c) for c in combinations(range(m), k)], m)


@pytest.mark.parametrize(
    "row", published_table("weller-packing"), ids=lambda r: f"{r['n']}-{r['k']}"
)
def test_published_table_is_the_ball_for_half_gaps(row):
    n, k, d = (int(row[c]) for c in "nkd")
    assert packing_dim(math.comb(n, k), Fraction(1, 10), unit=False) == d
    assert subsets_packing_dim(n, k, Fraction(1, 10)) >= d


def test_the_table_has_37_cells_and_is_not_that_of_full_gaps():
    rows = published_table("weller-packing")
    assert len(rows) == 37
    full = [
        packing_dim(math.comb(int(r["n"]), int(r["k"])), Fraction(1, 20), unit=False) for r in rows
    ]
    assert all(f < int(r["d"]) for f, r in zip(full, rows, strict=True))


@given(n=st.integers(1, 10**40), margin=margins)
def test_the_ball_is_a_ceiling_of_logarithms(n, margin):
    with mp.workdps(80):
        exact = mp.log(n) / mp.log(1 + mp.mpf(margin.denominator) / margin.numerator)
        near = mp.nint(exact)
        # within 1e-60 of a whole number it is that number: n is a power
        expected = int(near if abs(exact - near) < mp.mpf(10) ** -60 else mp.ceil(exact))
    assert packing_dim(n, margin, unit=False) == max(1, expected)


@given(n=st.integers(1, 10**30), margin=margins)
def test_the_shell_is_the_least_dimension_with_room(n, margin):
    d = packing_dim(n, margin)
    room = [(1 / margin + 1) ** e - (1 / margin - 1) ** e for e in range(d + 1)]
    assert n <= room[d]
    assert all(n > below for below in room[1:d])
    assert d >= packing_dim(n, margin, unit=False)


@given(n=st.integers(1, 10**300), margin=margins, m=st.integers(1, 1000))
@share(1 / 5)
def test_two_scales_are_some_tau(n, margin, m):
    """No larger than the best of many tau in logarithms, and nearly as large."""
    with mp.workdps(50):
        best = mp.mpf(0)
        for i in range(1, 257):  # the grid of the search
            tau = mp.mpf(i) / 256
            left = mp.log(n) - mp.log(2) - 4 * mp.log(2 * m) / tau**2
            best = max(best, left / mp.log(1 + tau * margin.denominator / margin.numerator))
        others = packing_dim(n, margin)
    found = packing_dim(n, margin, n_across=m)
    assert others <= found <= max(others, math.ceil(best))
    assert found >= 0.95 * best - 1


def test_exact_at_powers():
    assert packing_dim(11**50, Fraction(1, 10), unit=False) == 50
    assert packing_dim(11**50 + 1, Fraction(1, 10), unit=False) == 51
    assert packing_dim(2, 1) == packing_dim(2, Fraction(1, 9)) == 1
    assert packing_dim(3, Fraction(1, 9)) == 2
    assert packing_dim(1, 0.3) == 1


def test_the_constant_of_bangachev():
    """The closed form follows from two scales with a tau that need not be the best."""
    for m, k in ((10**5, 100), (10**6, 300), (10**4, 50)):
        epsilon = 1 / (4 * math.sqrt(k))
        closed = (k * math.log(m / k) / 2 - math.log(2)) / math.log1p(4 / (epsilon * math.sqrt(k)))
        assert closed <= subsets_packing_dim(m, k, epsilon)


@pytest.mark.parametrize(("m", "k"), [(m, k) for m in range(3, 9) for k in range(1, m)])
def test_never_above_a_simplex(m, k):
    """All k-subsets have their ceiling in m - 1 dimensions."""
    relevance, ceiling = k_subsets(m, k), subsets_ceiling(m, k)
    found = packing(relevance, ceiling * (1 - 1e-12))
    assert found.incomparable_queries == found.different_queries == math.comb(m, k)
    assert found.row == found.any_threshold == subsets_packing_dim(m, k, found.margin) <= m - 1


@given(relevance=relevances())
@share(1 / 4)
def test_never_above_a_certified_embedding(relevance):
    embedding = construct(relevance).embedding
    certificate = certify(embedding, relevance)
    assert certificate.verdict == "holds"
    margin = certificate.normalized_margin_lower_bound
    if margin is not None and 0 < margin <= 1:
        assert packing(relevance, margin).any_threshold <= embedding.queries.shape[1]


@pytest.mark.parametrize("method", ["trie", "interval"])
def test_never_above_certified_embeddings_of_mammals(method):
    hierarchy = load("wordnet-mammals")
    embedding = construct(hierarchy, method=method, certify=False).embedding
    margin = certify(embedding, hierarchy).normalized_margin_lower_bound
    found = packing(hierarchy.relevance, margin)
    assert 2 <= found.row <= found.any_threshold <= embedding.queries.shape[1]


@given(relevance=relevances())
def test_counts(relevance):
    sets = [frozenset(relevance.matches(q).tolist()) for q in range(relevance.n_queries)]
    columns = [
        frozenset(q for q, s in enumerate(sets) if v in s) for v in range(relevance.n_documents)
    ]
    found = packing(relevance, 0.1)
    assert found.different_queries == len(set(sets))
    assert found.different_documents == len(set(columns))
    by_size = {}
    for s in set(sets):
        by_size.setdefault(len(s), []).append(s)
    assert found.incomparable_queries == max(map(len, by_size.values()))


def test_nested_sets_need_no_room_by_row():
    """A chain of queries: one point with many thresholds, so only the documents are apart."""
    chain = Relevance.from_sets([set(range(q)) for q in range(1, 6)], 5)
    found = packing(chain, 0.5)
    assert (found.incomparable_queries, found.different_queries) == (1, 5)


def test_rows_that_are_apart_by_less_have_less_margin():
    """What keeps queries apart, on random unit rows: distances against margins by row."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        q, x = (rng.standard_normal((n, 3)) for n in (6, 5))
        q, x = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (q, x))
        scores = q @ x.T
        order = np.sort(scores, axis=1)
        tops = [
            frozenset(np.flatnonzero(row >= cut).tolist())
            for row, cut in zip(scores, order[:, 3], strict=True)
        ]
        for i, j in combinations(range(6), 2):
            margin = min(order[i, 3] - order[i, 2], order[j, 3] - order[j, 2]) / 2
            assert tops[i] == tops[j] or np.linalg.norm(q[i] - q[j]) >= 2 * margin - 1e-12


@pytest.mark.parametrize("margin", [0, -0.1, 1.5, float("nan")])
def test_margins_out_of_range_are_refused(margin):
    with pytest.raises(HrgeomError, match="margin must be above 0 and at most 1"):
        packing_dim(5, margin)


def test_counts_out_of_range_are_refused():
    with pytest.raises(HrgeomError, match="n_sets must be at least 1: got 0"):
        packing_dim(0, 0.1)
    with pytest.raises(HrgeomError, match="n_across must be at least 1: got 0"):
        packing_dim(5, 0.1, n_across=0)
    with pytest.raises(HrgeomError, match="k must be from 0 to the number of documents m"):
        subsets_packing_dim(3, 4, 0.1)
