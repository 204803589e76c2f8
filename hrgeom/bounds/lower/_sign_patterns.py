"""Items of which rows hold many different subsets: a search for sets of a given size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.bounds.lower._shattering import Items

__all__ = ["Patterns", "patterns_of", "rich_set"]

Patterns = NDArray[np.int64]
"""Distinct subsets as numbers, bit i for item i; of a subset and its complement the lesser."""

_MOST_ITEMS = 400  # that are tried: those in most rows
_ROUNDS = 6


def rich_set(items: Items, size: int, seed: int) -> tuple[NDArray[np.int64], Patterns]:
    """Return some `size` of the items (positions in them) that split rows in many ways, and how.

    Items are added one by one and then exchanged, each time for the most patterns; ties are
    broken by the seed.
    """
    held, chosen_from = _table(items)
    rng = np.random.default_rng(seed)
    chosen: list[int] = []
    for _ in range(min(size, held.shape[1])):
        counts = _counts(held, chosen)
        chosen.append(int(rng.choice(np.flatnonzero(counts == counts.max()))))
    most = len(patterns_of(held[:, chosen]))
    for _ in range(_ROUNDS):
        before = most
        for place in rng.permutation(len(chosen)).tolist():
            others = chosen[:place] + chosen[place + 1 :]
            counts = _counts(held, others)
            if counts.max() > most:
                most = int(counts.max())
                new = int(rng.choice(np.flatnonzero(counts == most)))
                chosen = [*others, new]
        if most == before:
            break
    return chosen_from[chosen], patterns_of(held[:, chosen])


def patterns_of(held: NDArray[np.bool_]) -> Patterns:
    """Return the patterns of the columns of a table."""
    full = (1 << held.shape[1]) - 1
    codes = held @ (1 << np.arange(held.shape[1], dtype=np.int64))
    patterns: Patterns = np.unique(np.minimum(codes, full - codes))
    return patterns


def _counts(held: NDArray[np.bool_], chosen: list[int]) -> NDArray[np.int64]:
    """Return how many patterns there are with each item besides; -1 for those chosen."""
    codes = held[:, chosen] @ (1 << np.arange(len(chosen), dtype=np.int64))
    top = 1 << len(chosen)
    with_each = codes[:, None] + top * held.astype(np.int64)
    folded = np.sort(np.minimum(with_each, 2 * top - 1 - with_each), axis=0)
    counts: NDArray[np.int64] = 1 + np.count_nonzero(np.diff(folded, axis=0), axis=0)
    counts[chosen] = -1
    return counts


def _table(items: Items) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the distinct rows as booleans over the items in most rows, and which those are."""
    n_rows, n_items = len(items.indptr) - 1, len(items.numbers)
    sizes = np.bincount(items.indices, minlength=n_items)
    chosen = np.sort(np.argsort(-sizes, kind="stable")[:_MOST_ITEMS])
    place = np.full(n_items, -1)
    place[chosen] = np.arange(len(chosen))
    column = place[items.indices]
    rows = csr.row_numbers(items.indptr)
    held = np.zeros((n_rows, len(chosen)), dtype=np.bool_)
    held[rows[column >= 0], column[column >= 0]] = True
    return np.unique(held, axis=0), chosen
