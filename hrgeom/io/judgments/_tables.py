"""Judgments as tables: query, document and grade, the grade maybe left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from hrgeom.io._tables import comma_certainty, field, rows_of_table, tab_certainty
from hrgeom.io.judgments._format import (
    COLUMNS,
    JudgmentFormat,
    JudgmentRow,
    grade_of,
    malformed,
)

__all__ = ["CSV", "TSV"]


def rows_of_judgments(text: str, *, delimiter: str) -> Iterator[JudgmentRow]:
    """Yield the judgments of a table; such names in the first row are a header."""
    for position, (line, row) in enumerate(rows_of_table(text, delimiter)):
        if len(row) not in (2, 3) or not (row[0] and row[1]):
            raise malformed(row, line)
        if position == 0 and all(
            name.lower() in names for name, names in zip(row, COLUMNS, strict=False)
        ):
            continue
        yield line, row[0], row[1], grade_of(row[2] if len(row) == 3 else 1, line)


def table_of_judgments(rows: Iterable[tuple[str, str, float]], *, delimiter: str) -> str:
    """Return judgments as a table with a header.

    Raises
    ------
    FormatError
        If a label is blank; for TSV also if it holds a tab or a line break or starts with "#".
    """
    lines = [delimiter.join(known[0] for known in COLUMNS)]
    lines += [
        delimiter.join([field(query, delimiter), field(document, delimiter), f"{grade:g}"])
        for query, document, grade in rows
    ]
    return "\n".join(lines) + "\n"


TSV = JudgmentFormat(
    name="tsv",
    suffixes=(".tsv",),
    description="table of query, document and grade between tabs, without quoting",
    sniff=tab_certainty,
    read=partial(rows_of_judgments, delimiter="\t"),
    write=partial(table_of_judgments, delimiter="\t"),
)
CSV = JudgmentFormat(
    name="csv",
    suffixes=(".csv",),
    description="table of query, document and grade between commas, quoted as in RFC 4180",
    sniff=comma_certainty,
    read=partial(rows_of_judgments, delimiter=","),
    write=partial(table_of_judgments, delimiter=","),
)
