r"""Separators: O(t log n) dimensions for graphs of treewidth t (Gokhale et al. 2026).

Their text was not at hand; this is the construction of a public formalisation of it, with its own
proof here. It takes a graph in which a query matches a document if a path leads from one to the
other: of an order, as in a hierarchy, that of its covering pairs; of any other relevance that of
its matches.

Theorem. Take sets of nodes, *separators*, out of the graph level by level: one separator from
every *part*, such that no path between two parts of the next level avoids the nodes taken before,
until none is left. Level l has three coordinates for each place in its largest separator. Let the
parts of level l be numbered c = 0, 1, ...; the node s in that place of part c gives queries of part
c that reach s the entries :math:`(1 - 2c^2, c, 1)`, documents of part c that s reaches the entries
:math:`(1, 4c, -2c^2)`, and all others zeros. With weights :math:`2^{e_l}` for the levels such that
each exceeds the sum of all negative products of later levels, matches score at least 1 and others
at most 0.

Proof. A place gives a pair of parts c and c' the product :math:`1 - 2(c - c')^2`: 1 within a part,
negative between two. If q matches v, let l be the first level with a node s of a path from q to v.
Before, the path avoids all nodes taken, so q and v are in one part each time, and no product is
negative; at l the place of s gives 1, and later levels take away less than :math:`2^{e_l}`. If q
does not match v, no node lies on a path from q to v, so no place gives 1. ∎

Small separators come from a tree decomposition: a bag of at most t + 1 nodes without which no part
of the tree holds more than half of the nodes left, so there are at most :math:`\log_2 n + 1` levels
while bags have nodes left. Scores are exact in the integers; stored floats hold the weights as long
as their range does, and the certificate decides. Margins are of the order of :math:`2^{-e_0}`,
which falls exponentially in the number of levels squared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.core import DualEmbedding, Relevance, as_dtype, rounded_embedding
from hrgeom.errors import ConstructionError

__all__ = ["treewidth"]

_VIRTUAL = -1  # joins parts of a graph that do not hang together
_MOST_EXPONENT = 1900  # of weights, which are shared by queries and documents
_MOST_MATCHES = 2**24  # entries looked at for covering pairs

Numbers = NDArray[np.int64]


def treewidth(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float64", seed: int = 0
) -> DualEmbedding:
    """Return the embedding by separators: few dimensions for small treewidth, and little margin.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed. Of a hierarchy the graph is
        that of its covering pairs, else queries and documents are joined by matches.
    dim : int, optional
        At least three times the sum of the largest separators of all levels, which is what is used.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type. Its range must hold the weights; int8 rounds.
    seed : int
        Not used: nothing is random.

    Returns
    -------
    embedding : DualEmbedding
        Threshold 1/2. Nothing is promised for stored numbers. `parameters`: `width` of the tree
        decomposition, `levels` of separators, `exponent` of the largest weight, a power of 2.

    Raises
    ------
    ConstructionError
        If `dim` is too small, or weights exceed the range of the stored type.

    References
    ----------
    .. [1] Gokhale, Indyk, Liu, Silwal, Wang, Xu, Compact Geometric Representations of Hierarchies,
       arXiv:2606.18520.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> e = treewidth(perfect_tree(2, 3).relevance)
    >>> e.dim, e.threshold, e.parameters["width"]
    (12, 0.5, 1)
    """
    stored = as_dtype(dtype)
    graph = _graph_of(relevance)
    bags = _Bags.of(graph)
    levels = list(_levels(bags))
    least = 3 * sum(level.width for level in levels)
    if dim is not None and dim < least:
        raise ConstructionError(
            f"dim must be at least three times the separators of all levels, {least}: got {dim}"
        )
    exponents = _exponents(levels)
    queries, documents = _vectors(relevance, graph, levels, exponents)
    _check_range(queries, documents, stored)
    return rounded_embedding(
        relevance,
        queries,
        documents,
        stored,
        threshold=0.5,
        construction="treewidth",
        parameters={
            "width": bags.width,
            "levels": len(levels),
            "exponent": exponents[0],
            "seed": seed,
        },
        promise={"dim": least, "margin": None, "theorem": "separators"},
    )


@dataclass(frozen=True)
class _Graph:
    """A graph whose paths from queries to documents are the matches."""

    n_nodes: int
    edges: Numbers  # (n_edges, 2)
    query: Numbers  # the node of every query
    document: Numbers  # the node of every document

    def reach(self, relevance: Relevance, s: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the queries that reach a node, and the documents that it reaches."""
        if self.query is self.document:  # of an order
            return _column(relevance, s), relevance.matches(s)
        if s < relevance.n_queries:
            return np.array([s]), relevance.matches(s)
        v = s - relevance.n_queries
        return _column(relevance, v), np.array([v])


