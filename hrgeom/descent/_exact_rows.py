"""Rows moved to the best place that the other side leaves them.

What is guaranteed: a row is replaced only if its least signed distance over *all* its pairs rises,
so that with the threshold fixed the margin never falls, of no row and hence not of the whole. What
is not: with both sides at their best given the other, the margin need not be the largest; the
worst pair may need both rows to move at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Relevance
from hrgeom.descent._row_solves import solve_rows

__all__ = ["SideRows"]

Rows = NDArray[np.float32]
_AT_A_TIME = 64
_HARDEST = 96  # points of a row at first, on either side; violators join them
_PASSES = 6
_LEAST_RISE = 1e-6


@dataclass(frozen=True, eq=False)
class SideRows:
    """The rows of one side and what they match, or are matched by."""

    relevance: Relevance

    def _scores(
        self, rows: NDArray[np.int64], own: NDArray[Any], other: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        scores = own @ other.T
        is_match = np.zeros(scores.shape, dtype=np.bool_)
        positions, starts = csr.entries_of(self.relevance.indptr, rows)
        is_match[csr.row_numbers(starts), self.relevance.indices[positions]] = True
        return scores, is_match

    def improve(self, own: Rows, other: Rows, threshold: float, rows: NDArray[np.int64]) -> int:
        """Replace rows by better ones, in place; return how many."""
        wide = other.astype(np.float64)
        return sum(
            self._improve(own, wide, threshold, rows[start : start + _AT_A_TIME])
            for start in range(0, len(rows), _AT_A_TIME)
        )

    def _improve(
        self, own: Rows, other: NDArray[np.float64], threshold: float, rows: NDArray[np.int64]
    ) -> int:
        """Solve on the hardest points, and again with those that the solution violates."""
        start = own[rows].astype(np.float64)
        scores, is_match = self._scores(rows, start, other)
        signs = np.where(is_match, 1.0, -1.0)
        distances = signs * (scores - threshold)
        before = best = distances.min(axis=1)
        found = start.copy()
        chosen = np.zeros(is_match.shape, dtype=np.bool_)
        for _ in range(_PASSES):
            added = _hardest(distances, is_match) | _hardest(distances, ~is_match)
            if not (added & ~chosen).any():
                break
            chosen |= added
            points, point_signs = _padded(chosen, signs, other)
            solution = solve_rows(start, points, point_signs, np.full(point_signs.shape, threshold))
            distances = signs * (solution.vectors @ other.T - threshold)
            now = distances.min(axis=1)
            better = now > best
            best = np.maximum(now, best)
            found[better] = solution.vectors[better]
            if (solution.margins - now <= _LEAST_RISE).all():
                break
        # What is stored is float32: only what rises there counts.
        stored = found.astype(np.float32)
        after = (signs * (stored.astype(np.float64) @ other.T - threshold)).min(axis=1)
        rises = after > before + _LEAST_RISE
        own[rows[rises]] = stored[rises]
        return int(rises.sum())


def _hardest(distances: NDArray[Any], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the places of the least distances of every row on one side."""
    values = np.where(among, distances, np.inf)
    if values.shape[1] <= _HARDEST:
        return among
    limit = np.partition(values, _HARDEST - 1, axis=1)[:, _HARDEST - 1 : _HARDEST]
    places: NDArray[np.bool_] = among & (values <= limit)
    return places


def _padded(
    chosen: NDArray[np.bool_], signs: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chosen points of every row and their signs, 0 for padding."""
    width = int(chosen.sum(axis=1).max())
    order = np.argsort(~chosen, axis=1, kind="stable")[:, :width]
    own_signs = np.take_along_axis(np.where(chosen, signs, 0.0), order, axis=1)
    return other[order], own_signs
