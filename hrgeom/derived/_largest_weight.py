r"""The largest weight of the text at which every pair still holds, from looks at all pairs.

For one query (row notion), or all together (global), let M be the points (t, s) of text and
hierarchy score of the matches, O those of all other pairs, and

.. math:: h(w) = \min_M (s + w t) - \max_O (s + w t) .

Statement. h is concave. If h(0) > 0 and h(w) <= 0 for some w > 0, let (t, s) in M and (t', s') in O
be a pair that attains h(w). Then w' = (s - s')/(t' - t) satisfies 0 < w' <= w and h(w') <= 0, and
repeating this from w' ends, after finitely many steps, at the only zero w* > 0 of h: all weights in
(0, w*) hold, none from w* on does.

Proof. A minimum of affine functions less a maximum of such is concave. The pair's own difference
g(w) = (s - s') - w (t' - t) is affine, g >= h everywhere, g(0) >= h(0) > 0 and g(w) = h(w) <= 0: so
t' > t, its zero w' is in (0, w], and h(w') <= g(w') = 0. Every step but the last moves to the zero
of another of finitely many affine functions; it stands still only where h(w) = 0. A concave
function that is positive at 0 is positive before its first zero and not after it. ∎

What is looked at here rounds, and with one threshold for all queries the weight falls while they
are gone through, so that pairs of those before may tie at less. What comes out are pairs to be
scored exactly: their w' is an upper bound on w*, whatever rounded. That all pairs hold just below
is for a certificate to say, and where it does not, the next look begins there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import block_ranges
from hrgeom.core import Notion, Relevance

__all__ = ["Extent", "PairedScores", "Point", "tied"]

Floats = NDArray[Any]
_SAMPLE = 64  # every so many queries


@dataclass(frozen=True)
class Point:
    """A match and another document that tie at some weight, each with its query.

    Attributes
    ----------
    weight : float
        At which the scores tie, up to rounding.
    query, match, other_query, other : int
        Numbers of the rows; in the row notion both queries are the same.
    """

    weight: float
    query: int
    match: int
    other_query: int
    other: int


@dataclass
class Extent:
    """The least and the greatest text score that was seen."""

    low: float = np.inf
    high: float = -np.inf

    def add(self, scores: Floats) -> None:
        """Take in a block of scores."""
        self.low = min(self.low, float(scores.min()))
        self.high = max(self.high, float(scores.max()))


@dataclass(frozen=True, eq=False)
class PairedScores:
    """Text and hierarchy scores of all pairs, a block of queries at a time.

    Attributes
    ----------
    text, hierarchy : pair of ndarray of float32 or float64
        Rows of the queries and of the documents.
    """

    text: tuple[Floats, Floats]
    hierarchy: tuple[Floats, Floats]

    def rows(self, extent: Extent, step: int = 1) -> Iterator[tuple[int, Floats, Floats]]:
        """Yield the number of every query, or every few, with its text and hierarchy scores."""
        numbers = np.arange(0, len(self.text[0]), step)
        for at in block_ranges(len(numbers), len(self.text[1]) * self.text[0].itemsize):
            some = numbers[at]
            texts, scores = (q[some] @ x.T for q, x in (self.text, self.hierarchy))
            extent.add(texts)
            yield from zip(some.tolist(), texts, scores, strict=True)


def tied(
    scores: PairedScores, relevance: Relevance, notion: Notion, start: float, extent: Extent
) -> Point | None:
    """Return pairs that tie first, or nearly so; None if all pairs hold up to a weight.

    Parameters
    ----------
    scores : PairedScores
        Of all pairs, in the order of the relevance.
    relevance : Relevance
        Which documents each query matches.
    notion : {"global", "row"}
        Whether matches are compared with all other pairs, or with those of their query.
    start : float
        The largest weight that is looked at.
    extent : Extent
        Takes in all text scores.
    """
    if notion == "row":
        return _by_row(scores, relevance, start, extent)
    pool = _Pool(start)
    while pool.look(scores, relevance, Extent(), _SAMPLE):  # most of the way, at little cost
        pass
    pool.look(scores, relevance, extent)
    return pool.point


def _by_row(
    scores: PairedScores, relevance: Relevance, start: float, extent: Extent
) -> Point | None:
    found: Point | None = None
    for query, text, score in scores.rows(extent):
        own = relevance.matches(query)
        weight = start if found is None else found.weight
        while True:
            value = score + weight * text
            match = int(own[value[own].argmin()]) if len(own) else -1
            least = value[match] if len(own) else np.inf
            value[own] = -np.inf
            other = int(value.argmax())
            lower = _tie(least, value[other], text, score, match, other)
            if lower is None or lower >= weight:
                break
            weight, found = lower, Point(lower, query, match, query, other)
    return found


def _tie(
    least: float, most: float, text: Floats, score: Floats, match: int, other: int
) -> float | None:
    """Return the weight at which two documents of one query tie, None where they are in order."""
    if least > most:
        return None
    rise = float(text[other]) - float(text[match])
    return (float(score[match]) - float(score[other])) / rise if rise > 0 else None


class _Pool:
    """The matches and other pairs that were extreme at some weight; more are found look by look."""

    def __init__(self, start: float) -> None:
        self.weight = start
        self.point: Point | None = None
        self._sides: tuple[list[_Pair], list[_Pair]] = [], []

    def look(
        self, scores: PairedScores, relevance: Relevance, extent: Extent, step: int = 1
    ) -> bool:
        """Take in the extremes of queries at the weight so far; return whether it fell."""
        before = self.weight
        for query, text, score in scores.rows(extent, step):
            own = relevance.matches(query)
            while self._take(query, own, text, score):
                self._lower()
        return self.weight < before

    def _take(self, query: int, own: NDArray[Any], text: Floats, score: Floats) -> bool:
        """Keep a match or another pair of a query that is more extreme than all that are kept."""
        value = score + self.weight * text
        grew = False
        if len(own):
            match = int(own[value[own].argmin()])
            grew = self._keep(0, _Pair(query, match, float(text[match]), float(score[match])))
            value[own] = -np.inf
        if len(own) < len(value):
            other = int(value.argmax())
            grew |= self._keep(1, _Pair(query, other, float(text[other]), float(score[other])))
        return grew

    def _keep(self, side: int, pair: _Pair) -> bool:
        sign = 1 if side == 0 else -1
        best = self._extreme(side)
        if best is not None and sign * pair.at(self.weight) >= sign * best.at(self.weight):
            return False
        self._sides[side].append(pair)
        return True

    def _extreme(self, side: int) -> _Pair | None:
        kept = self._sides[side]
        choose = min if side == 0 else max
        return choose(kept, key=lambda pair: pair.at(self.weight)) if kept else None

    def _lower(self) -> None:
        """Lower the weight to where the pairs that are kept tie."""
        while True:
            match, other = self._extreme(0), self._extreme(1)
            if match is None or other is None or match.at(self.weight) > other.at(self.weight):
                return
            rise = other.text - match.text
            weight = (match.score - other.score) / rise if rise > 0 else self.weight
            if weight >= self.weight:
                return
            self.weight = weight
            self.point = Point(weight, match.query, match.document, other.query, other.document)


@dataclass(frozen=True)
class _Pair:
    """A query and a document with both their scores."""

    query: int
    document: int
    text: float
    score: float

    def at(self, weight: float) -> float:
        """Return the combined score."""
        return self.score + weight * self.text
