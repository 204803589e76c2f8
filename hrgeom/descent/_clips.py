"""The scale of a grid: where entries are clipped, chosen by the pairs that are hard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Relevance
from hrgeom.descent._grids import Grid, Scales
from hrgeom.descent._hardest import look

__all__ = ["Rounded", "best_rounding"]

Rows = NDArray[np.float32]
_CLIPS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
_MOST_BITS = 6  # with more, clipping gains nothing
_PAIRS = 400_000
_BAND = 0.1
_LISTED = 32


@dataclass(frozen=True, eq=False)
class Rounded:
    """Rows on a grid, as float32, with their units.

    `size` is what scores of unit rows are multiplied by on average, `error` the standard deviation
    that rounding adds to a score of unit rows.
    """

    queries: Rows
    documents: Rows
    query_units: NDArray[np.float32]
    document_units: NDArray[np.float32]
    size: float
    error: float


def rounding(queries: Rows, documents: Rows, grid: Grid, scales: Scales, clip: float) -> Rounded:
    """Return the rows rounded with one clip for both sides."""
    q, query_units = grid.rounded(queries, scales, clip)
    x, document_units = grid.rounded(documents, scales, clip)
    size = _growth(q, queries) * _growth(x, documents)
    peak = (float(np.abs(queries).max()) + float(np.abs(documents).max())) / 2
    error = grid.error(queries.shape[1], clip, peak)
    return Rounded(q, x, query_units, document_units, size, error)


def best_rounding(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    threshold: float,
    grid: Grid,
    scales: Scales,
    threads: int,
) -> Rounded:
    """Return the rows rounded with the clip that suits the hard pairs best."""
    if grid.is_float or grid.bits > _MOST_BITS or grid.bits == 1:
        return rounding(queries, documents, grid, scales, 1.0)
    cut = np.full(len(queries), threshold - _BAND, dtype=np.float32)
    seen = look(relevance, queries, documents, cut, _LISTED, threads)
    rng = np.random.default_rng(0)
    matches = _sample(rng, csr.row_numbers(relevance.indptr), relevance.indices)
    others = _sample(rng, seen.queries, seen.documents)
    tried = [rounding(queries, documents, grid, scales, clip) for clip in _CLIPS]
    return min(tried, key=lambda r: _loss(r, matches, others, threshold))


def _growth(rounded: Rows, rows: Rows) -> float:
    return float(np.linalg.norm(rounded) / (np.linalg.norm(rows) or 1.0)) or 1.0


Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]


def _sample(rng: np.random.Generator, rows: NDArray[np.int32], items: NDArray[np.int32]) -> Pairs:
    if len(rows) <= _PAIRS:
        return rows, items
    chosen = rng.choice(len(rows), _PAIRS, replace=False)
    return rows[chosen], items[chosen]


def _loss(rounded: Rounded, matches: Pairs, others: Pairs, threshold: float) -> float:
    """Return how far pairs are on the wrong side, squared and summed."""
    total = 0.0
    for sign, (rows, items) in ((1, matches), (-1, others)):
        scores = np.einsum("ij,ij->i", rounded.queries[rows], rounded.documents[items])
        lack = np.maximum(0.0, sign * (threshold - scores / rounded.size))
        total += float((lack * lack).sum())
    return total
