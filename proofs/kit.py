"""What a proof file is made of, and what checks it.

A proof file states one theorem (`ID`, `TITLE`, `STATEMENT`, `ASSUMPTIONS`, `SOURCE`, `STATUS`).
Its function `steps()` yields the formulas of the proof, one by one, each verified by sympy for all
admissible values; `instances(rng)` yields the statement itself on random admissible values, in
exact or interval arithmetic. The words between the formulas are for people to check; they stand in
the file.

Four labels say what a statement rests on. *machine-checked*: theorems of Rocq that the file names
(`ROCQ`) are the statement, and are proved there end to end; those of a part (`ROCQ_PART`) are not
enough. *proof on paper, formulas checked*: the argument is in words, and every number and formula
of the conclusion is one that a symbolic step shows (`stated`). *cited*: taken from the literature;
facts that a proof takes from there are its `CITED`. *observed*: seen in floating point, and nothing
more.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import sympy as sp

from ._statement import Statement, plain, stated

__all__ = [
    "LABELS",
    "STATUSES",
    "Proof",
    "Report",
    "Step",
    "at_least",
    "at_most",
    "check",
    "coordinates",
    "equal",
    "instance",
    "kept",
    "load",
    "names",
    "observed",
    "positive",
    "same_matrix",
    "stated",
]

MACHINE, PAPER, CITED, OBSERVED = (
    "machine-checked",
    "proof on paper, formulas checked",
    "cited",
    "observed",
)
LABELS = (MACHINE, PAPER, CITED, OBSERVED)
STATUSES = (PAPER, OBSERVED)
_NOT_PROOFS = {"kit"}
ROCQ_FOLDER = Path(__file__).parent / "rocq"


@dataclass(frozen=True)
class Step:
    """One line of a proof: what it says, whether that is so, and how it was found out.

    Attributes
    ----------
    words : str
        What it says.
    holds : bool
        Whether that is so.
    how : {"symbolic", "instance", "observed"}
        For all values of its symbols, exactly on some values, or in floating point.
    says : tuple of sympy expressions
        The two sides, or the one expression that is positive.
    shows : str
        Names of formulas of the conclusion that this step is there for, with spaces.
    sizes : str
        Where it is written out for some sizes only: for which.
    """

    words: str
    holds: bool
    how: Literal["symbolic", "instance", "observed"]
    says: tuple[Any, ...] = ()
    shows: str = ""
    sizes: str = ""

    @property
    def covers(self) -> str:
        """What it holds for: some sizes, or all values of its symbols that are assumed of them."""
        if self.sizes:
            return f"{self.sizes} only"
        found = {s for side in self.says for s in getattr(side, "free_symbols", ())}
        if self.how != "symbolic":
            return "these values only"
        named = (_assumed(s) for s in sorted(found, key=str))
        return ", ".join(dict.fromkeys(named)) or "no symbols"

    def is_for(self, name: str, formula: Any) -> bool:
        """Whether this step shows a formula of a conclusion: it says so, and the formula is in it.

        The formula must stand in it as a side or as a part of one, a factor say; a bare number or
        symbol, which is a part of much, as a side.
        """
        if name not in self.shows.split() or self.how != "symbolic" or not self.holds:
            return False
        wanted, sides = plain(formula), [plain(side) for side in self.says]
        if wanted in sides:
            return not _says_nothing(self.says)
        return bool(wanted.args) and any(_is_part(wanted, side) for side in sides)


def _assumed(symbol: Any) -> str:
    if not isinstance(symbol, sp.Symbol):
        return f"all matrices {symbol}"
    sign = " > 0" if symbol.is_positive else " >= 0" if symbol.is_nonnegative else ""
    return f"all {'integers ' if symbol.is_integer else ''}{symbol}{sign}"


def _is_part(wanted: Any, side: Any) -> bool:
    """Whether a formula stands in a side, other than as some terms of a sum."""
    if not isinstance(side, sp.Add):
        return bool(side.has(wanted))
    return any(term != wanted and term.has(wanted) for term in side.args)


def _says_nothing(sides: tuple[Any, ...]) -> bool:
    """Whether both sides are one number, as written."""
    return len(sides) > 1 and len(set(sides)) == 1 and not sides[0].free_symbols


def equal(words: str, left: Any, right: Any, *, shows: str = "", sizes: str = "") -> Step:
    """Return the step that two expressions are the same for all values of their symbols."""
    sides = sp.sympify(left), sp.sympify(right)
    holds = _is(sides[0] - sides[1], lambda e: e.is_zero)
    return Step(words, holds, "symbolic", sides, shows, sizes)


def coordinates(words: str, each: Any, shared: Any, classes: Any, *, shows: str = "") -> Step:
    """Return the step that so many coordinates of every class and some shared ones are together.

    The left side stays a sum over the classes, the right one is `each * classes + shared`.
    """
    number = sp.Symbol("c", integer=True)
    left = sp.Sum(each, (number, 1, classes)) + shared
    right = sp.sympify(each * classes + shared)
    holds = _is(left.doit() - right, lambda e: e.is_zero)
    return Step(words, holds, "symbolic", (left, right), shows)


def kept(expression: Any) -> Any:
    """Return an expression that sympy leaves as it is written until a step is verified."""
    return sp.UnevaluatedExpr(sp.sympify(expression))


def same_matrix(words: str, left: Any, right: Any, *, shows: str = "") -> Step:
    """Return the step that two expressions in matrices of symbolic size are the same."""
    difference = (left - right).expand().doit()
    return Step(words, difference.is_ZeroMatrix is True, "symbolic", (left, right), shows)


def at_least(
    words: str,
    expression: Any,
    bound: Any,
    attained: dict[Any, Any] | None = None,
    *,
    shows: str = "",
    sizes: str = "",
) -> Step:
    """Return the step that an expression is at least a bound for all values of its symbols.

    The difference must show as a sum or product of terms whose signs follow from the assumptions
    on the symbols: for x >= a write x = a + t with t nonnegative. `attained` are values where the
    two are equal, which is verified too: then no larger bound would do.
    """
    sides = sp.sympify(expression), sp.sympify(bound)
    difference = sides[0] - sides[1]
    holds = _is(difference, lambda e: e.is_nonnegative)
    if attained is not None:
        holds = holds and _is(difference.subs(attained), lambda e: e.is_zero)
    return Step(words, holds, "symbolic", sides, shows, sizes)


def at_most(
    words: str,
    expression: Any,
    bound: Any,
    attained: dict[Any, Any] | None = None,
    *,
    shows: str = "",
    sizes: str = "",
) -> Step:
    """Return the step that an expression is at most a bound; see `at_least`."""
    step = at_least(words, -sp.sympify(expression), -sp.sympify(bound), attained)
    sides = sp.sympify(expression), sp.sympify(bound)
    return Step(words, step.holds, "symbolic", sides, shows, sizes)


def positive(words: str, expression: Any, *, shows: str = "", sizes: str = "") -> Step:
    """Return the step that an expression exceeds 0; see `at_least`."""
    side = sp.sympify(expression)
    return Step(words, _is(side, lambda e: e.is_positive), "symbolic", (side,), shows, sizes)


def instance(words: str, holds: bool) -> Step:
    """Return what exact or interval arithmetic found on some values."""
    return Step(words, bool(holds), "instance")


def observed(words: str, holds: bool) -> Step:
    """Return what floating-point arithmetic found on some values."""
    return Step(words, bool(holds), "observed")


@dataclass(frozen=True)
class Proof:
    """A proof file, loaded.

    `rocq` are files in `proofs/rocq` with the theorem in each: together they state and prove the
    same, or only the part of it that `rocq_part` names. `cited` is taken from the literature.
    """

    id: str
    title: str
    statement: str
    assumptions: tuple[str, ...]
    source: str
    status: str
    steps: Callable[[], Iterator[Step]]
    instances: Callable[[np.random.Generator], Iterator[Step]]
    rocq: tuple[tuple[str, str], ...] = ()
    rocq_part: str = ""
    cited: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The label that it has if its check finds no fault."""
        whole = self.rocq and not self.rocq_part
        return MACHINE if whole and self.status == PAPER else self.status