def _column(relevance: Relevance, v: int) -> Numbers:
    """Return D(v)."""
    indptr, queries = relevance.transposed[:2]
    return np.asarray(queries[indptr[v] : indptr[v + 1]])


def _graph_of(relevance: Relevance) -> _Graph:
    """Return the graph of covering pairs of an order, or that of all matches."""
    covering = _covering_pairs(relevance)
    if covering is not None:
        nodes = np.arange(relevance.n_queries)
        return _Graph(len(nodes), covering, nodes, nodes)
    n, m = relevance.n_queries, relevance.n_documents
    queries, documents = np.arange(n), n + np.arange(m)
    ends = np.repeat(queries, relevance.n_matches), documents[relevance.indices]
    return _Graph(n + m, np.stack(ends, axis=1), queries, documents)


def _covering_pairs(relevance: Relevance) -> Numbers | None:
    """Return the pairs of an order with nothing in between; None if matches are no order."""
    from scipy import sparse

    n, sizes = relevance.n_queries, relevance.n_matches
    if n != relevance.n_documents or int((sizes.astype(np.int64) ** 2).sum()) > _MOST_MATCHES:
        return None
    shape, ones = (n, n), np.ones(relevance.n_pairs, dtype=np.int64)
    matches: Any = sparse.csr_array((ones, relevance.indices, relevance.indptr), shape=shape)
    strict = matches - sparse.eye_array(n, dtype=np.int64, format="csr")
    # reflexive: the diagonal is all there; antisymmetric; transitive: two steps are one
    if strict.diagonal().any() or strict.multiply(strict.T).sum():
        return None
    two_steps = (strict @ strict).astype(bool).astype(np.int64)
    if two_steps.multiply(strict).sum() != two_steps.sum():
        return None
    rows, columns = (strict - two_steps).nonzero()
    return np.stack((rows, columns), axis=1).astype(np.int64)


@dataclass(frozen=True)
class _Bags:
    """A tree decomposition: its bags without the virtual node, and which are joined."""

    width: int
    nodes: list[list[int]]
    neighbors: list[list[int]]
    home: Numbers  # of every node, one of its bags

    @classmethod
    def of(cls, graph: _Graph) -> _Bags:
        """Decompose a graph by the heuristic of least degree."""
        # heavy, and wanted here only
        nx: Any = imported("networkx", "tree decompositions", "networkx", error=ConstructionError)
        from networkx.algorithms.approximation import treewidth_min_degree

        joined = nx.Graph()
        joined.add_nodes_from(range(graph.n_nodes))
        joined.add_edges_from((a, b) for a, b in graph.edges.tolist() if a != b)
        pieces = [min(piece) for piece in nx.connected_components(joined)]
        if len(pieces) > 1:
            joined.add_edges_from((_VIRTUAL, piece) for piece in pieces)
        width, tree = treewidth_min_degree(joined)
        bags = list(tree.nodes)
        number = {bag: i for i, bag in enumerate(bags)}
        nodes = [sorted(v for v in bag if v != _VIRTUAL) for bag in bags]
        home = np.full(graph.n_nodes, -1)
        for i in range(len(bags) - 1, -1, -1):
            home[nodes[i]] = i
        neighbors = [sorted(number[other] for other in tree[bag]) for bag in bags]
        return cls(int(width), nodes, neighbors, home)


@dataclass(frozen=True)
class _Level:
    """One round of separators: the part of every node that is left, and what is taken from each."""

    part: Numbers  # -1 for nodes taken before
    separators: list[list[int]]

    @property
    def width(self) -> int:
        """Most nodes of a separator."""
        return max(map(len, self.separators))

    @property
    def most_negative(self) -> int:
        """Size of the most negative product: all places, parts farthest apart."""
        apart = len(self.separators) - 1
        return self.width * max(0, 2 * apart**2 - 1)


