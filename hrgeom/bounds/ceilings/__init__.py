"""Ceilings: margins that no embedding exceeds, in any dimension."""

from hrgeom.bounds.ceilings._all_subsets import subsets_ceiling, subsets_full_gap
from hrgeom.bounds.ceilings._perfect_tree_sdp import (
    TreeCeiling,
    perfect_tree_ceiling,
    symmetric_tree_ceiling,
    tree_ceiling,
    verify,
)
from hrgeom.bounds.ceilings._subtree import is_subtree, subtree_ceiling

__all__ = [
    "TreeCeiling",
    "is_subtree",
    "perfect_tree_ceiling",
    "subsets_ceiling",
    "subsets_full_gap",
    "subtree_ceiling",
    "symmetric_tree_ceiling",
    "tree_ceiling",
    "verify",
]
