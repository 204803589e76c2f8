"""Codes: ways to embed one class of a cover. See `hrgeom.constructions.interval`."""

from hrgeom.constructions.codes.arc import ArcCode
from hrgeom.constructions.codes.block import CodeBlock, IntervalCode
from hrgeom.constructions.codes.parabola import ParabolaCode

__all__ = ["ArcCode", "CodeBlock", "IntervalCode", "ParabolaCode"]
