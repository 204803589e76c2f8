"""Hierarchies and judgments to work with: bundled, generated, or read from published data."""

from hrgeom.datasets._esci import EsciJudgments, load_esci
from hrgeom.datasets._generators import (
    TREE_SHAPES,
    perfect_tree,
    random_dag,
    random_subsets,
    random_tree,
)
from hrgeom.datasets._published import limit_small, published_source, published_table
from hrgeom.datasets._versions import later_version
from hrgeom.io.hierarchies import BUNDLED, BundledHierarchy, bundled, load

__all__ = [
    "BUNDLED",
    "TREE_SHAPES",
    "BundledHierarchy",
    "EsciJudgments",
    "bundled",
    "later_version",
    "limit_small",
    "load",
    "load_esci",
    "perfect_tree",
    "published_source",
    "published_table",
    "random_dag",
    "random_subsets",
    "random_tree",
]
