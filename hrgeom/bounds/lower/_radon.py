r"""Radon's theorem: sets that are cut in two in every way, and all subsets of a size.

A set T of documents is *halved* if for each of its subsets P, but T and the empty set, P or T
without P is :math:`S(q) \cap T` for some query q.

Theorem 1. Let t documents be halved: row thresholds, and so all others, take :math:`d \ge t - 1`.
If besides T or the empty set is some :math:`S(q) \cap T`, threshold 0 takes :math:`d \ge t`.
Let t queries be halved by the documents' sets D(v), the whole or the empty set included: row
thresholds take :math:`d \ge t - 1`, and threshold 0 takes :math:`d \ge t`.

Proof. If d is less, there are numbers c_i, not all 0, with :math:`\sum_i c_i h_i = 0` for the
heights (score less threshold) of the t members with every vector of the other side: for documents
:math:`\sum_i c_i x_i = 0` and, unless the threshold is 0, :math:`\sum_i c_i = 0`, which takes d or
d + 1 equations; for queries :math:`\sum_i c_i q_i = 0` and :math:`\sum_i c_i r_i = 0`. Let P be the
members with c_i > 0. What matches P and none of the others makes the sum positive, what matches
just the others makes it negative, unless their c_i are all 0; put members with c_i = 0 on either
side so that neither part is empty where only such cuts are known. Where :math:`\sum_i c_i = 0` both
signs occur, and they are; else it is what the whole or the empty set is for. ∎

Theorem 2. Let all subsets of at most k of m documents be retrieved. Row thresholds take
:math:`d \ge \min(2k, m - 1)`, and that is enough. If only the subsets of exactly k <= m/2 are,
they take :math:`d \ge \min(2k, m - k)`, which is enough for m >= 3k.

Proof. Let d be less: d + 2 documents have a relation as above, and the smaller of its two signs is
that of at most (d + 2)/2 < k + 1 of them, of A; let B be those of the other. A query that matches A
and none of B is impossible. There is one for A itself, and if exactly k match, for A and k - |A|
documents outside of A and B, if there are so many: |B| <= d + 1 <= m - k says so. The moment
curve ranks with 2k dimensions, a simplex with m - 1. ∎

Subsets of exactly k are fewer, and :math:`\min(2k, m - 1)` is *not* a bound for them: a
triangle's corners and a point inside of it have all pairs cut off by lines, so m = 4 and k = 2 take
two dimensions, not three. Subsets of exactly k and exactly m - k are each other's complements and
take the same number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hrgeom._base import csr
from hrgeom._base.counted import counted
from hrgeom.bounds._distinct_sets import complete_sizes
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.bounds.lower._shattering import document_items, largest, query_items
from hrgeom.core import Relevance
from hrgeom.errors import HrgeomError

__all__ = [
    "ALL_SUBSETS",
    "THEOREM",
    "Halved",
    "largest_halved_sets",
    "radon_dimension",
    "radon_dimension_exactly",
]


@dataclass(frozen=True)
class Halved(LeastDimensions):
    """Halved documents and halved queries.

    Attributes
    ----------
    documents : tuple of int
        Cut in two in every proper way by some query.
    with_whole : bool
        Whether some query matches all of them, or none.
    queries : tuple of int
        Cut in two in every way by some document, and some document matches all or none.
    documents_complete, queries_complete : bool
        Whether the search was, so that no larger set is halved.

    Examples
    --------
    >>> Halved((0, 1, 2), True, (0, 1), True, True).threshold_zero
    3
    """

    documents: tuple[int, ...]
    with_whole: bool
    queries: tuple[int, ...]
    documents_complete: bool
    queries_complete: bool

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query."""
        # Theorem 1: a relation takes d + 1 equations, one of them for sums or thresholds
        return max(1, len(self.documents) - 1, len(self.queries) - 1)

    @property
    def threshold_zero(self) -> int:
        """Least dimension with threshold 0."""
        # Theorem 1: d equations, but all c_i may have one sign, which the whole set excludes
        documents = len(self.documents) - (not self.with_whole)
        return max(1, documents, len(self.queries))


