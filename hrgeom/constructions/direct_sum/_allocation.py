"""Allotment: which option for each part, within a budget of dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.direct_sum._encoding import Option, Part
from hrgeom.constructions.direct_sum._weights import (
    Balance,
    QueryLevels,
    balance,
    least_beta,
    squared_weight,
)

__all__ = ["Allotment", "allot", "estimate"]

_BETAS = 16
_REFINED = 3  # values of beta that are worth a second look
_BINDING = 8  # queries that are looked at then


@dataclass(frozen=True)
class Allotment:
    """A choice of options for one beta, and a margin that it has at least."""

    beta: float
    picked: list[int]
    margin: float


def estimate(parts: Sequence[Part], budget: int) -> list[Allotment]:
    """Return allotments with d <= budget for several values of beta, best first.

    A knapsack for each beta: the cost of an option is what it adds to the squared length of a
    query that is longest in all parts.
    """
    betas = _betas(parts)
    costs = [
        np.array(
            [squared_weight(o, betas) * o.norms[: part.top_level + 1].max() for o in part.options]
        )
        for part in parts
    ]
    found = []
    for i, beta in enumerate(betas.tolist()):
        knapsack = _knapsack(parts, [cost[:, i].tolist() for cost in costs], budget - 1)
        if knapsack is not None:
            picked, cost = knapsack
            found.append(Allotment(beta, picked, 0.5 / float(np.sqrt(cost + beta**2))))
    return sorted(found, key=lambda a: -a.margin)


def allot(
    parts: Sequence[Part], levels: QueryLevels, budget: int, start: Sequence[Allotment]
) -> tuple[list[Option], Balance]:
    """Return one option per part with d <= budget, and their balance, from estimates.

    The queries that turn out longest set the costs of a second knapsack. The best balance found
    is returned: the choice is a heuristic, its margin is not.
    """
    best: tuple[list[Option], Balance] | None = None
    for allotment in start[:_REFINED]:
        picked = allotment.picked
        for _ in range(2):
            options = [part.options[i] for part, i in zip(parts, picked, strict=True)]
            found = balance(levels, options)
            if best is None or found.margin > best[1].margin:
                best = options, found
            rows = _longest(levels, options, found)
            lengths = [
                [float(o.norms[rows[:, t]].mean()) for o in part.options]
                for t, part in enumerate(parts)
            ]
            knapsack = _knapsack(parts, _costs(parts, found.beta, lengths), budget - 1)
            if knapsack is None:
                break
            picked = knapsack[0]
    assert best is not None
    return best


def _betas(parts: Sequence[Part]) -> NDArray[np.float64]:
    floors = [[least_beta([o]) for o in part.options] for part in parts]
    low = max(max(min(f) for f in floors), 0.1)
    high = max(max(f) for f in floors)
    return np.geomspace(low * 1.01, max(high, low) * 10, _BETAS)


def _costs(
    parts: Sequence[Part], beta: float, lengths: Sequence[Sequence[float]]
) -> list[list[float]]:
    """What every option adds to the squared length of a query of these unweighted lengths."""
    return [
        [
            float(squared_weight(o, beta)[0]) * length
            for o, length in zip(part.options, own, strict=True)
        ]
        for part, own in zip(parts, lengths, strict=True)
    ]


def _longest(levels: QueryLevels, options: Sequence[Option], found: Balance) -> NDArray[np.int16]:
    """Levels of the longest queries, the binding ones."""
    norms = [w * w * o.norms for w, o in zip(found.weights, options, strict=True)]
    lengths = levels.squared_lengths(norms)
    return levels.rows[np.argsort(-lengths, kind="stable")[:_BINDING]]


def _knapsack(
    parts: Sequence[Part], costs: Sequence[Sequence[float]], room: int
) -> tuple[list[int], float] | None:
    """Return the options of least total cost within the room, and the cost."""
    if room < 0:
        return None
    best = np.zeros(room + 1)
    choices: list[NDArray[np.int64]] = []
    for part, cost in zip(parts, costs, strict=True):
        table = np.full((len(part.options), room + 1), np.inf)
        for i, option in enumerate(part.options):
            if option.dim <= room:
                table[i, option.dim :] = best[: room + 1 - option.dim] + cost[i]
        choices.append(table.argmin(axis=0))
        best = table.min(axis=0)
    if not np.isfinite(best[room]):
        return None
    picked: list[int] = []
    at = room
    for part, choice in zip(reversed(parts), reversed(choices), strict=True):
        picked.append(int(choice[at]))
        at -= part.options[picked[-1]].dim
    return picked[::-1], float(best[room])
