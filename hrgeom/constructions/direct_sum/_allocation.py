"""Allocation of dimensions: an encoding for each summand, within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.direct_sum._encoding import Encoding, Summand
from hrgeom.constructions.direct_sum._weights import (
    Balance,
    QueryLevels,
    balance,
    least_beta,
    squared_weight,
)

__all__ = ["Allocation", "allocate_dimensions", "estimate_allocations"]

_BETAS = 16
_REFINED = 3  # values of beta that are worth a second look
_BINDING = 8  # longest queries that set the costs then


@dataclass(frozen=True)
class Allocation:
    """A choice of encodings for one beta, and a margin that it has at least."""

    beta: float
    picked: list[int]
    margin: float


def estimate_allocations(summands: Sequence[Summand], budget: int) -> list[Allocation]:
    """Return allocations with d <= budget for several values of beta, best first.

    A knapsack for each beta: the cost of an encoding is what it adds to the squared length of a
    query that is longest in all summands.
    """
    betas = _betas(summands)
    costs = [
        np.array(
            [
                squared_weight(o, betas) * o.squared_norms[: summand.top_level + 1].max()
                for o in summand.encodings
            ]
        )
        for summand in summands
    ]
    found = []
    for i, beta in enumerate(betas.tolist()):
        knapsack = _knapsack(summands, [cost[:, i].tolist() for cost in costs], budget - 1)
        if knapsack is not None:
            picked, cost = knapsack
            found.append(Allocation(beta, picked, 0.5 / float(np.sqrt(cost + beta**2))))
    return sorted(found, key=lambda a: -a.margin)


def allocate_dimensions(
    summands: Sequence[Summand], levels: QueryLevels, budget: int, start: Sequence[Allocation]
) -> tuple[list[Encoding], Balance]:
    """Return one encoding per summand with d <= budget, and their balance, from estimates.

    The queries that turn out longest set the costs of a second knapsack. The best balance found
    is returned: the choice is a heuristic, its margin is not.
    """
    best: tuple[list[Encoding], Balance] | None = None
    for allocation in start[:_REFINED]:
        picked = allocation.picked
        for _ in range(2):
            encodings = [summand.encodings[i] for summand, i in zip(summands, picked, strict=True)]
            found = balance(levels, encodings)
            if best is None or found.margin > best[1].margin:
                best = encodings, found
            rows = _longest(levels, encodings, found)
            lengths = [
                [float(o.squared_norms[rows[:, t]].mean()) for o in summand.encodings]
                for t, summand in enumerate(summands)
            ]
            knapsack = _knapsack(summands, _costs(summands, found.beta, lengths), budget - 1)
            if knapsack is None:
                break
            picked = knapsack[0]
    assert best is not None
    return best


def _betas(summands: Sequence[Summand]) -> NDArray[np.float64]:
    floors = [[least_beta([o]) for o in summand.encodings] for summand in summands]
    low = max(max(min(f) for f in floors), 0.1)
    high = max(max(f) for f in floors)
    return np.geomspace(low * 1.01, max(high, low) * 10, _BETAS)


def _costs(
    summands: Sequence[Summand], beta: float, lengths: Sequence[Sequence[float]]
) -> list[list[float]]:
    """What every encoding adds to the squared length of a query of these unweighted lengths."""
    return [
        [
            float(squared_weight(o, beta)[0]) * length
            for o, length in zip(summand.encodings, of_summand, strict=True)
        ]
        for summand, of_summand in zip(summands, lengths, strict=True)
    ]


def _longest(
    levels: QueryLevels, encodings: Sequence[Encoding], found: Balance
) -> NDArray[np.int16]:
    """Levels of the longest queries, the binding ones."""
    squared_norms = [w * w * o.squared_norms for w, o in zip(found.weights, encodings, strict=True)]
    lengths = levels.squared_lengths(squared_norms)
    return levels.rows[np.argsort(-lengths, kind="stable")[:_BINDING]]


def _knapsack(
    summands: Sequence[Summand], costs: Sequence[Sequence[float]], room: int
) -> tuple[list[int], float] | None:
    """Return the encodings of least total cost within the room, and the cost."""
    if room < 0:
        return None
    best = np.zeros(room + 1)
    choices: list[NDArray[np.int64]] = []
    for summand, cost in zip(summands, costs, strict=True):
        table = np.full((len(summand.encodings), room + 1), np.inf)
        for i, encoding in enumerate(summand.encodings):
            if encoding.dim <= room:
                table[i, encoding.dim :] = best[: room + 1 - encoding.dim] + cost[i]
        choices.append(table.argmin(axis=0))
        best = table.min(axis=0)
    if not np.isfinite(best[room]):
        return None
    picked: list[int] = []
    at = room
    for summand, choice in zip(reversed(summands), reversed(choices), strict=True):
        picked.append(int(choice[at]))
        at -= summand.encodings[picked[-1]].dim
    return picked[::-1], float(best[room])
