"""Lower bounds on the dimension."""

from hrgeom.bounds.lower._forster import forster, squared_norm_bound
from hrgeom.bounds.lower._packing import packing, packing_dim, subsets_packing_dim
from hrgeom.bounds.lower._radon import radon, radon_dim, radon_dim_exactly
from hrgeom.bounds.lower._signed_identity import signed_identity
from hrgeom.bounds.lower._vc import Shattered, vc_dimension

__all__ = [
    "Shattered",
    "forster",
    "packing",
    "packing_dim",
    "radon",
    "radon_dim",
    "radon_dim_exactly",
    "signed_identity",
    "squared_norm_bound",
    "subsets_packing_dim",
    "vc_dimension",
]
