"""Binary tries over laminar classes: heights, codes, and the cover that needs fewest bits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.checks import check_effort
from hrgeom.constructions.covers._laminar import LaminarCover, LaminarPalette
from hrgeom.core import Relevance

__all__ = ["LaminarTrie", "least_trie", "trie_of", "trie_palettes"]

_SEEDS = 4  # colorings tried, times effort; the one with the least sum of heights is kept


def trie_of(relevance: Relevance, seed: int, effort: float = 1.0) -> LaminarTrie:
    """Return the least trie over several colorings, kept with the relevance.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    seed : int
        Seed of the first coloring; the others have the seeds that follow.
    effort : float
        Scales how many colorings are tried: 4 at effort 1, at least one.

    Returns
    -------
    trie : LaminarTrie
        The one with the fewest bits; the same object for the same arguments.

    Raises
    ------
    ConstructionError
        If `effort` is negative or not finite.

    Examples
    --------
    >>> trie_of(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), 0).n_bits
    1
    """
    return relevance.cached(_least_trie_of, seed, effort)


def _least_trie_of(relevance: Relevance, seed: int, effort: float) -> LaminarTrie:
    return least_trie(relevance, trie_palettes(relevance, seed, effort))


def least_trie(relevance: Relevance, palettes: Sequence[LaminarPalette]) -> LaminarTrie:
    """Return the trie with the least sum of heights, over some colorings.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    palettes : sequence of LaminarPalette
        Colorings of its crossing documents, at least one.

    Returns
    -------
    trie : LaminarTrie
        Of equals the first.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0, 1}, {0}, {1}], 2)
    >>> least_trie(relevance, trie_palettes(relevance, seed=0)).heights
    array([1, 1])
    """
    return min(
        (LaminarTrie(_cover(relevance, palette)) for palette in palettes),
        key=lambda trie: trie.n_bits,
    )


def trie_palettes(relevance: Relevance, seed: int, effort: float = 1.0) -> list[LaminarPalette]:
    """Return the colorings of the crossing documents that are tried for a trie.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    seed : int
        Seed of the first coloring; the others have the seeds that follow.
    effort : float
        Scales how many there are: 4 at effort 1, at least one.

    Returns
    -------
    palettes : list of LaminarPalette
        One per seed, each found once and kept with the relevance.

    Raises
    ------
    ConstructionError
        If `effort` is negative or not finite.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0, 1}, {0}, {1}], 2)
    >>> [palette.n_colors for palette in trie_palettes(relevance, 0, effort=0.5)]
    [2, 2]
    """
    check_effort(effort)
    n = max(1, round(_SEEDS * effort))
    return [LaminarPalette.of(relevance, seed=seed + i) for i in range(n)]


def _cover(relevance: Relevance, palette: LaminarPalette) -> LaminarCover:
    """A cover with few high classes: every document in the first class that takes it."""
    classes = np.zeros(relevance.n_documents, dtype=np.int32)
    classes[palette.vertices] = palette.colors
    crossings = relevance.crossings
    place = dict(zip(crossings.vertices.tolist(), range(len(crossings.vertices)), strict=True))
    for v in palette.vertices[np.argsort(palette.colors, kind="stable")].tolist():
        taken = np.zeros(palette.n_colors + 1, dtype=np.bool_)
        if v in place:  # a palette of more documents may color some that cross none of these
            taken[classes[crossings.neighbors(place[v])]] = True
        classes[v] = taken.argmin()
    dense = np.unique(classes, return_inverse=True)[1].astype(np.int32)
    return LaminarCover(relevance, dense, lower_bound=palette.lower_bound)


class LaminarTrie:
    """The forest of every class with heights, and where each class's bits begin.

    Parameters
    ----------
    cover : LaminarCover
        Its classes are forests by inclusion, which become tries.

    Attributes
    ----------
    cover : LaminarCover
        The cover given.
    lengths : ndarray of int64, shape (n_documents,)
        The length k(v) of the code of every document, in bits.
    heights : ndarray of int64, shape (n_classes,)
        The height of every class: as many bits as its longest code has.
    starts : ndarray of int64, shape (n_classes,)
        The column at which the bits of every class begin.
    n_bits : int
        Sum of the heights.

    Examples
    --------
    >>> from hrgeom.constructions.covers import laminar_cover
    >>> trie = LaminarTrie(laminar_cover(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)))
    >>> trie.heights, trie.codes.tolist()
    (array([1]), [[0], [-1], [1]])
    """

    def __init__(self, cover: LaminarCover) -> None:
        self.cover = cover
        self._order = np.argsort(cover.depth, kind="stable")
        n = cover.n_documents
        # node n + t is the virtual root of class t
        parents = np.where(cover.parent >= 0, cover.parent, n + cover.classes)
        self._children: list[list[int]] = [[] for _ in range(n + cover.n_classes)]
        for v, parent in enumerate(parents.tolist()):
            self._children[parent].append(v)
        self._height = [0] * len(self._children)
        for v in [*self._order[::-1].tolist(), *range(n, n + cover.n_classes)]:
            self._height[v] = self._height_of(v)
        roots = np.array([self._root(t) for t in range(cover.n_classes)])
        height = np.array(self._height, dtype=np.int64)
        self.heights = height[roots]
        self.lengths = self.heights[cover.classes] - height[:n]
        self.n_bits = int(self.heights.sum())
        self.starts = np.cumsum(self.heights) - self.heights

    def _height_of(self, v: int) -> int:
        below = [self._height[c] for c in self._children[v]]
        if not below:
            return 0
        return max(1 + max(below), (sum(1 << h for h in below) - 1).bit_length())

    def _root(self, t: int) -> int:
        """The virtual root, or the one real root if that matches every query."""
        virtual = self.cover.n_documents + t
        (first, *others) = self._children[virtual]
        return first if not others and self.cover.matches_all(first) else virtual

    @cached_property
    def _entries(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        n = self.cover.n_documents
        shape = (n, int(self.heights.max(initial=0)))
        codes, weights = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
        for v in [*range(n, n + self.cover.n_classes), *self._order.tolist()]:
            if v < n or self._root(v - n) == v:
                self._extend_to_children(v, codes, weights)
        return codes, weights

    @property
    def codes(self) -> NDArray[np.int8]:
        """Code c(v) of every document, int8 of shape (n_documents, largest height).

        Its bits are 1 and -1; zeros fill up the row.
        """
        return self._entries[0]

    @property
    def bit_weights(self) -> NDArray[np.int8]:
        """Weights of the bits of c(v), of the shape of `codes`.

        1 for every bit, 2 for the last where it is the whole step from the parent; 0 behind.
        """
        return self._entries[1]

    def write_codes(self, queries: NDArray[np.float64], documents: NDArray[np.float64]) -> None:
        """Write c(v) to the documents' and y(q) to the queries' first `n_bits` columns.

        Parameters
        ----------
        queries : ndarray of float64, shape (n_queries, d)
            Written in place, with d at least `n_bits`: the code of the deepest set of each class
            that holds the query. Entries that belong to no bit are left alone.
        documents : ndarray of float64, shape (n_documents, d)
            Written in place: the code of each document in the columns of its class.
        """
        for t, (start, height) in enumerate(zip(self.starts, self.heights, strict=True)):
            columns = slice(start, start + height)
            members = np.flatnonzero(self.cover.classes == t)
            documents[members, columns] = self.codes[members, :height]
            rows, deepest = self.cover.deepest(t)
            queries[rows, columns] = self.codes[deepest, :height]

    def _extend_to_children(
        self, v: int, codes: NDArray[np.int8], weights: NDArray[np.int8]
    ) -> None:
        """Canonical prefix code: highest children first, each at the next multiple of its 2^h."""
        height = self._height[v]
        children = sorted(self._children[v], key=lambda c: -self._height[c])
        offset = 0
        for c in children:
            h = self._height[c]
            length = height - h
            word = offset >> h
            offset += 1 << h
            at = int(self.heights[self.cover.classes[c]]) - height
            if v < self.cover.n_documents:
                codes[c, :at] = codes[v, :at]
            bits = [2 * (word >> (length - 1 - i) & 1) - 1 for i in range(length)]
            codes[c, at : at + length] = bits
            weights[c, :at] = 1
            weights[c, at : at + length] = 2 if length == 1 else 1
