"""The automatic choice: fewest dimensions whose certificate holds in the stored type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hrgeom.certificate import Certificate
from hrgeom.certify import certify
from hrgeom.constructions.dual_frame import dual_frame, least_dim
from hrgeom.constructions.interval import default_code, fewest_interval_classes, interval
from hrgeom.constructions.trie import kraft_trie, least_trie_dim
from hrgeom.embedding import DualEmbedding
from hrgeom.errors import ConstructionError, HrgeomError
from hrgeom.hierarchy import Hierarchy
from hrgeom.relevance import Relevance

__all__ = ["Choice", "choose"]

_ATTEMPTS = 3  # per construction: each asks for more dimensions than the one before


@dataclass(frozen=True)
class Choice:
    """An embedding whose certificate holds, and what was tried on the way.

    `tried` has one entry per attempt: method, dim, outcome (holds, fails, or why not).
    """

    embedding: DualEmbedding
    certificate: Certificate
    tried: tuple[dict[str, Any], ...]


def choose(
    against: Hierarchy | Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    report: Callable[[str], None] | None = None,
    **checking: Any,
) -> Choice:
    """Return the first construction whose certificate holds, fewest dimensions first.

    Parameters
    ----------
    against : Hierarchy or Relevance
    dim : int, optional
        At most this many dimensions, for as much margin as they buy. Default: as few as hold.
    dtype : {"float64", "float32", "float16", "int8"}
        The stored type.
    seed : int
        For whatever is drawn at random.
    report : callable, optional
        Called with a line of text for every attempt.
    **checking
        kernel, threads, memory, progress: passed to `certify`.

    Raises
    ------
    ConstructionError
        If nothing holds; the message says what was tried.
    """
    relevance = against.relevance if isinstance(against, Hierarchy) else against
    tried: list[dict[str, Any]] = []

    def note(method: str, size: int | None, outcome: str) -> None:
        tried.append({"method": method, "dim": size, "outcome": outcome})
        if report:
            report(f"{method}" + (f", d = {size}" if size else "") + f": {outcome}")

    for method, sizes, build in _candidates(relevance, dim, dtype, seed, note):
        for size in sizes:
            try:
                embedding = build(size).of(against)
            except HrgeomError as error:
                note(method, size, str(error))
                continue
            certificate = certify(embedding, against, **checking)
            note(method, embedding.dim, certificate.verdict)
            if certificate.holds:
                return Choice(embedding, certificate, tuple(tried))
    attempts = "; ".join(f"{t['method']} at d = {t['dim']}: {t['outcome']}" for t in tried)
    raise ConstructionError(
        f"some construction must hold in {dtype}"
        + (f" within {dim} dimensions" if dim else "")
        + f": tried {attempts or 'none that applies'}"
    )


def _candidates(
    relevance: Relevance,
    dim: int | None,
    dtype: str,
    seed: int,
    note: Callable[[str, int | None, str], None],
) -> list[tuple[str, list[int], Callable[[int], DualEmbedding]]]:
    """Constructions with the dimensions to try, in the order to try them.

    Without a budget: fewest dimensions first. With one: those it allows, by the order of their
    margins, trie (about 1/height), interval (about 1/size of a class squared), dual frame.
    """
    code = default_code(dtype, dim)

    def by_trie(size: int) -> DualEmbedding:
        return kraft_trie(relevance, dim=size, dtype=dtype, seed=seed)

    def by_interval(size: int) -> DualEmbedding:
        return interval(relevance, dim=size, dtype=dtype, code=code, seed=seed)

    def by_dual_frame(size: int) -> DualEmbedding:
        return dual_frame(relevance, dim=size, dtype=dtype, seed=seed)

    candidates: list[tuple[str, list[int], Callable[[int], DualEmbedding]]] = []
    try:
        least = 2 * fewest_interval_classes(relevance, dtype=dtype, code=code, seed=seed) + 1
    except ConstructionError as error:
        note("interval", None, str(error))
    else:
        candidates.append(("interval", [least + 2 * i for i in range(_ATTEMPTS)], by_interval))
    # A chain of n sets takes n bits, or n - 1 below a root that holds all queries. With one such
    # root, as hierarchies have, a trie has at least s dimensions, and need not be built to know.
    if dim is not None or not candidates or candidates[0][1][0] > relevance.max_matches:
        candidates.insert(0, ("trie", [least_trie_dim(relevance, dtype=dtype, seed=seed)], by_trie))
    frame = max(least_dim(relevance), relevance.max_matches)
    sizes = [frame + i * frame // 4 for i in range(_ATTEMPTS)]
    candidates.append(("dual-frame", sizes, by_dual_frame))
    if dim is None:
        return sorted(candidates, key=lambda c: c[1][0])
    for method, sizes, _ in candidates:
        if sizes[0] > dim:
            note(method, sizes[0], f"needs more than {dim} dimensions")
    return [(method, [dim], build) for method, sizes, build in candidates if sizes[0] <= dim]
