"""The reference kernel in NumPy: same verdicts and counts, exact decisions by fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.arithmetic import check_matrix_products, plain_arithmetic
from hrgeom._base.csr import row_numbers
from hrgeom.checker._exact import exact_score, first_equal_rows
from hrgeom.checker.kernels._interface import Bounds, KernelEntry, Level, Rows, Tally

__all__ = ["NUMPY", "NumpyKernel"]

_MOST_PAIRS = 2**16  # whose scores are compared at a time
_MOST_NUMBERS = 2**17  # gathered at a time


class NumpyKernel:
    """Blocks of float64 matrix products. Any summation order obeys the same bound."""

    name = "numpy"

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> NDArray[Any]:
        check_matrix_products()
        return np.ascontiguousarray(documents, dtype=np.float64)

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        # scores, three temporaries of a byte or more per score, and the query itself
        return max(1, memory // (12 * max(1, n_documents) + 8 * dim))

    def matches(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        tally = Tally.empty(len(rows.queries))
        tally.extreme_score[:] = np.inf
        with plain_arithmetic():
            for at in _groups(rows.indptr):
                part = _part(rows, at)
                found = _matches(packed, part, level.part(at), bounds.part(at))
                tally.put(at.start, found)
        return tally

    def sweep(
        self, packed: NDArray[Any], n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        tally = Tally.empty(len(rows.queries))
        tally.extreme_score[:] = -np.inf
        if n_documents and len(rows.queries):
            check_matrix_products()
            with plain_arithmetic():
                _sweep(tally, packed, rows, level, bounds)
        return tally


def _groups(indptr: NDArray[np.int64]) -> Iterator[slice]:
    """Yield ranges of queries whose matches are not many, unless a single query has as many."""
    start, n = 0, len(indptr) - 1
    while start < n:
        most = int(indptr[start]) + _MOST_PAIRS
        stop = max(start + 1, int(np.searchsorted(indptr, most, side="right")) - 1)
        yield slice(start, min(stop, n))
        start = stop


def _part(rows: Rows, at: slice) -> Rows:
    indptr = rows.indptr[at.start : at.stop + 1]
    entries = rows.indices[indptr[0] : indptr[-1]]
    return Rows(rows.queries[at], indptr - indptr[0], entries)


def _matches(packed: NDArray[Any], rows: Rows, level: Level, bounds: Bounds) -> Tally:
    """Return the tally of the matches of a group of queries."""
    tally = Tally.empty(len(rows.queries))
    tally.extreme_score[:] = np.inf
    queries = rows.queries.astype(np.float64)
    row = row_numbers(rows.indptr)
    scores = _pair_scores(queries, packed, row, rows.indices)
    ranking = level.document >= 0
    # Count the matches that do not exceed a level that is a number: float64 decides those
    # further from it than the bound, exact arithmetic the others. Without rounding (bound 0)
    # the float64 scores are exact and decide all.
    gap = scores - level.value[row]
    bound = bounds.score[row]
    sure = np.where(bound > 0, gap < -bound, gap <= 0) & ~ranking[row]
    near = (np.abs(gap) <= bound) & (bound > 0) & ~ranking[row]
    np.add.at(tally.n_violations, row[sure], 1)
    for i in np.unique(row[near]).tolist():
        at = slice(rows.indptr[i], rows.indptr[i + 1])
        _settle(tally, i, rows.indices[at][near[at]], packed, queries, level, bounds, upwards=False)
    # The worst match: with reference scores off by at most b each, the exact one is among
    # those within 2 b of the least reference score (4 b leaves room). The row notion asks
    # for the exact one, any other for the least reference score.
    for i in np.flatnonzero(np.diff(rows.indptr) > 0).tolist():
        at = slice(rows.indptr[i], rows.indptr[i + 1])
        own = scores[at]
        best = int(own.argmin())
        if ranking[i] and bounds.exact and bounds.score[i] > 0:
            candidates = np.flatnonzero(own <= own[best] + 4 * bounds.score[i])
            if len(candidates) > 1:
                tally.n_exact[i] += len(candidates) - 1
                documents = rows.indices[at][candidates]
                best = int(candidates[_lowest(queries[i], packed, documents)])
        tally.extreme_score[i] = own[best]
        tally.extreme_document[i] = rows.indices[at][best]
    return tally


def _pair_scores(
    queries: NDArray[np.float64],
    packed: NDArray[np.float64],
    row: NDArray[np.int32],
    documents: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Return the scores of pairs, with few rows gathered at a time."""
    scores = np.empty(len(row))
    for at in _chunks(len(row), queries.shape[1]):
        np.einsum("ij,ij->i", queries[row[at]], packed[documents[at]], out=scores[at])
    return scores


