"""A lower bound on the classes of a consecutive-ones cover: private sunflowers.

Theorem. If w documents share a query, and each of them has a query that matches none of the other
w - 1, then every cover with consecutive ones has at least w/2 classes.

Proof. Let some of the w documents be in one class. Their intervals contain the position of the
shared query; the one that reaches furthest left and the one that reaches furthest right together
cover all others. A third one would have its private query in one of these two. So a class holds
at most two. ∎

In a hierarchy the documents of such a *private sunflower* are pairwise incomparable, and
conversely any antichain inside S(q) is one, each document being its own private query. The
largest antichain in S(q) is found by Dilworth's theorem: its size is |S(q)| minus the size of a
maximum matching of documents to documents below them, and the antichain itself comes from König's
vertex cover. For other relevances a sunflower is collected greedily.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Relevance, distinct_rows, restricted

__all__ = ["Sunflower", "private_sunflower"]


_VISITS = 5_000_000  # pairs of documents looked at: a second or two


@dataclass(frozen=True)
class Sunflower:
    """Documents that share a query, each with a private query: any cover has half as many classes.

    Attributes
    ----------
    query : int
        Matches all the documents.
    documents : tuple of int
    private : tuple of int
        private[i] matches documents[i] and no other of them.
    """

    query: int
    documents: tuple[int, ...]
    private: tuple[int, ...]

    @property
    def n_classes(self) -> int:
        """The least number of classes that this leaves possible."""
        return (len(self.documents) + 1) // 2


def private_sunflower(relevance: Relevance) -> Sunflower | None:
    """Return a large private sunflower, None if no two documents cross.

    For a hierarchy it is the largest in the queries looked at, those with most crossing
    documents first; only in large tangled ones some queries are left out.

    Examples
    --------
    >>> private_sunflower(Relevance.from_sets([{0, 1, 2}, {0}, {1}, {2}], 3))
    Sunflower(query=0, documents=(0, 1, 2), private=(1, 2, 3))
    """
    documents = np.unique(relevance.crossing_pairs)
    if len(documents) == 0:
        return None
    indptr, indices = restricted(relevance, documents)
    _, first = distinct_rows(indptr, indices, len(documents))
    queries = first[np.argsort(-(indptr[first + 1] - indptr[first]), kind="stable")]

    def row(query: int) -> list[int]:
        matched: list[int] = indices[indptr[query] : indptr[query + 1]].tolist()
        return matched

    own = documents.tolist()  # in a hierarchy document v is query v
    is_square = relevance.n_queries == relevance.n_documents
    masks: list[tuple[int, int]] = []
    best: Sunflower | None = None
    n_visits = 0
    for q in queries.tolist():
        inside = row(q)
        n_best = len(best.documents) if best else 0
        if len(inside) <= n_best or n_visits > _VISITS:
            break
        n_visits += len(inside) ** 2
        above = _order(inside, [row(own[v]) for v in inside]) if is_square else None
        if above is not None:
            chosen = [inside[i] for i in _largest_antichain(above, n_best)]
            private = [own[v] for v in chosen]
        else:
            masks = masks or _masks(relevance, documents)
            n_visits += len(masks)
            chosen, private = _collect(inside, masks)
        if len(chosen) > n_best:
            best = Sunflower(q, tuple(own[v] for v in chosen), tuple(private))
    return best


def _order(inside: Sequence[int], rows: Sequence[Sequence[int]]) -> list[int] | None:
    """Return for each document the others above it, as bits; None if that is no partial order.

    rows[i] are what inside[i] matches as a query.
    """
    bit = {v: 1 << i for i, v in enumerate(inside)}
    above = [sum(bit.get(w, 0) for w in row) for row in rows]
    for i, own in enumerate(above):
        if not own >> i & 1:
            return None
        above[i] = own ^ 1 << i
    for own in above:
        for j in _bits(own):
            if above[j] & ~own:  # not transitive, or the document itself: a cycle
                return None
    return above


def _largest_antichain(above: Sequence[int], n_known: int) -> list[int]:
    """Return a largest antichain, or nothing if it has no more than n_known members."""
    from scipy import sparse
    from scipy.sparse.csgraph import maximum_bipartite_matching

    n, free, n_matched = len(above), (1 << len(above)) - 1, 0
    for own in above:
        n_matched += own & free != 0
        free ^= own & free & -(own & free)
    if n - n_matched <= n_known:
        return []
    lists = [_bits(own) for own in above]
    indptr = np.cumsum([0, *map(len, lists)])
    indices = np.array([j for own in lists for j in own], dtype=np.int32)
    edges = sparse.csr_array((np.ones(len(indices), dtype=np.int8), indices, indptr), shape=(n, n))
    lower = maximum_bipartite_matching(edges, perm_type="row").tolist()  # of each upper document
    # König: what alternating paths from unmatched lower documents reach
    reached_upper = 0
    waiting = list(set(range(n)) - set(lower))
    reached_lower = set(waiting)
    while waiting:
        new = above[waiting.pop()] & ~reached_upper
        reached_upper |= new
        for j in _bits(new):
            if lower[j] not in reached_lower:
                reached_lower.add(lower[j])
                waiting.append(lower[j])
    return [i for i in sorted(reached_lower) if not reached_upper >> i & 1]


def _masks(relevance: Relevance, documents: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Return (documents matched as bits, query), one query for each set of documents."""
    indptr, indices = restricted(relevance, documents)
    _, first = distinct_rows(indptr, indices, len(documents))
    rows = [(indices[indptr[q] : indptr[q + 1]].tolist(), q) for q in first.tolist()]
    return [(sum(1 << v for v in row), q) for row, q in rows]


def _collect(
    inside: Sequence[int], masks: Sequence[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """Take queries with few of the documents first, one new document for each."""
    shared = sum(1 << v for v in inside)
    rows = sorted(
        ((mask & shared, q) for mask, q in masks if mask & shared),
        key=lambda row: (row[0].bit_count(), row[1]),
    )
    chosen, private, taken, matched = [], [], 0, 0
    for row, q in rows:
        new = row & ~matched
        if new and not row & taken:
            lowest = new & -new
            chosen.append(lowest.bit_length() - 1)
            private.append(q)
            taken |= lowest
            matched |= row
    return chosen, private


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
