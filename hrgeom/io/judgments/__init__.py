"""Files of relevance judgments (qrels): formats that are read and written."""

from hrgeom.io.judgments._format import JudgmentFormat
from hrgeom.io.judgments._qrels import (
    Judgments,
    load_judgments,
    read_judgments,
    write_judgments,
)
from hrgeom.io.judgments._registry import judgment_formats

__all__ = [
    "JudgmentFormat",
    "Judgments",
    "judgment_formats",
    "load_judgments",
    "read_judgments",
    "write_judgments",
]
