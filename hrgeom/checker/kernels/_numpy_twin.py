"""The reference kernel in NumPy: same verdicts and counts, exact decisions by fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.csr import row_numbers
from hrgeom.checker.kernels._interface import Bounds, KernelEntry, Level, Rows, Tally

__all__ = ["NUMPY", "NumpyKernel"]


class NumpyKernel:
    """Blocks of float64 matrix products. Any summation order obeys the same bound."""

    name = "numpy"

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(documents, dtype=np.float64)

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        # scores, and three temporaries of a byte or more per score
        return max(1, memory // (12 * max(1, n_documents)))

    def matches(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        n = len(rows.queries)
        tally = Tally.empty(n)
        tally.extreme_score[:] = np.inf
        queries = rows.queries.astype(np.float64)
        row = row_numbers(rows.indptr)
        scores = np.einsum("ij,ij->i", queries[row], packed[rows.indices])
        ranking = level.document >= 0
        # Count the matches that do not exceed a level that is a number: float64 decides those
        # further from it than the bound, exact arithmetic the others. Without rounding (bound 0)
        # the float64 scores are exact and decide all.
        gap = scores - level.value[row]
        bound = bounds.score[row]
        sure = np.where(bound > 0, gap < -bound, gap <= 0) & ~ranking[row]
        near = (np.abs(gap) <= bound) & (bound > 0) & ~ranking[row]
        np.add.at(tally.n_violations, row[sure], 1)
        for i, v in zip(row[near].tolist(), rows.indices[near].tolist(), strict=True):
            self._settle(tally, i, v, packed, queries, level, bounds, upwards=False)
        filled = np.diff(rows.indptr) > 0
        if filled.any():
            starts = rows.indptr[:-1][filled]
            tally.extreme_score[filled] = np.minimum.reduceat(scores, starts)
        # The worst match: with reference scores off by at most b each, the exact one is among
        # those within 2 b of the least reference score (4 b leaves room). The row notion asks
        # for the exact one, any other for the least reference score.
        for i in np.flatnonzero(filled).tolist():
            at = slice(rows.indptr[i], rows.indptr[i + 1])
            own = scores[at]
            candidates = np.flatnonzero(own <= own.min() + 4 * bounds.score[i])
            best = int(candidates[0])
            if ranking[i] and bounds.exact and bounds.score[i] > 0 and len(candidates) > 1:
                tally.n_exact[i] += len(candidates) - 1
                documents = rows.indices[at][candidates]
                exact = [_exact_score(queries[i], packed[v]) for v in documents]
                best = int(candidates[exact.index(min(exact))])
            elif len(candidates) > 1:
                best = int(np.argmin(own))
            tally.extreme_score[i] = own[best]
            tally.extreme_document[i] = rows.indices[at][best]
        return tally

    def sweep(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        n = len(rows.queries)
        tally = Tally.empty(n)
        tally.extreme_score[:] = -np.inf
        if n_documents == 0 or n == 0:
            return tally
        queries = rows.queries.astype(np.float64)
        scores = queries @ packed.T
        scores[row_numbers(rows.indptr), rows.indices] = -np.inf
        best = scores.argmax(axis=1)
        value = scores[np.arange(n), best]
        exists = np.diff(rows.indptr) < n_documents
        tally.extreme_score[exists] = value[exists]
        tally.extreme_document[exists] = best[exists]
        # A level that is a document's score is off by a bound, too.
        bound = np.where(level.document >= 0, 2.0, 1.0) * bounds.score
        # Only rows whose best non-match comes near the level need the counts.
        for i in np.flatnonzero(value >= level.value - bound):
            gap = scores[i] - level.value[i]
            if bound[i] == 0:
                tally.n_violations[i] = np.count_nonzero(gap >= 0)
                continue
            tally.n_violations[i] = np.count_nonzero(gap > bound[i])
            for v in np.flatnonzero(np.abs(gap) <= bound[i]):
                self._settle(tally, int(i), int(v), packed, queries, level, bounds, upwards=True)
        return tally

    @staticmethod
    def _settle(
        tally: Tally,
        i: int,
        v: int,
        packed: NDArray[np.float64],
        queries: NDArray[np.float64],
        level: Level,
        bounds: Bounds,
        *,
        upwards: bool,
    ) -> None:
        """Decide pair (i, v) by fractions; `upwards`: a non-match, which must stay below."""
        if not bounds.exact:
            tally.n_undecided[i] += 1
            return
        tally.n_exact[i] += 1
        score = _exact_score(queries[i], packed[v])
        other = int(level.document[i])
        limit = (
            _exact_score(queries[i], packed[other])
            if other >= 0
            else Fraction(float(level.value[i]))
        )
        tally.n_violations[i] += score >= limit if upwards else score <= limit


def _exact_score(q: NDArray[np.float64], x: NDArray[np.float64]) -> Fraction:
    terms = (Fraction(a) * Fraction(b) for a, b in zip(q.tolist(), x.tolist(), strict=True) if a)
    return sum(terms, start=Fraction(0))


def _always() -> bool:
    return True


NUMPY = KernelEntry(
    name="numpy",
    summary="NumPy and fractions; runs everywhere, several times slower",
    rank=0,
    is_available=_always,
    make=NumpyKernel,
    cpu_flags=(),
)
