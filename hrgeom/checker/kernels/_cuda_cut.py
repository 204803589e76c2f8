r"""What integer scores decide: where a query is cut, and which documents may be its best.

**Cut** *(proved)*. Let L be a query's level, s the bound on reference scores, D the distance from
the level at which the checker needs more than them (s, or 2 s where the level is a document's
score), and u, e and `above` those of `ScoreUnits`. If c < (L - D - s - e) / u - above, then every
document with integer score A <= c has an exact score below L - D - s, so that its reference score
lies below L - D: it is no violation, and no other kernel looks at it twice.

**Counting.** Take c also below every match's integer score. If exactly \|S(q)\| documents exceed
c, they are the matches, and every other document is decided. The greatest score that does not
exceed c is then that of a non-match.

**Window** *(proved)*. Let A* be that greatest score. The best non-match by reference scores has A
>= A* - w, w = (2 e + 2 s) / u + below + above: its exact score is at least its reference score
less s, which is at least that of A*'s document, which is at least the exact score of that
document less s. Without error or rounding w is 0, and the documents at A* have all the same
reference score.

Levels, cuts and windows are float64 numbers of a few operations each; 2^-48 of all that enters
makes up for their rounding, and cuts are rounded down, windows up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._digits import ScoreUnits
from hrgeom.checker.kernels._interface import Bounds, Level

__all__ = ["HIGHEST", "LOWEST", "level_cut", "window"]

LOWEST, HIGHEST = -(2**31), 2**31 - 1
_SLACK = 2.0**-48


def level_cut(units: ScoreUnits, level: Level, bounds: Bounds) -> NDArray[np.int64]:
    """Return per query the greatest integer score that the level decides; LOWEST for none."""
    double = np.where(level.document >= 0, 2.0, 1.0)
    number = np.isfinite(level.value)
    value = np.where(number, level.value, 0.0)
    away = double * bounds.score + bounds.score + units.error
    size = (np.abs(value) + away) / units.unit + units.above + 1
    limit = (value - away) / units.unit - units.above - _SLACK * size
    # less than the limit, which is itself less than the true one
    cut = np.ceil(np.clip(limit, LOWEST, HIGHEST)).astype(np.int64) - 1
    infinite = np.where(level.value > 0, HIGHEST, LOWEST)
    return np.where(units.usable, np.where(number, np.maximum(cut, LOWEST), infinite), LOWEST)


def window(units: ScoreUnits, bounds: Bounds) -> NDArray[np.int64]:
    """Return per query how far below the greatest integer score the best document may be."""
    width = 2 * (units.error + bounds.score) / units.unit + units.below + units.above
    return np.ceil(np.clip(width * (1 + _SLACK), 0, HIGHEST)).astype(np.int64)
