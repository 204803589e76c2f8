"""Learned embeddings: dual encoders that are lookup tables, and the recipes that train them.

A recipe such as `masked` returns a `Config`: plain data, saved beside its result. `train` carries
it out and requires torch, which is imported when `train`, `Trained` or `Recall` is first used; the
other names do without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hrgeom.learned._config import Config, ConfigError, Stage
from hrgeom.learned._graded import Graded, GradedRelevance
from hrgeom.learned._recipes import (
    RECIPES,
    Training,
    from_construction,
    logq,
    masked,
    masked_max_margin,
    pretrain_finetune,
    rebalanced,
    sampled,
    sigmoid,
    sigmoid_exact,
    standard,
)
from hrgeom.learned._samplers import PairSampler, TrainingPairs
from hrgeom.learned._splits import QuerySplit, split_pairs, split_queries

if TYPE_CHECKING:
    from hrgeom.learned._evaluation import Recall
    from hrgeom.learned._trainer import Trained, train

__all__ = [
    "RECIPES",
    "Config",
    "ConfigError",
    "Graded",
    "GradedRelevance",
    "PairSampler",
    "QuerySplit",
    "Recall",
    "Stage",
    "Trained",
    "Training",
    "TrainingPairs",
    "from_construction",
    "logq",
    "masked",
    "masked_max_margin",
    "pretrain_finetune",
    "rebalanced",
    "sampled",
    "sigmoid",
    "sigmoid_exact",
    "split_pairs",
    "split_queries",
    "standard",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in ("Recall", "Trained", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hrgeom.learned import _evaluation, _trainer

    return getattr(_evaluation if name == "Recall" else _trainer, name)
