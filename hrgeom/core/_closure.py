"""Transitive closure of a DAG with shortest distances, one level at a time.

S(q) is q and the union of its parents' sets, and a shortest path up is one edge longer than the
shortest of the parents'. Nodes of one level depend on lower levels only. A level is done in one
of two ways. Where parents share few ancestors, all their rows are gathered and sorted. Where they
share many, sorting would look at every ancestor once per parent: there the rows of the parents
are written out, one number per ancestor of any of them, and a row is the least of its parents'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.memory import available_bytes, in_words
from hrgeom.errors import HierarchyError

__all__ = ["require_memory", "transitive_closure"]

_GATHERED = 4_000_000  # entries that are sorted at a time
_FEW = 2**15  # entries that are sorted without a look at the other way
_DENSE_BYTES = 2**27  # of the parents' rows that are written out at a time
_SORTED_COST, _LEAST_COST, _ROW_COST = 40.0, 0.5, 20_000.0  # nanoseconds
_BYTES_PER_PAIR = 24  # numbers and distances, while they are made and copied
_ALWAYS_FITS = 2**20  # pairs for which no memory is looked up


def transitive_closure(
    parent_indptr: NDArray[np.int64],
    parent_indices: NDArray[np.int32],
    levels: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return S(q), the ancestors of q and q itself, with their distances from q, as CSR arrays.

    Parameters
    ----------
    parent_indptr : ndarray of int64, shape (n + 1,)
        Row starts of the parents of every node (CSR).
    parent_indices : ndarray of int32, shape (n_edges,)
        The parents, row after row.
    levels : ndarray of int32, shape (n,)
        Level of every node: one above the highest of its parents'; roots have 0.

    Returns
    -------
    indptr : ndarray of int64, shape (n + 1,)
        Row starts of the sets S(q), in the order of the nodes.
    indices : ndarray of int32, shape (n_pairs,)
        The nodes of S(q), ascending within each row.
    distances : ndarray of int32, shape (n_pairs,)
        Edges on a shortest path from q up to each of them.

    Raises
    ------
    HierarchyError
        If the pairs do not fit in memory. Before anything is taken they are bounded from below by
        the levels, which count them exactly in a forest: a longest path down to a node passes one
        ancestor per level.
    """
    n = len(levels)
    require_memory(int(levels.sum(dtype=np.int64)) + n, is_exact=_is_forest(parent_indptr))
    by_level = np.argsort(levels, kind="stable")
    bounds = np.searchsorted(levels[by_level], np.arange(levels.max(initial=0) + 2))
    rows = _Rows(n)
    for first, last in pairwise(bounds):
        level = _Level(rows, by_level[first:last], parent_indptr, parent_indices)
        for part in level.parts():
            rows.append(*part)
    return rows.in_order()


def require_memory(n_pairs: int, *, is_exact: bool) -> None:
    """Refuse a closure that does not fit in memory.

    Parameters
    ----------
    n_pairs : int
        Number of pairs (node, ancestor or itself), or a lower bound.
    is_exact : bool
        Which of the two.

    Raises
    ------
    HierarchyError
        If what the system says is free holds fewer.
    """
    free = available_bytes() if n_pairs > _ALWAYS_FITS else None
    if free is None or n_pairs * _BYTES_PER_PAIR <= free:
        return
    count = f"{n_pairs:,}" if is_exact else f"at least {n_pairs:,}"
    raise HierarchyError(
        f"the (node, ancestor) pairs must fit in memory: there are {count}, which take "
        f"{in_words(n_pairs * _BYTES_PER_PAIR)}, and {in_words(free)} are free, enough for "
        f"{free // _BYTES_PER_PAIR:,}; give more memory, or take a part of the hierarchy"
    )


def _is_forest(parent_indptr: NDArray[np.int64]) -> bool:
    return bool(np.diff(parent_indptr).max(initial=0) <= 1)


Part = tuple[NDArray[np.integer], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]
"""Some nodes, the lengths of their rows, and the rows: ancestors and distances."""


