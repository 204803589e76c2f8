r"""Row-wise optimizers: a step changes the rows of a batch and no others.

On WordNet a step touches two or three thousand of 164,230 rows; a dense gradient would cost more
than the scores.
"""

from __future__ import annotations

import math
from typing import Protocol

from hrgeom.learned._config import Optimizer, Schedule
from hrgeom.learned._torch import torch

__all__ = ["GradientDescent", "RowAdagrad", "RowAdam", "RowOptimizer", "new_optimizer", "rate"]

_TINY = 1e-10
_DECAYS = 0.9, 0.999  # of Adam's moments
_ADAM_TINY = 1e-8


class RowOptimizer(Protocol):
    """Optimizer of the rows of one table."""

    def step(
        self, table: torch.Tensor, rows: torch.Tensor, gradients: torch.Tensor, lr: float
    ) -> torch.Tensor:
        """Descend along the gradients of some rows, and return these rows, each once.

        `rows` may name a row more than once: its gradients are added.
        """
        ...

    def state(self) -> torch.Tensor:
        """Return the state of all rows, not copied: changing it changes the optimizer."""
        ...


class RowAdagrad:
    r"""Row-wise Adagrad: one accumulator per row.

    For a row with gradient g, :math:`a \leftarrow a + |g|^2/d`, then the row moves by
    :math:`-\eta\, g / (\sqrt a + 10^{-10})`. A row that is seldom drawn keeps its long steps.

    References
    ----------
    .. [1] J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and
       Stochastic Optimization", JMLR 12, 2011: with one accumulator per number.
    """

    def __init__(self, table: torch.Tensor) -> None:
        self._sums = torch.zeros(len(table), device=table.device)

    def step(
        self, table: torch.Tensor, rows: torch.Tensor, gradients: torch.Tensor, lr: float
    ) -> torch.Tensor:
        unique, total = _added(rows, gradients)
        # a <- a + |g|^2/d, then the step with the updated a.
        self._sums[unique] += total.square().mean(1)
        table.index_add_(0, unique, total * (-lr / (self._sums[unique].sqrt() + _TINY))[:, None])
        return unique

    def state(self) -> torch.Tensor:
        return self._sums


class RowAdam:
    """Adam of the rows touched, each with its own count of steps; other rows do not move.

    Where every step touches every row, this is Adam with its usual constants.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
       arXiv:1412.6980.
    """

    def __init__(self, table: torch.Tensor) -> None:
        n, d = table.shape
        # Columns: d first moments, d second moments, the count of steps.
        self._state = torch.zeros((n, 2 * d + 1), device=table.device)

    def step(
        self, table: torch.Tensor, rows: torch.Tensor, gradients: torch.Tensor, lr: float
    ) -> torch.Tensor:
        unique, total = _added(rows, gradients)
        d = table.shape[1]
        # Decayed moments of the rows touched, and their counts.
        state = self._state[unique]
        first = _DECAYS[0] * state[:, :d] + (1 - _DECAYS[0]) * total
        second = _DECAYS[1] * state[:, d : 2 * d] + (1 - _DECAYS[1]) * total.square()
        count = state[:, 2 * d :] + 1
        self._state[unique] = torch.cat((first, second, count), 1)
        # Divided by 1 - decay^count the moments are unbiased, as they start from 0.
        mean = first / _missing(_DECAYS[0], count)
        size = (second / _missing(_DECAYS[1], count)).sqrt() + _ADAM_TINY
        table.index_add_(0, unique, mean / size, alpha=-lr)
        return unique

    def state(self) -> torch.Tensor:
        return self._state


class GradientDescent:
    """Plain gradient descent: a row moves by minus lr times its gradient; there is no state."""

    def __init__(self, table: torch.Tensor) -> None:
        self._nothing = torch.zeros(0, device=table.device)

    def step(
        self, table: torch.Tensor, rows: torch.Tensor, gradients: torch.Tensor, lr: float
    ) -> torch.Tensor:
        unique, total = _added(rows, gradients)
        table.index_add_(0, unique, total, alpha=-lr)
        return unique

    def state(self) -> torch.Tensor:
        return self._nothing


def new_optimizer(name: Optimizer, table: torch.Tensor) -> RowOptimizer:
    """Return a new optimizer of a table, by name."""
    if name == "adagrad":
        return RowAdagrad(table)
    return RowAdam(table) if name == "adam" else GradientDescent(table)


def rate(lr: float, schedule: Schedule, step: int, steps: int) -> float:
    """Return the learning rate of a step, counted from 0 to steps - 1.

    Examples
    --------
    >>> [rate(1.0, "linear", step, 4) for step in range(4)]
    [1.0, 0.75, 0.5, 0.25]
    """
    if schedule == "linear":
        return lr * (1 - step / steps)
    if schedule == "cosine":
        return lr * (1 + math.cos(math.pi * step / steps)) / 2
    return lr


def _missing(decay: float, count: torch.Tensor) -> torch.Tensor:
    """Return 1 - decay^count by expm1: as a difference it would lose four digits in float32."""
    return -torch.expm1(count * math.log(decay))


def _added(rows: torch.Tensor, gradients: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the distinct rows, and the sum of the gradients of each."""
    unique, inverse = torch.unique(rows, return_inverse=True)
    total = torch.zeros((len(unique), gradients.shape[1]), device=gradients.device)
    return unique, total.index_add_(0, inverse, gradients)