def _chunks(n: int, dim: int) -> Iterator[slice]:
    """Yield ranges of rows that hold a bounded count of numbers."""
    step = max(1, _MOST_NUMBERS // dim)
    for start in range(0, n, step):
        yield slice(start, start + step)


def _lowest(
    query: NDArray[np.float64], packed: NDArray[np.float64], documents: NDArray[np.int32]
) -> int:
    """Return the place of the document of least exact score, the first of equal ones."""
    best, least = 0, None
    support = np.flatnonzero(query)  # what else documents hold is multiplied by zero
    for at in _chunks(len(documents), len(query)):
        rows = packed[documents[at]][:, support]
        for k in np.unique(first_equal_rows(rows)).tolist():
            score = exact_score(query[support], rows[k])
            if least is None or score < least:
                best, least = at.start + k, score
    return best


def _sweep(tally: Tally, packed: NDArray[Any], rows: Rows, level: Level, bounds: Bounds) -> None:
    """Note the best non-match of every query and those that reach the level."""
    n, n_documents = len(rows.queries), len(packed)
    queries = rows.queries.astype(np.float64)
    scores = queries @ packed.T
    for at in _groups(rows.indptr):
        part = _part(rows, at)
        scores[at.start + row_numbers(part.indptr), part.indices] = -np.inf
    best = scores.argmax(axis=1)
    value = scores[np.arange(n), best]
    exists = np.diff(rows.indptr) < n_documents
    tally.extreme_score[exists] = value[exists]
    tally.extreme_document[exists] = best[exists]
    # A level that is a document's score is off by a bound, too.
    bound = np.where(level.document >= 0, 2.0, 1.0) * bounds.score
    # Only rows whose best non-match comes near the level need the counts.
    for i in np.flatnonzero(value >= level.value - bound).tolist():
        gap = scores[i] - level.value[i]
        if bound[i] == 0:
            tally.n_violations[i] = np.count_nonzero(gap >= 0)
            continue
        tally.n_violations[i] = np.count_nonzero(gap > bound[i])
        near = np.flatnonzero(np.abs(gap) <= bound[i])
        _settle(tally, i, near, packed, queries, level, bounds, upwards=True)


def _settle(
    tally: Tally,
    i: int,
    documents: NDArray[np.integer[Any]],
    packed: NDArray[np.float64],
    queries: NDArray[np.float64],
    level: Level,
    bounds: Bounds,
    *,
    upwards: bool,
) -> None:
    """Decide pairs of query i exactly; `upwards`: non-matches, which must stay below.

    Documents that are equal where the query is not zero have one score, computed once.
    """
    if not bounds.exact:
        tally.n_undecided[i] += len(documents)
        return
    if len(documents) == 0:
        return
    tally.n_exact[i] += len(documents)
    other = int(level.document[i])
    limit = (
        exact_score(queries[i], packed[other]) if other >= 0 else Fraction(float(level.value[i]))
    )
    support = np.flatnonzero(queries[i])  # what else documents hold is multiplied by zero
    for at in _chunks(len(documents), queries.shape[1]):
        rows = packed[documents[at]][:, support]
        distinct, counts = np.unique(first_equal_rows(rows), return_counts=True)
        for k, count in zip(distinct.tolist(), counts.tolist(), strict=True):
            score = exact_score(queries[i][support], rows[k])
            if score >= limit if upwards else score <= limit:
                tally.n_violations[i] += count


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
