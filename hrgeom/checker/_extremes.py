"""Extreme scores of all pairs without rounding, from passes that rounded.

A pass leaves the extreme score of every query up to its bound. Only queries that come within their
bounds of the best of all can hold the exact extreme, and of their documents only those that come
within the bound of it: these are scored exactly, rows that are equal once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.arithmetic import check_matrix_products
from hrgeom.checker._exact import exact_score, first_equal_rows
from hrgeom.checker._sweep import Sweep
from hrgeom.checker._threshold import Interval
from hrgeom.checker.kernels import Tally

__all__ = ["ExactExtreme", "exact_extreme", "extreme_interval"]

_MOST_NUMBERS = 2**18  # of rows in float64 at a time
_MOST_QUERIES = 256

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Numbers of queries and of documents, side by side."""


@dataclass(frozen=True)
class ExactExtreme:
    """The least score of all matches, or the greatest of all other pairs, without rounding.

    Attributes
    ----------
    score : Fraction
    query, document : int
        A pair that has it.
    n_exact : int
        How many scores were computed exactly.
    """

    score: Fraction
    query: int
    document: int
    n_exact: int


def extreme_interval(sweep: Sweep, tally: Tally, *, matches: bool) -> Interval | None:
    """Return bounds on the extreme score of all pairs of a pass; None if there are no pairs."""
    value = tally.extreme_score if matches else -tally.extreme_score
    if not np.isfinite(value).any():
        return None
    least, most = ((value + bound).min() for bound in (-sweep.bounds.score, sweep.bounds.score))
    if not sweep.bounds.is_exact:  # two sums that may round
        least, most = np.nextafter(least, -np.inf), np.nextafter(most, np.inf)
    low, high = Fraction(float(least)), Fraction(float(most))
    return (low, high) if matches else (-high, -low)


def exact_extreme(
    sweep: Sweep, tally: Tally, *, matches: bool, query: int | None = None
) -> ExactExtreme:
    """Return the exact extreme over all queries, or over one of them.

    Parameters
    ----------
    sweep : Sweep
        What the pass ran over.
    tally : Tally
        What it found: some pair at least.
    matches : bool
        Whether it was the pass over matches, whose least score is looked for; otherwise the
        greatest of all other pairs.
    query : int, optional
        The one to look at.
    """
    sign = 1 if matches else -1
    numbers = np.arange(len(sweep.queries)) if query is None else np.array([query])
    value, bound = sign * tally.extreme_score[numbers], sweep.bounds.score[numbers]
    # The exact extreme is not beyond this, and at most a bound from its own reference score.
    limit = float(np.nextafter((value + bound).min(), np.inf))
    numbers = numbers[np.isfinite(value) & (value - bound <= limit)]
    found: tuple[Fraction, int, int] | None = None
    n_exact = 0
    for pairs in (_matches if matches else _others)(sweep, numbers, limit):
        for q, v in _distinct(sweep, pairs):
            score = sign * exact_score(sweep.queries[q], sweep.documents[v])
            n_exact += 1
            if found is None or score < found[0]:
                found = score, q, v
    assert found is not None
    return ExactExtreme(sign * found[0], found[1], found[2], n_exact)


def _distinct(sweep: Sweep, pairs: Pairs) -> list[tuple[int, int]]:
    """Return one pair, the first, of all that are equal rows on both sides."""
    (queries, q), (documents, v) = (np.unique(side, return_inverse=True) for side in pairs)
    q = first_equal_rows(sweep.queries[queries])[q]
    v = first_equal_rows(sweep.documents[documents])[v]
    first = np.unique(q * len(documents) + v, return_index=True)[1]
    return list(zip(pairs[0][first].tolist(), pairs[1][first].tolist(), strict=True))


def _matches(sweep: Sweep, numbers: NDArray[np.int64], limit: float) -> Iterator[Pairs]:
    """Yield matches of some queries whose exact score may be at most a limit."""
    most = max(1, _MOST_NUMBERS // sweep.queries.shape[1])
    for i in numbers.tolist():
        documents = sweep.relevance.matches(i).astype(np.int64)
        query = sweep.queries[i].astype(np.float64)
        for start in range(0, len(documents), most):
            part = documents[start : start + most]
            scores = np.einsum("ij,j->i", sweep.documents[part].astype(np.float64), query)
            near = part[scores - sweep.bounds.score[i] <= limit]
            if len(near):
                yield np.full(len(near), i), near


def _others(sweep: Sweep, numbers: NDArray[np.int64], limit: float) -> Iterator[Pairs]:
    """Yield other pairs of some queries whose exact score may be at least minus a limit."""
    check_matrix_products()
    m, dim = sweep.documents.shape
    step = max(1, _MOST_NUMBERS // dim)
    for first in range(0, len(numbers), _MOST_QUERIES):
        some = numbers[first : first + _MOST_QUERIES]
        queries = sweep.queries[some].astype(np.float64)
        own = [sweep.relevance.matches(i).astype(np.int64) for i in some.tolist()]
        keys = np.concatenate([k * m + documents for k, documents in enumerate(own)])
        for start in range(0, m, step):
            documents = sweep.documents[start : start + step].astype(np.float64)
            scores = queries @ documents.T
            q, v = np.nonzero(-scores - sweep.bounds.score[some, None] <= limit)
            is_other = ~np.isin(q * m + v + start, keys) if len(q) else np.zeros(0, bool)
            if is_other.any():
                yield some[q[is_other]], v[is_other] + start
