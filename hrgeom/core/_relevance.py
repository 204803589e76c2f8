"""Relevance: which documents match each query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base import csr
from hrgeom._base.checks import as_labels, label_index
from hrgeom.errors import HierarchyError

__all__ = ["Relevance"]

P = ParamSpec("P")
T = TypeVar("T")

_KEYS_AT_A_TIME = 8_000_000


class Relevance:
    """Sets S(q) of the documents that match each query, as CSR arrays.

    D(v), the set of the queries that document v matches, is `transposed`.

    Parameters
    ----------
    indptr : array_like of int, shape (n_queries + 1,)
        Row starts.
    indices : array_like of int, shape (n_pairs,)
        The documents of S(q), row after row, ascending within a row, each once.
    n_documents : int
        Number of documents, those that match nothing included.
    query_labels, document_labels : sequence of str, optional
        One distinct label each. Default: the numbers as text.
    witnesses : ndarray of int32, shape (k,), optional
        Given only for a hierarchy, where query i *is* document i and S is transitive: queries
        such that any two incomparable documents with a common query have one among these.
        It makes `crossing_pairs` fast; leave it out otherwise.

    Raises
    ------
    HierarchyError
        If the arrays are not of this form, labels repeat, or there is no query or no document.

    Examples
    --------
    >>> r = Relevance.from_sets([{0, 2}, {1}], n_documents=3)
    >>> r.n_pairs, r.max_matches
    (3, 2)
    """

    def __init__(
        self,
        indptr: ArrayLike,
        indices: ArrayLike,
        n_documents: int,
        *,
        query_labels: Sequence[str] | None = None,
        document_labels: Sequence[str] | None = None,
        witnesses: NDArray[np.int32] | None = None,
    ) -> None:
        self.n_documents = int(n_documents)
        self.indptr: NDArray[np.int64] = np.array(indptr, dtype=np.int64)
        wide = np.asarray(indices, dtype=np.int64)
        self._check_numbers(wide)
        self.indices: NDArray[np.int32] = wide.astype(np.int32)
        self._check_rows()
        self._witnesses = witnesses
        self._cache: dict[Any, Any] = {}
        self.query_labels = as_labels(query_labels, self.n_queries, "query_labels")
        self.document_labels = as_labels(document_labels, self.n_documents, "document_labels")
        label_index(self.query_labels, "query labels")
        label_index(self.document_labels, "document labels")
        self._freeze()

    def _freeze(self) -> None:
        for array in (self.indptr, self.indices):
            array.flags.writeable = False

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the cache, which a copy starts anew."""
        return {**self.__dict__, "_cache": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._freeze()

    @property
    def relevance(self) -> Relevance:
        """The relevance itself, so that it can be used wherever a hierarchy can."""
        return self

    def cached(
        self,
        function: Callable[Concatenate[Relevance, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return ``function(self, *args, **kwargs)``, computed once and kept.

        Parameters
        ----------
        function : callable
            Function of a relevance and hashable arguments, whose result nobody may modify. Use a
            function defined in a module: one defined in place differs from call to call.
        *args, **kwargs
            Passed on. A copy of the relevance starts with an empty cache.

        Returns
        -------
        result : object
            The one of the first call with these arguments.

        Examples
        --------
        >>> r = Relevance.from_sets([{0, 2}, {1}], n_documents=3)
        >>> r.cached(Relevance.matches, 0) is r.cached(Relevance.matches, 0)
        True
        """
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in self._cache:
            self._cache[key] = function(self, *args, **kwargs)
        found: T = self._cache[key]
        return found

    def _check_numbers(self, indices: NDArray[np.int64]) -> None:
        if len(self.indptr) < 2 or self.n_documents < 1:
            raise HierarchyError(
                "there must be at least one query and one document: got "
                f"{len(self.indptr) - 1} queries, {self.n_documents} documents"
            )
        outside = np.flatnonzero((indices < 0) | (indices >= self.n_documents))
        if len(outside):
            raise HierarchyError(
                f"document numbers must be from 0 to {self.n_documents - 1}: "
                f"got {indices[outside[0]]} at entry {outside[0]}"
            )

    def _check_rows(self) -> None:
        if self.indptr[0] != 0 or self.indptr[-1] != len(self.indices):
            raise HierarchyError(
                f"indptr must run from 0 to the number of indices, {len(self.indices)}: "
                f"got {self.indptr[0]} to {self.indptr[-1]}"
            )
        if np.any(np.diff(self.indptr) < 0):
            raise HierarchyError("indptr must not descend")
        rising = np.diff(self.indices) > 0
        inner = self.indptr[1:-1]
        rising[inner[(inner > 0) & (inner < len(self.indices))] - 1] = True
        if not rising.all():
            bad = int(np.flatnonzero(~rising)[0])
            raise HierarchyError(
                "each row of indices must ascend, every document once: "
                f"got {self.indices[bad]} before {self.indices[bad + 1]} at entry {bad}"
            )

    @classmethod
    def from_sets(
        cls,
        sets: Iterable[Iterable[int]],
        n_documents: int,
        *,
        query_labels: Sequence[str] | None = None,
        document_labels: Sequence[str] | None = None,
    ) -> Relevance:
        """Return the relevance in which query i matches the documents of the i-th set.

        Parameters
        ----------
        sets : iterable of iterable of int
            S(q) for each query, as document numbers.
        n_documents : int
            Number of documents, those that match nothing included.
        query_labels, document_labels : sequence of str, optional
            One distinct label each. Default: the numbers as text.

        Returns
        -------
        relevance : Relevance
            One query per set.
        """
        rows = [sorted(set(s)) for s in sets]
        counts = np.array([len(row) for row in rows], dtype=np.int64)
        flat = np.array([v for row in rows for v in row], dtype=np.int64)
        return cls(
            csr.indptr_from_counts(counts),
            flat,
            n_documents,
            query_labels=query_labels,
            document_labels=document_labels,
        )

    @classmethod
    def from_judgments(
        cls,
        pairs: Iterable[tuple[str, str]],
        *,
        queries: Sequence[str] | None = None,
        documents: Sequence[str] | None = None,
    ) -> Relevance:
        """Return the relevance of a list of judgments (qrels).

        Parameters
        ----------
        pairs : iterable of (str, str)
            Labels (query, document); a pair that occurs twice counts once.
        queries, documents : sequence of str, optional
            All labels in the order wanted, which may include documents that match nothing.
            Default: the labels of `pairs` in order of appearance.

        Returns
        -------
        relevance : Relevance
            Its queries and documents carry the labels.

        Raises
        ------
        HierarchyError
            If a pair uses a label that is not among those given, or labels repeat.

        Examples
        --------
        >>> r = Relevance.from_judgments([("red apple", "d1"), ("fruit", "d1"), ("fruit", "d2")])
        >>> r.query_labels, r.matches(1)
        (('red apple', 'fruit'), array([0, 1], dtype=int32))
        """
        listed = list(pairs)
        query_labels = list(dict.fromkeys(q for q, _ in listed) if queries is None else queries)
        document_labels = list(
            dict.fromkeys(v for _, v in listed) if documents is None else documents
        )
        query_of = label_index(query_labels, "query labels")
        document_of = label_index(document_labels, "document labels")
        numbered = set()
        for position, (q, v) in enumerate(listed):
            if q not in query_of or v not in document_of:
                what = f"query {q!r}" if q not in query_of else f"document {v!r}"
                raise HierarchyError(
                    f"judgments must use known labels: got {what} at judgment {position}"
                )
            numbered.add((query_of[q], document_of[v]))
        array = np.array(sorted(numbered), dtype=np.int64).reshape(-1, 2)
        indptr, indices = csr.from_pairs(array[:, 0], array[:, 1], len(query_labels))
        return cls(
            indptr,
            indices,
            len(document_labels),
            query_labels=query_labels,
            document_labels=document_labels,
        )

    @property
    def n_queries(self) -> int:
        """Number of queries N."""
        return len(self.indptr) - 1

    @property
    def n_pairs(self) -> int:
        """Number of (query, document) pairs that match."""
        return len(self.indices)

    @cached_property
    def n_matches(self) -> NDArray[np.int64]:
        """|S(q)| for every query, shape (n_queries,)."""
        return np.diff(self.indptr)

    @property
    def max_matches(self) -> int:
        """Largest number s of documents that match one query, the largest |S(q)|."""
        return int(self.n_matches.max())

    @cached_property
    def histogram(self) -> NDArray[np.int64]:
        """How many queries have |S(q)| = 0, 1, ..., s; shape (s + 1,)."""
        return np.bincount(self.n_matches).astype(np.int64)

    def matches(self, query: int) -> NDArray[np.int32]:
        """Return S(q) for a query.

        Parameters
        ----------
        query : int
            Number of the query.

        Returns
        -------
        documents : ndarray of int32, shape (k,)
            Numbers of the documents that match it, ascending; a read-only view.
        """
        return self.indices[self.indptr[query] : self.indptr[query + 1]]

    @cached_property
    def transposed(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """D(v) for every document as (indptr, indices): the queries that match it, ascending."""
        return csr.transpose(self.indptr, self.indices, self.n_documents)

    @cached_property
    def n_queries_of(self) -> NDArray[np.int64]:
        """|D(v)| for every document, shape (n_documents,)."""
        return np.bincount(self.indices, minlength=self.n_documents).astype(np.int64)

    def contains(
        self, queries: NDArray[np.integer], documents: NDArray[np.integer]
    ) -> NDArray[np.bool_]:
        """Return for each pair (queries[i], documents[i]) whether it matches.

        Parameters
        ----------
        queries, documents : ndarray of int, shape (k,)
            Numbers of the queries and of the documents.

        Returns
        -------
        matches : ndarray of bool, shape (k,)
            True where document i is in S(query i).
        """
        return csr.is_member(self.indptr, self.indices, self.n_documents, queries, documents)

    def restrict_documents(self, documents: NDArray[np.integer]) -> Relevance:
        """Return the relevance of the same queries to some of the documents.

        Whether two documents cross does not depend on the others, so known crossing pairs are
        kept.

        Parameters
        ----------
        documents : ndarray of int, shape (k,)
            Document numbers, ascending; document i of the result is documents[i].

        Returns
        -------
        relevance : Relevance
            This one, if `documents` are all documents.
        """
        if len(documents) == self.n_documents:
            return self
        number = np.full(self.n_documents, -1, dtype=np.int64)
        number[documents] = np.arange(len(documents))
        kept = number[self.indices] >= 0
        before = np.concatenate(([0], np.cumsum(kept)))
        ends = number[self.crossing_pairs]
        return self._part(
            before[self.indptr],
            number[self.indices[kept]].astype(np.int32),
            self.query_labels,
            tuple(self.document_labels[v] for v in documents.tolist()),
            ends[(ends >= 0).all(axis=1)].astype(np.int32),
        )

    def restrict_queries(self, queries: NDArray[np.integer]) -> Relevance:
        """Return the relevance of some of the queries to the same documents.

        Parameters
        ----------
        queries : ndarray of int, shape (k,)
            Query numbers; query i of the result is queries[i]. Every query that is left out must
            match the same documents as one that is not, so that the crossing pairs stay the same.

        Returns
        -------
        relevance : Relevance
            With k queries.
        """
        entries, indptr = csr.entries_of(self.indptr, queries)
        labels = tuple(self.query_labels[q] for q in queries.tolist())
        return self._part(
            indptr, self.indices[entries], labels, self.document_labels, self.crossing_pairs
        )

    @classmethod
    def _part(
        cls,
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        query_labels: tuple[str, ...],
        document_labels: tuple[str, ...],
        crossing_pairs: NDArray[np.int32],
    ) -> Relevance:
        """Return a relevance of arrays that have been checked before."""
        result = cls.__new__(cls)
        result.n_documents = len(document_labels)
        result.indptr, result.indices = indptr, indices
        result.query_labels, result.document_labels = query_labels, document_labels
        result._witnesses = None
        result._cache = {}
        result._freeze()
        result.__dict__["crossing_pairs"] = crossing_pairs
        return result

    @cached_property
    def crossing_pairs(self) -> NDArray[np.int32]:
        """Pairs v < w of documents whose sets D(v) and D(w) meet, neither inside the other.

        Shape (n, 2), sorted. These are the pairs that no laminar class may hold together.
        """
        if self._witnesses is None:
            return self._crossing_pairs_by_counting()
        return self._crossing_pairs_by_witnesses(self._witnesses)

    def _crossing_pairs_by_counting(self) -> NDArray[np.int32]:
        """|D(v) & D(w)| for all pairs that meet, as a sparse matrix product."""
        from scipy import sparse

        shape = (self.n_queries, self.n_documents)
        ones = np.ones(self.n_pairs, dtype=np.int64)
        relation = sparse.csr_array((ones, self.indices, self.indptr), shape=shape)
        common = sparse.triu(relation.T @ relation, k=1).tocoo()
        size = self.n_queries_of
        crossing = common.data < np.minimum(size[common.row], size[common.col])
        pairs = np.column_stack((common.row[crossing], common.col[crossing])).astype(np.int32)
        return np.ascontiguousarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])

    def _crossing_pairs_by_witnesses(self, witnesses: NDArray[np.int32]) -> NDArray[np.int32]:
        """Incomparable pairs inside S(w) for the witnesses w, gathered a few rows at a time.

        In a hierarchy document v is inside document w (as sets D) iff query v matches w.
        """
        m = self.n_documents
        found = np.empty(0, dtype=np.int64)
        waiting: list[NDArray[np.int64]] = []
        by_size = witnesses[np.argsort(self.n_matches[witnesses], kind="stable")]
        sizes = self.n_matches[by_size]
        cuts = np.flatnonzero(np.diff(sizes)) + 1
        for rows in np.split(by_size, cuts):
            if len(rows) == 0:
                continue
            size = int(self.n_matches[rows[0]])
            first, second = np.triu_indices(size, k=1)
            step = max(1, _KEYS_AT_A_TIME // max(1, len(first)))
            for start in range(0, len(rows), step):
                block = rows[start : start + step]
                members = self.indices[self.indptr[block][:, None] + np.arange(size)]
                keys = members[:, first].astype(np.int64) * m + members[:, second]
                waiting.append(keys.ravel())
                if sum(map(len, waiting)) > _KEYS_AT_A_TIME:
                    found, waiting = np.unique(np.concatenate((found, *waiting))), []
        found = np.unique(np.concatenate((found, *waiting)))
        v, w = found // m, found % m
        comparable = self.contains(v, w) | self.contains(w, v)
        return np.column_stack((v, w))[~comparable].astype(np.int32)

    def __repr__(self) -> str:
        return (
            f"Relevance({self.n_queries} queries, {self.n_documents} documents, "
            f"{self.n_pairs} pairs, s = {self.max_matches})"
        )
