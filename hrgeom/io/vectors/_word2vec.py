"""Vectors in the formats of word2vec, text and binary, which gensim and most others write.

Both start with a line `N d`. Text: a line each, the key and d numbers between spaces. Binary: the
key, a space, d float32 in little-endian order, and maybe a line end. Keys hold no spaces in binary,
and none in what is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding
from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import VectorFormat, Wanted, check_one_table
from hrgeom.io.vectors._text_table import Table, is_text, read_lines, trailing_numbers

__all__ = ["WORD2VEC_BINARY", "WORD2VEC_TEXT", "read_word2vec"]

_HEADER = re.compile(rb"\s*(\d+)[ \t]+(\d+)\s*\n")
# Bytes of the first vectors that tell text from numbers: more than a number needs, and enough.
_LONGEST_NUMBER, _MOST_READ, _LOOKED_AT = 64, 2**24, 4096


def read_word2vec(path: str, *, binary: bool | None = None) -> Table:
    """Return keys, vectors and remarks.

    Parameters
    ----------
    path : str
        A file.
    binary : bool, optional
        Default: by the first vectors.

    Returns
    -------
    keys : tuple of str
        In the order of the file.
    rows : ndarray, shape (N, d)
        float32; float64 if a number in a text file has more than the 9 digits that tell float32
        numbers apart.
    remarks : tuple of Remark
        About decimal commas.

    Raises
    ------
    FormatError
        If the first line is none, or vectors are missing, too many or malformed (with the place).
    """
    with open(path, "rb") as file:
        first = file.readline(1000)
        n, d = _sizes(path, first)
        size = file.seek(0, 2) - len(first)
        # A key of one letter, then a blank and a digit for each number; four bytes in binary.
        least = n * (1 + (2 if binary is not True else 4) * d)
        if size < least - 1:
            raise FormatError(
                f"{path} must hold {n:,} vectors, as it says, of dimension {d:,}, which take "
                f"{least:,} bytes or more: got {size:,} bytes"
            )
        file.seek(len(first))
        rest = file.read()
    if binary is None:
        binary = not _is_text(rest, d)
    if binary:
        return (*_binary(path, rest, n, d), ())
    lines = rest.rstrip().split(b"\n")
    if len(lines) != n:
        raise FormatError(f"{path} must hold {n:,} vectors, as it says: got {len(lines):,}")
    return read_lines(path, lines, d, 2)


def _sizes(path: str, first: bytes) -> tuple[int, int]:
    try:
        n, d = (int(number) for number in first.split())
    except ValueError:
        raise FormatError(
            f"{path} must start with a line 'N d', the numbers of vectors and dimensions: got "
            f"{first.strip()[:60]!r}"
        ) from None
    if n < 1 or d < 1:
        raise FormatError(f"{path} must hold a vector of a dimension: got {n} of dimension {d}")
    return n, d


def _binary(path: str, rest: bytes, n: int, d: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    keys = []
    rows = np.empty((n, d), dtype=np.float32)
    at = 0
    for number in range(n):
        space = rest.find(b" ", at)
        end = space + 1 + 4 * d
        if space < 0 or end > len(rest):
            raise FormatError(f"{path} must hold {n:,} vectors, as it says: got {number:,}")
        try:
            keys.append(rest[at:space].lstrip(b"\n").decode("utf-8"))
        except UnicodeDecodeError:
            raise FormatError(
                f"{path} must have keys in UTF-8: got {rest[at : at + 40]!r} at vector {number}"
            ) from None
        rows[number] = np.frombuffer(rest, dtype="<f4", count=d, offset=space + 1)
        at = end
    if rest[at:].strip():
        raise FormatError(
            f"{path} must end after {n:,} vectors, as it says: got {len(rest) - at:,} more bytes"
        )
    return tuple(keys), rows


def write_word2vec(embedding: DualEmbedding, path: Path, *, binary: bool) -> None:
    """Write the one table of an embedding, keyed by its labels.

    In text a float32 has 9 significant digits and a float64 has 17, which tell them apart.

    Raises
    ------
    FormatError
        If the sides differ, or a label is empty, holds white space or repeats.
    """
    entry = WORD2VEC_BINARY if binary else WORD2VEC_TEXT
    check_one_table(embedding, entry.name)
    keys = [_key(label) for label in embedding.query_labels]
    if len(set(keys)) < len(keys):
        raise FormatError("keys of word2vec must be distinct: got a label twice")
    rows = embedding.queries
    with path.open("xb") as file:
        file.write(b"%d %d\n" % rows.shape)
        file.writelines(_binary_lines(keys, rows) if binary else _text_lines(keys, rows))


def _key(label: str) -> bytes:
    if not label or any(sign.isspace() for sign in label):
        raise FormatError(f"keys of word2vec must hold no white space: got {label!r}")
    try:
        return label.encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError(f"keys of word2vec must hold no lone surrogates: got {label!r}") from None


def _text_lines(keys: Sequence[bytes], rows: NDArray[np.floating]) -> Iterable[bytes]:
    number = "%.9g" if rows.dtype == np.float32 else "%.16e"
    for key, row in zip(keys, rows, strict=True):
        yield key + " ".join(["", *(number % value for value in row.tolist())]).encode() + b"\n"


def _binary_lines(keys: Sequence[bytes], rows: NDArray[np.floating]) -> Iterable[bytes]:
    for key, row in zip(keys, rows.astype("<f4", copy=False), strict=True):
        yield key + b" " + row.tobytes() + b"\n"


def _read(path: str, wanted: Wanted, *, binary: bool) -> Vectors:
    keys, rows, remarks = read_word2vec(path, binary=binary)
    return Vectors(rows, rows, keys, keys, path, remarks=remarks)


def _certainty(path: Path, start: bytes, *, binary: bool) -> float:
    header = _HEADER.match(start)
    if header is None:
        return 0.0
    d = int(header[2])
    with path.open("rb") as file:
        file.readline()
        first = file.read(min(_LONGEST_NUMBER * (d + 1), _MOST_READ))
    return 0.5 if binary != _is_text(first, d) else 0.0


def _is_text(start: bytes, d: int) -> bool:
    """Return whether what follows the first line is text, or at least begins with d numbers in it.

    A key of text may hold control characters, and numbers in binary are never all text.
    """
    return is_text(start[:_LOOKED_AT]) or trailing_numbers(start.partition(b"\n")[0]) >= d


WORD2VEC_TEXT = VectorFormat(
    name="word2vec-text",
    suffixes=(".vec", ".txt"),
    description="word2vec in text: a key and its numbers per line",
    options=("texts",),
    sniff=partial(_certainty, binary=False),
    read=partial(_read, binary=False),
    write=partial(write_word2vec, binary=False),
    stored_types=("float64", "float32"),
    keeps=("labels",),
    one_table=True,
)
WORD2VEC_BINARY = VectorFormat(
    name="word2vec-binary",
    suffixes=(".bin",),
    description="word2vec in binary: keys and float32 numbers",
    options=("texts",),
    sniff=partial(_certainty, binary=True),
    read=partial(_read, binary=True),
    write=partial(write_word2vec, binary=True),
    stored_types=("float32",),
    keeps=("labels",),
    one_table=True,
)
