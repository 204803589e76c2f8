"""Equal queries and equal documents, one of each for a construction and its rows for all.

Queries that match the same documents may share a vector, and documents that match the same
queries: a margin that some vectors have, vectors have in which such twins agree. In a hierarchy
there are none, since every node matches itself; in judgments there may be many, 20,000 documents
of three queries are of eight kinds at most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import DualEmbedding, ForestRelevance, Relevance, equal_rows

__all__ = ["Distinct", "distinct"]


@dataclass(frozen=True, eq=False)
class Distinct:
    """A relevance without twins, and which of its queries and documents stands for each.

    Attributes
    ----------
    relevance : Relevance
        One query for each S(q) that there is, and one document for each D(v); the given one
        itself if it has no twins.
    queries : ndarray of int64, shape (n_queries,)
        The query of `relevance` that stands for each given one.
    documents : ndarray of int64, shape (n_documents,)
        The document that stands for each given one.
    """

    relevance: Relevance
    queries: NDArray[np.int64]
    documents: NDArray[np.int64]

    def expanded(self, embedding: DualEmbedding, relevance: Relevance) -> DualEmbedding:
        """Return an embedding of all queries and documents from one of the distinct ones.

        Parameters
        ----------
        embedding : DualEmbedding
            For `self.relevance`.
        relevance : Relevance
            The given one.
        """
        if self.relevance is relevance:
            return embedding
        counts = {"queries": self.relevance.n_queries, "documents": self.relevance.n_documents}
        return replace(
            embedding,
            queries=embedding.queries[self.queries],
            documents=embedding.documents[self.documents],
            query_scale=_of_rows(embedding.query_scale, self.queries),
            document_scale=_of_rows(embedding.document_scale, self.documents),
            query_labels=relevance.query_labels,
            document_labels=relevance.document_labels,
            parameters=embedding.parameters | {"distinct": counts},
        )


def distinct(relevance: Relevance) -> Distinct:
    """Return a relevance without twins, found once and kept with the given one."""
    return relevance.cached(_distinct)


def _distinct(relevance: Relevance) -> Distinct:
    n_queries, n_documents = relevance.n_queries, relevance.n_documents
    itself = Distinct(relevance, np.arange(n_queries), np.arange(n_documents))
    if isinstance(relevance, ForestRelevance):
        return itself
    queries, first_queries = equal_rows(relevance.indptr, relevance.indices)
    documents, first_documents = equal_rows(*relevance.transposed)
    if len(first_queries) == n_queries and len(first_documents) == n_documents:
        return itself
    place = np.full(n_documents, -1, dtype=np.int32)
    place[first_documents] = np.arange(len(first_documents), dtype=np.int32)
    entries, indptr = csr.entries_of(relevance.indptr, first_queries)
    found = place[relevance.indices[entries]]
    starts = csr.indptr_from_counts((found >= 0).astype(np.int64))[indptr]
    one_of_each = Relevance(
        starts,
        found[found >= 0],
        len(first_documents),
        query_labels=[relevance.query_labels[q] for q in first_queries.tolist()],
        document_labels=[relevance.document_labels[v] for v in first_documents.tolist()],
    )
    return Distinct(one_of_each, queries, documents)


def _of_rows(scale: Any, rows: NDArray[np.int64]) -> Any:
    """The scale of every row, where rows have scales of their own."""
    return scale[rows] if isinstance(scale, np.ndarray) else scale
