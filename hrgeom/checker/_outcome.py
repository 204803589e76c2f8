"""What the passes find for a notion, and the threshold of an embedding that states none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from hrgeom.checker._extremes import exact_extreme, extreme_interval
from hrgeom.checker._floors import floors_of
from hrgeom.checker._sweep import Sweep
from hrgeom.checker._threshold import Interval, certain_threshold, threshold_between
from hrgeom.checker.kernels import Level, Tally
from hrgeom.core import Notion

__all__ = ["Outcome", "check_all_pairs"]


@dataclass(frozen=True)
class Outcome:
    """What both passes found.

    Attributes
    ----------
    notion : {"global", "row"}
    threshold : float or None
        The one that was used.
    worst, best : Tally
        Of the matches, and of all other pairs.
    n_exact : int
        Scores computed without rounding to find the threshold.
    """

    notion: Notion
    threshold: float | None
    worst: Tally
    best: Tally
    n_exact: int = 0


def check_all_pairs(sweep: Sweep, threshold: float | None) -> Outcome:
    """Return what both passes find; global notion without a threshold: the best there is."""
    if sweep.notion == "row":
        worst = sweep.worst_matches(sweep.constant_level(0.0, ranking=True))
        level = Level(worst.extreme_score, worst.extreme_document)
        return Outcome("row", None, worst, _best_others(sweep, level, worst))
    if threshold is None:
        return _with_best_threshold(sweep)
    return _with_threshold(sweep, threshold)


def _with_threshold(sweep: Sweep, threshold: float, n_exact: int = 0) -> Outcome:
    level = sweep.constant_level(threshold)
    worst = sweep.worst_matches(level)
    return Outcome("global", threshold, worst, _best_others(sweep, level, worst), n_exact)


def _best_others(sweep: Sweep, level: Level, worst: Tally) -> Tally:
    return sweep.best_others(level, partial(floors_of, sweep, worst))


def _with_best_threshold(sweep: Sweep) -> Outcome:
    """Take a number between the worst match and the best non-match of all queries.

    Passes against no level find both. Where the number separates them by more than rounding,
    they already show that no pair violates; otherwise both passes run again and count.
    """
    worst = sweep.worst_matches(sweep.constant_level(-np.inf))
    best = _best_others(sweep, sweep.constant_level(np.inf), worst)
    if sweep.is_interrupted:  # no threshold is known, so no pair is decided
        return Outcome("global", None, *sweep.nothing_checked())
    threshold, n_exact = _best_threshold(sweep, worst, best)
    bound = sweep.bounds.score
    if np.all(worst.extreme_score - threshold > bound) and np.all(
        threshold - best.extreme_score > bound
    ):
        return Outcome("global", threshold, worst, best, n_exact)
    return _with_threshold(sweep, threshold, n_exact)


def _best_threshold(sweep: Sweep, worst: Tally, best: Tally) -> tuple[float, int]:
    """Return the threshold that the exact extremes give, and how many scores that took exactly."""
    low = extreme_interval(sweep, worst, matches=True)
    high = extreme_interval(sweep, best, matches=False)
    threshold = certain_threshold(low, high)
    if threshold is not None:
        return threshold, 0
    if sweep.bounds.is_exact or not sweep.settings.exact:
        return threshold_between(_center(low), _center(high)), 0
    found = [
        None if interval is None else exact_extreme(sweep, tally, matches=tally is worst)
        for interval, tally in ((low, worst), (high, best))
    ]
    least, greatest = (None if one is None else one.score for one in found)
    return threshold_between(least, greatest), sum(one.n_exact for one in found if one)


def _center(interval: Interval | None) -> Fraction | None:
    return None if interval is None else (interval[0] + interval[1]) / 2
