"""Laminar covers of a large forest, from the preorder of its nodes instead of its pairs.

Any classes of a forest's nodes are laminar. A query stands at the nearest node of the class at or
above it; within a class, preorder numbers the nodes, and those below one are an interval.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers._intervals import IntervalClass
from hrgeom.core import ForestRelevance

__all__ = ["ForestCover"]


class ForestCover:
    """The intervals of a partition of a forest's nodes into classes: an `IntervalCover`.

    Parameters
    ----------
    relevance : ForestRelevance
        What each query matches.
    classes : ndarray of int32, shape (n_documents,)
        The class of every document; every number from 0 to the largest is used.
    lower_bound : int
        A proved lower bound on the number of classes, which becomes the attribute of that name.

    Examples
    --------
    >>> relevance = ForestRelevance(
    ...     np.array([0, 0, 1]), np.array([0]), np.array([0, 1]), ("animal", "dog")
    ... )
    >>> (only,) = ForestCover(relevance, np.zeros(2, dtype=np.int32))
    >>> only.left.tolist(), only.right.tolist()
    ([0, 1], [1, 1])
    """

    def __init__(
        self, relevance: ForestRelevance, classes: NDArray[np.int32], *, lower_bound: int = 1
    ) -> None:
        self.n_queries = relevance.n_queries
        self.n_documents = relevance.n_documents
        self.classes = classes
        self.n_classes = int(classes.max()) + 1
        self.lower_bound = lower_bound
        self._preorder = relevance.preorder

    def __iter__(self) -> Iterator[IntervalClass]:
        order, size = self._preorder.order, self._preorder.size
        in_order = np.argsort(self.classes[order], kind="stable")  # class by class, in preorder
        cuts = np.searchsorted(self.classes[order[in_order]], np.arange(self.n_classes + 1))
        for t in range(self.n_classes):
            start = in_order[cuts[t] : cuts[t + 1]]
            stop = start + size[start]
            n = len(start)
            left = np.arange(n)
            right = np.searchsorted(start, stop, side="left") - 1
            position = self._positions(start, stop)
            by_number = np.argsort(order[start])
            yield IntervalClass(
                documents=order[start[by_number]],
                left=left[by_number],
                right=right[by_number],
                positions=position[self._preorder.place],
                n_positions=n + int((position == n).any()),
            )

    def _positions(self, start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the position of the query at every place; the number of nodes, if above none.

        The nearest node of the class at or above changes only where the nodes below one begin or
        end: where some end, it is the nearest above the outermost of them.
        """
        n = len(start)
        starts, after = np.empty(2 * n + 1, dtype=np.int64), np.empty(2 * n + 1, dtype=np.int64)
        starts[0], after[0], used = 0, n, 1
        inside: list[int] = []  # the nodes that hold the place, outermost first
        stops = stop.tolist()
        for node, place in enumerate([*start.tolist(), self.n_queries + 1]):
            while inside and stops[inside[-1]] <= place:
                starts[used] = stops[inside.pop()]
                after[used] = inside[-1] if inside else n
                used += 1
            if node < n:
                inside.append(node)
                starts[used], after[used] = place, node
                used += 1
        lengths = np.diff(np.append(starts[:used], self.n_queries))
        return np.repeat(after[:used], np.maximum(lengths, 0))
