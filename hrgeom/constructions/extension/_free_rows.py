r"""Rows that move among rows that stay: steps on the hardest pairs of the rows that are free.

The loss is that of a descent (`hrgeom.descent`): for a free query q

.. math:: \log\Bigl(1 + \sum_{x \in S(q)} e^{T (t + g - \langle q, x\rangle)}\Bigr)
          + \log\Bigl(1 + \sum_{x \notin S(q)} e^{T (\langle q, x\rangle - t + g)}\Bigr),

for a free document the same over the queries, with the threshold t as it is and a temperature T
that rises. Only listed pairs count, the hardest of either kind; a look over all pairs of the rows
that move lists them anew each round. Rows are unit vectors. A row that has the margin asked for
rests, so that the work falls with the rows that are left.

Nothing here is proved or certified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Relevance
from hrgeom.descent import Look, look

__all__ = ["Side", "settle"]

Rows = NDArray[np.float32]
Numbers = NDArray[np.int64]

_MOST_LISTED = 96  # pairs of a row of either kind
_FEW = 48  # rows that are looked at one by one
_AT_A_TIME = 1024  # rows that take steps together
_STEPS, _TURNS = 5, 3  # steps of one side at a time, turns of both sides in a round
_WARM_ROUNDS, _CYCLE, _ROUNDS = 6, 12, 240
_FRUITLESS = 0.8  # share of rows that are still short after a fresh start that was no use
_PATIENCE = 3  # such fresh starts before other rows are released;
_HANDFUL, _LONG_PATIENCE = 0.005, 10  # where it is this share of the free rows, more
_MOST_RELEASED = 4  # rows of the other side for each row that is short, each time
_COLDEST, _HOTTEST = 60.0, 300.0
_SHARPEST = 4.0  # temperature at last: this over the margin, at least the hottest
_RATE, _LEAST_RATE = 0.05, 0.006
_BAND = 3.0  # pairs within so many 1/T of the margin asked for are listed
_MOMENTUM, _SECOND = 0.9, 0.99
_EXPLAINS = 40.0  # exponents beyond which a float32 exponential says nothing more


@dataclass(eq=False)
class Side:
    """The rows of one side, which of them may move, and what they match.

    Attributes
    ----------
    rows : ndarray of float32, shape (n, d)
        All rows; those that move do so in place.
    free : ndarray of int64, shape (k,)
        Numbers of the rows that may move, ascending.
    indptr, indices : ndarray
        CSR arrays of what every row matches, on the other side.
    margins : ndarray of float64, shape (k,)
        Least signed distance of each free row from the threshold, as it was last seen.
    """

    rows: Rows
    free: Numbers
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]

    def __post_init__(self) -> None:
        self.rest()

    def rest(self) -> None:
        """Forget the pace of the steps."""
        k = len(self.free)
        self.margins = np.full(k, -np.inf)
        self.first = np.zeros((k, self.rows.shape[1]), dtype=np.float32)
        self.second = np.zeros((k, 1), dtype=np.float32)
        self.taken = np.zeros(k, dtype=np.int64)

    def forget(self, numbers: Numbers) -> None:
        """Forget the pace of some rows, and what margin they had."""
        at = np.flatnonzero(np.isin(self.free, numbers))
        self.margins[at] = -np.inf
        self.first[at], self.second[at], self.taken[at] = 0, 0, 0

    def release(self, more: Numbers) -> int:
        """Let further rows move; return how many did not before."""
        free = np.union1d(self.free, more)
        at = np.searchsorted(free, self.free)
        margins, first, second, taken = self.margins, self.first, self.second, self.taken
        n_more = len(free) - len(self.free)
        self.free = free
        self.rest()
        self.margins[at], self.first[at], self.second[at] = margins, first, second
        self.taken[at] = taken
        return n_more


@dataclass(frozen=True, eq=False)
class _Lists:
    """Listed pairs of some free rows, as places `at` in the side's list of them."""

    at: Numbers
    items: NDArray[np.int32]  # (k, l)
    signs: Rows  # 1 match, -1 other, 0 padding


