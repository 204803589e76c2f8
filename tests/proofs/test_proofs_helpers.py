"""What the instances of proofs are made of: forests and floating point."""

from fractions import Fraction

import numpy as np
import pytest
from hrgeom.proofs import _forests as forests
from hrgeom.proofs._minifloats import MiniFloat


@pytest.mark.parametrize("seed", range(20))
def test_forests(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    parents = forests.random_forest(rng, n, int(rng.integers(1, 10)))
    sets, position = forests.matches(parents), forests.preorder(parents)
    assert all(parent is None or parent < v for v, parent in enumerate(parents))
    assert sorted(position) == list(range(n))
    for v in range(n):
        below = {q for q in range(n) if v in sets[q]}
        assert len(below) == forests.sizes(parents)[v]
        assert {position[q] for q in below} == set(range(position[v], position[v] + len(below)))
        assert forests.children(parents)[v] == [c for c in range(n) if parents[c] == v]


def test_trees_have_one_root():
    parents = forests.random_tree(np.random.default_rng(0), 30, 5)
    assert [v for v, parent in enumerate(parents) if parent is None] == [0]
    assert sum(p is None for p in forests.random_forest(np.random.default_rng(0), 30, 5)) > 1


@pytest.mark.parametrize(
    ("dtype", "bits", "least"), [("f2", 11, -24), ("f4", 24, -149), ("f8", 53, -1074)]
)
def test_minifloats_round_like_the_processor(dtype, bits, least):
    rng = np.random.default_rng(0)
    type_ = MiniFloat(bits, least)
    lowest = max(least - 5, -1020)
    exact = rng.standard_normal(300) * 2.0 ** rng.integers(lowest, 10, 300)
    if dtype == "f8":  # products need rounding
        with np.errstate(under="ignore"):
            rounded = exact * exact[::-1]
        values = [Fraction(x) * Fraction(y) for x, y in zip(exact, exact[::-1], strict=True)]
    else:
        with np.errstate(under="ignore"):
            rounded = exact.astype(dtype).astype(float)
        values = [Fraction(x) for x in exact]
    assert [type_.rounded(v) for v in values] == [Fraction(r) for r in rounded]
    roots = np.sqrt(np.abs(exact).astype(dtype))
    stored = [Fraction(float(x)) for x in np.abs(exact).astype(dtype)]
    found = [type_.root(x) for x in stored if x]
    assert found == [Fraction(float(r)) for r, x in zip(roots, stored, strict=True) if x]


def test_minifloats_break_ties_to_even():
    type_ = MiniFloat(2, -3)
    values = [Fraction(5, 2), Fraction(7, 2), Fraction(-5, 2), Fraction(1, 16), Fraction(3, 16)]
    assert [type_.rounded(v) for v in values] == [2, 4, -2, 0, Fraction(1, 4)]
    assert type_.unit_roundoff == Fraction(1, 4)
    assert type_.smallest == Fraction(1, 8)
