r"""Polish: raise the normalized margin of an existing embedding.

The normalized margin of the stored rows, as a function of both sides, is non-smooth and non-convex
on spheres. It is approached by ascent of the soft margin (`_soft_margin`, `_ascent`) for a sequence
of rising sharpnesses.

The first sharpness is so low that all pairs count. Exactness is given up for a while, which lets an
embedding with a narrow margin reach a wide one. Where this does not end above the start (few
dimensions for many nodes), the sequence starts again at the sharpness that suits the start's own
margin, which preserves the arrangement of the start.

Nothing is proved about how far this goes, but the result is certified: a candidate is rounded to
the stored type and certified, and replaces the start only if its certificate holds with a larger
normalized margin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Relevance, Target, as_relevance, rounded_embedding
from hrgeom.errors import ConstructionError
from hrgeom.polish._ascent import Iterate, ascend, unit_rows
from hrgeom.polish._pairs import Problem

__all__ = ["polish"]

_FIRST_STEPS = 100  # of the first sharpness, where most pairs count; times effort
_STEPS = 150  # of every other one; times effort
_FACTOR = 3.0  # from one sharpness to the next
_SHARP_ENOUGH = 0.9997  # ratio of soft margin to margin
_HOPELESS = 16.0  # give up if not exact at this many times the start's own sharpness
_SHARPEST = 1e10
_FLOAT32_SHARPNESS = 1e4  # float32 scores, good to 1e-7, carry a sharpness up to this
_NOISE = 0.3  # length of a row's perturbation, in units of 1/sharpness

Rows = NDArray[Any]


def polish(
    embedding: DualEmbedding,
    target: Target,
    *,
    effort: float = 1.0,
    seed: int = 0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> DualEmbedding:
    """Return an embedding of the same size and type with at least the same normalized margin.

    Parameters
    ----------
    embedding : DualEmbedding
        The start, from a construction or any other source; its notion is the one that counts. It
        may fail its certificate, and then anything that holds is better.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    effort : float
        Factor on the number of steps, positive; at 1 about a thousand.
    seed : int
        Seed of a small perturbation, which lets rows leave a subspace that they share.
    report : callable, optional
        Called with a line of text for every sharpness and every certificate.
    **checking
        Options `kernel`, `threads`, `memory` and `progress` of `certify`.

    Returns
    -------
    polished : DualEmbedding
        Its certificate holds with a larger normalized margin than the start's, or it is the
        start itself. Rows are of unit length up to rounding; in the global notion the threshold
        is the middle between the worst match and the best non-match. `parameters["polish"]`
        records what was done.

    Raises
    ------
    ShapeError
        If the embedding does not fit the relevance.
    ConstructionError
        If `effort` is not positive.

    Notes
    -----
    The ascent is L-BFGS [1]_ on the soft margin, a smooth lower bound on the margin that is below
    it by at most ln(n m) divided by the sharpness, for n queries and m documents.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006,
       algorithm 7.4.

    Examples
    --------
    >>> from hrgeom import construct
    >>> from hrgeom.datasets import perfect_tree
    >>> tree = perfect_tree(2, 3)
    >>> start = construct(tree, method="interval", dtype="float64", code="arc").embedding
    >>> for e in (start, polish(start, tree)):
    ...     print(f"{certify(e, tree).normalized_margin_lower_bound:.3f}")
    0.103
    0.342
    """
    if not 0 < effort < np.inf:
        raise ConstructionError(f"effort must be a positive number: got {effort}")
    relevance = as_relevance(target)
    tell = report or (lambda line: None)
    best = _Best(embedding, target, relevance, checking, tell)
    problem = Problem(relevance, embedding.notion)
    if not problem.has_gap:
        tell("there is no margin to raise: no query has both a match and a non-match")
        return embedding
    best.parameters = {"effort": effort, "seed": seed, "from_margin": best.margin}
    rng = np.random.default_rng(seed)
    start = _start(problem, embedding, rng)
    best.observed = start.margin
    for sharpness in _first_sharpnesses(problem, start.margin):
        best.offer(_anneal(problem, start, sharpness, effort, rng, tell))
        if best.embedding is not embedding:
            break
    return best.embedding


class _Best:
    """Best embedding so far whose certificate holds; `margin` is None if none does."""

    def __init__(
        self,
        embedding: DualEmbedding,
        target: Target,
        relevance: Relevance,
        checking: dict[str, Any],
        tell: Callable[[str], None],
    ) -> None:
        self.embedding = embedding
        self.parameters: dict[str, Any] = {}
        self.observed = -np.inf
        self._against = target
        self._relevance = relevance
        self._checking = checking
        self._tell = tell
        self.margin, _ = self._certified(embedding)

    def _certified(self, embedding: DualEmbedding) -> tuple[float | None, float | None]:
        """Return the normalized margin if the certificate holds (else None), and its threshold."""
        certificate = certify(embedding, self._against, **self._checking)
        margin = certificate.normalized_margin_lower_bound if certificate.holds else None
        text = "not established" if margin is None else f"{margin:.6g}"
        self._tell(f"{embedding.dtype}: {certificate.verdict}, normalized margin {text}")
        return margin, certificate.threshold

    def offer(self, point: Iterate) -> None:
        """Accept the iterate if, rounded to the stored type, it is certified to be better."""
        if point.margin <= max(self.observed, 0.0):
            return
        n = self.embedding.n_queries
        candidate = rounded_embedding(
            self._relevance,
            point.rows[:n],
            point.rows[n:],
            self.embedding.dtype,
            notion=self.embedding.notion,
            construction=self.embedding.construction,
            parameters={**self.embedding.parameters, "polish": self.parameters},
            promise=self.embedding.promise,
            source_sha256=self.embedding.source_sha256,
        )
        margin, threshold = self._certified(candidate)
        if margin is not None and margin > (self.margin or 0.0):
            self.embedding = replace(candidate, threshold=threshold)
            self.margin = margin


def _start(problem: Problem, embedding: DualEmbedding, rng: np.random.Generator) -> Iterate:
    """Return the start as unit rows; a row of zeros gets a random direction."""
    rows = np.concatenate([part.astype(np.float64) for part in embedding.values()])
    zero = ~rows.any(axis=1)
    rows[zero] = rng.standard_normal((int(zero.sum()), rows.shape[1]))
    rows /= np.abs(rows).max(axis=1, keepdims=True)  # so that no length over- or underflows
    rows = unit_rows(rows)
    n = problem.n_queries
    return Iterate(rows, problem.look(rows[:n], rows[n:], _SHARPEST).margin)


def _first_sharpnesses(problem: Problem, margin: float) -> list[float]:
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
    problem: Problem,
    start: Iterate,
    sharpness: float,
    effort: float,
    rng: np.random.Generator,
    tell: Callable[[str], None],
) -> Iterate:
    """Ascend for rising sharpness until soft margin and margin agree; return the best iterate."""
    best = start
    rows = start.rows
    steps = _FIRST_STEPS * effort
    while sharpness <= _SHARPEST:
        # A perturbation of length _NOISE/beta changes scores by less than the soft margin resolves.
        length = _NOISE / (sharpness * np.sqrt(rows.shape[1]))
        disturbed = rows + length * rng.standard_normal(rows.shape)
        work = np.float32 if sharpness <= _FLOAT32_SHARPNESS else np.float64
        found, last, soft = ascend(problem, disturbed.astype(work), sharpness, max(1, round(steps)))
        tell(f"sharpness {sharpness:.3g}: margin {found.margin:.6g}")
        best = found if found.margin > best.margin else best
        rows = last.rows
        # The soft margin is a lower bound that has nearly met the margin: sharper gains nothing.
        if soft > _SHARP_ENOUGH * last.margin > 0:
            break
        if last.margin < 0 and sharpness * abs(start.margin) > _HOPELESS:
            break
        sharpness *= _FACTOR
        steps = _STEPS * effort
    return best
