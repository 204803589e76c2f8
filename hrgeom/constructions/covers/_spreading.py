"""Spreading documents over classes evenly: cutting large classes, filling small ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.integers import ceil_div

__all__ = ["fill", "pieces"]


def pieces(sizes: NDArray[np.int64], n_classes: int) -> NDArray[np.int64]:
    """Split classes into at most `n_classes` pieces, minimizing the largest piece.

    Returns the number of pieces of each class; at most `n_classes` classes may have a size above 0.

    >>> pieces(np.array([10, 4, 1]), 5)
    array([3, 1, 1])
    """
    low, high = 1, max(1, int(sizes.max(initial=0)))
    while low < high:  # the least capacity whose pieces are few enough
        middle = (low + high) // 2
        if int(ceil_div(sizes, middle).sum()) <= n_classes:
            high = middle
        else:
            low = middle + 1
    return np.asarray(ceil_div(sizes, high))


def fill(sizes: NDArray[np.int64], n_more: int) -> NDArray[np.int64]:
    """Return how many of n_more to add to each size so that the largest stays least.

    >>> fill(np.array([5, 0, 1]), 4)
    array([0, 3, 1])
    """
    order = np.argsort(sizes, kind="stable")
    ascending = sizes[order]
    # Raise the j smallest to a common level; the last j whose own size is below the level.
    level = (np.cumsum(ascending) + n_more) // np.arange(1, len(sizes) + 1)
    j = int(np.flatnonzero(ascending <= level)[-1]) + 1
    total = int(ascending[:j].sum()) + n_more
    target = np.full(j, total // j, dtype=np.int64)
    target[: total % j] += 1
    more = np.zeros(len(sizes), dtype=np.int64)
    more[order[:j]] = target - ascending[:j]
    return more
