"""One door to all constructions."""

from __future__ import annotations

from typing import Any

from hrgeom.constructions._choose import choose
from hrgeom.constructions._registry import REGISTRY
from hrgeom.core import DualEmbedding, Hierarchy, Relevance, as_relevance
from hrgeom.errors import ConstructionError

__all__ = ["construct"]


def construct(
    target: Hierarchy | Relevance,
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
    target : Hierarchy or Relevance
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
        embedding = choose(target, dim=dim, dtype=dtype, seed=seed, **options).embedding
    else:
        relevance = as_relevance(target)
        embedding = REGISTRY[method].build(relevance, dim=dim, dtype=dtype, seed=seed, **options)
    return embedding.made_for(target)
