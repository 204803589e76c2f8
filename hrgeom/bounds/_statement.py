"""What one theorem says of one case, before the table adds where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from hrgeom.bounds._bound import Setting, Status
from hrgeom.errors import HrgeomError

__all__ = ["NothingSaidError", "Said"]


@dataclass(frozen=True)
class Said:
    """A value for a setting; the fields are those of `Bound`, status None the theorem's own."""

    notion: Setting
    value: float | int
    reason: str
    margin: float | None = None
    status: Status | None = None


class NothingSaidError(HrgeomError):
    """The theorem does not apply to the case; the message is the reason."""
