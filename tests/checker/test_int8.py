"""The integer filter: the same tallies as without it, at its very bound, in every stored type."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from hrgeom.checker import rounding_bounds
from hrgeom.checker.filters import FILTERS, _int8
from hrgeom.checker.filters._int8 import Int8Kernel, quantized
from hrgeom.checker.kernels import Bounds, Level, Rows, available_kernels, get_kernel
from hrgeom.core import Relevance
from hrgeom.testing import check_kernel

PAIRS = int(os.environ.get("HRGEOM_NEAR_TIES", "60000"))
"""How many pairs the sampler holds against the unfiltered kernel, per stored type."""

KERNELS = [
    Int8Kernel(get_kernel(name), level, _int8._levels()[level])
    for name, levels in _int8._LEVELS.items()
    for level in levels
    if name in available_kernels() and level in _int8._levels()
]
each_kernel = pytest.mark.parametrize(
    "kernel", KERNELS, ids=[f"{k.name}-{k.level}" for k in KERNELS]
)
pytestmark = pytest.mark.skipif(not KERNELS, reason="the C extension is not built")


def bfloat16(values):
    bits = values.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
    return bits.view(np.float32)


STORED = {
    "float64": lambda rng, x: x,
    "float32": lambda rng, x: x.astype(np.float32),
    "float16": lambda rng, x: x.astype(np.float16).astype(np.float32),
    "bfloat16": lambda rng, x: bfloat16(x),
    "int8": lambda rng, x: np.rint(x / np.abs(x).max() * 127).astype(np.float32),
    "int8-scale": lambda rng, x: (
        np.rint(x / np.abs(x).max() * 127) * float(np.float32(0.1))
    ).astype(np.float64),
    "int8-rows": lambda rng, x: np.float32(
        np.rint(x / np.abs(x).max() * 127) * 2.0 ** rng.integers(-3, 3, (len(x), 1)) * 1.25
    ),
}


def at_the_bound(rng, n, m, d):
    """Rows whose residuals point where they add up: every score is near its integer bound."""
    q, x = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    sign = rng.choice([-1.0, 1.0], d)  # of every product of a residual
    toward = np.abs(q) * sign, np.abs(x) * sign
    rows = []
    for values in toward:
        step = np.abs(values).max(axis=1, keepdims=True) / rng.choice([64, 127])
        halves = (np.floor(np.abs(values) / step) + rng.choice([0.49, 0.499, 0.4999])) * step
        rows.append(np.sign(values) * np.minimum(halves, np.abs(values).max(axis=1)[:, None]))
    return rows[0], rows[1]


def problem(rng, stored):
    """A few queries with levels at their own scores, and the bounds that go with them."""
    d = int(rng.choice([1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64, 130]))
    n, m = int(rng.choice([1, 5, 6, 7, 13])), int(rng.choice([1, 17, 63, 64, 65, 130, 1100]))
    q, x = at_the_bound(rng, n, m, d) if rng.random() < 0.7 else near_ties(rng, n, m, d)
    q, x = (STORED[stored](rng, rows) for rows in (q, x))
    if rng.random() < 0.1:
        q[0] = 0
        x[rng.integers(m)] = 0
    if rng.random() < 0.3:
        q, x = used_in_part(rng, q), used_in_part(rng, x)
    if rng.random() < 0.1 and stored in ("float64", "float32"):
        q, x = (rows * rows.dtype.type(2.0 ** rng.integers(-60, 60)) for rows in (q, x))
    dtype = np.result_type(q.dtype, x.dtype)
    q, x = np.ascontiguousarray(q, dtype), np.ascontiguousarray(x, dtype)
    scores = q.astype(np.float64) @ x.astype(np.float64).T
    sets = [np.flatnonzero(rng.random(m) < rng.choice([0, 0.02, 0.5])) for _ in range(n)]
    relevance = Relevance.from_sets(sets, m)
    at = scores[np.arange(n), rng.integers(0, m, n)]
    value = np.where(rng.random(n) < 0.5, at, np.nextafter(at, rng.choice([-np.inf, np.inf], n)))
    value = np.where(rng.random(n) < 0.3, scores.max(axis=1), value)
    return q, x, relevance, value


def used_in_part(rng, rows):
    """Rows that are 0 outside of a few of their columns: alike ones are put side by side."""
    kinds = rng.random((int(rng.choice([1, 2, 5])), rows.shape[1])) < rng.choice([0.1, 0.4])
    return np.where(kinds[rng.integers(0, len(kinds), len(rows))], rows, rows.dtype.type(0))


def near_ties(rng, n, m, d):
    q, x = rng.standard_normal((n, d)), rng.standard_normal((3, d))[rng.integers(0, 3, m)]
    return q, np.where(rng.random((m, d)) < 0.2, x * (1 + 2.0**-20), x)


def tallies(kernel, base, q, x, relevance, value):
    found = rounding_bounds(q, x)
    rows = Rows(q, relevance.indptr, relevance.indices)
    level = Level(value, np.full(len(q), -1, dtype=np.int32))
    bounds = Bounds(found.filter, found.score, True)
    return (
        kernel.sweep(kernel.pack(x, x.dtype), len(x), rows, level, bounds),
        base.sweep(base.pack(x, x.dtype), len(x), rows, level, bounds),
    )


def n_wrong(kernel, stored, n_pairs, seed=0):
    """Return how many queries differ from the unfiltered kernel, and how many pairs it decided."""
    rng, base = np.random.default_rng(seed), get_kernel("serial")
    wrong = decided = 0
    while n_pairs > 0:
        q, x, relevance, value = problem(rng, stored)
        ours, theirs = tallies(kernel, base, q, x, relevance, value)
        for name in ("extreme_score", "n_violations", "n_undecided"):
            wrong += int((getattr(ours, name) != getattr(theirs, name)).sum())
        decided += int(ours.n_by_int8.sum())
        n_pairs -= len(q) * len(x)
    return wrong, decided


@pytest.mark.parametrize("stored", STORED)
@each_kernel
def test_at_its_bound_the_filter_changes_nothing(kernel, stored):
    wrong, decided = n_wrong(kernel, stored, PAIRS)
    assert wrong == 0
    assert decided > 0


def test_a_bound_that_is_a_little_too_small_is_caught(monkeypatch):
    def too_small(groups, most):
        found = quantized(groups, most)
        return replace(found, error=found.error * 0.9)

    monkeypatch.setattr(_int8, "quantized", too_small)
    assert n_wrong(KERNELS[-1], "float64", 400_000)[0] > 0


@each_kernel
def test_the_filtered_kernel_keeps_the_contract(kernel):
    check_kernel(kernel)


@pytest.mark.parametrize("d", [1, 3, 64, 255, 4096])
def test_integer_scores_are_as_near_as_the_theorem_says(d):
    rng = np.random.default_rng(d)
    for power in (-1040, -140, -3, 0, 5, 100, 400):
        q, x = rng.standard_normal((3, d)), rng.standard_normal((4, d))
        q = np.ldexp(q, power)
        x[2] = np.round(x[2])
        a, b = quantized(q[:, None], 127), quantized(x[None], 127)
        for i in range(3):
            for v in range(4):
                exact = sum(
                    (Fraction(s) * Fraction(t) for s, t in zip(q[i], x[v], strict=True)),
                    Fraction(0),
                )
                whole = int(a.bytes[i, 0].astype(int) @ b.bytes[0, v].astype(int))
                step = Fraction(a.step[i]) * Fraction(b.step[0])
                error = Fraction(a.length[i]) * Fraction(b.error[0])
                error += Fraction(a.error[i]) * Fraction(b.length[0] + b.error[0])
                assert abs(exact - step * whole) <= error


def test_rows_that_bytes_hold_have_no_residual():
    rng = np.random.default_rng(1)
    whole = rng.integers(-127, 128, (5, 40)).astype(np.float64)
    assert (quantized((whole * 0.375)[:, None], 127).error == 0).all()
    odd = quantized((whole * float(np.float32(0.1)))[:, None], 127).error
    assert (odd < 1e-100).all()
    assert (odd > 0).all()  # products of such steps round
    assert (quantized(np.zeros((2, 1, 3)), 127).error == 0).all()


def test_more_products_than_31_bits_hold_are_left_to_the_kernel():
    d = 65540
    q, x = np.full((1, d), 127.0), np.full((1, d), 127.0)
    relevance = Relevance.from_sets([[]], 1)
    ours, theirs = tallies(KERNELS[0], get_kernel("serial"), q, x, relevance, np.array([1.0]))
    assert ours.extreme_score == theirs.extreme_score
    assert ours.n_by_int8 == 0


def test_no_filter_goes_around_the_numpy_kernel():
    entry = next(entry for entry in FILTERS if entry.name == "int8")
    assert entry.around(get_kernel("numpy")) is None


@each_kernel
def test_documents_that_use_the_same_columns_are_put_side_by_side(kernel):
    rng = np.random.default_rng(4)
    n, m, d = 7, 5000, 40
    kinds = np.kron(np.eye(5), np.ones(8))
    q = rng.standard_normal((n, d))
    x = rng.standard_normal((m, d)) * kinds[rng.integers(0, 5, m)]
    packed = kernel.pack(x, x.dtype)
    assert packed.used.mean() < 0.5
    np.testing.assert_array_equal(packed.order[packed.place], np.arange(m))
    sets = [np.flatnonzero(rng.random(m) < 0.1) for _ in range(n)]
    sets[0], sets[1] = np.arange(m), np.arange(0)
    relevance = Relevance.from_sets(sets, m)
    ours, theirs = tallies(kernel, get_kernel("serial"), q, x, relevance, np.zeros(n))
    for name in ("extreme_score", "extreme_document", "n_violations", "n_exact"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    whole = kernel.pack(np.ones((m, d)), x.dtype)
    np.testing.assert_array_equal(whole.order, np.arange(m))


def test_a_column_that_counts_as_unused_is_caught(monkeypatch):
    def fewer(*given):
        packed = pack(*given)
        used = packed.used.copy()
        used[:, -1] = 0
        return replace(packed, used=used)

    pack = Int8Kernel.pack
    monkeypatch.setattr(Int8Kernel, "pack", fewer)
    assert n_wrong(KERNELS[-1], "float64", 100_000)[0] > 0


@pytest.mark.parametrize("d", [3, 1000, 4097])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@each_kernel
def test_the_workspace_is_large_enough(kernel, dtype, d, monkeypatch):
    library, seen = _int8.native_library(), []

    def guarded(*given):
        workspace = given[-2]
        room = np.full(workspace.nbytes + 2**16, 77, dtype=np.uint8)
        library.int8_sweep(*given[:-2], room[: workspace.nbytes], given[-1])
        seen.append((room[workspace.nbytes :] == 77).all())

    spy = SimpleNamespace(**{name: getattr(library, name) for name in dir(library)})
    spy.int8_sweep = guarded
    monkeypatch.setattr(_int8, "native_library", lambda: spy)
    rng = np.random.default_rng(d)
    q, x = (rng.standard_normal((k, d)).astype(dtype) for k in (12, 70))
    tallies(kernel, get_kernel("serial"), q, x, Relevance.from_sets([[]] * 12, 70), np.zeros(12))
    assert seen == [True]


@pytest.mark.parametrize(
    ("place", "values", "message"),
    [
        ("order", [0, 1, 3], "order must hold documents: place 2"),
        ("order", [-1, 1, 2], "order must hold documents: place 0"),
        ("place", [1, 0, 2], "match_place must hold ascending places: query 0"),
        ("place", [0, 1, 3], "match_place must hold ascending places: query 0"),
    ],
)
def test_places_outside_of_the_panels_are_refused(place, values, message, monkeypatch):
    kernel = KERNELS[0]
    monkeypatch.setattr(_int8.Int8Panels, "places", lambda panels, rows: panels.place[:3])
    packed = kernel.pack(np.eye(3), np.dtype(np.float64))
    packed = replace(packed, **{place: np.array(values, dtype=np.int32)})
    rows = Rows(np.eye(3)[:1], np.array([0, 3]), np.arange(3, dtype=np.int32))
    level, bounds = Level(np.zeros(1), np.full(1, -1, np.int32)), Bounds(*np.zeros((2, 1)), True)
    with pytest.raises(ValueError, match=message):
        kernel.sweep(packed, 3, rows, level, bounds)
