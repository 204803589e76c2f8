"""Bounds: what no embedding can do, and what some embedding does, one theorem per module.

`all_bounds` applies every theorem of the registry to a hierarchy or a relevance, `strongest` picks
the best bound of a kind, and `certified_constructions` builds what lies between. The theorems'
own functions are here and in `hrgeom.bounds.lower`, `hrgeom.bounds.ceilings` and
`hrgeom.bounds.random`. Other distributions add theorems by entry points of the group
"hrgeom.theorems".
"""

from hrgeom.bounds._certified_constructions import (
    CertifiedConstruction,
    certified_constructions,
)
from hrgeom.bounds._consistency import contradictions
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._registry import (
    THEOREMS,
    all_bounds,
    all_theorems,
    lower_dimension_limit,
    strongest,
    theorem_table,
    theorems_named,
)
from hrgeom.bounds._theorem import (
    SETTINGS,
    Bound,
    Need,
    NotApplicableError,
    Quantity,
    Setting,
    Side,
    Statement,
    Status,
    Theorem,
    is_carried,
)
from hrgeom.bounds.ceilings import (
    perfect_tree_ceiling,
    subsets_ceiling,
    subtree_ceiling,
    tree_ceiling,
)
from hrgeom.bounds.lower import (
    forster,
    largest_halved_sets,
    largest_shattered_sets,
    packing_dim,
    radon_dimension,
    radon_dimension_exactly,
    signed_identity,
    worst_hierarchy_dim,
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
    "BoundsProblem",
    "CertifiedConstruction",
    "Need",
    "NotApplicableError",
    "Quantity",
    "Setting",
    "Side",
    "Statement",
    "Status",
    "Theorem",
    "all_bounds",
    "all_theorems",
    "certified_constructions",
    "compressed_dim",
    "contradictions",
    "failure_probability",
    "forster",
    "is_carried",
    "largest_halved_sets",
    "largest_shattered_sets",
    "least_dim",
    "lower_dimension_limit",
    "packing_dim",
    "perfect_tree_ceiling",
    "radon_dimension",
    "radon_dimension_exactly",
    "signed_identity",
    "strongest",
    "subsets_ceiling",
    "subtree_ceiling",
    "theorem_3_1_dim",
    "theorem_table",
    "theorems_named",
    "tree_ceiling",
    "worst_hierarchy_dim",
    "wrong_pairs",
]
