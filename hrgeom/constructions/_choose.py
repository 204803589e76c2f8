"""The automatic choice: by what constructions promise, kept to what certificates say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hrgeom.checker import Certificate, certify
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._registry import REGISTRY
from hrgeom.core import DualEmbedding, Hierarchy, Relevance, as_relevance
from hrgeom.errors import ConstructionError, HrgeomError

__all__ = ["Choice", "choose", "promises"]

_ATTEMPTS = 3  # where nothing is promised: each asks for more dimensions than the one before


@dataclass(frozen=True)
class Choice:
    """An embedding whose certificate holds, and what was tried on the way.

    `tried` has one entry per attempt: method, dim, promised margin, outcome (holds, fails, or
    why not).
    """

    embedding: DualEmbedding
    certificate: Certificate
    tried: tuple[dict[str, Any], ...]


def promises(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> list[tuple[str, Promise]]:
    """Return what every construction promises, best first.

    With `dim`: the largest margin within so many dimensions first, and last those that promise
    none. Without: fewest dimensions first, and equal ones in the order of the registry.
    """
    found: list[tuple[str, Promise]] = []
    for name, construction in REGISTRY.items():
        if construction.promise is not None:
            searching = _searching(name, effort)
            promise = construction.promise(relevance, dim=dim, dtype=dtype, seed=seed, **searching)
            if promise is not None and (dim is None or promise.dim <= dim):
                found.append((name, promise))

    def rank(item: tuple[str, Promise]) -> tuple[float, float]:
        return (0.0 if dim is None else -(item[1].margin or 0.0), item[1].dim)

    return sorted(found, key=rank)


def choose(
    target: Hierarchy | Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Choice:
    """Return the first construction whose certificate holds, by the order of `promises`.

    Parameters
    ----------
    target : Hierarchy or Relevance
    dim : int, optional
        At most this many dimensions, for the largest margin that is promised for them. Default:
        the fewest dimensions.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long constructions search; at 1 some ten seconds each for 100,000 nodes.
    report : callable, optional
        Called with a line of text for every attempt.
    **checking
        kernel, threads, memory, progress: passed to `certify`.

    Raises
    ------
    ConstructionError
        If nothing holds; the message says what was tried.
    """
    relevance = as_relevance(target)
    tried: list[dict[str, Any]] = []
    for method, promise in promises(relevance, dim=dim, dtype=dtype, seed=seed, effort=effort):
        for size in _sizes(promise, dim):
            try:
                embedding = REGISTRY[method].build(
                    relevance, dim=size, dtype=dtype, seed=seed, **_searching(method, effort)
                )
                embedding = embedding.made_for(target)
            except HrgeomError as error:
                certificate, outcome = None, str(error)
            else:
                certificate = certify(embedding, target, **checking)
                outcome = certificate.verdict
            asked = promise.dim if size is None else size
            tried.append(
                {"method": method, "dim": asked, "promised": promise.margin, "outcome": outcome}
            )
            if report:
                report(f"{method}, d = {asked}: {outcome}")
            if certificate is not None and certificate.holds:
                return Choice(embedding, certificate, tuple(tried))
    attempts = "; ".join(f"{t['method']} at d = {t['dim']}: {t['outcome']}" for t in tried)
    raise ConstructionError(
        f"some construction must hold in {dtype}"
        + (f" within {dim} dimensions" if dim else "")
        + f": tried {attempts or 'none that applies'}"
    )


def _searching(method: str, effort: float) -> dict[str, float]:
    """The keyword of those constructions that search."""
    return {"effort": effort} if "effort" in REGISTRY[method].options else {}


def _sizes(promise: Promise, dim: int | None) -> list[int | None]:
    """The dimensions to ask for: none by default, or more each time where nothing is promised."""
    if dim is not None:
        return [promise.dim]
    if promise.margin is not None:
        return [None]
    return [promise.dim + i * promise.dim // 4 for i in range(_ATTEMPTS)]
