"""Judgments as tables: query, document and grade, the grade maybe left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from hrgeom.core import Remark
from hrgeom.errors import FormatError
from hrgeom.io._layout import JUDGMENTS, Columns, Layout, layout_of
from hrgeom.io._tables import Row, certainty_of_delimiter, field, read_table
from hrgeom.io.judgments._format import (
    JudgmentFormat,
    JudgmentRow,
    grade_of,
    malformed,
)

__all__ = ["CSV", "PSV", "SSV", "TABLES", "TSV"]

_OPTIONS = ("columns", "header")


def rows_of_judgments(
    text: str,
    *,
    delimiter: str,
    columns: Columns | None = None,
    header: bool | None = None,
) -> Iterator[JudgmentRow | Remark]:
    """Yield the judgments of a table, and remarks; usual names in the first row are a header."""
    table = read_table(text, delimiter, JUDGMENTS.known)
    yield from table.remarks
    if not table.rows:
        return
    first = table.rows[0]
    if len(first[1]) > 3 and columns is None and not JUDGMENTS.known(first[1]):
        raise malformed(list(map(str, first[1])), first[0])
    layout = layout_of(table.rows, JUDGMENTS, columns=columns, header=_header(first, header))
    for line, cells in table.rows[1:] if layout.header else table.rows:
        yield _judgment(line, cells, layout)


def _header(first: Row, header: bool | None) -> bool | None:
    """A first row whose third cell is a number is one of data, whatever its labels are."""
    line, cells = first
    if header is not None or len(cells) != 3 or JUDGMENTS.known(cells):
        return header
    try:
        grade_of(cells[2], line)
    except FormatError:
        return None
    return False


def _judgment(line: int, cells: list[str], layout: Layout) -> JudgmentRow:
    at = layout.columns
    least = max(at["query"], at["document"]) + 1
    if not least <= len(cells) <= max(layout.width, 3):
        raise malformed(list(map(str, cells)), line)
    query, document = cells[at["query"]], cells[at["document"]]
    if not (query and document):
        raise malformed(list(map(str, cells)), line)
    grade = at.get("grade", len(cells))
    given = cells[grade] if grade < len(cells) else 1
    return line, str(query), str(document), grade_of(given, line)


def table_of_judgments(rows: Iterable[tuple[str, str, float]], *, delimiter: str) -> str:
    """Return judgments as a table with a header.

    Raises
    ------
    FormatError
        If a label is blank or has white space around it.
    """
    lines = [delimiter.join(JUDGMENTS.canonical)]
    lines += [
        delimiter.join([field(query, delimiter), field(document, delimiter), f"{grade:g}"])
        for query, document, grade in rows
    ]
    return "\n".join(lines) + "\n"


def _table(name: str, suffixes: tuple[str, ...], delimiter: str, what: str) -> JudgmentFormat:
    return JudgmentFormat(
        name=name,
        suffixes=suffixes,
        description=f"table of query, document and grade between {what}",
        options=_OPTIONS,
        sniff=partial(certainty_of_delimiter, delimiter=delimiter, known=JUDGMENTS.known),
        read=partial(rows_of_judgments, delimiter=delimiter),
        write=partial(table_of_judgments, delimiter=delimiter),
    )


TSV = _table("tsv", (".tsv", ".tab"), "\t", "tabs")
CSV = _table("csv", (".csv",), ",", "commas")
SSV = _table("ssv", (".ssv", ".scsv"), ";", "semicolons")
PSV = _table("psv", (".psv",), "|", "bars")
TABLES = (TSV, CSV, SSV, PSV)
"""Formats of tables: nothing of another kind may be read as one."""
