"""Claims: a statement with its source, evidence for it, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Basis", "Claim", "ClaimVerdict", "Evidence", "verdict_of"]

ClaimVerdict = Literal[
    "confirmed",
    "confirmed with changes",
    "not reproduced",
    "observed here: agrees",
    "observed here: differs",
    "open",
]
Basis = Literal["computed", "print", "run"]


@dataclass(frozen=True)
class Evidence:
    """Comparison of one computed value with one stated value.

    Attributes
    ----------
    what : str
        The quantity, with its parameters.
    stated, computed : str
        The two values as printed.
    holds : bool
        Whether they agree, by the rule that `how` names.
    how : str
        The rule of agreement: "equal", "at most", "within 1e-6", "within binomial error, 3
        sigma", ...
    corrected : bool
        True if `stated` is our correction of the claim and not its own words.
    basis : {"computed", "print", "run"}
        What the value comes from. "computed": worked out now. "print": from the printed numbers
        themselves, so that it says they fit together and no more; it does not count. "run": a
        training run of ours, whose number is recorded and not computed again.
    """

    what: str
    stated: str
    computed: str
    holds: bool
    how: str
    corrected: bool = False
    basis: Basis = "computed"

    def __post_init__(self) -> None:
        # A comparison of NumPy numbers is no bool of Python, and JSON knows no other.
        object.__setattr__(self, "holds", bool(self.holds))


@dataclass(frozen=True)
class Claim:
    """A theorem or an empirical claim, of a paper or of our own.

    Attributes
    ----------
    id : str
        Permanent identifier; that of the proof, where there is one.
    title : str
        The claim in one line.
    kind : {"theorem", "empirical"}
        Whether it is to be proved or to be measured.
    statement : str
        The claim in the words of its source, as Markdown with $formulas$.
    source : str
        The paper, and the number of the statement there.
    verdict : str
        The declared verdict; it must be what the evidence says (`verdict_of`), or "open".
        A run of ours decides nothing for good: it agrees with what is claimed, or differs.
    evidence : callable
        Computes the evidence, a list of `Evidence`, in seconds. An open claim may have some,
        which must hold: it is true of the claim and does not decide it.
    proofs : tuple of str
        Identifiers of the proofs that the statement rests on.
    page : str
        Page of the theory, as a path below docs/; may be empty.
    remark : str
        What was changed, what is missing, and how far the evidence goes.
    """

    id: str
    title: str
    kind: Literal["theorem", "empirical"]
    statement: str
    source: str
    verdict: ClaimVerdict
    evidence: Callable[[], list[Evidence]]
    proofs: tuple[str, ...] = ()
    page: str = ""
    remark: str = ""


def verdict_of(evidence: list[Evidence]) -> ClaimVerdict:
    """Return the verdict that follows from evidence.

    Parameters
    ----------
    evidence : list of Evidence
        Comparisons with the values as stated, or as corrected.

    Returns
    -------
    verdict : str
        "observed here: agrees" or "observed here: differs" where there are runs of ours, by
        whether all of them hold. Else "open" without evidence that counts; "confirmed" if all of
        it holds and nothing is corrected; "confirmed with changes" if there are corrections and
        all of them hold; else "not reproduced".

    Examples
    --------
    >>> as_stated = Evidence("2 + 2", "5", "4", False, "equal")
    >>> verdict_of([as_stated])
    'not reproduced'
    >>> verdict_of([as_stated, Evidence("2 + 2", "4", "4", True, "equal", corrected=True)])
    'confirmed with changes'
    """
    runs = [e.holds for e in evidence if e.basis == "run"]
    if runs:
        return "observed here: agrees" if all(runs) else "observed here: differs"
    counting = [e for e in evidence if e.basis == "computed"]
    if not counting:
        return "open"
    stated = [e.holds for e in counting if not e.corrected]
    corrected = [e.holds for e in counting if e.corrected]
    if all(stated) and not corrected:
        return "confirmed"
    return "confirmed with changes" if corrected and all(corrected) else "not reproduced"
