"""The entry of a registry that reads and writes lists of judgments in one format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hrgeom.core import Remark
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
    name : str
        Lower case, without spaces; what `format=` and `--format` take.
    suffixes : tuple of str
        Suffixes of files, lower case with the dot, before any ".gz"; no two formats of a kind may
        share one.
    description : str
        One line without a full stop, for help texts and the table of formats.
    options : tuple of str, optional
        Which of "columns" and "header" the format takes, as in `read_judgments`.
    extra : str, optional
        What to install with pip: an extra such as `'hrgeom[parquet]'`, or packages.
    sniff : callable
        Takes the whole text, returns the certainty from 0 to 1 that it is in this format; JSON
        lines have 0.9 and tables at most 0.5.
    read : callable
        Takes the text, and those of its options that are given as keywords; yields (line, query,
        document, grade) in order, and a `Remark` for what it repaired, or raises FormatError with
        the line.
    write : callable, optional
        Takes (query, document, grade) triples, returns text that `read` reads back, or raises
        FormatError if the format cannot hold a label. None: the format is only read.

    Examples
    --------
    >>> JudgmentFormat(
    ...     name="pairs",
    ...     suffixes=(".pairs",),
    ...     description="a query and a matching document per line, a space between",
    ...     sniff=lambda text: 0.0,
    ...     read=lambda text: ((i, *line.split(), 1.0) for i, line in enumerate(text.splitlines())),
    ... ).name
    'pairs'
    """

    sniff: Callable[[str], float]
    read: Callable[..., Iterator[JudgmentRow | Remark]]
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
