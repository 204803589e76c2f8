"""Rows of a descent in a stored type: rounded, and repaired by moves on the grid of the type.

Rounding moves every score a little, and the margin pays for it. Afterwards entries move by single
steps of the grid (`hrgeom.descent._grid_moves`), the rows of both sides in turn, against a look
over all pairs after every turn. The rows of the best look are kept: what is returned is never worse
than plain rounding. At few bits the moves are a descent of their own: rows of which plain rounding
leaves thousands wrong come out right.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.blocks import default_threads
from hrgeom.core import DualEmbedding, Notion, Relevance, Scale
from hrgeom.descent._active_lists import ActivePairs
from hrgeom.descent._clips import Rounded, best_rounding
from hrgeom.descent._grid_moves import Moves, move_rows
from hrgeom.descent._grids import Grid, Scales
from hrgeom.descent._hardest import Look, are_bytes, look
from hrgeom.descent._passes import MOST_IN_BYTES

__all__ = ["StoredRows", "store_rows"]

Rows = NDArray[np.float32]
Report = Callable[[dict[str, Any]], None]

_MOST_LISTED, _LISTED_FOR_SIGNS = 192, 96  # non-matches of a query
_MOVES = 4  # of a row between two looks
_FLIPPED = 12  # of so many signs one may flip between two looks, until few rows are wrong:
_FEW_WRONG = 0.01  # of the rows; then many flips make as much wrong as right
_PATIENCE, _PATIENCE_FOR_SIGNS = 4, 2  # looks without a larger margin, once no row is wrong
_SHARPENING = 5  # moves of both sides over which signs grow sharp; other grids take all rounds
_LEAST_BAND, _BAND = 0.03, 3.2  # listed down to this below the threshold: plus so many errors
_SOFT, _SOFTEST = 2.5, 400.0  # sharpness at first: per error, and at most
_SHARP_STEP, _LEAST_RISE, _MOST_RISE = 3.0, 2.0, 8.0  # at last: per integer, and times the first
_RISE_OF_SIGNS = 3.0  # at most; sharper, the nearest pairs alone move rows, and others turn wrong


@dataclass(frozen=True, eq=False)
class StoredRows:
    """Rows in a stored type.

    Attributes
    ----------
    queries, documents : ndarray, shapes (n, d) and (m, d)
        Numbers of the stored type; integers of fewer bits, and signs, in int8.
    query_scale, document_scale : float or ndarray of float32
        What the integers are multiplied by: 1, or one number per row.
    threshold : float or None
        Middle between the worst match and the best non-match; None in the row notion.
    margin : float
        Half the gap, relative to rows of unit length on average; observed over all pairs, not
        certified.
    rounded_margin : float
        The same of plain rounding, before any move.
    rows_wrong : int
        Queries with a match that scores no more than a non-match.
    looks : int
        Looks over all pairs.
    seconds : float
        CPU time of the process.
    notion : {"global", "row"}
        What the threshold and the margin are about.
    """

    queries: NDArray[Any]
    documents: NDArray[Any]
    query_scale: Scale
    document_scale: Scale
    threshold: float | None
    margin: float
    rounded_margin: float
    rows_wrong: int
    looks: int
    seconds: float
    notion: Notion = "global"

    def embedding(self, relevance: Relevance, **fields: Any) -> DualEmbedding:
        """Return the embedding of the stored numbers, with the labels of the relevance.

        Parameters
        ----------
        relevance : Relevance
            That of the rows; its labels become those of the embedding.
        **fields
            Further fields of `DualEmbedding`.

        Returns
        -------
        embedding : DualEmbedding
            With scales, threshold and notion.

        Examples
        --------
        >>> relevance = Relevance.from_sets([{0}, {1}], n_documents=2)
        >>> rows = np.eye(2, dtype=np.float32)
        >>> store_rows(relevance, rows, rows, 0.5).embedding(relevance).dtype
        dtype('int8')
        """
        return DualEmbedding(
            self.queries,
            self.documents,
            query_scale=self.query_scale,
            document_scale=self.document_scale,
            threshold=self.threshold,
            notion=self.notion,
            query_labels=relevance.query_labels,
            document_labels=relevance.document_labels,
            **fields,
        )


def store_rows(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    threshold: float | None = None,
    *,
    dtype: str = "int8",
    bits: int | None = None,
    scales: Scales = "matrix",
    notion: Notion = "global",
    rounds: int = 12,
    enough: float = np.inf,
    threads: int | None = None,
    report: Report | None = None,
) -> StoredRows:
    """Return rows in a stored type, rounded and repaired.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
        Unit rows, those of a descent say. Some may be wrong: the moves often mend them. For signs
        turn both sides by one random rotation first, so that no coordinate matters more; into
        more dimensions for more signs.
    threshold : float, optional
        Where to begin, in the global notion. Default: the middle between worst and best.
    dtype : {"int8", "float16", "bfloat16"}
        The stored type.
    bits : int, optional
        For int8: bits of a number, 1 to 8; 1 means -1 and 1. Default: all of the type.
    scales : {"matrix", "row"}
        For int8: one scale for the rows of a side, left out as 1; or one per row.
    notion : {"global", "row"}
        One threshold, or one for every query.
    rounds : int
        Looks over all pairs at most; 1 rounds and repairs nothing.
    enough : float
        Margin of plain rounding from which nothing is repaired. Default: whatever it is, it is
        repaired.
    threads : int, optional
        Default: the processors this process may use. The rows do not depend on it.
    report : callable, optional
        Called after every look with a dict of look, margin, rows_wrong and seconds.

    Returns
    -------
    stored : StoredRows
        Those of the look with the largest margin, or where none is positive, the fewest rows
        wrong. An interrupt (Ctrl-C) ends the looks.

    Raises
    ------
    ShapeError
        If the type is none of these, or has no such number of bits.

    Examples
    --------
    >>> relevance = Relevance.from_sets([{0}, {0, 1}], n_documents=2)
    >>> rows = np.array([[0.96, 0.28], [0.28, 0.96]], dtype=np.float32)
    >>> stored = store_rows(relevance, rows[[0, 1]], rows, 0.5, bits=4)
    >>> stored.queries.dtype, stored.rows_wrong
    (dtype('int8'), 0)
    """
    grid = Grid.of(dtype, bits)
    repair = _Repair(relevance, grid, notion, threads or default_threads(), enough)
    repair.begin(np.asarray(queries), np.asarray(documents), threshold, scales)
    return repair.run(rounds, report)


@dataclass(eq=False)
class _Repair:
    """Rounded rows that move, with the best of them so far."""

    relevance: Relevance
    grid: Grid
    notion: Notion
    threads: int
    enough: float
    started: float = field(default_factory=time.process_time)
    rounded: Rounded = field(init=False)
    levels: NDArray[np.float32] = field(init=False)
    in_bytes: bool = field(init=False, default=False)
    best: tuple[float, int, float, Rows, Rows] | None = None
    best_key: tuple[bool, int, float] = (False, -(2**62), -np.inf)
    looks: int = 0
    first_margin: float = np.nan

    def begin(
        self, queries: Rows, documents: Rows, threshold: float | None, scales: Scales
    ) -> None:
        """Round the rows; at few bits what is too large is clipped, as suits the hard pairs."""
        if threshold is None:
            threshold = self._middle(queries, documents)
        self.rounded = best_rounding(
            self.relevance, queries, documents, threshold, self.grid, scales, self.threads
        )
        if self.grid.bits == 1:
            # Signs of two random vectors at angle a agree with probability 1 - a/pi: the mean of
            # their products is (2/pi) arcsin <q, x> (Goemans & Williamson, J. ACM 42, 1995).
            threshold = float(2 / np.pi * np.arcsin(np.clip(threshold, -1, 1)))
        self.in_bytes = are_bytes(self.rounded.queries) and are_bytes(self.rounded.documents)
        self.in_bytes = self.in_bytes and self.grid.largest <= MOST_IN_BYTES
        level = np.float32(threshold * self.rounded.size)
        self.levels = np.full(len(queries), level, dtype=np.float32)

    def _middle(self, queries: Rows, documents: Rows) -> float:
        """A threshold between most matches and most of the hardest non-matches."""
        cut = np.full(len(queries), -np.inf, dtype=np.float32)
        seen = look(self.relevance, queries, documents, cut, 1, self.threads)
        worst, best = seen.worst[np.isfinite(seen.worst)], seen.best[np.isfinite(seen.best)]
        if not len(worst) or not len(best):
            return float(np.median(worst) - 1 if len(worst) else 1.0)
        return float(np.quantile(worst, 0.02) + np.quantile(best, 0.98)) / 2

    def run(self, rounds: int, report: Report | None) -> StoredRows:
        active = ActivePairs(self.relevance)
        sharpness = min(_SOFTEST, _SOFT / self.rounded.error) / self.rounded.size
        # In the end one step of a score counts: coarse grids leave no margin but single steps.
        whole = not self.grid.is_float and bool((self.rounded.query_units == 1).all())
        steps = _SHARP_STEP / sharpness if whole else 1.0
        most_rise = _RISE_OF_SIGNS if self.grid.bits == 1 else _MOST_RISE
        rise = float(np.clip(steps, _LEAST_RISE, most_rise))
        try:
            self._rounds(rounds, active, sharpness, rise, report)
        except KeyboardInterrupt:
            if self.best is None:
                raise
        return self._result()

    def _rounds(
        self,
        rounds: int,
        active: ActivePairs,
        sharpness: float,
        rise: float,
        report: Report | None,
    ) -> None:
        last_rise = 0
        sharpening = _SHARPENING if self.grid.bits == 1 else max(1, rounds - 2)
        for number in range(rounds):
            if self._observe(active, report):
                last_rise = number
            if number == rounds - 1 or self._is_settled(number - last_rise):
                break
            share = min(1.0, number / sharpening)
            if not self._move(active, sharpness * rise**share):
                break

    def _is_settled(self, n_looks: int) -> bool:
        """Whether so many looks without a rise are enough, or the margin is."""
        margin = self._margin_of_best()
        if margin <= 0:
            return False
        patience = _PATIENCE_FOR_SIGNS if self.grid.bits == 1 else _PATIENCE
        is_enough = self.looks == 1 and margin >= self.enough * self.rounded.size
        return is_enough or margin == np.inf or n_looks >= patience

    def _margin_of_best(self) -> float:
        return -np.inf if self.best is None else self.best[0]

    def _observe(self, active: ActivePairs, report: Report | None) -> bool:
        """Look over all pairs; return whether fewer rows are wrong, or the margin larger."""
        r = self.rounded
        band = np.float32((_LEAST_BAND + _BAND * r.error) * r.size)
        most = _LISTED_FOR_SIGNS if self.grid.bits == 1 else _MOST_LISTED
        seen = look(
            self.relevance, r.queries, r.documents, self.levels - band, most, self.threads,
            in_bytes=self.in_bytes,
        )  # fmt: skip
        self.looks += 1
        margin, middle = self._margin(seen, band)
        self.first_margin = margin if self.looks == 1 else self.first_margin
        active.add(seen.queries, seen.documents)
        self._weigh(active, seen)
        key = margin > 0, -seen.rows_wrong, margin
        rose = key > self.best_key
        if rose:
            self.best_key = key
            self.best = margin, seen.rows_wrong, middle, r.queries.copy(), r.documents.copy()
        if self.notion == "row":
            self._set_row_levels(seen, band)
        elif margin > 0 and np.isfinite(middle):
            self.levels[:] = middle
        if report is not None:
            report(
                {
                    "look": self.looks,
                    "margin": margin / r.size,
                    "rows_wrong": seen.rows_wrong,
                    "seconds": time.process_time() - self.started,
                }
            )
        return rose

    def _margin(self, seen: Look, band: np.float32) -> tuple[float, float]:
        """Return half the gap and the middle; non-matches below the cuts count as at the cuts."""
        n = self.relevance.n_documents
        hardest = np.maximum(seen.best, self.levels - band)
        hardest[self.relevance.n_matches == n] = -np.inf
        if self.notion == "row":
            return float((seen.worst.astype(np.float64) - hardest).min()) / 2, np.nan
        low, high = float(seen.worst.min()), float(hardest.max())
        if not np.isfinite(low - high):
            middle = low - 1 if np.isfinite(low) else high + 1 if np.isfinite(high) else 0.0
            return np.inf, middle
        return (low - high) / 2, (low + high) / 2

    def _set_row_levels(self, seen: Look, band: np.float32) -> None:
        middles = (seen.worst + np.maximum(seen.best, self.levels - band)) / 2
        known = np.isfinite(middles)
        self.levels[known] = middles[known]

    def _weigh(self, active: ActivePairs, seen: Look) -> None:
        """Give weight to the pairs on the wrong side."""
        relevance = self.relevance
        rows = csr.row_numbers(relevance.indptr)
        low = seen.match_scores <= self.levels[rows]
        high = seen.scores >= self.levels[seen.queries]
        active.weigh(
            np.concatenate((rows[low], seen.queries[high])),
            np.concatenate((relevance.indices[low], seen.documents[high])),
        )

    def _move(self, active: ActivePairs, sharpness: float) -> int:
        """Move the rows of both sides in turn; return the number of moves."""
        r = self.rounded
        most = _MOVES
        if self.grid.bits == 1 and -self.best_key[1] > _FEW_WRONG * len(r.queries):
            most = max(_MOVES, r.queries.shape[1] // _FLIPPED)
        moves = Moves(self.grid, float(sharpness), most)
        none = np.zeros(len(r.documents), dtype=np.float32)
        of_queries, of_documents = active.sides()
        queries = r.queries, r.query_units, self.levels
        documents = r.documents, r.document_units, none
        _, first = move_rows(*queries, *documents[::2], of_queries, moves, self.threads)
        _, second = move_rows(*documents, *queries[::2], of_documents, moves, self.threads)
        return first + second

    def _result(self) -> StoredRows:
        assert self.best is not None  # rounds is at least 1
        margin, rows_wrong, middle, queries, documents = self.best
        r = self.rounded
        has_scales = bool((r.query_units != 1).any() or (r.document_units != 1).any())
        return StoredRows(
            self.grid.stored(queries, r.query_units),
            self.grid.stored(documents, r.document_units),
            r.query_units if has_scales else 1.0,
            r.document_units if has_scales else 1.0,
            None if self.notion == "row" else middle,
            margin / r.size,
            self.first_margin / r.size,
            rows_wrong,
            self.looks,
            time.process_time() - self.started,
            self.notion,
        )
