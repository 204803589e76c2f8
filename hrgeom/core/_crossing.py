"""The crossing graph: documents v, w joined iff D(v) and D(w) meet and neither holds the other.

Documents with the same set D are joined to the same others, so the graph is kept once per
different set: as a list of pairs where they are few, as a matrix of bits where they are many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.memory import available_bytes, in_words
from hrgeom.errors import HierarchyError

__all__ = ["BitGraph", "Crossings", "Graph", "PairGraph", "few_or_bits", "require_memory"]

_CELLS = 2**25  # of a matrix that are written out at a time
_FEW_PAIRS = 2**21  # kept as a list whatever the size of the matrix
_BYTES_PER_PAIR = 40  # while pairs are listed and sorted
_ALWAYS_FITS = 2**20  # pairs for which no memory is looked up
_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.uint8)
"""Number of bits of every byte."""


class Graph(Protocol):
    """An undirected graph on the numbers from 0."""

    @property
    def n(self) -> int:
        """Number of vertices."""
        ...

    def degrees(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the total weight of the neighbors of each vertex."""
        ...

    def pairs(self) -> Iterator[NDArray[np.int64]]:
        """Yield the edges a < b, ascending, as arrays of shape (some, 2)."""
        ...

    def neighbors(self, vertex: int) -> NDArray[np.integer]:
        """Return the neighbors of a vertex, ascending."""
        ...

    def as_bits(self) -> BitGraph:
        """Return the same graph as a matrix of bits."""
        ...


