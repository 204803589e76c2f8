"""Metrics of retrieval: recall by distance, ranking, the lift of Poincare distances.

All are reductions over blocks of float scores: `embedding_scores` yields the blocks, a reduction
(`RecallReduction`, `RankingReduction`) takes them in with `add` and gives its `result`; one pass
over queries and documents feeds as many reductions as are wanted.
"""

from hrgeom.metrics._poincare import poincare_lift
from hrgeom.metrics._ranking import QUANTILES, RankingMetrics, RankingReduction, ranking_metrics
from hrgeom.metrics._recall import RecallByDistance, RecallReduction, recall_by_distance
from hrgeom.metrics._scores import Score, embedding_scores, sample

__all__ = [
    "QUANTILES",
    "RankingMetrics",
    "RankingReduction",
    "RecallByDistance",
    "RecallReduction",
    "Score",
    "embedding_scores",
    "poincare_lift",
    "ranking_metrics",
    "recall_by_distance",
    "sample",
]
