"""Vectors in lines of text, a key and its numbers, as word2vec and GloVe write them.

A key may hold blanks: the last d fields of a line are the numbers, and what stands before them is
the key. Where a line has tabs, the key ends at the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Remark
from hrgeom.errors import FormatError

__all__ = ["Table", "fields_of", "is_text", "number", "read_lines", "trailing_numbers"]

Table = tuple[tuple[str, ...], NDArray[np.floating], tuple[Remark, ...]]
_BLANKS = re.compile(rb"[ \t]+")
_COMMA = re.compile(rb"[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c"))


def is_text(data: bytes) -> bool:
    """Return whether bytes are text: UTF-8, perhaps cut off, without control characters.

    Examples
    --------
    >>> is_text("é 0.5".encode()), is_text(b"dog \\x00\\x00\\x80\\x3f")
    (True, False)
    """
    if data.translate(None, _CONTROL) != data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3 and error.reason == "unexpected end of data"
    return True


def fields_of(line: bytes) -> list[bytes]:
    """Return the fields of a line between blanks and tabs.

    Examples
    --------
    >>> fields_of(b"hot dog  0.5\\n")
    [b'hot', b'dog', b'0.5']
    """
    return [field for field in _BLANKS.split(line.strip()) if field]


def number(field: bytes) -> float:
    """Return a number, its decimal sign a point or a comma.

    Examples
    --------
    >>> number(b"0.5"), number(b"-1,25")
    (0.5, -1.25)
    """
    return float(field.replace(b",", b".") if _COMMA.fullmatch(field) else field)


def trailing_numbers(line: bytes) -> int:
    """Return how many fields at the end of a line are numbers, the first field left out.

    Examples
    --------
    >>> trailing_numbers(b"area 51 0.5 0.25"), trailing_numbers(b"1 2")
    (3, 1)
    """
    count = 0
    for field in reversed(fields_of(line)[1:]):
        try:
            number(field)
        except ValueError:
            break
        count += 1
    return count


def read_lines(path: str, lines: Sequence[bytes], d: int, first_line: int) -> Table:
    """Return keys and vectors of lines with a key and d numbers each.

    Parameters
    ----------
    path : str
        What to call the file.
    lines : sequence of bytes
        Without their line ends.
    d : int
        Numbers per line.
    first_line : int
        Number of the first one in the file.

    Returns
    -------
    keys : tuple of str
        In the order of the lines.
    rows : ndarray, shape (n, d)
        float32; float64 if a number has more than the 9 digits that tell float32 numbers apart.
    remarks : tuple of Remark
        About decimal commas.

    Raises
    ------
    FormatError
        If a line has no key or fewer numbers, numbers have both points and commas, or a key is
        not in UTF-8.
    """
    keys = []
    rows = np.empty((len(lines), d))
    is_wide = has_points = False
    n_commas = 0
    for at, line in enumerate(lines):
        key, numbers = _parted(line.strip(b"\r\n"), d)
        try:
            if not key or len(numbers) != d:
                raise ValueError
            rows[at] = [number(field) for field in numbers]
        except ValueError:
            raise FormatError(
                f"{path} must have a key and {d} numbers at line {at + first_line}: got "
                f"{line[:60]!r}, {len(fields_of(line))} fields"
            ) from None
        keys.append(_decoded(key, path, at + first_line))
        is_wide = is_wide or any(map(_has_many_digits, numbers))
        commas = sum(b"," in field for field in numbers)
        n_commas += commas
        has_points = has_points or any(b"." in field for field in numbers)
        if commas and has_points:
            raise FormatError(
                f"{path} must have numbers with points or with decimal commas, not both: got a "
                f"comma at line {at + first_line}, {line[:60]!r}"
            )
    remarks: tuple[Remark, ...] = ()
    if n_commas:
        remarks = (Remark("decimal-commas", f"{n_commas:,} numbers have decimal commas", n_commas),)
    return tuple(keys), rows if is_wide else rows.astype(np.float32), remarks


def _parted(line: bytes, d: int) -> tuple[bytes, list[bytes]]:
    """Return the key and the fields of the numbers."""
    key, tab, rest = line.partition(b"\t")
    if tab and len(fields_of(rest)) == d:
        return key.strip(), fields_of(rest)
    if not tab and b"  " not in line:
        first, *fields = line.rstrip().rsplit(b" ", d)
        return first.strip(), fields
    places = [match.span() for match in _BLANKS.finditer(line.rstrip())][-d:]
    if len(places) < d:
        return b"", []
    numbers = fields_of(line[places[0][0] :])
    return line[: places[0][0]].strip(), numbers


def _decoded(key: bytes, path: str, line: int) -> str:
    try:
        return key.decode("utf-8")
    except UnicodeDecodeError:
        raise FormatError(
            f"{path} must have keys in UTF-8: got {key[:40]!r} at line {line}"
        ) from None


def _has_many_digits(field: bytes) -> bool:
    """Return whether a number is written with more than 9 significant digits."""
    if len(field) <= 9:
        return False
    digits = field.lower().partition(b"e")[0].lstrip(b"+-0.,").replace(b".", b"").replace(b",", b"")
    return len(digits) > 9
