"""What a construction promises before it is built."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SHOWN", "Promise"]

SHOWN = 0.9975  # of a margin: certificates give lower bounds, up to 0.2 % below it


@dataclass(frozen=True)
class Promise:
    """A dimension, and the normalized margin that the certificate will show at least.

    `margin` is None where nothing is promised and the certificate decides.
    """

    dim: int
    margin: float | None
