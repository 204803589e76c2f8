r"""Normalized margin: half the gap that is left after scaling every row to unit length.

With :math:`\hat x = x/|x|`, let L(q) be the least :math:`\langle \hat q, \hat x\rangle` over the
matches of q and H(q) the greatest over its other documents. The margin is
:math:`(\min_q L(q) - \max_q H(q))/2` in the global notion, which the middle as threshold attains
and no other threshold exceeds, 0 included; and :math:`\min_q (L(q) - H(q))/2` in the row notion.

First look. Of the stored rows the least and greatest scores are known to a bound. A document's
score over its length lies between the quotients by the least and the greatest length of all
documents: that bounds L from below, H from above, hence the margin from below. The normalized
scores of the very pairs that were least and greatest bound it from above. Where the two bounds
agree to 0.1 %, as they do for documents of one length, nothing more is needed.

Second look. Otherwise both passes run once more, on the stored queries and documents of unit
length: a positive factor of q changes nothing in the order of its scores, so queries need no
scaling, and their scores are divided by |q| afterwards.

Theorem. Let :math:`\tilde x_k = \mathrm{fl}(x_k/\tilde\ell)`, with the length :math:`\tilde\ell`
and the quotient computed in float64 and then rounded to the type T of the second look, of unit
roundoff :math:`u_T` and smallest subnormal :math:`\eta_T`. With u that of float64,

.. math:: |\langle q, \tilde x\rangle - \langle q, \hat x\rangle|
          \le |q| (u_T + \gamma_{d+8} + d\,\eta_T).

Proof. A sum of d squares meets at most d rounding factors, its root half as many and one more:
:math:`\tilde\ell = |x|(1 + \alpha)` with :math:`|\alpha| \le \gamma_{d+2}`, squares that underflow
included, for lengths from 1e-140 to 1e140. So each :math:`\tilde x_k` is :math:`\hat x_k` times
:math:`(1 + u)(1 + u_T)/(1 - \gamma_{d+2}) \le 1 + u_T + \gamma_{d+8}` at most, and off by at most
:math:`\eta_T` more if it underflows. Sum over k with the weights :math:`|q_k|`:
:math:`\sum_k |q_k \hat x_k| \le |q|` and :math:`\sum_k |q_k| \le \sqrt d |q|`. ∎

To this comes the rounding bound of the scores of :math:`\tilde x`
(`hrgeom.checker.rounding_bounds`), and for every quotient by a length a factor within :math:`1 \pm
\gamma_{d+6}`. T is float32 where its error is below 0.1 % of the margin, or else float64.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hrgeom._base.floats import UNIT_ROUNDOFF
from hrgeom.checker._lengths import can_be_scaled
from hrgeom.checker._outcome import Outcome
from hrgeom.checker._rounding import gamma
from hrgeom.checker._sweep import Sweep

__all__ = ["normalized_margin"]

_TIGHT = 1e-3
_ROW_BLOCK = 4096
_SAMPLED_QUERIES = 48

Values = NDArray[np.float64]


def normalized_margin(sweep: Sweep, outcome: Outcome) -> float | None:
    """Return a lower bound on the normalized margin, by at most about one more certification.

    It is below the margin by at most 0.2 % and a few d times 1e-16. None if nothing positive
    follows, if no query has both matches and other documents, or if a row has length zero (or
    one below 1e-140 or above 1e140): such a row cannot be scaled to unit length.
    """
    query_lengths, document_lengths = sweep.lengths
    if not can_be_scaled(query_lengths, document_lengths):
        return None
    most = _first_estimate(outcome, query_lengths, document_lengths)
    found = _first_bound(sweep, outcome, query_lengths, document_lengths)
    if found < (1 - _TIGHT) * most < np.inf:
        for work in _types(sweep, most):
            margin = _second_bound(sweep, outcome, query_lengths, document_lengths, work, most)
            found = max(found, margin)
            if _scaling_error(sweep, work) <= _TIGHT * margin:
                break
    return found * (1 - 8 * UNIT_ROUNDOFF) if 0 < found < np.inf else None


def _half_gap(low: Values, high: Values, outcome: Outcome) -> float:
    """Half the gap between worst matches (inf: none) and best others (-inf: none); inf if none.

    Where all pairs match, or none does, there is no gap; from the threshold 0, which scaling
    leaves where it is, there is still a distance.
    """
    if outcome.notion == "row":
        return float((low - high).min()) / 2
    least, greatest = float(low.min()), float(high.max())
    if np.isfinite(least) and np.isfinite(greatest):
        return (least - greatest) / 2
    return min(least, -greatest) if outcome.threshold == 0 else np.inf


@np.errstate(over="ignore", invalid="ignore")  # rows far apart in length: no bound follows
def _first_estimate(outcome: Outcome, query_lengths: Values, document_lengths: Values) -> float:
    """What the extreme pairs of the stored rows give: up to rounding, the margin is not more."""
    low, high = (
        tally.extreme_score / document_lengths[tally.extreme_document] / query_lengths
        for tally in (outcome.worst, outcome.best)
    )
    return _half_gap(low, high, outcome)


@np.errstate(over="ignore", invalid="ignore")  # rows far apart in length: no bound follows
def _first_bound(
    sweep: Sweep, outcome: Outcome, query_lengths: Values, document_lengths: Values
) -> float:
    """Return the first look's lower bound on the margin: from stored rows and extreme lengths."""
    worst, best = _certain(sweep, outcome.worst.extreme_score, outcome.best.extreme_score)
    # Some document between the shortest and the longest has the score: positive scores are least
    # over the longest, negative ones over the shortest.
    short, long = document_lengths.min(), document_lengths.max()
    low = np.minimum(worst / short, worst / long) / query_lengths
    high = np.maximum(best / short, best / long) / query_lengths
    slack = 2 * _length_error(sweep)  # of two quotients by lengths
    return _half_gap(_less(low, slack), -_less(-high, slack), outcome)


