"""The registry of formats of judgments: one line per format, in order of preference."""

from __future__ import annotations

from hrgeom.io._formats import registered
from hrgeom.io.judgments._format import JudgmentFormat
from hrgeom.io.judgments._jsonl import JSONL
from hrgeom.io.judgments._tables import TABLES

__all__ = ["judgment_formats"]

_BUILT_IN: tuple[JudgmentFormat, ...] = (
    JSONL,
    *TABLES,
)


def judgment_formats() -> tuple[JudgmentFormat, ...]:
    """Return the formats of judgments: those of hrgeom, then those of installed plug-ins.

    Returns
    -------
    formats : tuple of JudgmentFormat
        In order of preference: of equal certainties the first counts.

    Raises
    ------
    HrgeomError
        If two of them share a name or a suffix; the message names both.

    Examples
    --------
    >>> [entry.name for entry in judgment_formats()][:3]
    ['jsonl', 'tsv', 'csv']
    """
    return registered(_BUILT_IN, JudgmentFormat)
