r"""Copies of vectors for looking at: the stored numbers, or fewer bits with a bound on the error.

A score of copies differs from that of the vectors by

    |<q', x'> - <q, x>| = |<q' - q, x'> + <q, x' - x>| <= |q' - q| |x'| + |q| |x' - x|,

by the triangle inequality and Cauchy and Schwarz. Where that is below the certified margin, a copy
is on the right side of the threshold wherever the vector is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Scale

__all__ = ["ALL_COPIES", "BUDGET", "Copies", "copies_of"]

BUDGET = 12 * 2**20
"""Bytes of the copies of one embedding, both sides, at most."""
ALL_COPIES = 2 * BUDGET
"""Bytes of the copies of all embeddings on a page, at most."""

_LARGEST = 1e36  # number that is rounded
_LEVELS = {"int16": 32767, "int8": 127}


@dataclass(frozen=True, eq=False)
class Copies:
    """Both sides of an embedding in one type.

    Attributes
    ----------
    dtype : {"float64", "float32", "int16", "int8"}
        Type of the numbers.
    queries, documents : ndarray, shapes (n, d) and (m, d)
        The numbers.
    query_scales, document_scales : ndarray of float32, shapes (n,) and (m,), or None
        What the rows of numbers are multiplied by; None: nothing.
    error : float
        No score of copies differs by more from that of the vectors, rounding left aside; 0 if the
        copies are the stored numbers.
    """

    dtype: str
    queries: NDArray[Any]
    documents: NDArray[Any]
    query_scales: NDArray[np.float32] | None
    document_scales: NDArray[np.float32] | None
    error: float

    @property
    def n_bytes(self) -> int:
        """Bytes of the numbers and their scales."""
        scales = (self.query_scales, self.document_scales)
        return sum(
            rows.nbytes for rows in (self.queries, self.documents, *scales) if rows is not None
        )


def copies_of(embedding: DualEmbedding, budget: int = BUDGET) -> Copies | None:
    """Return the most faithful copies that a number of bytes holds, or None if none does.

    Parameters
    ----------
    embedding : DualEmbedding
        Of any stored type.
    budget : int
        Bytes.
    """
    exact = _exact(embedding)
    if exact.n_bytes <= budget:
        return exact
    if max(float(np.abs(rows).max(initial=0)) for rows in embedding.values()) > _LARGEST:
        return None  # scales are float32
    n_numbers = (embedding.n_queries + embedding.n_documents) * embedding.dim
    for dtype, size in (("int16", 2), ("int8", 1)):
        if n_numbers * size <= budget:
            return _rounded(embedding, dtype)
    return None


def _exact(embedding: DualEmbedding) -> Copies:
    if embedding.dtype == np.int8:
        queries, documents = embedding.queries, embedding.documents
        scales = (
            _per_row(embedding.query_scale, queries),
            _per_row(embedding.document_scale, documents),
        )
        return Copies("int8", queries, documents, *scales, error=0.0)
    queries, documents = embedding.values()
    return Copies(str(queries.dtype), queries, documents, None, None, error=0.0)


def _per_row(scale: Scale, rows: NDArray[Any]) -> NDArray[np.float32]:
    return np.broadcast_to(np.asarray(scale, dtype=np.float32), len(rows)).copy()


def _rounded(embedding: DualEmbedding, dtype: str) -> Copies:
    sides = [_rounded_rows(rows, dtype) for rows in embedding.values()]
    (queries, query_scales, q_error, q_length, _), (documents, scales, error, _, length) = sides
    return Copies(
        dtype, queries, documents, query_scales, scales, q_error * length + q_length * error
    )


_Rounded = tuple[NDArray[Any], NDArray[np.float32], float, float, float]


def _rounded_rows(rows: NDArray[Any], dtype: str) -> _Rounded:
    """Return numbers, scales, and the largest error, length, and length of a copy of any row."""
    numbers = np.empty(rows.shape, dtype=dtype)
    scales = np.empty(len(rows), dtype=np.float32)
    error = length = copied = 0.0
    for start in range(0, len(rows), 4096):
        part = rows[start : start + 4096].astype(np.float64)
        scale = np.abs(part).max(axis=1, initial=0.0) / _LEVELS[dtype]
        scale = scale.astype(np.float32).astype(np.float64)
        scale[scale == 0] = 1.0
        whole = np.clip(np.rint(part / scale[:, None]), -_LEVELS[dtype], _LEVELS[dtype])
        numbers[start : start + 4096], scales[start : start + 4096] = whole, scale
        copy = whole * scale[:, None]
        error = max(error, float(np.linalg.norm(copy - part, axis=1).max()))
        length = max(length, float(np.linalg.norm(part, axis=1).max()))
        copied = max(copied, float(np.linalg.norm(copy, axis=1).max()))
    return numbers, scales, error, length, copied
