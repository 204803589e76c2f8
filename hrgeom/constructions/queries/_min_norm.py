r"""The shortest convex combination of a few points: a small quadratic programme, exactly.

Minimise :math:`\lambda^\top G \lambda` over weights that are not negative and sum to 1 within
every group of points (one group, or the two sides of a difference). Method: Wolfe's active set
(P. Wolfe, Finding the nearest point in a polytope, Math. Programming 11, 1976). On a set of points
with positive weight the best affine weights solve a linear system; where some are negative, the
step stops at the first that vanishes, and that point leaves; where none is, points of smaller
product with the combination enter. The length falls with every entry, so no set comes twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["min_norm_weights"]

# A ridge far below the accuracy asked for makes every system positive definite, so that points
# may enter several at a time even where they are affinely dependent.
_RIDGE = 1e-14
_VANISHED = 1e-14
_MOST_PASSES = 500


def min_norm_weights(
    gram: NDArray[np.float64],
    groups: NDArray[np.intp],
    start: NDArray[np.float64],
    tolerance: float,
) -> NDArray[np.float64]:
    """Return the weights of the shortest combination.

    Parameters
    ----------
    gram : ndarray of float64, shape (a, a)
        Inner products of the points.
    groups : ndarray of int, shape (a,)
        Group of every point, 0 or 1; weights sum to 1 in each group that occurs.
    start : ndarray of float64, shape (a,)
        Weights to begin with: not negative, of sum 1 in each group.
    tolerance : float
        Ends when no point's product is below its group's level by more than this times the
        squared length.

    Examples
    --------
    The shortest point between (1, 0) and (0, 1):

    >>> min_norm_weights(np.eye(2), np.array([0, 0]), np.array([1.0, 0.0]), 1e-9)
    array([0.5, 0.5])
    """
    n_groups = int(groups.max()) + 1
    ones = np.zeros((len(groups), n_groups))
    ones[np.arange(len(groups)), groups] = 1
    ridge = _RIDGE * float(np.diag(gram).max(initial=1e-300))
    weights = start
    active = weights > 0
    at_once = len(groups)
    length = np.inf
    for _ in range(_MOST_PASSES):
        weights, active = _settle(gram, ones, weights, active, ridge)
        products = gram @ weights
        new_length = float(weights @ products)
        if not new_length < length * (1 - 1e-15):
            if at_once == 1:
                break
            at_once = 1  # together they were of no use; one alone is
        length = min(new_length, length)
        levels = ones.T @ (weights * products)
        lack = np.where(active, -np.inf, levels[groups] - products)
        entering = np.flatnonzero(lack > tolerance * max(new_length, ridge))
        if not len(entering):
            break
        if len(entering) > at_once:
            entering = entering[np.argsort(-lack[entering])[:at_once]]
        active[entering] = True
        at_once = max(1, at_once // 2) if at_once > 1 else 1
    return weights


def _settle(
    gram: NDArray[np.float64],
    ones: NDArray[np.float64],
    weights: NDArray[np.float64],
    active: NDArray[np.bool_],
    ridge: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the shortest combination of the active points, fewer of them where weights vanish."""
    active = active.copy()
    while True:
        chosen = np.flatnonzero(active)
        aim = np.zeros_like(weights)
        aim[chosen] = _affine_weights(gram[np.ix_(chosen, chosen)], ones[chosen], ridge)
        negative = aim < 0
        if not negative.any():
            return aim, active
        ratio = weights[negative] / (weights[negative] - aim[negative])
        step = float(ratio.min())
        weights = np.maximum(weights + step * (aim - weights), 0.0)
        gone = negative & (weights <= _VANISHED)
        weights[gone] = 0.0
        weights /= ones @ (ones.T @ weights)
        active &= ~gone


def _affine_weights(
    gram: NDArray[np.float64], ones: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """Return the weights of any sign, of sum 1 in each group, of the shortest combination.

    The system with multipliers is well conditioned even where the points are as many as they can
    be, and their Gram matrix is singular.
    """
    size, n_groups = ones.shape
    scale = float(np.diag(gram).max(initial=1e-300))
    system = np.zeros((size + n_groups, size + n_groups))
    system[:size, :size] = gram / scale
    system[np.arange(size), np.arange(size)] += ridge / scale
    system[:size, size:] = ones
    system[size:, :size] = ones.T
    right = np.concatenate((np.zeros(size), np.ones(n_groups)))
    solution: NDArray[np.float64] = np.linalg.solve(system, right).astype(np.float64)
    return solution[:size]
