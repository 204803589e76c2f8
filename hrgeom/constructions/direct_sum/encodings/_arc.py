r"""Interval classes as arcs of a circle, unweighted.

Lemma. With N positions and :math:`a = 2\pi/N`, a query at p has :math:`(\cos ap, \sin ap)` and a
document of the positions l to r :math:`(\cos ac, \sin ac)`, c = (l + r)/2. With h = (r - l)/2 it
scores at least :math:`\cos ah` inside and at most :math:`\cos a(h + 1)` outside
(`hrgeom.constructions.codes._arc`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers import IntervalClass, IntervalCover
from hrgeom.constructions.direct_sum._encoding import Coordinates, Option

__all__ = ["arc_option"]


def arc_option(cover: IntervalCover, documents: NDArray[np.int32]) -> Option:
    """Return interval classes as arcs; documents[i] is what document i of the cover is."""
    kinds = np.unique(np.vstack([_kinds(class_) for class_ in cover]).round(15), axis=0)
    k = cover.n_classes
    return Option(
        name="arc" if k == 1 else f"{k} arcs",
        dim=2 * k,
        norms=np.array([float(k)]),
        kinds=kinds,
        peaks=(1.0, 1.0),
        is_integral=False,
        make=partial(_make, cover, documents),
    )


def _kinds(class_: IntervalClass) -> NDArray[np.float64]:
    a = 2 * np.pi / class_.n_positions
    half = (class_.right - class_.left) / 2
    own, other = np.cos(a * half), np.cos(a * (half + 1))
    full = class_.right - class_.left + 1 == class_.n_positions
    own[full], other[full] = 0.0, -1.0  # matches all: the shared coordinate says so
    return np.column_stack((own, other, np.where(full, 0.0, 1.0)))


def _make(cover: IntervalCover, documents: NDArray[np.int32]) -> list[Coordinates]:
    pieces = []
    for class_ in cover:
        a = 2 * np.pi / class_.n_positions
        kinds = _kinds(class_)
        rows = _directions(a * (class_.left + class_.right) / 2) * kinds[:, 2:]
        pieces.append(
            Coordinates(
                documents=documents[class_.documents],
                states=class_.positions.astype(np.int32),
                table=_directions(a * np.arange(class_.n_positions)),
                rows=rows,
                own=kinds[:, 0],
                other=kinds[:, 1],
            )
        )
    return pieces


def _directions(angles: NDArray[Any]) -> NDArray[np.float64]:
    return np.column_stack((np.cos(angles), np.sin(angles)))
