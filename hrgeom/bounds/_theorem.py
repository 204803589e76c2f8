"""What a bound says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["SETTINGS", "Bound", "Quantity", "Setting", "Side", "Status", "is_carried"]

Quantity = Literal["dimension", "margin"]
Side = Literal["lower", "upper"]
Setting = Literal["row", "global", "unit", "zero"]
Status = Literal["proved", "certified", "observed"]

SETTINGS: dict[Setting, str] = {
    "row": "a threshold for every query",
    "global": "one threshold for all, rows of any length",
    "unit": "one threshold for all, rows of unit length",
    "zero": "threshold 0",
}
"""What embeddings a bound speaks of, each kind a special case of the one before.

Threshold 0 comes last, as it survives scaling all rows to unit length. So what no embedding of one
kind can do, none of a later kind can; what some embedding of one kind does, one of every earlier
kind does. Margins are those of unit rows, so that "global" and "unit" are the same to them:
ceilings are written down for "global", what some embedding has for "unit".
"""


def is_carried(setting: Setting, to: Setting, *, forbids: bool) -> bool:
    """Return whether a bound for one setting holds for another.

    Parameters
    ----------
    setting, to : {"row", "global", "unit", "zero"}
    forbids : bool
        Whether the bound says what no embedding can do (dimension from below, margin from above).
        Else it says what some embedding does.

    Examples
    --------
    >>> is_carried("row", "zero", forbids=True), is_carried("row", "zero", forbids=False)
    (True, False)
    """
    order = list(SETTINGS)
    first, second = order.index(setting), order.index(to)
    return first <= second if forbids else second <= first


@dataclass(frozen=True)
class Bound:
    """One theorem applied to one relevance.

    A *lower* bound on the dimension d: every embedding has d >= value. An *upper* bound on d: some
    embedding has d <= value. An *upper* bound on the margin: in no dimension has any embedding a
    larger normalized margin. A *lower* one: some embedding, in some dimension, has at least this.

    Attributes
    ----------
    theorem : str
        Its name in `hrgeom.bounds.THEOREMS`.
    quantity : {"dimension", "margin"}
        Margins are normalized: half gaps between rows of unit length.
    side : {"lower", "upper"}
    notion : {"row", "global", "unit", "zero"}
        Of which embeddings it speaks, see `SETTINGS`; `holds_for` says of which it is true besides.
    value : float or int
        None where the theorem says nothing here; `reason` tells why.
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
    source, proof, page : str
        Where it was published; the identifier of its proof; its page below docs/.
    """

    theorem: str
    quantity: Quantity
    side: Side
    notion: Setting
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
        return (self.quantity == "dimension") == (self.side == "lower")

    def holds_for(self, setting: Setting) -> bool:
        """Return whether it is true in another setting as well."""
        return is_carried(self.notion, setting, forbids=self.forbids)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)
