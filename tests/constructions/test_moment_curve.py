"""Moment curve: integers against the definition, what is stored against the integers."""

import math
from fractions import Fraction

import numpy as np
import pytest
from definitions import score, scores, sets_of_relevance
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from places import data_file

from hrgeom import Relevance, certify, read_judgments, recheck
from hrgeom.constructions import construct
from hrgeom.constructions._moment_curve import (
    moment_curve,
    moment_curve_exact,
    moment_curve_promise,
    moment_margin,
)
from hrgeom.datasets import random_subsets, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.io.judgments import load_judgments
from hrgeom.testing import hierarchies, relevances

anything = st.one_of(relevances(), hierarchies().map(lambda h: h.relevance))
notions = st.sampled_from(["global", "row"])


def transposed(relevance):
    """Queries and documents change places."""
    indptr, indices = relevance.transposed
    return Relevance(indptr, indices, relevance.n_queries)


def largest_sets(relevance):
    """s and k, documents with equal D(v) and queries with equal S(q) counted once."""
    rows = sets_of_relevance(relevance)
    columns = sets_of_relevance(transposed(relevance))
    s = max(len({frozenset(columns[v]) for v in row}) for row in rows)
    k = max(len({frozenset(rows[q]) for q in column}) for column in columns)
    return s, k


@given(relevance=anything)
def test_integer_scores_separate_all_pairs(relevance):
    queries, documents = moment_curve_exact(relevance)
    assert queries.shape[1] == documents.shape[1] == 2 * min(largest_sets(relevance)) + 1
    for own, row in zip(sets_of_relevance(relevance), queries @ documents.T, strict=True):
        assert all(type(a) is int for a in row)
        assert all(a == 1 if v in own else a <= -1 for v, a in enumerate(row))


@given(relevance=anything)
def test_integer_scores_rank_in_a_dimension_less(relevance):
    queries, documents = moment_curve_exact(relevance, notion="row")
    degree = 2 * min(largest_sets(relevance))
    assert queries.shape[1] == documents.shape[1] == max(degree, 1)
    for own, row in zip(sets_of_relevance(relevance), queries @ documents.T, strict=True):
        inside = {row[v] for v in own}
        outside = [a for v, a in enumerate(row) if v not in own]
        assert len(inside) <= 1
        assert all(a <= best - 2 for best in inside for a in outside)


@pytest.mark.parametrize("side", ["documents", "queries"])
def test_the_integers_are_the_polynomials_of_the_proof(side):
    """One minus twice a product of squares, evaluated root by root."""
    pairs = random_subsets(40, 9, 2, seed=5)
    relevance = pairs if side == "documents" else transposed(pairs)
    queries, documents = moment_curve_exact(relevance)
    assert moment_curve(relevance).parameters["side"] == side
    curve, sets = (documents, sets_of_relevance(pairs)) if side == "documents" else (queries, None)
    t = curve[:, 0].tolist()
    assert sorted(t) == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert all(row.tolist() == [a, a**2, a**3, a**4, 1] for a, row in zip(t, curve, strict=True))
    found = queries @ documents.T if side == "documents" else (queries @ documents.T).T
    for own, row in zip(sets or sets_of_relevance(pairs), found, strict=True):
        assert row.tolist() == [1 - 2 * math.prod((a - t[j]) ** 2 for j in own) for a in t]


def test_ranking_the_other_way_round_leaves_out_the_leading_power():
    """The sets D(v) have 0, 1 and 2 queries: f_v is filled up with u^2 + 1."""
    relevance = transposed(Relevance.from_sets([{0, 1}, {2}, set(), {1, 3}, {0, 3}, {2, 3}], 4))
    queries, documents = moment_curve_exact(relevance, notion="row")
    assert (queries.shape, documents.shape) == ((4, 4), (6, 4))
    u = queries[:, 0].tolist()
    for v, own in enumerate(sets_of_relevance(transposed(relevance))):
        for q, a in enumerate(u):
            f = (a**2 + 1) ** (2 - len(own)) * math.prod((a - u[j]) ** 2 for j in own)
            assert queries[q] @ documents[v] == 1 - 2 * f + 2 * a**4


def test_documents_with_equal_queries_share_a_point():
    """A thousand documents that match nothing, and ten copies of each of the others."""
    relevance = Relevance.from_sets([{*range(10)}, {*range(10, 20)}], 1020)
    embedding = moment_curve(relevance, dtype="int8")
    assert (embedding.dim, embedding.parameters["n_points"]) == (3, 2)
    assert certify(embedding, relevance).holds


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@share(1 / 2)
@given(relevance=anything, notion=notions)
def test_promise(dtype, relevance, notion):
    embedding = moment_curve(relevance, dtype=dtype, notion=notion)
    promise = embedding.promise
    exact = moment_curve_exact(relevance, notion=notion)
    assert embedding.dim == promise["dim"] == exact[0].shape[1]
    assert embedding.notion == notion
    # Exact means: every score is the integer one, but for a power of two a query.
    stored = scores(*embedding.values())
    factors = {}
    for q, row in enumerate(exact[0] @ exact[1].T):
        for v, a in enumerate(row):
            if a != 0:
                factors.setdefault(q, set()).add(stored[q][v] / a)
    equal = all(len(f) == 1 and is_power_of_two(*f) for f in factors.values())
    assert equal or not promise["exact"]
    certificate = certify(embedding, relevance)
    if promise["exact"]:
        assert certificate.holds, str(certificate)
    if promise["margin"] is not None and certificate.normalized_margin_lower_bound is not None:
        assert certificate.normalized_margin_lower_bound >= promise["margin"] * (1 - 1e-9)
    assert (promise["margin"] is not None) == (promise["exact"] and notion == "global")


