"""Codes: coordinates for one class of intervals."""

from hrgeom.constructions.codes._arc import ArcCode, unit_directions
from hrgeom.constructions.codes._block import CodeBlock, IntervalCode
from hrgeom.constructions.codes._parabola import ParabolaCode

__all__ = ["ArcCode", "CodeBlock", "IntervalCode", "ParabolaCode", "unit_directions"]
