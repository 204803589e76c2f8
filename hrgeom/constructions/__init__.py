"""Constructions: from a relevance to query and document vectors, each with a theorem."""

from hrgeom.constructions._asking import DEFAULT_MARGIN, promises
from hrgeom.constructions._centroid_hubs import HubSizes, centroid_hubs, hub_sizes
from hrgeom.constructions._construct import AUTO_OPTIONS, construct
from hrgeom.constructions._construction import EFFORT, MINUTES, NOTION, Construction, Option
from hrgeom.constructions._descent import descent
from hrgeom.constructions._kraft_trie import kraft_trie
from hrgeom.constructions._moment_curve import moment_curve, moment_curve_exact, moment_margin
from hrgeom.constructions._planner import (
    LADDER,
    Description,
    FrontierPoint,
    described_frontier,
    frontier,
    least_for_margin,
)
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._registry import (
    CONSTRUCTIONS,
    all_constructions,
    constructions_table,
    find_construction,
    promise_of,
)
from hrgeom.constructions._result import Attempt, ConstructionResult
from hrgeom.constructions._sdp import (
    MOST_VECTORS,
    SDPOptimum,
    is_positive_semidefinite,
    margin_upper_bound,
    sdp,
    sdp_optimum,
)
from hrgeom.constructions._treewidth import treewidth
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
    "AUTO_OPTIONS",
    "CONSTRUCTIONS",
    "DEFAULT_MARGIN",
    "EFFORT",
    "LADDER",
    "MINUTES",
    "MOST_VECTORS",
    "NOTION",
    "Attempt",
    "Construction",
    "ConstructionResult",
    "Description",
    "FrontierPoint",
    "HubSizes",
    "Option",
    "Promise",
    "SDPOptimum",
    "all_constructions",
    "block_code",
    "centroid_hubs",
    "construct",
    "constructions_table",
    "descent",
    "described_frontier",
    "dual_frame",
    "find_construction",
    "frontier",
    "gaussian_centroid",
    "half_plane",
    "hub_sizes",
    "hybrid",
    "interval",
    "is_positive_semidefinite",
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
    "promise_of",
    "promises",
    "sdp",
    "sdp_optimum",
    "treewidth",
]
