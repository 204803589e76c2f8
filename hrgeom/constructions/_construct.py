"""Constructions: from a relevance to query and document vectors, each with a theorem."""

from __future__ import annotations

from typing import Any

from hrgeom.constructions.auto import Choice, choose, promises
from hrgeom.constructions.centroid_hubs import centroid_hubs
from hrgeom.constructions.direct_sum import block_code, hybrid, mixed
from hrgeom.constructions.dual_frame import dual_frame
from hrgeom.constructions.gaussian import gaussian_centroid
from hrgeom.constructions.interval import interval
from hrgeom.constructions.moment_curve import moment_curve
from hrgeom.constructions.promise import Promise
from hrgeom.constructions.registry import REGISTRY, Construction
from hrgeom.embedding import DualEmbedding
from hrgeom.errors import ConstructionError
from hrgeom.hierarchy import Hierarchy
from hrgeom.relevance import Relevance

__all__ = [
    "REGISTRY",
    "Choice",
    "Construction",
    "Promise",
    "block_code",
    "centroid_hubs",
    "choose",
    "construct",
    "dual_frame",
    "gaussian_centroid",
    "hybrid",
    "interval",
    "mixed",
    "moment_curve",
    "promises",
]


def construct(
    against: Hierarchy | Relevance,
    *,
    method: str = "auto",
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    **options: Any,
) -> DualEmbedding:
    """Return query and document vectors for a hierarchy, or for any relevance.

    Parameters
    ----------
    against : Hierarchy or Relevance
    method : str
        "auto" (default): the fewest dimensions whose certificate holds; or a name in `REGISTRY`.
    dim : int, optional
        Dimensions; what a method does without is in its own documentation.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type.
    seed : int
        For whatever is drawn at random.
    **options
        Further options of the method, such as `code` of "interval"; `effort` of "auto".

    Raises
    ------
    ConstructionError
        If there is no such method or option, or the method cannot meet what is asked.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> construct(h, method="interval")
    DualEmbedding(interval: 3 queries, 3 documents, d = 3, float32)
    """
    if method != "auto" and method not in REGISTRY:
        raise ConstructionError(
            f"method must be auto or one of {', '.join(REGISTRY)}: got {method!r}"
        )
    known = ("effort",) if method == "auto" else REGISTRY[method].options
    for option in options:
        if option not in known:
            raise ConstructionError(
                f"options of method {method} must be among ({', '.join(known)}): got {option!r}"
            )
    if dim is not None and dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    if method == "auto":
        embedding = choose(against, dim=dim, dtype=dtype, seed=seed, **options).embedding
    else:
        relevance = against.relevance if isinstance(against, Hierarchy) else against
        embedding = REGISTRY[method].build(relevance, dim=dim, dtype=dtype, seed=seed, **options)
    return embedding.of(against)
