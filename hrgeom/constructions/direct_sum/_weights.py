r"""Weights of the summands of a direct sum, for the largest margin.

Theorem. Split the documents into summands, and let summand t have coordinates in which a query has
:math:`y_t(q)` and a document of the summand :math:`x_v`, with
:math:`\langle y_t(q), x_v\rangle \ge a_v` if q matches v and :math:`\le b_v < a_v` if not. Put

.. math:: q = (w_1 y_1(q), \dots, w_k y_k(q), \beta), \qquad
          x = \frac{1}{a_v - b_v}\left(\frac{x_v}{w_t}, -\frac{(a_v + b_v)/2}{\beta}\right)

(zero in the coordinates of the other summands). Then every match scores at least 1/2, every other
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

from hrgeom.constructions.direct_sum._encoding import Encoding, Summand

__all__ = ["Balance", "QueryLevels", "balance", "squared_weight"]

_GRID = 12  # points of the search for beta, per round
_ROUNDS = 5
_LEADERS = 64


@dataclass(frozen=True)
class Balance:
    """Weights of the summands, the shared coordinate of the queries, and the margin they promise.

    Attributes
    ----------
    weights : ndarray of float64, shape (k,)
        w_t, one per summand.
    beta : float
        The shared coordinate of every query.
    longest_query : float
        max |q|, before queries are scaled to unit length.
    margin : float
        Normalized, in exact arithmetic.
    """

    weights: NDArray[np.float64]
    beta: float
    longest_query: float
    margin: float


class QueryLevels:
    """The combinations of levels that queries have in the summands.

    Each once, and without many that another one exceeds in all summands: they are never longest.

    Attributes
    ----------
    rows : ndarray of int16, shape (p, k)
        One combination per row, one column per summand.
    """

    def __init__(self, summands: Sequence[Summand]) -> None:
        columns = np.column_stack([summand.levels for summand in summands])
        rows = columns[np.unique(_as_items(columns), return_index=True)[1]]
        rows = rows[np.argsort(-rows.sum(axis=1, dtype=np.int64), kind="stable")]
        for i in range(_LEADERS):
            if i >= len(rows):
                break
            exceeded = (rows <= rows[i]).all(axis=1)
            exceeded[i] = False
            rows = rows[~exceeded]
        self.rows: NDArray[np.int16] = np.ascontiguousarray(rows)

    def squared_lengths(self, squared_norms: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the sum over the summands of squared_norms[t][level].

        Parameters
        ----------
        squared_norms : sequence of k ndarrays of float64, shapes (n_levels of summand t,)
            By level.

        Returns
        -------
        lengths : ndarray of float64, shape (p,)
            One per combination.
        """
        total = np.zeros(len(self.rows))
        for t, by_level in enumerate(squared_norms):
            total += by_level[self.rows[:, t]]
        return total


def _as_items(rows: NDArray[np.int16]) -> NDArray[Any]:
    """Every row as one item that can be compared."""
    rows = np.ascontiguousarray(rows)
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()


def squared_weight(encoding: Encoding, beta: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least w^2 with which no document of a summand is longer than 1.

    Parameters
    ----------
    encoding : Encoding
        Of the summand.
    beta : float or ndarray of float64, shape (b,)
        The shared coordinate of queries.

    Returns
    -------
    squares : ndarray of float64, shape (b,)
        One per beta; inf where a document's shared coordinate alone is too long.
    """
    match_score, other_score, squares = encoding.document_kinds.T
    gap = match_score - other_score
    # |x_v|^2 / (a_v - b_v)^2 / w^2 + T_v^2 / beta^2 <= 1, solved for w^2
    length = squares / gap**2
    total = ((match_score + other_score) / 2 / gap) ** 2
    room = 1 - total / np.square(np.atleast_1d(beta))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed: NDArray[np.float64] = np.where(room > 0, length / room, np.inf).max(axis=1)
    return needed


def least_beta(encodings: Sequence[Encoding]) -> float:
    """Return the infimum of beta: the largest |T_v|."""
    return max(_largest_level(encoding) for encoding in encodings)


def _largest_level(encoding: Encoding) -> float:
    """max |T_v|, the threshold of a document over its gap."""
    match_score, other_score, _ = encoding.document_kinds.T
    return float(np.abs((match_score + other_score) / 2 / (match_score - other_score)).max())


def balance(levels: QueryLevels, encodings: Sequence[Encoding]) -> Balance:
    """Return the weights with the largest margin for one encoding per summand.

    Parameters
    ----------
    levels : QueryLevels
        Of the summands.
    encodings : sequence of k Encoding
        One per summand.
    """
    floor = max(least_beta(encodings), 1e-3)
    low, high = np.log(floor * (1 + 1e-6)), np.log(floor * 100)
    best = np.inf
    beta, weights = floor, np.ones(len(encodings))
    for _ in range(_ROUNDS):  # a finer grid around the best beta, in each round
        grid = np.exp(np.linspace(low, high, _GRID))
        squared = np.array([squared_weight(o, grid) for o in encodings])
        for i, candidate in enumerate(grid):
            if not np.isfinite(squared[:, i]).all():
                continue
            # |q|^2 = sum of w_t^2 |y_t|^2, and beta^2 for the shared coordinate
            squared_norms = [
                w * o.squared_norms for w, o in zip(squared[:, i], encodings, strict=True)
            ]
            longest = float(levels.squared_lengths(squared_norms).max()) + candidate**2
            if longest < best:
                best, beta, weights = longest, float(candidate), np.sqrt(squared[:, i])
        step = (high - low) / (_GRID - 1)
        low, high = np.log(beta) - step, np.log(beta) + step
    longest_query = float(np.sqrt(best))
    return Balance(weights, beta, longest_query, 0.5 / longest_query)
