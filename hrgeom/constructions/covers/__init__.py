"""Covers: documents split into classes that one code can embed."""

from hrgeom.constructions.covers._blocks import block_cover
from hrgeom.constructions.covers._condensed import CondensedCover, condensed
from hrgeom.constructions.covers._consecutive import (
    ConsecutiveCover,
    ConsecutivePalette,
    consecutive_cover,
    consecutive_lower_bound,
)
from hrgeom.constructions.covers._forest_cover import ForestCover
from hrgeom.constructions.covers._hubs import HeavyPaths, HubLists, Pairs
from hrgeom.constructions.covers._intervals import IntervalClass, IntervalCover
from hrgeom.constructions.covers._laminar import LaminarCover, LaminarPalette, laminar_cover
from hrgeom.constructions.covers._laminar_trie import (
    LaminarTrie,
    least_trie,
    trie_of,
    trie_palettes,
)
from hrgeom.constructions.covers._reserve import ReservedCover

__all__ = [
    "CondensedCover",
    "ConsecutiveCover",
    "ConsecutivePalette",
    "ForestCover",
    "HeavyPaths",
    "HubLists",
    "IntervalClass",
    "IntervalCover",
    "LaminarCover",
    "LaminarPalette",
    "LaminarTrie",
    "Pairs",
    "ReservedCover",
    "block_cover",
    "condensed",
    "consecutive_cover",
    "consecutive_lower_bound",
    "laminar_cover",
    "least_trie",
    "trie_of",
    "trie_palettes",
]
