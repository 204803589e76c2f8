"""Theorems, their statements of a problem, and bounds: statements with a source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.errors import HrgeomError

__all__ = [
    "SETTINGS",
    "Bound",
    "Need",
    "NotApplicableError",
    "Quantity",
    "Setting",
    "Side",
    "Statement",
    "Status",
    "Theorem",
    "is_carried",
]

Quantity = Literal["dimension", "margin", "bits"]
Side = Literal["lower", "upper"]
Setting = Literal["row", "global", "unit", "zero"]
Status = Literal["proved", "certified", "observed"]
Need = Literal["hierarchy", "margin", "solver"]

SETTINGS: dict[Setting, str] = {
    "row": "a threshold for every query",
    "global": "one threshold for all, rows of any length",
    "unit": "one threshold for all, rows of unit length",
    "zero": "threshold 0",
}
"""The kinds of embeddings that bounds speak of, each a special case of the one before.

Threshold 0 comes last, as it survives scaling all rows to unit length. So what no embedding of one
kind can do, none of a later kind can; what some embedding of one kind does, one of every earlier
kind does. Margins are those of unit rows, so that "global" and "unit" are the same to them:
ceilings are written down for "global", what some embedding has for "unit".
"""


def is_carried(setting: Setting, to: Setting, *, forbids: bool) -> bool:
    """Return whether a bound for one setting holds for another.

    Parameters
    ----------
    setting : {"row", "global", "unit", "zero"}
        The setting that the bound was stated for.
    to : {"row", "global", "unit", "zero"}
        Setting in which it is wanted.
    forbids : bool
        Whether the bound says what no embedding can do (dimension from below, margin from above).
        Else it says what some embedding does.

    Returns
    -------
    is_carried : bool
        True if it is true there as well.

    Examples
    --------
    >>> is_carried("row", "zero", forbids=True), is_carried("row", "zero", forbids=False)
    (True, False)
    """
    order = list(SETTINGS)
    first, second = order.index(setting), order.index(to)
    return first <= second if forbids else second <= first


@dataclass(frozen=True)
class Statement:
    """A theorem applied to one problem, before its provenance is attached.

    Parameters
    ----------
    setting : {"row", "global", "unit", "zero"}
        The kind of embeddings it speaks of, a key of `SETTINGS`.
    value : int or float
        The bound: a whole number of dimensions, or a normalized margin.
    reason : str
        What it follows from, in one line.
    margin : float, optional
        The normalized margin that embeddings are meant to have, as in `Bound`.
    status : {"proved", "certified", "observed"}, optional
        How sure the value is. Default: the theorem's own status.

    Examples
    --------
    >>> Statement("row", 2, "three leaves").value
    2
    """

    setting: Setting
    value: float | int
    reason: str
    margin: float | None = None
    status: Status | None = None


class NotApplicableError(HrgeomError):
    """A theorem does not apply to a problem; the message is the reason.

    Examples
    --------
    >>> raise NotApplicableError("some query matches nothing")
    Traceback (most recent call last):
        ...
    hrgeom.bounds._theorem.NotApplicableError: some query matches nothing
    """


_NEEDS: dict[Need, tuple[Callable[[BoundsProblem], bool], str]] = {
    "hierarchy": (lambda problem: problem.hierarchy is not None, "judgments are not a hierarchy"),
    "margin": (lambda problem: problem.margin is not None, "it needs a margin"),
    "solver": (lambda problem: problem.solver, "no solver was asked for"),
}
"""What problems must have, and what is said where they do not."""


@dataclass(frozen=True)
class Theorem:
    """A theorem that bounds dimension, margin or bits, with its statement, source and function.

    Parameters
    ----------
    name : str
        Lower case with dashes. The name, the quantity and the side together are its identity: one
        theorem may bound a quantity from both sides under one name.
    quantity : {"dimension", "margin", "bits"}
        Margins are normalized: half gaps between rows of unit length. Bits: of the numbers of a
        stored vector, all together.
    side : {"lower", "upper"}
        Which side it bounds the quantity from.
    statement : str
        What it states, in one line of plain English.
    says : callable
        Takes a `BoundsProblem` and returns its statements of this problem, easiest setting first,
        or raises `NotApplicableError` with the reason.
    status : {"proved", "certified", "observed"}
        How sure its values are, as in `Bound`.
    source : str
        Publication; empty for theorems of this library.
    proof : str
        Identifier of its proof in `proofs/`, or empty.
    page : str
        Page that explains it: a path below docs/ or an address. May be empty.
    needs : tuple of {"hierarchy", "margin", "solver"}
        What a problem must have, or it does not apply: `says` is not called.
    is_quick : bool
        Whether it answers within seconds for 100,000 nodes, with searches at full effort too.
        Quick lower bounds on the dimension are those that the diagnosis asks.

    References
    ----------
    Every theorem names its own in `source`, its module and its page.

    Examples
    --------
    >>> from hrgeom.core import Relevance
    >>> def one_dimension(problem):
    ...     return [Statement("row", 1, "every embedding has a dimension")]
    >>> theorem = Theorem("one", "dimension", "lower", "d is at least 1", one_dimension)
    >>> theorem.statements(BoundsProblem(Relevance.from_sets([{0}], 1)))[0].value
    1
    """

    name: str
    quantity: Quantity
    side: Side
    statement: str
    says: Callable[[BoundsProblem], Sequence[Statement]]
    status: Status = "proved"
    source: str = ""
    proof: str = ""
    page: str = ""
    needs: tuple[Need, ...] = ()
    is_quick: bool = True

    @property
    def key(self) -> tuple[str, Quantity, Side]:
        """Its identity: no two theorems of the registry share it."""
        return self.name, self.quantity, self.side

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: everything but the function.

        Returns
        -------
        fields : dict
            By name; `needs` as a list.
        """
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "says"}
        return {**found, "needs": list(self.needs)}

    def statements(self, problem: BoundsProblem) -> tuple[Statement, ...]:
        """Return what it says of a problem, worked out once per problem.

        Parameters
        ----------
        problem : BoundsProblem
            The relevance to be bounded, with the margin asked for and the effort to spend.

        Returns
        -------
        statements : tuple of Statement
            Easiest setting first.

        Raises
        ------
        NotApplicableError
            If the problem lacks what the theorem needs, or it says nothing of it.
        """
        for need in self.needs:
            is_met, reason = _NEEDS[need]
            if not is_met(problem):
                raise NotApplicableError(reason)
        return tuple(problem.cached(self.says))


