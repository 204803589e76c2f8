"""Vectors in the formats of word2vec, text and binary, which gensim and most others write.

Both start with a line `N d`. Text: a line each, the key and d numbers between spaces. Binary: the
key, a space, d float32 in little-endian order, and maybe a line end. Keys hold no spaces; nothing
but this is needed to read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Relevance
from hrgeom.errors import FormatError, NotFiniteError, ShapeError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import VectorFormat, Wanted, check_one_table

__all__ = ["WORD2VEC_BINARY", "WORD2VEC_TEXT", "read_word2vec", "vectors_of_words"]

_HEADER = re.compile(rb"\s*(\d+)[ \t]+(\d+)\s*\n")
# Of what sniffing reads of the first vector: more than any number needs.
_LONGEST_NUMBER, _MOST_READ = 64, 2**24


Table = tuple[tuple[str, ...], NDArray[np.floating]]


def read_word2vec(path: str, *, binary: bool | None = None) -> Table:
    """Return keys and vectors.

    Parameters
    ----------
    path : str
    binary : bool, optional
        Default: by the first vector.

    Returns
    -------
    keys : tuple of str
    rows : ndarray, shape (N, d)
        float32; float64 if a number in a text file has more than the 9 digits that tell float32
        numbers apart.

    Raises
    ------
    FormatError
        If the first line is none, or vectors are missing, too many or malformed (with the place).
    """
    with open(path, "rb") as file:
        first, _, rest = file.read().partition(b"\n")
    try:
        n, d = (int(number) for number in first.split())
    except ValueError:
        raise FormatError(
            f"{path} must start with a line 'N d', the numbers of vectors and dimensions: got "
            f"{first[:60]!r}"
        ) from None
    if n < 1 or d < 1:
        raise FormatError(f"{path} must hold a vector of a dimension: got {n} of dimension {d}")
    if binary is None:
        binary = not _is_text(rest, d)
    return (_binary if binary else _text)(path, rest, n, d)


def _is_text(rest: bytes, d: int) -> bool:
    """Return whether what follows the first line starts with a vector in text."""
    fields = rest.partition(b"\n")[0].split()
    try:
        return len([float(field) for field in fields[1:]]) == d
    except ValueError:
        return False


def _text(path: str, rest: bytes, n: int, d: int) -> Table:
    lines = rest.rstrip().split(b"\n")
    if len(lines) != n:
        raise FormatError(f"{path} must hold {n:,} vectors, as it says: got {len(lines):,}")
    keys = []
    rows = np.empty((n, d))
    is_wide = False
    for number, line in enumerate(lines):
        fields = line.rstrip().split(b" ")
        try:
            if len(fields) != d + 1 or not fields[0]:
                raise ValueError
            rows[number] = [float(field) for field in fields[1:]]
            keys.append(fields[0].decode("utf-8"))
            is_wide = is_wide or any(map(_has_many_digits, fields[1:]))
        except ValueError:
            raise FormatError(
                f"{path} must have a key and {d} numbers at line {number + 2}: got "
                f"{line[:60]!r}, {len(fields)} fields"
            ) from None
    return tuple(keys), rows if is_wide else rows.astype(np.float32)


def _has_many_digits(field: bytes) -> bool:
    """Return whether a number is written with more than 9 significant digits."""
    if len(field) <= 9:
        return False
    digits = field.lower().partition(b"e")[0].lstrip(b"+-0.").replace(b".", b"")
    return len(digits) > 9


def _binary(path: str, rest: bytes, n: int, d: int) -> Table:
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


def vectors_of_words(
    keys: Sequence[str],
    rows: NDArray[np.floating],
    texts: tuple[Sequence[str], Sequence[str]],
    relevance: Relevance,
    source: str,
) -> Vectors:
    """Return the mean vector of the words of every text, for vectors whose keys are words.

    A text that is a key as a whole, its spaces as underscores or not, has that key's vector. Words
    are looked up as they stand, then in lower case; words without a vector are left out.

    Raises
    ------
    ShapeError
        If a text has no word with a vector.
    NotFiniteError
        If a vector that is used is not finite.
    """
    place = {key: row for row, key in reversed(list(enumerate(keys)))}

    def found(text: str) -> list[int]:
        for whole in (text, text.replace(" ", "_")):
            if whole in place:
                return [place[whole]]
        words = (place.get(word, place.get(word.lower())) for word in text.split())
        return [row for row in words if row is not None]

    sides = []
    for what, side, labels in (
        ("queries", texts[0], relevance.query_labels),
        ("documents", texts[1], relevance.document_labels),
    ):
        looked_up = [found(text) for text in side]
        missing = [i for i, numbers in enumerate(looked_up) if not numbers]
        if missing:
            i = missing[0]
            raise ShapeError(
                f"{what} of {source} must have a word with a vector in every text: got none for "
                f"{len(missing):,} of {len(side):,}, {side[i]!r} ({labels[i]!r}) first"
            )
        means = np.stack([rows[numbers].mean(axis=0, dtype=np.float64) for numbers in looked_up])
        if not np.isfinite(means).all():
            i = int(np.flatnonzero(~np.isfinite(means).all(axis=1))[0])
            raise NotFiniteError(
                f"{what} of {source} must be finite: got NaN or infinity at row {i} ({labels[i]!r})"
            )
        sides.append(means.astype(rows.dtype))
    return Vectors(sides[0], sides[1], source=source)


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
    keys, rows = read_word2vec(path, binary=binary)
    return Vectors(rows, rows, keys, keys, path)


def _certainty(path: Path, start: bytes, *, binary: bool) -> float:
    header = _HEADER.match(start)
    if header is None:
        return 0.0
    d = int(header[2])
    with path.open("rb") as file:
        file.readline()
        first = file.readline(min(_LONGEST_NUMBER * (d + 1), _MOST_READ))
    return 0.5 if binary != _is_text(first, d) else 0.0


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
