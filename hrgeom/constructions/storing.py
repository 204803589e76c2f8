"""From real vectors to an embedding of a stored type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.embedding import DualEmbedding
from hrgeom.relevance import Relevance

__all__ = ["rounded_embedding"]


def rounded_embedding(
    relevance: Relevance,
    queries: NDArray[Any],
    documents: NDArray[Any],
    dtype: np.dtype[Any],
    **fields: Any,
) -> DualEmbedding:
    """Return the embedding of these rows rounded to the stored type.

    `fields` are further fields of `DualEmbedding`; labels are those of the relevance.
    """
    stored_queries, query_scale = _round(queries, dtype)
    stored_documents, document_scale = _round(documents, dtype)
    return DualEmbedding(
        stored_queries,
        stored_documents,
        query_scale=query_scale,
        document_scale=document_scale,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        **fields,
    )


def _round(rows: NDArray[Any], dtype: np.dtype[Any]) -> tuple[NDArray[Any], float]:
    """Return rows rounded to the stored type, and their scale (1 except for int8).

    int8: one scale for the whole matrix, the largest entry becoming 127.
    """
    if dtype != np.int8:
        return rows.astype(dtype, copy=False), 1.0
    largest = float(np.abs(rows).max(initial=0.0)) or 1.0
    scale = np.nextafter(np.float32(largest / 127), np.float32(np.inf))
    return np.rint(rows / scale).astype(np.int8), float(scale)
