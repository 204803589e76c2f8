"""Covers with consecutive ones: in each class the queries have an order that makes D(v) intervals.

Laminar classes have such orders, and documents that cross may share one too: fewer classes do. A
PQ-tree finds the order of a class or shows that there is none. Queries that match the same
documents of a class share a position, so a class has as few positions as can be.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.constructions.covers._consecutive_ones import consecutive_order, default_kernel
from hrgeom.constructions.covers._consecutive_search import few_classes
from hrgeom.constructions.covers._intervals import IntervalClass
from hrgeom.constructions.covers._laminar import LaminarPalette
from hrgeom.constructions.covers._spreading import fill, pieces
from hrgeom.constructions.covers._sunflower import private_sunflower
from hrgeom.core import Relevance, distinct_rows, rows_of_classes

__all__ = ["ConsecutiveCover", "ConsecutivePalette", "consecutive_cover", "consecutive_lower_bound"]


def consecutive_lower_bound(relevance: Relevance) -> int:
    """Return a number of classes that every cover with consecutive ones has, by a sunflower.

    If w documents share a query, and each of them has a query that matches none of the other
    w - 1, then a class with consecutive ones holds at most two of them: of intervals with a common
    position, the two that reach furthest cover all others.

    Parameters
    ----------
    relevance : Relevance
        Any relevance; the bound is computed once and kept with it.

    Returns
    -------
    bound : int
        At least 1. No cover with consecutive ones has fewer classes; it may have to have more.

    Examples
    --------
    Three documents cross at the first query, and each has a query of its own:

    >>> consecutive_lower_bound(Relevance.from_sets([{0, 1, 2}, {0}, {1}, {2}], 3))
    2
    """
    return relevance.cached(_sunflower_classes)


def _sunflower_classes(relevance: Relevance) -> int:
    sunflower = private_sunflower(relevance)
    return 1 if sunflower is None else sunflower.n_classes


class ConsecutivePalette:
    """The classes of the crossing documents: found once, spread over any number of classes.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    seed : int
        Seed of the coloring that the search starts from, and of the search.
    effort : float
        Scales how long the search goes on: 1 means some ten seconds at most on hierarchies of
        100,000 nodes. Below 1 no lower bound is computed that could end it early.
    kernel : {"native", "python"}, optional
        What searches. Default: the C extension if it is built.

    Attributes
    ----------
    vertices, colors : ndarray of int32, shape (n_crossing,)
        The numbers of the crossing documents, ascending, and their classes.
    n_colors : int
        The least number of classes this palette can fill; 1 if one class is enough.
    lower_bound : int
        No cover with consecutive ones has fewer classes.
    kernel : {"native", "python"}
        What searched: the C extension, or Python, which looks at less in the same time.
    n_visited : int
        Atoms and tree nodes visited by the search.

    Examples
    --------
    Two documents that cross, and yet share an order of the queries:

    >>> palette = ConsecutivePalette.of(Relevance.from_sets([{0, 1}, {0}, {1}], 2))
    >>> palette.n_colors, palette.spread(2)
    (1, array([0, 1], dtype=int32))
    """

    def __init__(
        self, relevance: Relevance, *, seed: int = 0, effort: float = 1.0, kernel: str | None = None
    ) -> None:
        self.kernel = kernel or default_kernel()
        # A sunflower takes seconds: a short search does without a reason to stop early.
        bound = consecutive_lower_bound(relevance) if effort >= 1 else 1
        laminar = LaminarPalette.of(relevance, seed=seed)
        found = few_classes(
            relevance,
            (laminar.vertices, laminar.colors),
            lower_bound=bound,
            seed=seed,
            effort=effort,
            kernel=self.kernel,
        )
        self.vertices, self.colors = found.vertices, found.classes
        self.n_colors, self.n_visited = found.n_classes, found.n_visited
        self.lower_bound = max(bound, found.lower_bound)
        self._relevance = relevance
        self._crossing = relevance.restrict_documents(self.vertices)
        self._n_documents = relevance.n_documents
        self._n_positions = _count_positions(self._crossing, self.colors, self.n_colors)

    @classmethod
    def of(cls, relevance: Relevance, *, seed: int = 0, effort: float = 1.0) -> ConsecutivePalette:
        """Return the palette of a relevance, found once and kept with it.

        Parameters
        ----------
        relevance : Relevance
            Which documents each query matches; any relevance is allowed.
        seed : int
            Seed of the coloring that the search starts from, and of the search.
        effort : float
            Scales how long the search goes on.

        Returns
        -------
        palette : ConsecutivePalette
            The same object for the same relevance, seed and effort.
        """
        return relevance.cached(cls, seed=seed, effort=effort)

    def spread(self, n_classes: int) -> NDArray[np.int32]:
        """Return a class for every document, with numbers of positions as equal as possible.

        Classes are cut into pieces where more are wanted (part of a class with consecutive ones
        has them too). Documents that cross nothing go anywhere: they fill the classes with fewest
        positions.

        Parameters
        ----------
        n_classes : int
            How many classes to fill, at least `n_colors`.

        Returns
        -------
        classes : ndarray of int32, shape (n_documents,)
            Class of every document, from 0 without gaps: fewer than `n_classes` where there are
            too few documents to fill them.

        Raises
        ------
        ValueError
            If `n_classes` is less than `n_colors`.
        """
        if n_classes < self.n_colors:
            raise ValueError(f"n_classes must be at least {self.n_colors}: got {n_classes}")
        crossing = np.empty(len(self.vertices), dtype=np.int32)
        following = 0
        for color, n_pieces in enumerate(pieces(self._n_positions, n_classes).tolist()):
            members = np.flatnonzero(self.colors == color)
            n = min(n_pieces, len(members))
            crossing[members] = following + np.arange(len(members)) * n // max(1, len(members))
            following += n
        classes = np.full(self._n_documents, -1, dtype=np.int32)
        classes[self.vertices] = crossing
        free = np.flatnonzero(classes < 0)
        n_positions = _count_positions(self._crossing, crossing, n_classes)
        classes[free] = np.repeat(np.arange(n_classes), fill(n_positions, len(free)))
        return np.unique(classes, return_inverse=True)[1].astype(np.int32)


def _count_positions(
    relevance: Relevance, classes: NDArray[np.int32], n_classes: int
) -> NDArray[np.int64]:
    """Return how many different rows the queries have in each class."""
    rows = rows_of_classes(relevance, classes, n_classes)
    counts = [len(distinct_rows(indptr, ind, len(docs))[1]) for docs, indptr, ind in rows]
    return np.array(counts, dtype=np.int64)


class ConsecutiveCover:
    """The intervals of a partition into classes with consecutive ones: an `IntervalCover`.

    Parameters
    ----------
    relevance : Relevance
        What each query matches.
    classes : ndarray of int32, shape (n_documents,)
        The class of every document; every number from 0 to the largest is used.
    lower_bound : int
        A proved lower bound on the number of classes, which becomes the attribute of that name.
    kernel : {"native", "python"}, optional
        What finds the orders. Default: the C extension if it is built.

    Raises
    ------
    ValueError
        On iteration, if a class has no order in which its sets are intervals.

    References
    ----------
    .. [1] Booth and Lueker, Testing for the consecutive ones property, interval graphs, and graph
       planarity using PQ-tree algorithms, Journal of Computer and System Sciences 13, 1976.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0, 1}, {0}, {1}], 2)
    >>> cover = ConsecutiveCover(relevance, np.zeros(2, dtype=np.int32))
    >>> [(c.left.tolist(), c.right.tolist(), c.positions.tolist()) for c in cover]
    [([0, 1], [1, 2], [1, 0, 2])]
    """

    def __init__(
        self,
        relevance: Relevance,
        classes: NDArray[np.int32],
        *,
        lower_bound: int = 1,
        kernel: str | None = None,
    ) -> None:
        self.n_queries = relevance.n_queries
        self.n_documents = relevance.n_documents
        self.classes = classes
        self.n_classes = int(classes.max()) + 1
        self.lower_bound = lower_bound
        self.kernel = kernel or default_kernel()
        self._relevance = relevance

    def __iter__(self) -> Iterator[IntervalClass]:
        for documents, indptr, indices in rows_of_classes(
            self._relevance, self.classes, self.n_classes
        ):
            yield self._class(documents, indptr, indices)

    def _class(
        self, documents: NDArray[np.int32], indptr: csr.Indptr, indices: csr.Indices
    ) -> IntervalClass:
        numbers, first = distinct_rows(indptr, indices, len(documents))
        entries, starts = csr.entries_of(indptr, first)
        sets = csr.transpose(starts, indices[entries], len(documents))
        order, failed = consecutive_order(sets, len(first), kernel=self.kernel)
        if failed is not None:
            raise ValueError(
                f"classes must have consecutive ones: document {documents[failed]} has none "
                "together with those before it in its class"
            )
        position = np.empty(len(first), dtype=np.int64)
        position[order] = np.arange(len(first))
        left = np.zeros(len(documents), dtype=np.int64)
        right = np.full(len(documents), -1, dtype=np.int64)
        used = np.flatnonzero(np.diff(sets[0]))
        if len(used):
            inside = position[sets[1]]
            left[used] = np.minimum.reduceat(inside, sets[0][used])
            right[used] = np.maximum.reduceat(inside, sets[0][used])
        return IntervalClass(documents, left, right, position[numbers], len(first))


def consecutive_cover(
    relevance: Relevance, *, n_classes: int | None = None, seed: int = 0, effort: float = 1.0
) -> ConsecutiveCover:
    """Return a cover with consecutive ones, by default with the fewest classes found.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    n_classes : int, optional
        How many classes to spread the documents over. Default: the fewest found.
    seed : int
        Seed of the search for classes.
    effort : float
        Scales how long the search goes on.

    Returns
    -------
    cover : ConsecutiveCover
        Its `lower_bound` says how few classes any such cover may have.

    Raises
    ------
    ValueError
        If `n_classes` is less than the number of classes found.

    Examples
    --------
    >>> consecutive_cover(Relevance.from_sets([{0, 1}, {0}, {1}], 2)).n_classes
    1
    """
    palette = ConsecutivePalette.of(relevance, seed=seed, effort=effort)
    classes = palette.spread(palette.n_colors if n_classes is None else n_classes)
    return ConsecutiveCover(relevance, classes, lower_bound=palette.lower_bound)
