"""The numbers that the code uses are those that the proofs state."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hrgeom.proofs import kit

from hrgeom.bounds.ceilings import PartCeiling, part_ceiling, subsets_ceiling, subsets_full_gap
from hrgeom.bounds.lower import (
    counting_dim,
    packing_dim,
    radon_dimension,
    radon_dimension_exactly,
    rainbows,
    subsets_packing_dim,
    worst_hierarchy_dim,
)
from hrgeom.bounds.random import (
    compressed_dim,
    kept_margin,
    random_rows_dim,
    theorem_3_1_dim,
    theorem_3_1_threshold,
    theorem_3_1_tree_dim,
)
from hrgeom.checker import band
from hrgeom.checker._rounding import gamma
from hrgeom.constructions import moment_curve
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.core import DualEmbedding, Hierarchy, Relevance
from hrgeom.datasets import random_subsets, random_tree


@dataclass(frozen=True)
class Same:
    """A formula of a statement, values of its symbols, and what the code says there."""

    proof: str
    name: str
    values: dict[str, float | Fraction]
    code: Callable[[], float]
    rounded_up: bool = False
    sides: str = "equal"

    def stated(self, formula):
        exact = {s: sp.nsimplify(self.values[s.name], rational=True) for s in formula.free_symbols}
        value = formula.subs(exact)
        return int(sp.ceiling(value)) if self.rounded_up else float(value)

    def agrees(self, formula):
        stated, computed = self.stated(formula), float(self.code())
        if self.sides == "code is more":  # the sharper of two
            return stated <= computed
        if self.sides == "code is less":
            return computed <= stated
        return math.isclose(stated, computed, rel_tol=1e-12)


def _tree():
    return random_tree(40, seed=0).relevance


def _rainbows(k):
    sets = [set()]
    for c in range(k):
        sets = [s | extra for s in sets for extra in (set(), {3 * c}, {3 * c + 1}, {3 * c + 2})]
    return Relevance.from_sets(sets, 3 * k)


def _subsets():
    return random_subsets(30, 12, 3, seed=0)


def _band(m, M, n, N):
    """The band of a document by a look at two matches and two other queries."""
    relevance = Relevance.from_sets([{0}, {0}, set(), set()], 1)
    e = DualEmbedding(np.array([[m], [M], [-n], [-N]], dtype=float), [[1.0]], threshold=0.0)
    return band(e, relevance)


def _centered(m, M, n, N):
    found = replace(_band(m, M, n, N), n_queries=9, n_queries_of=np.array([2]))
    return found.moved_to(found.even_threshold())


EXTREMES = {"m": 3, "M": 5, "n": 2, "N": 7}


def _star_ceiling():
    """The ceiling of a root and two leaves by multipliers of sums 9, 10 and 16."""
    return part_ceiling(
        Hierarchy(list("rab"), [(1, 0), (2, 0)]),
        PartCeiling(
            labels=("r", "a"),
            counts=np.array([1, 2]),
            rows=np.array([0, 0, 1, 1]),
            columns=np.array([0, 1, 0, 1]),
            weights=np.array([1, 6, 4, 4]),
            twins=np.array([0, 4]),
            diagonal=np.array([3, 4, 3, 6]),
            step=1,
        ),
    )


NMD = {"n": 50, "m": 70, "s": 6, "delta": 0.25}
CASES = (
    Same(
        "theorem-3-1", "dim", NMD | {"epsilon": 0},
        lambda: theorem_3_1_dim(6, 70, 50, delta=0.25), True,
    ),
    Same(
        "theorem-3-1", "dim", NMD | {"epsilon": 0.1},
        lambda: theorem_3_1_dim(6, 70, 50, eps=0.1, delta=0.25), True,
    ),
    Same("theorem-3-1", "threshold", NMD, lambda: theorem_3_1_threshold(6)),
    Same(
        "theorem-3-1", "tree", {"H": 5, "W": 3, "delta": 0.25, "epsilon": 0.1},
        lambda: theorem_3_1_tree_dim(3, 5, eps=0.1, delta=0.25), True,
    ),
    Same("random-rows", "dim", NMD, lambda: random_rows_dim(6, 70, 50, delta=0.25), True),
    Same("margin-ceiling", "margin", {"m": 20, "k": 3}, lambda: subsets_ceiling(20, 3)),
    Same("margin-ceiling", "margin", {"m": 20, "k": 3}, lambda: subsets_full_gap(20, 3) / 2),
    Same(
        "jl-compression", "dim",
        {"n": 50, "m": 70, "delta": 0.25, "x": (0.5 * 0.3) ** 2 / 4},
        lambda: compressed_dim(70, 50, 0.3, eta=0.5, delta=0.25), True,
    ),
    Same(
        "gordon", "kept",
        {"epsilon": 0.3, "eta": math.sqrt(2 * math.log(140) / 900) / 0.3, "d": 900},
        lambda: kept_margin(70, 0.3, 900), sides="code is more",
    ),
    Same("radon", "twice", {"k": 3}, lambda: radon_dimension(20, 3)),
    Same("radon", "simplex", {"m": 5}, lambda: radon_dimension(5, 4)),
    Same("radon", "rest", {"m": 6, "k": 3}, lambda: radon_dimension_exactly(6, 3)),
    *(Same("rainbow", "row", {"k": k}, lambda k=k: rainbows(_rainbows(k)).row) for k in (1, 2)),
    *(
        Same("rainbow", "zero", {"k": k}, lambda k=k: rainbows(_rainbows(k)).threshold_zero)
        for k in (1, 2)
    ),
    Same("half-plane", "tree", {}, lambda: half_plane(_tree()).dim),
    Same("half-plane", "level", {}, lambda: half_plane(_tree()).threshold),
    Same("half-plane", "dim", {"k": 1}, lambda: half_plane(_tree()).dim),
    Same("interval-cover", "dim", {"k": 1}, lambda: interval(_tree(), dtype="float64").dim),
    Same("three-dimensions", "tree", {}, lambda: interval(_tree(), dtype="float64").dim),
    Same("moment-curve", "dim", {"r": 3}, lambda: moment_curve(_subsets()).dim),
    Same("moment-curve", "rank", {"r": 3}, lambda: moment_curve(_subsets(), notion="row").dim),
    Same(
        "rounding", "off", {"n": 40, "u": 2.0**-24, "A": 1, "eta": 0},
        lambda: gamma(40, 2.0**-24),
    ),
    Same(
        "packing", "subsets", {"m": 10**5, "k": 5, "epsilon": 0.01},
        lambda: subsets_packing_dim(10**5, 5, Fraction(1, 100)), sides="code is more",
    ),
    *(
        Same(
            "counting", name, {"a": 900, "b": 1000},
            lambda setting=setting: counting_dim(900, 1000, setting=setting), sides="code is more",
        )
        for name, setting in (("zero", "zero"), ("common", "global"), ("row", "row"))
    ),
    Same("mixture-band", "upper", EXTREMES, lambda: _band(**EXTREMES).upper[0]),
    Same("mixture-band", "lower", EXTREMES, lambda: _band(**EXTREMES).lower[0]),
    Same(
        "mixture-band", "wider", EXTREMES | {"e": 0.5},
        lambda: _band(**EXTREMES).widened(0.5).upper[0],
    ),
    Same(
        "mixture-band", "below", EXTREMES | {"e": 0.5},
        lambda: _band(**EXTREMES).widened(0.5).lower[0],
    ),
    Same("mixture-band", "last", {"g": 6, "S": 5}, lambda: _centered(4, 4, 2, 7).upper[0]),
    Same("counting", "size", {"n": 1000}, lambda: worst_hierarchy_dim(1000), sides="code is more"),
    *(
        Same(
            "counting", name, {"t": 100, "n": 1000},
            lambda: worst_hierarchy_dim(1000, 100), sides="code is more",
        )
        for name in ("width", "least")
    ),
    Same("twins", "margin", {"Y": 16, "a": 9, "b": 10}, _star_ceiling),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.proof}-{case.name}")
def test_code_has_the_number_that_is_proved(case):
    formula = kit.load(case.proof).statement.formulas[case.name]
    assert case.agrees(formula)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.proof}-{case.name}")
def test_a_wrong_number_is_noticed(case):
    """Of the statement or of the code: neither may be moved by half without notice."""
    formula = kit.load(case.proof).statement.formulas[case.name]
    if case.sides == "equal":
        assert not case.agrees(formula * sp.Rational(3, 2))
        assert not case.agrees(formula / 2)
    else:
        assert not case.agrees(formula * 4)


@pytest.mark.parametrize("n_sets", [2, 11, 12, 121, 122, 5000])
def test_packing_is_the_least_dimension_with_room(n_sets):
    """(1 + 1/eps)^d has room for so many, and with a dimension less it has not."""
    room = kit.load("packing").statement.formulas["ball"]
    dim = packing_dim(n_sets, Fraction(1, 10), unit=False)

    def held(d):
        return room.subs({"epsilon": sp.Rational(1, 10), "d": d})

    assert held(dim) >= n_sets > held(dim - 1)
