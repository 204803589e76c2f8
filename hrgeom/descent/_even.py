r"""Evening scores: a last stage of a descent that draws in the scores far below the threshold.

A descent leaves all matches of a document at nearly the margin above the threshold, and the hardest
of all other queries at the margin below it; the others are far below, and by different amounts.
How far, N, says how much weight on matches a mixture of queries needs to retrieve the document
(`hrgeom.checker.band`): more than N/(m + N).

Here the loss of the descent has one more term for every document,

.. math:: \kappa \log\Bigl(1 + \sum_{q \notin D(v)} e^{T (t - G - \langle q, v\rangle)}\Bigr),

which lifts the lowest scores to t - G, with a G that is always a little less than the median N. The
margin aimed at stays where it is, a little below what there was. All rows move at once, by Adam on
the sphere, on the matches, on the hardest other documents of every query and on the lowest other
queries of every document, which are looked for anew every few steps over all pairs.

Nothing here is proved or certified.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.blocks import default_threads
from hrgeom.core import Relevance
from hrgeom.descent._hardest import look
from hrgeom.descent._result import Descent
from hrgeom.descent._state import directions
from hrgeom.errors import ConstructionError

__all__ = ["even_scores"]

_STEPS = 200  # at effort 1
_LOOK_EVERY = 10
_LISTED = 16  # hardest of a query, lowest of a document
_FIRST_TEMPERATURE, _LAST_TEMPERATURE = 60.0, 400.0
_FIRST_RATE, _LAST_RATE = 0.01, 1e-4
_WEIGHT = 0.3  # of the lowest scores
_AIM = 0.9  # of the margin at the start, aimed at
_LEAST = 0.8  # of the margin at the start: nothing below it is kept
_AHEAD = 1.5  # in units of 1/T: how much less than the median N is asked for
_PRODUCTS_AT_A_TIME = 2**18
_MOMENTUM, _MEAN, _DAMPING = 0.9, 0.9, 1e-3

Rows = NDArray[np.float32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Seen:
    """What a look over all pairs saw: medians, and the margin.

    Attributes
    ----------
    threshold, margin : float
        In the middle, and half the gap.
    end : float
        Upper end of the band at the threshold that centers it, of medians (`_upper_end`).
    farthest : float
        Median of N.
    """

    threshold: float
    margin: float
    end: float
    farthest: float


def even_scores(
    relevance: Relevance,
    descent: Descent,
    *,
    effort: float = 1.0,
    threads: int | None = None,
    report: Callable[[str], None] | None = None,
) -> Descent:
    """Return rows whose scores are more alike within matches and within the others.

    Parameters
    ----------
    relevance : Relevance
        What the descent was made for.
    descent : Descent
        Rows to begin at, in the global notion, of positive margin.
    effort : float
        Scales the number of steps, positive.
    threads : int, optional
        Of the looks over all pairs. Default: the processors this process may use.
    report : callable, optional
        Called with a line of text now and then.

    Returns
    -------
    even : Descent
        With at least four fifths of the margin observed; the descent itself where nothing narrower
        was found, the margin is not positive, or the notion is by row. An interrupt (Ctrl-C) ends
        it with the best so far.

    Raises
    ------
    ConstructionError
        If `effort` is not positive.

    Notes
    -----
    Time: like some two hundred epochs of the descent, mostly in NumPy, and a look over all pairs
    twice in ten steps.

    Examples
    --------
    >>> from hrgeom.datasets import random_tree
    >>> from hrgeom.descent import descend
    >>> r = random_tree(60, seed=0).relevance
    >>> found = descend(r, dim=12, effort=0.1)
    >>> even = even_scores(r, found, effort=0.3)
    >>> even.rows_wrong, even.margin >= 0.8 * found.margin
    (0, True)
    """
    if not 0 < effort < math.inf:
        raise ConstructionError(f"effort must be a positive number: got {effort}")
    if descent.threshold is None or not 0 < descent.margin < math.inf:
        return descent
    began, cpu_began = time.monotonic(), time.process_time()
    run = _Run(relevance, descent, threads or default_threads(), report or (lambda line: None))
    is_interrupted = descent.is_interrupted
    try:
        run.steps(max(_LOOK_EVERY, round(_STEPS * effort)))
    except KeyboardInterrupt:
        is_interrupted = True
    return replace(
        run.best,
        seconds=descent.seconds + time.monotonic() - began,
        cpu_seconds=descent.cpu_seconds + time.process_time() - cpu_began,
        is_interrupted=is_interrupted,
    )


class _Run:
    """Steps of all rows at once, and the best rows that a look has seen."""

    def __init__(
        self,
        relevance: Relevance,
        descent: Descent,
        threads: int,
        tell: Callable[[str], None],
    ) -> None:
        self.relevance, self.threads, self.tell = relevance, threads, tell
        self.transposed = Relevance(*relevance.transposed, relevance.n_queries)
        self.queries = _Side(descent.queries)
        self.documents = _Side(descent.documents)
        self.threshold, self.goal = float(descent.threshold or 0.0), _AIM * descent.margin
        self.least_margin = _LEAST * descent.margin
        self.best = descent
        self.best_end = math.inf
        self.matches = (
            csr.row_numbers(relevance.indptr).astype(np.int64),
            relevance.indices.astype(np.int64),
        )
        self.hard = self.low = self.matches

    def steps(self, n: int) -> None:
        """Take some steps; a look before the first, every few, and after the last."""
        depth = 0.0
        for i in range(n + 1):
            progress = i / n
            T = _FIRST_TEMPERATURE * (_LAST_TEMPERATURE / _FIRST_TEMPERATURE) ** progress
            if i % _LOOK_EVERY == 0 or i == n:
                seen = self._look()
                self._keep(seen, i)
                self.threshold, depth = seen.threshold, seen.farthest - _AHEAD / T
            if i < n:
                falling = (1 + math.cos(math.pi * progress)) / 2
                self._step(T, depth, _LAST_RATE + (_FIRST_RATE - _LAST_RATE) * falling)

    def _look(self) -> _Seen:
        """Find the hardest documents of every query and the lowest queries of every document."""
        queries, documents = self.queries.rows, self.documents.rows
        nothing = np.full(max(len(queries), len(documents)), -np.inf, dtype=np.float32)
        hard = look(
            self.relevance, queries, documents, nothing[: len(queries)], _LISTED, self.threads
        )
        low = look(
            self.transposed, documents, -queries, nothing[: len(documents)], _LISTED, self.threads
        )
        self.hard = hard.queries.astype(np.int64), hard.documents.astype(np.int64)
        self.low = low.documents.astype(np.int64), low.queries.astype(np.int64)
        most, least = float(hard.best.max()), float(hard.worst.min())
        t = (least + most) / 2
        # of the transposed look scores are negative: its worst match is minus the greatest score
        has_match = np.isfinite(low.worst)
        greatest, farthest = -low.worst[has_match] - t, low.best[np.isfinite(low.best)] + t
        medians = (hard.worst[np.isfinite(hard.worst)] - t, greatest, t - hard.best, farthest)
        m, M, n, N = (float(np.median(each)) for each in medians)
        return _Seen(t, (least - most) / 2, _upper_end(m, M, n, N), N)

    def _keep(self, seen: _Seen, step: int) -> None:
        """Keep these rows if their band is the narrowest so far and the margin is enough."""
        self.tell(
            f"evening, step {step}: margin {seen.margin:+.4f}, upper end {seen.end:.3f} of the "
            "centered band"
        )
        if seen.end < self.best_end and seen.margin >= self.least_margin:
            self.best_end = seen.end
            if step > 0:
                self.best = replace(
                    self.best,
                    queries=self.queries.rows.copy(),
                    documents=self.documents.rows.copy(),
                    threshold=seen.threshold,
                    margin=seen.margin,
                    rows_wrong=0,
                )

    def _step(self, T: float, depth: float, rate: float) -> None:
        from scipy import sparse

        t, g = self.threshold, self.goal
        n, m = len(self.queries.rows), len(self.documents.rows)
        # pairs, the sign of their score in the loss, its weight, what it is held to, by which side
        parts = (
            (self.matches, -1, 1.0, t + g, 0),
            (self.hard, 1, 1.0, t - g, 0),
            (self.low, -1, _WEIGHT, t - depth, 1),
        )
        weights = []
        for pairs, sign, weight, level, side in parts:
            scores = _scores(self.queries.rows, self.documents.rows, pairs)
            shares = _shares(sign * T * (scores - level), pairs[side], (n, m)[side])
            weights.append(np.float32(sign * weight) * shares)
        rows, columns = (np.concatenate([part[0][k] for part in parts]) for k in (0, 1))
        matrix: Any = sparse.csr_array((np.concatenate(weights), (rows, columns)), shape=(n, m))
        of_queries, of_documents = matrix @ self.documents.rows, matrix.T @ self.queries.rows
        self.queries.step(of_queries, rate)
        self.documents.step(of_documents, rate)


def _upper_end(m: float, M: float, n: float, N: float) -> float:
    """Upper end of the band (N - c)/(m + N), with the shift c that puts one half in its middle."""
    upper, lower = m + N, M + n
    shift = (N / upper + n / lower - 1) / (1 / upper + 1 / lower)
    return (N - shift) / upper


def _scores(queries: Rows, documents: Rows, pairs: tuple[Numbers, Numbers]) -> Rows:
    out = np.empty(len(pairs[0]), dtype=np.float32)
    step = max(1, _PRODUCTS_AT_A_TIME * 64 // queries.shape[1])
    for start in range(0, len(out), step):
        q, v = (side[start : start + step] for side in pairs)
        out[start : start + step] = np.einsum("ij,ij->i", queries[q], documents[v])
    return out


def _shares(exponents: Rows, rows: Numbers, n: int) -> Rows:
    """exp of each exponent over one plus the sum of those of its row."""
    top = np.zeros(n, dtype=np.float32)
    np.maximum.at(top, rows, exponents)
    weights = np.exp(exponents - top[rows])
    sums = np.bincount(rows, weights=weights, minlength=n) + np.exp(-top)
    shares: Rows = (weights / sums[rows]).astype(np.float32)
    return shares


class _Side:
    """Unit rows with momentum and the scale of the gradient of each."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self.rows = directions(rows, np.random.default_rng(0))
        self.momentum = np.zeros_like(self.rows)
        self.scale = np.zeros((len(rows), 1), dtype=np.float32)

    def step(self, gradient: Rows, rate: float) -> None:
        """Move all rows against a gradient, which is overwritten."""
        gradient -= np.einsum("ij,ij->i", gradient, self.rows)[:, None] * self.rows
        squares = np.einsum("ij,ij->i", gradient, gradient)[:, None]
        self.scale += np.float32(1 - _MEAN) * (squares - self.scale)
        self.momentum += np.float32(1 - _MOMENTUM) * (gradient - self.momentum)
        self.rows -= np.float32(rate) / (np.sqrt(self.scale) + np.float32(_DAMPING)) * self.momentum
        self.rows /= np.linalg.norm(self.rows, axis=1, keepdims=True)
