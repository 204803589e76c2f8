"""Learned embeddings: dual encoders that are lookup tables or read text, and their recipes.

A recipe such as `masked` returns a `Config`: plain data, saved beside its result. `train` carries
it out for tables, `train_text` for a tower above a text encoder. Both require torch, which is
imported when they, or the values that they return, are first used; the other names do without it.
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
    from hrgeom.learned._text_towers import TextTower, text_config, train_text
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
    "TextTower",
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
    "text_config",
    "train",
    "train_text",
]


def __getattr__(name: str) -> Any:
    if name not in _OF_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hrgeom.learned import _evaluation, _text_towers, _trainer

    module = {"evaluation": _evaluation, "text_towers": _text_towers, "trainer": _trainer}
    return getattr(module[_OF_TORCH[name]], name)


_OF_TORCH = {
    "Recall": "evaluation",
    "TextTower": "text_towers",
    "Trained": "trainer",
    "text_config": "text_towers",
    "train": "trainer",
    "train_text": "text_towers",
}
"""Names that are imported when first used, and the module of each."""
