"""A claim: what somebody states, what was computed, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Claim", "Evidence", "Verdict", "verdict_of"]

Verdict = Literal["confirmed", "confirmed with changes", "not reproduced", "open"]


@dataclass(frozen=True)
class Evidence:
    """One value computed against one value stated.

    Attributes
    ----------
    what : str
        The quantity, with its parameters.
    stated, computed : str
        As they are printed.
    holds : bool
        Whether they agree, by the rule of `how`.
    how : str
        What agreement means here: "equal", "at most", "within 1e-6", "within binomial error, 3
        sigma", ...
    corrected : bool
        True if `stated` is our correction of the claim and not its own words.
    """

    what: str
    stated: str
    computed: str
    holds: bool
    how: str
    corrected: bool = False

    def __post_init__(self) -> None:
        # A comparison of NumPy numbers is no bool of Python, and JSON knows no other.
        object.__setattr__(self, "holds", bool(self.holds))


@dataclass(frozen=True)
class Claim:
    """A theorem or an empirical claim of a paper, or of our own.

    Attributes
    ----------
    id : str
        Permanent; that of the proof, where there is one.
    title : str
    kind : {"theorem", "empirical"}
    statement : str
        In the words of the source, as Markdown with $formulas$.
    source : str
        Paper, number of the statement there.
    verdict : str
        What we found; must be what the evidence says (`verdict_of`), or "open".
    evidence : callable
        Returns the evidence, computed anew; seconds at most. What is open may have some, which
        must hold: it is true of the claim and does not decide it.
    proofs : tuple of str
        Identifiers of the proofs that the statement rests on.
    page : str
        Where the theory is told: a path below docs/, or nothing.
    remark : str
        What was changed, what is missing, how far the evidence goes.
    """

    id: str
    title: str
    kind: Literal["theorem", "empirical"]
    statement: str
    source: str
    verdict: Verdict
    evidence: Callable[[], list[Evidence]]
    proofs: tuple[str, ...] = ()
    page: str = ""
    remark: str = ""


def verdict_of(evidence: list[Evidence]) -> Verdict:
    """Return what evidence says of a claim.

    >>> as_stated = Evidence("2 + 2", "5", "4", False, "equal")
    >>> verdict_of([as_stated])
    'not reproduced'
    >>> verdict_of([as_stated, Evidence("2 + 2", "4", "4", True, "equal", corrected=True)])
    'confirmed with changes'
    """
    if not evidence:
        return "open"
    stated = [e.holds for e in evidence if not e.corrected]
    corrected = [e.holds for e in evidence if e.corrected]
    if all(stated) and not corrected:
        return "confirmed"
    return "confirmed with changes" if corrected and all(corrected) else "not reproduced"
