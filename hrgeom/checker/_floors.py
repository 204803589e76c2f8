r"""Floors: scores that the best non-match of a query must exceed to change any number of a certificate.

A certificate names one best non-match and states margins, and one pair of all decides each of
them. A sweep that finds the best non-match of every query works harder than that: where thousands
of documents tie with it, each of them is scored. So a few queries are looked at first, and of all
others only what could be worse than these.

**Theorem.** Let some pairs (i, v), non-matches, have scores of at least :math:`s_i`. Let b be the
rounding bounds, :math:`w_q` the score of the worst match of query q, :math:`\lambda \le \Lambda`
the least and the greatest length of a document, and f a floor with

.. math:: f_q \le s_i - 4 b_q, \qquad
          \max(f_q/\lambda, f_q/\Lambda) \le |q| \frac{s_i}{|i||v|} - 4 b_q/\lambda

for one of the pairs each (global notion), or, with :math:`g_i = w_i - s_i` and
:math:`h_i = (w_i/|x_i| - s_i/|v|)/|i|`, :math:`x_i` the worst match,

.. math:: f_q \le w_q - g_i - 4 b_q, \qquad
          \max(f_q/\lambda, f_q/\Lambda) \le \min(w_q/\lambda, w_q/\Lambda) - |q| h_i - 4 b_q/\lambda

(row notion). Then a sweep that reports any non-match of a query whose best one has a reference
score of at most :math:`f_q`, or none, leaves threshold, margins, witnesses and counts as they are.

*Proof.* Each of them is the least over all queries of an expression that falls where the best
non-match rises: its distance from the threshold or from the worst match, over the query's length
and a document's or not, less a rounding bound. Of query q it is what :math:`f_q` gives at least,
hence above what query i has, with the reference score that the sweep finds for it: at least
:math:`s_i`, hence above its own floor. So neither the best non-match of q nor a lower one in its place is the
least, nor within the bounds of it. What reaches the level is looked at whatever the floor. ∎

Which pairs are taken changes the time alone. Roundings: :math:`s_i` is a score in float64, less
four times its bound; what else rounds is a few (d + 8) u of the numbers that it is computed from,
and 1e-8 of them is taken off the floor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._sweep import Sweep
from hrgeom.checker.kernels import Tally

__all__ = ["floors_of"]

_WORTHWHILE_PAIRS = 10**7  # fewer take less than the look at a few queries
_SAMPLED, _WORST = 32, 32  # queries at regular intervals, and those of the lowest worst matches
_MOST_SCORES = 2**20
_SLACK = 1e-8

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]


def floors_of(sweep: Sweep, worst: Tally) -> Values | None:
    """Return the floor of every query; None where floors do not pay or nothing is known.

    Parameters
    ----------
    sweep : Sweep
    worst : Tally
        The worst match of every query.
    """
    n, m = len(sweep.queries), len(sweep.documents)
    if n * m < _WORTHWHILE_PAIRS:
        return None
    some = _few(worst.extreme_score)
    documents = _best_others(sweep, some)
    some, documents = some[documents >= 0], documents[documents >= 0]
    is_row = sweep.notion == "row"
    if is_row:
        has_match = np.isfinite(worst.extreme_score[some])
        some, documents = some[has_match], documents[has_match]
    if len(some) == 0:
        return None
    least = _scores(sweep, some, documents) - 4 * sweep.bounds.score[some]
    lengths = sweep.lengths
    short, long = lengths[1].min(), lengths[1].max()
    with np.errstate(all="ignore"):  # what is no number bounds nothing
        most, most_scaled, sizes = (_of_rows if is_row else _of_all)(
            sweep, worst, some, documents, least
        )
        scaled = np.where(most_scaled > 0, most_scaled * short, most_scaled * long)
        floor = np.minimum(most, scaled)
        slack = 4 * sweep.bounds.score + _SLACK * (sizes + np.abs(floor))
        floor = np.nextafter(floor - slack * (long / short), -np.inf)
    return np.where(np.isfinite(floor), floor, -np.inf)


def _of_all(
    sweep: Sweep, worst: Tally, some: Numbers, documents: Numbers, least: Values
) -> tuple[Values, Values, Values]:
    """Return what floors, and floors over a document's length, must not exceed; and sizes."""
    query_lengths, document_lengths = sweep.lengths
    scaled = (least / document_lengths[documents] / query_lengths[some]).max()
    most = np.full(len(query_lengths), least.max())
    return most, query_lengths * scaled, np.zeros_like(most)


def _of_rows(
    sweep: Sweep, worst: Tally, some: Numbers, documents: Numbers, least: Values
) -> tuple[Values, Values, Values]:
    """The same for the row notion."""
    query_lengths, document_lengths = sweep.lengths
    low = worst.extreme_score
    gap = (low[some] - least).min()
    scaled = low[some] / document_lengths[worst.extreme_document[some]]
    scaled = ((scaled - least / document_lengths[documents]) / query_lengths[some]).min()
    least_scaled = np.minimum(low / document_lengths.min(), low / document_lengths.max())
    sizes = np.abs(low) + np.abs(scaled) * query_lengths * document_lengths.max()
    return low - gap, least_scaled - query_lengths * scaled, sizes


def _few(worst: Values) -> Numbers:
    """Return numbers of queries to look at: some of all, and those with the lowest worst matches."""
    n = len(worst)
    lowest = np.argpartition(worst, min(_WORST, n) - 1)[:_WORST]
    return np.unique(np.concatenate((np.linspace(0, n - 1, min(n, _SAMPLED)), lowest))).astype(
        np.int64
    )


def _best_others(sweep: Sweep, some: Numbers) -> Numbers:
    """Return non-matches of high scores of some queries, -1 for none; none needs to be the best."""
    queries, m = sweep.queries[some], len(sweep.documents)
    matches = [np.sort(sweep.relevance.matches(i)) for i in some.tolist()]
    best, found = np.full(len(some), -np.inf), np.full(len(some), -1, dtype=np.int64)
    step = max(1, _MOST_SCORES // len(some))
    for start in range(0, m, step):
        # Flags mean nothing here: BLAS computes in lanes that it throws away.
        with np.errstate(over="ignore", invalid="ignore"):
            scores = queries @ sweep.documents[start : start + step].T
        for row, own in zip(scores, matches, strict=True):
            first, last = np.searchsorted(own, (start, start + len(row)))
            row[own[first:last] - start] = -np.inf
        most = scores.argmax(axis=1)
        score = scores[np.arange(len(some)), most]
        better = score > best
        best[better], found[better] = score[better], start + most[better]
    return found


def _scores(sweep: Sweep, queries: Numbers, documents: Numbers) -> Values:
    """Return the scores of pairs in float64."""
    sides = sweep.queries[queries], sweep.documents[documents]
    return np.asarray(np.einsum("ij,ij->i", *(side.astype(np.float64) for side in sides)))
