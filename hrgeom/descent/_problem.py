"""The problem of a descent: a relevance in an order that keeps related rows together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Notion, Relevance

__all__ = ["Problem", "order_by_matches"]

_COLUMNS = 32  # of matches that the order goes by; only locality depends on it


@dataclass(frozen=True)
class Problem:
    """Matches by query and, for every group of queries, by document, in the descent's own order.

    Attributes
    ----------
    notion : {"global", "row"}
        One threshold for all queries, or one each.
    query_order, document_order : ndarray of int64
        The query (document) of the relevance that stands at each place.
    groups : ndarray of int64, shape (n_groups + 1,)
        Where each group of queries begins. Every group is a random sample of all queries.
    indptr, indices : ndarray
        Matches by query, documents ascending.
    by_document : tuple of (ndarray, ndarray)
        For every group, matches by document: starts and queries.
    """

    notion: Notion
    query_order: NDArray[np.int64]
    document_order: NDArray[np.int64]
    groups: NDArray[np.int64]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    by_document: tuple[tuple[NDArray[np.int64], NDArray[np.int32]], ...]

    @classmethod
    def of(
        cls, relevance: Relevance, notion: Notion, n_groups: int, rng: np.random.Generator
    ) -> Problem:
        """Return the problem of a relevance, its queries dealt into groups."""
        n = relevance.n_queries
        n_groups = max(1, min(n_groups, n))
        order = order_by_matches(relevance)
        documents = _document_order(relevance, order)
        group_of = rng.permutation(np.arange(n) % n_groups)
        queries = order[np.argsort(group_of, kind="stable")]
        groups = np.concatenate(([0], np.cumsum(np.bincount(group_of, minlength=n_groups))))
        place = np.empty(relevance.n_documents, dtype=np.int64)
        place[documents] = np.arange(len(documents))
        entries, indptr = csr.entries_of(relevance.indptr, queries)
        rows = np.repeat(np.arange(n), np.diff(indptr))
        unsorted = place[relevance.indices[entries]]
        columns = unsorted[np.lexsort((unsorted, rows))].astype(np.int32)
        by_document = tuple(
            _by_document(rows, columns, indptr, int(a), int(b), relevance.n_documents)
            for a, b in pairwise(groups)
        )
        return cls(
            notion,
            queries,
            documents,
            groups.astype(np.int64),
            indptr.astype(np.int64),
            columns,
            by_document,
        )

    @property
    def n_queries(self) -> int:
        """Number of queries."""
        return len(self.query_order)

    @property
    def n_documents(self) -> int:
        """Number of documents."""
        return len(self.document_order)

    @property
    def n_matches(self) -> NDArray[np.int64]:
        """Number of matches of every query."""
        return np.diff(self.indptr)

    @property
    def has_gap(self) -> bool:
        """Whether there is a match and a non-match whose scores must differ."""
        counts = self.n_matches
        some, all_ = counts > 0, counts == self.n_documents
        if self.notion == "row":
            return bool(np.any(some & ~all_))
        return bool(some.any() and not all_.all())


def order_by_matches(relevance: Relevance) -> NDArray[np.int64]:
    """Return the queries in an order of their matches, the most frequent document first.

    For a hierarchy it is depth-first, up to the number of levels that are looked at.
    """
    counts = np.bincount(relevance.indices, minlength=relevance.n_documents)
    rank = np.empty(relevance.n_documents, dtype=np.int64)
    rank[np.lexsort((np.arange(len(counts)), -counts))] = np.arange(len(counts))
    rows = np.repeat(np.arange(relevance.n_queries), relevance.n_matches)
    ranks = rank[relevance.indices]
    sort = np.lexsort((ranks, rows))
    column = np.arange(len(rows)) - relevance.indptr[rows]
    keys = np.full((min(_COLUMNS, relevance.max_matches), relevance.n_queries), -1, dtype=np.int64)
    shown = column < len(keys)
    keys[column[shown], rows[shown]] = ranks[sort][shown]
    if not len(keys):
        return np.arange(relevance.n_queries)
    return np.lexsort(keys[::-1])


def _document_order(relevance: Relevance, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Documents by the first query in order that they match, broader ones first."""
    place = np.empty(relevance.n_queries, dtype=np.int64)
    place[order] = np.arange(len(order))
    rows = np.repeat(place, relevance.n_matches)
    first = np.full(relevance.n_documents, relevance.n_queries, dtype=np.int64)
    np.minimum.at(first, relevance.indices, rows)
    counts = np.bincount(relevance.indices, minlength=relevance.n_documents)
    return np.lexsort((-counts, first))


def _by_document(
    rows: NDArray[np.int64],
    columns: NDArray[np.int32],
    indptr: NDArray[np.int64],
    first: int,
    last: int,
    n_documents: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    part = slice(int(indptr[first]), int(indptr[last]))
    own = columns[part]
    starts = np.concatenate(([0], np.cumsum(np.bincount(own, minlength=n_documents))))
    return starts.astype(np.int64), rows[part][np.argsort(own, kind="stable")].astype(np.int32)
