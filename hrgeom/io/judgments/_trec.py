"""Judgments as TREC writes them: query, iteration, document and grade between blanks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hrgeom.errors import FormatError
from hrgeom.io.judgments._format import JudgmentFormat, JudgmentRow, grade_of

__all__ = ["TREC"]

_FIRST_LINES = 200


def rows_of_trec(text: str) -> Iterator[JudgmentRow]:
    """Yield the judgments of a TREC file; the iteration is not used."""
    for number, line in enumerate(text.split("\n"), start=1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != 4:
            raise FormatError(
                "a TREC judgment must be query, iteration, document and grade between blanks: "
                f"got {len(fields)} fields at line {number}"
            )
        yield number, fields[0], fields[2], grade_of(fields[3], number)


def trec_of_rows(rows: Iterable[tuple[str, str, float]]) -> str:
    """Return judgments as a TREC file.

    Raises
    ------
    FormatError
        If a label is empty or has a blank.
    """
    lines = []
    for query, document, grade in rows:
        for label in (query, document):
            if label.split() != [label]:
                raise FormatError(f"labels in a TREC file must have no blanks: got {label!r}")
        lines.append(f"{query} 0 {document} {grade:g}\n")
    return "".join(lines)


def _certainty(text: str) -> float:
    lines = [line for line in text.split("\n", _FIRST_LINES)[:_FIRST_LINES] if line.strip()]
    return 0.9 if lines and all(map(_is_judgment, lines)) else 0.0


def _is_judgment(line: str) -> bool:
    fields = line.split()
    return (
        len(fields) == 4
        and line.strip().count("\t") in (0, 3)
        and fields[1].casefold().removeprefix("q").isdigit()
        and fields[3].lstrip("+-").replace(".", "", 1).isdigit()
    )


TREC = JudgmentFormat(
    name="trec",
    suffixes=(".qrels", ".trec"),
    description="TREC qrels: query, iteration, document and grade between blanks or tabs",
    sniff=_certainty,
    read=rows_of_trec,
    write=trec_of_rows,
)
