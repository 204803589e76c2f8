r"""Centroid hubs: margin 1/O(log n) for every forest, whatever its depth.

Let the nodes of a forest be taken one after the other as *hubs*, each splitting the piece it is
in. Let U(w) be the hubs at or above w that were taken while w was in their piece, and V(v) the
hubs at or below v that were.

Theorem 1. Document v is w or an ancestor of w iff U(w) and V(v) meet, and then in just one hub.

Proof. A common hub is at or below v and at or above w. Conversely let v be at or above w; they
start in one piece. Let c be the hub with which they stop being so, one of them or a node that
separates them. Then c is on the way from w to v, and both list it. No other hub is on both
lists: earlier ones do not separate the two, so are not on the way; later ones are taken in a
piece that v or w has left. ∎

Embedding. In a laminar cover the documents of a class are a forest, and a query stands at the
deepest document of the class that it matches, or nowhere. Let U(q) be the hubs listed where it
stands, over all classes. Give the query 1 in the columns of U(q) and beta last, the document 1 in
those of V(v) and :math:`-1/(2\beta)` last: matches score 1/2, all others -1/2. With A the largest
|U(q)| and B the largest |V(v)| no row is longer than :math:`\sqrt{A + \beta^2}` or
:math:`\sqrt{B + 1/(4\beta^2)}`; the product, :math:`\sqrt{AB + 1/4 + A/(4\beta^2) + B\beta^2}`,
is least for :math:`\beta^2 = \sqrt{A/B}/2`, namely :math:`\sqrt{AB} + 1/2`. So the normalized
margin is at least

.. math:: \frac{1}{2\sqrt{AB} + 1}

in d = h + 1 dimensions, h <= m the number of hubs that a query lists. ∎ int8 holds 1 and 1 last
in queries, 2 and -1 last in documents: scores of 1 and -1, margin at least
:math:`1/\sqrt{(A + 1)(4B + 1)}`.

Theorem 2. In a forest of n nodes `covers.hubs` chooses hubs with
:math:`AB \le (1 + \log_2 n)^2`; proof there. B = 1 is the indicator of S(q) against unit vectors.

With fewer dimensions (`dim`) every hub becomes a random vector of +-1 over sqrt(dim - 1) instead
of a column. By Johnson and Lindenstrauss d = O(log m / margin^2), O(log^3 n) for a tree, keeps
part of the margin with positive probability. Nothing is promised: there is no threshold of its
own, and the certificate takes the best one there is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers import HeavyPaths, HubLists, LaminarCover, LaminarPalette, Pairs
from hrgeom.core import DualEmbedding, Relevance, as_dtype, rounded_embedding
from hrgeom.errors import ConstructionError

__all__ = ["HubSizes", "centroid_hubs", "hub_sizes"]

_MOST_BYTES = 2**31


def centroid_hubs(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return the hub embedding: unit rows (small integers in int8), threshold 0.

    Parameters
    ----------
    relevance : Relevance
        Any; made for deep forests, one laminar class.
    dim : int, optional
        Default, and most: one for every hub and one more. Fewer, but at least 2: random hub
        vectors, nothing promised and no threshold.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the random signs, and of the coloring if there are several classes.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is that of `hub_sizes` (for int8 that of its integers), before
        rounding to the stored type; None with random hub vectors.

    Raises
    ------
    ConstructionError
        If `dim` is 1, or the vectors with one dimension a hub would take more than 2 GiB.

    Examples
    --------
    >>> chain = Relevance.from_sets([{0}, {0, 1}, {0, 1, 2}], 3)
    >>> e = centroid_hubs(chain, dtype="int8")
    >>> e.queries @ e.documents.T
    array([[ 1, -1, -1],
           [ 1,  1, -1],
           [ 1,  1,  1]], dtype=int8)
    """
    stored = as_dtype(dtype)
    hubs = _Hubs.of(relevance, seed)
    sizes = hubs.sizes
    parameters = {"n_hubs": sizes.n_hubs, "n_classes": hubs.cover.n_classes, "seed": seed}
    if dim is not None and dim <= sizes.n_hubs:
        if dim < 2:
            raise ConstructionError(f"dim must be at least 2 for random hub vectors: got {dim}")
        return _projected(relevance, hubs, dim, stored, parameters)
    full = sizes.n_hubs + 1
    n_bytes = (relevance.n_queries + relevance.n_documents) * full * stored.itemsize
    if n_bytes > _MOST_BYTES:
        raise ConstructionError(
            f"vectors with a dimension for every hub must take at most {_MOST_BYTES} bytes: got "
            f"{n_bytes} for d = {full}; give dim for random hub vectors"
        )
    queries = np.zeros((relevance.n_queries, full), dtype=stored)
    documents = np.zeros((relevance.n_documents, full), dtype=stored)
    (q, at_q), (v, at_v) = hubs.query_pairs(), hubs.document_pairs()
    n_q, n_v = np.bincount(q, minlength=len(queries)), np.bincount(v, minlength=len(documents))
    if stored == np.int8:
        queries[q, at_q], queries[:, -1] = 1, 1
        documents[v, at_v], documents[:, -1] = 2, -1
        margin = 1 / math.sqrt((sizes.most_of_queries + 1) * (4 * sizes.most_of_documents + 1))
    else:
        beta = hubs.beta
        unit_q, unit_v = 1 / np.sqrt(n_q + beta**2), 1 / np.sqrt(n_v + 1 / (2 * beta) ** 2)
        queries[q, at_q], queries[:, -1] = unit_q[q], beta * unit_q
        documents[v, at_v], documents[:, -1] = unit_v[v], -unit_v / (2 * beta)
        margin = sizes.margin
    return DualEmbedding(
        queries,
        documents,
        threshold=0.0,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        construction="centroid-hubs",
        parameters=parameters,
        promise={"dim": full, "margin": margin, "theorem": "centroid hubs"},
    )