@dataclass(frozen=True, eq=False)
class PairGraph:
    """A graph as its edges a < b, ascending, int32 of shape (n_edges, 2)."""

    n: int
    edges: NDArray[np.int32]

    def degrees(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the total weight of the neighbors of each vertex."""
        total = np.zeros(self.n, dtype=np.int64)
        for a, b in ((0, 1), (1, 0)):
            np.add.at(total, self.edges[:, a], weights[self.edges[:, b]])
        return total

    def pairs(self) -> Iterator[NDArray[np.int64]]:
        """Yield all edges at once."""
        yield self.edges.astype(np.int64)

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        both = np.concatenate((self.edges, self.edges[:, ::-1]))
        return csr.from_pairs(both[:, 0], both[:, 1], self.n)

    def neighbors(self, vertex: int) -> NDArray[np.integer]:
        """Return the neighbors of a vertex, ascending."""
        indptr, indices = self._rows
        return indices[indptr[vertex] : indptr[vertex + 1]]

    def as_bits(self) -> BitGraph:
        """Return the same graph as a matrix of bits."""
        indptr, indices = self._rows
        bits = np.zeros((self.n, -(-self.n // 8)), dtype=np.uint8)
        step = max(1, _CELLS // max(1, self.n))
        for start in range(0, self.n, step):
            stop = min(start + step, self.n)
            block = np.zeros((stop - start, self.n), dtype=np.bool_)
            row = np.repeat(np.arange(stop - start), np.diff(indptr[start : stop + 1]))
            block[row, indices[indptr[start] : indptr[stop]]] = True
            bits[start:stop] = np.packbits(block, axis=1, bitorder="little")
        return BitGraph(self.n, bits)


@dataclass(frozen=True, eq=False)
class BitGraph:
    """A graph as a matrix of bits.

    Attributes
    ----------
    n : int
        Number of vertices.
    bits : ndarray of uint8, shape (n, n / 8 rounded up)
        The neighbors of every vertex, least bit first.

    Examples
    --------
    >>> BitGraph(2, np.array([[2], [1]], dtype=np.uint8)).neighbors(0).tolist()
    [1]
    """

    n: int
    bits: NDArray[np.uint8]

    def row(self, vertex: int) -> NDArray[np.bool_]:
        """Return which vertices are neighbors of one.

        Parameters
        ----------
        vertex : int
            From 0 to n - 1.

        Returns
        -------
        row : ndarray of bool, shape (n,)
            True for its neighbors.
        """
        return self._unpacked(self.bits[vertex])

    def neighbors(self, vertex: int) -> NDArray[np.integer]:
        """Return the neighbors of a vertex.

        Parameters
        ----------
        vertex : int
            From 0 to n - 1.

        Returns
        -------
        neighbors : ndarray of int
            Their numbers, ascending.
        """
        return np.flatnonzero(self.row(vertex))

    def as_bits(self) -> BitGraph:
        """Return the graph itself."""
        return self

    def _unpacked(self, bits: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return np.unpackbits(bits, axis=-1, count=self.n, bitorder="little").view(np.bool_)

    def _counts(self) -> NDArray[np.int64]:
        step = max(1, _CELLS // max(1, self.bits.shape[1]))
        parts = [
            _ONES[self.bits[start : start + step]].sum(axis=1, dtype=np.int64)
            for start in range(0, self.n, step)
        ]
        return np.concatenate((np.empty(0, dtype=np.int64), *parts))

    def _blocks(self) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        step = max(1, _CELLS // max(1, self.n))
        for start in range(0, self.n, step):
            yield start, self._unpacked(self.bits[start : start + step])

    def degrees(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the total weight of the neighbors of each vertex.

        Parameters
        ----------
        weights : ndarray of int64, shape (n,)
            Of the vertices.

        Returns
        -------
        degrees : ndarray of int64, shape (n,)
            How many neighbors each has, if all weights are 1.
        """
        if (weights == 1).all():
            return self._counts()
        parts = [
            np.array([weights[row].sum() for row in block], dtype=np.int64)
            for _, block in self._blocks()
        ]
        return np.concatenate((np.empty(0, dtype=np.int64), *parts))

    def pairs(self) -> Iterator[NDArray[np.int64]]:
        """Yield the edges of some vertices at a time.

        Yields
        ------
        edges : ndarray of int64, shape (some, 2)
            Vertices a < b, ascending.
        """
        for start, block in self._blocks():
            a, b = np.nonzero(block)
            above = b > a + start
            yield np.column_stack((a[above] + start, b[above]))


def few_or_bits(graph: BitGraph) -> Graph:
    """Return a graph as a list of its edges, where that is short."""
    n_pairs = int(graph.degrees(np.ones(graph.n, dtype=np.int64)).sum()) // 2
    if n_pairs > _FEW_PAIRS and 8 * n_pairs > graph.bits.nbytes:
        return graph
    parts = [np.empty((0, 2), dtype=np.int32), *(p.astype(np.int32) for p in graph.pairs())]
    return PairGraph(graph.n, np.concatenate(parts))


class Crossings:
    """The documents that cross another, and which ones they cross.

    Parameters
    ----------
    graph : PairGraph or BitGraph
        On classes of documents with the same set D.
    documents : ndarray of int32, shape (k,)
        Documents, ascending; those that cross none of the others are left out.
    classes : ndarray of int32, shape (k,)
        The class of each of them.

    Attributes
    ----------
    graph : PairGraph or BitGraph
        The graph given.
    vertices : ndarray of int32, shape (n_crossing,)
        The documents that cross another, ascending.
    classes : ndarray of int32, shape (n_crossing,)
        The vertex of `graph` that stands for each.
    degrees : ndarray of int64, shape (n_crossing,)
        How many documents each of them crosses.

    Examples
    --------
    >>> from hrgeom.core import Relevance
    >>> crossings = Relevance.from_sets([{0, 1}, {0}, {1}, {2}], 3).crossings
    >>> crossings.vertices.tolist(), crossings.neighbors(0).tolist()
    ([0, 1], [1])
    """

    def __init__(
        self, graph: Graph, documents: NDArray[np.integer], classes: NDArray[np.integer]
    ) -> None:
        sizes = np.bincount(classes, minlength=graph.n).astype(np.int64)
        degrees = graph.degrees(sizes)[classes]
        crosses = degrees > 0
        self.graph = graph
        self.vertices = documents[crosses].astype(np.int32)
        self.classes = classes[crosses].astype(np.int32)
        self.degrees = degrees[crosses]

    @classmethod
    def none(cls) -> Crossings:
        """Return the crossings of documents none of which cross."""
        empty = np.empty(0, dtype=np.int32)
        return cls(PairGraph(0, np.empty((0, 2), dtype=np.int32)), empty, empty)

    @property
    def n_pairs(self) -> int:
        """Number of pairs that cross."""
        return int(self.degrees.sum()) // 2

    def restricted(self, documents: NDArray[np.integer]) -> Crossings:
        """Return the crossings among some documents.

        Parameters
        ----------
        documents : ndarray of int, shape (k,)
            Numbers of documents, ascending.

        Returns
        -------
        crossings : Crossings
            Documents are numbered by their place among those given.
        """
        place = np.searchsorted(documents, self.vertices)
        place = np.minimum(place, max(0, len(documents) - 1))
        kept = np.flatnonzero(documents[place] == self.vertices) if len(documents) else place[:0]
        return Crossings(self.graph, place[kept], self.classes[kept])

    @cached_property
    def _members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of the vertices of every class, as CSR arrays."""
        sizes = np.bincount(self.classes, minlength=self.graph.n).astype(np.int64)
        return csr.indptr_from_counts(sizes), np.argsort(self.classes, kind="stable")

    def neighbors(self, place: int) -> NDArray[np.int32]:
        """Return the documents that one document crosses.

        Parameters
        ----------
        place : int
            Of the document in `vertices`.

        Returns
        -------
        neighbors : ndarray of int32
            Numbers of documents, in no particular order.
        """
        classes = self.graph.neighbors(int(self.classes[place]))
        indptr, members = self._members
        found: NDArray[np.int32] = self.vertices[members[csr.entries_of(indptr, classes)[0]]]
        return found

    @cached_property
    def pairs(self) -> NDArray[np.int32]:
        """Pairs v < w of documents that cross, int32 of shape (n_pairs, 2), sorted."""
        require_memory(self.n_pairs)
        indptr, members = self._members
        start, sizes = indptr[:-1], np.diff(indptr)
        found = [np.empty((0, 2), dtype=np.int32)]
        for pairs in self.graph.pairs():
            found.extend(
                np.sort(self.vertices[members[some]], axis=1)
                for some in _expanded(pairs, sizes, start)
            )
        whole = np.concatenate(found)
        if (sizes <= 1).all():  # classes are numbered like the documents
            ascending = (np.diff(whole[:, 0]) > 0) | (np.diff(whole[:, 1]) > 0)
            if ascending.all():
                return whole
        return np.ascontiguousarray(whole[np.lexsort((whole[:, 1], whole[:, 0]))])


def _expanded(
    pairs: NDArray[np.int64], sizes: NDArray[np.int64], start: NDArray[np.int64]
) -> Iterator[NDArray[np.int64]]:
    """Yield all pairs of members of pairs of classes, some at a time."""
    a, b = pairs[:, 0], pairs[:, 1]
    counts = sizes[a] * sizes[b]
    ends = np.cumsum(counts)
    first = 0
    while first < len(pairs):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + _CELLS // 8, side="right")))
        some, n = slice(first, last), counts[first:last]
        which = np.arange(int(n.sum()), dtype=np.int64) - np.repeat(np.cumsum(n) - n, n)
        width = np.repeat(sizes[b[some]], n)
        i = np.repeat(start[a[some]], n) + which // np.maximum(width, 1)
        j = np.repeat(start[b[some]], n) + which % np.maximum(width, 1)
        yield np.column_stack((i, j))
        first = last


def require_memory(n_pairs: int) -> None:
    """Refuse a list of crossing pairs that does not fit in memory."""
    free = available_bytes() if n_pairs > _ALWAYS_FITS else None
    if free is not None and n_pairs * _BYTES_PER_PAIR > free:
        raise HierarchyError(
            f"the crossing pairs must fit in memory: there are {n_pairs:,} or more, which take "
            f"{in_words(n_pairs * _BYTES_PER_PAIR)}, and {in_words(free)} are free; give more "
            "memory, or take a part of the documents"
        )
