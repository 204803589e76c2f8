"""All claims by identifier. Adding one: an entry in the module of its source."""

from __future__ import annotations

from hrgeom.claims import own, papers
from hrgeom.claims._claim import Claim
from hrgeom.errors import HrgeomError

__all__ = ["CLAIMS", "find"]

CLAIMS: dict[str, Claim] = {claim.id: claim for claim in (*papers.CLAIMS, *own.CLAIMS)}
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
