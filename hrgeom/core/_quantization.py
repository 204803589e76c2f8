"""Quantization: rounding real vectors to an embedding of a stored type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.stored_types import SCALE_BITS
from hrgeom.core._embedding import DualEmbedding, Scale
from hrgeom.core._relevance import Relevance

__all__ = ["rounded_embedding"]

_LARGEST = 127
_EQUAL_PEAKS = 1 - 0.5 / _LARGEST  # of the largest peak


def rounded_embedding(
    relevance: Relevance,
    queries: NDArray[Any],
    documents: NDArray[Any],
    dtype: np.dtype[Any],
    **fields: Any,
) -> DualEmbedding:
    """Return the embedding of these rows rounded to the stored type.

    Float types round every number to the nearest. int8 has one scale per row, 32 bits more, so
    that the largest entry of every row becomes 127 and no entry moves by more than half the scale
    of its row. Where the largest entries of all nonzero rows agree to within half a step of 127,
    one scale for all rows is as good, and is used. Scales have at most 17 significant bits, so
    that the vectors are exact in float32.

    Parameters
    ----------
    relevance : Relevance
        The labels of its queries and documents become those of the embedding.
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Finite vectors, one per row.
    dtype : dtype
        A stored type (`hrgeom.core.as_dtype`).
    **fields
        Further fields of `DualEmbedding`.

    Returns
    -------
    embedding : DualEmbedding
        The stored numbers with their scales.

    Examples
    --------
    >>> rows = np.array([[1.0, -2.0], [0.5, 0.25]])
    >>> e = rounded_embedding(Relevance.from_sets([{0}, {1}], 2), rows, rows, np.dtype("int8"))
    >>> e.documents
    array([[  63, -127],
           [ 127,   63]], dtype=int8)
    >>> (127 * e.document_scale).round(3)
    array([2. , 0.5], dtype=float32)
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


def _round(rows: NDArray[Any], dtype: np.dtype[Any]) -> tuple[NDArray[Any], Scale]:
    """Return rows rounded to the stored type, and their scale (1 except for int8)."""
    if dtype != np.int8:
        return rows.astype(dtype, copy=False), 1.0
    peaks = np.abs(rows).max(axis=1).astype(np.float64)
    largest = peaks.max() or 1.0
    peaks[peaks == 0] = largest
    if peaks.min() >= largest * _EQUAL_PEAKS:
        scale = _short_scale(largest / _LARGEST)
        return np.rint(rows / scale).astype(np.int8), float(scale)
    scales = _short_scale(peaks / _LARGEST)
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def _short_scale(least: Any) -> Any:
    """Return the smallest numbers of SCALE_BITS significant bits that are not below these."""
    mantissa, exponent = np.frexp(least)
    return np.ldexp(np.ceil(np.ldexp(mantissa, SCALE_BITS)), exponent - SCALE_BITS)
