"""Counting: against big integers and high precision, small relations, and what is enough."""

from fractions import Fraction
from itertools import product

import mpmath as mp
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.bounds import SETTINGS, worst_hierarchy_dim
from hrgeom.bounds.lower import counting_dim
from hrgeom.errors import HrgeomError

E = Fraction(271828182845904523536, 10**20)  # to the last digit


def numbers(a, b, d, setting):
    return d * (a + b) + {"row": a, "global": 1, "unit": 1, "zero": 0}[setting]


def has_room(a, b, d, setting):
    """Warren's inequality in big integers."""
    n, pairs = numbers(a, b, d, setting), a * b
    return n > pairs or (8 * E * pairs / n) ** n >= 2**pairs


@pytest.mark.parametrize("setting", SETTINGS)
def test_it_is_the_least_dimension_with_room(setting):
    for a, b in product((1, 2, 7, 16, 33), (1, 3, 20, 50)):
        d = counting_dim(a, b, setting=setting)
        assert has_room(a, b, d, setting)
        assert not any(has_room(a, b, fewer, setting) for fewer in range(1, d))


@pytest.mark.parametrize(
    ("a", "b"), [(1000, 1000), (41057, 41058), (100, 10**6), (10**9, 10**9), (3, 10**12)]
)
@pytest.mark.parametrize("setting", ["row", "zero"])
def test_large_ones_in_high_precision(a, b, setting):
    d = counting_dim(a, b, setting=setting)

    def spare(e):
        n = mp.mpf(numbers(a, b, e, setting))
        return n * mp.log(8 * mp.e * a * b / n, 2) - mp.mpf(a * b)

    with mp.workdps(50):
        assert d == 1 or spare(d - 1) < 0
        assert spare(d * 1.002 + 1) > 0  # rounded logarithms lose no more


@given(st.integers(1, 10**6), st.integers(1, 10**6))
@share(1 / 5)
def test_it_is_above_the_closed_form_and_not_above_what_is_enough(a, b):
    """More than ab/(8(a + b)), and any relation takes no more than the smaller side."""
    d = counting_dim(a, b)
    assert 8 * d * (a + b) > a * b
    assert d <= min(a, b)
    by_setting = [counting_dim(a, b, setting=setting) for setting in SETTINGS]
    assert by_setting == sorted(by_setting)


def test_few_relations_fit_in_the_plane():
    """All that random vectors make, which are just as many as there are, have room."""
    rng = np.random.default_rng(0)
    queries, documents = rng.normal(size=(200_000, 3, 2)), rng.normal(size=(200_000, 4, 2))
    signs = np.einsum("nad,nbd->nab", queries, documents) > 0
    found = len(np.unique(signs.reshape(-1, 12) @ (1 << np.arange(12))))
    assert found == 4 * 6**4 - 6 * 4**4 + 4 * 2**4 < 2**12
    assert found <= (8 * E * 12 / 14) ** 14


@pytest.mark.parametrize(("a", "b"), [(2, 2), (3, 4), (4, 4)])
def test_few_relations_fit_on_a_line(a, b):
    signs = {
        tuple(np.outer(q, x).ravel())
        for q in product((-1, 1), repeat=a)
        for x in product((-1, 1), repeat=b)
    }
    assert len(signs) == 2 ** (a + b - 1) <= (8 * E * a * b / (a + b)) ** (a + b)


@given(st.integers(2, 10**6), st.integers(1, 1000))
@share(1 / 5)
def test_hierarchies_by_width(n, t):
    some = worst_hierarchy_dim(n, t)
    assert 1 <= some <= worst_hierarchy_dim(n)
    assert some <= t  # so many nodes above all others take no more at threshold 0
    assert worst_hierarchy_dim(2 * n) > 2 * n / 32
    assert worst_hierarchy_dim(2 * t + n, t) > t / 16
    assert some <= worst_hierarchy_dim(n + 1, t)


def test_what_is_out_of_range_is_refused():
    with pytest.raises(HrgeomError, match="n_queries must be at least 1: got 0"):
        counting_dim(0, 3)
    with pytest.raises(HrgeomError, match="n_documents must be at least 1: got -1"):
        counting_dim(3, -1)
    with pytest.raises(HrgeomError, match="setting must be one of row, global, unit, zero"):
        counting_dim(3, 3, setting="cosine")
    with pytest.raises(HrgeomError, match="n_nodes must be at least 2: got 1"):
        worst_hierarchy_dim(1)
    with pytest.raises(HrgeomError, match="treewidth must be at least 1: got 0"):
        worst_hierarchy_dim(5, 0)
