"""The passes in NumPy, for installations without the C library, and to hold the C library against.

The same steps in the same order, in ranges small enough for their pairs to fit in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.descent._passes import ByDocument, Bytes, Seen, Visit
from hrgeom.descent._problem import Problem
from hrgeom.descent._state import Side, State

__all__ = ["MEAN", "NEGLIGIBLE", "NumpyPasses"]

# As in steps.h, whose comments say what they are.
NEGLIGIBLE = 3e-4
MEAN = 0.9

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Pairs:
    """Pairs of some rows with partners, sorted by row: which row, which partner, which kind."""

    n_rows: int
    row: NDArray[np.int64]
    partner: NDArray[np.int64]
    is_match: NDArray[np.bool_]
    is_sampled: NDArray[np.bool_]

    def log_sums(self, exponents: Floats, which: NDArray[np.bool_]) -> Floats:
        """Return log of the sum of exp over every row's chosen pairs, -inf without."""
        top = self.extremes(exponents, which, least=False)
        known = np.where(np.isfinite(top), top, 0)
        row = self.row[which]
        weights = np.exp(exponents[which] - known[row])
        with np.errstate(divide="ignore"):
            sums = np.log(np.bincount(row, weights=weights, minlength=self.n_rows))
        return (known + sums).astype(np.float32)

    def extremes(self, values: NDArray[Any], which: NDArray[np.bool_], least: bool) -> Floats:
        """Return the least or largest value of every row's chosen pairs, inf or -inf without."""
        out = np.full(self.n_rows, np.inf if least else -np.inf, dtype=np.float32)
        (np.minimum if least else np.maximum).at(out, self.row[which], values[which])
        return out

    def kept(self, which: NDArray[np.bool_]) -> _Pairs:
        """Return the chosen pairs."""
        return _Pairs(
            self.n_rows,
            self.row[which],
            self.partner[which],
            self.is_match[which],
            self.is_sampled[which],
        )


def _joined(n_rows: int, *kinds: tuple[NDArray[Any], NDArray[Any], bool, bool]) -> _Pairs:
    row = np.concatenate([kind[0] for kind in kinds]).astype(np.int64)
    partner = np.concatenate([kind[1] for kind in kinds]).astype(np.int64)
    is_match = np.concatenate([np.full(len(kind[0]), kind[2]) for kind in kinds])
    is_sampled = np.concatenate([np.full(len(kind[0]), kind[3]) for kind in kinds])
    order = np.argsort(row, kind="stable")
    return _Pairs(n_rows, row[order], partner[order], is_match[order], is_sampled[order])


def _scores(rows: Floats, partners: Floats, pairs: _Pairs) -> Floats:
    found: Floats = np.einsum("ij,ij->i", rows[pairs.row], partners[pairs.partner])
    return found


