"""Colors on a terminal: a few words, and headings and options of a help text.

`NO_COLOR` (of any value) turns them off, and so does a stream that is no terminal; `FORCE_COLOR`
turns them on for any stream.
"""

from __future__ import annotations

import os
import re
from typing import IO, Literal

__all__ = ["has_colors", "painted", "painted_help", "painted_marks"]

Paint = Literal["bold", "good", "bad", "doubtful", "option"]
_CODES: dict[str, str] = {
    "bold": "1",
    "good": "1;32",
    "bad": "1;31",
    "doubtful": "1;33",
    "option": "36",
}


def has_colors(stream: IO[str]) -> bool:
    """Return whether text on a stream may be colored."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and stream.isatty()


def painted(text: str, paint: Paint) -> str:
    """Return text in a color.

    >>> painted("fails", "bad")
    '\\x1b[1;31mfails\\x1b[0m'
    """
    return f"\x1b[{_CODES[paint]}m{text}\x1b[0m"


_MARKS: tuple[tuple[Paint, str], ...] = (
    ("good", r"^(?:HOLDS|AGREES|Every one of .*[^:]\.)$|^(?:HOLDS|AGREES)(?=:)|^  right(?=  )"),
    ("bad", r"^(?:FAILS|CONTRADICTED|CONTRADICTION)(?=:)|^  (?:WRONG|MISSED)(?=  |:)|  WRONG$"),
    ("bad", r"^[\d,]+ of [\d,]+ queries do(?:es)? not .*$"),
    ("doubtful", r"^UNDECIDED(?=:)|^No pair is proved wrong, but .*$"),
)


def painted_marks(text: str) -> str:
    """Return results with verdicts, and marks at the beginnings and ends of lines, in color."""
    for paint, pattern in _MARKS:
        text = re.sub(pattern, lambda found, p=paint: painted(found[0], p), text, flags=re.M)  # type: ignore[misc]
    return text


_HEADING = re.compile(r"^(?:usage|\w[^\n:]*)(?=:(?:$| hrgeom))", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")


def painted_help(text: str) -> str:
    """Return a help text with its headings and options in color."""
    text = _OPTION.sub(lambda found: painted(found[0], "option"), text)
    return _HEADING.sub(lambda found: painted(found[0], "bold"), text)
