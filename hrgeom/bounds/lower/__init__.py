"""Lower bounds on the dimension: theorems by which no embedding has fewer dimensions."""

from hrgeom.bounds.lower._bits import THEOREM as BITS
from hrgeom.bounds.lower._bits import LeastBits, least_bits
from hrgeom.bounds.lower._chirotope import THEOREM as CHIROTOPE
from hrgeom.bounds.lower._chirotope import Chirotope, Refutation, chirotope, sign_clauses
from hrgeom.bounds.lower._counting import counting_dim, worst_hierarchy_dim
from hrgeom.bounds.lower._forster import THEOREM as FORSTER
from hrgeom.bounds.lower._forster import ForsterBound, forster, squared_norm_bound
from hrgeom.bounds.lower._packing import THEOREM as PACKING
from hrgeom.bounds.lower._packing import Packing, packing, packing_dim, subsets_packing_dim
from hrgeom.bounds.lower._radon import (
    ALL_SUBSETS,
    Halved,
    largest_halved_sets,
    radon_dimension,
    radon_dimension_exactly,
)
from hrgeom.bounds.lower._radon import THEOREM as RADON
from hrgeom.bounds.lower._rainbow import THEOREM as RAINBOW
from hrgeom.bounds.lower._rainbow import Rainbows, rainbows
from hrgeom.bounds.lower._signed_identity import THEOREM as SIGNED_IDENTITY
from hrgeom.bounds.lower._signed_identity import SignedIdentity, signed_identity
from hrgeom.bounds.lower._vc import THEOREM as VC_DIMENSION
from hrgeom.bounds.lower._vc import Shattered, largest_shattered_sets, shattered

__all__ = [
    "THEOREMS",
    "Chirotope",
    "ForsterBound",
    "Halved",
    "LeastBits",
    "Packing",
    "Rainbows",
    "Refutation",
    "Shattered",
    "SignedIdentity",
    "chirotope",
    "counting_dim",
    "forster",
    "largest_halved_sets",
    "largest_shattered_sets",
    "least_bits",
    "packing",
    "packing_dim",
    "radon_dimension",
    "radon_dimension_exactly",
    "rainbows",
    "shattered",
    "sign_clauses",
    "signed_identity",
    "squared_norm_bound",
    "subsets_packing_dim",
    "worst_hierarchy_dim",
]

THEOREMS = (
    SIGNED_IDENTITY,
    VC_DIMENSION,
    FORSTER,
    RADON,
    ALL_SUBSETS,
    RAINBOW,
    CHIROTOPE,
    PACKING,
    BITS,
)
"""Lower bounds on the dimension, and on bits, in the order in which they are shown."""
