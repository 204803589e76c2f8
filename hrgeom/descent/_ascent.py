"""Quasi-Newton ascent of the soft margin on unit rows.

L-BFGS (Nocedal & Wright, *Numerical Optimization*, 2nd ed., algorithm 7.4) over the rows of both
sides in one matrix. The objective scales rows to unit length, so every step stays on the spheres,
and the gradient of a row is tangent to its sphere.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.descent._near_pairs import AllPairs, Boundary
from hrgeom.descent._soft_margin import soft_margin

__all__ = ["Best", "Iterate", "ascend", "unit_rows"]

_MEMORY = 8
_LOOK_EVERY = 25  # steps between passes over all scores, at most
_SUFFICIENT = 1e-4  # Armijo condition: share of the linear gain
_SHRINK = 0.4
_MOST_TRIALS = 12
_NEGLECTED = 0.05  # loss that pairs left out may cause, in units of 1/beta
_PATIENCE = 10  # steps that together must raise the soft margin

Rows = NDArray[Any]


@dataclass(frozen=True)
class Iterate:
    """Unit rows, queries above documents, with the margin observed over all pairs."""

    rows: Rows
    margin: float


@dataclass
class Best:
    """The iterate with the largest margin so far, and when to stop looking for a better one."""

    found: Iterate
    deadline: float = math.inf  # of time.monotonic

    @property
    def is_late(self) -> bool:
        """Whether time is up."""
        return time.monotonic() > self.deadline

    def offer(self, iterate: Iterate) -> None:
        """Keep an iterate if it is better."""
        if iterate.margin > self.found.margin:
            self.found = iterate


def unit_rows(rows: Rows) -> Rows:
    """Return the rows divided by their lengths."""
    lengths: Rows = np.linalg.norm(rows, axis=1, keepdims=True).astype(rows.dtype)
    return rows / lengths


def ascend(
    problem: AllPairs, rows: Rows, sharpness: float, n_steps: int, best: Best
) -> tuple[Iterate, float]:
    """Raise the soft margin for some steps; offer every iterate where all scores were computed.

    Returns
    -------
    last : Iterate
        The last of these.
    soft : float
        Its soft margin.
    """
    return _Ascent(problem, rows, sharpness, best).run(n_steps)


class _Ascent:
    """State of one ascent: rows, the pairs in use, and the L-BFGS history (s, y, 1/<s, y>)."""

    def __init__(self, problem: AllPairs, rows: Rows, sharpness: float, best: Best) -> None:
        self.problem = problem
        self.best = best
        self.sharpness = sharpness
        self.x = unit_rows(rows)
        self.look: Boundary
        self.interval = _LOOK_EVERY
        self.history: deque[tuple[Rows, Rows, float]] = deque(maxlen=_MEMORY)

    def run(self, n_steps: int) -> tuple[Iterate, float]:
        kept = self._look()
        value, gradient = self._value(self.x)
        values = [value]
        until_look = self.interval
        for step in range(1, n_steps + 1):
            moved = self._step(value, gradient)
            if moved is not None:
                value, gradient = moved
                values.append(value)
            flat = moved is None or self._is_flat(values) or self.best.is_late
            until_look -= 1
            if until_look > 0 and step < n_steps and not flat:
                continue
            before = self.look
            here = self._look()
            value, gradient = self._value(self.x)
            if value < values[0] - _NEGLECTED / self.sharpness:
                # Pairs left out have become active and the true soft margin fell: go back to the
                # last kept iterate, include these pairs, and compute all scores more often.
                self.look = self.look.joined(before)
                self.x, here = kept.rows, kept
                self.history.clear()
                self.interval = max(1, self.interval // 2)
                value, gradient = self._value(self.x)
                flat = self.best.is_late
            kept = here
            values = [value]
            until_look = self.interval
            if flat:
                break
        return kept, value

    def _is_flat(self, values: list[float]) -> bool:
        recent = values[-_PATIENCE - 1 :]
        return len(recent) > _PATIENCE and recent[-1] - recent[0] < 1e-5 / self.sharpness

    def _look(self) -> Iterate:
        self.x = unit_rows(self.x)
        n = self.problem.n_queries
        self.look = self.problem.look(self.x[:n], self.x[n:], self.sharpness)
        here = Iterate(self.x, self.look.margin)
        self.best.offer(here)
        return here

    def _value(self, x: Rows) -> tuple[float, Rows]:
        n = self.problem.n_queries
        # f(x) = soft margin of u = x/|x|, so grad f = (g - <g, u> u)/|x|: the tangent part of the
        # gradient g with respect to u.
        lengths = np.linalg.norm(x, axis=1, keepdims=True).astype(x.dtype)
        unit = x / lengths
        value, *sides = soft_margin(self.problem, unit[:n], unit[n:], self.sharpness, self.look)
        gradient = np.concatenate(sides)
        gradient -= unit * np.einsum("ij,ij->i", gradient, unit)[:, None]
        gradient /= lengths
        return value, gradient

    def _direction(self, gradient: Rows) -> Rows:
        # Two-loop recursion (algorithm 7.4): first from the newest pair (s, y) to the oldest ...
        direction = gradient.copy()
        factors = []
        for s, y, rho in reversed(self.history):
            factors.append(rho * _dot(s, direction))
            direction -= factors[-1] * y
        if self.history:
            # ... the initial inverse Hessian is <s, y>/<y, y> times the identity ...
            _, y, rho = self.history[-1]
            direction /= rho * _dot(y, y)
        else:
            # Without history: a step that changes scores by about 1/beta, over which the soft
            # margin is nearly linear.
            longest = float(np.sqrt(np.einsum("ij,ij->i", direction, direction).max()))
            direction *= 1 / (self.sharpness * (longest or 1.0))
        # ... and back from the oldest to the newest.
        for (s, y, rho), factor in zip(self.history, reversed(factors), strict=True):
            direction += (factor - rho * _dot(y, direction)) * s
        return direction

    def _step(self, value: float, gradient: Rows) -> tuple[float, Rows] | None:
        """Take one step; return value and gradient there, or None if no step length raises it."""
        direction = self._direction(gradient)
        slope = _dot(gradient, direction)
        if slope <= 0:  # not an ascent direction: rounding has spoiled the history
            self.history.clear()
            direction = self._direction(gradient)
            slope = _dot(gradient, direction)
        length = 1.0
        for _ in range(_MOST_TRIALS):
            x = self.x + direction * self.x.dtype.type(length)
            new_value, new_gradient = self._value(x)
            if new_value >= value + _SUFFICIENT * length * slope:
                break
            length *= _SHRINK
        else:
            return None
        # s and y are those of minimizing -f. Only pairs of clearly positive curvature <s, y> keep
        # the approximate inverse Hessian positive definite.
        s, y = x - self.x, gradient - new_gradient
        curvature = _dot(s, y)
        if curvature > 1e-10 * np.sqrt(_dot(s, s) * _dot(y, y)):
            self.history.append((s, y, 1 / curvature))
        self.x = x
        return new_value, new_gradient


def _dot(a: Rows, b: Rows) -> float:
    return float(np.vdot(a, b))
