"""Spherical codes: unit vectors with small inner products, explicit. See `menu`."""

from hrgeom.constructions.codes.spherical.code import SphericalCode
from hrgeom.constructions.codes.spherical.inner import largest_inner
from hrgeom.constructions.codes.spherical.menu import menu

__all__ = ["SphericalCode", "largest_inner", "menu"]
