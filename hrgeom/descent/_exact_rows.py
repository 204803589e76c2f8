"""Rows near the border moved to the best place that the other side leaves them, in turn.

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
from hrgeom._base.blocks import default_threads
from hrgeom.core import Relevance
from hrgeom.descent._hardest import look
from hrgeom.descent._row_solves import solve_rows

__all__ = ["ExactRows", "SideRows", "solve_worst_rows"]

Rows = NDArray[np.float32]
_AT_A_TIME = 64
_HARDEST = 96  # points of a row at first, on either side; violators join them
_PASSES = 6
_LEAST_RISE = 1e-6


@dataclass(frozen=True, eq=False)
class ExactRows:
    """Rows after solves.

    Attributes
    ----------
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
        Unit rows.
    threshold : float
        The middle between worst match and best non-match, in the global notion.
    margin : float
        Half the gap in the notion, observed over all pairs.
    rows_solved : int
        Replacements made.
    """

    queries: Rows
    documents: Rows
    threshold: float
    margin: float
    rows_solved: int


def solve_worst_rows(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    threshold: float,
    *,
    rounds: int = 4,
    most_rows: int = 256,
) -> ExactRows:
    """Return rows of which the worst were solved, queries and documents in turn.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
        Unit rows.
    threshold : float
        One for all pairs.
    rounds : int
        Turns of both sides; fewer if nothing rises.
    most_rows : int
        Rows solved in a turn of a side, the worst.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0}, {1}], n_documents=2)
    >>> q = np.array([[0.8, 0.6], [0.0, 1.0]], dtype=np.float32)
    >>> found = solve_worst_rows(relevance, q, np.eye(2, dtype=np.float32), 0.5)
    >>> round(found.margin, 3)
    0.5
    """
    sides = [np.array(queries), np.array(documents)]
    turned = Relevance(*relevance.transposed, relevance.n_queries)
    problems = [SideRows(relevance), SideRows(turned)]
    solved = 0
    for _ in range(rounds):
        rose = 0
        for own, other in ((0, 1), (1, 0)):
            low, high = problems[own].extremes(sides[own], sides[other])
            distance = np.minimum(low - threshold, threshold - high)
            worst = np.argsort(distance, kind="stable")[:most_rows]
            rose += problems[own].improve(sides[own], sides[other], threshold, worst)
        low, high = problems[0].extremes(sides[0], sides[1])
        if np.isfinite(low.min() - high.max()):
            threshold = float(low.min() + high.max()) / 2
        solved += rose
        if not rose:
            break
    low, high = problems[0].extremes(sides[0], sides[1])
    margin = float(low.min() - high.max()) / 2
    return ExactRows(sides[0], sides[1], threshold, margin, solved)


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

    def extremes(self, own: Rows, other: Rows) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the least score of a match and the greatest of a non-match, row by row."""
        cut = np.full(len(own), -np.inf, dtype=np.float32)
        seen = look(self.relevance, own, other, cut, 1, default_threads())
        return seen.worst, seen.best

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
