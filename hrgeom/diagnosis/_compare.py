"""Models compared with each other and with what geometry allows.

Four kinds of statements stand side by side and are kept apart. *Certified*: the certificate,
the causes of failures, the lower bound on the dimension, the ceiling. *Promised*: what a
construction has in a number of dimensions. *Observed*: metrics of the ranking. And a cause is
known for the queries that were looked at, no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import Reduction, reduce_blocks
from hrgeom.bounds.ceilings import subtree_ceiling
from hrgeom.checker import Certificate, certify
from hrgeom.constructions import FrontierPoint, frontier
from hrgeom.core import DualEmbedding, Hierarchy, Notion, Relevance, Target, as_relevance, fitted
from hrgeom.diagnosis._answers import answer, doubt
from hrgeom.diagnosis._causes import Diagnosis, diagnose
from hrgeom.diagnosis._failing import FailingReduction, failing_sample, restricted
from hrgeom.diagnosis._limits import Limit, dimension_limit
from hrgeom.diagnosis._readings import Reading, other_reading
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.metrics import (
    RankingMetrics,
    RankingReduction,
    RecallReduction,
    embedding_scores,
    poincare_lift,
    sample,
)
from hrgeom.models import Model

__all__ = [
    "N_DIAGNOSED",
    "N_QUERIES",
    "Comparison",
    "Report",
    "compare",
]

N_QUERIES = 5_000
N_DIAGNOSED = 200


@dataclass(frozen=True, eq=False)
class Report:
    """What was found out about one model.

    Attributes
    ----------
    name, source, score : str
        As in `Model`.
    dim, dtype : int, str
        Of the model's vectors.
    scored_dim : int
        Dimension of the inner products that rank as the model does: one more for Poincare.
    metrics : RankingMetrics
        Observed, over a sample of the queries.
    recall : ndarray of float64, shape (n_distances,)
        Share of matches retrieved by distance, over that sample: in the top |S(q)| for the row
        notion, above the threshold for the global one. Empty for judgments.
    overall : float
        The same over all pairs of the sample; of judgments, in the top |S(q)| for either notion.
    certificate : Certificate
        Over all pairs.
    fewest : FrontierPoint or None
        The construction of fewest dimensions for the model's stored type, as promised.
    same_dim : FrontierPoint or None
        The largest margin promised for that type within the model's dimensions; None if nothing
        is promised within them.
    failing : ndarray of int64, shape (k,)
        The queries that were diagnosed: a random sample of those that fail.
    diagnosis : Diagnosis or None
        Of these alone, numbered from 0; None if none fails.
    example : dict or None
        One query that no vector serves, by labels: `query`, `matches` and `others` that no query
        vector tells apart, `how` that is proved. Of the fewest documents among those found.
    reading : Reading or None
        Another way to read the vectors that retrieves more, or a sign that rows are mixed up.
        Looked for where the certificate fails; observed.
    """

    name: str
    source: str
    score: str
    dim: int
    dtype: str
    scored_dim: int
    metrics: RankingMetrics
    recall: NDArray[np.float64]
    overall: float
    certificate: Certificate
    fewest: FrontierPoint | None
    same_dim: FrontierPoint | None
    failing: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    diagnosis: Diagnosis | None = None
    example: dict[str, Any] | None = None
    reading: Reading | None = None

    @property
    def verdict(self) -> str:
        """Holds, or the gravest cause of failure, "impossible" before all others.

        "undecided", too, if a query fails and none was diagnosed.
        """
        if self.certificate.holds:
            return "holds"
        return "undecided" if self.diagnosis is None else self.diagnosis.verdict

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "name": self.name,
            "source": self.source,
            "score": self.score,
            "dim": self.dim,
            "scored_dim": self.scored_dim,
            "dtype": self.dtype,
            "verdict": self.verdict,
            "recall_by_distance": [None if r != r else r for r in self.recall.tolist()],
            "overall": self.overall,
            "metrics": self.metrics.to_dict(),
            "certificate": self.certificate.to_dict(),
            "fewest": None if self.fewest is None else self.fewest.to_dict(),
            "same_dim": None if self.same_dim is None else self.same_dim.to_dict(),
            "diagnosed": self.failing.tolist(),
            "diagnosis": None if self.diagnosis is None else self.diagnosis.to_dict(),
            "example": self.example,
            "reading": None if self.reading is None else self.reading.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models side by side, and what geometry allows any of them.

    Attributes
    ----------
    notion : {"global", "row"}
        Whether models are asked for one threshold or for a ranking per query.
    n_nodes, n_queries, seed : int
        Queries in all, queries in the sample of the metrics, and the seed of the samples.
    limit : Limit
        No embedding has fewer dimensions, be its margin ever so small. Certified.
    ceiling : float or None
        No embedding has a larger normalized margin, in any dimension. Certified; None if it is not
        known (judgments, or cvxpy is missing).
    reports : tuple of Report
        In the order of the models.
    """

    notion: Notion
    n_nodes: int
    n_queries: int
    seed: int
    limit: Limit
    ceiling: float | None
    reports: tuple[Report, ...]

    @property
    def holds(self) -> bool:
        """True if every model's certificate holds."""
        return all(report.certificate.holds for report in self.reports)

    @property
    def exit_code(self) -> int:
        """0 if all hold, else 1."""
        return 0 if self.holds else 1

    @property
    def answers(self) -> dict[str, str]:
        """For each model, by name: whether it holds, or lacks training or geometry, and why."""
        return {report.name: answer(report, self.limit) for report in self.reports}

    @property
    def doubts(self) -> dict[str, str]:
        """For models that may be read in the wrong way, by name: why, and what to try."""
        return {
            report.name: doubt(report.reading)
            for report in self.reports
            if report.reading is not None
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "format": "hrgeom-comparison",
            "format_version": 1,
            "notion": self.notion,
            "n_nodes": self.n_nodes,
            "n_sampled": self.n_queries,
            "seed": self.seed,
            "limit": {"dim": self.limit.dim, "theorem": self.limit.theorem},
            "ceiling": self.ceiling,
            "models": [report.to_dict() for report in self.reports],
        }