def settle(
    queries: Side,
    documents: Side,
    threshold: float,
    asked: float,
    aim: float,
    *,
    restart: Callable[[Numbers, Numbers], None],
    threads: int = 1,
    report: Callable[[str], None] | None = None,
) -> None:
    """Move the free rows of both sides until they have a margin, or the rounds are over.

    Parameters
    ----------
    queries, documents : Side
        Both sides, rows of a number belonging together. Where free rows do not reach the margin
        asked for, they begin again; and where that fails, the nearest of the others are released.
    threshold : float
        Matches are to score above it, others below, by the margin.
    asked, aim : float
        Margin that must be, and margin at which a row rests.
    threads : int
        Of looks over all pairs.
    restart : callable
        Called with numbers of queries and of documents, to write rows to begin at once more.
    report : callable, optional
        Called with a line of text now and then.
    """
    sides = queries, documents
    before, n_fruitless, is_released = np.inf, 0, False
    best = _Kept(np.inf, (queries.rows, documents.rows))
    handful = _HANDFUL * sum(len(side.free) for side in sides)
    for number in range(_ROUNDS + 1):
        T, rate = _pace(number, asked, is_released)
        level = aim if number < _CYCLE else asked
        lists = [_look(*pair, threshold, level, T, threads) for pair in (sides, sides[::-1])]
        n_short = sum(len(each.at) for each in lists)
        if report is not None and number % _CYCLE == 0:
            report(f"round {number}: {n_short:,} rows short of a margin of {level:.3g}")
        if not n_short:
            return
        if number and number % _CYCLE == 0:
            best = _Kept.of(n_short, sides) if n_short < best.n_short else best
            n_fruitless += n_short > _FRUITLESS * before
            before = n_short
            is_released |= n_fruitless >= (_LONG_PATIENCE if n_short <= handful else _PATIENCE)
            if is_released:
                _release(sides, lists, threshold, asked, report)
            else:
                _begin_again(sides, lists, restart)
            continue
        for _ in range(_TURNS):
            for own, other, listed in zip(sides, sides[::-1], lists, strict=True):
                _turn(own, other, listed, threshold, T, level + 1 / T, rate)
    for side, rows in zip(sides, best.rows, strict=True):
        side.rows[:] = rows


@dataclass(frozen=True, eq=False)
class _Kept:
    """The rows with the fewest that are short."""

    n_short: float
    rows: tuple[Rows, Rows]

    @classmethod
    def of(cls, n_short: int, sides: tuple[Side, Side]) -> _Kept:
        return cls(n_short, (sides[0].rows.copy(), sides[1].rows.copy()))


def _begin_again(
    sides: tuple[Side, Side], lists: list[_Lists], restart: Callable[[Numbers, Numbers], None]
) -> None:
    """Have rows that are short begin elsewhere: what holds them is seldom there as well."""
    short = [own.free[listed.at] for own, listed in zip(sides, lists, strict=True)]
    nodes = np.union1d(*short)
    for side in sides:
        side.forget(nodes)
    restart(*(np.intersect1d(nodes, side.free) for side in sides))


def _pace(number: int, asked: float, is_released: bool) -> tuple[float, float]:
    """Return temperature and step length of a round."""
    sharp = max(_HOTTEST, _SHARPEST / max(asked, 1e-6))
    place = number % _CYCLE
    if is_released:  # rows that were at rest should not go far
        place = max(place, _WARM_ROUNDS)
    if place < _WARM_ROUNDS:
        part = place / (_WARM_ROUNDS - 1)
        temperature = _COLDEST * (_HOTTEST / _COLDEST) ** part
    else:
        temperature = _HOTTEST * (sharp / _HOTTEST) ** (place / _WARM_ROUNDS - 1)
    return temperature, max(_LEAST_RATE, _RATE * (1 - place / _WARM_ROUNDS))


def _look(own: Side, other: Side, threshold: float, level: float, T: float, threads: int) -> _Lists:
    """See what margin the rows have that moved last, and list the pairs of those short of it."""
    at = np.flatnonzero(own.margins < level)
    numbers = own.free[at]
    if not len(at):
        return _Lists(at, np.zeros((0, 1), np.int32), np.zeros((0, 1), np.float32))
    entries, indptr = csr.entries_of(own.indptr, numbers)
    matching = own.indices[entries]
    cut = np.full(len(at), threshold - level - _BAND / T, dtype=np.float32)
    see = _see_few if len(at) <= _FEW else _see
    seen = see(indptr, matching, own.rows[numbers], other.rows, cut, threads)
    best = np.maximum(seen.best, cut)
    own.margins[at] = np.minimum(seen.worst - threshold, threshold - best)
    matches = _hardest(csr.row_numbers(indptr), matching, seen.match_scores, len(at))
    others = _padded(seen.queries, seen.documents, len(at))
    items = np.hstack([side[0] for side in (matches, others)])
    signs = np.hstack((matches[1].astype(np.float32), -others[1].astype(np.float32)))
    short = own.margins[at] < level
    return _Lists(at[short], items[short], signs[short])


def _see(
    indptr: NDArray[np.int64],
    matching: NDArray[np.int32],
    rows: Rows,
    others: Rows,
    cut: Rows,
    threads: int,
) -> Look:
    relevance = Relevance(indptr, matching, len(others))
    return look(relevance, rows, others, cut, _MOST_LISTED, threads)


def _see_few(
    indptr: NDArray[np.int64],
    matching: NDArray[np.int32],
    rows: Rows,
    others: Rows,
    cut: Rows,
    threads: int,
) -> Look:
    """See the same of few rows, for which putting all others in panels is most of the work."""
    del threads  # the matrix product has its own
    scores = rows @ others.T
    own = csr.row_numbers(indptr)
    match_scores = scores[own, matching]
    scores[own, matching] = -np.inf
    worst = np.full(len(rows), np.inf, dtype=np.float32)
    np.minimum.at(worst, own, match_scores)
    found = []
    for i, line in enumerate(scores):
        items = np.flatnonzero(line > cut[i])
        hardest = np.argsort(-line[items], kind="stable")[:_MOST_LISTED]
        found.append(np.sort(items[hardest]).astype(np.int32))
    queries = np.repeat(np.arange(len(rows), dtype=np.int32), [len(items) for items in found])
    documents = np.concatenate(found)
    best = scores.max(axis=1)
    best[best <= cut] = -np.inf
    return Look(worst, best, queries, documents, scores[queries, documents], match_scores)


