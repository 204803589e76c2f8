"""From options and their balance to an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.direct_sum._encoding import Option
from hrgeom.constructions.direct_sum._integer_weights import Quantized
from hrgeom.constructions.direct_sum._weights import Balance
from hrgeom.core import Relevance

__all__ = ["integer_rows", "unit_rows"]


def unit_rows(
    relevance: Relevance, options: Sequence[Option], balance: Balance, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return queries and documents of unit length, in float64 or float32."""
    dim = 1 + sum(option.dim for option in options)
    queries = np.zeros((relevance.n_queries, dim), dtype=dtype)
    documents = np.zeros((relevance.n_documents, dim), dtype=dtype)
    documents[:, -1] = -1.0  # what matches nothing keeps this
    squares = np.full(relevance.n_queries, balance.beta**2)
    pieces = list(_pieces(options, balance.weights))
    for piece, weight, _ in pieces:
        lengths = np.square(piece.table.astype(np.float64)).sum(axis=1)
        squares += weight**2 * lengths[piece.states]
    lengths = np.sqrt(squares)
    queries[:, -1] = balance.beta / lengths
    for piece, weight, columns in pieces:
        block = weight * piece.table[piece.states] / lengths[:, None]
        queries[:, columns] = block
        gap = piece.own - piece.other
        rows = piece.rows / (gap * max(weight, 1e-300))[:, None]
        shared = -(piece.own + piece.other) / 2 / gap / balance.beta
        length = np.sqrt(np.square(rows).sum(axis=1) + shared**2)
        documents[piece.documents, columns] = rows / length[:, None]
        documents[piece.documents, -1] = shared / length
    return queries, documents


def integer_rows(
    relevance: Relevance, options: Sequence[Option], quantized: Quantized, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return queries and documents in whole numbers."""
    n_shared = len(quantized.shared)
    dim = n_shared + sum(option.dim for option in options)
    queries = np.zeros((relevance.n_queries, dim), dtype=dtype)
    documents = np.zeros((relevance.n_documents, dim), dtype=dtype)
    documents[:, -n_shared] = -1
    queries[:, -n_shared:] = np.array(quantized.shared)
    for piece, factor, columns, t in _numbered(options, quantized.factors):
        table = np.rint(factor * piece.table).astype(dtype)
        queries[:, columns] = table[piece.states]
        kinds = np.column_stack((piece.own, piece.other, np.square(piece.rows, dtype=float).sum(1)))
        distinct, kind = np.unique(
            kinds, axis=0, return_inverse=True
        )  # few: all B are tried on each
        scales, shared, _ = quantized.document(t, distinct, options[t].peaks[1])
        rows = scales[kind, None] * np.rint(piece.rows)
        documents[piece.documents, columns] = rows.astype(dtype)
        documents[piece.documents, -n_shared:] = shared[kind].astype(dtype)
    return queries, documents


def _pieces(options: Sequence[Option], weights: NDArray[Any]) -> Any:
    for piece, weight, columns, _ in _numbered(options, weights):
        yield piece, weight, columns


def _numbered(options: Sequence[Option], weights: NDArray[Any]) -> Any:
    start = 0
    for t, (option, weight) in enumerate(zip(options, weights, strict=True)):
        at = start
        for piece in option.make():
            columns = slice(at, at + piece.table.shape[1])
            at = columns.stop
            yield piece, weight, columns, t
        start += option.dim
