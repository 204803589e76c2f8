r"""Blocks as spherical codes.

Lemma. Let no query match two documents of the part, and let :math:`u_1, u_2, \dots` be unit
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
from hrgeom.constructions.direct_sum._encoding import Coordinates, Option, Part
from hrgeom.core import Relevance

__all__ = ["block_part"]

_LARGEST_INNER = 0.95  # beyond, a trie of the same dimension has more margin


def block_part(relevance: Relevance, documents: NDArray[np.int32], *, integral: bool) -> Part:
    """Return the part of a block: its documents, and every code that may be worth its dimensions.

    Parameters
    ----------
    relevance : Relevance
    documents : ndarray of int32, shape (c,)
        No query matches two of them, each matches a query.
    integral : bool
        Only codes of integers.
    """
    indptr, queries = relevance.transposed
    states = np.full(relevance.n_queries, len(documents), dtype=np.int32)
    for word, v in enumerate(documents.tolist()):
        states[queries[indptr[v] : indptr[v + 1]]] = word
    levels = (states < len(documents)).astype(np.int16)
    everywhere = bool(levels.all())
    options = [
        _option(code, documents, states, spare=False, floor=-np.inf if everywhere else 0.0)
        for code in menu(len(documents), integral=integral)
        if code.mu <= _LARGEST_INNER
    ]
    if not everywhere:
        options += [
            _option(code, documents, states, spare=True, floor=-np.inf)
            for code in menu(len(documents) + 1, integral=integral)
            if code.mu < 0
        ]
    return Part(len(documents), levels, _worthwhile(options))


def _option(
    code: SphericalCode,
    documents: NDArray[np.int32],
    states: NDArray[np.int32],
    *,
    spare: bool,
    floor: float,
) -> Option:
    square = float(code.norm)
    other = max(code.mu * square, floor)
    return Option(
        name=code.name + (" and one for none" if spare else ""),
        dim=code.dim,
        norms=np.array([square if spare else 0.0, square]),
        kinds=np.array([[square, other, square]]),
        peaks=(code.peak, code.peak),
        is_integral=code.is_integral,
        make=partial(_make, code, documents, states, spare, other),
    )


def _make(
    code: SphericalCode,
    documents: NDArray[np.int32],
    states: NDArray[np.int32],
    spare: bool,
    other: float,
) -> list[Coordinates]:
    n = len(documents)
    words = code.words(n + 1 if spare else n)
    return [
        Coordinates(
            documents=documents,
            states=states,
            table=words if spare else np.vstack((words, np.zeros_like(words[:1]))),
            rows=words[:n],
            own=np.full(n, float(code.norm)),
            other=np.full(n, other),
        )
    ]


def _worthwhile(options: list[Option]) -> list[Option]:
    """Drop what another option beats in dimensions and in the length of a query per gap."""

    def price(option: Option) -> float:
        own, other, square = option.kinds[0]
        return float(option.norms.max() * square / (own - other) ** 2)

    kept: list[Option] = []
    for option in sorted(options, key=lambda o: (o.dim, price(o))):
        if all(price(option) < price(o) * (1 - 1e-12) for o in kept):
            kept.append(option)
    return kept
