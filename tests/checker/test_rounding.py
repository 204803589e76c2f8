from fractions import Fraction

import definitions
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hrgeom.checker import _rounding
from hrgeom.checker._rounding import (
    Extent,
    gamma,
    is_exact,
    overflows_float32,
    product_sums,
    rounding_bounds,
)
from hrgeom.errors import NotFiniteError, ShapeError
from hrgeom.testing import score_problems

both_types = pytest.mark.parametrize("dtype", ["float32", "float64"])


def reference(queries, documents):
    """The score all bounds speak of: float64, one product after the other."""
    return in_order(queries.astype(np.float64), documents.astype(np.float64))


def in_order(queries, documents, order=None):
    """Scores (n, m) in the arrays' own type, products added in this order of the columns."""
    total = np.zeros((len(queries), len(documents)), dtype=queries.dtype)
    for k in range(queries.shape[1]) if order is None else order:
        total = total + queries[:, k, None] * documents[None, :, k]
    return total


def pairwise(queries, documents):
    d = queries.shape[1]
    if d == 1:
        return queries * documents[:, 0]
    left, right = slice(None, d // 2), slice(d // 2, None)
    return pairwise(queries[:, left], documents[:, left]) + pairwise(
        queries[:, right], documents[:, right]
    )


def many_ways(queries, documents, order):
    """Scores (n, m) by several summation orders in the arrays' own type."""
    yield in_order(queries, documents)
    yield in_order(queries, documents, range(queries.shape[1])[::-1])
    yield in_order(queries, documents, order)
    yield pairwise(queries, documents)
    yield queries @ documents.T
    yield np.array([[np.dot(q, x) for x in documents] for q in queries])


def errors(scores, exact):
    """|score - exact| per query, the worst over documents, as fractions."""
    return [
        max(abs(Fraction(a) - e) for a, e in zip(row, exact_row, strict=True))
        for row, exact_row in zip(scores.astype(np.float64).tolist(), exact, strict=True)
    ]


# product_sums


@both_types
@share(1 / 2)
@given(data=st.data())
def test_product_sums_bound_every_pair(dtype, data):
    queries, documents, _ = data.draw(score_problems(dtype))
    exact = definitions.scores(np.abs(queries), np.abs(documents))
    for found, row in zip(product_sums(queries, documents), exact, strict=True):
        assert Fraction(float(found)) >= max(row)


@both_types
@given(data=st.data())
def test_product_sums_of_one_document_are_sharp(dtype, data):
    queries, documents, _ = data.draw(score_problems(dtype))
    exact = definitions.scores(np.abs(queries), np.abs(documents[:1]))
    slack = Fraction(1.00001)
    least = 2 * queries.shape[1] * Fraction(2) ** -1074  # products may be lost to underflow
    for found, row in zip(product_sums(queries, documents[:1]), exact, strict=True):
        assert Fraction(float(found)) <= slack * row[0] + least


@pytest.mark.parametrize(
    ("queries", "documents"),
    [
        ([[1e-200]], [[1e100]]),  # the square of the query is 0 in float64
        ([[1e100]], [[1e-200]]),
        ([[5e-324, 0.0]], [[1e150, 1.0]]),
        ([[3e-162] * 4], [[1e-162] * 4]),  # the products are 0 in float64
        ([[1e-5]], [[1e200]]),  # the square of the document is infinite in float64
    ],
)
def test_product_sums_survive_squares_out_of_range(queries, documents):
    queries, documents = np.array(queries), np.array(documents)
    exact = definitions.absolute_score(queries[0].tolist(), documents[0].tolist())
    assert (
        exact
        <= Fraction(float(product_sums(queries, documents)[0]))
        <= 2 * exact + Fraction(16 * 5e-324)
    )


def test_product_sums_of_a_zero_query_among_large_documents():
    queries, documents = np.array([[0.0], [1.0]]), np.array([[1e200]])
    sums = product_sums(queries, documents)
    assert 0 <= sums[0] <= 1e-300
    assert 1e200 <= sums[1] <= 1.1e200


def test_product_sums_see_rows_of_every_block():
    queries = np.ones((5000, 2))
    documents = np.ones((9000, 2))
    queries[4999] = 7
    documents[8999] = (100, 1)
    sums = product_sums(queries, documents)
    assert np.all(sums[:4999] >= 101)
    assert np.all(sums[:4999] <= 101.1)
    assert 707 <= sums[4999] <= 707.1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("side", ["queries", "documents"])
@pytest.mark.parametrize("row", [0, 5000])
def test_product_sums_do_not_drop_what_is_not_finite(side, value, row):
    sides = {"queries": np.ones((5001, 2)), "documents": np.ones((5001, 2))}
    sides[side][row, 1] = value
    with pytest.raises(NotFiniteError, match=f"{side} must be finite: got"):
        product_sums(**sides)


# rounding_bounds


@both_types
@share(1 / 2)
@given(data=st.data())
def test_bounds_hold_for_any_order(dtype, data):
    queries, documents, _ = data.draw(score_problems(dtype))
    order = data.draw(st.permutations(range(queries.shape[1])))
    exact = definitions.scores(queries, documents)
    bounds = rounding_bounds(queries, documents)
    score_bound = [Fraction(b) for b in bounds.score.tolist()]
    double = queries.astype(np.float64), documents.astype(np.float64)
    for scores in many_ways(*double, order):
        assert all(e <= b for e, b in zip(errors(scores, exact), score_bound, strict=True))
    # the filter bounds the distance from the reference score, not from the exact one
    filter_bound = [Fraction(b) for b in bounds.filter.tolist()]
    target = [[Fraction(a) for a in row] for row in reference(queries, documents).tolist()]
    for scores in many_ways(queries, documents, order):
        assert all(e <= b for e, b in zip(errors(scores, target), filter_bound, strict=True))


@both_types
@pytest.mark.parametrize("factors", ["both tiny", "one subnormal"])
def test_bounds_hold_where_products_underflow(dtype, factors):
    info = np.finfo(dtype)
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((2, 6, 40))
    eta = float(info.smallest_subnormal)
    left, right = (np.sqrt(64 * eta),) * 2 if factors == "both tiny" else (9 * eta, 1.0)
    queries, documents = (rows[0] * left).astype(dtype), (rows[1] * right).astype(dtype)
    exact = definitions.scores(queries, documents)
    bounds = rounding_bounds(queries, documents)
    scores = in_order(queries, documents)
    found = errors(scores, exact)
    assert any(found)  # it does round here
    # a score in the own type is within both bounds of the exact one
    total = [Fraction(a) + Fraction(b) for a, b in zip(bounds.score, bounds.filter, strict=True)]
    assert all(e <= b for e, b in zip(found, total, strict=True))
    # and the bounds are not much more than what underflow may cost
    assert max(bounds.filter) <= 4 * 45 * eta * 1.01


@both_types
def test_bounds_stay_close_to_the_errors(dtype):
    """For positive rows of about equal size the bound is below d u times a few scores."""
    rng = np.random.default_rng(2)
    queries, documents = rng.uniform(1, 2, (2, 5, 64)).astype(dtype)
    bounds = rounding_bounds(queries, documents)
    largest = float(reference(queries, documents).max())
    u = float(np.finfo(dtype).eps) / 2
    assert np.all(bounds.score <= 70 * 2.0**-53 * 2 * largest)
    assert np.all(bounds.filter <= 70 * (u + 2.0**-53) * 2 * largest)
    assert np.all(bounds.score > 0)


def test_rows_too_long_for_float32_are_refused_in_words(monkeypatch):
    rows = np.full((1, 2), 0.1, dtype=np.float32)
    monkeypatch.setattr(_rounding, "_nonzero_terms", lambda queries, documents: 2**23 + 64)
    with pytest.raises(ShapeError, match=r"rows must have fewer numbers .*: got 8,388,676 numbers"):
        rounding_bounds(rows, rows)


def test_zeros_do_not_count_as_terms():
    queries = np.zeros((2, 500))
    queries[:, 3] = 0.1
    documents = np.full((3, 500), 0.7)
    one = rounding_bounds(queries[:, 3:4], documents[:, 3:4])
    np.testing.assert_allclose(rounding_bounds(queries, documents).score, one.score, rtol=1e-9)


def test_scores_must_fit_in_float64():
    with pytest.raises(ValueError, match=r"scores must fit in float64.*scale the rows down"):
        rounding_bounds(np.array([[1e160]]), np.array([[1e160]]))


def test_large_numbers_that_fit_are_accepted():
    bounds = rounding_bounds(np.array([[0.0], [0.1]]), np.array([[0.7e200]]))
    assert 0 < bounds.score[1] < 1e186


def test_overflows_float32():
    def sums(value):
        return product_sums(np.float32([[value]]), np.float32([[value]]))

    assert overflows_float32(sums(1e20))
    assert not overflows_float32(sums(1e18))


def test_gamma():
    u = Fraction(1, 2**53)
    for n in (1, 64, 10**6):
        exact = n * u / (1 - n * u)
        assert abs(Fraction(gamma(n, 2.0**-53)) - exact) <= 4 * u * exact
    with pytest.raises(ShapeError, match=r"fewer numbers .*, below 8,388,608 .*: got 8,388,608 "):
        gamma(2**23, 2.0**-24)


# is_exact


def assert_no_score_rounds(queries, documents, order):
    exact = definitions.scores(queries, documents)
    for scores in many_ways(queries, documents, order):
        assert not any(errors(scores, exact))
    for scores in many_ways(queries.astype(np.float64), documents.astype(np.float64), order):
        assert not any(errors(scores, exact))


@both_types
@given(data=st.data())
def test_exact_claims_are_true(dtype, data):
    queries, documents, _ = data.draw(score_problems(dtype))
    bounds = rounding_bounds(queries, documents)
    if not bounds.is_exact:
        return
    assert not bounds.score.any()
    assert not bounds.filter.any()
    assert_no_score_rounds(queries, documents, data.draw(st.permutations(range(queries.shape[1]))))


@both_types
@given(data=st.data())
def test_integers_and_their_scalings_are_exact(dtype, data):
    d = data.draw(st.integers(1, 20))
    shapes = [(data.draw(st.integers(1, 4)), d) for _ in range(2)]
    queries, documents = (
        data.draw(hnp.arrays(dtype, shape, elements=st.integers(-500, 500).map(float)))
        for shape in shapes
    )
    # column k of the documents may be scaled down by what the queries are scaled up, and all by 2^c
    scale = np.exp2(data.draw(hnp.arrays("int64", d, elements=st.integers(-12, 12))))
    common = 2.0 ** data.draw(st.integers(-30, 30))
    queries = (queries * scale * common).astype(dtype)
    documents = (documents / scale).astype(dtype)
    assert rounding_bounds(queries, documents).is_exact
    assert_no_score_rounds(queries, documents, data.draw(st.permutations(range(d))))


@pytest.mark.parametrize(
    ("dtype", "query", "document", "claimed"),
    [
        ("float32", [2.0**24, 1], [1, 1], False),  # 2^24 + 1 has 25 bits
        ("float64", [2.0**24, 1], [1, 1], True),
        ("float64", [2.0**53, 1], [1, 1], False),
        ("float32", [2.0**24, 1, -(2.0**24)], [1, 1, 1], False),  # only a partial sum is too long
        ("float64", [0.1], [0.1], False),
        ("float64", [0.1], [4.0], True),
        ("float32", [0.1, 0.1], [1, 1], False),
        ("float64", [2.0**-600], [2.0**-600], False),  # underflows
        ("float32", [2.0**-80], [2.0**-80], False),
        ("float32", [2.0**-60], [2.0**-60], True),
        ("float64", [1e-200], [1e100], False),  # squares underflow, products do not
        ("float64", [0.0, 0.1], [0.1, 0.0], True),  # all products are 0
    ],
)
def test_exact_claims_by_hand(dtype, query, document, claimed):
    queries, documents = np.array([query], dtype), np.array([document], dtype)
    bounds = rounding_bounds(queries, documents)
    assert bounds.is_exact == claimed
    assert claimed == (bounds.score[0] == 0) == (bounds.filter[0] == 0)


@both_types
@pytest.mark.parametrize("side", ["queries", "documents", "disjoint"])
@pytest.mark.parametrize("n_easy", [64, 4096])
def test_no_row_is_left_out_of_the_exactness_test(dtype, side, n_easy):
    """One row that rounds, behind many rows of zeros, or of zeros where the others are not."""
    hard = np.array([[0.1, 0.3]], dtype)
    easy = np.zeros((n_easy, 2), dtype)
    other = np.array([[0.7, 0.9]], dtype)
    if side == "queries":
        queries, documents = np.vstack((easy, hard)), other
    elif side == "documents":
        queries, documents = other, np.vstack((easy, hard))
    else:
        left, right = easy.copy(), easy.copy()
        left[:, 0], right[:, 1] = 0.1, 0.1
        queries, documents = np.vstack((left, hard)), np.vstack((right, other))
    bounds = rounding_bounds(queries, documents)
    assert not bounds.is_exact
    assert bounds.score[-1] > 0


def test_exactness_asks_for_the_given_number_of_bits():
    queries, documents = np.array([[3.0]]), np.array([[5.0]])
    sums = product_sums(queries, documents)
    assert is_exact(queries, documents, sums, 5)
    assert not is_exact(queries, documents, sums, 3)


def test_an_extent_grows_by_rows():
    rows = np.random.default_rng(0).standard_normal((5000, 3))
    whole, parts = Extent.of(rows), Extent.of(rows[:7]).with_rows(rows[7:])
    assert whole.peak.tolist() == parts.peak.tolist() == np.abs(rows).max(axis=0).tolist()
    assert (whole.longest, whole.heaviest) == (parts.longest, parts.heaviest)
    assert whole.product_sums(rows[:9]).tolist() == product_sums(rows[:9], rows).tolist()
