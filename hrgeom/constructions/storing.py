"""Rounding real vectors to a stored type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["round_rows"]


def round_rows(rows: NDArray[Any], dtype: np.dtype[Any]) -> tuple[NDArray[Any], float]:
    """Return rows rounded to the stored type, and their scale (1 except for int8).

    int8: one scale for the whole matrix, the largest entry becoming 127.
    """
    if dtype != np.int8:
        return rows.astype(dtype, copy=False), 1.0
    largest = float(np.abs(rows).max(initial=0.0)) or 1.0
    scale = np.nextafter(np.float32(largest / 127), np.float32(np.inf))
    return np.rint(rows / scale).astype(np.int8), float(scale)
