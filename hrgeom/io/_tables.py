"""Text of tables: cells between tabs, commas, semicolons, pipes or spaces, quoted as in RFC 4180.

A cell loses the white space around it. Comments are lines that start with ``#`` above the first
row; below it such a line is data if it has as many cells as the others, and is left out if not.
Messages give the line; the caller adds the name of the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as fields
from functools import lru_cache

from hrgeom.core import Remark
from hrgeom.errors import FormatError
from hrgeom.io._headers import Header

__all__ = [
    "AS_GIVEN",
    "Quoted",
    "Table",
    "certainty_of_delimiter",
    "field",
    "promoted",
    "read_table",
    "top_of",
    "width_of",
]

Row = tuple[int, list[str]]
"""Line number and cells."""

AS_GIVEN = "# every edge is meant, those that follow from others too"
"""Comment at the top of a table that is the closure of its edges and is to stay it."""

_SEPARATOR = re.compile(r'"?sep=.?"?')
_STRICT = ",;"  # delimiters of dialects in which a quote in front must have its match
_TITLES = 10  # rows at most above a header
_MANY = 0.7  # share of rows that have as many cells as most
_SAMPLE = 200_000  # characters that decide about the delimiter


class Quoted(str):
    """A cell that stood in quotes: never a comment."""

    __slots__ = ()


@dataclass
class Table:
    """Rows of a table and what was repaired.

    Attributes
    ----------
    rows : list of (int, list of str)
        Line number and cells of every row that is no comment and not blank.
    remarks : list of Remark
        Repairs.
    comments : list of str
        The comment lines at the top.
    """

    rows: list[Row]
    remarks: list[Remark] = fields(default_factory=list)
    comments: list[str] = fields(default_factory=list)


def read_table(
    text: str,
    delimiter: str,
    known: Callable[[list[str]], Header | None] = lambda cells: None,
    *,
    lenient: bool = False,
) -> Table:
    r"""Return the rows of a table; a comment at the top that is a known header is its first row.

    Raises
    ------
    FormatError
        If quotes between commas or semicolons do not match.

    Examples
    --------
    >>> read_table('# pets\n"dog, small" , animal\n', ",").rows
    [(2, ['dog, small', 'animal'])]
    """
    text = text.removesuffix("\x1a")  # as DOS ends files
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")  # as old Macs end lines
    comments, start, first = top_of(text)
    rows, n_stripped, n_literal = _stripped(_split(text, start, first, delimiter, lenient))
    rows, table_remarks = _without_comments(rows, promoted(comments, delimiter, known, rows))
    rows, n_empty = _without_empty(rows, delimiter)
    rows, n_single = _without_single_quotes(rows)
    rows, n_above = _below_titles(rows, known)
    remarks = [
        *_remark(
            "cells-stripped", n_stripped, "cell", "had white space around it, which is left out"
        ),
        *_remark("quotes-kept", n_literal, "cell", "starts with a quote that is part of it"),
        *table_remarks,
        *_remark("single-quotes", n_single, "cell", "in single quotes, which are taken off"),
        *_remark("rows-above-header", n_above, "row", "above the header left out"),
        *_remark("empty-rows", n_empty, "row", "without any label left out"),
    ]
    return Table(rows, remarks, [line for _, line in comments])


def _remark(code: str, count: int, what: str, verb: str) -> list[Remark]:
    if not count:
        return []
    if count > 1:
        verb = verb.replace("around it", "around them").replace("starts with", "start with")
        verb = verb.replace("part of it", "part of them").replace("that starts", "that start")
    return [Remark(code, f"{count:,} {what}{'s' * (count != 1)} {verb}", count)]


def top_of(text: str) -> tuple[list[tuple[int, str]], int, int]:
    """Return comment lines above the first row with numbers, where that row starts, its number."""
    comments: list[tuple[int, str]] = []
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip()
        is_directive = number == 1 and _SEPARATOR.fullmatch(line)  # of Excel
        if line and not line.startswith("#") and not is_directive:
            break
        if line and not is_directive:
            comments.append((number, line))
        start, number = end + 1, number + 1
    return comments, min(start, len(text)), number


def _split(
    text: str, start: int, number: int, delimiter: str, lenient: bool
) -> Iterator[tuple[int, list[str], int]]:
    """Yield line number, raw cells, and how many start with a quote of their own; -1: no quotes."""
    if text.find('"', start) < 0:
        for row, line in enumerate(text[start:].split("\n"), start=number):
            if line and not line.isspace():
                yield row, _plain_cells(line, delimiter), -1
        return
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if '"' not in line:
            if line and not line.isspace():
                yield number, _plain_cells(line, delimiter), -1
            start, number = end + 1, number + 1
            continue
        cells, n_literal, end = _quoted_cells(text, start, delimiter, number, lenient)
        yield number, cells, n_literal
        number += text.count("\n", start, end) + 1
        start = end + 1


def _plain_cells(line: str, delimiter: str) -> list[str]:
    return line.split() if delimiter == " " else line.split(delimiter)


@lru_cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    d = re.escape(delimiter)
    space = "" if delimiter == " " else " *"
    quoted = re.compile(rf'{space}"([^"]*(?:""[^"]*)*)"{space}(?={d}|\r?\n|\r?\Z)')
    return quoted, re.compile(rf"[^{d}\n]*")


def _quoted_cells(
    text: str, start: int, delimiter: str, number: int, lenient: bool
) -> tuple[list[str], int, int]:
    """Cells of the row at a place, which may go over several lines, and where it ends."""
    quoted, bare = _patterns(delimiter)
    cells: list[str] = []
    n_literal = 0
    while True:
        if found := quoted.match(text, start):
            cells.append(Quoted(found[1].replace('""', '"')))
            end = found.end() + text.startswith("\r\n", found.end())
            if end == len(text) - 1 and text[end] == "\r":
                end += 1
        else:
            found = bare.match(text, start)
            assert found is not None  # it matches nothing too
            if found[0].lstrip().startswith('"'):
                if delimiter in _STRICT and not lenient:
                    raise FormatError(
                        "a quoted cell must be well quoted: "
                        f"got {found[0].strip()[:40]!r} at line {number}"
                    )
                n_literal += 1
            cells.append(found[0])
            end = found.end()
        if end >= len(text) or text[end] == "\n":
            break
        start = end + 1
    if delimiter == " ":
        cells = [cell for cell in cells if cell.strip()]
    return cells, n_literal, end


def _stripped(rows: Iterator[tuple[int, list[str], int]]) -> tuple[list[Row], int, int]:
    """Rows without white space around cells, and how many cells had some or an odd quote."""
    found: list[Row] = []
    n_stripped = n_literal = 0
    for number, cells, n in rows:
        if type(cells[-1]) is not Quoted:
            cells[-1] = cells[-1].removesuffix("\r")
        bare = [cell.strip() for cell in cells]
        if bare != cells:
            n_stripped += sum(a != b for a, b in zip(bare, cells, strict=True))
        if n >= 0:
            n_literal += n
            for i, cell in enumerate(cells):
                if type(cell) is Quoted:
                    bare[i] = Quoted(bare[i])
        found.append((number, bare))
    return found, n_stripped, n_literal


def width_of(rows: list[Row]) -> int:
    """Return how many cells most of the rows that have several have; 1 if none has several."""
    sizes = Counter(len(cells) for _, cells in rows)
    return max((size for size in sizes if size > 1), key=lambda s: (sizes[s], -s), default=1)


def promoted(
    comments: list[tuple[int, str]],
    delimiter: str,
    known: Callable[[list[str]], Header | None],
    rows: list[Row],
) -> list[Row]:
    """Take from the comments those that are rows: a known header, `#tag` beside other labels."""
    found: list[Row] = []
    width = width_of(rows)
    for number, line in list(comments):
        cells = [cell.strip() for cell in _plain_cells(line, delimiter)]
        bare = [cells[0].lstrip("# "), *cells[1:]]
        is_label = not line.startswith("# ") and len(cells) == width > 1
        is_text = any(part.startswith(" ") for part in line.split(",")[1:])
        if len(bare) > 1 and known(bare):
            found.append((number, bare))
            comments.remove((number, line))
        elif is_label and not (delimiter == "," and is_text):
            found.append((number, cells))
            comments.remove((number, line))
    return found


def _without_comments(rows: list[Row], top: list[Row]) -> tuple[list[Row], list[Remark]]:
    """Rows that start with ``#`` are data if they have as many cells as the others."""
    marked = [row for row in rows if row[1][0][:1] == "#" and type(row[1][0]) is not Quoted]
    width = width_of(rows)
    out = [row for row in marked if len(row[1]) != width or width == 1]
    dropped = {number for number, _ in out}
    labels = [row for row in (*top, *marked) if row[0] not in dropped and row[1][0][:1] == "#"]
    remarks = []
    if out:
        remarks += _remark(
            "comments",
            len(out),
            "line",
            f"that starts with '#' left out below the first row, at line {out[0][0]}",
        )
        rows = [row for row in rows if row[0] not in dropped]
    if labels:
        remarks += _remark(
            "hash-rows",
            len(labels),
            "row",
            f"that starts with '#' read as data, at line {labels[0][0]}",
        )
    return top + rows, remarks


