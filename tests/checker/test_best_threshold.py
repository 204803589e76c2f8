"""The threshold of an embedding that states none: from exact extremes, by every kernel alike."""

import math
from fractions import Fraction

import definitions
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom.checker._threshold import certain_threshold, threshold_between

KERNELS = available_kernels()
numbers = st.one_of(
    st.floats(-1e300, 1e300, allow_nan=False).map(Fraction),
    st.fractions(-10, 10, max_denominator=10**6),
    st.builds(
        lambda a, k: Fraction(a) + Fraction(k, 2**1074), st.sampled_from([0, 1]), st.integers(-9, 9)
    ),
)


def separates(low, number, high):
    return (high is None or high < number) and (low is None or number < low)


def has_float_between(low, high):
    """Whether a float64 lies strictly between: the least one above `high` must be below `low`."""
    first = float(high)
    if Fraction(first) <= high:
        first = math.nextafter(first, math.inf)
    return Fraction(first) < low


@given(low=numbers, high=numbers)
def test_a_float_between_is_found_if_there_is_one(low, high):
    found = threshold_between(low, high)
    assert separates(low, found, high) == has_float_between(low, high)
    if separates(low, found, high):
        middle = (low + high) / 2
        assert abs(found - middle) <= max((low - high) / 2**20, Fraction(math.ulp(float(middle))))


@given(end=numbers)
def test_one_sided_thresholds_separate(end):
    assert threshold_between(None, end) > end
    assert threshold_between(end, None) < end


@given(data=st.data())
def test_what_is_certain_is_what_every_pair_of_extremes_gives(data):
    ends, inside = [], []
    for _ in range(2):
        start = data.draw(numbers)
        width = data.draw(st.sampled_from([Fraction(0), Fraction(1, 2**60), Fraction(1, 2**20)]))
        ends.append((start, start + width))
        inside.append(start + width * data.draw(st.fractions(0, 1, max_denominator=99)))
    missing = data.draw(st.sampled_from([None, 0, 1]))
    if missing is not None:
        ends[missing] = inside[missing] = None
    found = certain_threshold(*ends)
    assert found is None or found == threshold_between(*inside)
    if all(end is None or end[0] == end[1] for end in ends) and separates(
        inside[0], threshold_between(*inside), inside[1]
    ):
        again = certain_threshold(*ends)
        assert again is None or separates(inside[0], again, inside[1])


def vanishing(rng):
    """Documents whose scores vanish but for rounding, if there are more numbers than queries."""
    d, n, m = int(rng.integers(3, 20)), int(rng.integers(1, 5)), int(rng.integers(2, 6))
    queries, documents = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    if d > n:
        documents -= documents @ np.linalg.pinv(queries) @ queries
    return queries, documents


def permuted(rng):
    """Scores that are equal, or nearly so, and round in different ways."""
    queries = np.repeat(rng.standard_normal((3, 1)), 63, axis=1)
    row = rng.standard_normal(63)
    documents = np.array([row[rng.permutation(63)] for _ in range(5)])
    documents[rng.random(documents.shape) < 0.01] *= 1 + 2.0**-52
    return queries, documents


@pytest.mark.parametrize("make", [vanishing, permuted])
def test_kernels_agree_and_what_can_be_separated_is(make):
    rng = np.random.default_rng(0)
    n_separable = 0
    for case in range(60):
        queries, documents = make(rng)
        scores = definitions.scores(queries, documents)
        flat = sorted(a for row in scores for a in row)
        cut = flat[int(rng.integers(1, len(flat)))]
        sets = [{v for v, a in enumerate(row) if a >= cut} for row in scores]
        low = min(a for a in flat if a >= cut)
        high = max((a for a in flat if a < cut), default=None)
        if high is None:
            continue
        relevance = Relevance.from_sets(sets, len(documents))
        embedding = DualEmbedding(queries, documents)
        found = [certify(embedding, relevance, kernel=kernel, threads=1) for kernel in KERNELS]
        assert len({(c.verdict, c.threshold, c.n_violations) for c in found}) == 1, case
        assert found[0].threshold == threshold_between(low, high)
        assert found[0].holds == has_float_between(low, high)
        n_separable += found[0].holds
    assert n_separable > 20


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("value", [0.1, 1e-300, 2.0**60 / 3, -(2.0**60) / 3])
def test_one_side_alone_is_separated_however_large(kernel, value):
    """One more than 2^60/3 is the same float."""
    row = np.array([[value, value * 2.0**-40]])
    e = DualEmbedding(row, np.array([[1.0, 0.3]]))
    for sets in ([set()], [{0}]):
        assert certify(e, Relevance.from_sets(sets, 1), kernel=kernel).holds


@pytest.mark.parametrize("kernel", KERNELS)
def test_without_exact_arithmetic_no_extreme_is_searched(kernel):
    rng = np.random.default_rng(2)
    queries, documents = permuted(rng)
    c = certify(
        DualEmbedding(queries, documents), Relevance.from_sets([{0}] * 3, 5), kernel=kernel,
        exact=False,
    )  # fmt: skip
    assert (c.n_exact_rechecks, c.holds) == (0, False)


@share(1 / 4)
@given(seed=st.integers(0, 2**32 - 1), copies=st.integers(1, 40))
def test_equal_rows_do_not_hide_the_extremes(seed, copies):
    rng = np.random.default_rng(seed)
    queries, documents = (rng.standard_normal((3, 5)), rng.standard_normal((4, 5)))
    queries, documents = queries[rng.integers(0, 3, copies)], documents[rng.integers(0, 4, copies)]
    sets = [set(rng.integers(0, copies, 2).tolist()) for _ in range(copies)]
    relevance = Relevance.from_sets(sets, copies)
    found = [certify(DualEmbedding(queries, documents), relevance, kernel=k) for k in KERNELS]
    assert len({(c.verdict, c.threshold, c.n_violations) for c in found}) == 1


def test_thresholds_have_few_digits():
    e = DualEmbedding([[0.7, 0.1]], [[1.0, 0.3], [0.1, 0.2]])
    threshold = certify(e, Relevance.from_sets([{0}], 2)).threshold
    assert (threshold * 2**24).is_integer()
