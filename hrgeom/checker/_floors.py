r"""Floors: scores that the best non-match of a query must exceed to matter to a certificate.

A certificate names one best non-match and states margins, and a single pair decides each of them.
A sweep that finds the best non-match of every query works harder than that: where thousands of
documents tie with it, each of them is scored. So a few queries are looked at first, and of all
others only what could be worse than these.

**Theorem.** Let :math:`s_{iv}` be the scores of non-matches v of some queries i, less :math:`4 b_i`
each, b the rounding bounds. Let :math:`\lambda \le \Lambda` be the least and the greatest length of
a document, :math:`w_q` the score of the worst match :math:`x_q` of query q, and :math:`f_q` a floor
with

.. math:: f_q < s_{iv} - 4 b_q, \qquad
          \max(f_q/\lambda, f_q/\Lambda) < |q| \frac{s_{iv}}{|i||v|} - 4 b_q/\lambda

for one of the pairs each (global notion), or

.. math:: f_q < w_q - (w_i - s_{iv}) - 4 b_q, \qquad
          \max(f_q/\lambda, f_q/\Lambda) < \min(w_q/\lambda, w_q/\Lambda)
          - \frac{|q|}{|i|} \left(\frac{w_i}{|x_i|} - \frac{s_{iv}}{|v|}\right) - 4 b_q/\lambda

(row notion). Then a sweep that reports any non-match of a query, or none, where the best one has a
reference score of at most :math:`f_q`, leaves verdict, threshold, both margins, the scores of the
witnesses and all counts as they are.

*Proof.* What reaches the level is looked at whatever the floor: counts stay. Everything else is
the least, over all queries, of a quantity that falls as the best non-match rises: minus its score,
or the distance to it from the threshold or from the worst match; either as it is, or with scores
over lengths of queries and over the greatest or least length of a document, or its own; with the
rounding bounds added or taken off. Compare query q, whose best non-match is at most :math:`f_q`,
with query i. By the first inequality, for what is not scaled, or the second, for what is, the
quantity of q exceeds that of i by more than the bounds of both: already if q had :math:`f_q`, so
with its best non-match or a lower one in its place. And the sweep finds the best non-match of i: at
least (i, v), of a reference score above :math:`s_{iv}`, which is above the floor of i. So the least
is never that of q. ∎

Which pairs are taken changes the time alone. Roundings: scores in float64 are within b, of which
:math:`4 b_i` are taken off; what else rounds are a few (d + 8) u of the numbers that it comes from,
and 1e-8 of them is taken off the floor. The second inequality is of no concern where rows cannot
be scaled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._lengths import can_be_scaled
from hrgeom.checker._sweep import Sweep
from hrgeom.checker.kernels import Tally

__all__ = ["floors_of"]

_WORTHWHILE_PAIRS = 10**7  # fewer take less than the look at a few queries
_SAMPLED, _WORST = 32, 32  # queries at regular intervals, and those of the lowest worst matches
_MOST_SCORES = 2**20  # at a time
_SLACK = 1e-8

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Non-matches of some queries: their numbers, and scores less four times their bounds."""

    queries: Numbers
    documents: Numbers
    score: Values

    def part(self, at: NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.queries[at], self.documents[at], self.score[at])


def floors_of(sweep: Sweep, worst: Tally) -> Values | None:
    """Return the floor of every query; None where floors do not pay or nothing is known.

    Parameters
    ----------
    sweep : Sweep
    worst : Tally
        The worst match of every query.
    """
    if len(sweep.queries) * len(sweep.documents) < _WORTHWHILE_PAIRS:
        return None
    pairs = _high_others(sweep, _few(worst.extreme_score))
    if sweep.notion == "row":
        pairs = pairs.part(np.isfinite(worst.extreme_score[pairs.queries]))
    if len(pairs.queries) == 0:
        return None
    with np.errstate(all="ignore"):  # what is no number bounds nothing
        low = worst.extreme_score if sweep.notion == "row" else np.zeros(len(sweep.queries))
        floor = low - (low[pairs.queries] - pairs.score).min()
        slack = 4 * sweep.bounds.score + _SLACK * (np.abs(low) + np.abs(floor))
        if can_be_scaled(*sweep.lengths):
            scaled, its_slack = _scaled_floor(sweep, worst, low, pairs)
            floor, slack = np.minimum(floor, scaled), np.maximum(slack, its_slack)
        floor = np.nextafter(floor - slack, -np.inf)
    return np.where(np.isfinite(floor), floor, -np.inf)


def _scaled_floor(sweep: Sweep, worst: Tally, low: Values, pairs: _Pairs) -> tuple[Values, Values]:
    """Return what the second inequality asks of floors, without its slack, and that.

    `low` has the scores of the worst matches, or zeros where they do not count.
    """
    query_lengths, document_lengths = sweep.lengths
    short, long = document_lengths.min(), document_lengths.max()
    of_match = document_lengths[worst.extreme_document[pairs.queries]]
    lead = low[pairs.queries] / of_match - pairs.score / document_lengths[pairs.documents]
    lead = (lead / query_lengths[pairs.queries]).min() * query_lengths
    most = np.minimum(low / short, low / long) - lead
    slack = 4 * sweep.bounds.score / short + _SLACK * (np.abs(low) / short + np.abs(lead))
    return np.where(most > 0, most * short, most * long), slack * long


def _few(worst: Values) -> Numbers:
    """Return numbers of queries: at regular intervals, and those of the lowest worst matches."""
    n = len(worst)
    spread = np.linspace(0, n - 1, min(n, _SAMPLED)).astype(np.int64)
    lowest = np.argpartition(worst, min(_WORST, n) - 1)[:_WORST]
    return np.unique(np.concatenate((spread, lowest)))


def _high_others(sweep: Sweep, numbers: Numbers) -> _Pairs:
    """Return a non-match of a high score, if not the highest, of every query that has any."""
    queries, m = sweep.queries[numbers], len(sweep.documents)
    matches = [np.sort(sweep.relevance.matches(i)) for i in numbers.tolist()]
    best, found = np.full(len(numbers), -np.inf), np.full(len(numbers), -1, dtype=np.int64)
    step = max(1, _MOST_SCORES // len(numbers))
    for start in range(0, m, step):
        # Flags mean nothing here: scores may overflow, and BLAS computes in lanes it throws away.
        with np.errstate(over="ignore", invalid="ignore"):
            scores = queries @ sweep.documents[start : start + step].T
        for row, own in zip(scores, matches, strict=True):
            first, last = np.searchsorted(own, (start, start + len(row)))
            row[own[first:last] - start] = -np.inf
        most = scores.argmax(axis=1)
        score = scores[np.arange(len(numbers)), most]
        better = score > best
        best[better], found[better] = score[better], start + most[better]
    numbers, found = numbers[found >= 0], found[found >= 0]
    sides = sweep.queries[numbers], sweep.documents[found]
    score = np.einsum("ij,ij->i", *(side.astype(np.float64) for side in sides))
    return _Pairs(numbers, found, score - 4 * sweep.bounds.score[numbers])