@dataclass(frozen=True)
class Report:
    """What checking a proof found: all its steps, whether all hold, and how long it took."""

    proof: Proof
    steps: tuple[Step, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """True if every step holds and there are those that the status speaks of."""
        return not self.faults

    @property
    def failed(self) -> tuple[Step, ...]:
        """The steps that do not hold."""
        return tuple(step for step in self.steps if not step.holds)

    @property
    def faults(self) -> tuple[str, ...]:
        """Reasons why the statement does not have its label; empty if it has."""
        found = [f"does not hold: {step.words}" for step in self.failed]
        found += _not_in_rocq(self.proof)
        if self.proof.status == OBSERVED:
            seen = any(step.how == "observed" for step in self.steps)
            return tuple(found if seen else [*found, "there must be an observed step: none was"])
        if any(step.how == "observed" for step in self.steps):
            found.append("steps must not be observed where the statement is proved")
        return (*found, *self.unbound)

    @property
    def unbound(self) -> tuple[str, ...]:
        """What the conclusion says and no step shows."""
        statement = self.proof.statement
        if not isinstance(statement, Statement):
            return ("the statement must be made by `stated`, from formulas that steps show",)
        if not statement.formulas:
            return ("the conclusion must have a formula that a step shows: it has none",)
        loose = [f"{n!r} in the conclusion is no formula" for n in statement.loose_numbers]
        return (
            *loose,
            *(
                f"no step shows {name} = {formula}"
                for name, formula in statement.formulas.items()
                if not any(step.is_for(name, formula) for step in self.steps)
            ),
        )


def _not_in_rocq(proof: Proof) -> list[str]:
    """Return why the theorem that a proof names in Rocq is not there, if so."""
    if not ROCQ_FOLDER.is_dir():  # sources are not installed
        return []
    missing = [(file, theorem) for file, theorem in proof.rocq if not _has(file, theorem)]
    return [f"proofs/rocq/{file} must state {theorem}: it does not" for file, theorem in missing]


def _has(file: str, theorem: str) -> bool:
    source = ROCQ_FOLDER / file
    text = source.read_text(encoding="utf-8") if source.is_file() else ""
    found = rf"^\s*(Theorem|Corollary|Lemma)\s+{re.escape(theorem)}\b"
    return re.search(found, text, re.MULTILINE) is not None


def names() -> list[str]:
    """Return the identifiers of all proof files, in alphabetic order."""
    package = importlib.import_module(__package__)
    found = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(
        n.replace("_", "-") for n in found if not n.startswith("_") and n not in _NOT_PROOFS
    )


def load(name: str | ModuleType) -> Proof:
    """Return the proof of this identifier, or of this module.

    Raises
    ------
    ValueError
        If there is no such proof, or its file lacks something.
    """
    if isinstance(name, str):
        if name not in names():
            raise ValueError(f"a proof must be one of {', '.join(names())}: got {name!r}")
        module = importlib.import_module(f"{__package__}.{name.replace('-', '_')}")
    else:
        module = name
    proof = Proof(
        module.ID,
        module.TITLE,
        module.STATEMENT,
        tuple(module.ASSUMPTIONS),
        module.SOURCE,
        module.STATUS,
        getattr(module, "steps", lambda: iter(())),
        getattr(module, "instances", lambda rng: iter(())),
        tuple(getattr(module, "ROCQ", ())),
        getattr(module, "ROCQ_PART", ""),
        tuple(getattr(module, "CITED", ())),
    )
    if proof.status not in STATUSES:
        raise ValueError(f"status must be one of {' | '.join(STATUSES)}: got {proof.status!r}")
    return proof


def check(proof: Proof, seed: int = 0) -> Report:
    """Return the report on a proof: all its steps, then the statement on random instances."""
    started = time.perf_counter()
    steps = (*proof.steps(), *proof.instances(np.random.default_rng(seed)))
    return Report(proof, steps, time.perf_counter() - started)


def _is(expression: Any, test: Callable[[Any], bool | None]) -> bool:
    """Whether the test is certain of one of the forms that sympy finds for an expression."""
    for form in (lambda e: e, lambda e: e.doit(), sp.expand, sp.factor, sp.simplify):
        if test(form(expression)) is True:
            return True
    return False
