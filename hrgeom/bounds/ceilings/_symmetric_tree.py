"""What each theorem says of the margin. `hrgeom.bounds._registry` lists them.

A function of a `Case` returns what its theorem says, or raises `NothingSaidError` with the reason.
Margins are half gaps between unit rows.
"""

from __future__ import annotations

import math

from hrgeom.bounds._problem import Case
from hrgeom.bounds._statement import NothingSaidError, Said
from hrgeom.bounds.ceilings import subsets_ceiling
from hrgeom.core import Notion

__all__ = [
    "best_floor",
    "hubs_floor",
    "optimum_ceiling",
    "optimum_floor",
    "orthonormal_floor",
    "shattered_ceiling",
    "subsets_ceilings",
    "tree_ceilings",
    "tree_floor",
]

_NOTIONS: tuple[Notion, ...] = ("global", "row")


def orthonormal_floor(case: Case) -> list[Said]:
    """Documents orthonormal, each query the sum of its own: 1/(2 sqrt s) at r = 1/(2 sqrt s)."""
    if case.relevance.n_pairs == 0:
        raise NothingSaidError("no query matches anything")
    s = case.relevance.max_matches
    root = math.sqrt(s)
    margin = math.nextafter(1 / (2 * root), 0.0)
    m = case.relevance.n_documents
    reason = f"s = {s}; orthonormal documents, {m:,} dimensions or one more"
    return [Said("unit", margin, reason)]


def hubs_floor(case: Case) -> list[Said]:
    """Centroid hubs: 1/(2 sqrt(AB) + 1), whatever the depth of a forest."""
    hubs = case.hubs
    a, b = hubs.most_of_queries, hubs.most_of_documents
    return [Said("zero", hubs.margin, f"lists of at most A = {a} and B = {b} hubs")]


def optimum_floor(case: Case) -> list[Said]:
    """The solver's embedding, certified."""
    if isinstance(case.optimum, str):
        raise NothingSaidError(case.optimum)
    dim = case.optimum.embedding.dim
    return [Said("unit", case.optimum.margin, f"the solver's embedding, d = {dim}")]


def optimum_ceiling(case: Case) -> list[Said]:
    """The dual of the semidefinite programme."""
    if isinstance(case.optimum, str):
        raise NothingSaidError(case.optimum)
    return [Said("global", case.optimum.dual_bound, "the solver's multipliers, made feasible")]


def tree_ceilings(case: Case) -> list[Said]:
    """The reduced programme of a tree with symmetries, the hierarchy or one inside it."""
    said = []
    for notion in _NOTIONS:
        found = case.tree_of(notion)
        if isinstance(found, str):
            raise NothingSaidError(found)
        ceiling, is_whole = found
        n_nodes = sum(map(int, ceiling.shape.n_nodes))
        levels = ceiling.shape.n_levels
        what = "the hierarchy itself" if is_whole else "a tree with symmetries inside"
        said.append(Said(notion, ceiling.upper, f"{what}: {levels} levels, {n_nodes:,} nodes"))
    return said


def tree_floor(case: Case) -> list[Said]:
    """The embedding from the reduced programme, where the tree is the hierarchy."""
    found = case.tree_of("global")
    if isinstance(found, str):
        raise NothingSaidError(found)
    if not found[1]:
        raise NothingSaidError("the hierarchy itself is not a tree with symmetries")
    return [Said("unit", found[0].lower, "factors of the reduced programme, in integers")]


def subsets_ceilings(case: Case) -> list[Said]:
    """All k-subsets: m/(2 sqrt(k(m - 1)(m - k)))."""
    m = case.relevance.n_documents
    sizes = [k for k in case.complete_sizes if k < m]
    if not sizes:
        raise NothingSaidError("for no k < m is every set of k documents a query")
    value, k = min((subsets_ceiling(m, k), k) for k in sizes)
    return [Said("row", value, f"all subsets of k = {k} of {m:,} documents")]


def shattered_ceiling(case: Case) -> list[Said]:
    """Shattered documents have queries for all subsets of half of them."""
    t = len(case.shattered.documents)
    if t < 3:
        raise NothingSaidError(f"three documents must be shattered: {t} were found")
    reason = f"{t} documents, all subsets of {t // 2} of them"
    return [Said("row", subsets_ceiling(t, t // 2), reason)]


_FLOORS = (
    ("orthonormal", orthonormal_floor),
    ("centroid-hubs", hubs_floor),
    ("optimum", optimum_floor),
    ("symmetric-tree", tree_floor),
)


def best_floor(case: Case) -> tuple[float, str]:
    """Return the largest margin that some embedding is known to have, and by what theorem."""
    found = []
    for name, floor in _FLOORS:
        try:
            found += [(said.value, name) for said in floor(case)]
        except NothingSaidError:
            continue
    return max(found, default=(0.0, ""))
