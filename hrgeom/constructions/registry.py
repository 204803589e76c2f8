"""The constructions by name. Adding one: a module of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hrgeom.constructions.dual_frame import dual_frame
from hrgeom.constructions.gaussian import gaussian_centroid
from hrgeom.constructions.interval import interval
from hrgeom.constructions.trie import kraft_trie
from hrgeom.embedding import DualEmbedding

__all__ = ["REGISTRY", "Construction"]


@dataclass(frozen=True)
class Construction:
    """A construction: what it is called, what it guarantees and what it needs.

    `build` takes a Relevance and the keywords dim, dtype and seed, and `options` besides.
    """

    name: str
    build: Callable[..., DualEmbedding]
    guarantee: str
    needs: str
    options: tuple[str, ...] = ()


REGISTRY: dict[str, Construction] = {
    entry.name: entry
    for entry in (
        Construction(
            "interval", interval, "exact, d = 2k + 1, threshold 0", "k laminar classes", ("code",)
        ),
        Construction(
            "trie", kraft_trie, "exact small integers, d = 1 + heights", "laminar classes"
        ),
        Construction(
            "gaussian", gaussian_centroid, "d = O(s log m) with positive probability", "--dim"
        ),
        Construction(
            "dual-frame", dual_frame, "matches score exactly 1; non-matches are noise", "d >= s"
        ),
    )
}