@np.errstate(over="ignore", invalid="ignore")  # rows far apart in length: no bound follows
def _second_bound(
    sweep: Sweep,
    outcome: Outcome,
    query_lengths: Values,
    document_lengths: Values,
    work: DTypeLike,
    most: float,
) -> float:
    """Return the second look's lower bound: from scores of documents of unit length.

    Non-matches so low that the margin would be more than `most`, or more than a few queries
    allow, need not be found.
    """
    unit = np.empty(sweep.documents.shape, dtype=work)
    for start in range(0, len(unit), _ROW_BLOCK):
        at = slice(start, start + _ROW_BLOCK)
        unit[at] = sweep.documents[at].astype(np.float64) / document_lengths[at, None]
    second = sweep.with_vectors(sweep.queries.astype(work, copy=False), unit)
    found_worst = second.worst_matches(second.constant_level(-np.inf))
    floor = _floor(second, outcome, found_worst.extreme_score, query_lengths, most)
    found_best = second.best_others(replace(second.constant_level(np.inf), floor=floor))
    others = np.maximum(found_best.extreme_score, floor)
    worst, best = _certain(second, found_worst.extreme_score, others)
    # The theorem, divided by |q|: `error` for the rows of unit length, `slack` for the division.
    low, high = worst / query_lengths, best / query_lengths
    slack, error = _length_error(sweep), _scaling_error(sweep, work)
    return _half_gap(_less(low, slack) - error, error - _less(-high, slack), outcome)


def _floor(
    second: Sweep, outcome: Outcome, worst: Values, query_lengths: Values, most: float
) -> Values:
    """Return what the best non-match must exceed for the margin to be below `most`.

    Any number would be right: that the best non-match exceeds it or not, it is no better than the
    greater of the two. Neither `most` nor the scores of the sample need to be.
    """
    low = worst / query_lengths
    if outcome.notion == "global":
        low = np.full_like(low, low.min())
    for i in _sample(len(low)):
        scores = second.documents @ second.queries[i]
        scores[second.relevance.matches(i)] = -np.inf
        most = min(most, (low[i] - float(scores.max()) / query_lengths[i]) / 2)
    return np.where(np.isfinite(low), low - 2 * most, -np.inf) * query_lengths


def _sample(n: int) -> list[int]:
    numbers = np.linspace(0, n - 1, min(n, _SAMPLED_QUERIES)).astype(np.int64)
    return sorted(set(numbers.tolist()))


def _certain(sweep: Sweep, worst: Values, best: Values) -> tuple[Values, Values]:
    """Bounds on exact scores from extreme reference scores, one way for each side."""
    return worst - sweep.bounds.score, best + sweep.bounds.score


def _less(values: Values, slack: float) -> Values:
    """Values that are lower by a factor, or higher in size where negative; infinities stay."""
    lower: Values = values * (1 - slack * np.sign(values))
    return lower


def _types(sweep: Sweep, most: float) -> list[DTypeLike]:
    """The types for a second look, in the order to try them, for a margin of `most` or so."""
    types: list[DTypeLike] = []
    # The margin may be less than `most`: float32 only where it would still do for a tenth.
    small = _scaling_error(sweep, np.float32) <= _TIGHT * most / 10
    if small and _are_float32(sweep.queries):
        types.append(np.float32)
    if _scaling_error(sweep, np.float64) <= most:
        types.append(np.float64)
    return types


def _are_float32(values: NDArray[Any]) -> bool:
    """Return whether float32 holds these numbers."""
    if values.dtype == np.float32:
        return True
    with np.errstate(over="ignore"):
        return all(
            np.array_equal(block, block.astype(np.float32))
            for block in (values[i : i + _ROW_BLOCK] for i in range(0, len(values), _ROW_BLOCK))
        )


def _scaling_error(sweep: Sweep, work: DTypeLike) -> float:
    """The bound of the theorem over |q|, with more than its own rounding added."""
    info: np.finfo[Any] = np.finfo(np.dtype(work))
    dim: int = sweep.queries.shape[1]
    unit_roundoff, subnormal = float(info.eps) / 2, float(info.smallest_subnormal)
    return (unit_roundoff + gamma(dim + 8, UNIT_ROUNDOFF) + dim * subnormal) * (1 + 1e-6)


def _length_error(sweep: Sweep) -> float:
    """How far a score over a length, and what is then done with it, may be off; relative."""
    return 2 * gamma(sweep.queries.shape[1] + 8, UNIT_ROUNDOFF)
