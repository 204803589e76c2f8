"""Bounds: what no embedding can do, and what some embedding does, one theorem a module.

Names are looked up when they are used, so that importing one module loads no other. A function that
is called like its module (`forster`, `packing`, `radon`, `signed_identity`, `subtree_ceiling`) is
imported from there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hrgeom.bounds.bound import SETTINGS, Bound
    from hrgeom.bounds.compression import compressed_dim
    from hrgeom.bounds.exact_law import least_dim, wrong_pairs
    from hrgeom.bounds.margin_ceilings import subsets_ceiling
    from hrgeom.bounds.packing import packing_dim
    from hrgeom.bounds.perfect_tree_sdp import perfect_tree_ceiling
    from hrgeom.bounds.placed import Placed, contradictions, place
    from hrgeom.bounds.radon import radon_dim, radon_dim_exactly
    from hrgeom.bounds.table import THEOREMS, Theorem, all_bounds, strongest
    from hrgeom.bounds.theorem_3_1 import theorem_3_1_dim
    from hrgeom.bounds.vc import vc_dimension

__all__ = [
    "SETTINGS",
    "THEOREMS",
    "Bound",
    "Placed",
    "Theorem",
    "all_bounds",
    "compressed_dim",
    "contradictions",
    "least_dim",
    "packing_dim",
    "perfect_tree_ceiling",
    "place",
    "radon_dim",
    "radon_dim_exactly",
    "strongest",
    "subsets_ceiling",
    "theorem_3_1_dim",
    "vc_dimension",
    "wrong_pairs",
]

_MODULES = {
    "bound": ("SETTINGS", "Bound"),
    "compression": ("compressed_dim",),
    "exact_law": ("least_dim", "wrong_pairs"),
    "margin_ceilings": ("subsets_ceiling",),
    "packing": ("packing_dim",),
    "perfect_tree_sdp": ("perfect_tree_ceiling",),
    "placed": ("Placed", "contradictions", "place"),
    "radon": ("radon_dim", "radon_dim_exactly"),
    "table": ("THEOREMS", "Theorem", "all_bounds", "strongest"),
    "theorem_3_1": ("theorem_3_1_dim",),
    "vc": ("vc_dimension",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
