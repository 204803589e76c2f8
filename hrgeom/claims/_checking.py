"""Recompute the evidence of claims and compare it with the declared verdicts."""

from __future__ import annotations

import importlib
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from hrgeom._base.optional import pip_install
from hrgeom.claims._claim import Claim, ClaimVerdict, Evidence, verdict_of
from hrgeom.errors import HrgeomError

__all__ = ["Checked", "ProofState", "check", "proof_states"]

_EXTRA = "'hrgeom[proofs]'"


@dataclass(frozen=True)
class ProofState:
    """A proof that a claim rests on.

    Attributes
    ----------
    id, title : str
        Name of the proof file without its suffix, and what it proves.
    label : str
        What the statement rests on: "machine-checked", "proof on paper, formulas checked" or
        "observed".
    anchor : str
        Where it stands on the page of statements.
    holds : bool or None
        Whether all steps of the proof hold; None if they have not been checked.
    """

    id: str
    title: str
    label: str
    anchor: str
    holds: bool | None

    def __str__(self) -> str:
        return f"{self.id}: {'BROKEN' if self.holds is False else self.label}"


@dataclass(frozen=True)
class Checked:
    """A claim with its recomputed evidence and its checked proofs.

    Attributes
    ----------
    claim : Claim
        The claim that was checked.
    evidence : tuple of Evidence
        Its evidence, computed now.
    proofs : tuple of ProofState
        The proofs that it rests on, with whether they hold.
    seconds : float
        Time that computing the evidence took.
    """

    claim: Claim
    evidence: tuple[Evidence, ...]
    proofs: tuple[ProofState, ...]
    seconds: float

    @property
    def found(self) -> ClaimVerdict:
        """The verdict that follows from the evidence."""
        return verdict_of(list(self.evidence))

    @property
    def problems(self) -> tuple[str, ...]:
        """Reasons why the claim is broken; empty if its declared verdict stands."""
        found = []
        beside = [e for e in self.evidence if e.basis == "print" or self._is_undecided(e)]
        found += [f"evidence does not hold: {e.what}" for e in beside if not e.holds]
        if self.claim.verdict != "open" and self.claim.verdict != self.found:
            found.append(f"declared {self.claim.verdict!r}, but the evidence says {self.found!r}")
        found += [f"proof does not hold: {proof.id}" for proof in self.proofs if not proof.holds]
        return tuple(found)

    def _is_undecided(self, evidence: Evidence) -> bool:
        """Whether evidence does not decide the verdict, so that it must hold."""
        if self.claim.verdict == "open":
            return True
        return self.claim.verdict.startswith("observed") and evidence.basis == "computed"

    @property
    def broken(self) -> bool:
        """True if there are problems."""
        return bool(self.problems)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        claim = asdict(self.claim)
        del claim["evidence"]
        return claim | {
            "proofs": [asdict(proof) for proof in self.proofs],
            "evidence": [asdict(e) for e in self.evidence],
            "verdict_of_evidence": self.found,
            "problems": list(self.problems),
            "seconds": round(self.seconds, 2),
        }


def check(claim: Claim) -> Checked:
    """Compute the evidence of a claim and check its proofs.

    Parameters
    ----------
    claim : Claim
        One of `CLAIMS`, or one of your own.

    Returns
    -------
    checked : Checked
        The claim with its evidence and proofs; `checked.problems` says what is wrong with it.

    Raises
    ------
    HrgeomError
        If the claim names a proof that does not exist, or sympy is missing (extra `proofs`).

    Examples
    --------
    >>> from hrgeom.claims import find
    >>> checked = check(find("weller-fit"))
    >>> checked.found, checked.problems
    ('confirmed', ())
    """
    proofs = proof_states(claim.proofs, check=True)
    started = time.perf_counter()
    evidence = tuple(claim.evidence())
    return Checked(claim, evidence, proofs, time.perf_counter() - started)


def proof_states(identifiers: tuple[str, ...], *, check: bool = False) -> tuple[ProofState, ...]:
    """Return the state of proofs.

    Parameters
    ----------
    identifiers : tuple of str
        Names of proof files without their suffix.
    check : bool
        Whether to verify every step of the proofs; otherwise `holds` is None.

    Returns
    -------
    states : tuple of ProofState
        One per identifier.

    Raises
    ------
    HrgeomError
        If a proof does not exist, or sympy is missing (extra `proofs`).

    Examples
    --------
    >>> from hrgeom.claims import proof_states
    >>> str(proof_states(("kraft-trie",))[0])
    'kraft-trie: machine-checked'
    """
    return tuple(_proof_state(identifier, check) for identifier in identifiers)


def _proof_state(identifier: str, check: bool) -> ProofState:
    if check:
        return _checked(identifier)
    proof = _loaded(identifier)
    return _state(proof, None)


@cache
def _checked(identifier: str) -> ProofState:
    """Check a proof once per process: several claims may rest on it."""
    proof = _loaded(identifier)
    return _state(proof, _proof_kit().check(proof).holds)


def _state(proof: Any, holds: bool | None) -> ProofState:
    anchor = importlib.import_module("hrgeom.proofs._page").anchor(proof.id)
    return ProofState(proof.id, proof.title, proof.label, anchor, holds)


def _loaded(identifier: str) -> Any:
    kit = _proof_kit()
    try:
        return kit.load(identifier)
    except ValueError as error:
        raise HrgeomError(str(error)) from error


def _proof_kit() -> Any:
    try:
        return importlib.import_module("hrgeom.proofs.kit")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("sympy", "mpmath"):
            raise
        raise HrgeomError(f"proofs require sympy; install it with {pip_install(_EXTRA)}") from error
