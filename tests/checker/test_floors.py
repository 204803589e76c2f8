"""Floors: certificates are the same with them as without, whatever decides each number."""

from dataclasses import replace

import numpy as np
import pytest

from hrgeom import DualEmbedding, Relevance, available_kernels, certify
from hrgeom.checker import _floors, _outcome, rounding_bounds
from hrgeom.checker._floors import floors_of
from hrgeom.checker._sweep import Progress, Settings, Sweep
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.filters import FILTERS
from hrgeom.checker.kernels import Bounds, Level, Rows, get_kernel
from hrgeom.errors import KernelError

COMPILED = [name for name in available_kernels() if name != "numpy"]
FILTERED = [(name, entry.name) for name in COMPILED[-1:] for entry in FILTERS]
WAYS = [(name, "none") for name in available_kernels()] + FILTERED
EVERY = [(name, "int8") for name in COMPILED] + [(name, "none") for name in COMPILED]
SAME = (
    "verdict",
    "threshold",
    "n_violations",
    "n_violating_queries",
    "n_undecided",
    "n_exact_rechecks",
    "margin_lower_bound",
    "normalized_margin_lower_bound",
    "arithmetic",
)


def rows_of(rng, kind, n, m, d):
    q, x = rng.standard_normal((n, d)), rng.standard_normal((m, d))
    if kind == "whole":
        return rng.integers(-3, 4, (n, d)).astype(float), rng.integers(-3, 4, (m, d)).astype(float)
    if kind == "ties":
        x = rng.standard_normal((3, d))[rng.integers(0, 3, m)]
        q = rng.standard_normal((2, d))[rng.integers(0, 2, n)]
    if kind == "near ties":
        x = x[rng.integers(0, 3, m)]
        x = np.where(rng.random((m, d)) < 0.3, x * (1 + 2.0**-22), x)
    if kind in ("unit", "ties"):
        q, x = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (q, x))
    if kind == "lengths":
        q *= np.exp(rng.normal(0, 1, (n, 1)))
        x *= np.exp(rng.normal(0, 0.3, (m, 1)))
    return q, x


def problem(rng, notion, kind, dtype):
    """An embedding that mostly holds, and whose margins a few pairs decide."""
    n, m = int(rng.choice([3, 40, 90])), int(rng.choice([5, 70, 150]))
    q, x = (rows.astype(dtype) for rows in rows_of(rng, kind, n, m, int(rng.choice([2, 5, 16]))))
    scores = q.astype(float) @ x.T.astype(float)
    if notion == "global":
        limit = np.quantile(scores, rng.uniform(0.5, 0.99))
        threshold = None if rng.random() < 0.5 else float(limit)
        own = scores > limit
    else:
        threshold = None
        own = scores >= np.sort(scores, axis=1)[:, [-int(rng.integers(1, m))]]
    if rng.random() < 0.3:
        own[rng.integers(n), rng.integers(m)] ^= True
    if rng.random() < 0.3:
        own[rng.integers(n)] = rng.random() < 0.5
    relevance = Relevance.from_sets([np.flatnonzero(row) for row in own], m)
    return DualEmbedding(q, x, threshold=threshold, notion=notion), relevance


def certificates(embedding, relevance, kernel, name, monkeypatch):
    """What is certified without floors, and with them."""
    found = []
    for least in (10**9, 0):
        monkeypatch.setattr(_floors, "_WORTHWHILE_PAIRS", least)
        found.append(certify(embedding, relevance, kernel=kernel, filter=name, threads=1))
    return found


def differences(one, other):
    found = [name for name in SAME if getattr(one, name) != getattr(other, name)]
    for name in ("worst_match", "best_other"):
        mine, theirs = (
            witness and (witness.score, witness.violates)
            for witness in (getattr(one, name), getattr(other, name))
        )
        found += [name] if mine != theirs else []
    return found


