"""What each theorem says of the dimension. `hrgeom.bounds._registry` lists them.

A function of a `Case` returns what its theorem says, or raises `NothingSaidError` with the reason.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.bounds._bound import SETTINGS, Setting
from hrgeom.bounds._of_margin import best_floor
from hrgeom.bounds._problem import Case
from hrgeom.bounds._promised import float64_promise
from hrgeom.bounds._statement import NothingSaidError, Said
from hrgeom.bounds.lower import (
    forster,
    packing,
    radon,
    radon_dim,
    radon_dim_exactly,
    signed_identity,
)
from hrgeom.bounds.random import compressed_dim, least_dim, random_rows_dim, theorem_3_1_dim
from hrgeom.constructions.covers import trie_of
from hrgeom.core import Notion

__all__ = [
    "block_code_dim",
    "compression_dims",
    "exact_law_dims",
    "forster_dims",
    "half_plane_dim",
    "hubs_dim",
    "interval_dim",
    "moment_curve_dims",
    "packing_dims",
    "radon_dims",
    "random_rows_dims",
    "signed_identity_dims",
    "simplex_dims",
    "subsets_dim",
    "theorem_3_1_dims",
    "trie_dim",
    "vc_dims",
]

_DELTA = 0.5  # probability of failure of random constructions
_RANDOM: tuple[tuple[Notion, Setting], ...] = (("global", "unit"), ("row", "row"))
_MOST_DIM = 4096  # of block codes that are tried for a margin


def signed_identity_dims(case: Case) -> list[Said]:
    """Three queries with a document each that the others do not match."""
    found = signed_identity(case.relevance)
    if not found.queries:
        raise NothingSaidError("no three queries have a document each that the others do not match")
    common = found.common_document is not None or found.common_query is not None
    reason = f"a block of {len(found.queries)}" + (", with a common vector" if common else "")
    values: dict[Setting, int] = {
        "row": found.row,
        "global": found.any_threshold,
        "unit": found.normalized,
        "zero": found.threshold_zero,
    }
    return _rising(values, reason)


def vc_dims(case: Case) -> list[Said]:
    """Shattered documents and queries."""
    found = case.shattered
    reason = f"{len(found.documents)} documents, {len(found.queries)} queries are shattered" + (
        "" if found.documents_complete and found.queries_complete else " (more may be)"
    )
    return _rising({"row": found.row, "global": found.any_threshold}, reason)


def forster_dims(case: Case) -> list[Said]:
    """Forster's bound on the sign rank."""
    if not 0 < case.relevance.n_pairs < case.relevance.n_queries * case.relevance.n_documents:
        raise NothingSaidError("all pairs are of one kind")
    found = forster(case.relevance)
    shape = f"{len(found.queries)} x {len(found.documents)}"
    reason = f"sign rank of a {shape} block at least {found.ratio:.3f}"
    return _rising({"row": found.row, "zero": found.threshold_zero}, reason)


def radon_dims(case: Case) -> list[Said]:
    """Documents and queries that are halved."""
    found = radon(case.relevance, work=case.work)
    reason = f"{len(found.documents)} documents, {len(found.queries)} queries are halved" + (
        "" if found.documents_complete and found.queries_complete else " (more may be)"
    )
    return _rising({"row": found.row, "zero": found.threshold_zero}, reason)


def subsets_dim(case: Case) -> list[Said]:
    """All subsets of a size, or of all sizes up to one."""
    m, complete = case.relevance.n_documents, case.complete_sizes
    if not complete:
        raise NothingSaidError("for no k is every set of k documents a query")
    value, k = max((radon_dim_exactly(m, k), k) for k in complete)
    reason = f"all subsets of k = {k} of {m:,} documents"
    up_to = 0
    while up_to + 1 in complete:
        up_to += 1
    if up_to and radon_dim(m, up_to) >= value:
        value = radon_dim(m, up_to)
        reason = f"all subsets of at most k = {up_to} of {m:,} documents"
    return [Said("row", value, reason)]


def packing_dims(case: Case) -> list[Said]:
    """Room for vectors that a margin keeps apart."""
    if case.margin is None:
        raise NothingSaidError("it needs a margin")
    found = packing(case.relevance, Fraction(case.margin))
    reason = (
        f"{found.different_queries:,} different S(q), {found.incomparable_queries:,} of one size, "
        f"{found.different_documents:,} different D(v)"
    )
    said = _rising({"row": found.row, "global": found.any_threshold}, reason)
    return [Said(x.notion, x.value, x.reason, case.margin) for x in said]


def theorem_3_1_dims(case: Case) -> list[Said]:
    """Algorithm 1 of You et al., with constants."""
    s, eps = _random(case)
    r = case.relevance
    dim = theorem_3_1_dim(s, r.n_documents, r.n_queries, eps=eps, delta=_DELTA)
    return [Said("unit", dim, f"s = {s}, failure below {_DELTA}", eps or None)]


def exact_law_dims(case: Case) -> list[Said]:
    """Algorithm 1 of You et al., by the exact law of its scores and the union bound."""
    s, eps = _random(case)
    said = []
    for notion, setting in _RANDOM:
        found = least_dim(case.relevance, delta=_DELTA, eps=eps, notion=notion)
        reason = f"s = {s}, {found.at_dim.expected:.3f} wrong pairs expected"
        said.append(Said(setting, found.dim, reason, eps or None))
    return said


