"""From encodings and their weights to query and document vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.direct_sum._encoding import EncodedSummand, Encoding
from hrgeom.constructions.direct_sum._integer_weights import Quantized
from hrgeom.constructions.direct_sum._weights import Balance
from hrgeom.core import Relevance

__all__ = ["integer_rows", "unit_rows"]


def unit_rows(
    relevance: Relevance, encodings: Sequence[Encoding], balance: Balance, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return queries and documents of unit length, as the theorem of `_weights` has them.

    Parameters
    ----------
    relevance : Relevance
        n queries, m documents.
    encodings : sequence of k Encoding
        One per summand; together they have d - 1 coordinates.
    balance : Balance
        Their k weights, and beta.
    dtype : dtype
        float64 or float32.

    Returns
    -------
    queries, documents : ndarray of dtype, shapes (n, d) and (m, d)
        The shared coordinate is last.
    """
    dim = 1 + sum(encoding.dim for encoding in encodings)
    queries = np.zeros((relevance.n_queries, dim), dtype=dtype)
    documents = np.zeros((relevance.n_documents, dim), dtype=dtype)
    documents[:, -1] = -1.0  # what matches nothing keeps this
    placed = list(_placed(encodings))
    # |q|^2 = beta^2 + the sum of w_t^2 |y_t(q)|^2
    squares = np.full(relevance.n_queries, balance.beta**2)
    for place in placed:
        piece, weight = place.piece, balance.weights[place.summand]
        lengths = np.square(piece.table.astype(np.float64)).sum(axis=1)
        squares += weight**2 * lengths[piece.query_rows]
    lengths = np.sqrt(squares)
    queries[:, -1] = balance.beta / lengths
    for place in placed:
        piece, weight, columns = place.piece, balance.weights[place.summand], place.columns
        queries[:, columns] = weight * piece.table[piece.query_rows] / lengths[:, None]
        # x = (x_v / w_t, -T_v / beta) for T_v = (a_v + b_v) / 2(a_v - b_v), scaled to length 1
        gap = piece.match_score - piece.other_score
        rows = piece.rows / (gap * max(weight, 1e-300))[:, None]
        shared = -(piece.match_score + piece.other_score) / 2 / gap / balance.beta
        length = np.sqrt(np.square(rows).sum(axis=1) + shared**2)
        documents[piece.documents, columns] = rows / length[:, None]
        documents[piece.documents, -1] = shared / length
    return queries, documents


def integer_rows(
    relevance: Relevance, encodings: Sequence[Encoding], quantized: Quantized, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return queries and documents in whole numbers, as `_integer_weights` has them.

    Parameters
    ----------
    relevance : Relevance
        n queries, m documents.
    encodings : sequence of k Encoding
        One per summand.
    quantized : Quantized
        Their k whole factors, and the queries' shared coordinates.
    dtype : dtype
        float16, bfloat16 or int8.

    Returns
    -------
    queries, documents : ndarray of dtype, shapes (n, d) and (m, d)
        The shared coordinates, one or two, are last.
    """
    n_shared = len(quantized.shared)
    dim = n_shared + sum(encoding.dim for encoding in encodings)
    queries = np.zeros((relevance.n_queries, dim), dtype=dtype)
    documents = np.zeros((relevance.n_documents, dim), dtype=dtype)
    documents[:, -n_shared] = -1  # what matches nothing keeps this
    queries[:, -n_shared:] = np.array(quantized.shared)
    for place in _placed(encodings):
        piece, t, columns = place.piece, place.summand, place.columns
        table = np.rint(quantized.factors[t] * piece.table).astype(dtype)  # A_t y_t(q)
        queries[:, columns] = table[piece.query_rows]
        squares = np.square(piece.rows, dtype=float).sum(1)
        # documents of one kind have the same B and z: few kinds, so all B are tried on each
        kinds, kind = np.unique(
            np.column_stack((piece.match_score, piece.other_score, squares)),
            axis=0,
            return_inverse=True,
        )
        scales, shared, _ = quantized.document(t, kinds, encodings[t].largest_entries[1])
        rows = scales[kind, None] * np.rint(piece.rows)  # B x_v
        documents[piece.documents, columns] = rows.astype(dtype)
        documents[piece.documents, -n_shared:] = shared[kind].astype(dtype)  # -z
    return queries, documents


@dataclass(frozen=True)
class _Placed:
    """A piece of summand number `summand`, and the columns that it takes."""

    piece: EncodedSummand
    summand: int
    columns: slice


def _placed(encodings: Sequence[Encoding]) -> Iterator[_Placed]:
    """Yield all pieces of all encodings, side by side."""
    start = 0
    for t, encoding in enumerate(encodings):
        for piece in encoding.make():
            stop = start + piece.table.shape[1]
            yield _Placed(piece, t, slice(start, stop))
            start = stop
