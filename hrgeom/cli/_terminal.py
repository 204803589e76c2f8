"""Standard output and standard error: readers that leave, signs that are no text, endless lines.

A command says with its exit status what it found, and `&&` in a script relies on it. So the status
does not depend on anybody reading the output: a reader that has left is no error, and neither is an
output that was closed before. Output that could not be written for another reason, such as a full
disk, is one.
"""

from __future__ import annotations

import os
import re
import sys
from typing import IO

from hrgeom.cli._colors import has_colors, painted, painted_marks

__all__ = ["flush", "prepare", "say", "write"]

_LONGEST_LINE = 10_000  # characters of a line of results
_LONGEST_MESSAGE = 2_000  # characters of a remark or an error

# Control characters but for line breaks and tabs, and those that turn the direction of writing:
# a terminal obeys them, and labels come from strangers.
_CONTROLS = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


def prepare() -> None:
    """Have both outputs there, and able to write any text: what has no code is written in ASCII."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell, `>&-`
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif getattr(stream, "errors", None) in ("strict", "surrogateescape"):
            stream.reconfigure(errors="backslashreplace")


def write(text: str, *, is_plain: bool = True) -> None:
    """Print text to standard output; as it is where it is no plain text but JSON or Markdown."""
    shown = _shown(text, _LONGEST_LINE) if is_plain else text
    if is_plain and has_colors(sys.stdout):
        shown = painted_marks(shown)
    _put(sys.stdout, f"{shown}\n")


def say(text: str) -> None:
    """Print a remark or an error to standard error."""
    shown = _shown(text, _LONGEST_MESSAGE)
    if shown.startswith("error:") and has_colors(sys.stderr):
        shown = painted("error:", "bad") + shown.removeprefix("error:")
    _put(sys.stderr, f"hrgeom: {shown}\n", is_result=False)


def flush() -> None:
    """Write what standard output still holds."""
    _put(sys.stdout, "")


def _put(stream: IO[str], text: str, *, is_result: bool = True) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError:
        _silence(stream)  # or the interpreter would try again at its end
        if is_result:
            raise


def _silence(stream: IO[str]) -> None:
    """Let what a stream still holds, and all that follows, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _shown(text: str, longest: int) -> str:
    """Return text with control characters written out and endless lines cut in the middle."""
    lines = (_shortened(line, longest) for line in text.split("\n"))
    return _CONTROLS.sub(lambda found: _written_out(found[0]), "\n".join(lines))


def _shortened(line: str, longest: int) -> str:
    if len(line) <= longest:
        return line
    head, tail = longest * 3 // 4, longest // 8
    n_left_out = len(line) - head - tail
    return f"{line[:head]} [... {n_left_out:,} characters left out ...] {line[-tail:]}"


def _written_out(sign: str) -> str:
    code = ord(sign)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
