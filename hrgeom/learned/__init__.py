"""Learned embeddings: dual encoders that are lookup tables, and the recipes that train them.

A recipe (`recipes`) is a `Config`: plain data, saved beside its result. `train` carries it
out and needs torch, which is imported when that name is first used; the rest does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hrgeom.learned._config import Config, Stage
from hrgeom.learned._graded import GradedRelevance
from hrgeom.learned._recipes import RECIPES
from hrgeom.learned._samplers import PairSampler
from hrgeom.learned._splits import QuerySplit, split_pairs, split_queries

if TYPE_CHECKING:
    from hrgeom.learned._trainer import Trained, train

__all__ = [
    "RECIPES",
    "Config",
    "GradedRelevance",
    "PairSampler",
    "QuerySplit",
    "Stage",
    "Trained",
    "split_pairs",
    "split_queries",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in ("Trained", "train"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hrgeom.learned import _trainer

    return getattr(_trainer, name)
