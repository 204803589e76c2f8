"""Explicit spherical codes, each with a proof or an exhaustive check."""

from hrgeom.constructions.codes.spherical._classical import cross_polytope, simplex
from hrgeom.constructions.codes.spherical._code import SphericalCode
from hrgeom.constructions.codes.spherical._inner import largest_inner
from hrgeom.constructions.codes.spherical._leech import golay
from hrgeom.constructions.codes.spherical._menu import menu
from hrgeom.constructions.codes.spherical._slices import slices

__all__ = ["SphericalCode", "cross_polytope", "golay", "largest_inner", "menu", "simplex", "slices"]