def is_power_of_two(a):
    one, other = sorted((a.numerator, a.denominator))
    return one == 1 and other & (other - 1) == 0


# A bit fewer than the type has: the checker bounds the sums of all documents at once.
@pytest.mark.parametrize(("dtype", "bits"), [("float64", 52), ("float32", 23)])
@given(relevance=anything)
def test_scores_of_few_bits_are_exact_in_floats(dtype, bits, relevance):
    embedding = moment_curve(relevance, dtype=dtype)
    if embedding.parameters["score_bits"] > bits:
        return
    assert embedding.promise["exact"]
    assert certify(embedding, relevance).arithmetic == "integer"
    found = embedding.queries @ embedding.documents.T
    exact = scores(embedding.queries, embedding.documents)
    assert all(
        Fraction(float(a)) == b
        for r, e in zip(found, exact, strict=True)
        for a, b in zip(r, e, strict=True)
    )


def test_rounded_entries_are_noticed():
    relevance = random_subsets(300, 100, 5)
    embedding = moment_curve(relevance, dtype="float64")
    assert embedding.promise["exact"] is False
    assert embedding.promise["margin"] is None
    _, integers = moment_curve_exact(relevance)
    assert max(a % 2 * abs(a) for a in integers.ravel()) > 2**53  # odd, so none of its bits is 0


@pytest.mark.parametrize(("k", "verdicts"), [(2, "holds holds fails"), (3, "holds fails fails")])
def test_what_breaks_where(k, verdicts):
    relevance = random_subsets(1000, 46, k)
    found = [
        certify(moment_curve(relevance, dtype=dtype), relevance).verdict
        for dtype in ("float64", "float32", "float16")
    ]
    assert " ".join(found) == verdicts


def test_numbers_beyond_all_floats():
    """t^198 leaves the range of float64: rounded, not an error."""
    big = Relevance.from_sets([set(range(100)) - {i} for i in range(100)], 100)
    embedding = moment_curve(big)
    assert (embedding.dim, embedding.promise["exact"]) == (199, False)
    assert np.abs(embedding.queries).max() < 2.1
    _, integers = moment_curve_exact(big)
    assert max(abs(a) for a in integers.ravel()) > 2**1100


@given(relevance=anything)
def test_margin_of_the_integers(relevance):
    """Against lengths and scores of the stored floats, where those are exact."""
    embedding = moment_curve(relevance)
    margin = moment_margin(relevance)
    sets = sets_of_relevance(relevance)
    if not any(sets) or all(len(own) == relevance.n_documents for own in sets):
        assert margin == math.inf
        return
    if not embedding.promise["exact"]:
        return
    documents = embedding.documents.tolist()
    cosines = [
        [float(score(q, x)) / math.sqrt(score(q, q) * score(x, x)) for x in documents]
        for q in embedding.queries.tolist()
    ]
    low = min(row[v] for row, own in zip(cosines, sets, strict=True) for v in own)
    high = max(
        a for row, own in zip(cosines, sets, strict=True) for v, a in enumerate(row) if v not in own
    )
    assert margin == pytest.approx((low - high) / 2, rel=1e-9)
    assert margin >= embedding.promise["margin"] * (1 - 1e-9)
    certified = certify(embedding, relevance).normalized_margin_lower_bound
    assert certified <= margin * (1 + 1e-9)


def test_refusals():
    relevance = random_subsets(30, 20, 2)
    with pytest.raises(ConstructionError, match="at least that of the moment curve, 5: got 4"):
        moment_curve(relevance, dim=4)
    assert moment_curve(relevance, dim=4, notion="row").dim == 4
    assert moment_curve(relevance, dim=9).dim == 5
    with pytest.raises(ConstructionError, match=r"int8 must hold the integers .*127: got"):
        moment_curve(relevance, dtype="int8")
    with pytest.raises(ConstructionError, match="notion must be 'global' or 'row': got 'best'"):
        moment_curve(relevance, notion="best")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("notion", "dim"), [("global", 5), ("row", 4)])
def test_limit_small(dtype, notion, dim):
    """LIMIT-small: 46 documents, 1,000 queries with two matches each."""
    limit_small = data_file("limit-small")
    relevance = read_judgments(limit_small)
    embedding = moment_curve(relevance, dtype=dtype, notion=notion)
    certificate = certify(embedding, relevance)
    assert (embedding.dim, embedding.promise["exact"]) == (dim, True)
    assert (certificate.verdict, certificate.arithmetic) == ("holds", "integer")
    assert (certificate.n_pairs, certificate.n_matches) == (46_000, 2_000)
    assert recheck(embedding, certificate, load_judgments(limit_small), n_queries=50).agrees
    if notion == "global":
        margin = certificate.normalized_margin_lower_bound
        promised, best = embedding.promise["margin"], moment_margin(relevance)
        assert promised * (1 - 1e-9) <= margin <= best * (1 + 1e-9) < 2 * promised


def test_rounded_curves_are_promised_where_a_certificate_holds():
    relevance = random_subsets(500, 200, 4, seed=0)
    assert not moment_curve(relevance).promise["exact"]
    promise = moment_curve_promise(relevance, dim=None, dtype="float64", seed=0)
    choice = construct(relevance, fewest=True, dtype="float64")
    assert choice.embedding.construction == "moment-curve"
    assert choice.embedding.dim == promise.dim == 9
    assert choice.certificate.normalized_margin_lower_bound >= promise.margin
    # and not where it fails
    assert moment_curve_promise(relevance, dim=None, dtype="float32", seed=0) is None


def test_sets_too_large_for_the_range_of_floats_are_refused_at_once():
    chain = random_tree(400, shape="chain")
    with pytest.raises(ConstructionError, match=r"sets must be small .* got s = 400, T = 200"):
        moment_curve(chain.relevance)
