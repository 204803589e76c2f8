"""What a construction promises before it is built."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SHOWN", "Promise"]

SHOWN = 0.9975  # of a margin: certificates give lower bounds, up to 0.2 % below it


@dataclass(frozen=True)
class Promise:
    """What a construction would give, said before it is built.

    Attributes
    ----------
    dim : int
        Number of dimensions, which building does not exceed.
    margin : float or None
        Normalized margin that the certificate will show at least; None where none is promised and
        the certificate decides.

    Examples
    --------
    >>> Promise(dim=3, margin=None).dim
    3
    """

    dim: int
    margin: float | None
