"""Judgments as JSON lines: one object per line, with the field names of BEIR or plain ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from hrgeom._base.json_text import parse_json
from hrgeom.errors import FormatError
from hrgeom.io.judgments._format import (
    COLUMNS,
    JudgmentFormat,
    JudgmentRow,
    grade_of,
    malformed,
)

__all__ = ["JSONL"]


def rows_of_jsonl(text: str) -> Iterator[JudgmentRow]:
    """Yield the judgments of JSON lines."""
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        try:
            item = parse_json(row, first_line=line)
        except FormatError as error:
            raise FormatError(f"line {line} must be a JSON object: {error}") from error
        if not isinstance(item, dict):
            raise malformed(row.strip(), line)
        query, document, grade = (
            next((item[name] for name in names if name in item), None) for names in COLUMNS
        )
        if grade is None:
            # Another field may be the grade under a name of its own: do not read it as a match.
            if len(item) > 2:
                raise malformed(row.strip(), line)
            grade = 1
        # A number is a label too (it is one in a table), but true and 1.5 are none.
        if type(query) not in (str, int) or type(document) not in (str, int):
            raise malformed(row.strip(), line)
        yield line, str(query), str(document), grade_of(grade, line)


def jsonl_of_rows(rows: Iterable[tuple[str, str, float]]) -> str:
    """Return judgments as JSON lines with the field names of BEIR."""
    names = [known[0] for known in COLUMNS]
    return "".join(
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
    )


def _certainty(text: str) -> float:
    start = text.lstrip()[:1]
    return 0.9 if start == "{" else 0.6 if start == "[" else 0.0


JSONL = JudgmentFormat(
    name="jsonl",
    suffixes=(".jsonl",),
    description="JSON lines with query-id, corpus-id and score, or query, document and grade",
    sniff=_certainty,
    read=rows_of_jsonl,
    write=jsonl_of_rows,
)