def compare(
    models: Sequence[Model],
    target: Target,
    *,
    notion: Notion = "row",
    n_queries: int | None = N_QUERIES,
    n_diagnosed: int = N_DIAGNOSED,
    seed: int = 0,
    effort: float = 1.0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Comparison:
    """Compare models: how they rank, whether they hold, and why not.

    Parameters
    ----------
    models : sequence of Model
        Their names must be distinct.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    notion : {"global", "row"}
        Whether one threshold must serve all queries, or each is ranked by itself. "global": with
        the threshold of the embedding, or the middle between its worst match and best non-match;
        not for models ranked by Poincare distances, which have no such threshold.
    n_queries : int, optional
        Size of the sample for metrics; None for all. Certificates are over all pairs.
    n_diagnosed : int
        Failing queries of each model to diagnose.
    seed : int
        Seed of the samples.
    effort : float
        How long constructions search.
    report : callable, optional
        Called with a line of text at every step.
    **checking
        Keywords of `certify`: kernel, filter, threads, memory, progress.

    Returns
    -------
    comparison : Comparison
        One report per model, in their order, beside the limit and the ceiling of the target.

    Raises
    ------
    ShapeError
        If there is no model, names repeat, an embedding does not fit, or a Poincare model comes
        with the global notion or has a row outside the ball.

    Notes
    -----
    Each model is certified over all pairs, and scored once more in floats: one pass over the
    sample of queries and all documents gives metrics, recall and failing queries. Beyond it only
    queries outside the sample are scored, until enough failing ones are known, and those that
    are diagnosed. Failing queries are the first that fail in a random order of all queries, by
    the model's own scores.

    Examples
    --------
    >>> from hrgeom.models import read_model
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
    >>> found = compare([read_model("construction", h)], h)
    >>> found.holds, found.reports[0].verdict, found.reports[0].metrics.map
    (True, 'holds', 1.0)
    """
    relevance = as_relevance(target)
    tell = report or (lambda line: None)
    models = _fitted(models, relevance, notion)
    tell("lower bounds on the dimension")
    limit = dimension_limit(relevance, notion=notion)
    ceiling = _ceiling(target, notion, tell)
    judge = _Judge(
        target, relevance, notion, limit, n_queries, n_diagnosed, seed, effort, tell, checking
    )
    reports = tuple(judge.report(model) for model in models)
    sampled = relevance.n_queries if n_queries is None else min(n_queries, relevance.n_queries)
    return Comparison(notion, relevance.n_queries, sampled, seed, limit, ceiling, reports)


@dataclass(frozen=True, eq=False)
class _Judge:
    """What all models are judged against, and how; `compare` says what each means."""

    target: Target
    relevance: Relevance
    notion: Notion
    limit: Limit
    n_queries: int | None
    n_diagnosed: int
    seed: int
    effort: float
    tell: Callable[[str], None]
    checking: dict[str, Any]

    def report(self, model: Model) -> Report:
        """Return everything about one model."""
        dim, dtype = model.embedding.dim, str(model.embedding.dtype)
        self.tell(f"{model.name}: constructions for {dtype}")
        points = frontier(
            self.relevance, dtypes=[dtype], dims=[dim], default=False, effort=self.effort
        )
        self.tell(f"{model.name}: all pairs")
        is_lifted = model.score == "poincare"
        scored = poincare_lift(model.embedding) if is_lifted else model.embedding
        certificate = certify(scored, self.target, notion=self.notion, **self.checking)
        self.tell(f"{model.name}: metrics")
        observed = self._observed(model, certificate)
        failing, diagnosis = np.empty(0, dtype=np.int64), None
        if observed.failing is not None:
            self.tell(f"{model.name}: causes")
            failing, diagnosis = self._diagnosed(model, scored, observed.failing)
        return Report(
            name=model.name,
            source=model.source,
            score=model.score,
            dim=dim,
            dtype=dtype,
            scored_dim=scored.dim,
            metrics=observed.metrics,
            recall=observed.recall,
            overall=observed.overall,
            certificate=certificate,
            fewest=points[0] if points else None,
            same_dim=_within(points, dim),
            failing=failing,
            diagnosis=diagnosis,
            example=_example(diagnosis, failing, self.relevance),
            reading=None
            if certificate.holds
            else other_reading(model, self.target, seed=self.seed),
        )

    def _other_reading(self, model: Model, certificate: Certificate) -> Reading | None:
        """Return another way to read a model that fails, if it retrieves more."""
        if certificate.holds:
            return None
        self.tell(f"{model.name}: other ways to read it")
        return other_reading(model, self.target, seed=self.seed)

    def _observed(self, model: Model, certificate: Certificate) -> _Observed:
        """Return all that is observed of a model, from one pass over the scores of the sample."""
        ranking = RankingReduction(self.target)
        reductions: list[Reduction] = [ranking]
        above: RecallReduction | None = None
        if self.notion == "global" and isinstance(self.target, Hierarchy):
            above = RecallReduction(self.target, certificate.threshold)
            reductions.append(above)
        failing: FailingReduction | None = None
        if certificate.n_violating_queries and self.n_diagnosed:
            failing = FailingReduction(self.relevance, self.notion, certificate.threshold)
            reductions.append(failing)
        chosen = sample(self.relevance.n_queries, self.n_queries, self.seed)
        reduce_blocks(embedding_scores(model.embedding, chosen, model.score), *reductions)
        metrics = ranking.result()
        if above is None:
            return _Observed(metrics, metrics.recall, metrics.pair_recall, failing)
        recall = above.result()
        return _Observed(metrics, recall.recall, recall.overall, failing)

    def _diagnosed(
        self, model: Model, scored: DualEmbedding, failing: FailingReduction
    ) -> tuple[NDArray[np.int64], Diagnosis | None]:
        """Return a sample of the failing queries and its diagnosis, None if none fails."""
        chosen = failing_sample(
            failing,
            lambda numbers: embedding_scores(model.embedding, numbers, model.score),
            n_wanted=self.n_diagnosed,
            seed=self.seed,
        )
        if not len(chosen):
            return chosen, None
        part = restricted(scored, self.relevance, chosen)
        level = failing.threshold
        return chosen, diagnose(*part, notion=self.notion, threshold=level, limit=self.limit)


@dataclass(frozen=True, eq=False)
class _Observed:
    """What the scores of a sample show; `failing` is None if no query is to be diagnosed."""

    metrics: RankingMetrics
    recall: NDArray[np.float64]
    overall: float
    failing: FailingReduction | None


def _fitted(models: Sequence[Model], relevance: Relevance, notion: Notion) -> list[Model]:
    """Return the models with rows in order, or raise ShapeError before minutes of work."""
    if not models:
        raise ShapeError("there must be a model to compare: got none")
    names = [model.name for model in models]
    for name in names:
        if names.count(name) > 1:
            raise ShapeError(
                f"models must have distinct names: got {name!r} twice; say name= for one of them"
            )
    in_order = [replace(m, embedding=fitted(m.embedding, relevance)) for m in models]
    for model in in_order:
        if model.score == "poincare":
            if notion == "global":
                raise ShapeError(
                    "the notion must be row for a model ranked by Poincare distances: got global "
                    f"for {model.name!r}"
                )
            poincare_lift(model.embedding)
    return in_order


def _ceiling(target: Target, notion: Notion, tell: Callable[[str], None]) -> float | None:
    if not isinstance(target, Hierarchy):
        return None
    tell("ceiling of the margin")
    try:
        return subtree_ceiling(target, notion=notion).ceiling.upper
    except ConstructionError as error:
        tell(f"no ceiling: {error}")
        return None


def _example(
    diagnosis: Diagnosis | None, failing: NDArray[np.int64], relevance: Relevance
) -> dict[str, Any] | None:
    """Return the certificate of fewest documents, by labels."""
    if diagnosis is None or not diagnosis.inseparable:
        return None
    found = min(diagnosis.inseparable, key=lambda one: len(one.matches) + len(one.others))
    return {
        "query": relevance.query_labels[failing[found.query]],
        "matches": [relevance.document_labels[v] for v in found.matches],
        "others": [relevance.document_labels[v] for v in found.others],
        "how": found.how,
    }


def _within(points: Sequence[FrontierPoint], dim: int) -> FrontierPoint | None:
    """Return the point of the largest margin within a number of dimensions."""
    inside = [point for point in points if point.dim <= dim]
    return max(inside, key=lambda point: point.margin or 0.0, default=None)
