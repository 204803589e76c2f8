"""Constructions: from a relevance to query and document vectors, each with a theorem."""

from hrgeom.constructions._centroid_hubs import HubSizes, centroid_hubs, hub_sizes
from hrgeom.constructions._choose import Choice, choose, promises
from hrgeom.constructions._construct import construct
from hrgeom.constructions._kraft_trie import kraft_trie
from hrgeom.constructions._moment_curve import moment_curve, moment_curve_exact, moment_margin
from hrgeom.constructions._planner import (
    LADDER,
    Description,
    Point,
    described_frontier,
    frontier,
    least_for_margin,
)
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._registry import REGISTRY, Construction
from hrgeom.constructions._sdp import MOST_VECTORS, SDPOptimum, margin_upper_bound, sdp, sdp_optimum
from hrgeom.constructions.direct_sum import block_code, hybrid, mixed
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.constructions.queries import (
    dual_frame,
    gaussian_centroid,
    least_dim_of,
    max_margin,
    max_margin_queries,
)

__all__ = [
    "LADDER",
    "MOST_VECTORS",
    "REGISTRY",
    "Choice",
    "Construction",
    "Description",
    "HubSizes",
    "Point",
    "Promise",
    "SDPOptimum",
    "block_code",
    "centroid_hubs",
    "choose",
    "construct",
    "described_frontier",
    "dual_frame",
    "frontier",
    "gaussian_centroid",
    "half_plane",
    "hub_sizes",
    "hybrid",
    "interval",
    "kraft_trie",
    "least_dim_of",
    "least_for_margin",
    "margin_upper_bound",
    "max_margin",
    "max_margin_queries",
    "mixed",
    "moment_curve",
    "moment_curve_exact",
    "moment_margin",
    "promises",
    "sdp",
    "sdp_optimum",
]