def largest_halved_sets(relevance: Relevance, *, work: int = 150_000_000) -> Halved:
    """Return the largest sets of documents and of queries found that are cut in two in every way.

    Lower bounds on the dimension, for row thresholds (`row`), one threshold of any value
    (`any_threshold`) and threshold 0 (`threshold_zero`), with no margin asked for. For row
    thresholds never below that of `largest_shattered_sets` for documents.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    work : int
        Entries looked at by the search for either side; the default is some seconds. Small inputs
        are searched to the end unless it runs out; of large ones only documents that cross and
        some others are looked at, and queries of different sets of crossing documents.

    Returns
    -------
    halved : Halved
        Certified: the cuts have been seen.

    References
    ----------
    J. Radon 1921; Wang et al. 2026 (arXiv:2601.20844) for all subsets; Theorem 1 above and
    `proofs/radon.py`.

    Examples
    --------
    Three leaves and their root: two dimensions with row thresholds, three with threshold 0.

    >>> found = largest_halved_sets(Relevance.from_sets([{0}, {0, 1}, {0, 2}, {0, 3}], 4))
    >>> found.row, found.threshold_zero
    (2, 3)
    """
    documents, complete = largest(
        all_documents := document_items(relevance, crossing_only=False), "halves", work
    )
    queries, queries_complete = largest(
        all_queries := query_items(relevance), "halves and whole", work
    )
    return Halved(
        documents,
        _is_whole(relevance, documents),
        queries,
        complete and all_documents.complete,
        queries_complete and all_queries.complete,
    )


def _is_whole(relevance: Relevance, documents: tuple[int, ...]) -> bool:
    """Return whether a query matches all of the documents or none."""
    held = np.isin(relevance.indices, documents)
    count = np.bincount(csr.row_numbers(relevance.indptr)[held], minlength=relevance.n_queries)
    return bool(np.any((count == 0) | (count == len(documents))))


def radon_dimension(m: int, k: int) -> int:
    """Return min(2k, m - 1): the dimension that all subsets of at most k of m documents take.

    Lower bound for row thresholds, and tight: the moment curve has 2k, a simplex m - 1. One
    threshold takes no less.

    Parameters
    ----------
    m : int
        Number of documents.
    k : int
        Size of the subsets, from 1 to m.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    HrgeomError
        Unless 1 <= k <= m.

    References
    ----------
    Wang et al. 2026, arXiv:2601.20844; Theorem 2 of this module.

    Examples
    --------
    >>> radon_dimension(10, 2), radon_dimension(4, 2)
    (4, 3)
    """
    _check_sizes(m, k)
    return max(1, min(2 * k, m - 1))


def radon_dimension_exactly(m: int, k: int) -> int:
    """Return min(2k, m - k), k <= m/2: no fewer dimensions do for all subsets of exactly k.

    Lower bound for row thresholds; tight for m >= 3k. For k > m/2 that of m - k, as complements
    take as much.

    Parameters
    ----------
    m : int
        Number of documents.
    k : int
        Size of the subsets, from 1 to m.

    Returns
    -------
    dim : int
        At least 1.

    Raises
    ------
    HrgeomError
        Unless 1 <= k <= m.

    References
    ----------
    Theorem 2 of this module.

    Examples
    --------
    >>> radon_dimension_exactly(10, 2), radon_dimension_exactly(4, 2)
    (4, 2)
    """
    _check_sizes(m, k)
    fewer = min(k, m - k)  # complements take the same number
    return max(1, min(2 * fewer, m - fewer))


def _check_sizes(m: int, k: int) -> None:
    if not 1 <= k <= m:
        raise HrgeomError(f"k must be from 1 to the number of documents m: got k = {k}, m = {m}")


def _statements(problem: BoundsProblem) -> list[Statement]:
    found = largest_halved_sets(problem.relevance, work=problem.work)
    more = "" if found.documents_complete and found.queries_complete else " (more may be)"
    sets = counted(len(found.queries), "query", "queries")
    reason = f"{counted(len(found.documents), 'document')}, {sets} are halved{more}"
    return found.statements(reason)


def _statements_of_all_subsets(problem: BoundsProblem) -> list[Statement]:
    m, complete = problem.relevance.n_documents, problem.cached(complete_sizes)
    if not complete:
        raise NotApplicableError("for no k is every set of k documents a query")
    # Theorem 2 for the subsets of exactly k, the best k
    value, k = max((radon_dimension_exactly(m, k), k) for k in complete)
    reason = f"all subsets of k = {k} of {m:,} documents"
    # Theorem 2 for the subsets of at most k: all sizes from 1 on must be complete
    up_to = 0
    while up_to + 1 in complete:
        up_to += 1
    if up_to and radon_dimension(m, up_to) >= value:
        value = radon_dimension(m, up_to)
        reason = f"all subsets of at most k = {up_to} of {m:,} documents"
    return [Statement("row", value, reason)]


THEOREM = Theorem(
    name="radon",
    quantity="dimension",
    side="lower",
    statement="t documents that queries cut in two in every way take t - 1 dimensions",
    says=_statements,
    status="certified",
    source="Radon 1921",
    proof="radon",
    page="theory/limits.md",
)
"""Theorem 1."""

ALL_SUBSETS = Theorem(
    name="all-subsets",
    quantity="dimension",
    side="lower",
    statement="All subsets of at most k of m documents take min(2k, m - 1) dimensions",
    says=_statements_of_all_subsets,
    source="Wang et al. 2026",
    proof="radon",
    page="theory/limits.md",
)
"""Theorem 2."""
