"""Vectors in text without a first line that counts them, as GloVe writes them: a key per line."""

from __future__ import annotations

from pathlib import Path

from hrgeom.errors import FormatError
from hrgeom.io.vectors._alignment import Vectors
from hrgeom.io.vectors._format import VectorFormat, Wanted
from hrgeom.io.vectors._text_table import is_text, read_lines, trailing_numbers

__all__ = ["GLOVE", "read_glove"]

_LOOKED_AT = 20  # lines that tell the dimension
_MOST_READ = 2**20


def read_glove(path: str, wanted: Wanted) -> Vectors:
    """Read keys and vectors of a text, a key and its numbers per line.

    The dimension is the least number of numbers that lines end with, of the first ones: keys may
    hold blanks and end in a number.

    Raises
    ------
    FormatError
        If lines do not end in as many numbers, with the place.
    """
    data = Path(path).read_bytes().rstrip()
    d = _dimension(data[:_MOST_READ])
    if d < 1:
        raise FormatError(f"{path} must have a key and its numbers at line 1: got {data[:60]!r}")
    keys, rows, remarks = read_lines(path, data.split(b"\n"), d, 1)
    return Vectors(rows, rows, keys, keys, path, remarks=remarks)


def _dimension(data: bytes) -> int:
    lines = data.split(b"\n")
    whole = lines[:_LOOKED_AT] if len(lines) > 1 else lines
    return min((trailing_numbers(line) for line in whole), default=0)


def _sniff(path: Path, start: bytes) -> float:
    """Lines of a key and two numbers or more; `N d` is the start of word2vec."""
    if path.is_dir() or not is_text(start):
        return 0.0
    with path.open("rb") as file:
        lines = file.read(_MOST_READ).split(b"\n")
    lines = [line for line in (lines[:-1] if len(lines) > 1 else lines)[:_LOOKED_AT] if line]
    return 0.4 * (min(map(trailing_numbers, lines), default=0) >= 2)


GLOVE = VectorFormat(
    name="glove",
    suffixes=(".glove",),
    description="GloVe in text: a key and its numbers per line, without a first line of sizes",
    options=("texts",),
    sniff=_sniff,
    read=read_glove,
    keeps=("labels",),
    one_table=True,
)
