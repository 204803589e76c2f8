"""The contract of theorems: fields, determinism, and truth on small relevances."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import get_args

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from hrgeom.bounds import (
    SETTINGS,
    THEOREMS,
    Bound,
    CertifiedConstruction,
    Need,
    Quantity,
    Setting,
    Side,
    Status,
    Theorem,
    all_bounds,
    certified_constructions,
    contradictions,
)
from hrgeom.core import Hierarchy, Relevance, Target
from hrgeom.datasets import perfect_tree, random_dag
from hrgeom.testing._least_dimensions import known_least_dimensions
from hrgeom.testing._strategies import dags, relevances, trees

__all__ = ["check_theorem"]

_MARGINS = (None, 0.1)  # that embeddings are asked to have
_N_EXAMPLES = 8  # drawn, besides those written down
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_theorem(theorem: Theorem, *, docs: Path | None = None) -> None:
    """Check that a theorem keeps the contract of the registry, on small relevances.

    - Its fields are complete: a name, a statement of one line, a known proof if any.
    - Its statements have a legal setting, value, margin and status, and say what they follow from.
    - It raises `NotApplicableError` where it does not apply, and nothing else.
    - Two applications to equal problems say the same.
    - No embedding contradicts it: none of hrgeom's constructions, built in float64 and certified,
      is what it forbids, and what it promises is not what another theorem forbids.
    - It is true by brute force where the least dimension of a tiny relevance can be found by going
      through all orders of documents.

    A theorem that is too strong is found out where some instance is tight, so this refutes and
    does not prove.

    Parameters
    ----------
    theorem : Theorem
        Of hrgeom or of a plug-in. Those that need a solver are applied only where cvxpy is
        installed (extra `optimum`).
    docs : Path, optional
        Folder that `theorem.page` must be in. Default: it is not looked up.

    Raises
    ------
    AssertionError
        If it breaks the contract; the message tells what was expected, what was found and on
        which relevance.

    Examples
    --------
    >>> from hrgeom.bounds import THEOREMS
    >>> check_theorem(THEOREMS[0])
    """
    _check_fields(theorem, docs)
    for instance in _instances():
        for margin in _MARGINS:
            _check_on(theorem, instance, margin)


def _check_fields(theorem: Theorem, docs: Path | None) -> None:
    def require(holds: bool, what: str, found: object) -> None:
        assert holds, f"theorem {theorem.name!r}: {what}: got {found!r}"

    legal = {"quantity": Quantity, "side": Side, "status": Status}
    for field, values in legal.items():
        found = getattr(theorem, field)
        allowed = get_args(values)
        require(found in allowed, f"{field} must be one of {', '.join(allowed)}", found)
    require(
        bool(_NAME.fullmatch(theorem.name)), "name must be lower case with dashes", theorem.name
    )
    is_line = bool(theorem.statement.strip()) and "\n" not in theorem.statement
    require(is_line, "statement must be one line of text", theorem.statement)
    require(callable(theorem.says), "says must be a function", theorem.says)
    unknown = set(theorem.needs) - set(get_args(Need))
    require(not unknown, f"needs must be among {', '.join(get_args(Need))}", theorem.needs)
    known = not theorem.proof or theorem.proof in _proofs()
    require(known, "proof must be the identifier of a file in proofs/ or empty", theorem.proof)
    is_address = theorem.page.startswith(("http://", "https://"))
    is_page = not theorem.page or is_address or theorem.page.endswith(".md")
    require(is_page, "page must be a .md file below docs/, an address or empty", theorem.page)
    if docs is not None and theorem.page and not is_address:
        require((docs / theorem.page).is_file(), f"page must be in {docs}", theorem.page)


@cache
def _proofs() -> frozenset[str]:
    """Return the identifiers of all proof files, without importing them (they need sympy)."""
    spec = find_spec("hrgeom.proofs")
    folders = [] if spec is None else spec.submodule_search_locations or []
    files = (path for folder in folders for path in Path(folder).glob("[a-z]*.py"))
    return frozenset(path.stem.replace("_", "-") for path in files)


class _Instance:
    """A hierarchy or relevance with what is known of it, worked out once for all theorems."""

    def __init__(self, target: Target, *, with_solver: bool = False) -> None:
        self.target = target
        self.with_solver = with_solver and find_spec("cvxpy") is not None
        self._others: dict[float | None, tuple[Bound, ...]] = {}

    def __str__(self) -> str:
        relevance = self.target.relevance
        sets = [relevance.matches(q).tolist() for q in range(relevance.n_queries)]
        kind = type(self.target).__name__
        return f"the {kind} of {relevance.n_documents} documents with S(q) = {sets}"

    def apply(self, theorems: Iterable[Theorem], margin: float | None) -> tuple[Bound, ...]:
        """Return bounds of a copy of the target, so that nothing kept from before is used."""
        target = copy.deepcopy(self.target)
        return all_bounds(target, margin=margin, solver=self.with_solver, theorems=theorems)

    def others(self, theorem: Theorem, margin: float | None) -> list[Bound]:
        """Return the bounds of all built-in theorems but one; `observed` ones refute nothing."""
        if margin not in self._others:
            certain = [t for t in THEOREMS if t.status != "observed"]
            self._others[margin] = self.apply(certain, margin)
        own = theorem.key
        return [b for b in self._others[margin] if (b.theorem, b.quantity, b.side) != own]

    @cached_property
    def certified(self) -> tuple[CertifiedConstruction, ...]:
        return certified_constructions(self.target, which="all", threads=1)

    @cached_property
    def least_dimensions(self) -> dict[Setting, tuple[int, bool]]:
        return known_least_dimensions(self.target.relevance)


@cache
def _instances() -> tuple[_Instance, ...]:
    def sets(m: int, *sizes: int) -> Relevance:
        return Relevance.from_sets([set(c) for k in sizes for c in combinations(range(m), k)], m)

    with_solver: list[Target] = [
        Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("cow", "animal")]),
        perfect_tree(2, 3),
        sets(6, 2),  # all pairs: the moment curve ranks with just what Radon's theorem asks for
        sets(3, 0, 1, 2, 3),  # shattered documents
        Relevance.from_sets([{0}], 2),
    ]
    without: list[Target] = [
        random_dag(25, extra_parents=0.4, seed=1),
        sets(5, 1),
        Relevance.from_sets([{0}], 1),
        Relevance.from_sets([set(), set()], 2),
        Relevance.from_sets([{0, 1}, {0, 1}], 2),
        Relevance.from_sets([{0, 1}, {0, 1}, {2}, set()], 4),
    ]
    return (
        *(_Instance(target, with_solver=True) for target in with_solver),
        *map(_Instance, without),
        *map(_Instance, _drawn()),
    )


def _drawn() -> list[Target]:
    """Return examples of the strategies, the same every time."""
    found: list[Target] = []
    targets = st.one_of(trees(8), dags(8), relevances(6, 5), relevances(6, 5))

    @seed(0)
    @settings(max_examples=_N_EXAMPLES, database=None, phases=[Phase.generate], deadline=None)
    @given(target=targets)
    def draw(target: Target) -> None:
        found.append(target)

    draw()
    return found


def _check_on(theorem: Theorem, instance: _Instance, margin: float | None) -> None:
    asked = "any margin" if margin is None else f"margin {margin}"
    where = f"for {asked} on {instance}"
    bounds = _applied(theorem, instance, margin, where)
    again = _applied(theorem, instance, margin, where)
    assert bounds == again, (
        f"theorem {theorem.name!r} must say the same of equal problems {where}: "
        f"got {bounds} and then {again}"
    )
    for bound in bounds:
        _check_legal(theorem, bound, margin, where)
        _check_by_brute_force(theorem, bound, instance, where)
    wrong = contradictions([*bounds, *instance.others(theorem, margin)], instance.certified)
    assert not wrong, f"theorem {theorem.name!r} must not be contradicted {where}: got {wrong}"


def _applied(
    theorem: Theorem, instance: _Instance, margin: float | None, where: str
) -> tuple[Bound, ...]:
    try:
        return instance.apply([theorem], margin)
    except Exception as error:
        raise AssertionError(
            f"theorem {theorem.name!r} must make statements or raise NotApplicableError {where}: "
            f"got {type(error).__name__}: {error}"
        ) from error


def _check_legal(theorem: Theorem, bound: Bound, margin: float | None, where: str) -> None:
    def require(holds: bool, what: str) -> None:
        assert holds, f"theorem {theorem.name!r}: {what} {where}: got {bound}"

    require(bound.setting in SETTINGS, f"setting must be one of {', '.join(SETTINGS)}")
    require(bound.status in get_args(Status), "status must be a legal one")
    require(bool(bound.reason) and "\n" not in bound.reason, "reason must be one line of text")
    known = bound.margin is None or (math.isfinite(bound.margin) and 0 <= bound.margin <= 1)
    require(known, "the margin of a statement must be from 0 to 1")
    if bound.value is None:
        return
    if theorem.quantity == "margin":
        require(math.isfinite(bound.value) and bound.value >= 0, "a margin must be at least 0")
        return
    is_whole = isinstance(bound.value, int) and not isinstance(bound.value, bool)
    require(is_whole and bound.value >= 1, "a dimension must be a whole number of at least 1")
    if theorem.side == "lower" and bound.margin is not None:
        asked = margin is not None and bound.margin <= margin
        require(asked, "a lower bound must hold for all embeddings of the margin asked for")


def _check_by_brute_force(theorem: Theorem, bound: Bound, instance: _Instance, where: str) -> None:
    """Compare a bound on the dimension with the least one, found by going through all orders.

    Lower bounds for a margin speak of fewer embeddings and are left to the certificates.
    """
    if theorem.quantity != "dimension" or bound.value is None:
        return
    for setting, (least, is_exact) in instance.least_dimensions.items():
        if not bound.holds_for(setting):
            continue
        if theorem.side == "upper":
            holds = bound.value >= least
        else:
            holds = bound.margin is not None or not is_exact or bound.value <= least
        sign = "" if is_exact else "at least "
        assert holds, (
            f"theorem {theorem.name!r} must be true {where}: got {bound}, but the least dimension "
            f"in setting {setting!r} is {sign}{least} by brute force"
        )
