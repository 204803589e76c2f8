"""Models judged against what geometry allows: how they rank, whether they hold, and why not.

Four kinds of words stand beside each other here and are kept apart. *Certified*: the certificate,
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

from hrgeom.bounds.ceilings import subtree_ceiling
from hrgeom.checker import Certificate, certify
from hrgeom.constructions import FrontierPoint, frontier
from hrgeom.core import DualEmbedding, Hierarchy, Notion, Relevance, as_relevance, check_fit
from hrgeom.diagnosis._causes import Diagnosis, diagnose
from hrgeom.diagnosis._limits import Limit, dimension_limit
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.metrics import RankingMetrics, poincare_lift, ranking_metrics, recall_by_distance
from hrgeom.models import Model

__all__ = [
    "N_DIAGNOSED",
    "N_QUERIES",
    "Comparison",
    "Report",
    "compare",
    "failing_queries",
    "restricted",
]

N_QUERIES = 5_000
N_DIAGNOSED = 200
_SCORES_AT_A_TIME = 2**23


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
    recall, overall : ndarray of float64, float
        By distance (empty for judgments) and over all pairs of that sample, for the notion:
        in the top |S(q)|, or above the threshold.
    certificate : Certificate
        Over all pairs.
    fewest : FrontierPoint or None
        The construction of fewest dimensions for the model's stored type, as promised.
    same_dim : FrontierPoint or None
        The largest margin promised for that type within the model's dimensions; None if nothing
        is promised within them.
    failing : ndarray of int64
        The queries that were diagnosed: a random sample of those that fail.
    diagnosis : Diagnosis or None
        Of these alone, numbered from 0; None if none fails.
    example : dict or None
        One query that no vector serves, by labels: `query`, `matches` and `others` that no query
        vector tells apart, `how` that is proved. Of the fewest documents among those found.
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
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """Models side by side, and what geometry allows any of them.

    Attributes
    ----------
    notion : {"global", "row"}
    n_nodes, n_queries, seed : int
        Queries in all, and in the sample of the metrics.
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
    target: Hierarchy | Relevance,
    *,
    notion: Notion = "row",
    n_queries: int | None = N_QUERIES,
    n_diagnosed: int = N_DIAGNOSED,
    seed: int = 0,
    effort: float = 1.0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Comparison:
    """Return how models rank, whether they hold, and what stands in the way.

    Parameters
    ----------
    models : sequence of Model
        Their names must be distinct.
    target : Hierarchy or Relevance
    notion : {"global", "row"}
        global: with the threshold of the embedding, or the middle between its worst match and best
        non-match; not for models ranked by Poincare distances, which have no such threshold.
    n_queries : int, optional
        Size of the sample for metrics; None for all. Certificates are over all pairs.
    n_diagnosed : int
        Failing queries of each model to diagnose.
    seed : int
        Of the samples.
    effort : float
        How long constructions search.
    report : callable, optional
        Called with a line of text at every step.
    **checking
        kernel, threads, memory, progress: passed to `certify`.

    Raises
    ------
    ShapeError
        If there is no model, names repeat, an embedding does not fit, or a Poincare model comes
        with the global notion or has a row outside the ball.

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
    _check(models, relevance, notion)
    tell("lower bounds on the dimension")
    limit = dimension_limit(relevance, notion=notion)
    ceiling = _ceiling(target, notion, tell)
    reports = []
    for model in models:
        tell(f"{model.name}: constructions for {model.embedding.dtype}")
        points = frontier(
            relevance,
            dtypes=[str(model.embedding.dtype)],
            dims=[model.embedding.dim],
            effort=effort,
        )
        tell(f"{model.name}: all pairs")
        is_lifted = model.score == "poincare"
        scored = poincare_lift(model.embedding) if is_lifted else model.embedding
        certificate = certify(scored, target, notion=notion, **checking)
        tell(f"{model.name}: metrics")
        metrics = ranking_metrics(
            model.embedding, target, score=model.score, n_queries=n_queries, seed=seed
        )
        recall, overall = metrics.recall, metrics.pair_recall
        if notion == "global" and isinstance(target, Hierarchy):
            above = recall_by_distance(
                model.embedding,
                target,
                notion="global",
                threshold=certificate.threshold,
                n_queries=n_queries,
                seed=seed,
            )
            recall, overall = above.recall, above.overall
        failing, diagnosis = np.empty(0, dtype=np.int64), None
        if certificate.n_violating_queries and n_diagnosed:
            tell(f"{model.name}: causes")
            level = certificate.threshold
            failing = failing_queries(
                scored, relevance, notion=notion, threshold=level, n_wanted=n_diagnosed, seed=seed
            )
        if len(failing):
            diagnosis = diagnose(
                *restricted(scored, relevance, failing), notion=notion, threshold=level, limit=limit
            )
        reports.append(
            Report(
                name=model.name,
                source=model.source,
                score=model.score,
                dim=model.embedding.dim,
                dtype=str(model.embedding.dtype),
                scored_dim=scored.dim,
                metrics=metrics,
                recall=recall,
                overall=overall,
                certificate=certificate,
                fewest=points[0] if points else None,
                same_dim=_within(points, model.embedding.dim),
                failing=failing,
                diagnosis=diagnosis,
                example=_example(diagnosis, failing, relevance),
            )
        )
    sampled = relevance.n_queries if n_queries is None else min(n_queries, relevance.n_queries)
    return Comparison(notion, relevance.n_queries, sampled, seed, limit, ceiling, tuple(reports))


def failing_queries(
    embedding: DualEmbedding,
    relevance: Relevance,
    *,
    notion: Notion,
    threshold: float | None = None,
    n_wanted: int,
    seed: int = 0,
) -> NDArray[np.int64]:
    """Return a random sample of the queries that fail, ascending; all if there are fewer.

    Observed: by scores in the type of `DualEmbedding.values`. A query whose match and non-match tie
    fails.

    Parameters
    ----------
    embedding : DualEmbedding
    relevance : Relevance
    notion : {"global", "row"}
    threshold : float, optional
        Needed for the global notion.
    n_wanted : int
    seed : int

    Raises
    ------
    ShapeError
        If the embedding does not fit, or the global notion has no threshold.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}], 2)
    >>> e = DualEmbedding([[1.0], [1.0]], [[1.0], [1.0]])
    >>> failing_queries(e, r, notion="row", n_wanted=5).tolist()
    [0]
    """
    check_fit(embedding, relevance)
    if notion == "global" and threshold is None:
        raise ShapeError("threshold must be given for the global notion: got None")
    queries, documents = embedding.values()
    order = np.random.default_rng(seed).permutation(relevance.n_queries)
    step = max(1, _SCORES_AT_A_TIME // embedding.n_documents)
    found: list[int] = []
    for start in range(0, len(order), step):
        block = order[start : start + step]
        scores = queries[block] @ documents.T
        for query, row in zip(block.tolist(), scores, strict=True):
            if len(found) == n_wanted:
                break
            matches = relevance.matches(query)
            worst = float(row[matches].min(initial=np.inf))
            row[matches] = -np.inf
            best = float(row.max())
            if notion == "row" or threshold is None:
                fails = best >= worst and len(matches) > 0
            else:
                fails = worst <= threshold or best >= threshold
            if fails:
                found.append(query)
    return np.sort(np.array(found, dtype=np.int64))


def restricted(
    embedding: DualEmbedding, relevance: Relevance, queries: NDArray[np.int64]
) -> tuple[DualEmbedding, Relevance]:
    """Return an embedding and a relevance with these queries alone, and all documents.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}], 2)
    >>> e = DualEmbedding([[1.0], [2.0]], [[1.0], [1.0]])
    >>> part, rows = restricted(e, r, np.array([1]))
    >>> part.queries.tolist(), rows.matches(0).tolist()
    ([[2.0]], [0, 1])
    """
    labels = tuple(relevance.query_labels[q] for q in queries.tolist())
    scale = embedding.query_scale
    part = replace(
        embedding,
        queries=embedding.queries[queries],
        query_scale=scale[queries] if isinstance(scale, np.ndarray) else scale,
        query_labels=labels,
    )
    rows = [relevance.matches(q) for q in queries.tolist()]
    indptr = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    return part, Relevance(
        indptr,
        np.concatenate(rows) if rows else np.empty(0, dtype=np.int32),
        relevance.n_documents,
        query_labels=labels,
        document_labels=relevance.document_labels,
    )


def _check(models: Sequence[Model], relevance: Relevance, notion: Notion) -> None:
    """Raise ShapeError for what would only come up after minutes."""
    if not models:
        raise ShapeError("there must be a model to compare: got none")
    names = [model.name for model in models]
    for name in names:
        if names.count(name) > 1:
            raise ShapeError(
                f"models must have distinct names: got {name!r} twice; say name= for one of them"
            )
    for model in models:
        check_fit(model.embedding, relevance)
        if model.score == "poincare":
            if notion == "global":
                raise ShapeError(
                    "the notion must be row for a model ranked by Poincare distances: got global "
                    f"for {model.name!r}"
                )
            poincare_lift(model.embedding)


def _ceiling(
    target: Hierarchy | Relevance, notion: Notion, tell: Callable[[str], None]
) -> float | None:
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
