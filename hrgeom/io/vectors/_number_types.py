"""Numbers of files as stored types: whole numbers and mixed floats, without changing any."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import STORED_TYPES, Remark, as_dtype
from hrgeom.errors import ShapeError

__all__ = ["as_stored", "in_one_type"]

_WHOLE = (("int8", 127), ("float32", 2**24), ("float64", 2**53))
"""Stored types for whole numbers, and the largest that each holds."""
_EXACT_IN = {
    frozenset(pair.split()): wide
    for pair, wide in {
        "int8 float16": "float16",
        "int8 bfloat16": "bfloat16",
        "int8 float32": "float32",
        "int8 float64": "float64",
        "float16 bfloat16": "float32",
        "float16 float32": "float32",
        "bfloat16 float32": "float32",
        "float16 float64": "float64",
        "bfloat16 float64": "float64",
        "float32 float64": "float64",
    }.items()
}
"""The narrowest stored type that holds all numbers of two others."""


def as_stored(rows: NDArray[Any], name: str) -> NDArray[Any]:
    """Return rows in a stored type and in the byte order of the machine.

    Whole numbers of other types become int8, float32 or float64, the first that holds them all.

    Raises
    ------
    ShapeError
        If they are in no stored type and not whole, or too large for float64.

    Examples
    --------
    >>> as_stored(np.array([[1, -300]]), "it").dtype
    dtype('float32')
    """
    rows = rows.astype(rows.dtype.newbyteorder("="), copy=False)
    if str(rows.dtype) in STORED_TYPES:
        return rows
    if rows.dtype == np.uint16:
        raise ShapeError(
            f"{name} must be of {', '.join(STORED_TYPES)}: got uint16, which may be bits of "
            "bfloat16; of an embedding folder give the folder, or convert the numbers to float32"
        )
    if rows.dtype.kind == "V":
        raise ShapeError(
            f"{name} must be of {', '.join(STORED_TYPES)}: got {rows.dtype}, as NumPy saves "
            "bfloat16 and float8; convert the numbers to float32 before saving"
        )
    if rows.dtype.kind not in "iu":
        raise ShapeError(
            f"{name} must be of {', '.join(STORED_TYPES)} or whole numbers: got {rows.dtype}"
        )
    # Python's integers: the absolute value of the least int64 is no int64.
    largest = max(-int(rows.min()), int(rows.max())) if rows.size else 0
    for dtype, limit in _WHOLE:
        if largest <= limit:
            return rows.astype(dtype)
    raise ShapeError(
        f"{name} must be whole numbers of at most 2**53, which float64 holds: got {largest:,}"
    )


def in_one_type(
    queries: NDArray[Any], documents: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], tuple[Remark, ...]]:
    """Return both sides in the narrowest stored type that holds the numbers of both.

    Examples
    --------
    >>> one, other, remarks = in_one_type(np.ones((1, 1), "f2"), np.ones((1, 1), "f4"))
    >>> one.dtype, other.dtype
    (dtype('float32'), dtype('float32'))
    >>> print(*remarks)
    queries are in float16, documents in float32: both are taken as float32, which holds them all
    """
    if queries.dtype == documents.dtype:
        return queries, documents, ()
    mine, theirs = str(queries.dtype), str(documents.dtype)
    wide = _EXACT_IN[frozenset((mine, theirs))]
    remark = Remark(
        "mixed-types",
        f"queries are in {mine}, documents in {theirs}: both are taken as {wide}, which holds "
        "them all",
    )
    dtype = as_dtype(wide)
    return queries.astype(dtype), documents.astype(dtype), (remark,)
