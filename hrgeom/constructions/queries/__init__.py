"""Queries for given documents: sums, dual frames, largest margins."""

from hrgeom.constructions.queries._dual_frame import dual_frame, dual_frame_promise, least_dim_of
from hrgeom.constructions.queries._gaussian import gaussian_centroid
from hrgeom.constructions.queries._max_margin import QuerySolution, max_margin, max_margin_queries

__all__ = [
    "QuerySolution",
    "dual_frame",
    "dual_frame_promise",
    "gaussian_centroid",
    "least_dim_of",
    "max_margin",
    "max_margin_queries",
]
