"""Metrics of retrieval: recall by distance, ranking, the lift to inner products."""

from hrgeom.metrics._metrics import (
    RankingMetrics,
    RecallByDistance,
    poincare_lift,
    ranking_metrics,
    recall_by_distance,
    sample,
)

__all__ = [
    "RankingMetrics",
    "RecallByDistance",
    "poincare_lift",
    "ranking_metrics",
    "recall_by_distance",
    "sample",
]
