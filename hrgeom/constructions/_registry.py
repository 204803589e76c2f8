"""The constructions by name. Adding one: a module of its own and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hrgeom.constructions._centroid_hubs import centroid_hubs
from hrgeom.constructions._kraft_trie import kraft_trie, trie_promise
from hrgeom.constructions._moment_curve import moment_curve, moment_curve_promise
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._sdp import sdp
from hrgeom.constructions.direct_sum import (
    block_code,
    block_code_promise,
    hybrid,
    hybrid_promise,
    mixed,
    mixed_promise,
)
from hrgeom.constructions.intervals import half_plane, interval, interval_promise
from hrgeom.constructions.queries import (
    dual_frame,
    dual_frame_promise,
    gaussian_centroid,
    max_margin,
)
from hrgeom.core import DualEmbedding

__all__ = ["REGISTRY", "Construction"]


@dataclass(frozen=True)
class Construction:
    """A construction: what it is called, what it guarantees and what it needs.

    `build` takes a Relevance and the keywords dim, dtype and seed, and `options` besides.
    `promise` takes the same keywords and says what `build` would give, cheaply; None
    where the construction does not apply. Without a `promise` it is used only by name. Where
    `effort` is among the options, both take it: how long to search.
    """

    name: str
    build: Callable[..., DualEmbedding]
    guarantee: str
    needs: str
    options: tuple[str, ...] = ()
    promise: Callable[..., Promise | None] | None = None


REGISTRY: dict[str, Construction] = {
    entry.name: entry
    for entry in (
        Construction(
            "interval",
            interval,
            "exact, d = 2k + 1, threshold 0",
            "k classes of intervals",
            ("code", "cover", "effort"),
            interval_promise,
        ),
        Construction(
            "half-plane",
            half_plane,
            "exact, d = 2k, threshold 1, rows of any length",
            "k classes of intervals",
            ("effort",),
        ),
        Construction(
            "trie",
            kraft_trie,
            "exact small integers, d = 1 + heights",
            "laminar classes",
            ("effort",),
            promise=trie_promise,
        ),
        Construction(
            "hybrid",
            hybrid,
            "tries and intervals, margin by formula",
            "laminar classes",
            ("effort",),
            promise=hybrid_promise,
        ),
        Construction(
            "block-code",
            block_code,
            "spherical codes, margin 1/(2 sqrt Q + 2T)",
            "blocks that no query meets twice",
            promise=block_code_promise,
        ),
        Construction(
            "mixed",
            mixed,
            "spherical codes below, tries above, margin by formula",
            "any relevance",
            ("effort",),
            promise=mixed_promise,
        ),
        Construction(
            "moment-curve",
            moment_curve,
            "d = 2 min(k, s) + 1, exact integers that grow fast",
            "small sets",
            ("notion",),
            moment_curve_promise,
        ),
        Construction(
            "dual-frame",
            dual_frame,
            "matches score exactly 1; non-matches are noise",
            "d >= s",
            promise=dual_frame_promise,
        ),
        Construction(
            "gaussian", gaussian_centroid, "d = O(s log m) with positive probability", "--dim"
        ),
        Construction(
            "centroid-hubs",
            centroid_hubs,
            "margin 1/(2 log2 n + 3) for any depth, d = n + 1",
            "laminar classes; best on one forest",
        ),
        Construction(
            "max-margin", max_margin, "best queries for random documents", "small hierarchies"
        ),
        Construction("sdp", sdp, "the largest margin there is", "cvxpy and a small input"),
    )
}
