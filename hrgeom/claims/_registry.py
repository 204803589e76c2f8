"""All claims by identifier; a new one is an entry in the module of its source."""

from __future__ import annotations

from hrgeom._base.nearest import meant
from hrgeom.claims import own, papers
from hrgeom.claims._claim import Claim
from hrgeom.errors import HrgeomError

__all__ = ["CLAIMS", "SOURCES", "find"]

SOURCES: dict[str, tuple[str, tuple[Claim, ...]]] = papers.SOURCES | own.SOURCES
"""Name of a page -> its title and claims, source by source."""

CLAIMS: dict[str, Claim] = {claim.id: claim for _, claims in SOURCES.values() for claim in claims}
"""Identifier -> claim, source by source."""


def find(identifier: str) -> Claim:
    """Return the claim with an identifier.

    Parameters
    ----------
    identifier : str
        A key of `CLAIMS`.

    Returns
    -------
    claim : Claim
        The claim, its evidence not yet computed.

    Raises
    ------
    HrgeomError
        If no claim has this identifier.

    Examples
    --------
    >>> find("weller-packing").verdict
    'confirmed'
    """
    if identifier not in CLAIMS:
        raise HrgeomError(
            f"the claim must be one that `hrgeom claims` lists: got {identifier!r}"
            f"{meant(identifier, CLAIMS)}"
        )
    return CLAIMS[identifier]
