r"""Pairs near the boundary: a pass over all scores that finds the margin and the pairs near it.

With r_q the threshold of query q (one for all in the global notion, the middle between worst
match and best non-match in the row notion), a pair's signed margin is the distance of its score
from r_q, positive on the right side. Pairs whose signed margin exceeds the least by more than b
weigh less than :math:`e^{-\beta b}` times the worst one in a soft minimum of sharpness beta. With
:math:`b = \ln(100 N m)/\beta` all of them together weigh less than 1 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import score_blocks
from hrgeom.core import Notion, Relevance

__all__ = ["AllPairs", "Boundary", "NearPairs"]

_SCORES_AT_A_TIME = 2**21  # several passes go over a block: it should stay near a core
_LEAST_ROWS = 256  # fewer rows make a slow matrix product
_MOST_PAIRS = 2**22  # near pairs kept; the worst of them where there are more
_DENSE = 2**26  # scores that may be computed anew for every step
_SPARSE_SHARE = 40  # a pair by itself costs about as much as 40 in a matrix product
_PRODUCTS_AT_A_TIME = 2**24


@dataclass(frozen=True)
class NearPairs:
    """Some (query, document) pairs in CSR form: `rows` are the queries, `columns` the documents."""

    indptr: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[Any], columns: NDArray[Any], n_queries: int) -> NearPairs:
        """Return the pairs (rows[i], columns[i]), with rows ascending."""
        counts = np.bincount(rows, minlength=n_queries)
        indptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return cls(indptr, rows, columns)

    def joined(self, other: NearPairs) -> NearPairs:
        """Return the pairs of both."""
        rows = np.concatenate((self.rows, other.rows))
        columns = np.concatenate((self.columns, other.columns))
        most = int(columns.max(initial=0)) + 1
        keys = np.unique(rows * most + columns)
        return NearPairs.of(keys // most, keys % most, len(self.indptr) - 1)

    def scores(self, queries: NDArray[Any], documents: NDArray[Any]) -> NDArray[Any]:
        """Return the scores of the pairs."""
        out = np.empty(len(self.rows), dtype=queries.dtype)
        step = max(1, _PRODUCTS_AT_A_TIME // queries.shape[1])
        for start in range(0, len(out), step):
            part = slice(start, start + step)
            left, right = queries[self.rows[part]], documents[self.columns[part]]
            out[part] = np.einsum("ij,ij->i", left, right)
        return out

    def extremes(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the largest of the pairs' values for every query, -inf without a pair."""
        largest = np.full(len(self.indptr) - 1, -np.inf)
        used = np.flatnonzero(np.diff(self.indptr))
        if len(used):
            largest[used] = np.maximum.reduceat(values, self.indptr[used])
        return largest


@dataclass(frozen=True)
class Boundary:
    """Result of a pass over all scores.

    Attributes
    ----------
    margin : float
        Half the gap, in the notion of the problem; observed, not certified.
    worst, best : ndarray of float64, shape (n,)
        Lowest match and highest non-match of every query, infinite where there is none.
    matches : NearPairs
        The matches near the boundary.
    others : NearPairs or None
        The non-matches near the boundary; None where using all of them costs less.
    """

    margin: float
    worst: NDArray[np.float64]
    best: NDArray[np.float64]
    matches: NearPairs
    others: NearPairs | None

    @property
    def threshold(self) -> float:
        """The middle between the lowest match and the highest non-match of all."""
        return float(self.worst.min() / 2 + self.best.max() / 2)

    @property
    def rows_wrong(self) -> int:
        """Queries with a match that does not exceed a non-match."""
        return int(np.count_nonzero(self.worst <= self.best))

    def joined(self, other: Boundary) -> Boundary:
        """Return this look with the pairs of another one as well."""
        others: NearPairs | None = None
        if self.others is not None and other.others is not None:
            others = self.others.joined(other.others)
        return replace(self, matches=self.matches.joined(other.matches), others=others)


