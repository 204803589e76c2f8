"""The theorems, built in and added by other distributions, and their bounds of a relevance.

A theorem stands in a module of its own with its statement, source, status and function; adding one
is a line in the `THEOREMS` of its package.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from hrgeom._base.checks import check_effort
from hrgeom._base.nearest import meant
from hrgeom._base.plugins import with_plugins
from hrgeom.bounds._from_constructions import DIMENSIONS, MARGINS
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import (
    Bound,
    NotApplicableError,
    Quantity,
    Setting,
    Side,
    Statement,
    Theorem,
)
from hrgeom.bounds.ceilings import THEOREMS as CEILINGS
from hrgeom.bounds.lower import THEOREMS as LOWER
from hrgeom.bounds.random import THEOREMS as RANDOM
from hrgeom.core import Hierarchy, Target, as_relevance
from hrgeom.errors import ConstructionError

__all__ = [
    "GROUP",
    "THEOREMS",
    "all_bounds",
    "all_theorems",
    "lower_dimension_limit",
    "strongest",
    "theorem_table",
    "theorems_named",
]

GROUP = "hrgeom.theorems"
"""Entry-point group under which other distributions add theorems."""

_SAME_MARGIN = 2e-5  # what a solver leaves between the two sides of an optimum

THEOREMS: tuple[Theorem, ...] = (
    *LOWER,
    *DIMENSIONS,
    *RANDOM,
    *MARGINS,
    *CEILINGS,
)
"""The theorems of hrgeom itself, dimension first, lower bounds first."""


def all_theorems() -> tuple[Theorem, ...]:
    """Return all theorems: those of hrgeom, then those that other distributions add.

    Other distributions add theorems by entry points of the group "hrgeom.theorems", each of which
    loads a `Theorem` or an iterable of them. They are loaded at the first call.

    Returns
    -------
    theorems : tuple of Theorem
        No two share name, quantity and side.

    Raises
    ------
    HrgeomError
        If two do; the message names both origins.

    Warns
    -----
    PluginWarning
        Where an entry point cannot be used; its theorems are left out.

    Examples
    --------
    >>> [t.name for t in all_theorems()][:2]
    ['signed-identity', 'vc-dimension']
    """
    return with_plugins(THEOREMS, GROUP, Theorem, key=lambda theorem: theorem.key)


def theorems_named(names: Iterable[str]) -> tuple[Theorem, ...]:
    """Return the theorems of some names, in the order of the registry.

    Parameters
    ----------
    names : iterable of str
        Several theorems may share one: those of both sides, or of both quantities.

    Returns
    -------
    theorems : tuple of Theorem
        All that bear one of the names.

    Raises
    ------
    ConstructionError
        If there is no theorem of a name.

    Examples
    --------
    >>> [t.key for t in theorems_named(["centroid-hubs"])]
    [('centroid-hubs', 'dimension', 'upper'), ('centroid-hubs', 'margin', 'lower')]
    """
    wanted, known = list(names), all_theorems()
    all_names = dict.fromkeys(theorem.name for theorem in known)
    for name in wanted:
        if name not in all_names:
            raise ConstructionError(
                f"theorem must be one of {', '.join(all_names)}: got {name!r}"
                f"{meant(name, all_names)}"
            )
    return tuple(theorem for theorem in known if theorem.name in wanted)


def all_bounds(
    target: Target,
    *,
    margin: float | None = None,
    effort: float = 0.0,
    seed: int = 0,
    solver: bool = True,
    theorems: Iterable[Theorem] | None = None,
    report: Callable[[str], None] | None = None,
) -> tuple[Bound, ...]:
    """Return the bounds of a hierarchy or a relevance by every theorem.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Margin ceilings of trees need a hierarchy.
    margin : float, optional
        Above 0 and at most 1: bounds on the dimension of embeddings of this normalized margin.
        Default: of any margin above 0.
    effort : float
        How long to search for shattered sets, classes and trees. 0: some ten seconds in all for
        100,000 nodes; 1: a minute or two, and larger semidefinite programs.
    seed : int
        Seed of tie breaks in searches.
    solver : bool
        Whether to solve semidefinite programs (extra `optimum`).
    theorems : iterable of Theorem, optional
        Default: all of `hrgeom.bounds.all_theorems()`. To add one for this call:
        ``(*hrgeom.bounds.all_theorems(), mine)``.
    report : callable, optional
        Called with a line of text before each theorem is applied: which, of how many.

    Returns
    -------
    bounds : tuple of Bound
        In the order of `theorems`, easiest setting first. For a theorem that does not apply there
        is one bound without a value, with the reason.

    Raises
    ------
    ConstructionError
        If `margin` or `effort` is out of range.

    References
    ----------
    Every bound names its own in `source`, and the page that has it in full in `page`.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("cow", "animal")])
    >>> bounds = all_bounds(h, solver=False)
    >>> [(b.setting, b.value) for b in bounds if b.is_tight and b.theorem == "radon"]
    [('row', 2), ('zero', 3)]
    """
    if margin is not None and not 0 < margin <= 1:
        raise ConstructionError(f"margin must be above 0 and at most 1: got {margin}")
    check_effort(effort)
    asked = all_theorems() if theorems is None else tuple(theorems)
    problem = BoundsProblem(
        relevance=as_relevance(target),
        hierarchy=target if isinstance(target, Hierarchy) else None,
        margin=margin,
        effort=effort,
        seed=seed,
        solver=solver,
        known_margins=partial(_known_margins, asked),
    )
    found: list[Bound] = []
    for number, theorem in enumerate(asked, 1):
        if report is not None:
            what = f"{theorem.name}, {theorem.quantity} {theorem.side}"
            report(f"theorem {number} of {len(asked)}: {what}")
        found += _bounds(theorem, problem)
    return _with_tightness(found)


def _known_margins(
    asked: tuple[Theorem, ...], problem: BoundsProblem
) -> Iterator[tuple[float, str]]:
    """Yield the margins that lower bounds promise, those of the registry and those asked for."""
    every = {theorem.key: theorem for theorem in (*all_theorems(), *asked)}
    for theorem in every.values():
        if (theorem.quantity, theorem.side) != ("margin", "lower"):
            continue
        try:
            statements = theorem.statements(problem)
        except NotApplicableError:
            continue
        yield from ((statement.value, theorem.name) for statement in statements)


def _bounds(theorem: Theorem, problem: BoundsProblem) -> list[Bound]:
    """Return the bounds of one theorem, with where they come from."""
    try:
        statements = theorem.statements(problem)
    except NotApplicableError as error:
        return [_bound(theorem, Statement("row", 0, str(error)), is_known=False)]
    if problem.margin is None or (theorem.quantity, theorem.side) != ("dimension", "upper"):
        return [_bound(theorem, statement) for statement in statements]
    return [_bound_for_margin(theorem, statement, problem.margin) for statement in statements]


def _bound(theorem: Theorem, statement: Statement, *, is_known: bool = True) -> Bound:
    return Bound(
        theorem=theorem.name,
        quantity=theorem.quantity,
        side=theorem.side,
        setting=statement.setting,
        value=statement.value if is_known else None,
        reason=statement.reason,
        margin=statement.margin,
        status=statement.status or theorem.status,
        source=theorem.source,
        proof=theorem.proof,
        page=theorem.page,
    )


def _bound_for_margin(theorem: Theorem, statement: Statement, wanted: float) -> Bound:
    """Return an upper bound on the dimension of embeddings of a margin, if it promises that."""
    if statement.margin is not None and statement.margin >= wanted:
        return _bound(theorem, statement)
    known = "none" if statement.margin is None else f"{statement.margin:.4g}"
    reason = f"the margin must be promised: it promises {known}"
    return _bound(theorem, replace(statement, reason=reason), is_known=False)


def _with_tightness(bounds: list[Bound]) -> tuple[Bound, ...]:
    """Mark the bounds that one from the other side meets."""
    tight = set()
    for i, no in enumerate(bounds):
        for j, some in enumerate(bounds):
            if no.quantity == some.quantity and _meets(no, some):
                tight |= {i, j}
    return tuple(replace(b, is_tight=i in tight) for i, b in enumerate(bounds))


def _meets(no: Bound, some: Bound) -> bool:
    """Return whether what no embedding can do is just what some embedding does."""
    if not no.forbids or some.forbids or not no.holds_for(some.setting):
        return False
    if no.value is None or some.value is None:
        return False
    if "observed" in (no.status, some.status):
        return False
    if no.quantity == "margin":
        return math.isclose(no.value, some.value, rel_tol=0.0, abs_tol=_SAME_MARGIN)
    return no.value == some.value and (no.margin is None or (some.margin or 0.0) >= no.margin)


def strongest(
    bounds: Iterable[Bound], quantity: Quantity, side: Side, setting: Setting
) -> Bound | None:
    """Return the strongest bound in a setting, including those that carry over to it.

    Parameters
    ----------
    bounds : iterable of Bound
        Bounds on one relevance, as `all_bounds` returns them.
    quantity : {"dimension", "margin", "bits"}
        What is bounded.
    side : {"lower", "upper"}
        Lower: the largest value; upper: the smallest.
    setting : {"row", "global", "unit", "zero"}
        The kind of embeddings that the bound must hold for, a key of `SETTINGS`.

    Returns
    -------
    bound : Bound or None
        The first of the strongest; None if there is none.

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


