"""Text of tables: columns separated by tabs (TSV, no quoting) or commas (CSV, RFC 4180).

Messages give the line; the caller adds the name of the source.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from hrgeom.errors import FormatError

__all__ = ["comma_certainty", "field", "rows_of_table", "sniff_delimiter", "tab_certainty"]


def _is_skipped(line: str) -> bool:
    return line.startswith("#") or not line.strip()


def sniff_delimiter(text: str) -> str | None:
    r"""Return the tab or the comma that the first line with either of them has, a tab first.

    Blank lines and comments do not count, nor do leading rows of a single column. None: there is
    no such line.

    Examples
    --------
    >>> sniff_delimiter("animal\ndog, small\tanimal\n"), sniff_delimiter("dog,animal\n")
    ('\t', ',')
    """
    for line in text.split("\n"):
        if _is_skipped(line):
            continue
        if "\t" in line:
            return "\t"
        if "," in line:
            return ","
    return None


def tab_certainty(text: str) -> float:
    """Return how certain it is that a text is a TSV."""
    return 0.5 if sniff_delimiter(text) == "\t" else 0.0


def comma_certainty(text: str) -> float:
    """Return how certain it is that a text is a CSV; any text may be one of a single column."""
    return 0.5 if sniff_delimiter(text) == "," else 0.1


def rows_of_table(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    r"""Yield (line number, fields) of every row; blank lines and lines from ``#`` on are skipped.

    Raises
    ------
    FormatError
        If quotes in a CSV do not match.

    Examples
    --------
    >>> list(rows_of_table('# pets\n"dog, small",animal\n', ","))
    [(2, ['dog, small', 'animal'])]
    """
    if delimiter == "\t":
        for number, line in enumerate(text.split("\n"), start=1):
            if not _is_skipped(line):
                yield number, line.removesuffix("\r").split("\t")
    else:
        yield from _rows_of_csv(text, delimiter)


def _rows_of_csv(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # A "#" or a blank line inside a quoted label is data. The reader asks for a row's first line
    # when the caller asks for the row, so only that line is a candidate for skipping.
    number = start = 0
    between_rows = True

    def lines() -> Iterator[str]:
        nonlocal number, start, between_rows
        for line in io.StringIO(text, newline=""):
            number += 1
            if between_rows and _is_skipped(line):
                continue
            if between_rows:
                start, between_rows = number, False
            yield line

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    while True:
        between_rows = True
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError(
                f"a CSV row must be well quoted: got {error} at line {start}"
            ) from error
        yield start, row


def field(label: str, delimiter: str) -> str:
    """Return a label as a field of a table, quoted if it must be.

    Raises
    ------
    FormatError
        If the label is blank; for TSV also if it holds a tab or a line break or starts with ``#``.
    """
    if not label.strip():
        raise FormatError(f"labels of a table must not be blank: got {label!r}; write JSON instead")
    if delimiter == "\t":
        if label.startswith("#") or any(sign in label for sign in "\t\n\r"):
            raise FormatError(
                "labels of a TSV must hold no tab or line break and not start with '#': "
                f"got {label!r}; write CSV or JSON instead"
            )
        return label
    if label.startswith("#") or any(sign in label for sign in ',"\n\r'):
        return '"' + label.replace('"', '""') + '"'
    return label
