r"""Blocks as spherical codes.

Lemma. Let no query match two documents of the summand, and let :math:`u_1, u_2, \dots` be unit
vectors with inner products at most :math:`\mu`. Give every document a word, and every query the
word of the document that it matches; to a query that matches none give zero, or a word that is
left over. Then a match scores 1 and any other pair at most :math:`\max(\mu, 0)`, or
:math:`\mu`. ∎

The word that is left over pays where :math:`\mu < 0`: in small blocks. A block of one document
takes one coordinate, +1 for queries that match it and -1 for all others.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical import SphericalCode, menu
from hrgeom.constructions.direct_sum._encoding import EncodedSummand, Encoding, Summand
from hrgeom.core import Relevance

__all__ = ["block_summand"]

_LARGEST_INNER = 0.95  # beyond, a trie of the same dimension has more margin


def block_summand(relevance: Relevance, documents: NDArray[np.int32], *, integral: bool) -> Summand:
    """Return a block of documents as a summand, with every code that may be worth its dimensions.

    Parameters
    ----------
    relevance : Relevance
        Of which the block is a part.
    documents : ndarray of int32, shape (c,)
        No query matches two of them, each matches a query.
    integral : bool
        Only codes of integers.

    Returns
    -------
    summand : Summand
        Queries are at level 1 if they match a document of the block, and at level 0 otherwise. Of
        encodings in order of dimension, each has a wider gap between unit vectors than those
        before it.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> summand = block_summand(relevance, np.array([1, 2], dtype=np.int32), integral=True)
    >>> summand.levels, [encoding.name for encoding in summand.encodings]
    (array([0, 1, 1], dtype=int16), ['two signs'])
    """
    indptr, queries = relevance.transposed
    query_rows = np.full(relevance.n_queries, len(documents), dtype=np.int32)
    for word, v in enumerate(documents.tolist()):
        query_rows[queries[indptr[v] : indptr[v + 1]]] = word
    levels = (query_rows < len(documents)).astype(np.int16)
    everywhere = bool(levels.all())
    encodings = [
        _encoding_of(code, documents, query_rows, spare=False, floor=-np.inf if everywhere else 0.0)
        for code in menu(len(documents), integral=integral)
        if code.mu <= _LARGEST_INNER
    ]
    if not everywhere:
        encodings += [
            _encoding_of(code, documents, query_rows, spare=True, floor=-np.inf)
            for code in menu(len(documents) + 1, integral=integral)
            if code.mu < 0
        ]
    return Summand(len(documents), levels, _worthwhile(encodings))


def _encoding_of(
    code: SphericalCode,
    documents: NDArray[np.int32],
    query_rows: NDArray[np.int32],
    *,
    spare: bool,
    floor: float,
) -> Encoding:
    square = float(code.norm)
    other_score = max(code.mu * square, floor)
    return Encoding(
        name=code.name + (" and one for none" if spare else ""),
        dim=code.dim,
        squared_norms=np.array([square if spare else 0.0, square]),
        document_kinds=np.array([[square, other_score, square]]),
        largest_entries=(code.peak, code.peak),
        is_integral=code.is_integral,
        make=partial(_make, code, documents, query_rows, spare, other_score),
    )


def _make(
    code: SphericalCode,
    documents: NDArray[np.int32],
    query_rows: NDArray[np.int32],
    spare: bool,
    other_score: float,
) -> list[EncodedSummand]:
    n = len(documents)
    words = code.words(n + 1 if spare else n)
    return [
        EncodedSummand(
            documents=documents,
            query_rows=query_rows,
            table=words if spare else np.vstack((words, np.zeros_like(words[:1]))),
            rows=words[:n],
            match_score=np.full(n, float(code.norm)),
            other_score=np.full(n, other_score),
        )
    ]


def _worthwhile(encodings: list[Encoding]) -> list[Encoding]:
    """Drop what another encoding beats in dimensions and in the length of a query per gap."""

    def price(encoding: Encoding) -> float:
        match_score, other_score, square = encoding.document_kinds[0]
        return float(encoding.squared_norms.max() * square / (match_score - other_score) ** 2)

    kept: list[Encoding] = []
    for encoding in sorted(encodings, key=lambda o: (o.dim, price(o))):
        if all(price(encoding) < price(o) * (1 - 1e-12) for o in kept):
            kept.append(encoding)
    return kept