def _levels(bags: _Bags) -> Iterator[_Level]:
    """Yield rounds of separators until no node is left."""
    weight = np.bincount(bags.home, minlength=len(bags.nodes))
    taken = np.zeros(len(bags.home), dtype=bool)
    gone = np.zeros(len(bags.nodes), dtype=bool)
    own: list[list[int]] = [[] for _ in bags.nodes]
    for v, i in enumerate(bags.home.tolist()):
        own[i].append(v)
    parts = [0]
    while parts:
        level = _Level(np.full(len(bags.home), -1), [])
        following = []
        for start in parts:
            order, parent = _walk(bags.neighbors, gone, start)
            inside = [v for i in order for v in own[i] if not taken[v]]
            if not inside:
                continue
            center = _center(order, parent, weight)
            # nodes of the bag that are left; if there are none, any node: without the bag, what
            # hangs on it falls apart all the same
            separator = [v for v in bags.nodes[center] if not taken[v]] or inside[:1]
            level.part[inside] = len(level.separators)
            level.separators.append(separator)
            taken[separator] = True
            np.subtract.at(weight, bags.home[separator], 1)
            gone[center] = True
            following += [i for i in bags.neighbors[center] if not gone[i]]
        if level.separators:
            yield level
        parts = following


def _walk(
    neighbors: list[list[int]], gone: NDArray[np.bool_], start: int
) -> tuple[list[int], dict[int, int]]:
    """Return the bags that hang together with one, parents first, and their parents."""
    parent, order = {start: -1}, [start]
    for i in order:
        for j in neighbors[i]:
            if j not in parent and not gone[j]:
                parent[j] = i
                order.append(j)
    return order, parent


def _center(order: list[int], parent: dict[int, int], weight: Numbers) -> int:
    """Return a bag without which no part has more than half of the nodes."""
    below = {i: int(weight[i]) for i in order}
    heaviest = dict.fromkeys(order, 0)
    for i in reversed(order[1:]):
        below[parent[i]] += below[i]
        heaviest[parent[i]] = max(heaviest[parent[i]], below[i])
    total = below[order[0]]
    return next(i for i in order if max(heaviest[i], total - below[i]) * 2 <= total)


def _exponents(levels: list[_Level]) -> list[int]:
    """Return weights as powers of 2, each above what all later levels can take away."""
    exponents, later = [], 0
    for level in reversed(levels):
        exponents.append(later.bit_length())  # 2^e > later
        later += level.most_negative << exponents[-1]
    if exponents[-1] > _MOST_EXPONENT:
        raise ConstructionError(
            f"weights must be at most 2^{_MOST_EXPONENT} for floats: the separators of this "
            f"relevance need 2^{exponents[-1]}"
        )
    return exponents[::-1]


def _vectors(
    relevance: Relevance, graph: _Graph, levels: list[_Level], exponents: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the vectors of the theorem, weights shared by both sides."""
    dim = 3 * sum(level.width for level in levels)
    queries = np.zeros((relevance.n_queries, dim))
    documents = np.zeros((relevance.n_documents, dim))
    first = 0
    for level, exponent in zip(levels, exponents, strict=True):
        shares = _shares(len(level.separators), exponent)
        for part, separator in enumerate(level.separators):
            for place, s in enumerate(separator):
                columns = slice(first + 3 * place, first + 3 * place + 3)
                reaching, reached = graph.reach(relevance, s)
                own = reaching[level.part[graph.query[reaching]] == part]
                queries[own, columns] = np.ldexp((1 - 2 * part**2, part, 1), shares[0])
                own = reached[level.part[graph.document[reached]] == part]
                documents[own, columns] = np.ldexp((1, 4 * part, -2 * part**2), shares[1])
        first += 3 * level.width
    return queries, documents


def _shares(n_parts: int, exponent: int) -> tuple[list[int], list[int]]:
    """Return exponents for the three columns of both sides, each pair of the same sum.

    The largest entries of a column are then about as large on both sides.
    """
    bits = 2 * max(0, n_parts - 1).bit_length()  # of 2 c^2, about
    of_queries = [(exponent - more) // 2 for more in (bits, -2, -bits)]
    return of_queries, [exponent - share for share in of_queries]


def _check_range(
    queries: NDArray[np.float64], documents: NDArray[np.float64], stored: np.dtype[Any]
) -> None:
    """Refuse entries that a float type would overflow, or round to 0."""
    if stored == np.int8:
        return
    for side in (queries, documents):
        with np.errstate(over="ignore", under="ignore"):
            rounded = side.astype(stored).astype(np.float64)
        if not np.isfinite(rounded).all() or np.any((rounded == 0) != (side == 0)):
            sizes = np.abs(side[side != 0])
            raise ConstructionError(
                f"{stored} must hold the weights of the separators: entries have sizes from "
                f"{sizes.min():.3g} to {sizes.max():.3g}"
            )