class _Rows:
    """The rows of the nodes done so far, in growing buffers in the order they came."""

    def __init__(self, n: int) -> None:
        self.start = np.zeros(n, dtype=np.int64)
        self.count = np.zeros(n, dtype=np.int64)
        self.ancestors = np.empty(4 * n, dtype=np.int32)
        self.distances = np.empty(4 * n, dtype=np.int32)
        self._used = 0

    def append(
        self,
        nodes: NDArray[np.integer],
        counts: NDArray[np.int64],
        ancestors: NDArray[np.int32],
        distances: NDArray[np.int32],
    ) -> None:
        """Append the rows of some nodes."""
        end = self._used + len(ancestors)
        if end > len(self.ancestors):
            require_memory(end, is_exact=False)
            longer = max(end, len(self.ancestors) + len(self.ancestors) // 2)
            self.ancestors = np.resize(self.ancestors, longer)
            self.distances = np.resize(self.distances, longer)
        self.ancestors[self._used : end] = ancestors
        self.distances[self._used : end] = distances
        self.count[nodes] = counts
        self.start[nodes] = self._used + np.cumsum(counts) - counts
        self._used = end

    def entries(self, nodes: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the places of the rows of some nodes, one row after the other."""
        counts = self.count[nodes]
        places = np.arange(int(counts.sum()), dtype=np.int64)
        places += np.repeat(self.start[nodes] - (np.cumsum(counts) - counts), counts)
        return places

    def in_order(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Return the rows in the order of the nodes, moved some millions at a time."""
        indptr = csr.indptr_from_counts(self.count)
        ancestors = np.empty(self._used, dtype=np.int32)
        distances = np.empty(self._used, dtype=np.int32)
        for nodes in _pieces(self.count, _GATHERED):
            places = self.entries(nodes)
            to = slice(indptr[nodes[0]], indptr[nodes[-1] + 1])
            ancestors[to], distances[to] = self.ancestors[places], self.distances[places]
        return indptr, ancestors, distances


@dataclass(frozen=True, eq=False)
class _Level:
    """The nodes of one level, over the rows of all lower ones."""

    rows: _Rows
    nodes: NDArray[np.int64]
    parent_indptr: NDArray[np.int64]
    parent_indices: NDArray[np.int32]

    def parts(self) -> Iterator[Part]:
        """Yield the rows of the nodes, some at a time, in the cheaper way."""
        edges, edge_rows = csr.entries_of(self.parent_indptr, self.nodes)
        parents = self.parent_indices[edges]
        before = csr.indptr_from_counts(self.rows.count[parents])
        gathered = np.diff(before[edge_rows])  # entries per node
        if int(before[-1]) > _FEW and self._is_shared(parents, int(before[-1])):
            yield from _Shared(self.rows, self.nodes, parents, edge_rows).parts()
            return
        for piece in _pieces(gathered, self._most_gathered()):
            some = parents[edge_rows[piece[0]] : edge_rows[piece[-1] + 1]]
            yield self._sorted(self.nodes[piece], some, np.diff(edge_rows)[piece])

    def _is_shared(self, parents: NDArray[np.int32], n_gathered: int) -> bool:
        """Return whether written-out rows take less time than sorting."""
        distinct = np.unique(parents)
        union = np.zeros(len(self.rows.count), dtype=np.bool_)
        for some in _pieces(self.rows.count[distinct], _GATHERED):
            union[self.rows.ancestors[self.rows.entries(distinct[some])]] = True
        written = len(parents) * int(union.sum()) * _LEAST_COST + len(self.nodes) * _ROW_COST
        return written < n_gathered * _SORTED_COST

    def _most_gathered(self) -> int:
        """Return how many entries to sort at a time, so that their keys fit in 63 bits."""
        n = len(self.rows.count)
        return int(min(_GATHERED, 2**62 // (n * (n + 1))))

    def _sorted(
        self,
        nodes: NDArray[np.int64],
        parents: NDArray[np.int32],
        n_parents: NDArray[np.int64],
    ) -> Part:
        n, most = len(self.rows.count), len(self.rows.count) + 1
        places = self.rows.entries(parents)
        own = np.arange(len(nodes))
        row = np.repeat(np.repeat(own, n_parents), self.rows.count[parents])
        # One number for node, ancestor and distance, in this order of weight: after sorting, the
        # first of equal (node, ancestor) is the nearest. Parents' ancestors are one edge further
        # away; every node is at distance 0 from itself.
        above = (row * n + self.rows.ancestors[places]) * most + self.rows.distances[places] + 1
        keys = np.concatenate((above, (own * n + nodes) * most))
        keys.sort()
        pairs, away = np.divmod(keys, most)
        kept = np.ones(len(keys), dtype=np.bool_)
        kept[1:] = pairs[1:] != pairs[:-1]
        row, found = np.divmod(pairs[kept], n)
        counts = np.bincount(row, minlength=len(nodes))
        return nodes, counts, found.astype(np.int32), away[kept].astype(np.int32)


@dataclass(frozen=True, eq=False)
class _Shared:
    """The nodes of one level whose parents share many ancestors."""

    rows: _Rows
    nodes: NDArray[np.int64]
    parents: NDArray[np.int32]
    edge_rows: NDArray[np.int64]

    def parts(self) -> Iterator[Part]:
        """Yield the rows of the nodes one by one; the same parents give the same row."""
        distinct, places = np.unique(self.parents, return_inverse=True)
        kinds: dict[bytes, list[int]] = {}
        for i, (first, last) in enumerate(pairwise(self.edge_rows.tolist())):
            kinds.setdefault(places[first:last].tobytes(), []).append(i)
        above = [np.frombuffer(key, dtype=places.dtype) for key in kinds]
        for row, same in zip(self._least(distinct, above), kinds.values(), strict=True):
            ancestors, away = row
            for i in same:
                node = self.nodes[i : i + 1]
                at = int(np.searchsorted(ancestors, node[0]))
                yield (
                    node,
                    np.array([len(ancestors) + 1]),
                    np.concatenate((ancestors[:at], node.astype(np.int32), ancestors[at:])),
                    np.concatenate((away[:at], np.zeros(1, np.int32), away[at:])),
                )

    def _least(
        self, distinct: NDArray[np.int32], above: list[NDArray[np.int64]]
    ) -> list[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Return ancestors and distances by the parents, for each kind of node.

        Columns are the nodes, as many at a time as fit written out.
        """
        n = len(self.rows.count)
        entries = self.rows.entries(distinct)
        row = np.repeat(np.arange(len(distinct)), self.rows.count[distinct])
        column, away = self.rows.ancestors[entries], self.rows.distances[entries]
        used = np.unique(column)
        place = np.empty(n, dtype=np.int32)
        place[used] = np.arange(len(used), dtype=np.int32)
        column = place[column]
        type_ = _small_type(int(away.max()) + 2)
        width = max(1, _DENSE_BYTES // (len(distinct) * type_.itemsize))
        found: list[list[Any]] = [[] for _ in above]
        for start in range(0, len(used), width):
            stop = min(start + width, len(used))
            some = slice(None)
            if stop - start < len(used):
                some = np.flatnonzero((column >= start) & (column < stop))  # type: ignore[assignment]
            far = np.iinfo(type_).max
            dense = np.full((len(distinct), stop - start), far, dtype=type_)
            dense[row[some], column[some] - start] = away[some] + 1
            for i, parents in enumerate(above):
                least = _least_of(dense, parents)
                reached = np.flatnonzero(least != far)
                found[i].append((used[start + reached], least[reached].astype(np.int32)))
        return [
            (np.concatenate([a for a, _ in parts]), np.concatenate([d for _, d in parts]))
            for parts in found
        ]


def _least_of(dense: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return the least of some rows in every column, a few megabytes at a time."""
    step = max(1, 2**22 // dense[0].nbytes)
    parts = [dense[rows[a : a + step]].min(axis=0) for a in range(0, len(rows), step)]
    least: NDArray[Any] = np.minimum.reduce(parts) if len(parts) > 1 else parts[0]
    return least


def _small_type(most: int) -> np.dtype[Any]:
    """Return the smallest unsigned type whose largest number is above `most`."""
    for type_ in (np.uint8, np.uint16):
        if most < np.iinfo(type_).max:
            return np.dtype(type_)
    return np.dtype(np.uint32)


def _pieces(sizes: NDArray[np.int64], most: int) -> Iterator[NDArray[np.int64]]:
    """Yield ranges of rows of at most so many entries together, or of one row with more."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = int(ends[start - 1]) if start else 0
        # A row without entries counts too, so that ranges stay short.
        stop = int(np.searchsorted(ends, before + most, side="right"))
        stop = min(max(stop, start + 1), start + most)
        yield np.arange(start, stop)
        start = stop
