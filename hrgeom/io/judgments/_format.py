"""The entry of a registry that reads and writes lists of judgments in one format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hrgeom.errors import FormatError
from hrgeom.io._formats import Format

__all__ = ["COLUMNS", "JudgmentFormat", "JudgmentRow", "grade_of", "malformed"]

COLUMNS = (("query-id", "query"), ("corpus-id", "document"), ("score", "grade"))
"""What the columns of a list of judgments may be called."""

JudgmentRow = tuple[int, str, str, float]
"""Line number, label of the query, label of the document, grade."""


@dataclass(frozen=True, kw_only=True)
class JudgmentFormat(Format):
    """A format of lists of judgments (qrels): how text is recognized, read and written.

    Parameters
    ----------
    name, suffixes, description, options, extra
        As in `hrgeom.io.Format`; there are no options yet.
    sniff : callable
        Takes the whole text, returns the certainty from 0 to 1 that it is in this format; JSON
        lines have 0.9 and tables at most 0.5.
    read : callable
        Takes the text, yields (line, query, document, grade) in order, or raises FormatError with
        the line.
    write : callable, optional
        Takes (query, document, grade) triples, returns text that `read` reads back, or raises
        FormatError if the format cannot hold a label. None: the format is only read.
    """

    sniff: Callable[[str], float]
    read: Callable[[str], Iterator[JudgmentRow]]
    write: Callable[[Iterable[tuple[str, str, float]]], str] | None = None


def malformed(found: object, line: int) -> FormatError:
    """Return the error about a judgment of another form."""
    forms = ", ".join(" or ".join(names) for names in COLUMNS)
    return FormatError(f"a judgment must have {forms}: got {found} at line {line}")


def grade_of(value: Any, line: int) -> float:
    """Return a grade as a number."""
    try:
        grade = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        grade = float("nan")
    if grade != grade:
        raise FormatError(f"grade must be a number: got {value!r} at line {line}")
    return grade
