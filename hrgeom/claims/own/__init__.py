"""Claims of our own, one file per topic: what the constructions, bounds and pages of hrgeom state.

Constructions come first, then bounds and rounding, then numbers.
"""

from hrgeom.claims._claim import Claim
from hrgeom.claims.own import (
    _ceilings,
    _direct_sums,
    _hubs_and_queries,
    _intervals_and_tries,
    _lower_bounds,
    _mixture_band,
    _numbers,
    _random_directions,
    _rounding,
    _text_and_hierarchy,
)

__all__ = ["SOURCES"]

SOURCES: dict[str, tuple[str, tuple[Claim, ...]]] = {
    "constructions": (
        "hrgeom: constructions",
        (
            *_intervals_and_tries.CLAIMS,
            *_direct_sums.CLAIMS,
            *_hubs_and_queries.CLAIMS,
            *_random_directions.CLAIMS,
        ),
    ),
    "bounds": (
        "hrgeom: bounds and rounding",
        (
            *_ceilings.CLAIMS,
            *_lower_bounds.CLAIMS,
            *_rounding.CLAIMS,
            *_text_and_hierarchy.CLAIMS,
            *_mixture_band.CLAIMS,
        ),
    ),
    "numbers": ("hrgeom: numbers on the pages", _numbers.CLAIMS),
}
"""Name of the page -> its title and claims, in the order of the pages."""