def _hardest(
    rows: NDArray[np.int32], items: NDArray[np.int32], scores: NDArray[np.float32], n: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return the matches of lowest score of every row, so many as are listed."""
    if np.bincount(rows, minlength=n).max(initial=0) > _MOST_LISTED:
        order = np.lexsort((scores, rows))
        starts = csr.indptr_from_counts(np.bincount(rows, minlength=n).astype(np.int64))
        place = np.arange(len(rows)) - starts[rows[order]]
        order = order[place < _MOST_LISTED]
        rows, items = rows[order], items[order]
    return _padded(rows, items, n)


def _padded(
    rows: NDArray[np.int32], items: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return pairs, ascending by row, as one line per row, and which places are filled."""
    counts = np.bincount(rows, minlength=n)
    starts = csr.indptr_from_counts(counts.astype(np.int64))
    is_filled = np.arange(max(1, int(counts.max(initial=0)))) < counts[:, None]
    out = np.zeros(is_filled.shape, dtype=np.int32)
    out[is_filled] = items[: starts[-1]]
    return out, is_filled


def _turn(
    own: Side, other: Side, listed: _Lists, threshold: float, T: float, goal: float, rate: float
) -> None:
    """Take some steps with the rows of one side, the other side as it is."""
    for start in range(0, len(listed.at), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        at, signs = listed.at[part], listed.signs[part]
        points = other.rows[listed.items[part]]
        rows = own.rows[own.free[at]]
        for _ in range(_STEPS):
            weights = _weights(points, rows, signs, threshold, T, goal)
            slope = np.matmul(weights[:, None, :], points)[:, 0]
            rows = _stepped(own, at, rows, slope, rate)
        own.rows[own.free[at]] = rows
        own.margins[at] = -np.inf  # until it is seen again


def _weights(
    points: Rows, rows: Rows, signs: Rows, threshold: float, T: float, goal: float
) -> Rows:
    """Return the slope of the loss of every listed pair along its score, downhill."""
    scores = np.matmul(points, rows[:, :, None])[:, :, 0]
    z = np.minimum(T * (goal - signs * (scores - threshold)), _EXPLAINS)
    e = np.exp(z)
    above, below = np.where(signs > 0, e, 0), np.where(signs < 0, e, 0)
    weights: Rows = above / (1 + above.sum(axis=1, keepdims=True))
    weights -= below / (1 + below.sum(axis=1, keepdims=True))
    return weights


def _stepped(own: Side, at: Numbers, rows: Rows, slope: Rows, rate: float) -> Rows:
    """Return rows after one step of Adam on the sphere, with one second moment per row."""
    slope = slope - (slope * rows).sum(axis=1, keepdims=True) * rows
    first = _MOMENTUM * own.first[at] + (1 - _MOMENTUM) * slope
    squared = (slope * slope).mean(axis=1, keepdims=True)
    second = _SECOND * own.second[at] + (1 - _SECOND) * squared
    own.first[at], own.second[at] = first, second
    own.taken[at] += 1
    taken = own.taken[at][:, None].astype(np.float32)
    length = np.sqrt(second / (1 - _SECOND**taken)) + np.float32(1e-3)
    moved = rows + rate * first / (1 - _MOMENTUM**taken) / length
    out: Rows = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return out


def _release(
    sides: tuple[Side, Side],
    lists: list[_Lists],
    threshold: float,
    asked: float,
    report: Callable[[str], None] | None,
) -> None:
    """Let the rows move that hold free rows furthest from the margin asked for."""
    found = [
        _holding(own, other, listed, threshold, asked)
        for own, other, listed in zip(sides, sides[::-1], lists, strict=True)
    ]
    n = sides[1].release(found[0]) + sides[0].release(found[1])
    if n and report is not None:
        report(f"{n:,} of the other rows may move as well")


def _holding(own: Side, other: Side, listed: _Lists, threshold: float, asked: float) -> Numbers:
    """Return the numbers of rows at rest on the other side that rows which are short are near."""
    points, rows = other.rows[listed.items], own.rows[own.free[listed.at]]
    scores = np.matmul(points, rows[:, :, None])[:, :, 0]
    distances = np.where(listed.signs == 0, np.inf, listed.signs * (scores - threshold))
    is_near = (distances < asked) & ~np.isin(listed.items, other.free)
    items, distances = listed.items[is_near], distances[is_near]
    order = np.argsort(distances, kind="stable")
    _, first = np.unique(items[order], return_index=True)
    most = _MOST_RELEASED * len(listed.at)
    return np.sort(items[order][np.sort(first)[:most]]).astype(np.int64)
