"""The automatic choice: by what constructions promise, kept to what certificates say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hrgeom.checker import Certificate, certify
from hrgeom.constructions._construction import Construction
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._registry import all_constructions, promise_of
from hrgeom.constructions._result import Attempt, ConstructionResult
from hrgeom.core import DualEmbedding, Notion, Relevance, Target, as_relevance
from hrgeom.errors import ConstructionError, HrgeomError

__all__ = ["first_that_holds", "promises"]

_ATTEMPTS = 3  # where nothing is promised: each asks for more dimensions than the one before


def promises(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> list[tuple[str, Promise]]:
    """Return what the constructions that may be chosen automatically promise, best first.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    dim : int, optional
        At most so many dimensions, the largest margin first, and last those that promise none.
        Default: any number, the fewest dimensions first, equal ones in order of preference.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long constructions search; at 1 some ten seconds each for 100,000 nodes.

    Returns
    -------
    promises : list of (str, Promise)
        Names of constructions, and what they promise.

    Raises
    ------
    ShapeError
        If `dtype` is no stored type.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> name, promise = promises(r, dtype="int8")[0]
    >>> name, promise.dim
    ('trie', 2)
    """
    ranked = _ranked(relevance, dim, dtype, seed, effort)
    return [(construction.name, promise) for construction, promise in ranked]


def _ranked(
    relevance: Relevance, dim: int | None, dtype: str, seed: int, effort: float
) -> list[tuple[Construction, Promise]]:
    found: list[tuple[Construction, Promise]] = []
    for construction in all_constructions():
        if construction.is_automatic:
            promise = promise_of(
                relevance, construction, dim=dim, dtype=dtype, seed=seed, effort=effort
            )
            if promise is not None and (dim is None or promise.dim <= dim):
                found.append((construction, promise))

    def rank(item: tuple[Construction, Promise]) -> tuple[float, float]:
        return (0.0 if dim is None else -(item[1].margin or 0.0), item[1].dim)

    return sorted(found, key=rank)


def first_that_holds(
    target: Target,
    *,
    dim: int | None,
    dtype: str,
    seed: int,
    effort: float,
    notion: Notion | None,
    report: Callable[[str], None] | None,
    checking: dict[str, Any],
) -> ConstructionResult:
    """Return the first construction whose certificate holds, by the order of `promises`.

    Raises
    ------
    ConstructionError
        If nothing holds; the message says what was tried.
    """
    relevance = as_relevance(target)
    tried: list[Attempt] = []
    for construction, promise in _ranked(relevance, dim, dtype, seed, effort):
        searching = construction.accepted(effort=effort)
        for size in _sizes(promise, dim):
            embedding: DualEmbedding | None = None
            certificate: Certificate | None = None
            try:
                embedding = construction.build(
                    relevance, dim=size, dtype=dtype, seed=seed, **searching
                ).made_for(target)
            except HrgeomError as error:
                outcome = str(error)
            else:
                certificate = certify(embedding, target, notion=notion, **checking)
                outcome = certificate.verdict
            asked = promise.dim if size is None else size
            tried.append(Attempt(construction.name, asked, promise.margin, outcome))
            if report:
                report(f"{construction.name}, d = {asked}: {outcome}")
            if embedding is not None and certificate is not None and certificate.holds:
                return ConstructionResult(embedding, certificate, tuple(tried))
    attempts = "; ".join(f"{a.method} at d = {a.dim}: {a.outcome}" for a in tried)
    raise ConstructionError(
        f"some construction must hold in {dtype}"
        + (f" within {dim} dimensions" if dim else "")
        + f": tried {attempts or 'none that applies'}"
    )


def _sizes(promise: Promise, dim: int | None) -> list[int | None]:
    """The dimensions to ask for: none by default, or more each time where nothing is promised."""
    if dim is not None:
        return [promise.dim]
    if promise.margin is not None:
        return [None]
    return [promise.dim + i * promise.dim // 4 for i in range(_ATTEMPTS)]
