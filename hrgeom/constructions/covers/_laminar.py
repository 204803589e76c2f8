r"""Laminar covers: within a class the sets D(v) are pairwise nested or disjoint.

Theorem. The documents can be split into k laminar classes iff the crossing graph (v, w joined
iff D(v) and D(w) meet and neither holds the other) has a proper coloring with k colors.
A laminar class is a forest by inclusion. Let each query stand at the deepest set of the class
that contains it (or at one more position, if none does) and number the sets that queries stand
at in preorder: the queries in D(v) stand at v or below, which preorder makes an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.constructions.covers._coloring import clique_lower_bound, few_colors
from hrgeom.constructions.covers._dense_coloring import few_colors_of_dense, is_dense
from hrgeom.constructions.covers._intervals import IntervalClass
from hrgeom.constructions.covers._spreading import fill, pieces
from hrgeom.core import Relevance

__all__ = ["LaminarCover", "LaminarPalette", "laminar_cover"]


class LaminarPalette:
    """The colors of the crossing documents: found once, spread over any number of classes.

    Parameters
    ----------
    n_documents : int
        Number of documents, those that cross nothing included.
    vertices : ndarray of int32, shape (n_crossing,)
        Numbers of the documents that cross another.
    colors : ndarray of int32, shape (n_crossing,)
        Color of each of them, from 0: no two of the same color cross.
    lower_bound : int or callable, optional
        A proved lower bound on the number of colors, or a function of no arguments that returns
        one when it is first asked for. Default: 1.

    Attributes
    ----------
    n_colors : int
        The least number of classes this palette can fill; 1 if nothing crosses.

    Examples
    --------
    Of three documents the first two cross:

    >>> vertices = np.array([0, 1], dtype=np.int32)
    >>> palette = LaminarPalette(3, vertices, np.array([0, 1], dtype=np.int32))
    >>> palette.n_colors, palette.spread(2)
    (2, array([0, 1, 0], dtype=int32))
    """

    def __init__(
        self,
        n_documents: int,
        vertices: NDArray[np.int32],
        colors: NDArray[np.int32],
        lower_bound: int | Callable[[], int] = 1,
    ) -> None:
        self.vertices, self.colors = vertices, colors
        self.n_colors = int(colors.max(initial=0)) + 1
        self._n_documents = n_documents
        self._lower_bound = lower_bound

    @cached_property
    def lower_bound(self) -> int:
        """Size of a clique of the crossing graph: no laminar cover has fewer classes.

        1 for colors that were found among more documents.
        """
        return self._lower_bound if isinstance(self._lower_bound, int) else self._lower_bound()

    @classmethod
    def of(cls, relevance: Relevance, *, seed: int = 0) -> LaminarPalette:
        """Return the palette of a relevance, found once and kept with it.

        Parameters
        ----------
        relevance : Relevance
            Which documents each query matches; any relevance is allowed.
        seed : int
            Seed of the coloring's tie breaks.

        Returns
        -------
        palette : LaminarPalette
            The same object for the same relevance and seed.
        """
        return relevance.cached(_laminar_palette, seed)

    def restrict_documents(self, documents: NDArray[np.integer]) -> LaminarPalette:
        """Return the same colors for some of the documents, numbered by their place there.

        Parameters
        ----------
        documents : ndarray of int, shape (k,)
            Numbers of the documents to keep.

        Returns
        -------
        palette : LaminarPalette
            Of k documents: number i is documents[i]. Colors that none of them has are left out;
            the `lower_bound` is 1.
        """
        place = np.full(self._n_documents, -1, dtype=np.int32)
        place[documents] = np.arange(len(documents), dtype=np.int32)
        kept = place[self.vertices] >= 0
        used, colors = np.unique(self.colors[kept], return_inverse=True)
        by_size = np.argsort(-np.bincount(colors, minlength=len(used)), kind="stable")
        rank = np.empty(len(used), dtype=np.int32)
        rank[by_size] = np.arange(len(used), dtype=np.int32)
        return LaminarPalette(len(documents), place[self.vertices[kept]], rank[colors])

    def spread(self, n_classes: int) -> NDArray[np.int32]:
        """Return a class for every document, the classes as equal in size as possible.

        Colors are cut into pieces where more classes than colors are wanted (part of a laminar
        class is laminar); documents that cross nothing fill the smallest classes.

        Parameters
        ----------
        n_classes : int
            How many classes to fill, at least `n_colors`.

        Returns
        -------
        classes : ndarray of int32, shape (n_documents,)
            Class of every document, from 0.
        """
        sizes = np.bincount(self.colors, minlength=self.n_colors)
        classes = np.full(self._n_documents, -1, dtype=np.int32)
        following = 0
        for color, n_pieces in enumerate(pieces(sizes, n_classes).tolist()):
            members = self.vertices[self.colors == color]
            places = np.arange(len(members)) * n_pieces // max(1, len(members))
            classes[members] = following + places
            following += n_pieces
        free = np.flatnonzero(classes < 0)
        filled = np.bincount(classes[classes >= 0], minlength=n_classes)
        classes[free] = np.repeat(np.arange(n_classes), fill(filled, len(free)))
        return classes


def _laminar_palette(relevance: Relevance, seed: int) -> LaminarPalette:
    crossings, n = relevance.crossings, relevance.n_documents
    if is_dense(crossings):
        colors, n_clique = few_colors_of_dense(crossings, seed=seed)
        return LaminarPalette(n, crossings.vertices, colors, n_clique)
    pairs = crossings.pairs
    return LaminarPalette(n, *few_colors(pairs, seed=seed), partial(clique_lower_bound, pairs))


class LaminarCover:
    """The intervals of a partition into laminar classes: an `IntervalCover`.

    Parameters
    ----------
    relevance : Relevance
        What each query matches.
    classes : ndarray of int32, shape (n_documents,)
        The class of every document; every number from 0 to the largest is used.
    lower_bound : int
        A proved lower bound on the number of classes, which becomes the attribute of that name.

    Raises
    ------
    ValueError
        If a class is not laminar.

    Examples
    --------
    A document that matches everything, and two inside it:

    >>> relevance = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> (class_,) = LaminarCover(relevance, np.zeros(3, dtype=np.int32))
    >>> class_.left, class_.right, class_.positions
    (array([0, 1, 2]), array([2, 1, 2]), array([0, 1, 2]))
    """

    def __init__(
        self, relevance: Relevance, classes: NDArray[np.int32], *, lower_bound: int = 1
    ) -> None:
        self.n_queries = relevance.n_queries
        self.n_documents = relevance.n_documents
        self.classes = classes
        self.n_classes = int(classes.max()) + 1
        self.lower_bound = lower_bound
        self._sizes = relevance.n_queries_of
        self._find_forest(relevance)
        self._number_positions()

    def _find_forest(self, relevance: Relevance) -> None:
        """Order S(q) within every class from the largest set to the smallest: a chain.

        If every document has the same predecessor in all chains it is in, the predecessor's set
        holds its own, and any two sets that meet are nested: the class is laminar, and the
        predecessors are its forest.
        """
        query = csr.row_numbers(relevance.indptr)
        document = relevance.indices
        class_ = self.classes[document]
        rank = np.empty(self.n_documents, dtype=np.int64)
        rank[np.argsort(-relevance.n_queries_of, kind="stable")] = np.arange(self.n_documents)
        order = np.lexsort((rank[document], query, class_))
        query, document, class_ = query[order], document[order], class_[order]
        n = len(document)
        first = np.ones(n, dtype=np.bool_)
        first[1:] = (query[1:] != query[:-1]) | (class_[1:] != class_[:-1])
        predecessor = np.where(first, -1, np.roll(document, 1)).astype(np.int32)
        self.parent = np.full(self.n_documents, -1, dtype=np.int32)
        self.parent[document] = predecessor
        wrong = np.flatnonzero(self.parent[document] != predecessor)
        if len(wrong):
            v = int(document[wrong[0]])
            raise ValueError(f"classes must be laminar: document {v} crosses another of its class")
        starts = np.flatnonzero(first)
        self.depth = np.zeros(self.n_documents, dtype=np.int64)
        self.depth[document] = np.arange(n) - np.repeat(starts, np.diff(np.append(starts, n)))
        last = np.append(starts[1:], n) - 1 if n else starts
        # class by class: the queries that the class contains and their deepest documents
        self._deepest_indptr = np.searchsorted(class_[last], np.arange(self.n_classes + 1))
        self._deepest_query, self._deepest = query[last], document[last]

    def _number_positions(self) -> None:
        """Preorder of the documents that queries stand at, a depth at a time."""
        own = np.zeros(self.n_documents, dtype=np.int64)
        own[self._deepest] = 1
        self.n_below = own.copy()  # positions at or below each document
        by_depth = np.argsort(self.depth, kind="stable")
        cuts = np.searchsorted(self.depth[by_depth], np.arange(self.depth.max() + 2))
        levels = [by_depth[a:b] for a, b in pairwise(cuts)]
        for nodes in reversed(levels[1:]):
            np.add.at(self.n_below, self.parent[nodes], self.n_below[nodes])
        self.start = np.zeros(self.n_documents, dtype=np.int64)
        for depth, nodes in enumerate(levels):
            group = self.classes[nodes] if depth == 0 else self.parent[nodes]
            nodes = nodes[np.argsort(group, kind="stable")]
            group = np.sort(group)
            before = np.cumsum(self.n_below[nodes]) - self.n_below[nodes]
            head = np.searchsorted(group, group)
            self.start[nodes] = before - before[head]
            if depth > 0:
                self.start[nodes] += (self.start + own)[self.parent[nodes]]
        roots = levels[0]
        self._n_inside = np.zeros(self.n_classes, dtype=np.int64)
        np.add.at(self._n_inside, self.classes[roots], self.n_below[roots])

    def deepest(self, t: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the queries that match a document of class t, and the deepest one for each.

        Parameters
        ----------
        t : int
            Number of the class.

        Returns
        -------
        queries : ndarray of int32, shape (k,)
            The queries that match some document of the class.
        documents : ndarray of int32, shape (k,)
            For each of them, the document of the class with the smallest set that holds it.
        """
        entries = slice(self._deepest_indptr[t], self._deepest_indptr[t + 1])
        return self._deepest_query[entries], self._deepest[entries]

    def matches_all(self, document: int) -> bool:
        """Return whether a document matches every query.

        Parameters
        ----------
        document : int
            Number of the document.

        Returns
        -------
        matches : bool
            True if D(v) holds all queries.
        """
        return bool(self._sizes[document] == self.n_queries)

    def __iter__(self) -> Iterator[IntervalClass]:
        members, indptr = (
            np.argsort(self.classes, kind="stable").astype(np.int32),
            np.searchsorted(np.sort(self.classes), np.arange(self.n_classes + 1)),
        )
        for t in range(self.n_classes):
            documents = members[indptr[t] : indptr[t + 1]]
            inside, deepest = self.deepest(t)
            n_inside = int(self._n_inside[t])
            positions = np.full(self.n_queries, n_inside, dtype=np.int64)
            positions[inside] = self.start[deepest]
            outside = len(inside) < self.n_queries
            left = self.start[documents]
            yield IntervalClass(
                documents=documents,
                left=left,
                right=left + self.n_below[documents] - 1,
                positions=positions,
                n_positions=n_inside + int(outside),
            )


def laminar_cover(
    relevance: Relevance, *, n_classes: int | None = None, seed: int = 0
) -> LaminarCover:
    """Return a laminar cover, by default with the fewest classes found.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    n_classes : int, optional
        How many classes to spread the documents over. Default: the fewest found.
    seed : int
        Seed of the coloring's tie breaks.

    Returns
    -------
    cover : LaminarCover
        Its `lower_bound` says how few classes any such cover may have.

    Raises
    ------
    ValueError
        If `n_classes` is less than the number of colors found.

    Examples
    --------
    >>> laminar_cover(Relevance.from_sets([{0, 1}, {0}, {1}], 2)).n_classes
    2
    """
    palette = LaminarPalette.of(relevance, seed=seed)
    k = palette.n_colors if n_classes is None else n_classes
    if k < palette.n_colors:
        raise ValueError(f"n_classes must be at least {palette.n_colors}: got {k}")
    return LaminarCover(relevance, palette.spread(k), lower_bound=palette.lower_bound)
