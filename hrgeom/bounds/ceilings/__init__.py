"""Margin ceilings, which no embedding exceeds in any dimension, and margins that reach them."""

from hrgeom.bounds.ceilings._all_subsets import THEOREM as ALL_SUBSETS
from hrgeom.bounds.ceilings._all_subsets import subsets_ceiling, subsets_full_gap
from hrgeom.bounds.ceilings._optimum import CEILING as OPTIMUM_CEILING
from hrgeom.bounds.ceilings._optimum import FLOOR as OPTIMUM_FLOOR
from hrgeom.bounds.ceilings._part import Part, part_of
from hrgeom.bounds.ceilings._part_ceiling import THEOREM as STORED
from hrgeom.bounds.ceilings._part_ceiling import (
    PartCeiling,
    bundled_ceilings,
    part_ceiling,
    read_ceiling,
    write_ceiling,
)
from hrgeom.bounds.ceilings._perfect_tree_sdp import (
    TreeCeiling,
    perfect_tree_ceiling,
    symmetric_tree_ceiling,
    tree_ceiling,
    verify,
)
from hrgeom.bounds.ceilings._shattered import THEOREM as SHATTERED
from hrgeom.bounds.ceilings._subtree import SubtreeCeiling, is_subtree, subtree_ceiling
from hrgeom.bounds.ceilings._symmetric_tree import CEILING as TREE_CEILING
from hrgeom.bounds.ceilings._symmetric_tree import FLOOR as TREE_FLOOR
from hrgeom.bounds.ceilings._symmetric_tree import symmetric_branchings

__all__ = [
    "THEOREMS",
    "Part",
    "PartCeiling",
    "SubtreeCeiling",
    "TreeCeiling",
    "bundled_ceilings",
    "is_subtree",
    "part_ceiling",
    "part_of",
    "perfect_tree_ceiling",
    "read_ceiling",
    "subsets_ceiling",
    "subsets_full_gap",
    "subtree_ceiling",
    "symmetric_branchings",
    "symmetric_tree_ceiling",
    "tree_ceiling",
    "verify",
    "write_ceiling",
]

THEOREMS = (
    OPTIMUM_FLOOR,
    TREE_FLOOR,
    OPTIMUM_CEILING,
    TREE_CEILING,
    STORED,
    ALL_SUBSETS,
    SHATTERED,
)
"""Theorems of the margin in any dimension, in the order in which they are shown."""
