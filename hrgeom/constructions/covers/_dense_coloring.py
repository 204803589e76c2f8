"""Coloring crossing graphs in which a good part of all documents cross, on rows of bits.

One row is looked at per vertex, whatever the number of edges. Documents with the same set D have
the same color.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import BitGraph, Crossings

__all__ = ["few_colors_of_dense", "is_dense"]

_MANY_PAIRS = 2**19
_DENSITY = 1 / 32
_CELLS = 2_000_000_000  # of rows looked at, in all rounds: some seconds
_CLIQUE_CELLS = 500_000_000  # likewise


def is_dense(crossings: Crossings) -> bool:
    """Return whether a crossing graph has many edges, also for its number of vertices."""
    n, n_pairs = len(crossings.vertices), crossings.n_pairs
    return n_pairs > _MANY_PAIRS and n_pairs > n * n / 2 * _DENSITY


def few_colors_of_dense(crossings: Crossings, *, seed: int = 0) -> tuple[NDArray[np.int32], int]:
    """Return a proper coloring with few colors, and the size of a clique.

    First fit in order of degree, or smallest degree last, and rounds of iterated greedy
    (Culberson, "Iterated greedy graph coloring", 1992), until there are as many colors as the
    clique has vertices.

    Parameters
    ----------
    crossings : Crossings
        Who crosses whom.
    seed : int
        Seed of the orders of classes that are tried.

    Returns
    -------
    colors : ndarray of int32, shape (n_crossing,)
        The color of every vertex from 0, large classes first.
    n_clique : int
        Size of a clique found greedily: no proper coloring has fewer colors.
    """
    graph = crossings.graph.as_bits()
    used, place = np.unique(crossings.classes, return_inverse=True)
    degree = np.zeros(graph.n, dtype=np.int64)
    degree[crossings.classes] = crossings.degrees
    n_clique = _clique(graph, used, degree)
    rng = np.random.default_rng(seed)
    best = _first_fit(graph, used[np.argsort(-degree[used], kind="stable")])
    colors = best
    for i in range(int(np.clip(_CELLS // (10 * graph.n * len(used)), 1, 20))):
        if best[used].max() + 1 <= n_clique:
            break
        order = _smallest_last(graph, used) if i == 0 else _by_class(used, colors, rng)
        colors = _first_fit(graph, order)
        if colors[used].max() < best[used].max():
            best = colors
    sizes = np.bincount(best[used][place])
    rank = np.empty(len(sizes), dtype=np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[best[crossings.classes]], n_clique


def _first_fit(graph: BitGraph, order: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give every vertex in turn the first color that none of its neighbors has."""
    colors = np.full(graph.n, -1, dtype=np.int32)
    n_colors = 0
    taken = np.zeros(len(order) + 2, dtype=np.bool_)  # the last one for vertices without a color
    for v in order.tolist():
        taken[: n_colors + 1] = False
        taken[colors[graph.row(v)]] = True
        color = int(taken[: n_colors + 1].argmin())
        colors[v] = color
        n_colors = max(n_colors, color + 1)
    return colors


def _by_class(
    used: NDArray[np.int64], colors: NDArray[np.int32], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the vertices class by class, which never needs more colors than there are classes."""
    n_colors = int(colors[used].max()) + 1
    rank = rng.permutation(n_colors) if rng.integers(2) else np.arange(n_colors)[::-1]
    return used[np.lexsort((rng.random(len(used)), rank[colors[used]]))]


def _smallest_last(graph: BitGraph, used: NDArray[np.int64]) -> NDArray[np.int64]:
    """Remove a vertex of least remaining degree again and again; color in reverse."""
    gone = np.iinfo(np.int64).max // 2
    degree = np.full(graph.n, gone)
    inside = np.zeros(graph.n, dtype=np.bool_)
    inside[used] = True
    for v in used.tolist():
        degree[v] = np.count_nonzero(graph.row(v) & inside)
    removed = np.empty(len(used), dtype=np.int64)
    for i in range(len(used)):
        v = int(degree.argmin())
        removed[i] = v
        degree[v] = gone
        degree -= graph.row(v)
    return removed[::-1]


def _clique(graph: BitGraph, used: NDArray[np.int64], degree: NDArray[np.int64]) -> int:
    """Return the size of a clique that takes the candidate of highest degree again and again."""
    order = used[np.argsort(-degree[used], kind="stable")]
    place = np.zeros(graph.n, dtype=np.int64)
    place[order] = np.arange(len(order))
    best, n_cells = 1, 0
    for v in order.tolist():
        if n_cells > _CLIQUE_CELLS or degree[v] < best:
            break
        size, candidates = 1, np.sort(place[np.intersect1d(graph.neighbors(v), used)])
        while len(candidates):
            n_cells += graph.n + len(candidates)
            beside = graph.row(int(order[candidates[0]]))
            candidates = candidates[beside[order[candidates]]]
            size += 1
        best = max(best, size)
    return best