@pytest.mark.parametrize("kind", ["normal", "unit", "lengths", "ties", "near ties", "whole"])
@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize(("kernel", "name"), WAYS, ids="-".join)
def test_certificates_are_the_same(kernel, name, notion, kind, monkeypatch):
    rng = np.random.default_rng(5)
    monkeypatch.setattr(_floors, "_SAMPLED", 4)
    monkeypatch.setattr(_floors, "_WORST", 3)
    for case in range(12):
        embedding, relevance = problem(rng, notion, kind, rng.choice([np.float32, np.float64]))
        one, other = certificates(embedding, relevance, kernel, name, monkeypatch)
        assert differences(one, other) == [], case


def sweep_of(embedding, relevance):
    settings = Settings(get_kernel("numpy"), SerialExecutor(), 2**20, True, Progress(None))
    return Sweep(*embedding.values(), relevance, settings, embedding.notion)


@pytest.mark.parametrize("notion", ["global", "row"])
def test_most_queries_are_below_their_floor(notion, monkeypatch):
    """Or else the other tests say nothing."""
    monkeypatch.setattr(_floors, "_WORTHWHILE_PAIRS", 0)
    rng = np.random.default_rng(1)
    q, x = rows_of(rng, "unit", 300, 200, 8)
    own = q @ x.T >= np.sort(q @ x.T, axis=1)[:, [-4]]
    relevance = Relevance.from_sets([np.flatnonzero(row) for row in own], 200)
    sweep = sweep_of(DualEmbedding(q, x, notion=notion, threshold=None), relevance)
    level = sweep.constant_level(0.0, ranking=notion == "row")
    worst, best = sweep.worst_matches(level), sweep.best_others(sweep.constant_level(np.inf))
    below = best.extreme_score <= floors_of(sweep, worst)
    assert below.mean() > 0.8
    assert not below.all()


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("rise", [1e-3, 1.0])
def test_a_floor_that_is_too_high_changes_certificates(notion, rise, monkeypatch):
    """Planted: so the comparison above can fail."""
    kernel = get_kernel(COMPILED[-1]).name if COMPILED else "numpy"
    if kernel == "numpy":
        pytest.skip("the NumPy kernel finds every best non-match")
    true = _outcome.floors_of
    found = []
    monkeypatch.setattr(
        _outcome, "floors_of", lambda *given: None if (f := true(*given)) is None else f + rise
    )
    rng = np.random.default_rng(2)
    for _ in range(30):
        embedding, relevance = problem(rng, notion, "unit", np.float64)
        try:
            found += differences(*certificates(embedding, relevance, kernel, "none", monkeypatch))
        except KernelError:  # the named pairs contradict the counts
            found.append("refused")
    assert found


@pytest.mark.parametrize("kind", ["normal", "ties", "near ties", "whole"])
@pytest.mark.parametrize(("kernel", "name"), EVERY, ids="-".join)
def test_a_sweep_finds_what_is_above_the_floor(kernel, name, kind):
    rng = np.random.default_rng(3)
    base = get_kernel(kernel)
    around = next((entry.around(base) for entry in FILTERS if entry.name == name), base)
    for _ in range(10):
        embedding, relevance = problem(rng, "row", kind, np.float32)
        q, x = embedding.values()
        bounds = rounding_bounds(q, x)
        bounds = Bounds(bounds.filter, bounds.score, True)
        rows = Rows(q, relevance.indptr, relevance.indices)
        level = Level(rng.choice([0.0, 1.0, np.inf], len(q)), np.full(len(q), -1, np.int32))
        wanted = base.sweep(base.pack(x, x.dtype), len(x), rows, level, bounds)
        shift = rng.choice([-0.1, 0.0, 1e-9, 0.1], len(q))
        level = replace(level, floor=wanted.extreme_score + shift)
        found = around.sweep(around.pack(x, x.dtype), len(x), rows, level, bounds)
        above = wanted.extreme_score > level.floor
        np.testing.assert_array_equal(
            found.extreme_score[above], wanted.extreme_score[above], strict=True
        )
        assert (found.extreme_score <= wanted.extreme_score).all()
        np.testing.assert_array_equal(found.n_violations, wanted.n_violations)
        np.testing.assert_array_equal(found.n_undecided, wanted.n_undecided)
