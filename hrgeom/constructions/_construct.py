"""Build vectors by any construction, and certify them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hrgeom._base.nearest import meant
from hrgeom.checker import certify as certify_embedding
from hrgeom.constructions._attempts import Attempts, build
from hrgeom.constructions._choose import Wish, choose
from hrgeom.constructions._construction import EFFORT, KEYWORDS, MINUTES, Construction
from hrgeom.constructions._registry import find_construction, promise_of
from hrgeom.constructions._result import ConstructionResult
from hrgeom.core import Basis, DualEmbedding, Notion, Relevance, Target, as_dtype, as_relevance
from hrgeom.errors import ConstructionError

__all__ = ["AUTO_OPTIONS", "construct"]

AUTO_OPTIONS = (EFFORT, MINUTES)
_NO_START = "start must come with a method that takes one, such as descent: got method {}"


def construct(
    target: Target,
    *,
    method: str | Construction = "auto",
    dim: int | None = None,
    n_bytes: int | None = None,
    margin: float | None = None,
    proved: bool = False,
    fewest: bool = False,
    dtype: str = "float32",
    seed: int = 0,
    certify: bool = True,
    notion: Notion | None = None,
    start: DualEmbedding | None = None,
    report: Callable[[str], None] | None = None,
    kernel: str | None = None,
    filter: str | None = None,
    threads: int | None = None,
    memory: int | None = None,
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
        "auto" (default): what the next five keywords say, certified; or a construction, by name
        or as an entry of your own.

        Where nothing else is asked for: the fewest dimensions in which a theorem promises a
        normalized margin of `DEFAULT_MARGIN`, 1e-2, enough for copies in float16; where none
        does within 4,096 dimensions, the fewest for the largest margin that one promises.
    dim : int, optional
        At most this many dimensions. With "auto": the construction of largest margin, if that
        reaches `DEFAULT_MARGIN` by a theorem; otherwise descent, and where that does not hold
        either, whatever holds. By name: default the fewest; a construction that has no default
        says so.
    n_bytes : int, optional
        At most this many bytes per vector of the stored type, in place of `dim`.
    margin : float, optional
        The normalized margin wanted, in place of `DEFAULT_MARGIN`; without a budget, the fewest
        dimensions in which a theorem promises it.
    proved : bool
        Only constructions with a theorem, whatever margin they promise: descent is never used.
    fewest : bool
        The fewest dimensions whose certificate holds, however small the margin.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    certify : bool
        Check every pair of a construction by name. The automatic choice always does.
    notion : {"global", "row"}, optional
        What to certify, and what to build for where a construction has that option. Default: the
        embedding's own.
    start : DualEmbedding, optional
        Vectors that descent begins at instead of random ones: those of an earlier descent, which
        goes on from there, or of any construction for the same queries and documents.
    report : callable, optional
        Called with a line of text for every attempt of the automatic choice and every reason of
        it, or once the vectors of a construction by name are built; now and then while an
        iterative one is at work.
    kernel : str, optional
        What computes scores for the certificate, one of `hrgeom.checker.kernels`. Default: the
        fastest here.
    filter : str, optional
        What decides pairs before any score, one of `hrgeom.checker.filters`. Default: what pays.
    threads : int, optional
        Threads that check blocks, and that iterative constructions use. Default: the processors
        this process may use.
    memory : int, optional
        Bytes for the certificate to keep to, as in `certify`. Default: 256 MiB for blocks.
    exact : bool
        Decide pairs inside the rounding bound in exact arithmetic; False leaves them undecided.
    progress : callable, optional
        Called with (queries checked, queries in all) while a certificate is made.
    **options
        Options of the construction, such as `code` of "interval"; `effort` and `minutes` of
        "auto", the latter for descent. See `all_constructions`.

    Returns
    -------
    result : ConstructionResult
        With `embedding`, `certificate` and what was `tried`.

    Raises
    ------
    HierarchyError
        If `target` says nothing about who matches what; the message says how to make what does.
    ConstructionError
        If there is no such method or option, what is asked for contradicts itself, the method
        takes no start, or cannot meet what is asked. A certificate that fails is no error for a
        construction by name.

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
    dim = _budget(dim, n_bytes, dtype)
    checking: dict[str, Any] = {
        "kernel": kernel,
        "filter": filter,
        "threads": threads,
        "memory": memory,
        "exact": exact,
        "progress": progress,
    }
    if method == "auto":
        _check_auto(certify, options, start)
        if notion is not None:
            options["notion"] = notion
        wish = Wish(dim, margin, proved, fewest, options)
        attempts = Attempts(
            target, dtype=dtype, seed=seed, notion=notion, report=report, checking=checking
        )
        return choose(attempts, wish, dtype=dtype, seed=seed)
    construction = find_construction(method) if isinstance(method, str) else method
    if margin is not None or proved or fewest:
        raise ConstructionError(
            f"margin, proved and fewest must come with method auto: got {construction.name}"
        )
    if start is not None and not construction.takes_start:
        raise ConstructionError(_NO_START.format(construction.name))
    given = dict(options)
    if notion is not None:
        options |= construction.accepted(notion=notion)
    construction.require_options(**options)
    embedding = build(
        construction,
        relevance,
        dim=dim,
        dtype=dtype,
        seed=seed,
        report=report,
        threads=threads,
        start=start,
        **options,
    )
    basis = _basis(relevance, construction, dim, dtype, seed, given)
    embedding = replace(embedding.made_for(target), basis=basis)
    if report:
        report(f"built {embedding!r}")
    certificate = None
    if certify:
        certificate = certify_embedding(embedding, target, notion=notion, **checking)
    return ConstructionResult(embedding, certificate, target=target)


def _budget(dim: int | None, n_bytes: int | None, dtype: str) -> int | None:
    """Return the dimensions that are allowed, by their number or by the bytes of a vector."""
    if dim is not None and n_bytes is not None:
        raise ConstructionError(
            f"a budget must be given as dim or as n_bytes: got {dim} and {n_bytes}"
        )
    if n_bytes is not None:
        itemsize = as_dtype(dtype).itemsize
        if n_bytes < itemsize:
            raise ConstructionError(
                f"n_bytes must be at least {itemsize}, those of a number in {dtype}: got {n_bytes}"
            )
        return n_bytes // itemsize
    if dim is not None and dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    return dim


def _basis(
    relevance: Relevance,
    construction: Construction,
    dim: int | None,
    dtype: str,
    seed: int,
    options: dict[str, Any],
) -> Basis:
    """Return what vectors by name rest on; of options other than effort nothing is promised."""
    effort = options.get(EFFORT.name, EFFORT.default)
    if construction.is_iterative or set(options) - {EFFORT.name}:
        return construction.basis(None)
    return construction.basis(
        promise_of(relevance, construction, dim=dim, dtype=dtype, seed=seed, effort=effort)
    )


def _check_auto(certify: bool, options: dict[str, Any], start: DualEmbedding | None) -> None:
    """Check the keywords of the automatic choice."""
    if start is not None:
        raise ConstructionError(_NO_START.format("auto"))
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
                f"{meant(name, [*known, *KEYWORDS])}"
            )
        known[name].require(value)
