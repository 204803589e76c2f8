"""Relevance: which documents match each query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base import csr
from hrgeom._base.checks import as_labels, label_index
from hrgeom.core._crossing import Crossings
from hrgeom.core._find_crossings import crossings_by_counting
from hrgeom.errors import HierarchyError

__all__ = ["Relevance"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Known:
    """The crossings of a relevance, known from those of a larger one."""

    crossings: Crossings

    def __call__(self, relevance: Relevance) -> Crossings:
        return self.crossings


def _crossings(relevance: Relevance) -> Crossings:
    return crossings_by_counting((relevance.indptr, relevance.indices), relevance.transposed)


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
    ) -> None:
        self.n_documents = int(n_documents)
        self.indptr: NDArray[np.int64] = np.array(indptr, dtype=np.int64)
        given = np.asarray(indices)
        if given.dtype != np.int32:
            given = given.astype(np.int64)
        self._check_numbers(given)
        self.indices: NDArray[np.int32] = given.astype(np.int32)
        self._check_rows()
        self._find_crossings: Callable[[Relevance], Crossings] = _crossings
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

    def _check_numbers(self, indices: NDArray[np.integer]) -> None:
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

    def with_crossings(self, find: Callable[[Relevance], Crossings]) -> Relevance:
        """Return the same relevance with a quicker way to find its crossings.

        Parameters
        ----------
        find : callable
            Returns the crossings of the relevance it is called with; called when they are first
            asked for. It must pickle.

        Returns
        -------
        relevance : Relevance
            With the same arrays and labels.
        """
        return self._part(self.indptr, self.indices, self.query_labels, self.document_labels, find)

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
        return self._part(
            before[self.indptr],
            number[self.indices[kept]].astype(np.int32),
            self.query_labels,
            tuple(self.document_labels[v] for v in documents.tolist()),
            _Known(self.crossings.restricted(documents)),
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
            indptr, self.indices[entries], labels, self.document_labels, _Known(self.crossings)
        )

    @classmethod
    def _part(
        cls,
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        query_labels: tuple[str, ...],
        document_labels: tuple[str, ...],
        find_crossings: Callable[[Relevance], Crossings],
    ) -> Relevance:
        """Return a relevance of arrays that have been checked before."""
        result = cls.__new__(cls)
        result.n_documents = len(document_labels)
        result.indptr, result.indices = indptr, indices
        result.query_labels, result.document_labels = query_labels, document_labels
        result._cache = {}
        result._freeze()
        result._find_crossings = find_crossings
        return result

    @cached_property
    def crossing_pairs(self) -> NDArray[np.int32]:
        """Pairs v < w of documents whose sets D(v) and D(w) meet, neither inside the other.

        Shape (n, 2), sorted. These are the pairs that no laminar class may hold together. Refused
        (HierarchyError) if they do not fit in memory.
        """
        return self.crossings.pairs

    @cached_property
    def crossings(self) -> Crossings:
        """Who crosses whom, without the list of all pairs, which may be long."""
        return self._find_crossings(self)

    def __repr__(self) -> str:
        return (
            f"Relevance({self.n_queries} queries, {self.n_documents} documents, "
            f"{self.n_pairs} pairs, s = {self.max_matches})"
        )
