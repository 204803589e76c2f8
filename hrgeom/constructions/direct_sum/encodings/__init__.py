"""Encodings: coordinates of one summand, by tries, arcs, polygons or spherical codes."""

from hrgeom.constructions.direct_sum.encodings._arc import arc_option
from hrgeom.constructions.direct_sum.encodings._polygon import most_positions, polygon_option
from hrgeom.constructions.direct_sum.encodings._spherical import block_part
from hrgeom.constructions.direct_sum.encodings._trie import trie_levels, trie_option

__all__ = [
    "arc_option",
    "block_part",
    "most_positions",
    "polygon_option",
    "trie_levels",
    "trie_option",
]
