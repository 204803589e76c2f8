"""The arrays of an embedding as they are stored: rows, scales, labels, digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base.checks import as_labels
from hrgeom._base.stored_types import SCALE_BITS, STORED_TYPES, to_disk
from hrgeom.errors import ShapeError

__all__ = ["Scale", "as_rows", "as_scale", "as_text", "digests_of", "keeps_to_float32", "scaled"]

Scale = float | NDArray[np.float32]


def as_rows(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return a matrix of a stored type, contiguous and aligned; a copy only where it is not."""
    rows = np.asanyarray(values)
    if rows.ndim != 2 or rows.shape[0] < 1 or rows.shape[1] < 1:
        raise ShapeError(
            f"{name} must be a matrix with at least one row and column: got shape {rows.shape}"
        )
    if str(rows.dtype) not in STORED_TYPES:
        raise ShapeError(f"{name} must be of {', '.join(STORED_TYPES)}: got {rows.dtype}")
    return np.require(rows, requirements=("C", "A"))


def as_text(labels: Any, n: int, what: str) -> tuple[str, ...]:
    """Return the labels of the rows, which must be text; row numbers where there are none."""
    given = labels.tolist() if isinstance(labels, np.ndarray) else labels
    own = as_labels(given if len(given) else None, n, what)
    for row, label in enumerate(own):
        if not isinstance(label, str):
            raise ShapeError(
                f"{what} must be text: got {label!r} ({type(label).__name__}) at row {row}"
            )
    return own


def as_scale(scale: ArrayLike, rows: NDArray[Any], name: str) -> Scale:
    """Return the scale of a side: one number, or one per row in float32."""
    given = np.asarray(scale, dtype=np.float64)
    if given.shape not in ((), (len(rows),)):
        raise ShapeError(
            f"{name} must be one number or one per row, shape ({len(rows)},): got shape "
            f"{given.shape}"
        )
    with np.errstate(over="ignore"):
        kept = given.astype(np.float32)
    wrong = ~((given > 0) & (kept == given) & np.isfinite(kept))
    if wrong.any():
        place = f" at row {int(wrong.argmax())}" if given.ndim else ""
        raise ShapeError(
            f"{name} must be positive numbers that float32 holds: got {given[wrong][0]}{place}"
        )
    if rows.dtype != np.int8 and (given.ndim or given != 1):
        found = "one per row" if given.ndim else f"{given}"
        raise ShapeError(f"{name} must be 1 for {rows.dtype}: got {found}")
    return kept if given.ndim else float(given)


def keeps_to_float32(scale: Scale) -> bool:
    """Return whether the products of all int8 with the scale are float32 numbers.

    The least bit of a float32 scale is at least the smallest subnormal; 2^7 times it must not
    overflow.
    """
    mantissa = np.frexp(np.asarray(scale, dtype=np.float64))[0] * 2**SCALE_BITS
    return bool(np.all(mantissa == np.rint(mantissa)) and np.all(np.less(scale, 2.0**120)))


def scaled(rows: NDArray[Any], scale: Scale) -> NDArray[Any]:
    """Return the rows times their scale, in their own type."""
    if np.ndim(scale) == 0 and scale == 1:
        return rows
    products: NDArray[Any] = rows * np.asarray(scale, dtype=rows.dtype)[..., None]
    return products


def digests_of(arrays: Sequence[NDArray[Any]], threads: int) -> list[str]:
    """Return the digests of several arrays, at the same time by more threads than one."""
    if threads == 1:
        return list(map(digest_of, arrays))
    with ThreadPoolExecutor(min(threads, len(arrays))) as pool:
        return list(pool.map(digest_of, arrays))


def digest_of(rows: NDArray[Any]) -> str:
    """Return the digest of type, shape and numbers, as little-endian bytes."""
    digest = hashlib.sha256(f"{rows.dtype} {rows.shape}\n".encode())
    plain = np.atleast_1d(to_disk(rows))
    little = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    for start in range(0, len(little), 65536):
        digest.update(np.ascontiguousarray(little[start : start + 65536]).data)
    return digest.hexdigest()
