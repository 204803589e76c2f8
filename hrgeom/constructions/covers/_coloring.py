"""Coloring the crossing graph: documents of one color may share a laminar class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["clique_lower_bound", "few_colors"]


_EDGE_VISITS = 10_000_000  # in all rounds of iterated greedy: a few seconds
_CLIQUE_VISITS = 30_000_000  # likewise


class _Graph:
    """Adjacency lists over the vertices that have an edge."""

    def __init__(self, pairs: NDArray[np.int32]) -> None:
        self.vertices, flat = np.unique(pairs, return_inverse=True)
        ends = flat.reshape(-1, 2)
        self.neighbors: list[list[int]] = [[] for _ in self.vertices]
        for a, b in ends.tolist():
            self.neighbors[a].append(b)
            self.neighbors[b].append(a)
        self.degree = np.array([len(n) for n in self.neighbors], dtype=np.int64)


def few_colors(
    pairs: NDArray[np.int32], *, seed: int = 0, n_rounds: int | None = None
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return a proper coloring of the graph with these edges, with few colors.

    Several orders (by degree, smallest degree last, DSATUR) start an iterated greedy
    improvement: visiting vertices class by class never needs more colors than before
    (Culberson, "Iterated greedy graph coloring", 1992), and often fewer.

    Parameters
    ----------
    pairs : ndarray of int32, shape (n, 2)
        Edges.
    seed : int
        Seed of the orders of classes that are tried.
    n_rounds : int, optional
        Rounds of iterated greedy for each start. Default: 60, fewer for large graphs.

    Returns
    -------
    vertices, colors : ndarray of int32
        The vertices that have an edge, ascending, and their colors from 0, large classes first.
    """
    if len(pairs) == 0:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
    graph = _Graph(pairs)
    if n_rounds is None:
        n_rounds = int(np.clip(_EDGE_VISITS // (3 * len(pairs)), 1, 60))
    rng = np.random.default_rng(seed)
    best: NDArray[np.int32] | None = None
    for start in (_by_degree(graph), _smallest_last(graph), _dsatur(graph)):
        colors = _iterated_greedy(graph, _first_fit(graph, start), rng, n_rounds)
        if best is None or colors.max() < best.max():
            best = colors
    assert best is not None
    sizes = np.bincount(best)
    rank = np.empty(len(sizes), dtype=np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return graph.vertices.astype(np.int32), rank[best]


def clique_lower_bound(pairs: NDArray[np.int32]) -> int:
    """Return the size of a clique found greedily from vertices of high degree.

    No proper coloring has fewer colors.
    """
    if len(pairs) == 0:
        return 1
    graph = _Graph(pairs)
    sets = [set(n) for n in graph.neighbors]
    best = 1
    visits = 0
    for v in np.argsort(-graph.degree, kind="stable").tolist():
        if visits > _CLIQUE_VISITS or graph.degree[v] < best:
            break
        size, candidates = 1, set(sets[v])
        while candidates:
            # join the candidate that keeps most of the others, ties to the lowest number
            shared = {u: len(candidates & sets[u]) for u in candidates}
            visits += len(candidates) ** 2
            u = min(shared, key=lambda w: (-shared[w], w))
            candidates &= sets[u]
            size += 1
        best = max(best, size)
    return best


def _first_fit(graph: _Graph, order: list[int]) -> NDArray[np.int32]:
    colors = [-1] * len(order)
    for v in order:
        taken = {colors[u] for u in graph.neighbors[v]}
        color = 0
        while color in taken:
            color += 1
        colors[v] = color
    return np.array(colors, dtype=np.int32)


def _iterated_greedy(
    graph: _Graph, colors: NDArray[np.int32], rng: np.random.Generator, n_rounds: int
) -> NDArray[np.int32]:
    for _ in range(n_rounds):
        sizes = np.bincount(colors)
        key = rng.integers(3)
        if key == 0:  # reverse: tends to move vertices into the last classes first
            rank = np.arange(len(sizes))[::-1]
        elif key == 1:  # large classes first
            rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
        else:
            rank = rng.permutation(len(sizes))
        order = np.lexsort((rng.random(len(colors)), rank[colors]))
        colors = _first_fit(graph, order.tolist())
    return colors


def _by_degree(graph: _Graph) -> list[int]:
    return [int(v) for v in np.argsort(-graph.degree, kind="stable")]


def _smallest_last(graph: _Graph) -> list[int]:
    """Remove a vertex of least remaining degree again and again; color in reverse."""
    degree = graph.degree.tolist()
    buckets: list[set[int]] = [set() for _ in range(max(degree) + 1)]
    for v, d in enumerate(degree):
        buckets[d].add(v)
    removed: list[int] = []
    gone = [False] * len(degree)
    low = 0
    while len(removed) < len(degree):
        low = max(0, low - 1)
        while not buckets[low]:
            low += 1
        v = buckets[low].pop()
        gone[v] = True
        removed.append(v)
        for u in graph.neighbors[v]:
            if not gone[u]:
                buckets[degree[u]].discard(u)
                degree[u] -= 1
                buckets[degree[u]].add(u)
    return removed[::-1]


def _dsatur(graph: _Graph) -> list[int]:
    """Always next the vertex that sees most colors, ties by degree (Brélaz 1979)."""
    import heapq

    colors = [-1] * len(graph.vertices)
    seen: list[set[int]] = [set() for _ in colors]
    heap = [(0, -int(d), v) for v, d in enumerate(graph.degree)]
    heapq.heapify(heap)
    order: list[int] = []
    while heap:
        saturation, _, v = heapq.heappop(heap)
        if colors[v] >= 0 or -saturation != len(seen[v]):
            continue  # an older entry of a vertex that came again
        color = 0
        while color in seen[v]:
            color += 1
        colors[v] = color
        order.append(v)
        for u in graph.neighbors[v]:
            if colors[u] < 0 and color not in seen[u]:
                seen[u].add(color)
                heapq.heappush(heap, (-len(seen[u]), -int(graph.degree[u]), u))
    return order
