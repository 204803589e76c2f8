"""The best vector of a row, against a convex solver; a margin that never falls."""

import numpy as np
import pytest

from hrgeom import Relevance
from hrgeom.descent._exact_rows import SideRows
from hrgeom.descent._row_solves import solve_rows


def separable(seed, dim=5, n_points=16):
    """Points and signs that some unit vector separates at 0.25, with no margin to speak of."""
    rng = np.random.default_rng(seed)
    points = rng.standard_normal((n_points, dim))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    vector = rng.standard_normal(dim)
    start = rng.standard_normal(dim)
    signs = np.where(points @ vector > 0.25 * np.linalg.norm(vector), 1.0, -1.0)
    return points, signs, start / np.linalg.norm(start)


def convex(points, signs, thresholds, *, free):
    """The margin that a convex solver finds in the unit ball, and the length of its vector."""
    cp = pytest.importorskip("cvxpy")
    q, margin, level = cp.Variable(points.shape[1]), cp.Variable(), cp.Variable()
    limits = [cp.norm(q) <= 1] + ([] if free else [level == 0])
    limits.append(cp.multiply(signs, points @ q - thresholds - level) >= margin)
    solution = cp.Problem(cp.Maximize(margin), limits)
    solution.solve()
    return solution.value, np.linalg.norm(q.value)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_the_vector_is_the_best(seed, free):
    points, signs, start = separable(seed)
    thresholds = np.full(len(points), 0.25)
    found = solve_rows(start[None], points[None], signs[None], thresholds[None], free=free)
    assert np.linalg.norm(found.vectors[0]) == pytest.approx(1)
    distances = signs * (points @ found.vectors[0] - thresholds - found.levels[0])
    assert found.margins[0] == pytest.approx(distances.min(), abs=1e-12)
    best, length = convex(points, signs, thresholds, free=free)
    assert found.margins[0] <= best + 1e-6
    if not free:
        assert found.bounds[0] == pytest.approx(best, abs=1e-4)
    if length > 1 - 1e-6:
        assert found.margins[0] == pytest.approx(best, abs=1e-4)
    else:  # the best of the ball is no unit vector: as good as any of many
        assert seed in (3, 15)
        assert found.margins[0] >= _best_of_many(points, signs, thresholds) - 1e-6


def _best_of_many(points, signs, thresholds):
    vectors = np.random.default_rng(0).standard_normal((20_000, points.shape[1]))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return (signs * (vectors @ points.T - thresholds)).min(axis=1).max()


def test_padding_changes_nothing():
    points, signs, start = separable(2)
    wide = np.concatenate((points, 9 * np.ones((4, 5))))[None]
    padded = np.concatenate((signs, np.zeros(4)))[None]
    alone = solve_rows(start[None], points[None], signs[None], np.full((1, 16), 0.25))
    beside = solve_rows(start[None], wide, padded, np.full((1, 20), 0.25))
    assert beside.margins[0] == pytest.approx(alone.margins[0], abs=1e-9)


def test_the_bound_holds_for_any_vector():
    points, signs, start = separable(5)
    signs[:3] *= -1  # nothing separates these
    found = solve_rows(start[None], points[None], signs[None], np.full((1, 16), 0.25))
    rng = np.random.default_rng(0)
    others = rng.standard_normal((5000, 5))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    margins = (signs * (others @ points.T - 0.25)).min(axis=1)
    assert margins.max() <= found.bounds[0] + 1e-9
    assert found.margins[0] >= margins[0]


@pytest.mark.parametrize("seed", range(3))
def test_the_margin_never_falls(seed):
    rng = np.random.default_rng(seed)
    queries, documents = rng.standard_normal((40, 6)), rng.standard_normal((30, 6))
    queries, documents = (
        (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        for rows in (queries, documents)
    )
    scores = queries @ documents.T
    relevance = Relevance.from_sets([set(np.flatnonzero(row > 0.3)) for row in scores], 30)
    wrong = queries.copy()
    wrong[:4] = -wrong[:4]
    matches = np.zeros(scores.shape, dtype=bool)
    for i in range(40):
        matches[i, relevance.matches(i)] = True

    def gap(q, x):
        s = q @ x.T
        return (s[matches].min() - s[~matches].max()) / 2

    margins = [gap(wrong, documents)]
    for rows in (np.arange(2), np.arange(2, 6), np.arange(40)):
        SideRows(relevance).improve(wrong, documents, 0.3, rows)
        margins.append(gap(wrong, documents))
    assert margins == sorted(margins)
    assert margins[0] < 0 < margins[-1]
