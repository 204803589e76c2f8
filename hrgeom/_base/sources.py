"""Text of files or of standard input, compressed or not, and error messages that name it."""

from __future__ import annotations

import codecs
import gzip
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from hrgeom._base.regular_files import (
    kind_of_file,
    read_limited,
    read_regular,
    unpacked_gzip,
)
from hrgeom.errors import FormatError, HierarchyError

__all__ = ["check_option", "decoded", "encoded", "naming", "read_bytes", "suffix_of", "unpacked"]


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
        return "standard input", read_limited(sys.stdin.buffer, "standard input")
    path = os.fsdecode(source)
    if os.path.isdir(path):
        raise FormatError(f"source must be a file: got the folder {path!r}")
    if kind_of_file(os.stat(path).st_mode) is None:
        return path, read_regular(path)
    with open(path, "rb") as file:
        # A pipe of the shell, `<(zcat ...)`, and /dev/stdin on a terminal end; other devices do not
        if not (stat.S_ISFIFO(os.fstat(file.fileno()).st_mode) or file.isatty()):
            raise FormatError(f"source must be a file: got the device {path!r}")
        return path, read_limited(file, path)


def unpacked(data: bytes) -> bytes:
    """Return bytes with gzip undone, if they are compressed by it."""
    return unpacked_gzip(data) if data.startswith(b"\x1f\x8b") else data


_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes, *, encoding: str | None = None) -> str:
    """Return the text of bytes, gzip undone; never empty.

    Without an encoding the byte order mark says which it is, UTF-8 if there is none.
    """
    data = unpacked(data)
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    try:
        text = data.decode(_checked(encoding) or marked or "utf-8")
    except UnicodeError as error:
        raise FormatError(_undecodable(data, encoding or marked or "utf-8", error)) from error
    text = text.removeprefix("\ufeff")
    if not encoding and text.count("\0") * 3 > len(text) > 1:
        raise FormatError(
            "text must not be full of zero bytes: got what looks like UTF-16; "
            "say --encoding utf-16-le or utf-16-be"
        )
    if not text.strip():
        raise FormatError("source must not be empty: got no text")
    return text


def _checked(encoding: str | None) -> str | None:
    """Return the name of an encoding of text, or raise FormatError."""
    if encoding is None:
        return None
    try:
        "a".encode(encoding)  # not those that are no text, such as base64
        return encoding
    except (LookupError, ValueError, UnicodeError) as error:
        raise FormatError(
            f"encoding must be one that Python knows, such as utf-16 or latin-1: got {encoding!r}"
        ) from error


def _undecodable(data: bytes, encoding: str, error: UnicodeError) -> str:
    at = getattr(error, "start", 0)
    byte = f"byte 0x{data[at]:02x} at byte {at}" if at < len(data) else "no more bytes"
    if encoding != "utf-8":
        return f"text must be {encoding}: got {byte}"
    if b"\0" in data[:4096]:
        return f"text must be UTF-8: got {byte}, and zero bytes, as in binary data or UTF-16"
    line = data.count(b"\n", 0, at) + 1
    return (
        f"text must be UTF-8: got {byte}, line {line}; if it is from Windows or older, say "
        "--encoding cp1252 or latin-1"
    )


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
