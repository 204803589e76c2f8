r"""Polish: more margin from an embedding that is there already.

What is raised is the normalized margin of the stored rows, over both sides at once: a non-smooth,
non-convex problem on spheres. It is approached through the soft margin (`soft_margin`), raised
(`ascent`) for one sharpness after another.

The first sharpness is so low that all pairs count. Exactness is given up for a while, and that is
what carries an embedding with the margin of a narrow construction to a wide one. Where this does
not end above the start (few dimensions for many nodes), it begins again at the sharpness that the
start's own margin calls for, which keeps the start's shape.

Nothing is proved about how far this goes. What comes back is proved: a candidate is rounded to the
stored type and certified, and replaces the start only if its certificate holds with a larger
normalized margin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Hierarchy, Relevance, as_relevance, rounded_embedding
from hrgeom.errors import ConstructionError
from hrgeom.polish._ascent import Point, ascend, unit_rows
from hrgeom.polish._pairs import Problem

__all__ = ["polish"]

_FIRST_STEPS = 100  # of the first sharpness, where most pairs count; times effort
_STEPS = 150  # of every other one; times effort
_FACTOR = 3.0  # from one sharpness to the next
_SHARP_ENOUGH = 0.9997  # soft margin over margin
_HOPELESS = 16.0  # times the start's own sharpness, and still not exact
_SHARPEST = 1e10
_FLOAT32_SHARPNESS = 1e4  # float32 scores, good to 1e-7, carry a sharpness up to this
_NOISE = 0.3  # length of the disturbance of a row, in units of 1/sharpness

Rows = NDArray[Any]


def polish(
    embedding: DualEmbedding,
    target: Hierarchy | Relevance,
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
        The start, of any construction or anybody's; its notion is the one that counts. It may
        fail its certificate: then whatever holds is better.
    target : Hierarchy or Relevance
        Who matches what.
    effort : float
        Factor on the number of steps, positive; at 1 about a thousand.
    seed : int
        Of a small disturbance, which lets rows leave a subspace that they share.
    report : callable, optional
        Called with a line of text for every sharpness and every certificate.
    **checking
        kernel, threads, memory, progress: passed to `certify`.

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
        tell("there is no margin to raise: no match and non-match to tell apart")
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
    """The best embedding so far whose certificate holds; `margin` is None if none does."""

    def __init__(
        self,
        embedding: DualEmbedding,
        target: Hierarchy | Relevance,
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
        """Return the normalized margin if the certificate holds, and the threshold it used."""
        certificate = certify(embedding, self._against, **self._checking)
        margin = certificate.normalized_margin_lower_bound if certificate.holds else None
        text = "not established" if margin is None else f"{margin:.6g}"
        self._tell(f"{embedding.dtype}: {certificate.verdict}, normalized margin {text}")
        return margin, certificate.threshold

    def offer(self, point: Point) -> None:
        """Take the point if, rounded to the stored type, it is certified to be better."""
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


def _start(problem: Problem, embedding: DualEmbedding, rng: np.random.Generator) -> Point:
    """Return the start as unit rows; a row of zeros gets a random direction."""
    rows = np.concatenate([part.astype(np.float64) for part in embedding.values()])
    zero = ~rows.any(axis=1)
    rows[zero] = rng.standard_normal((int(zero.sum()), rows.shape[1]))
    rows /= np.abs(rows).max(axis=1, keepdims=True)  # so that no length over- or underflows
    rows = unit_rows(rows)
    n = problem.n_queries
    return Point(rows, problem.look(rows[:n], rows[n:], _SHARPEST).margin)


def _first_sharpnesses(problem: Problem, margin: float) -> list[float]:
    """Return where to begin: where all pairs count; where the start's margin is; closer still.

    Where all scores are too many for every step, only the pairs near the boundary are seen,
    and only the last of these makes them few.
    """
    own = 1 / max(abs(margin), 1 / _SHARPEST)
    wide = 2 * float(np.log(problem.n_scores + 1))
    if not problem.may_be_dense:
        return [8 * max(own, wide)]
    return [wide, own, 8 * own] if own > wide else [wide]


def _anneal(
    problem: Problem,
    start: Point,
    sharpness: float,
    effort: float,
    rng: np.random.Generator,
    tell: Callable[[str], None],
) -> Point:
    """Raise the soft margin for rising sharpness until it is the margin; return the best point."""
    best = start
    rows = start.rows
    steps = _FIRST_STEPS * effort
    while sharpness <= _SHARPEST:
        length = _NOISE / (sharpness * np.sqrt(rows.shape[1]))
        disturbed = rows + length * rng.standard_normal(rows.shape)
        work = np.float32 if sharpness <= _FLOAT32_SHARPNESS else np.float64
        found, last, soft = ascend(problem, disturbed.astype(work), sharpness, max(1, round(steps)))
        tell(f"sharpness {sharpness:.3g}: margin {found.margin:.6g}")
        best = found if found.margin > best.margin else best
        rows = last.rows
        if soft > _SHARP_ENOUGH * last.margin > 0:
            break
        if last.margin < 0 and sharpness * abs(start.margin) > _HOPELESS:
            break
        sharpness *= _FACTOR
        steps = _STEPS * effort
    return best