@dataclass(frozen=True)
class NumpyPasses:
    """Passes in NumPy; the name is for reports."""

    name: str = "numpy"

    def step_queries(self, problem: Problem, state: State, visit: Visit, rows: range) -> Seen:
        """Look at queries and, unless frozen, step them."""
        part = slice(rows.start, rows.stop)
        T = np.float32(visit.temperature)
        pairs = self._pairs_of_queries(problem, state, visit, rows)
        seen: Seen | None = None
        slope = 0.0
        for step in range(visit.n_query_steps):
            scores = _scores(state.queries.rows[part], state.documents.rows, pairs)
            if seen is None:
                seen = self._note(state, pairs, scores, part)
            exponents = self._exponents(problem, state, visit, rows, pairs, scores)
            log_matches = pairs.log_sums(exponents, pairs.is_match)
            log_others = pairs.log_sums(exponents, ~pairs.is_match)
            if visit.is_by_row:
                # The threshold that minimizes a query's loss makes both sums equal.
                both = np.isfinite(log_matches) & np.isfinite(log_others)
                mean = np.where(both, log_matches / 2 + log_others / 2, 0)
                state.thresholds[part] += np.where(both, log_others - mean, 0) / T
                log_matches = np.where(both, mean, log_matches)
                log_others = np.where(both, mean, log_others)
                exponents = self._exponents(problem, state, visit, rows, pairs, scores)
            losses = np.logaddexp(0, log_matches), np.logaddexp(0, log_others)
            if step == visit.n_query_steps - 1:
                state.match_loss[part], state.other_loss[part] = losses
                shares = np.exp(log_matches - losses[0]) - np.exp(log_others - losses[1])
                slope = float(T * shares.sum(dtype=np.float64))
            if visit.is_frozen:
                continue
            loss = np.where(pairs.is_match, losses[0][pairs.row], losses[1][pairs.row])
            sign = np.where(pairs.is_match, np.float32(-1), np.float32(1))
            weights = sign * T * np.exp(exponents - loss).astype(np.float32)
            largest = pairs.extremes(np.abs(weights), np.ones(len(weights), dtype=bool), False)
            counts = np.abs(weights) >= NEGLIGIBLE * largest[pairs.row]
            gradient = _combined(state.documents.rows, pairs.kept(counts), weights[counts])
            _step(state.queries, part, gradient, visit.query_rate, visit.momentum, visit.damping)
            if step == 0:
                pairs = pairs.kept(counts)
        assert seen is not None
        return Seen(slope, seen.lowest, seen.highest, seen.lowest_gap, seen.n_wrong)

    def _pairs_of_queries(
        self, problem: Problem, state: State, visit: Visit, rows: range
    ) -> _Pairs:
        own = np.arange(rows.start, rows.stop)
        entries, starts = csr.entries_of(problem.indptr, own)
        match_rows = csr.row_numbers(starts)
        n_listed = state.n_listed[own]
        listed_rows = np.repeat(np.arange(len(own)), n_listed)
        is_listed = np.arange(state.listed.shape[1]) < n_listed[:, None]
        met = (own[:, None] + visit.shifts) % problem.n_documents
        return _joined(
            len(own),
            (match_rows, problem.indices[entries], True, False),
            (listed_rows, state.listed[own][is_listed], False, False),
            (np.repeat(np.arange(len(own)), len(visit.shifts)), met.ravel(), False, True),
        )

    def _exponents(
        self,
        problem: Problem,
        state: State,
        visit: Visit,
        rows: range,
        pairs: _Pairs,
        scores: Floats,
    ) -> Floats:
        """T times how far pairs are on the wrong side, plus log of what they stand for."""
        t = state.thresholds[rows.start : rows.stop][pairs.row]
        sign = np.where(pairs.is_match, np.float32(-1), np.float32(1))
        exponents: Floats = np.float32(visit.temperature) * (
            sign * (scores - t) + np.float32(visit.goal)
        )
        sampled = np.flatnonzero(pairs.is_sampled)
        exponents[sampled] += _log_factors(
            problem,
            state,
            visit,
            pairs.row[sampled] + rows.start,
            pairs.partner[sampled],
            scores[sampled],
        )
        return exponents

    def _note(self, state: State, pairs: _Pairs, scores: Floats, part: slice) -> Seen:
        listed = ~pairs.is_match & ~pairs.is_sampled
        low = pairs.extremes(scores, pairs.is_match, least=True)
        high = pairs.extremes(scores, listed, least=False)
        largest = np.float32(np.finfo(np.float32).max)
        state.lowest_match[part] = low.clip(max=largest)
        state.highest_other[part] = high.clip(min=-largest)
        state.lowest_listed[part] = pairs.extremes(scores, listed, least=True).clip(max=largest)
        both = np.isfinite(low) & np.isfinite(high)
        gaps = low[both].astype(np.float64) - high[both]
        return Seen(
            0.0,
            float(low.min(initial=np.inf)),
            float(high.max(initial=-np.inf)),
            float(gaps.min(initial=np.inf)),
            int((gaps <= 0).sum()),
        )

    def step_documents(self, problem: Problem, state: State, visit: Visit, rows: range) -> None:
        """Step documents, by the weights that the queries' last step left."""
        part = slice(rows.start, rows.stop)
        own = np.arange(rows.start, rows.stop)
        T = np.float32(visit.temperature)
        pairs = self._pairs_of_documents(problem, visit, own)
        scores = _scores(state.documents.rows[part], state.queries.rows, pairs)
        ahead = scores - state.thresholds[pairs.partner]
        sign = np.where(pairs.is_match, np.float32(-1), np.float32(1))
        loss = np.where(
            pairs.is_match, state.match_loss[pairs.partner], state.other_loss[pairs.partner]
        )
        exponents = np.minimum(T * (sign * ahead + np.float32(visit.goal)) - loss, 0)
        sampled = np.flatnonzero(pairs.is_sampled)
        exponents[sampled] += _log_factors(
            problem,
            state,
            visit,
            pairs.partner[sampled],
            pairs.row[sampled] + rows.start,
            scores[sampled],
        )
        weights = sign * T * np.exp(exponents).astype(np.float32)
        largest = pairs.extremes(np.abs(weights), np.ones(len(weights), dtype=bool), False)
        counts = np.abs(weights) >= NEGLIGIBLE * largest[pairs.row]
        gradient = _combined(state.queries.rows, pairs.kept(counts), weights[counts])
        _step(state.documents, part, gradient, visit.document_rate, visit.momentum, visit.damping)

    def _pairs_of_documents(self, problem: Problem, visit: Visit, own: NDArray[np.int64]) -> _Pairs:
        first, last = visit.group
        kinds = []
        for (starts, queries), is_match in ((visit.matching, True), (visit.listing, False)):
            entries, own_starts = csr.entries_of(starts, own)
            kinds.append((csr.row_numbers(own_starts), queries[entries], is_match, False))
        # query i meets document (i + shift) mod m
        group = np.arange(first, last)
        met = (group[:, None] + visit.shifts) % problem.n_documents
        at = (met >= own[0]) & (met <= own[-1]) if len(own) else np.zeros(met.shape, dtype=bool)
        queries = np.broadcast_to(group[:, None], met.shape)[at]
        kinds.append((met[at] - own[0] if len(own) else met[at], queries, False, True))
        return _joined(len(own), *kinds)

    def list_hardest(
        self,
        problem: Problem,
        state: State,
        in_bytes: Bytes,
        cuts: NDArray[np.int32],
        reach: int,
        rows: range,
    ) -> None:
        """List the hardest non-matches above each query's cut, within reach of its hardest."""
        m, most = problem.n_documents, state.listed.shape[1]
        in_rows = in_bytes.panels.transpose(0, 2, 1, 3).reshape(-1, in_bytes.queries.shape[1])
        documents = (in_rows[:m].astype(np.float32) - 128).T
        # whole numbers below 2^24: exact in float32
        scores = (in_bytes.queries[rows.start : rows.stop].astype(np.float32) @ documents).astype(
            np.int64
        )
        for i, own in zip(rows, scores, strict=True):
            own[problem.indices[problem.indptr[i] : problem.indptr[i + 1]]] = np.iinfo(np.int64).min
            found = np.flatnonzero(own > cuts[i])
            order = np.lexsort((found, -own[found]))[:most]
            found = found[order]
            found = found[own[found] >= own[found[:1]] - reach]
            state.n_listed[i] = len(found)
            state.listed[i, : len(found)] = np.sort(found)

    def by_document(self, problem: Problem, state: State, rows: range) -> ByDocument:
        """Return the lists of a range of queries by document."""
        part = slice(rows.start, rows.stop)
        n_listed = state.n_listed[part]
        is_listed = np.arange(state.listed.shape[1]) < n_listed[:, None]
        documents = state.listed[part][is_listed]
        queries = np.repeat(np.arange(rows.start, rows.stop), n_listed)
        counts = np.bincount(documents, minlength=problem.n_documents)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return starts, queries[np.argsort(documents, kind="stable")].astype(np.int32)


