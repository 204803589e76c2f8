r"""Kraft trie: laminar classes as prefix codes, small integers that int8 holds exactly.

Theorem. In each class of a laminar cover, a forest under a virtual root, let leaves have height 0
and :math:`h(v) = \max(1 + \max_c h(c),\ \lceil \log_2 \sum_c 2^{h(c)} \rceil)` over the children
c. Then d = 1 + the sum of the virtual roots' heights dimensions separate all pairs, with integer
scores of at least 1 on matches and at most -1 on all others.

Proof. By Kraft's inequality the children of v can be given prefix-free words of +-1, of lengths
h(v) - h(c) >= 1. The words on the way from the virtual root to v form its code c(v), of length
k(v); let it be followed by zeros. A query has, for each class, the code y of the deepest set that
contains it (zeros if none does). The score of v is :math:`2\langle y, c(v)\rangle - (2k(v) - 1)`.
If v matches, the deepest set is v or below it and y begins with c(v): the score is 1. If not,
it is above v, and y is zero where c(v) goes on, or it branches off, and y differs from c(v)
somewhere: at least one of the k(v) products is 0 or -1 instead of 1, and the score is at most
2(k(v) - 1) - (2k(v) - 1) = -1. A virtual root is left out where a single set holds all queries
and all others of the class. ∎

A tree of n nodes and H levels has height at most (H - 1) + log2 n: 2^h(v) is less than twice the
sum of the children's, or exactly twice the largest of them.

The sum k(v) shares one coordinate: beta on queries, -(2k(v) - 1)/beta on documents. In float
types beta is the power of two that makes the rows shortest, so that scores stay exact; int8
takes as many coordinates of ones as its range asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.integers import ceil_div
from hrgeom._base.stored_types import largest_integer
from hrgeom.constructions._promise import SHOWN, Promise
from hrgeom.constructions.covers import LaminarTrie, trie_of
from hrgeom.core import DualEmbedding, Relevance, as_dtype
from hrgeom.errors import ConstructionError

__all__ = ["kraft_trie", "trie_promise"]

_INT8_MOST = 127


def kraft_trie(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> DualEmbedding:
    """Return the Kraft trie embedding: exact small integers, threshold 0.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        At least the dimension of the trie, which is what is used; more buys nothing here.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the colorings that are tried.
    effort : float
        Scales how many are tried.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is 1 over the longest query and the longest document.

    Raises
    ------
    ConstructionError
        If `dim` is less than the trie's, or float16 or bfloat16 cannot hold its numbers.

    Examples
    --------
    >>> e = kraft_trie(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), dtype="int8")
    >>> e.queries @ e.documents.T
    array([[ 1, -1, -1],
           [ 1,  1, -3],
           [ 1, -3,  1]], dtype=int8)
    """
    stored = as_dtype(dtype)
    trie = trie_of(relevance, seed, effort)
    shared = _Shared.of(trie, stored)
    if not _fits(2 * trie.lengths - 1, shared, stored):
        raise ConstructionError(f"the stored type must hold the trie's numbers: {dtype} does not")
    least = trie.n_bits + shared.n_coordinates
    if dim is not None and dim < least:
        raise ConstructionError(f"dim must be at least that of the trie, {least}: got {dim}")
    queries = np.zeros((relevance.n_queries, least), dtype=np.float64)
    documents = np.zeros((relevance.n_documents, least), dtype=np.float64)
    trie.write_codes(queries, documents)
    documents *= 2
    shared.write(queries, documents, 2 * trie.lengths - 1)
    empty = relevance.n_queries_of == 0
    documents[empty] = 0
    documents[empty, -1] = -1.0
    query_length = np.linalg.norm(queries, axis=1).max()
    document_length = np.linalg.norm(documents, axis=1).max()
    return DualEmbedding(
        queries.astype(stored),
        documents.astype(stored),
        threshold=0.0,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        construction="trie",
        parameters={
            "cover": "laminar",
            "n_classes": trie.cover.n_classes,
            "n_classes_lower_bound": trie.cover.lower_bound,
            "heights": trie.heights.tolist(),
            "seed": seed,
            "effort": effort,
        },
        promise={
            "dim": least,
            "margin": 1.0 / float(query_length * document_length),
            "theorem": "Kraft trie",
        },
    )


def trie_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int, effort: float = 1.0
) -> Promise | None:
    """Return what `kraft_trie` promises, None where the stored type does not hold it."""
    trie = trie_of(relevance, seed, effort)
    stored = as_dtype(dtype)
    shared = _Shared.of(trie, stored)
    totals = 2 * trie.lengths - 1
    if not _fits(totals, shared, stored):
        return None
    queries = np.zeros(relevance.n_queries)
    for t in range(trie.cover.n_classes):
        rows, deepest = trie.cover.deepest(t)
        queries[rows] += trie.lengths[deepest]
    query = queries.max() + shared.beta**2 * shared.n_coordinates
    document = (4 * trie.lengths + shared.squares(totals)).max()
    margin = 1 / float(np.sqrt(query * document))
    return Promise(trie.n_bits + shared.n_coordinates, SHOWN * margin)


def _fits(totals: NDArray[np.int64], shared: _Shared, dtype: np.dtype[Any]) -> bool:
    """Return whether 2k - 1 is held exactly, over a power of two or spread over coordinates."""
    return shared.n_coordinates > 1 or int(totals.max(initial=1)) <= largest_integer(dtype)


@dataclass(frozen=True)
class _Shared:
    """The coordinates that carry -(2k - 1): beta on queries, or several ones for int8."""

    beta: float
    n_coordinates: int

    @classmethod
    def of(cls, trie: LaminarTrie, dtype: np.dtype[Any]) -> _Shared:
        longest = int(trie.lengths.max(initial=0))
        if dtype == np.int8:
            return cls(1.0, max(1, ceil_div(2 * longest - 1, _INT8_MOST)))
        # (bits + beta^2)(4k + (2k - 1)^2 / beta^2) is least where beta^4 is their quotient
        best = (max(1, trie.n_bits) * (2 * longest - 1) ** 2 / max(1, 4 * longest)) ** 0.25
        return cls(float(2.0 ** max(0, round(np.log2(max(best, 1.0))))), 1)

    def write(
        self,
        queries: NDArray[np.float64],
        documents: NDArray[np.float64],
        totals: NDArray[np.int64],
    ) -> None:
        """Write the shared columns, the last ones, for documents with these 2k - 1."""
        queries[:, -self.n_coordinates :] = self.beta
        for column, part in enumerate(self._columns(totals), start=1):
            documents[:, -column] = -part

    def squares(self, totals: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what the shared columns add to the squared lengths of documents."""
        total: NDArray[np.float64] = np.sum([p**2 for p in self._columns(totals)], axis=0)
        return total

    def _columns(self, totals: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        left = totals.astype(np.float64)
        columns = []
        for _ in range(self.n_coordinates):
            part = np.minimum(left, _INT8_MOST if self.n_coordinates > 1 else np.inf)
            columns.append(part / self.beta)
            left -= part
        return columns
