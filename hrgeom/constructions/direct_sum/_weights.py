r"""Balance: how strongly each part of a direct sum counts.

Theorem. Split the documents into parts, and let part t have coordinates in which a query has
:math:`y_t(q)` and a document of the part :math:`x_v`, with
:math:`\langle y_t(q), x_v\rangle \ge a_v` if q matches v and :math:`\le b_v < a_v` if not. Put

.. math:: q = (w_1 y_1(q), \dots, w_k y_k(q), \beta), \qquad
          x = \frac{1}{a_v - b_v}\left(\frac{x_v}{w_t}, -\frac{(a_v + b_v)/2}{\beta}\right)

(zero in the coordinates of the other parts). Then every match scores at least 1/2, every other
pair at most -1/2, and with rows scaled to unit length the margin is at least
:math:`(1/2) / \max|q| \max|x|`.

Proof. The score is :math:`(\langle y_t, x_v\rangle - (a_v + b_v)/2) / (a_v - b_v)`. ∎

For a given :math:`\beta` and documents of at most unit length the best weights are
:math:`w_t^2 = \max_v |x_v|^2 / (a_v - b_v)^2 / (1 - T_v^2/\beta^2)` with
:math:`T_v = (a_v + b_v) / 2(a_v - b_v)`; a search in one variable finds :math:`\beta`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.direct_sum._encoding import Option, Part

__all__ = ["Balance", "QueryLevels", "balance", "squared_weight"]

_GRID = 12  # points of the search for beta, per round
_ROUNDS = 5
_LEADERS = 64


@dataclass(frozen=True)
class Balance:
    """Weights of the parts, the shared coordinate of the queries, and the margin they promise."""

    weights: NDArray[np.float64]
    beta: float
    longest_query: float
    margin: float


class QueryLevels:
    """The combinations of levels that queries have in the parts: `rows`, shape (p, k).

    Each once, and without many that another one exceeds in all parts: they are never longest.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        columns = np.column_stack([part.levels for part in parts])
        rows = columns[np.unique(_as_items(columns), return_index=True)[1]]
        rows = rows[np.argsort(-rows.sum(axis=1, dtype=np.int64), kind="stable")]
        for i in range(_LEADERS):
            if i >= len(rows):
                break
            exceeded = (rows <= rows[i]).all(axis=1)
            exceeded[i] = False
            rows = rows[~exceeded]
        self.rows: NDArray[np.int16] = np.ascontiguousarray(rows)

    def squared_lengths(self, norms: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the sum over the parts of norms[t][level], shape (p,)."""
        total = np.zeros(len(self.rows))
        for t, by_level in enumerate(norms):
            total += by_level[self.rows[:, t]]
        return total


def _as_items(rows: NDArray[np.int16]) -> NDArray[Any]:
    """Every row as one item that can be compared."""
    rows = np.ascontiguousarray(rows)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()


def squared_weight(option: Option, beta: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return w^2 for each beta: inf where a document's shared coordinate alone is too long."""
    own, other, squares = option.kinds.T
    gap = own - other
    length = squares / gap**2
    total = ((own + other) / 2 / gap) ** 2
    room = 1 - total / np.square(np.atleast_1d(beta))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed: NDArray[np.float64] = np.where(room > 0, length / room, np.inf).max(axis=1)
    return needed


def least_beta(options: Sequence[Option]) -> float:
    """Return the infimum of beta: the largest |T_v|."""
    return max(
        float(np.abs((o.kinds[:, 0] + o.kinds[:, 1]) / 2 / (o.kinds[:, 0] - o.kinds[:, 1])).max())
        for o in options
    )


def balance(levels: QueryLevels, options: Sequence[Option]) -> Balance:
    """Return the weights with the largest margin for one option per part."""
    floor = max(least_beta(options), 1e-3)
    low, high = np.log(floor * (1 + 1e-6)), np.log(floor * 100)
    best = np.inf
    beta, weights = floor, np.ones(len(options))
    for _ in range(_ROUNDS):
        grid = np.exp(np.linspace(low, high, _GRID))
        squared = np.array([squared_weight(o, grid) for o in options])
        for i, candidate in enumerate(grid):
            if not np.isfinite(squared[:, i]).all():
                continue
            norms = [w * o.norms for w, o in zip(squared[:, i], options, strict=True)]
            longest = float(levels.squared_lengths(norms).max()) + candidate**2
            if longest < best:
                best, beta, weights = longest, float(candidate), np.sqrt(squared[:, i])
        step = (high - low) / (_GRID - 1)
        low, high = np.log(beta) - step, np.log(beta) + step
    longest_query = float(np.sqrt(best))
    return Balance(weights, beta, longest_query, 0.5 / longest_query)
