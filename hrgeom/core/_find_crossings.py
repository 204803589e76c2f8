"""Finding the documents that cross, in time and memory near the size of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.csr import Indices, Indptr
from hrgeom.core._bits import bit_blocks
from hrgeom.core._crossing import BitGraph, Crossings, Graph, PairGraph, few_or_bits, require_memory
from hrgeom.core._distinct import distinct_rows

__all__ = ["crossings_by_counting", "crossings_by_witnesses"]

_CELLS = 2**25  # of a matrix that are written out at a time
_PRODUCTS = 2**22  # of the sparse product at a time
_GATHERED = 2**22  # bytes of rows that are united at a time
_KEYS = 8_000_000  # pairs that are listed at a time
_LISTED_COST, _ROW_COST, _CELL_COST = 60.0, 10_000.0, 3.0  # nanoseconds


def crossings_by_counting(
    rows: tuple[Indptr, Indices], columns: tuple[Indptr, Indices]
) -> Crossings:
    """Return who crosses whom, from |D(v) & D(w)| for all v, w that meet: a sparse product.

    Documents of the same set D are one. A set of one query lies inside every set that it meets,
    and the set of all queries holds every other: neither crosses any.

    Parameters
    ----------
    rows : tuple of ndarray, (indptr, indices)
        S(q) of every query, as CSR arrays.
    columns : tuple of ndarray, (indptr, indices)
        D(v) of every document.
    """
    n_queries = len(rows[0]) - 1
    sizes = np.diff(columns[0])
    documents = np.flatnonzero((sizes > 1) & (sizes < n_queries))
    entries, indptr = csr.entries_of(columns[0], documents)
    classes, first = distinct_rows(indptr, columns[1][entries], n_queries)
    if len(first) < 2:
        return Crossings.none()
    # Classes are numbered by their first document, so that pairs of theirs come in order.
    order = np.argsort(first)
    number = np.empty(len(first), dtype=np.int64)
    number[order] = np.arange(len(first))
    chosen, starts = csr.entries_of(indptr, first[order])
    graph = _by_products(starts, columns[1][entries[chosen]], n_queries)
    return Crossings(graph, documents, number[classes])


def _by_products(indptr: Indptr, indices: Indices, n_queries: int) -> Graph:
    """Return the crossing graph of different sets, a few rows of the product at a time."""
    from scipy import sparse

    n = len(indptr) - 1
    sizes = np.diff(indptr)
    ones = np.ones(len(indices), dtype=np.int32)
    of_sets: Any = sparse.csr_array((ones, indices, indptr), shape=(n, n_queries))
    of_queries: Any = of_sets.T.tocsr()
    weight = np.diff(of_queries.indptr).astype(np.int64)[indices]
    work = np.diff(csr.indptr_from_counts(weight)[indptr])
    ends = np.cumsum(work)
    found, n_found = [np.empty((0, 2), dtype=np.int32)], 0
    bits: NDArray[np.uint8] | None = None
    start = 0
    while start < n:
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _PRODUCTS, side="right")))
        stop = min(stop, start + max(1, _CELLS // n))
        common = (of_sets[start:stop] @ of_queries).tocoo()
        row, column = common.row + start, common.col
        crosses = (common.data < np.minimum(sizes[row], sizes[column])) & (row != column)
        row, column = row[crosses], column[crosses]
        if bits is None and 8 * (n_found + len(row)) > max(n * n // 8, _CELLS):
            bits = np.zeros((n, -(-n // 8)), dtype=np.uint8)
            for pairs in found:
                _set(bits, pairs[:, 0], pairs[:, 1])
            found = []
        if bits is not None:
            block = np.zeros((stop - start, n), dtype=np.bool_)
            block[row - start, column] = True
            bits[start:stop] = np.packbits(block, axis=1, bitorder="little")
        else:
            pairs = np.column_stack((row, column)).astype(np.int32)
            found.append(pairs)
            n_found += len(pairs)
            require_memory(n_found // 2)
        start = stop
    if bits is not None:
        return few_or_bits(BitGraph(n, bits))
    both = np.concatenate(found)
    edges = both[both[:, 0] < both[:, 1]]
    return PairGraph(n, edges[np.lexsort((edges[:, 1], edges[:, 0]))])


def _set(bits: NDArray[np.uint8], row: NDArray[np.integer], column: NDArray[np.integer]) -> None:
    np.bitwise_or.at(bits, (row, column >> 3), (1 << (column & 7)).astype(np.uint8))


def crossings_by_witnesses(
    closure: tuple[Indptr, Indices],
    edges: tuple[Indptr, Indices],
    levels: NDArray[np.int32],
) -> Crossings:
    """Return who crosses whom in a hierarchy, where query i is document i and S is transitive.

    Climb from a common descendant of two incomparable nodes while a single parent leads up: the
    parent is a common descendant too. So one with several parents, a *witness*, is reached, and v
    crosses what is incomparable to it in the union C(v) of the S(w) for the witnesses w below v
    or at it. Where the witnesses have few ancestors, their pairs are listed and the comparable
    ones struck out. Otherwise C(v), which is S(v), if v is a witness, and the C of the children,
    is found as a row of bits, from the deepest level up.

    Parameters
    ----------
    closure : tuple of ndarray, (indptr, indices)
        S(q) of every node.
    edges : tuple of ndarray, (indptr, indices)
        The parents of every node.
    levels : ndarray of int32, shape (n,)
        Level of every node.
    """
    n = len(levels)
    witnesses = np.flatnonzero(np.diff(edges[0]) > 1)
    sizes = np.diff(closure[0])[witnesses]
    near = np.zeros(n, dtype=np.bool_)
    for some in _some_rows(sizes, _GATHERED):
        near[closure[1][csr.entries_of(closure[0], witnesses[some])[0]]] = True
    nodes = np.flatnonzero(near)  # the only ones that may cross: those above a witness, or it
    if not len(nodes):
        return Crossings.none()
    place = np.full(n, -1, dtype=np.int32)
    place[nodes] = np.arange(len(nodes), dtype=np.int32)
    listed = int((sizes * (sizes - 1) // 2).sum())
    if listed * _LISTED_COST < len(nodes) * _ROW_COST + len(nodes) ** 2 * _CELL_COST:
        pairs = _incomparable_pairs(closure, witnesses)
        return Crossings(PairGraph(n, pairs), np.arange(n), np.arange(n))
    # What lies above a node that is near is near: rows stay whole.
    above = _part(closure, nodes, place)
    below = csr.transpose(*above, len(nodes))
    children = csr.transpose(*_part(edges, nodes, place), len(nodes))
    is_witness = np.zeros(n, dtype=np.bool_)
    is_witness[witnesses] = True
    bits = _packed(above, is_witness[nodes])
    _unite_upwards(bits, children, np.argsort(-levels[nodes], kind="stable"))
    for relation in (above, below):
        _clear(bits, relation)
    graph = BitGraph(len(nodes), bits.view(np.uint8)[:, : -(-len(nodes) // 8)])
    return Crossings(few_or_bits(graph), nodes, np.arange(len(nodes)))


def _part(
    relation: tuple[Indptr, Indices], rows: NDArray[np.int64], place: NDArray[np.int32]
) -> tuple[Indptr, Indices]:
    entries, indptr = csr.entries_of(relation[0], rows)
    return indptr, place[relation[1][entries]]


def _some_rows(sizes: NDArray[np.int64], most: int) -> Iterator[slice]:
    """Yield ranges of rows of at most so many entries together, or of one row with more."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + most, side="right")))
        yield slice(start, stop)
        start = stop


