"""Grids: the numbers that a stored type holds, and rows rounded to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.stored_types import as_dtype
from hrgeom.errors import ShapeError

__all__ = ["Grid", "Scales"]

Scales = Literal["matrix", "row"]
_FLOATS = {"bfloat16": 2, "float16": 3}
_ROUNDOFF = {"bfloat16": 2.0**-9, "float16": 2.0**-12}
_SCALE_MASK = np.uint32(0xFFFFFF80)  # 17 significant bits: times an int8, a float32


@dataclass(frozen=True)
class Grid:
    """The numbers of a stored type.

    Attributes
    ----------
    dtype : str
        Name of the stored type.
    bits : int
        Bits of a number: 1 means -1 and 1, b of int8 the integers from -(2**(b - 1) - 1) to it.
    """

    dtype: str
    bits: int

    @classmethod
    def of(cls, dtype: str | np.dtype[Any], bits: int | None) -> Grid:
        """Return the grid of a stored type, of fewer bits where they are given (int8 only)."""
        name = str(as_dtype(dtype))
        full = {"int8": 8, "float16": 16, "bfloat16": 16}
        if name not in full:
            raise ShapeError(f"dtype must be int8, float16 or bfloat16: got {name}")
        given = full[name] if bits is None else bits
        if not (given == full[name] or (name == "int8" and 1 <= given <= 8)):
            raise ShapeError(
                f"bits must be from 1 to 8 for int8, and {full[name]} for {name} where they are "
                f"given: got {given}"
            )
        return cls(name, given)

    @property
    def code(self) -> int:
        """The number by which finish.h knows the grid."""
        return _FLOATS.get(self.dtype, int(self.bits == 1))

    @property
    def largest(self) -> int:
        """The largest integer; 1 for the float types, which have a step of their own."""
        return max(1, 2 ** (self.bits - 1) - 1) if self.dtype == "int8" else 1

    @property
    def is_float(self) -> bool:
        """Whether it is a grid of floating-point numbers, which needs no scale."""
        return self.dtype in _FLOATS

    def rounded(
        self, rows: NDArray[np.float32], scales: Scales, clip: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the rows on the grid, as float32, and the unit of every row.

        One scale per matrix leaves the integers as they are, unit 1. One per row multiplies them
        by its unit. The largest integer stands for `clip` times the largest entry, of the matrix
        or of the row, and what is larger is clipped.
        """
        ones = np.ones(len(rows), dtype=np.float32)
        if self.is_float:
            return rows.astype(as_dtype(self.dtype)).astype(np.float32), ones
        if self.bits == 1:
            return np.where(rows < 0, np.float32(-1), np.float32(1)), ones
        peaks = np.abs(rows).max(axis=1) if scales == "row" else np.abs(rows).max() * ones
        peaks[peaks == 0] = 1
        units = (peaks * np.float32(clip / self.largest)).astype(np.float32)
        if scales == "row":
            units = (units.view(np.uint32) & _SCALE_MASK).view(np.float32)
        integers = np.clip(np.rint(rows / units[:, None]), -self.largest, self.largest)
        if scales == "matrix":
            return integers.astype(np.float32), ones
        return (integers * units[:, None]).astype(np.float32), units

    def error(self, dim: int, clip: float, peak: float) -> float:
        """Return the standard deviation of a score of unit rows after rounding, roughly."""
        if self.is_float:
            return float(np.sqrt(2 / 3) * _ROUNDOFF[self.dtype] / np.sqrt(dim))
        if self.bits == 1:  # the part of a row that its signs do not hold, seen from a random one
            return float(np.sqrt(2 * (1 - 2 / np.pi) / dim))
        return float(clip * peak / self.largest / np.sqrt(6))

    def stored(self, rows: NDArray[np.float32], units: NDArray[np.float32]) -> NDArray[Any]:
        """Return the numbers of the stored type: without the units, exactly."""
        whole = rows if self.is_float else np.rint(rows / units[:, None])
        return whole.astype(as_dtype(self.dtype))
