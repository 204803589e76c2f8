"""Rows of +1 and -1, which engines hold as single bits."""

from __future__ import annotations

import numpy as np

from hrgeom.errors import FormatError
from hrgeom.export._interface import Handover

__all__ = ["check_signs", "has_bits"]

_PER_BYTE = 8


def has_bits(handover: Handover) -> bool:
    """Whether the setting `bits` asks for single bits."""
    return bool(handover.options["bits"])


def check_signs(handover: Handover, *, whole_bytes: bool = False) -> None:
    """Raise FormatError unless all numbers are +1 or -1, and rows are whole bytes if they must."""
    e = handover.embedding
    for name, rows in (("queries", e.queries), ("documents", e.documents)):
        other = np.argwhere(np.abs(rows) != 1)
        if len(other):
            row, column = other[0].tolist()
            raise FormatError(
                f"rows held as bits must be +1 and -1: got {rows[row, column]:g} in row {row} of "
                f"the {name}; make them with --method descent --bits 1, or do without bits=1"
            )
    if whole_bytes and e.dim % _PER_BYTE:
        raise FormatError(f"rows held as bits must have a multiple of 8 dimensions: got {e.dim}")