@dataclass(frozen=True)
class Bound:
    """One theorem applied to one relevance.

    A *lower* bound on the dimension d: every embedding has d >= value. An *upper* bound on d: some
    embedding has d <= value. An *upper* bound on the margin: in no dimension has any embedding a
    larger normalized margin. A *lower* one: some embedding, in some dimension, has at least this.
    Bounds on bits are like those on the dimension.

    Attributes
    ----------
    theorem : str
        Its name in `hrgeom.bounds.all_theorems()`.
    quantity : {"dimension", "margin", "bits"}
        Margins are normalized: half gaps between rows of unit length. Bits: of the numbers of a
        stored vector, all together.
    side : {"lower", "upper"}
        Which side the value bounds the quantity from.
    setting : {"row", "global", "unit", "zero"}
        The kind of embeddings it speaks of, see `SETTINGS`; `holds_for` tells in which other
        settings it is true.
    value : float or int
        None where the theorem does not apply; `reason` tells why.
    margin : float, optional
        Lower bounds on the dimension: only embeddings of at least this normalized margin are meant;
        None: of any margin above 0. Upper ones: the embedding has at least this margin; None: some
        margin above 0, unknown.
    reason : str
        What it follows from, in a line, or why it does not apply.
    status : {"proved", "certified", "observed"}
        How sure the value is. Proved: a formula in whole numbers that are counted here. Certified:
        it rests on numbers that a search or a solver found, checked by a theorem, in exact
        arithmetic or with a bound on rounding. Observed: a theorem, evaluated in floating point
        without one.
    is_tight : bool
        Whether a bound from the other side meets it, so that the value is the exact one. False says
        nothing.
    source : str
        Publication; empty for theorems of this library.
    proof : str
        Identifier of its proof in `proofs/`, or empty.
    page : str
        Page that explains it, below docs/.

    Examples
    --------
    >>> Bound("some theorem", "dimension", "lower", "global", 3, "why").holds_for("zero")
    True
    """

    theorem: str
    quantity: Quantity
    side: Side
    setting: Setting
    value: float | int | None
    reason: str
    margin: float | None = None
    status: Status = "proved"
    is_tight: bool = False
    source: str = ""
    proof: str = ""
    page: str = ""

    @property
    def forbids(self) -> bool:
        """Whether it says what no embedding can do, rather than what some embedding does."""
        return (self.quantity == "margin") == (self.side == "upper")

    def holds_for(self, setting: Setting) -> bool:
        """Return whether it is true in a setting, its own or another.

        Parameters
        ----------
        setting : {"row", "global", "unit", "zero"}
            A key of `SETTINGS`.

        Returns
        -------
        holds : bool
            True if it is true there.
        """
        return is_carried(self.setting, setting, forbids=self.forbids)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)
