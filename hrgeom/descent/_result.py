"""The result of a descent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Notion

__all__ = ["Descent", "Moment", "rank"]


@dataclass(frozen=True)
class Moment:
    """How far a descent was at some time.

    Attributes
    ----------
    epoch : int
        Epochs done.
    seconds : float
        Wall-clock time since the start.
    cpu_seconds : float
        Processor time of all threads since the start.
    temperature : float
        Of the loss; it rises during the descent.
    margin : float
        Half the gap as seen on listed pairs while rows were moving: not certified, and only
        roughly that of any one time.
    rows_wrong : int
        Queries with a match that did not exceed a listed non-match.
    """

    epoch: int
    seconds: float
    cpu_seconds: float
    temperature: float
    margin: float
    rows_wrong: int


def rank(margin: float, rows_wrong: int) -> tuple[float, int, float]:
    """Order states from worse to better: margin where it is positive, then how few are wrong."""
    return max(margin, 0.0), -rows_wrong, margin


@dataclass(frozen=True, eq=False)
class Descent:
    """Unit rows from a descent, and what was seen on the way.

    Attributes
    ----------
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
        Unit rows, in the order of the relevance.
    threshold : float or None
        In the middle between the lowest match and the highest non-match; None in the row notion.
    margin : float
        Half the gap of these rows, observed in float32 on listed pairs after a last look over all
        of them: not certified. Infinite where there is no gap.
    rows_wrong : int
        Queries with a match that does not exceed one of their non-matches.
    epochs : int
        Epochs done.
    sweeps : int
        Looks over all pairs.
    seconds, cpu_seconds : float
        Wall-clock and processor time.
    is_interrupted : bool
        It was stopped before its end.
    notion : {"global", "row"}
        What it was made for.
    history : tuple of Moment
        Along the way.
    progress : float
        Share of the schedule that is done, at which a descent from these rows goes on; 1 at its
        end.
    """

    queries: NDArray[np.float32]
    documents: NDArray[np.float32]
    threshold: float | None
    margin: float
    rows_wrong: int
    epochs: int
    sweeps: int
    seconds: float
    cpu_seconds: float
    is_interrupted: bool
    notion: Notion
    history: tuple[Moment, ...] = ()
    progress: float = 1.0
