r"""VC dimension: sets of which every subset is retrieved, and the dimensions they take.

A set T of documents is *shattered* if every subset of it is :math:`S(q) \cap T` for some query q;
a set of queries, if every subset of it is the part of D(v) among them for some document v.

Theorem. Let t documents be shattered: one threshold for all queries takes :math:`d \ge t`,
whatever the threshold, and row thresholds take :math:`d \ge t - 1`. Let t queries be shattered:
row thresholds, and so all others, take :math:`d \ge t`.

Proof. Call :math:`\langle q, x \rangle` less the threshold the *height* of a pair, positive on
matches and negative on others. In each case, if d is less, there are numbers :math:`c_i`, not all
0, such that :math:`\sum_i c_i h_i = b` for the heights of the t members with every vector of the
other side, and the same b:

- documents, one threshold r, d < t: a relation :math:`\sum_i c_i x_i = 0`, then
  :math:`b = -r \sum_i c_i`;
- documents, rows, d + 1 < t: one with :math:`\sum_i c_i = 0` too, and b = 0 whatever the row's
  threshold;
- queries, d < t: :math:`\sum_i c_i q_i = 0`, then :math:`b = -\sum_i c_i r_i`.

Change all signs if need be, so that b >= 0. Whatever matches just the members with c_i < 0 makes
every term with c_i other than 0 negative, and their sum is not b. ∎

Each is tight: all subsets of t documents take t with threshold 0 (:math:`x_i = e_i`, entries of
queries 1 and -1), and t - 1 with row thresholds (a simplex); so do all subsets of t queries take t.
For a relevance at hand they are lower bounds and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.counted import counted
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.bounds.lower._shattering import Items, document_items, largest, query_items
from hrgeom.core import Relevance

__all__ = ["THEOREM", "Shattered", "largest_shattered_sets", "shattered"]


@dataclass(frozen=True)
class Shattered(LeastDimensions):
    """Shattered documents and shattered queries, each with what shatters them.

    Attributes
    ----------
    documents : tuple of int
        Every subset of them is what some query matches among them.
    by_queries : tuple of int
        Query number p of these 2^t matches document i of them iff bit i of p is set.
    queries : tuple of int
        Every subset of them is what some document matches among them.
    by_documents : tuple of int
        The 2^t documents, numbered in the same way.
    documents_complete, queries_complete : bool
        Whether the search was, so that no larger set is shattered. False: there may be one, and the
        bounds are true all the same.

    Examples
    --------
    >>> Shattered((0, 1), (0, 1, 2, 3), (), (0,), True, True).any_threshold
    2
    """

    documents: tuple[int, ...]
    by_queries: tuple[int, ...]
    queries: tuple[int, ...]
    by_documents: tuple[int, ...]
    documents_complete: bool
    queries_complete: bool

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query."""
        # documents: a relation with sum c_i = 0 takes d + 1 equations; queries: d are enough
        return max(1, len(self.documents) - 1, len(self.queries))

    @property
    def any_threshold(self) -> int:
        """Least dimension with one threshold, of any value."""
        return max(1, len(self.documents), len(self.queries))


def largest_shattered_sets(relevance: Relevance, *, work: int = 150_000_000) -> Shattered:
    """Return the largest sets of documents and of queries found that are shattered.

    Lower bounds on the dimension, for row thresholds (`row`) and for one threshold of any value
    (`any_threshold`, 0 included), with no margin asked for. Tight for all subsets, not in general.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    work : int
        Entries looked at by the search for either side; the default is some seconds. Small inputs
        are searched to the end. On large ones documents are those that cross, which loses nothing,
        and queries one for each set of crossing documents they match, which may.

    Returns
    -------
    shattered : Shattered
        Certified: the patterns have been seen.

    References
    ----------
    V. N. Vapnik and A. Ya. Chervonenkis 1971 for half spaces; the three notions: proof above and in
    `proofs/shattering.py`.

    Examples
    --------
    >>> from itertools import combinations
    >>> subsets = [set(c) for n in range(4) for c in combinations(range(3), n)]
    >>> found = largest_shattered_sets(Relevance.from_sets(subsets, 3))
    >>> found.documents, found.row, found.any_threshold
    ((0, 1, 2), 2, 3)
    """
    documents, complete = _shattered(document_items(relevance, crossing_only=True), work)
    if not documents:
        documents = _one(relevance.n_queries_of, relevance.n_queries)
    queries, queries_complete = _shattered(query_items(relevance), work)
    by_queries = _witnesses(relevance.indptr, relevance.indices, documents)
    by_documents = _witnesses(*relevance.transposed, queries)
    return Shattered(documents, by_queries, queries, by_documents, complete, queries_complete)


def _shattered(items: Items, work: int) -> tuple[tuple[int, ...], bool]:
    found, complete = largest(items, "all", work)
    return found, complete and items.complete


def _one(n_matched: NDArray[np.int64], n_rows: int) -> tuple[int, ...]:
    """Return an item that some row holds and another does not, if there is one."""
    return tuple(np.flatnonzero((n_matched > 0) & (n_matched < n_rows))[:1].tolist())


def _witnesses(indptr: csr.Indptr, indices: csr.Indices, items: tuple[int, ...]) -> tuple[int, ...]:
    """Return for every subset of the items, as a number in bits, a row that holds just these."""
    pattern = np.zeros(len(indptr) - 1, dtype=np.int64)
    rows = csr.row_numbers(indptr)
    for bit, item in enumerate(items):
        pattern[rows[indices == item]] += 1 << bit
    _, first = np.unique(pattern, return_index=True)
    return tuple(first.tolist())


def shattered(problem: BoundsProblem) -> Shattered:
    """Return the shattered documents and queries of a problem; call it through `cached`.

    Parameters
    ----------
    problem : BoundsProblem
        Its effort says how long to search.

    Returns
    -------
    shattered : Shattered
        As from `largest_shattered_sets`.

    Examples
    --------
    >>> problem = BoundsProblem(Relevance.from_sets([{0}, {0, 1}, {1}, set()], 2))
    >>> problem.cached(shattered).documents
    (0, 1)
    """
    return largest_shattered_sets(problem.relevance, work=problem.work)


def _statements(problem: BoundsProblem) -> list[Statement]:
    found = problem.cached(shattered)
    more = "" if found.documents_complete and found.queries_complete else " (more may be)"
    sets = counted(len(found.queries), "query", "queries")
    reason = f"{counted(len(found.documents), 'document')}, {sets} are shattered{more}"
    return found.statements(reason)


THEOREM = Theorem(
    name="vc-dimension",
    quantity="dimension",
    side="lower",
    statement="t documents of which queries match every subset take t dimensions, t - 1 with "
    "row thresholds",
    says=_statements,
    status="certified",
    source="Vapnik and Chervonenkis 1971",
    proof="shattering",
    page="theory/limits.md",
)
