"""What is seen of some queries, or all, against every document."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from hrgeom._recheck._exact import LENGTH_BITS, ExactRows, length
from hrgeom.core import Notion

__all__ = ["Seen", "Viewer"]


@dataclass
class Seen:
    """Counts and extremes over the queries that were looked at.

    Attributes
    ----------
    n_queries, n_violations, n_violating_queries : int
        Queries looked at, their wrong pairs, and the queries that have some.
    worst, best : Fraction or None
        The lowest score of a match and the highest of a non-match; None if there is none.
    gap : Fraction or None
        Row notion: the least difference between the worst match and the best non-match of a query
        that has both.
    unit_worst, unit_best, unit_gap : Fraction or None
        The same for rows of length one, to 2^-60.
    has_zero_row : bool
        Whether a row that was needed has length zero.
    """

    n_queries: int = 0
    n_violations: int = 0
    n_violating_queries: int = 0
    worst: Fraction | None = None
    best: Fraction | None = None
    gap: Fraction | None = None
    unit_worst: Fraction | None = None
    unit_best: Fraction | None = None
    unit_gap: Fraction | None = None
    has_zero_row: bool = False

    def margin(self, notion: Notion, threshold: float | None) -> Fraction | None:
        """Return the margin of the queries looked at; None if there is no gap to speak of."""
        if notion == "row":
            return None if self.gap is None else self.gap / 2
        if threshold is None:
            return None
        level = Fraction(threshold)
        above = [] if self.worst is None else [self.worst - level]
        below = [] if self.best is None else [level - self.best]
        return min(above + below, default=None)

    def unit_margin(
        self, notion: Notion, threshold: float | None, *, whole: bool
    ) -> Fraction | None:
        """Return the same for rows of length one, with the best threshold.

        Where all pairs match, or none does, any threshold is best; 0 stays where it is.
        """
        if notion == "row":
            return None if self.unit_gap is None else self.unit_gap / 2
        worst, best = self.unit_worst, self.unit_best
        if worst is not None and best is not None:
            return (worst - best) / 2
        if threshold != 0 or not whole:
            return None
        return worst if best is None else -best


class Viewer:
    """Looks at queries one by one; `seen` is what it has found."""

    def __init__(
        self, rows: ExactRows, notion: Notion, threshold: float | None, *, normalized: bool
    ) -> None:
        self.rows, self.notion, self.threshold = rows, notion, threshold
        self.seen = Seen()
        self.lengths = [length(row) for row in rows.documents] if normalized else None
        self.seen.has_zero_row = self.lengths is not None and 0 in self.lengths

    def look(self, query: int, matches: Set[int]) -> tuple[Fraction | None, Fraction | None]:
        """Look at a query; return its worst match and its best non-match."""
        row, unit = self.rows.query(query)
        scores = [sum(map(mul, row, document)) for document in self.rows.documents]
        worst, best = _extremes(scores, matches)
        n = self._violations(scores, matches, worst, unit)
        seen = self.seen
        seen.n_queries += 1
        seen.n_violations += n
        seen.n_violating_queries += n > 0
        low = None if worst is None else worst * unit
        high = None if best is None else best * unit
        seen.worst, seen.best = _least(seen.worst, low), _most(seen.best, high)
        if low is not None and high is not None:
            seen.gap = _least(seen.gap, low - high)
        if self.lengths is not None and not seen.has_zero_row:
            self._look_at_directions(row, scores, matches, self.lengths)
        return low, high

    def _violations(
        self, scores: list[int], matches: Set[int], worst: int | None, unit: Fraction
    ) -> int:
        others = (score for v, score in enumerate(scores) if v not in matches)
        if self.notion == "row":
            return 0 if worst is None else sum(score >= worst for score in others)
        if self.threshold is None:
            return 0
        level = Fraction(self.threshold) / unit
        return sum(s >= level for s in others) + sum(scores[v] <= level for v in matches)

    def _look_at_directions(
        self, row: list[int], scores: list[int], matches: Set[int], lengths: list[int]
    ) -> None:
        seen, own = self.seen, length(row)
        if not own:
            seen.has_zero_row = True
            return
        # Shifts cancel: a score over the length of its document, times 2^LENGTH_BITS.
        shift = 2 * LENGTH_BITS
        quotients = [(s << shift) // each for s, each in zip(scores, lengths, strict=True)]
        worst, best = _extremes(quotients, matches)
        low = None if worst is None else Fraction(worst, own)
        high = None if best is None else Fraction(best, own)
        seen.unit_worst, seen.unit_best = _least(seen.unit_worst, low), _most(seen.unit_best, high)
        if low is not None and high is not None:
            seen.unit_gap = _least(seen.unit_gap, low - high)


def _extremes(scores: list[int], matches: Set[int]) -> tuple[int | None, int | None]:
    """Return the lowest score of a match, and the highest of a non-match."""
    others = (score for v, score in enumerate(scores) if v not in matches)
    return min((scores[v] for v in matches), default=None), max(others, default=None)


def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else min(a, b)


def _most(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else max(a, b)
