"""Lengths of rows, and whether they can be scaled to length one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["can_be_scaled", "row_lengths"]

_SHORTEST, _LONGEST = 1e-140, 1e140  # lengths whose squares are far from underflow and overflow
_ROW_BLOCK = 4096

Values = NDArray[np.float64]


def row_lengths(rows: NDArray[Any]) -> Values:
    """Return the lengths of rows in float64; they may overflow."""
    blocks = (rows[i : i + _ROW_BLOCK].astype(np.float64) for i in range(0, len(rows), _ROW_BLOCK))
    with np.errstate(over="ignore"):
        return np.concatenate([np.linalg.norm(block, axis=1) for block in blocks])


def can_be_scaled(*lengths: Values) -> bool:
    """Return whether all of these are the lengths of rows that can be scaled to length one."""
    return all(bool(each.min() >= _SHORTEST and each.max() <= _LONGEST) for each in lengths)
