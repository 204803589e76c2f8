"""All claims by identifier. Adding one: an entry in the module of its source."""

from __future__ import annotations

from hrgeom.claims import (
    bangachev2026,
    own_bounds,
    own_constructions,
    own_numbers,
    wang2026,
    wang2026_margins,
    weller2025,
    you2025,
)
from hrgeom.claims.claim import Claim
from hrgeom.errors import HrgeomError

__all__ = ["CLAIMS", "find"]

_SOURCES = (
    you2025,
    weller2025,
    wang2026,
    wang2026_margins,
    bangachev2026,
    own_constructions,
    own_bounds,
    own_numbers,
)

CLAIMS: dict[str, Claim] = {claim.id: claim for module in _SOURCES for claim in module.CLAIMS}
"""Identifier -> claim, source by source."""


def find(identifier: str) -> Claim:
    """Return the claim of this identifier.

    Raises
    ------
    HrgeomError
        If there is none.

    Examples
    --------
    >>> find("weller-packing").verdict
    'confirmed'
    """
    if identifier not in CLAIMS:
        raise HrgeomError(
            f"a claim must be one of those that `hrgeom claims` lists: got {identifier!r}"
        )
    return CLAIMS[identifier]
