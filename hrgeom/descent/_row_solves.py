r"""The best unit vector of a row, the other side fixed: many rows at a time, with a bound.

Given points :math:`x_i` with signs :math:`\sigma_i` and thresholds :math:`t_i`, maximize

.. math:: m(q) = \min_i \sigma_i(\langle q, x_i\rangle - t_i) \quad\text{over}\quad |q| = 1 .

For weights :math:`\lambda_i \ge 0` of sum 1 every unit vector has

.. math:: m(q) \le \sum_i \lambda_i\sigma_i(\langle q, x_i\rangle - t_i)
          \le \Bigl|\sum_i \lambda_i\sigma_i x_i\Bigr| - \sum_i \lambda_i\sigma_i t_i ,

the first since a minimum is at most a mean, the second by Cauchy-Schwarz. Method: Newton steps for
the soft minimum :math:`-\ln(\sum_i e^{-T m_i})/T`, which is below the minimum by at most
:math:`\ln(k)/T` for k points, while T rises. It is concave, and the steps are taken in the unit
ball: on the sphere alone they can end in local maxima, where the slope points inward. On the
surface, with the slope outward, they are those of the sphere (Absil, Mahony & Sepulchre,
*Optimization Algorithms on Matrix Manifolds*, 2008, algorithm 5). The weights of the soft minimum
are those of the bound, and where bound and margin agree the vector is the best one up to their
difference. Where the best vector of the ball is shorter than 1, they do not agree, and the result
is a local maximum on the sphere.

With a threshold that is free (one for all points of the row), the weights of both signs have equal
sums in the optimum, and the bound holds for such weights only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RowSolutions", "solve_rows"]

Array = NDArray[np.float64]
# The soft minimum is nearly linear at first, with one maximum, which the path follows from there.
_SHARPNESS = tuple(3.0**k for k in range(14))
_STEPS = 20  # Newton steps at one sharpness
_HALVINGS = 14
_LEAST_CURVATURE = 1e-6
_SHORTEST = 1e-6
_CLOSE = 1e-5
_SURFACE = 1 - 1e-9
_RIDGE = 1e-9  # of a free threshold, which lies on no sphere


@dataclass(frozen=True, eq=False)
class RowSolutions:
    """Best vectors of some rows.

    Attributes
    ----------
    vectors : ndarray of float64, shape (r, d)
        Unit vectors.
    levels : ndarray of float64, shape (r,)
        The free thresholds; 0 where thresholds are given.
    margins : ndarray of float64, shape (r,)
        Least signed distance of a point of the row.
    bounds : ndarray of float64, shape (r,)
        No unit vector has a larger margin; up to rounding. inf where thresholds are free.
    """

    vectors: Array
    levels: Array
    margins: Array
    bounds: Array


def solve_rows(
    start: Array, points: Array, signs: Array, thresholds: Array, *, free: bool = False
) -> RowSolutions:
    """Return the best unit vector of every row.

    Parameters
    ----------
    start : ndarray of float64, shape (r, d)
        Unit vectors to begin with; no result has a smaller margin.
    points : ndarray of float64, shape (r, k, d)
        Points of every row.
    signs : ndarray of float64, shape (r, k)
        1 above the threshold, -1 below, 0 for padding.
    thresholds : ndarray of float64, shape (r, k)
        Threshold of every point.
    free : bool
        Add to the thresholds of a row the number that suits it best.

    Examples
    --------
    Above 0.5 at (1, 0), below at (0, 1):

    >>> found = solve_rows(
    ...     np.array([[0.6, 0.8]]), np.eye(2)[None], np.array([[1.0, -1.0]]), np.full((1, 2), 0.5)
    ... )
    >>> found.vectors.round(3), found.margins.round(3), found.bounds.round(3)
    (array([[ 1., -0.]]), array([0.5]), array([0.5]))
    """
    signed = signs[:, :, None] * points
    problem = _Rows(signed, signs, thresholds, free)
    vectors, levels = start.copy(), np.zeros(len(start))
    if free:
        levels = problem.middle(vectors)
    best = vectors.copy(), levels.copy(), problem.margins(vectors, levels)
    bounds = np.full(len(start), np.inf)
    for on_sphere in (False, True):
        if on_sphere:  # the best of the ball may be short, and others just as good be long
            vectors, levels = best[0].copy(), best[1].copy()
        for sharpness in _SHARPNESS:
            for _ in range(_STEPS):
                vectors, levels, moved = problem.newton(vectors, levels, sharpness, on_sphere)
                pull, at_most = problem.pull(vectors, levels, sharpness)
                if not free:
                    bounds = np.minimum(bounds, at_most)
                for candidate in (vectors, pull):  # in the optimum they agree
                    _keep_better(best, candidate, levels, problem)
                if not moved:
                    break
        if not free and (bounds - best[2] <= _CLOSE).all():
            break
    return RowSolutions(*best, bounds)


def _keep_better(
    best: tuple[Array, Array, Array], vectors: Array, levels: Array, problem: _Rows
) -> None:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.maximum(lengths, _SHORTEST)
    margins = problem.margins(unit, levels)
    better = (margins > best[2]) & (lengths[:, 0] > _SHORTEST)
    for kept, new in zip(best, (unit, levels, margins), strict=True):
        kept[better] = new[better]


class _Rows:
    def __init__(self, signed: Array, signs: Array, thresholds: Array, free: bool) -> None:
        self.signed, self.signs, self.free = signed, signs, free
        self.offset = np.where(signs == 0, np.inf, -signs * thresholds)

    def distances(self, vectors: Array, levels: Array) -> Array:
        products = np.matmul(self.signed, vectors[:, :, None])[:, :, 0]
        distances: Array = products - self.signs * levels[:, None] + self.offset
        return distances

    def margins(self, vectors: Array, levels: Array) -> Array:
        margins: Array = self.distances(vectors, levels).min(axis=1)
        return margins

    def middle(self, vectors: Array) -> Array:
        d = self.distances(vectors, np.zeros(len(vectors)))
        above = np.where(self.signs > 0, d, np.inf).min(axis=1)
        below = np.where(self.signs < 0, d, np.inf).min(axis=1)
        known = np.isfinite(above) & np.isfinite(below)
        return np.where(known, (np.where(known, above, 0) - np.where(known, below, 0)) / 2, 0.0)

    def soft(self, vectors: Array, levels: Array, sharpness: float) -> tuple[Array, Array]:
        """Return the soft minimum and the weights."""
        d = self.distances(vectors, levels)
        least = d.min(axis=1, keepdims=True)
        e = np.exp(-sharpness * (d - least))
        total = e.sum(axis=1, keepdims=True)
        return least[:, 0] - np.log(total[:, 0]) / sharpness, e / total

    def pull(self, vectors: Array, levels: Array, sharpness: float) -> tuple[Array, Array]:
        """Return the weighted sum of the points, and the bound of these weights."""
        _, weights = self.soft(vectors, levels, sharpness)
        pull = np.matmul(weights[:, None, :], self.signed)[:, 0]
        offset = np.where(self.signs == 0, 0.0, self.offset)
        return pull, np.linalg.norm(pull, axis=1) + (weights * offset).sum(axis=1)

    def newton(
        self, vectors: Array, levels: Array, sharpness: float, on_sphere: bool
    ) -> tuple[Array, Array, bool]:
        """One step on the spheres or in the balls, shortened until the soft minimum rises."""
        value, weights = self.soft(vectors, levels, sharpness)
        step, level_step = self._direction(vectors, weights, sharpness, on_sphere)
        length = np.ones(len(vectors))
        done = np.zeros(len(vectors), dtype=np.bool_)
        out, out_levels = vectors.copy(), levels.copy()
        for _ in range(_HALVINGS):
            trial = vectors + length[:, None] * step
            lengths = np.linalg.norm(trial, axis=1, keepdims=True)
            trial /= np.maximum(_SHORTEST, lengths) if on_sphere else np.maximum(1.0, lengths)
            trial_levels = levels + length * level_step
            rises = ~done & (self.soft(trial, trial_levels, sharpness)[0] > value + 1e-14)
            out[rises], out_levels[rises] = trial[rises], trial_levels[rises]
            done |= rises
            if done.all():
                break
            length = np.where(done, length, length / 4)
        return out, out_levels, bool(done.any())

    def _direction(
        self, vectors: Array, weights: Array, sharpness: float, on_sphere: bool
    ) -> tuple[Array, Array]:
        n, d = vectors.shape
        rows = self.signed
        if self.free:
            rows = np.concatenate((rows, -self.signs[:, :, None]), axis=2)
        pull = np.matmul(weights[:, None, :], rows)[:, 0]
        hessian = np.matmul((weights[:, :, None] * rows).transpose(0, 2, 1), rows)
        hessian = sharpness * (hessian - pull[:, :, None] * pull[:, None, :])
        along = np.einsum("ij,ij->i", pull[:, :d], vectors)
        # On the surface only what is tangent counts: P H P + <g, q> I, with the projection P along
        # q. Inside, and where the slope points inward, P is the identity: q = 0.
        outward = (along > 0) & (np.linalg.norm(vectors, axis=1) > _SURFACE) | on_sphere
        along = np.where(outward, along, 0.0)
        q = np.zeros((n, rows.shape[2]))
        q[outward, :d] = vectors[outward]
        across = np.matmul(hessian, q[:, :, None])[:, :, 0]
        twice = np.einsum("ij,ij->i", across, q)
        hessian -= across[:, :, None] * q[:, None, :] + q[:, :, None] * across[:, None, :]
        hessian += twice[:, None, None] * q[:, :, None] * q[:, None, :]
        curvature = np.maximum(along, _LEAST_CURVATURE)
        diagonal = np.arange(d)
        hessian[:, diagonal, diagonal] += curvature[:, None]
        if self.free:
            hessian[:, d, d] += _RIDGE * sharpness
        gradient = pull - along[:, None] * q
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        # Where the surface is nearly flat the step would lead round the sphere.
        step /= np.maximum(1.0, np.linalg.norm(step, axis=1, keepdims=True))
        return step[:, :d], step[:, d] if self.free else np.zeros(n)