def _without_empty(rows: list[Row], delimiter: str) -> tuple[list[Row], int]:
    """Leave out rows without a label, rules below a header, and empty columns at the sides."""
    kept = [row for row in rows if any(row[1])]
    n_empty = len(rows) - len(kept)
    if delimiter == "|" and len(kept) > 1 and all(re.fullmatch(r":?-*:?", c) for c in kept[1][1]):
        del kept[1]
    # Columns of nothing at the sides: signs at the ends of lines, or a frame of bars.
    while (width := max((len(cells) for _, cells in kept), default=0)) > 2:
        if not any(cells[0] for _, cells in kept):
            kept = [(line, cells[1:]) for line, cells in kept]
        elif not any(len(cells) == width and cells[-1] for _, cells in kept):
            kept = [(line, cells[: width - 1]) for line, cells in kept]
        else:
            break
    return kept, n_empty


def _without_single_quotes(rows: list[Row]) -> tuple[list[Row], int]:
    """Take off single quotes where every cell of the table has them."""
    for _, cells in rows:
        if not all(len(cell) > 2 and cell[0] == cell[-1] == "'" for cell in cells if cell):
            return rows, 0
    bare = [(line, [cell[1:-1].strip() for cell in cells]) for line, cells in rows]
    return bare, sum(map(len, (cells for _, cells in rows)))