def random_rows_dims(case: Case) -> list[Said]:
    """Algorithm 1 of You et al. ranks in half the dimensions."""
    s, _ = _random(case)
    r = case.relevance
    dim = random_rows_dim(s, r.n_documents, r.n_queries, delta=_DELTA)
    return [Said("row", dim, f"s = {s}, failure below {_DELTA}")]


def interval_dim(case: Case) -> list[Said]:
    """Classes of intervals: two coordinates each and one more."""
    k, cover = case.n_classes
    return [Said("zero", 2 * k + 1, f"k = {k}, {cover} classes")]


def half_plane_dim(case: Case) -> list[Said]:
    """Classes of intervals: two coordinates each."""
    k, cover = case.n_classes
    return [Said("global", 2 * k, f"k = {k}, {cover} classes")]


def trie_dim(case: Case) -> list[Said]:
    """Laminar classes as prefix codes."""
    trie = trie_of(case.relevance, case.seed, case.effort)
    heights = ", ".join(map(str, trie.heights.tolist()[:9]))
    dots = ", ..." if len(trie.heights) > 9 else ""
    promise = float64_promise(case.relevance, "trie", case.effort, case.seed)
    margin = None if promise is None else promise.margin
    return [Said("zero", 1 + trie.n_bits, f"heights {heights}{dots}", margin)]


def block_code_dim(case: Case) -> list[Said]:
    """Spherical codes for blocks that no query meets twice; the fewest, or those for a margin."""

    def promised(dim: int | None) -> tuple[int, float] | None:
        promise = float64_promise(case.relevance, "block-code", case.effort, case.seed, dim)
        return None if promise is None else (promise.dim, promise.margin or 0.0)

    found = promised(None)
    if found is None:
        raise NothingSaidError("float64 does not carry the codes at hand")
    wanted, low = case.margin or 0.0, found[0]
    high = low
    while found is None or found[1] < wanted:
        low, high = high, 2 * high
        if high > _MOST_DIM:
            raise NothingSaidError(f"the margin is not promised within {_MOST_DIM:,} dimensions")
        found = promised(high)
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        other = promised(middle)
        if other is None or other[1] < wanted:
            low = middle
        else:
            found, high = other, middle
    return [Said("zero", found[0], "the codes at hand, in float64", found[1])]


def hubs_dim(case: Case) -> list[Said]:
    """A dimension for every hub that a query lists, and one more."""
    hubs = case.hubs
    return [Said("zero", hubs.n_hubs + 1, f"{hubs.n_hubs:,} hubs", hubs.margin)]


def moment_curve_dims(case: Case) -> list[Said]:
    """Any relevance by the size of its sets."""
    r = case.relevance
    of_queries, of_documents = case.groups
    n = min(
        _most_groups(r.indptr, r.indices, of_documents), _most_groups(*r.transposed, of_queries)
    )
    reason = f"min(k, s) = {n}, equal sets counted once"
    return [Said("row", max(1, 2 * n), reason), Said("zero", 2 * n + 1, reason)]


def _most_groups(indptr: csr.Indptr, indices: csr.Indices, group: NDArray[np.int64]) -> int:
    """Return how many groups are in a row, at most."""
    n_groups = int(group.max()) + 1
    keys = np.unique(csr.row_numbers(indptr).astype(np.int64) * n_groups + group[indices])
    return int(np.bincount(keys // n_groups, minlength=1).max())


def simplex_dims(case: Case) -> list[Said]:
    """One side the corners of a simplex, or orthonormal: the other has any scores whatever."""
    n, m = case.n_distinct
    r = case.relevance
    # scores against a simplex sum to zero: enough for threshold 0 if both signs occur in each row
    on_documents = m - bool(((r.n_matches > 0) & (r.n_matches < r.n_documents)).all())
    on_queries = n - bool(((r.n_queries_of > 0) & (r.n_queries_of < r.n_queries)).all())
    zero = max(1, min(on_documents, on_queries))
    reason = f"{n:,} different S(q), {m:,} different D(v)"
    ranked = max(1, m - 1)
    said = [Said("zero", zero, reason)]
    return [Said("row", ranked, reason), *said] if ranked < zero else said


def compression_dims(case: Case) -> list[Said]:
    """A random projection of the best margin known in any dimension."""
    margin, source = best_floor(case)
    if margin <= 0:
        raise NothingSaidError("no margin is known in any dimension")
    wanted = case.margin or 0.0
    if wanted >= margin:
        raise NothingSaidError(
            f"the largest margin known to be possible is {margin:.4g} ({source})"
        )
    r = case.relevance
    eta = 1 - wanted / margin
    dim = compressed_dim(r.n_documents, r.n_queries, min(1.0, margin), eta=eta)
    return [Said("unit", dim, f"from margin {margin:.4g} of {source}", case.margin)]


def _random(case: Case) -> tuple[int, float]:
    """Return s and the margin wanted, for Algorithm 1."""
    if case.relevance.n_matches.min() < 1:
        raise NothingSaidError("some query matches nothing")
    s, eps = case.relevance.max_matches, case.margin or 0.0
    if eps >= 1 / (2 * math.sqrt(s)):
        raise NothingSaidError(
            f"the margin must be below 1/(2 sqrt(s)) = {1 / (2 * math.sqrt(s)):.4g}"
        )
    return s, eps


def _rising(values: dict[Setting, int], reason: str) -> list[Said]:
    """Return the values that do not follow from an easier setting, the easiest first."""
    said: list[Said] = []
    for setting in SETTINGS:
        if setting in values and (not said or values[setting] > said[-1].value):
            said.append(Said(setting, values[setting], reason))
    return said
