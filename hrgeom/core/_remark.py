"""Remarks: what a reader repaired, dropped or found odd, counted and said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Remark"]


@dataclass(frozen=True)
class Remark:
    """One kind of thing that was repaired, dropped or found odd in the data.

    Attributes
    ----------
    code : str
        Short name of the kind, lower case with dashes, such as "repeated-edges"; stable.
    message : str
        One sentence in plain English without a full stop, with the number and an example.
    count : int
        How many there were.

    Examples
    --------
    >>> print(Remark("self-loops", "2 edges from a node to itself dropped, the first at line 7", 2))
    2 edges from a node to itself dropped, the first at line 7
    """

    code: str
    message: str
    count: int = 1

    def __str__(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)
