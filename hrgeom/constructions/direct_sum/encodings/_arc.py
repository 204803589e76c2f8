r"""Interval classes as arcs of a circle, unweighted.

Lemma. With N positions and :math:`a = 2\pi/N`, a query at p has :math:`(\cos ap, \sin ap)` and a
document of the positions l to r :math:`(\cos ac, \sin ac)`, c = (l + r)/2. With h = (r - l)/2 it
scores at least :math:`\cos ah` inside and at most :math:`\cos a(h + 1)` outside
(`hrgeom.constructions.codes._arc`).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes import unit_directions
from hrgeom.constructions.covers import IntervalClass, IntervalCover
from hrgeom.constructions.direct_sum._encoding import EncodedSummand, Encoding

__all__ = ["arc_encoding"]


def arc_encoding(cover: IntervalCover, documents: NDArray[np.int32]) -> Encoding:
    """Return interval classes as arcs; documents[i] is what document i of the cover is.

    Parameters
    ----------
    cover : IntervalCover
        Classes of intervals, of some or all documents of a relevance.
    documents : ndarray of int32, shape (n_documents,)
        Number in the whole relevance of each document of the cover.

    Returns
    -------
    encoding : Encoding
        Two coordinates per class, of unit vectors. A document that matches every query has zeros.

    Examples
    --------
    >>> from hrgeom.constructions.covers import laminar_cover
    >>> from hrgeom.core import Relevance
    >>> relevance = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> documents = np.arange(3, dtype=np.int32)
    >>> encoding = arc_encoding(laminar_cover(relevance), documents)
    >>> encoding.name, encoding.dim, encoding.is_integral
    ('arc', 2, False)
    """
    document_kinds = np.unique(
        np.vstack([_document_kinds(class_) for class_ in cover]).round(15), axis=0
    )
    k = cover.n_classes
    return Encoding(
        name="arc" if k == 1 else f"{k} arcs",
        dim=2 * k,
        squared_norms=np.array([float(k)]),
        document_kinds=document_kinds,
        largest_entries=(1.0, 1.0),
        is_integral=False,
        make=partial(_make, cover, documents),
    )


def _document_kinds(class_: IntervalClass) -> NDArray[np.float64]:
    a = 2 * np.pi / class_.n_positions
    half = (class_.right - class_.left) / 2
    match_score, other_score = np.cos(a * half), np.cos(a * (half + 1))
    full = class_.right - class_.left + 1 == class_.n_positions
    match_score[full], other_score[full] = 0.0, -1.0  # matches all: the shared coordinate says so
    return np.column_stack((match_score, other_score, np.where(full, 0.0, 1.0)))


def _make(cover: IntervalCover, documents: NDArray[np.int32]) -> list[EncodedSummand]:
    pieces = []
    for class_ in cover:
        a = 2 * np.pi / class_.n_positions
        document_kinds = _document_kinds(class_)
        rows = unit_directions(a * (class_.left + class_.right) / 2) * document_kinds[:, 2:]
        pieces.append(
            EncodedSummand(
                documents=documents[class_.documents],
                query_rows=class_.positions.astype(np.int32),
                table=unit_directions(a * np.arange(class_.n_positions)),
                rows=rows,
                match_score=document_kinds[:, 0],
                other_score=document_kinds[:, 1],
            )
        )
    return pieces