@dataclass(frozen=True)
class HubSizes:
    """Lengths of the longest lists of hubs.

    Attributes
    ----------
    most_of_queries, most_of_documents : int
        A = max |U(q)| and B = max |V(v)|.
    n_hubs : int
        Hubs that some query lists; `centroid_hubs` has one dimension more.
    """

    most_of_queries: int
    most_of_documents: int
    n_hubs: int

    @property
    def margin(self) -> float:
        """The normalized margin promised in real numbers, 1 / (2 sqrt(AB) + 1)."""
        return 1 / (2 * math.sqrt(self.most_of_queries * self.most_of_documents) + 1)


def hub_sizes(relevance: Relevance, *, seed: int = 0) -> HubSizes:
    """Return the sizes of the lists of hubs, and the margin with them, without building vectors.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    seed : int
        Seed of the coloring if there are several classes.

    Returns
    -------
    sizes : HubSizes
        With the margin that `centroid_hubs` promises.

    Examples
    --------
    >>> from hrgeom.datasets import random_tree
    >>> sizes = hub_sizes(random_tree(251, shape="chain").relevance)
    >>> sizes.most_of_queries * sizes.most_of_documents, round(sizes.margin, 4)
    (25, 0.0909)
    """
    return _Hubs.of(relevance, seed).sizes


@dataclass(frozen=True)
class _Hubs:
    """The hubs chosen, and where the queries stand: query[i] at document node[i]."""

    cover: LaminarCover
    query: NDArray[np.int32]
    node: NDArray[np.int32]
    lists: HubLists
    sizes: HubSizes

    @classmethod
    def of(cls, relevance: Relevance, seed: int) -> _Hubs:
        palette = LaminarPalette.of(relevance, seed=seed)
        classes = np.zeros(relevance.n_documents, dtype=np.int32)
        classes[palette.vertices] = palette.colors
        cover = LaminarCover(relevance, classes, lower_bound=palette.lower_bound)
        places = [cover.deepest(t) for t in range(cover.n_classes)]
        query, node = (np.concatenate([p[i] for p in places]) for i in (0, 1))
        paths = HeavyPaths(cover.parent, cover.depth)

        def chosen(b: int) -> _Hubs:
            lists = paths.hubs(b)
            return cls(cover, query, node, lists, _sizes(query, node, lists))

        def product(hubs: _Hubs) -> int:
            return hubs.sizes.most_of_queries * hubs.sizes.most_of_documents

        # With many hubs below, few are left above: no b beyond the best product over that few.
        best = chosen(relevance.n_documents.bit_length())
        fewest = best.sizes.most_of_queries
        b = 1
        while b * fewest < product(best):
            best = min(best, chosen(b), key=product)
            b += 1
        return best

    @property
    def beta(self) -> float:
        """The constant that makes the longest rows shortest."""
        a, b = max(1, self.sizes.most_of_queries), max(1, self.sizes.most_of_documents)
        return math.sqrt(math.sqrt(a / b) / 2)

    def query_pairs(self) -> Pairs:
        """Return all pairs (query, column of a hub in its U)."""
        entry, hub = self.lists.above(self.node)
        return self.query[entry].astype(np.int64), self._columns()[hub]

    def document_pairs(self) -> Pairs:
        """Return all pairs (document, column of a hub in its V)."""
        document, hub = self.lists.below()
        column = self._columns()[hub]
        return document[column >= 0], column[column >= 0]

    def _columns(self) -> NDArray[np.int64]:
        """The column of every hub, -1 for hubs that no query lists."""
        used = self.lists.used(self.node)
        return np.where(used, np.cumsum(used) - 1, -1)


def _sizes(query: NDArray[np.int32], node: NDArray[np.int32], lists: HubLists) -> HubSizes:
    used = lists.used(node)
    of_queries = np.bincount(query, weights=lists.n_above()[node]).astype(np.int64)
    return HubSizes(
        int(of_queries.max(initial=0)), int(lists.n_below(used).max(initial=0)), int(used.sum())
    )


def _projected(
    relevance: Relevance,
    hubs: _Hubs,
    dim: int,
    stored: np.dtype[Any],
    parameters: dict[str, Any],
) -> DualEmbedding:
    """Random signs instead of a column for every hub; unit rows."""
    from scipy import sparse

    work = np.float64 if stored == np.float64 else np.float32
    n_hubs = hubs.sizes.n_hubs
    rng = np.random.default_rng(parameters["seed"])
    signs = rng.integers(0, 2, (n_hubs, dim - 1), dtype=np.int8) * work(2) - work(1)
    signs /= work(math.sqrt(dim - 1))

    def projected(n: int, pairs: Pairs, constant: float) -> NDArray[Any]:
        ones: NDArray[Any] = np.ones(len(pairs[0]), dtype=work)
        lists: Any = sparse.csr_array((ones, pairs), shape=(n, n_hubs))
        rows = np.empty((n, dim), dtype=work)
        rows[:, :-1], rows[:, -1] = lists @ signs, constant
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    return rounded_embedding(
        relevance,
        projected(relevance.n_queries, hubs.query_pairs(), hubs.beta),
        projected(relevance.n_documents, hubs.document_pairs(), -1 / (2 * hubs.beta)),
        stored,
        construction="centroid-hubs",
        parameters=parameters,
        promise={"dim": dim, "margin": None, "theorem": "Johnson-Lindenstrauss"},
    )
