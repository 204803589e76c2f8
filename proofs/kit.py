"""What a proof file is made of, and what checks it.

A proof file states one theorem (`ID`, `TITLE`, `STATEMENT`, `ASSUMPTIONS`, `SOURCE`, `STATUS`).
Its function `steps()` yields the formulas of the proof, one by one, each verified by sympy for all
admissible values; `instances(rng)` yields the statement itself on random admissible values, in
exact or interval arithmetic. The words between the formulas are for people to check; they stand in
the file.

*proved* means that every formula of the proof is a symbolic step; *certified on instances* that the
statement was verified, without rounding, on the instances and no further; *observed* that floating
point has seen it and nothing more.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import numpy as np
import sympy as sp

__all__ = [
    "STATUSES",
    "Proof",
    "Report",
    "Step",
    "at_least",
    "at_most",
    "check",
    "equal",
    "instance",
    "load",
    "names",
    "observed",
    "positive",
    "same_matrix",
]

STATUSES = ("proved", "certified on instances", "observed")
_NOT_PROOFS = {"kit"}


@dataclass(frozen=True)
class Step:
    """One line of a proof: what it says, whether that is so, and how it was found out."""

    words: str
    holds: bool
    how: Literal["symbolic", "instance", "observed"]


def equal(words: str, left: Any, right: Any) -> Step:
    """Return the step that two expressions are the same for all values of their symbols."""
    difference = sp.sympify(left) - sp.sympify(right)
    return Step(words, _is(difference, lambda e: e.is_zero), "symbolic")


def same_matrix(words: str, left: Any, right: Any) -> Step:
    """Return the step that two expressions in matrices of symbolic size are the same."""
    difference = (left - right).expand().doit()
    return Step(words, difference.is_ZeroMatrix is True, "symbolic")


def at_least(
    words: str, expression: Any, bound: Any, attained: dict[Any, Any] | None = None
) -> Step:
    """Return the step that an expression is at least a bound for all values of its symbols.

    The difference must show as a sum or product of terms whose signs follow from the assumptions
    on the symbols: for x >= a write x = a + t with t nonnegative. `attained` are values where the
    two are equal, which is verified too: then no larger bound would do.
    """
    difference = sp.sympify(expression) - sp.sympify(bound)
    holds = _is(difference, lambda e: e.is_nonnegative)
    if attained is not None:
        holds = holds and _is(difference.subs(attained), lambda e: e.is_zero)
    return Step(words, holds, "symbolic")


def at_most(
    words: str, expression: Any, bound: Any, attained: dict[Any, Any] | None = None
) -> Step:
    """Return the step that an expression is at most a bound; see `at_least`."""
    return at_least(words, -sp.sympify(expression), -sp.sympify(bound), attained)


def positive(words: str, expression: Any) -> Step:
    """Return the step that an expression exceeds 0; see `at_least`."""
    return Step(words, _is(sp.sympify(expression), lambda e: e.is_positive), "symbolic")


def instance(words: str, holds: bool) -> Step:
    """Return what exact or interval arithmetic found on some values."""
    return Step(words, bool(holds), "instance")


def observed(words: str, holds: bool) -> Step:
    """Return what floating-point arithmetic found on some values."""
    return Step(words, bool(holds), "observed")


@dataclass(frozen=True)
class Proof:
    """A proof file, loaded."""

    id: str
    title: str
    statement: str
    assumptions: tuple[str, ...]
    source: str
    status: str
    steps: Callable[[], Iterator[Step]]
    instances: Callable[[np.random.Generator], Iterator[Step]]


@dataclass(frozen=True)
class Report:
    """What checking a proof found: all its steps, whether all hold, and how long it took."""

    proof: Proof
    steps: tuple[Step, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """True if every step holds and there are those that the status speaks of."""
        needed = {"proved": "symbolic", "certified on instances": "instance"}
        how = needed.get(self.proof.status, "observed")
        complete = any(step.how == how for step in self.steps)
        only = self.proof.status == "observed" or all(s.how != "observed" for s in self.steps)
        return complete and only and all(step.holds for step in self.steps)

    @property
    def failed(self) -> tuple[Step, ...]:
        """The steps that do not hold."""
        return tuple(step for step in self.steps if not step.holds)


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
    )
    if proof.status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}: got {proof.status!r}")
    return proof


def check(proof: Proof, seed: int = 0) -> Report:
    """Return the report on a proof: all its steps, then the statement on random instances."""
    started = time.perf_counter()
    steps = (*proof.steps(), *proof.instances(np.random.default_rng(seed)))
    return Report(proof, steps, time.perf_counter() - started)


def _is(expression: Any, test: Callable[[Any], bool | None]) -> bool:
    """Whether the test is certain of one of the forms that sympy finds for an expression."""
    for form in (lambda e: e, sp.expand, sp.factor, sp.simplify):
        if test(form(expression)) is True:
            return True
    return False