def _packed(relation: tuple[Indptr, Indices], used: NDArray[np.bool_]) -> NDArray[np.uint64]:
    n = len(used)
    bits = np.zeros((n, -(-n // 64)), dtype=np.uint64)
    for rows, block in bit_blocks(*relation, used):
        bits[rows] = block
    return bits


def _clear(bits: NDArray[np.uint64], relation: tuple[Indptr, Indices]) -> None:
    for rows, block in bit_blocks(*relation):
        bits[rows] &= ~block


def _unite_upwards(
    bits: NDArray[np.uint64], children: tuple[Indptr, Indices], order: NDArray[np.int64]
) -> None:
    """Give every row what the rows of its children have, children before parents."""
    indptr, indices = children
    step = max(1, _GATHERED // bits[0].nbytes)
    for node in order.tolist():
        for start in range(int(indptr[node]), int(indptr[node + 1]), step):
            below = indices[start : min(start + step, int(indptr[node + 1]))]
            bits[node] |= np.bitwise_or.reduce(bits[below], axis=0)


def _incomparable_pairs(
    closure: tuple[Indptr, Indices], witnesses: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Return the incomparable pairs inside S(w) for the witnesses w, gathered some at a time.

    In a hierarchy document v is inside document w (as sets D) iff query v matches w.
    """
    indptr, indices = closure
    n = len(indptr) - 1
    sizes = np.diff(indptr)[witnesses]
    by_size = witnesses[np.argsort(sizes, kind="stable")]
    cuts = np.flatnonzero(np.diff(np.sort(sizes))) + 1
    found, waiting = np.empty(0, dtype=np.int64), list[NDArray[np.int64]]()
    for rows in np.split(by_size, cuts):
        size = int(indptr[rows[0] + 1] - indptr[rows[0]])
        first, second = np.triu_indices(size, k=1)
        step = max(1, _KEYS // max(1, len(first)))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            members = indices[indptr[block][:, None] + np.arange(size)]
            keys = members[:, first].astype(np.int64) * n + members[:, second]
            waiting.append(keys.ravel())
            if sum(map(len, waiting)) > _KEYS:
                found, waiting = np.unique(np.concatenate((found, *waiting))), []
    found = np.unique(np.concatenate((found, *waiting)))
    v, w = np.divmod(found, n)
    comparable = csr.is_member(indptr, indices, n, v, w) | csr.is_member(indptr, indices, n, w, v)
    return np.column_stack((v, w))[~comparable].astype(np.int32)
