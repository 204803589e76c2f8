"""All bounds of a relevance, each with where it comes from. Adding a theorem: a line in `THEOREMS`.

What a theorem says of a case is in `hrgeom.bounds._of_dimension` and `hrgeom.bounds._of_margin`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hrgeom._base.checks import check_effort
from hrgeom.bounds import _of_dimension as d
from hrgeom.bounds import _of_margin as m
from hrgeom.bounds._bound import Bound, Quantity, Setting, Side, Status
from hrgeom.bounds._problem import Case
from hrgeom.bounds._statement import NothingSaidError, Said
from hrgeom.core import Hierarchy, Relevance, as_relevance
from hrgeom.errors import ConstructionError

__all__ = ["THEOREMS", "Theorem", "all_bounds", "strongest"]

_SAME_MARGIN = 2e-5  # what a solver leaves between the two sides of an optimum


@dataclass(frozen=True)
class Theorem:
    """A theorem of the table; fields as in `Bound`, `says` works it out for a case."""

    name: str
    quantity: Quantity
    side: Side
    says: Callable[[Case], list[Said]]
    status: Status
    source: str
    proof: str
    page: str


_YOU = "You et al. 2025, Theorem 3.1"
_WANG = "Wang et al. 2026"

# ruff: noqa: E501  (a theorem is a line)
# fmt: off
THEOREMS: tuple[Theorem, ...] = (
    Theorem("signed-identity", "dimension", "lower", d.signed_identity_dims, "certified", "", "signed-identity", "limits"),
    Theorem("vc-dimension", "dimension", "lower", d.vc_dims, "certified", "Vapnik and Chervonenkis 1971", "shattering", "limits"),
    Theorem("forster", "dimension", "lower", d.forster_dims, "certified", "Forster 2002", "forster", "limits"),
    Theorem("radon", "dimension", "lower", d.radon_dims, "certified", "Radon 1921", "radon", "limits"),
    Theorem("all-subsets", "dimension", "lower", d.subsets_dim, "proved", _WANG, "radon", "limits"),
    Theorem("packing", "dimension", "lower", d.packing_dims, "proved", "", "packing", "limits"),
    Theorem("half-plane", "dimension", "upper", d.half_plane_dim, "proved", "", "half-plane", "half-plane"),
    Theorem("interval", "dimension", "upper", d.interval_dim, "proved", "", "interval-cover", "interval"),
    Theorem("trie", "dimension", "upper", d.trie_dim, "proved", "", "kraft-trie", "trie"),
    Theorem("block-code", "dimension", "upper", d.block_code_dim, "proved", "", "block-code", "direct-sum"),
    Theorem("centroid-hubs", "dimension", "upper", d.hubs_dim, "proved", "", "centroid-hubs", "centroid-hubs"),
    Theorem("moment-curve", "dimension", "upper", d.moment_curve_dims, "proved", _WANG, "moment-curve", "moment-curve"),
    Theorem("simplex", "dimension", "upper", d.simplex_dims, "proved", "", "", "limits"),
    Theorem("theorem-3-1", "dimension", "upper", d.theorem_3_1_dims, "proved", _YOU, "theorem-3-1", "random"),
    Theorem("exact-law", "dimension", "upper", d.exact_law_dims, "observed", _YOU, "exact-law", "random"),
    Theorem("random-rows", "dimension", "upper", d.random_rows_dims, "proved", _YOU, "random-rows", "random"),
    Theorem("compression", "dimension", "upper", d.compression_dims, "proved", "Johnson and Lindenstrauss 1984", "jl-compression", "random"),
    Theorem("orthonormal", "margin", "lower", m.orthonormal_floor, "proved", "", "", "limits"),
    Theorem("centroid-hubs", "margin", "lower", m.hubs_floor, "proved", "", "centroid-hubs", "centroid-hubs"),
    Theorem("optimum", "margin", "lower", m.optimum_floor, "certified", "", "", "optimum"),
    Theorem("symmetric-tree", "margin", "lower", m.tree_floor, "certified", "", "perfect-tree-blocks", "ceiling"),
    Theorem("optimum", "margin", "upper", m.optimum_ceiling, "certified", "", "sdp-weak-duality", "optimum"),
    Theorem("symmetric-tree", "margin", "upper", m.tree_ceilings, "certified", "", "perfect-tree-blocks", "ceiling"),
    Theorem("all-subsets", "margin", "upper", m.subsets_ceilings, "proved", _WANG, "margin-ceiling", "ceiling"),
    Theorem("shattered", "margin", "upper", m.shattered_ceiling, "certified", _WANG, "margin-ceiling", "limits"),
)
"""The theorems, dimension first, lower bounds first."""
# fmt: on


def all_bounds(
    target: Hierarchy | Relevance,
    *,
    margin: float | None = None,
    effort: float = 0.0,
    seed: int = 0,
    solver: bool = True,
    theorems: Iterable[Theorem] = THEOREMS,
) -> tuple[Bound, ...]:
    """Return what every theorem says of a hierarchy or a relevance.

    Parameters
    ----------
    target : Hierarchy or Relevance
        Of a relevance nothing is known but the relation; margin ceilings of trees need a hierarchy.
    margin : float, optional
        Above 0 and at most 1: bounds on the dimension of embeddings of this normalized margin.
        Default: of any margin above 0.
    effort : float
        How long to search for shattered sets, classes and trees. 0: some ten seconds in all for
        100,000 nodes; 1: a minute or two, and larger semidefinite programmes.
    seed : int
        Of tie breaks in searches.
    solver : bool
        Whether to solve semidefinite programmes (extra `optimum`).
    theorems : iterable of Theorem
        Which; default all.

    Returns
    -------
    bounds : tuple of Bound
        In the order of `theorems`, easiest setting first. Where one says nothing there is a bound
        without a value, with the reason.

    Raises
    ------
    ConstructionError
        If `margin` or `effort` is out of range.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("cow", "animal")])
    >>> bounds = all_bounds(h, solver=False)
    >>> [(b.notion, b.value) for b in bounds if b.is_tight and b.theorem == "radon"]
    [('row', 2), ('zero', 3)]
    """
    if margin is not None and not 0 < margin <= 1:
        raise ConstructionError(f"margin must be above 0 and at most 1: got {margin}")
    check_effort(effort)
    hierarchy = target if isinstance(target, Hierarchy) else None
    relevance = as_relevance(target)
    case = Case(relevance, hierarchy, margin, effort, seed, solver)
    return _with_tightness([bound for theorem in theorems for bound in _bounds(theorem, case)])


def _bounds(theorem: Theorem, case: Case) -> list[Bound]:
    """Return what one theorem says, in full."""

    def bound(said: Said, value: float | int | None, reason: str) -> Bound:
        return Bound(
            theorem=theorem.name,
            quantity=theorem.quantity,
            side=theorem.side,
            notion=said.notion,
            value=value,
            reason=reason,
            margin=said.margin,
            status=said.status or theorem.status,
            source=theorem.source,
            proof=theorem.proof,
            page=theorem.page and f"theory/{theorem.page}.md",
        )

    try:
        said = theorem.says(case)
    except NothingSaidError as nothing:
        easiest: Setting = "row"
        return [bound(Said(easiest, 0, ""), None, str(nothing))]
    if case.margin is None or (theorem.quantity, theorem.side) != ("dimension", "upper"):
        return [bound(x, x.value, x.reason) for x in said]
    found = []
    for x in said:
        if x.margin is not None and x.margin >= case.margin:
            found.append(bound(x, x.value, x.reason))
        else:
            known = "none" if x.margin is None else f"{x.margin:.4g}"
            found.append(bound(x, None, f"the margin must be promised: it promises {known}"))
    return found


def _with_tightness(bounds: list[Bound]) -> tuple[Bound, ...]:
    """Mark the bounds that one from the other side meets."""
    tight = set()
    for i, no in enumerate(bounds):
        for j, some in enumerate(bounds):
            if no.forbids and not some.forbids and no.quantity == some.quantity and meets(no, some):
                tight |= {i, j}
    return tuple(replace(b, is_tight=i in tight) for i, b in enumerate(bounds))


def meets(no: Bound, some: Bound) -> bool:
    """Return whether what no embedding can do is just what some embedding does."""
    if no.value is None or some.value is None or not no.holds_for(some.notion):
        return False
    if "observed" in (no.status, some.status):
        return False
    if no.quantity == "margin":
        return math.isclose(no.value, some.value, rel_tol=0.0, abs_tol=_SAME_MARGIN)
    return no.value == some.value and (no.margin is None or (some.margin or 0.0) >= no.margin)


def strongest(
    bounds: Iterable[Bound], quantity: Quantity, side: Side, setting: Setting
) -> Bound | None:
    """Return the bound that says most in a setting, those included that carry over to it.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> bounds = all_bounds(h, solver=False)
    >>> [strongest(bounds, "dimension", "upper", s).value for s in ("row", "zero")]
    [2, 2]
    """
    found = [
        b
        for b in bounds
        if (b.quantity, b.side) == (quantity, side) and b.value is not None and b.holds_for(setting)
    ]
    sign = -1 if side == "lower" else 1
    return min(found, key=lambda b: sign * (b.value or 0), default=None)