class AllPairs:
    """A relevance and a notion, and passes over the scores of unit rows."""

    def __init__(self, relevance: Relevance, notion: Notion) -> None:
        self.notion = notion
        self.n_queries, self.n_documents = relevance.n_queries, relevance.n_documents
        self.n_scores = self.n_queries * self.n_documents
        rows = np.repeat(np.arange(self.n_queries), relevance.n_matches)
        self.matches = NearPairs(relevance.indptr, rows, relevance.indices.astype(np.int64))
        self.has_gap = self._has_gap(relevance)

    def _has_gap(self, relevance: Relevance) -> bool:
        some, all_ = relevance.n_matches > 0, relevance.n_matches == self.n_documents
        if self.notion == "row":
            return bool(np.any(some & ~all_))
        return bool(some.any() and not all_.all())

    @property
    def may_be_dense(self) -> bool:
        """Whether all scores may be computed for every step."""
        return self.n_scores <= _DENSE

    def blocks(
        self, queries: NDArray[Any], documents: NDArray[Any]
    ) -> Iterator[tuple[int, int, NDArray[Any]]]:
        """Yield (start, stop, scores) for blocks of queries, matches set to -inf.

        The scores are overwritten by those of the next block.
        """
        blocks = score_blocks(
            queries,
            documents,
            block_bytes=_SCORES_AT_A_TIME * queries.itemsize,
            least_rows=_LEAST_ROWS,
            reuse=True,
        )
        for block in blocks:
            start, stop = int(block.numbers[0]), int(block.numbers[-1]) + 1
            own = slice(self.matches.indptr[start], self.matches.indptr[stop])
            block.scores[self.matches.rows[own] - start, self.matches.columns[own]] = -np.inf
            yield start, stop, block.scores

    def look(self, queries: NDArray[Any], documents: NDArray[Any], sharpness: float) -> Boundary:
        """Return the margin and the pairs near it, for a soft minimum of this sharpness."""
        band = float(np.log(100.0 * self.n_scores)) / sharpness
        match_scores = self.matches.scores(queries, documents)
        worst = -self.matches.extremes(-match_scores)
        best = np.empty(self.n_queries)
        dense = self.n_scores <= _DENSE
        most = self.n_scores // _SPARSE_SHARE if dense else _MOST_PAIRS
        found = _Nearest(band, most, or_none=dense)
        for start, stop, scores in self.blocks(queries, documents):
            best[start:stop] = scores.max(axis=1)
            found.add(start, scores, self._levels(worst[start:stop], best[start:stop]))
        levels = self._levels(worst, best)
        below = levels[self.matches.rows] - match_scores
        below[np.isinf(below)] = -np.inf  # of queries without a gap
        near = np.flatnonzero(below >= below.max(initial=-np.inf) - band)
        matches = NearPairs.of(self.matches.rows[near], self.matches.columns[near], self.n_queries)
        nearest = found.pairs()
        others = None if nearest is None else NearPairs.of(*nearest, self.n_queries)
        gap = (worst - best).min() if self.notion == "row" else worst.min() - best.max()
        return Boundary(float(gap) / 2, worst, best, matches, others)

    def _levels(self, worst: NDArray[np.float64], best: NDArray[np.float64]) -> NDArray[np.float64]:
        """Thresholds up to a constant: r_q, or 0 where there is one for all."""
        if self.notion == "global":
            return np.zeros(len(worst))
        # a query that matches nothing, or everything, has no gap that could be near
        return np.where(np.isfinite(worst) & np.isfinite(best), worst / 2 + best / 2, np.inf)


class _Nearest:
    """The non-matches furthest above their level, within a band, gathered block by block.

    Where there are more than `most`, the furthest are kept; or, if `or_none`, nothing is.
    """

    def __init__(self, band: float, most: int, *, or_none: bool) -> None:
        self._band = band
        self._most = most
        self._or_none = or_none
        self._top = -np.inf
        self._floor = -np.inf  # below it there was no more room
        self._overflowed = False
        self._waiting = 0
        none = np.empty(0, dtype=np.int64)
        self._parts: list[tuple[NDArray[Any], ...]] = [(none, none, np.empty(0))]

    def add(self, start: int, scores: NDArray[Any], levels: NDArray[np.float64]) -> None:
        top = scores.max(axis=1) - levels
        self._top = max(self._top, float(top.max()))
        least = max(self._top - self._band, self._floor)
        if self._overflowed or not np.isfinite(least):
            return
        rows = np.flatnonzero(top >= least)
        chosen = scores if 2 * len(rows) > len(scores) else scores[rows]
        if chosen is scores:
            rows = np.arange(len(scores))
        bounds = (levels[rows] + least).astype(scores.dtype)
        where = np.flatnonzero(chosen >= bounds[:, None])  # several times as fast as nonzero
        own, columns = np.divmod(where, scores.shape[1])
        excess = chosen.ravel()[where] - levels[rows[own]]
        self._parts.append((rows[own] + start, columns, excess))
        self._waiting += len(where)
        if self._waiting > 2 * self._most:
            self._shrink()

    def _shrink(self) -> None:
        rows, columns, excess = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
        least = max(self._top - self._band, self._floor)
        kept = excess >= least
        if np.count_nonzero(kept) > self._most:
            self._overflowed = self._or_none
            self._floor = float(np.partition(excess, -self._most)[-self._most])
            kept = excess >= self._floor
        self._parts = [(rows[kept], columns[kept], excess[kept])]
        self._waiting = len(self._parts[0][0])

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Return rows (ascending) and columns; None if they were too many."""
        self._shrink()
        rows, columns, _ = self._parts[0]
        return None if self._overflowed else (rows, columns)
