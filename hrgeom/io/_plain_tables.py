"""Plain tables, read in blocks of lines at the speed of C.

A table is plain if all its rows have the same number of cells, and no cell has quotes, white space
around it or a comment: nothing is mended, so that no row needs a look of its own. All other tables
are read by `read_table`, which gives the same rows for these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hrgeom.io._headers import Header
from hrgeom.io._tables import Row, promoted, top_of

__all__ = ["PlainTable"]

_DELIMITERS = "\t,;"  # rules and frames are drawn with bars, and spaces come in runs
_BLOCK = 1 << 20  # characters; small beside the text
_NEWLINE = ord("\n")


@dataclass(frozen=True)
class PlainTable:
    """A table whose first two rows are plain; whether the others are shows as they are read.

    Attributes
    ----------
    first, second : (int, list of str)
        Line number and cells of the first rows.
    comments : list of str
        The comment lines at the top.
    text, delimiter : str
        What is read, and the sign between cells.
    start, stop : int
        Where the second row starts, and where the last row ends.
    """

    first: Row
    second: Row
    comments: list[str]
    text: str
    delimiter: str
    start: int
    stop: int

    @classmethod
    def of(
        cls, text: str, delimiter: str, known: Callable[[list[str]], Header | None]
    ) -> PlainTable | None:
        """Return the table; None if it is plainly not plain."""
        comments, start, number = top_of(text)
        is_odd = any(text.find(sign, start) >= 0 for sign in ('"', "\n#"))
        if is_odd or delimiter not in _DELIMITERS:
            return None
        middle, stop = text.find("\n", start) + 1, _stop(text)
        if not start < middle < stop:
            return None
        end = text.find("\n", middle, stop)
        rows = [
            _cells(line, delimiter)
            for line in (text[start : middle - 1], text[middle : stop if end < 0 else end])
        ]
        width = len(rows[0])
        first, second = (number, rows[0]), (number + 1, rows[1])
        if width != len(rows[1]) or not _is_plain_head(*rows):
            return None
        if promoted(list(comments), delimiter, known, [first]):
            return None
        lines = [line for _, line in comments]
        return cls(first, second, lines, text, delimiter, middle, stop)

    def blocks(self) -> Iterator[list[str] | None]:
        """Yield the cells of some rows after the first, row by row; None for rows not plain."""
        start = self.start
        while start < self.stop:
            end = self.text.find("\n", start + _BLOCK, self.stop)
            end = self.stop if end < 0 else end
            yield _plain_cells(self.text[start:end], self.delimiter, len(self.first[1]))
            start = end + 1


def _stop(text: str) -> int:
    """The end of the last row; its carriage return stays."""
    stop = len(text) - text.endswith("\x1a")  # as DOS ends files
    while stop and text[stop - 1] == "\n":
        stop -= 1
        stop -= text.endswith("\n\r", 0, stop)
    return stop


def _cells(line: str, delimiter: str) -> list[str]:
    return line.removesuffix("\r").split(delimiter)


def _is_plain_head(first: list[str], second: list[str]) -> bool:
    """False if more rows must say which of the first rows, or which columns, are left out."""
    has_sides = (first[0] or second[0]) and (first[-1] or second[-1])
    in_quotes = all(len(cell) > 2 and cell[0] == cell[-1] == "'" for cell in first if cell)
    is_bare = [cell.strip() for cell in first] == first
    return bool(has_sides) and is_bare and not in_quotes and sum(map(bool, first)) > 1


def _plain_cells(block: str, delimiter: str, width: int) -> list[str] | None:
    """All cells of whole lines in their order; None if they are not plain."""
    if "\r" in block:
        block = block.replace("\r\n", "\n").removesuffix("\r")
    signs = np.frombuffer(block.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    is_end = (signs := signs[(signs == ord(delimiter)) | (signs == _NEWLINE)]) == _NEWLINE
    n_rows = int(is_end.sum()) + 1
    if len(is_end) + 1 != n_rows * width or not is_end[width - 1 :: width].all():
        return None
    cells = block.replace("\n", delimiter).split(delimiter)
    return cells if list(map(str.strip, cells)) == cells else None
