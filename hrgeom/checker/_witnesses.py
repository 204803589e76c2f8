"""The pairs that a certificate names: the worst match and the best non-match, scored exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._certificate import Witness
from hrgeom.checker._exact import exact_score
from hrgeom.checker._extremes import exact_extreme
from hrgeom.checker._outcome import Outcome
from hrgeom.checker._sweep import Sweep
from hrgeom.checker.kernels import Tally

__all__ = ["witnesses"]


def witnesses(sweep: Sweep, outcome: Outcome) -> tuple[Witness | None, Witness | None]:
    """Return the worst match and the best non-match, of violating queries if there are any.

    Row notion: both of the query with the least ranking margin, None if no query has both. Of the
    query that is named the extreme documents are the exact ones, so that a certificate which
    fails names a pair that does.
    """
    if outcome.notion == "row":
        return _of_a_row(sweep, outcome)
    return (None, None) if outcome.threshold is None else _of_all(sweep, outcome)


def _of_a_row(sweep: Sweep, outcome: Outcome) -> tuple[Witness | None, Witness | None]:
    worst, best = outcome.worst, outcome.best
    both = (worst.extreme_document >= 0) & (best.extreme_document >= 0)
    if not both.any():
        return None, None
    gap = np.where(both, worst.extreme_score - best.extreme_score, np.inf)
    query = _lowest(gap, best.n_violations)
    v, w = int(worst.extreme_document[query]), _extreme(sweep, best, query, matches=False)
    match, other = _exact_score(sweep, query, v), _exact_score(sweep, query, w)
    return (
        _witness(sweep, query, v, match, other, match <= other),
        _witness(sweep, query, w, other, match, other >= match),
    )


def _of_all(sweep: Sweep, outcome: Outcome) -> tuple[Witness | None, Witness | None]:
    assert outcome.threshold is not None
    worst, best = outcome.worst, outcome.best
    level = Fraction(outcome.threshold)
    found: list[Witness | None] = []
    for tally, query in (
        (worst, _lowest(worst.extreme_score, worst.n_violations)),
        (best, _lowest(-best.extreme_score, best.n_violations)),
    ):
        if tally.extreme_document[query] < 0:
            found.append(None)
            continue
        document = _extreme(sweep, tally, query, matches=tally is worst)
        score = _exact_score(sweep, query, document)
        violates = score <= level if tally is worst else score >= level
        found.append(_witness(sweep, query, document, score, level, violates))
    return found[0], found[1]


def _lowest(values: NDArray[np.float64], n_violations: NDArray[np.int64]) -> int:
    """Return the query with the lowest value, among those with violations if there are any."""
    wrong = n_violations > 0
    return int(np.where(wrong, values, np.inf).argmin() if wrong.any() else values.argmin())


def _extreme(sweep: Sweep, tally: Tally, query: int, *, matches: bool) -> int:
    """Return the document of a query's exact extreme; the tally may be off by rounding.

    Where the passes were interrupted and found no violation, it may be off by more, for all of the
    query's documents may be below its floor: the one that they noted will do.
    """
    if sweep.bounds.is_exact or (sweep.is_interrupted and not tally.n_violations[query]):
        return int(tally.extreme_document[query])
    return exact_extreme(sweep, tally, matches=matches, query=query).document


def _exact_score(sweep: Sweep, query: int, document: int) -> Fraction:
    return exact_score(sweep.queries[query], sweep.documents[document])


def _witness(
    sweep: Sweep, query: int, document: int, score: Fraction, level: Fraction, violates: bool
) -> Witness:
    return Witness(
        query=sweep.relevance.query_labels[query],
        document=sweep.relevance.document_labels[document],
        score=float(score),
        level=float(level),
        violates=violates,
    )
