"""Learned embeddings: dual encoders that are lookup tables, and the recipes that train them.

A recipe (`recipes`) is a `Config`: plain data, saved beside its result. `hrgeom.learned.trainer`
carries it out and needs torch; samplers, batches, splits and recipes do not.
"""

from hrgeom.learned.config import Config, Stage
from hrgeom.learned.graded import GradedRelevance
from hrgeom.learned.recipes import RECIPES
from hrgeom.learned.samplers import PairSampler
from hrgeom.learned.splits import QuerySplit, split_pairs, split_queries

__all__ = [
    "RECIPES",
    "Config",
    "GradedRelevance",
    "PairSampler",
    "QuerySplit",
    "Stage",
    "split_pairs",
    "split_queries",
]
