"""What a bound says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hrgeom.embedding import Notion

__all__ = ["Bound"]


@dataclass(frozen=True)
class Bound:
    """One theorem applied to one relevance.

    A *lower* bound on the dimension d: every embedding has d >= value. An *upper* bound on d: some
    embedding has d <= value. An *upper* bound on the margin: in no dimension has any embedding a
    larger normalised margin. A *lower* one: some embedding, in some dimension, has at least this.

    A bound for the row notion from below, or on the margin from above, holds for global thresholds
    too; one from the other side that speaks of global thresholds holds for rows too.

    Attributes
    ----------
    theorem : str
        Its name, that of its proof and of its page of claims.
    quantity : {"dimension", "margin"}
        Margins are normalised: half gaps between rows of unit length.
    side : {"lower", "upper"}
    notion : {"global", "row"}
        Whose thresholds it speaks of.
    value : float or int
        None where the theorem says nothing here; `reason` tells why.
    margin : float, optional
        Of bounds on the dimension: only embeddings of at least this normalised margin are meant.
        None: any positive margin, however small.
    reason : str
        What it follows from, in a line, or why it does not apply.
    """

    theorem: str
    quantity: Literal["dimension", "margin"]
    side: Literal["lower", "upper"]
    notion: Notion
    value: float | int | None
    reason: str
    margin: float | None = None
