"""Bounds: what no embedding can do, and what some embedding does, one theorem a module."""

from hrgeom.bounds._bound import SETTINGS, Bound
from hrgeom.bounds._certified_constructions import Placed, contradictions, place
from hrgeom.bounds._registry import THEOREMS, Theorem, all_bounds, strongest
from hrgeom.bounds.ceilings import (
    perfect_tree_ceiling,
    subsets_ceiling,
    subtree_ceiling,
    tree_ceiling,
)
from hrgeom.bounds.lower import (
    forster,
    packing_dim,
    radon,
    radon_dim,
    radon_dim_exactly,
    signed_identity,
    vc_dimension,
)
from hrgeom.bounds.random import (
    compressed_dim,
    failure_probability,
    least_dim,
    theorem_3_1_dim,
    wrong_pairs,
)

__all__ = [
    "SETTINGS",
    "THEOREMS",
    "Bound",
    "Placed",
    "Theorem",
    "all_bounds",
    "compressed_dim",
    "contradictions",
    "failure_probability",
    "forster",
    "least_dim",
    "packing_dim",
    "perfect_tree_ceiling",
    "place",
    "radon",
    "radon_dim",
    "radon_dim_exactly",
    "signed_identity",
    "strongest",
    "subsets_ceiling",
    "subtree_ceiling",
    "theorem_3_1_dim",
    "tree_ceiling",
    "vc_dimension",
    "wrong_pairs",
]
