"""Arrays of NumPy: the header is read and compared with the file before memory is taken."""

from __future__ import annotations

import math
import os
import warnings
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.regular_files import check_fits, open_regular
from hrgeom.errors import FormatError

__all__ = ["NpyHeader", "load_npy", "map_npy", "read_header", "read_member"]

_READERS: dict[tuple[int, int], Any] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


@dataclass(frozen=True)
class NpyHeader:
    """What the head of a .npy file states.

    Attributes
    ----------
    shape : tuple of int
        Of the array.
    is_fortran : bool
        Whether columns lie together, not rows.
    dtype : dtype
        Never objects, which would be a pickle.
    offset : int
        Bytes in front of the numbers.
    """

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]
    offset: int

    @property
    def n_bytes(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes], size: int, name: str) -> NpyHeader:
    """Return the header of a .npy file that is open at its start.

    Parameters
    ----------
    file : binary file
        It is left behind the header.
    size : int
        Bytes of the file in all.
    name : str
        What messages call it.

    Raises
    ------
    FormatError
        If it has no readable header, holds objects, or has fewer numbers than the header says.
    """
    try:
        version = np.lib.format.read_magic(file)
    except ValueError as error:
        raise FormatError(f"{name} must be a .npy file: {error}") from None
    if version not in _READERS:
        raise FormatError(f"{name} must be a .npy file of version 1 or 2: got {version}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers of Python 2
            shape, is_fortran, dtype = _READERS[version](file)
    except Exception as error:  # NumPy evaluates the text, and any error of Python's parser is one
        reason = str(error).partition("\n")[0][:200] or type(error).__name__
        raise FormatError(f"{name} must have a readable header: {reason}") from None
    header = NpyHeader(tuple(map(int, shape)), bool(is_fortran), dtype, file.tell())
    if dtype.hasobject:
        raise FormatError(
            f"{name} must hold no objects, which are a pickle: got {dtype}; labels are saved as "
            "text, numpy.array(labels, dtype=str)"
        )
    possible = len(header.shape) <= 32 and all(0 <= n < 2**62 for n in header.shape)
    if not possible or header.n_bytes > size - header.offset:
        raise FormatError(
            f"{name} must hold {header.n_bytes:,} bytes of numbers, shape {header.shape} of "
            f"{dtype}, as its header says: got {size - header.offset:,}"
        )
    return header


def load_npy(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Return the array of a .npy file, its size checked first."""
    with open_regular(path) as file:
        header = _header_of(file, path)
        check_fits(header.n_bytes, str(path))
        if not header.n_bytes:
            return np.empty(header.shape, header.dtype)
        return _shaped(np.fromfile(file, header.dtype, math.prod(header.shape)), header)


def read_member(file: IO[bytes], size: int, name: str) -> NDArray[Any]:
    """Return the array of a .npy file inside an archive, its size checked first."""
    header = read_header(file, size, name)
    data = bytearray(file.read(header.n_bytes))
    if len(data) < header.n_bytes:
        raise FormatError(f"{name} must hold {header.n_bytes:,} bytes: got {len(data):,}")
    if not data:
        return np.empty(header.shape, header.dtype)
    return _shaped(np.frombuffer(data, header.dtype), header)


def _shaped(numbers: NDArray[Any], header: NpyHeader) -> NDArray[Any]:
    return numbers.reshape(header.shape, order="F" if header.is_fortran else "C")


def map_npy(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Return the array of a .npy file, mapped and read-only."""
    with open_regular(path) as file:
        header = _header_of(file, path)
        if not header.n_bytes:  # nothing cannot be mapped
            return np.empty(header.shape, header.dtype)
        return np.memmap(
            file,
            header.dtype,
            mode="r",
            offset=header.offset,
            shape=header.shape,
            order="F" if header.is_fortran else "C",
        )


def _header_of(file: IO[bytes], path: str | os.PathLike[str]) -> NpyHeader:
    return read_header(file, os.fstat(file.fileno()).st_size, str(path))