def _log_factors(
    problem: Problem,
    state: State,
    visit: Visit,
    queries: NDArray[np.int64],
    documents: NDArray[np.int64],
    scores: Floats,
) -> Floats:
    """Logarithm of what sampled documents stand for: -inf if they match, 0 above a query's list."""
    is_match = csr.is_member(
        problem.indptr, problem.indices, problem.n_documents, queries, documents
    )
    below = scores < state.lowest_listed[queries]
    with np.errstate(divide="ignore"):
        stands_for = np.log(np.float32(visit.sample_weight))
    return np.where(is_match, -np.inf, np.where(below, stands_for, 0)).astype(np.float32)


def _combined(partners: Floats, pairs: _Pairs, weights: Floats) -> Floats:
    """The weighted sum of every row's partners."""
    gradient = np.zeros((pairs.n_rows, partners.shape[1]), dtype=np.float32)
    np.add.at(gradient, pairs.row, weights[:, None] * partners[pairs.partner])
    return gradient


def _step(
    side: Side, part: slice, gradient: Floats, rate: float, momentum_share: float, damping: float
) -> None:
    """One step of Adam on the sphere, with one second moment for the whole row."""
    rows = side.rows[part]
    gradient = gradient - np.einsum("ij,ij->i", gradient, rows)[:, None] * rows
    squares = np.einsum("ij,ij->i", gradient, gradient)
    scale = np.float32(MEAN) * side.scale[part] + np.float32(1 - MEAN) * squares
    side.scale[part] = scale
    momentum = (
        np.float32(momentum_share) * side.momentum[part] + np.float32(1 - momentum_share) * gradient
    )
    side.momentum[part] = momentum
    moved = rows - (np.float32(rate) / (np.sqrt(scale) + np.float32(damping)))[:, None] * momentum
    side.rows[part] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
