"""Text of files or of standard input, compressed or not, and error messages that name it."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from hrgeom.errors import FormatError, HierarchyError

__all__ = ["check_option", "decoded", "encoded", "naming", "read_bytes", "suffix_of"]


def check_option(value: str | None, allowed: tuple[str, ...], what: str) -> None:
    """Raise FormatError unless an option has no value or an allowed one."""
    if value is not None and value not in allowed:
        raise FormatError(f"{what} must be one of {', '.join(allowed)}: got {value!r}")


def suffix_of(path: str, formats: tuple[str, ...]) -> str | None:
    """Return which of the formats the suffix names, before any ".gz"; None if none."""
    name = PurePath(path).name.lower().removesuffix(".gz")
    suffix = name.rpartition(".")[2]
    return suffix if suffix in formats else None


def read_bytes(source: str | os.PathLike[str]) -> tuple[str, bytes]:
    """Return what to call the source, and its content."""
    if source == "-":
        return "standard input", sys.stdin.buffer.read()
    path = os.fsdecode(source)
    if os.path.isdir(path):
        raise FormatError(f"source must be a file: got the folder {path!r}")
    with open(path, "rb") as file:
        return path, file.read()


def decoded(data: bytes) -> str:
    """Return the text of bytes, gzip undone; never empty."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError(f"gzip data must be whole: got {error}") from error
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise FormatError(
            f"text must be UTF-8: got byte 0x{data[error.start]:02x} at byte {error.start}"
        ) from error
    if not text.strip():
        raise FormatError("source must not be empty: got no text")
    return text


def encoded(text: str, *, compress: bool = False) -> bytes:
    """Return text as UTF-8, by gzip if asked for; equal texts give equal bytes."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FormatError(
            "labels and metadata must hold no lone surrogates: "
            f"got {text[max(error.start - 20, 0) : error.end]!r}"
        ) from error
    return gzip.compress(data, mtime=0) if compress else data


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the source in front of the message of an error, which stays the same object."""
    try:
        yield
    except (FormatError, HierarchyError) as error:
        error.args = (f"{name}: {error}",)
        raise