def _below_titles(
    rows: list[Row], known: Callable[[list[str]], Header | None]
) -> tuple[list[Row], int]:
    """Leave out titles, rows of one cell above a header that is known for sure."""
    at = next((i for i, (_, cells) in enumerate(rows[:_TITLES]) if sum(map(bool, cells)) > 1), 0)
    found = known(rows[at][1]) if at else None
    return (rows[at:], at) if found and found.is_sure else (rows, 0)


# --- Which delimiter --------------------------------------------------------------------------


def certainty_of_delimiter(
    text: str, delimiter: str, known: Callable[[list[str]], Header | None] = lambda cells: None
) -> float:
    r"""Return how certain it is, from 0 to 0.5, that a text is a table with this delimiter.

    Many lines decide, not the first: a table has the same number of cells in most of its rows. A
    known header counts more than the rows, a tab more than another sign, and a sign that a space
    always follows, as in prose, less.

    Examples
    --------
    >>> text = "Food, Drinks\nCheese\tFood, Drinks\nTea\tFood, Drinks\n"
    >>> certainty_of_delimiter(text, "\t") > certainty_of_delimiter(text, ",")
    True
    """
    return _certainty(_sample(text), delimiter, known)


def _sample(text: str) -> str:
    """The head of a text, up to the end of a line."""
    if len(text) <= _SAMPLE:
        return text
    end = text.rfind("\n", 0, _SAMPLE)
    return text[: end if end > 0 else _SAMPLE]


@lru_cache(maxsize=16)
def _certainty(sample: str, delimiter: str, known: Callable[[list[str]], Header | None]) -> float:
    table = read_table(sample, delimiter, known, lenient=True)
    rows = table.rows
    width = width_of(rows)
    if width == 1:
        return 0.0
    several = [cells for _, cells in rows if len(cells) > 1]
    share = sum(len(cells) == width for cells in several) / len(rows)
    header = len(rows[0][1]) in (width, width - 1) and known(rows[0][1])
    certainty = 0.2 + 0.12 * max(share, 0.5) if header or share >= 0.5 else 0.1
    certainty += 0.12 * bool(header)
    certainty += 0.13 * (delimiter == "\t")
    certainty += 0.03 * (share == 1)  # as much as a suffix counts: order wins over it
    if "(" in sample and 2 * sum(map(_cuts_brackets, several)) > len(several):
        return 0.1  # as in "Foo (bar, baz)"
    certainty -= 0.1 * any(remark.code == "quotes-kept" for remark in table.remarks)
    if delimiter != "\t" and not re.search(re.escape(delimiter) + r"(?! )", sample):
        certainty -= 0.04
        if not header and share < _MANY:
            return 0.1  # a comma and a space stand between words of any text
    return min(certainty, 0.5)


def _cuts_brackets(cells: list[str]) -> bool:
    return any(cell.count("(") != cell.count(")") for cell in cells)


# --- Writing ----------------------------------------------------------------------------------


def field(label: str, delimiter: str) -> str:
    """Return a label as a cell of a table, quoted if it must be.

    Raises
    ------
    FormatError
        If the label is blank or has white space around it, which readers of tables leave out.
    """
    if not label.strip() or label != label.strip():
        raise FormatError(
            "labels of a table must not be blank or have white space around them: "
            f"got {label!r}; write JSON instead"
        )
    if label[0] in '#"' or any(sign in label for sign in (delimiter, "\n", "\r", '"')):
        return '"' + label.replace('"', '""') + '"'
    return label
