"""Upper bounds on the dimension and lower bounds on the margin that rest on constructions.

The theorems are those of the constructions, proved in their modules (`hrgeom.constructions`) and on
their pages; two more are embeddings written down here, by a simplex and by orthonormal documents.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.bounds._distinct_sets import n_distinct, numbered_sets
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.constructions import HubSizes, Promise, hub_sizes, promise_of
from hrgeom.constructions.covers import ConsecutivePalette, LaminarPalette, trie_of

__all__ = ["DIMENSIONS", "MARGINS"]

_MOST_DIM = 4096  # of block codes that are tried for a margin


def _fewest_classes(problem: BoundsProblem) -> tuple[int, str]:
    """Return the fewest classes of intervals found, and of which cover."""
    relevance, seed = problem.relevance, problem.seed
    laminar = LaminarPalette.of(relevance, seed=seed).n_colors
    if laminar == 1:
        return 1, "laminar"
    other = ConsecutivePalette.of(relevance, seed=seed, effort=problem.effort).n_colors
    return (other, "consecutive") if other < laminar else (laminar, "laminar")


def _half_plane(problem: BoundsProblem) -> list[Statement]:
    k, cover = problem.cached(_fewest_classes)
    return [Statement("global", 2 * k, f"k = {k}, {cover} classes")]


def _interval(problem: BoundsProblem) -> list[Statement]:
    k, cover = problem.cached(_fewest_classes)
    return [Statement("zero", 2 * k + 1, f"k = {k}, {cover} classes")]


def _float64_promise(
    problem: BoundsProblem, construction: str, dim: int | None = None
) -> Promise | None:
    return promise_of(
        problem.relevance,
        construction,
        dim=dim,
        dtype="float64",
        seed=problem.seed,
        effort=problem.effort,
    )


def _trie(problem: BoundsProblem) -> list[Statement]:
    trie = trie_of(problem.relevance, problem.seed, problem.effort)
    heights = ", ".join(map(str, trie.heights.tolist()[:9]))
    dots = ", ..." if len(trie.heights) > 9 else ""
    promise = _float64_promise(problem, "trie")
    margin = None if promise is None else promise.margin
    return [Statement("zero", 1 + trie.n_bits, f"heights {heights}{dots}", margin)]


def _block_code(problem: BoundsProblem) -> list[Statement]:
    """Take the fewest dimensions, or the fewest found that promise the margin wanted."""

    def promised(dim: int | None) -> tuple[int, float] | None:
        promise = _float64_promise(problem, "block-code", dim)
        return None if promise is None else (promise.dim, promise.margin or 0.0)

    found = promised(None)
    if found is None:
        raise NotApplicableError("float64 does not carry the codes at hand")
    wanted, low = problem.margin or 0.0, found[0]
    high = low
    while found is None or found[1] < wanted:  # double until the margin is promised
        low, high = high, 2 * high
        if high > _MOST_DIM:
            raise NotApplicableError(f"the margin is not promised within {_MOST_DIM:,} dimensions")
        found = promised(high)
    while high - low > max(1, high // 50):  # then halve the range, to two percent
        middle = (low + high) // 2
        other = promised(middle)
        if other is None or other[1] < wanted:
            low = middle
        else:
            found, high = other, middle
    return [Statement("zero", found[0], "the codes at hand, in float64", found[1])]


def _hubs(problem: BoundsProblem) -> HubSizes:
    return hub_sizes(problem.relevance, seed=problem.seed)


def _hub_dimension(problem: BoundsProblem) -> list[Statement]:
    hubs = problem.cached(_hubs)
    return [Statement("zero", hubs.n_hubs + 1, f"{hubs.n_hubs:,} hubs", hubs.margin)]


def _hub_margin(problem: BoundsProblem) -> list[Statement]:
    hubs = problem.cached(_hubs)
    a, b = hubs.most_of_queries, hubs.most_of_documents
    return [Statement("zero", hubs.margin, f"lists of at most A = {a} and B = {b} hubs")]


def _moment_curve(problem: BoundsProblem) -> list[Statement]:
    r = problem.relevance
    of_queries, of_documents = problem.cached(numbered_sets)
    n = min(
        _most_groups(r.indptr, r.indices, of_documents), _most_groups(*r.transposed, of_queries)
    )
    reason = f"min(k, s) = {n}, equal sets counted once"
    return [Statement("row", max(1, 2 * n), reason), Statement("zero", 2 * n + 1, reason)]


def _most_groups(indptr: csr.Indptr, indices: csr.Indices, group: NDArray[np.int64]) -> int:
    """Return the largest number of different groups in one row."""
    n_groups = int(group.max()) + 1
    keys = np.unique(csr.row_numbers(indptr).astype(np.int64) * n_groups + group[indices])
    return int(np.bincount(keys // n_groups, minlength=1).max())


def _simplex(problem: BoundsProblem) -> list[Statement]:
    """Put one side on the corners of a simplex, or orthonormal: the other has any scores."""
    n, m = problem.cached(n_distinct)
    r = problem.relevance
    # scores against a simplex sum to zero: enough for threshold 0 if both signs occur in each row
    on_documents = m - bool(((r.n_matches > 0) & (r.n_matches < r.n_documents)).all())
    on_queries = n - bool(((r.n_queries_of > 0) & (r.n_queries_of < r.n_queries)).all())
    zero = max(1, min(on_documents, on_queries))
    reason = f"{n:,} different S(q), {m:,} different D(v)"
    # row thresholds make up for the sum, whatever the signs
    ranked = max(1, m - 1)
    found = [Statement("zero", zero, reason)]
    return [Statement("row", ranked, reason), *found] if ranked < zero else found


def _orthonormal(problem: BoundsProblem) -> list[Statement]:
    """Take orthonormal documents, each query the sum of its own: 1/(2 sqrt s) at that threshold."""
    if problem.relevance.n_pairs == 0:
        raise NotApplicableError("no query matches anything")
    s = problem.relevance.max_matches
    margin = math.nextafter(1 / (2 * math.sqrt(s)), 0.0)  # below the exact number
    m = problem.relevance.n_documents
    reason = f"s = {s}; orthonormal documents, {m:,} dimensions or one more"
    return [Statement("unit", margin, reason)]


DIMENSIONS = (
    Theorem(
        name="half-plane",
        quantity="dimension",
        side="upper",
        statement="k classes of intervals take 2k dimensions as half planes",
        says=_half_plane,
        proof="half-plane",
        page="theory/half-plane.md",
    ),
    Theorem(
        name="interval",
        quantity="dimension",
        side="upper",
        statement="k classes of intervals take 2k + 1 dimensions with threshold 0",
        says=_interval,
        proof="interval-cover",
        page="theory/interval.md",
    ),
    Theorem(
        name="trie",
        quantity="dimension",
        side="upper",
        statement="Laminar classes take one dimension per bit of their prefix codes, and one more",
        says=_trie,
        proof="kraft-trie",
        page="theory/trie.md",
    ),
    Theorem(
        name="block-code",
        quantity="dimension",
        side="upper",
        statement="Blocks of documents that no query meets twice take a spherical code each",
        says=_block_code,
        proof="block-code",
        page="theory/direct-sum.md",
    ),
    Theorem(
        name="centroid-hubs",
        quantity="dimension",
        side="upper",
        statement="Hubs that queries and documents list take one dimension each, and one more",
        says=_hub_dimension,
        proof="centroid-hubs",
        page="theory/centroid-hubs.md",
    ),
    Theorem(
        name="moment-curve",
        quantity="dimension",
        side="upper",
        statement="Any relevance takes 2 min(k, s) dimensions by the largest sizes of its sets",
        says=_moment_curve,
        source="Wang et al. 2026",
        proof="moment-curve",
        page="theory/moment-curve.md",
    ),
    Theorem(
        name="simplex",
        quantity="dimension",
        side="upper",
        statement="Any relevance takes one dimension per different document less one, on a simplex",
        says=_simplex,
        page="theory/limits.md",
    ),
)
"""Upper bounds on the dimension, in the order in which they are shown."""

MARGINS = (
    Theorem(
        name="orthonormal",
        quantity="margin",
        side="lower",
        statement="Orthonormal documents and sums of them have the margin 1/(2 sqrt(s))",
        says=_orthonormal,
        page="theory/limits.md",
    ),
    Theorem(
        name="centroid-hubs",
        quantity="margin",
        side="lower",
        statement="Lists of at most A and B hubs have the margin 1/(2 sqrt(AB) + 1)",
        says=_hub_margin,
        proof="centroid-hubs",
        page="theory/centroid-hubs.md",
    ),
)
"""Lower bounds on the margin, in the order in which they are shown."""
