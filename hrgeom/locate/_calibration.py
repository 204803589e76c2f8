"""Calibration on texts whose place is known: expected F1, thresholds, conformal levels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import ShapeError
from hrgeom.locate._located import ConformalLevels
from hrgeom.locate._tree import Tree

__all__ = ["Calibration", "conformal_levels", "f1_of_sets", "true_extremes"]

_KNOTS = 12
_PRIOR_TEXTS = 10  # weight of the line "expected is true" in each step


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was seen on texts of known place that the reranker was not fitted to.

    Attributes
    ----------
    expected, true : ndarray of float64, shape (k,)
        Knots of the line from uncalibrated expected F1 to F1, both not falling.
    lowest_right, highest_wrong : ndarray of float32, shape (n_texts,)
        Of each text, sorted: the least probability of a right ancestor, and the greatest of any
        other node.
    """

    expected: NDArray[np.float64]
    true: NDArray[np.float64]
    lowest_right: NDArray[np.float32]
    highest_wrong: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        expected: NDArray[np.float64],
        true: NDArray[np.float64],
        extremes: tuple[NDArray[np.float32], NDArray[np.float32]],
    ) -> Calibration:
        """Return the calibration by texts with expected and true F1, and extremes."""
        return cls(*_knots(expected, true), np.sort(extremes[0]), np.sort(extremes[1]))

    def f1(self, expected: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated expected F1."""
        return np.interp(expected, self.expected, self.true)


def _knots(
    expected: NDArray[np.float64], true: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means over groups of equal size, made to rise, from 0 to 1 at most."""
    order = np.argsort(expected, kind="stable")
    groups = np.array_split(order, min(_KNOTS, max(1, len(order) // 20)))
    groups = [group for group in groups if len(group)]
    x = np.array([expected[group].mean() for group in groups])
    weight = np.array([len(group) for group in groups], dtype=np.float64)
    y = np.array([true[group].sum() for group in groups])
    y = _rising((y + _PRIOR_TEXTS * x) / (weight + _PRIOR_TEXTS), weight)
    last = y[-1] if len(y) else 1.0
    top = max(last, min(1.0, last + 1 - x[-1])) if len(x) else 1.0
    x = np.maximum.accumulate(np.concatenate([[0.0], x, [1.0]]))
    return x, np.concatenate([[_at_zero(x[1:-1], y)], y, [top]])


def _at_zero(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return where the line through the first two knots begins; 0 with fewer.

    Texts of which nothing is expected share the uppermost ancestors with many others.
    """
    if len(x) < 2 or x[1] - x[0] < 1e-9:
        return 0.0
    begins = np.clip(y[0] - x[0] * (y[1] - y[0]) / (x[1] - x[0]), 0, y[0])
    return float(begins * (1 - x[0]))  # the farther away, the less the line is worth


def _rising(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the nearest values that do not fall, by pooling adjacent violators."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        n = 1
        while pools and pools[-1][0] >= value:
            other, other_weight, m = pools.pop()
            value = (value * weight + other * other_weight) / (weight + other_weight)
            weight, n = weight + other_weight, n + m
        pools.append((value, weight, n))
    return np.concatenate([np.full(n, value) for value, _, n in pools] or [np.zeros(0)])


def f1_of_sets(
    tree: Tree, nodes: NDArray[np.int64], truth: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return the F1 of S(v) against the right ancestors of each text; 0 where v is -1."""
    found = np.zeros(len(nodes))
    for i, (node, right) in enumerate(zip(nodes.tolist(), truth, strict=True)):
        if node >= 0:
            mine = tree.closure[[node]].indices
            found[i] = 2 * np.isin(mine, right).sum() / (len(mine) + len(right))
    return found


def true_extremes(
    probabilities: Any, truth: list[NDArray[np.int64]]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least probability of a right ancestor and the greatest of others, per text."""
    lowest = np.zeros(len(truth), dtype=np.float32)
    highest = np.zeros(len(truth), dtype=np.float32)
    for i, right in enumerate(truth):
        start, end = probabilities.indptr[i : i + 2]
        nodes, values = probabilities.indices[start:end], probabilities.data[start:end]
        is_right = np.isin(nodes, right)
        if is_right.sum() == len(right):
            lowest[i] = values[is_right].min(initial=1)
        highest[i] = values[~is_right].max(initial=0)
    return lowest, highest


def conformal_levels(calibration: Calibration, alpha: float) -> ConformalLevels:
    """Return the levels at which at most a share alpha of exchangeable texts are in error."""
    if not 0 < alpha < 1:
        raise ShapeError(f"alpha must be between 0 and 1: got {alpha}")
    n = len(calibration.lowest_right)
    # Of n + 1 exchangeable texts the new one is among the k lowest with probability at most
    # k / (n + 1); it is in error only if it lies strictly beyond the k-th of the others.
    k = math.floor(alpha * (n + 1))
    lowest = float(calibration.lowest_right[k - 1]) if k else 0.0
    highest = float(calibration.highest_wrong[n - k]) if k else 1.0
    return ConformalLevels(alpha, lowest, highest, n)
