"""Stored types: their names, what they hold exactly, and their form on disk.

bfloat16 is the upper half of a float32: 8 significant bits with the range of float32. NumPy has no
such type; `ml_dtypes` has, and is imported only where bfloat16 is asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import ShapeError

__all__ = [
    "SCALE_BITS",
    "STORED_TYPES",
    "as_dtype",
    "disk_dtype",
    "from_disk",
    "largest_integer",
    "to_disk",
]

# The largest integer n such that the type holds all of -n, ..., n.
_LARGEST = {"float64": 2**53, "float32": 2**24, "float16": 2**11, "bfloat16": 2**8, "int8": 127}
STORED_TYPES = tuple(_LARGEST)
# A scale of this many significant bits times an int8, 7 bits, is a float32, 24 bits.
SCALE_BITS = 17


def as_dtype(name: str | np.dtype[Any]) -> np.dtype[Any]:
    """Return the NumPy dtype of a stored type.

    Parameters
    ----------
    name : str or dtype
        One of `STORED_TYPES`, by name or as a dtype.

    Returns
    -------
    dtype : dtype
        That of NumPy, or of `ml_dtypes` for bfloat16.

    Raises
    ------
    ShapeError
        If it is not a stored type.

    Examples
    --------
    >>> as_dtype("int8"), as_dtype("bfloat16")
    (dtype('int8'), dtype(bfloat16))
    """
    text = name if isinstance(name, str) else str(np.dtype(name))
    if text not in STORED_TYPES:
        raise ShapeError(f"dtype must be one of {', '.join(STORED_TYPES)}: got {text!r}")
    if text == "bfloat16":
        import ml_dtypes

        found: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
        return found
    return np.dtype(text)


def largest_integer(dtype: np.dtype[Any]) -> int:
    """Return the largest integer n such that the stored type holds all of -n, ..., n.

    >>> largest_integer(np.dtype("float16"))
    2048
    """
    return _LARGEST[str(dtype)]


def disk_dtype(dtype: str) -> str:
    """Return the type of the .npy file: bfloat16 is stored as its bits, which NumPy can read.

    >>> disk_dtype("bfloat16"), disk_dtype("int8")
    ('uint16', 'int8')
    """
    return "uint16" if dtype == "bfloat16" else dtype


def to_disk(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the rows as their .npy file holds them, not copied."""
    return rows.view(disk_dtype(str(rows.dtype)))


def from_disk(rows: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Return the rows of a .npy file as the stored type, not copied."""
    return rows.view(as_dtype(dtype))