def lower_dimension_limit(target: Target, setting: Setting = "row") -> Bound | None:
    """Return the strongest lower bound on the dimension by the theorems that answer quickly.

    It holds for embeddings of any margin above 0, however small. Theorems that are `observed` are
    not asked: this is what no embedding can do, for certain.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        To be embedded.
    setting : {"row", "global", "unit", "zero"}
        The kind of embeddings.

    Returns
    -------
    bound : Bound or None
        None if no theorem applies.

    References
    ----------
    The bound names its theorem, source and page.

    Examples
    --------
    >>> from hrgeom.core import Relevance
    >>> star = Relevance.from_sets([{0}, {0, 1}, {0, 2}, {0, 3}], 4)
    >>> lower_dimension_limit(star).value, lower_dimension_limit(star, "zero").value
    (2, 3)
    """
    quick = [
        t for t in all_theorems() if (t.quantity, t.side) == ("dimension", "lower") and t.is_quick
    ]
    bounds = all_bounds(target, effort=1.0, solver=False, theorems=quick)
    certain = (b for b in bounds if b.status != "observed" and b.margin is None)
    return strongest(certain, "dimension", "lower", setting)


_SIGNS = {"lower": ">=", "upper": "<="}


def theorem_table(theorems: Iterable[Theorem] | None = None) -> str:
    """Return theorems as a table in Markdown, with what each states and where it comes from.

    Parameters
    ----------
    theorems : iterable of Theorem, optional
        Default: all of `hrgeom.bounds.all_theorems()`.

    Returns
    -------
    table : str
        One row per theorem.

    Examples
    --------
    >>> print(theorem_table(THEOREMS[:1]))
    | theorem | bounds | statement | status | source | page |
    | --- | --- | --- | --- | --- | --- |
    | `signed-identity` | dimension >= | Three queries with a document each that the others do not \
match take 2 dimensions, at times 3 | certified |  | theory/limits.md |
    """
    rows = [("theorem", "bounds", "statement", "status", "source", "page"), ("---",) * 6]
    for t in all_theorems() if theorems is None else theorems:
        bounded = f"{t.quantity} {_SIGNS[t.side]}"
        rows.append((f"`{t.name}`", bounded, t.statement, t.status, t.source, t.page))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
