"""Embeddings made of embeddings: text beside a hierarchy, fewer bits, each certified anew."""

from hrgeom.derived._combine import Combined, combine
from hrgeom.derived._limits import Tie, WeightLimits
from hrgeom.derived._quantize import Quantized, Rung, quantize
from hrgeom.derived._text_order import TextOrder

__all__ = [
    "Combined",
    "Quantized",
    "Rung",
    "TextOrder",
    "Tie",
    "WeightLimits",
    "combine",
    "quantize",
]
