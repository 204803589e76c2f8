"""Build vectors by any construction, and certify them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hrgeom.checker import certify as certify_embedding
from hrgeom.constructions._choose import first_that_holds
from hrgeom.constructions._construction import EFFORT, Construction
from hrgeom.constructions._registry import find_construction
from hrgeom.constructions._result import ConstructionResult
from hrgeom.core import Notion, Target, as_relevance
from hrgeom.errors import ConstructionError

__all__ = ["AUTO_OPTIONS", "construct"]

AUTO_OPTIONS = (EFFORT,)


def construct(
    target: Target,
    *,
    method: str | Construction = "auto",
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    certify: bool = True,
    notion: Notion | None = None,
    report: Callable[[str], None] | None = None,
    kernel: str | None = None,
    threads: int | None = None,
    memory: int = 2**28,
    exact: bool = True,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> ConstructionResult:
    """Build query and document vectors for a hierarchy, or for any relevance, and certify them.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    method : str or Construction
        "auto" (default): the fewest dimensions, or the largest margin within `dim`, whose
        certificate holds; or a construction, by name or as an entry of your own.
    dim : int, optional
        At most this many dimensions. Default: the fewest; a construction that has no default
        says so.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    certify : bool
        Check every pair of a construction by name. The automatic choice always does.
    notion : {"global", "row"}, optional
        What to certify, and what to build for where a construction has that option. Default: the
        embedding's own.
    report : callable, optional
        Called with a line of text for every attempt of the automatic choice, or once the vectors
        of a construction by name are built.
    kernel : str, optional
        What computes scores for the certificate, one of `hrgeom.checker.kernels`. Default: the
        fastest here.
    threads : int, optional
        Threads that check blocks. Default: the processors this process may use.
    memory : int
        Bytes that blocks of scores may take, roughly.
    exact : bool
        Decide pairs inside the rounding bound in exact arithmetic; False leaves them undecided.
    progress : callable, optional
        Called with (queries checked, queries in all) while a certificate is made.
    **options
        Options of the construction, such as `code` of "interval"; `effort` of "auto". See
        `all_constructions`.

    Returns
    -------
    result : ConstructionResult
        With `embedding`, `certificate` and what was `tried`.

    Raises
    ------
    HierarchyError
        If `target` says nothing about who matches what; the message says how to make what does.
    ConstructionError
        If there is no such method or option, or the method cannot meet what is asked. A
        certificate that fails is no error for a construction by name.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> result = construct(h, method="interval")
    >>> result.embedding
    DualEmbedding(interval: 3 queries, 3 documents, d = 3, float32)
    >>> result.certificate.verdict
    'holds'
    """
    relevance = as_relevance(target)
    if dim is not None and dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    checking: dict[str, Any] = {
        "kernel": kernel,
        "threads": threads,
        "memory": memory,
        "exact": exact,
        "progress": progress,
    }
    if method == "auto":
        effort = _auto_effort(certify, options)
        return first_that_holds(
            target,
            dim=dim,
            dtype=dtype,
            seed=seed,
            effort=effort,
            notion=notion,
            report=report,
            checking=checking,
        )
    construction = find_construction(method) if isinstance(method, str) else method
    if notion is not None:
        options |= construction.accepted(notion=notion)
    construction.require_options(**options)
    embedding = construction.build(relevance, dim=dim, dtype=dtype, seed=seed, **options)
    embedding = embedding.made_for(target)
    if report:
        report(f"built {embedding!r}")
    certificate = None
    if certify:
        certificate = certify_embedding(embedding, target, notion=notion, **checking)
    return ConstructionResult(embedding, certificate)


def _auto_effort(certify: bool, options: dict[str, Any]) -> float:
    """Return the one option of the automatic choice, once all keywords are known to be fine."""
    if not certify:
        raise ConstructionError(
            "certify=False must come with a method by name: the automatic choice rests on "
            "certificates"
        )
    known = {option.name: option for option in AUTO_OPTIONS}
    for name, value in options.items():
        if name not in known:
            raise ConstructionError(
                f"options of method auto must be among ({', '.join(known)}): got {name!r}"
            )
        known[name].require(value)
    effort: float = options.get("effort", EFFORT.default)
    return effort
