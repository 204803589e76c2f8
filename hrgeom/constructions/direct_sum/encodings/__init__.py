"""Encodings: coordinates of one summand, by tries, arcs, polygons or spherical codes."""

from hrgeom.constructions.direct_sum.encodings._arc import arc_encoding
from hrgeom.constructions.direct_sum.encodings._polygon import most_positions, polygon_encoding
from hrgeom.constructions.direct_sum.encodings._spherical import block_summand
from hrgeom.constructions.direct_sum.encodings._trie import trie_encoding, trie_levels

__all__ = [
    "arc_encoding",
    "block_summand",
    "most_positions",
    "polygon_encoding",
    "trie_encoding",
    "trie_levels",
]
