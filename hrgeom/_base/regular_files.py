"""Files of strangers: what is no file, or expands beyond measure, is refused before it is read.

A pipe never ends and a device has no size, so both are told by the kind of what was opened, not of
what the path named a moment ago. Sizes are compared with the memory there is, and what is
compressed may expand to 64 MiB, or 200-fold if that is more: text of hierarchies and arrays of
numbers stay below 100-fold, while the worst that gzip can hold is 1,032-fold.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO

from hrgeom._base.memory import available_bytes, in_words
from hrgeom.errors import FormatError

__all__ = [
    "FREE_EXPANSION",
    "MOST_EXPANSION",
    "check_archive",
    "check_fits",
    "kind_of_file",
    "open_regular",
    "read_limited",
    "read_regular",
    "unpacked_gzip",
]

MOST_EXPANSION = 200
"""How many times its size a compressed file may take when it is expanded."""
FREE_EXPANSION = 64 * 2**20
"""Bytes that any compressed file may expand to."""
_CHUNK = 2**20
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def kind_of_file(mode: int) -> str | None:
    """Return what a file is that is no regular one; None for a regular file."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), None)


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file to read bytes; raise FormatError if it is a pipe, a device or a socket.

    A pipe that nobody writes to is not waited for.
    """

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

    file = open(os.fspath(path), "rb", opener=opener)  # noqa: SIM115
    if kind := kind_of_file(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FormatError(f"{os.fspath(path)} must be a file: got {kind}")
    return file


def read_regular(path: str | os.PathLike[str], *, most: int | None = None, times: int = 1) -> bytes:
    """Return the content of a regular file.

    Parameters
    ----------
    path : str or path-like
        The file.
    most : int, optional
        Bytes it may have.
    times : int
        How many times its size it takes in memory, once it is understood.

    Raises
    ------
    FormatError
        If it is no regular file, or too large.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if most is not None and size > most:
            raise FormatError(f"{path} must have at most {in_words(most)}: got {in_words(size)}")
        check_fits(size * times, str(path))
        return file.read(size)


def check_fits(n_bytes: int, what: str) -> None:
    """Raise FormatError if so many bytes are more than this process may still take."""
    free = available_bytes()
    if free is not None and n_bytes > free:
        raise FormatError(
            f"{what} must fit into memory: it takes {in_words(n_bytes)}, and {in_words(free)} are "
            "free"
        )


def read_limited(file: IO[bytes], what: str) -> bytes:
    """Return all bytes of a source without a size, as long as half of the memory holds them."""
    free = available_bytes()
    most = None if free is None else free // 2
    return _read_up_to(file, most, f"{what} must fit into half of the memory that is free")


def unpacked_gzip(data: bytes) -> bytes:
    """Return bytes with gzip undone.

    Raises
    ------
    FormatError
        If they are damaged, expand beyond measure, or are compressed once more.
    """
    most = max(FREE_EXPANSION, MOST_EXPANSION * len(data))
    free = available_bytes()
    refusal = (
        f"gzip data must expand to at most {in_words(FREE_EXPANSION)}, or {MOST_EXPANSION} times "
        "its size, and fit into memory; unpack it yourself if you trust it"
    )
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            found = _read_up_to(file, most if free is None else min(most, free // 2), refusal)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"gzip data must be whole: got {error}") from error
    if found.startswith(b"\x1f\x8b"):
        raise FormatError("gzip data must be compressed once: got gzip inside gzip; unpack it")
    return found


def _read_up_to(file: IO[bytes] | gzip.GzipFile, most: int | None, refusal: str) -> bytes:
    parts, size = [], 0
    while part := file.read(_CHUNK):
        parts.append(part)
        size += len(part)
        if most is not None and size > most:
            raise FormatError(f"{refusal}: got more than {in_words(most)}")
    return b"".join(parts)


def check_archive(path: str | os.PathLike[str]) -> None:
    """Raise FormatError if the members of a zip archive expand beyond measure.

    What is no zip archive at all passes: its reader says so.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            expanded = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return
    size = Path(path).stat().st_size
    if expanded > max(FREE_EXPANSION, MOST_EXPANSION * size):
        raise FormatError(
            f"{path} must expand to at most {in_words(FREE_EXPANSION)}, or {MOST_EXPANSION} times "
            f"its size: got {in_words(expanded)} in a file of {in_words(size)}; write it again "
            "without compression if you trust it"
        )
    check_fits(expanded, str(path))
