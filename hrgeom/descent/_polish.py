r"""Polish: raise the margin of unit rows by ascent of a soft margin over all pairs at once.

The margin of unit rows, as a function of both sides, is non-smooth and non-convex on spheres. It is
approached by ascent of the soft margin (`_soft_margin`, `_ascent`) for a sequence of rising
sharpnesses.

The first sharpness is so low that all pairs count. Exactness is given up for a while, which lets
rows with a narrow margin reach a wide one. Where this does not end above the start (few dimensions
for many nodes), the sequence starts again at the sharpness that suits the start's own margin, which
preserves the arrangement of the start.

Nothing is proved about how far this goes. What is returned has no smaller margin than the start,
observed over all pairs of the float32 rows; a certificate decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Relevance
from hrgeom.descent._ascent import Best, Iterate, ascend, unit_rows
from hrgeom.descent._near_pairs import AllPairs, Boundary
from hrgeom.descent._result import Descent, rank
from hrgeom.errors import ConstructionError

__all__ = ["polish"]

_FIRST_STEPS = 100  # of the first sharpness, where most pairs count; times effort
_STEPS = 150  # of every other one; times effort
_FACTOR = 3.0  # from one sharpness to the next
_SHARP_ENOUGH = 0.999  # ratio of soft margin to margin
_HOPELESS = 16.0  # give up if not exact at this many times the start's own sharpness
_SHARPEST = 1e10
_FLOAT32_SHARPNESS = 1e4  # float32 scores, good to 1e-7, carry a sharpness up to this
_NOISE = 0.3  # length of a row's perturbation, in units of 1/sharpness

Rows = NDArray[Any]


def polish(
    relevance: Relevance,
    descent: Descent,
    *,
    effort: float = 1.0,
    minutes: float | None = None,
    seed: int = 0,
    report: Callable[[str], None] | None = None,
) -> Descent:
    """Return unit rows with at least the same margin, by quasi-Newton steps on all pairs at once.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    descent : Descent
        The rows to start from, in the order of the relevance; its notion is the one that counts.
        It may have rows wrong, and then whatever has fewer is better.
    effort : float
        Factor on the number of steps, positive; at 1 about a thousand.
    minutes : float, optional
        Wall-clock time after which no more steps are taken.
    seed : int
        Seed of a small perturbation, which lets rows leave a subspace that they share.
    report : callable, optional
        Called with a line of text for every sharpness.

    Returns
    -------
    polished : Descent
        With other rows, threshold, margin and rows wrong, or those of the start where these are
        better, as seen over all pairs in float32; nothing is certified. An interrupt (Ctrl-C) ends
        it with the best so far.

    Raises
    ------
    ConstructionError
        If `effort` or `minutes` is not positive.

    Notes
    -----
    The ascent is L-BFGS [1]_ on the soft margin, a smooth lower bound on the margin that is below
    it by at most ln(n m) divided by the sharpness, for n queries and m documents. Every step looks
    at all pairs, up to some ten million; where there are more, only at those near the boundary.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006,
       algorithm 7.4.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> from hrgeom.descent import descend
    >>> r = perfect_tree(2, 5).relevance
    >>> found = descend(r, dim=8, effort=0.1)
    >>> polished = polish(r, found, effort=0.3)
    >>> polished.rows_wrong, polished.margin > found.margin
    (0, True)
    """
    for name, value in (("effort", effort), ("minutes", minutes)):
        if value is not None and not 0 < value < np.inf:
            raise ConstructionError(f"{name} must be a positive number: got {value}")
    problem = AllPairs(relevance, descent.notion)
    if not problem.has_gap:
        return descent
    began, cpu_began = time.monotonic(), time.process_time()
    rows = np.concatenate((descent.queries, descent.documents))
    seen = _look(problem, rows)
    best = Best(Iterate(rows, seen.margin))
    if minutes is not None:
        best.deadline = began + 60 * minutes
    is_interrupted = descent.is_interrupted
    try:
        _climb(problem, best, effort, np.random.default_rng(seed), report or (lambda line: None))
    except KeyboardInterrupt:
        is_interrupted = True
    polished = _better(problem, descent, seen, best.found)
    return replace(
        polished,
        seconds=descent.seconds + time.monotonic() - began,
        cpu_seconds=descent.cpu_seconds + time.process_time() - cpu_began,
        is_interrupted=is_interrupted,
    )


def _look(problem: AllPairs, rows: Rows) -> Boundary:
    n = problem.n_queries
    return problem.look(rows[:n], rows[n:], _SHARPEST)


def _better(problem: AllPairs, descent: Descent, before: Boundary, found: Iterate) -> Descent:
    """Return the descent with the rows found if these, in float32, are better over all pairs."""
    n = problem.n_queries
    rows = unit_rows(found.rows.astype(np.float64)).astype(np.float32)
    after = _look(problem, rows)
    if rank(after.margin, after.rows_wrong) <= rank(before.margin, before.rows_wrong):
        return descent
    return replace(
        descent,
        queries=rows[:n],
        documents=rows[n:],
        threshold=after.threshold if descent.notion == "global" else None,
        margin=after.margin,
        rows_wrong=after.rows_wrong,
        progress=1.0,
    )


def _climb(
    problem: AllPairs,
    best: Best,
    effort: float,
    rng: np.random.Generator,
    tell: Callable[[str], None],
) -> None:
    start = best.found
    for sharpness in _first_sharpnesses(problem, start.margin):
        _anneal(problem, start, sharpness, effort, rng, best, tell)
        if best.found is not start or best.is_late:
            break


def _first_sharpnesses(problem: AllPairs, margin: float) -> list[float]:
    """Return the sharpnesses to start from: all pairs count; the start's margin; eight times that.

    If there are too many scores to compute all of them at every step, only the pairs near the
    boundary are used, and only the last of these sharpnesses makes them few.
    """
    own = 1 / max(abs(margin), 1 / _SHARPEST)
    wide = 2 * float(np.log(problem.n_scores + 1))
    if not problem.may_be_dense:
        return [8 * max(own, wide)]
    return [wide, own, 8 * own] if own > wide else [wide]


def _anneal(
    problem: AllPairs,
    start: Iterate,
    sharpness: float,
    effort: float,
    rng: np.random.Generator,
    best: Best,
    tell: Callable[[str], None],
) -> None:
    """Ascend for rising sharpness until soft margin and margin agree."""
    rows = start.rows
    steps = _FIRST_STEPS * effort
    while sharpness <= _SHARPEST and not best.is_late:
        # A perturbation of length _NOISE/beta changes scores by less than the soft margin resolves.
        length = _NOISE / (sharpness * np.sqrt(rows.shape[1]))
        disturbed = rows + length * rng.standard_normal(rows.shape)
        work = np.float32 if sharpness <= _FLOAT32_SHARPNESS else np.float64
        n_steps = max(1, round(steps))
        last, soft = ascend(problem, disturbed.astype(work), sharpness, n_steps, best)
        tell(f"polishing, sharpness {sharpness:.3g}: margin {last.margin:+.4f}")
        rows = last.rows
        # The soft margin is a lower bound that has nearly met the margin: sharper gains nothing.
        if soft > _SHARP_ENOUGH * last.margin > 0:
            break
        if last.margin < 0 and sharpness * abs(start.margin) > _HOPELESS:
            break
        sharpness *= _FACTOR
        steps = _STEPS * effort
