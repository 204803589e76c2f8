"""Versions of files that hrgeom writes: another format and a newer version are refused clearly."""

from __future__ import annotations

from typing import Any

from hrgeom._version import __version__
from hrgeom.errors import FormatError

__all__ = ["check_version"]


def check_version(format: Any, version: Any, *, expected: tuple[str, int], what: str) -> None:
    """Raise FormatError unless a file states the expected format and version.

    Parameters
    ----------
    format, version
        As the file states them; any JSON values.
    expected : pair of str and int
        The format, and the version of it that this hrgeom reads.
    what : str
        The file, as messages call it.

    Examples
    --------
    >>> check_version("hrgeom-embedding", 1, expected=("hrgeom-embedding", 1), what="it")
    """
    name, known = expected
    if (format, version) == (name, known) and type(version) is int:
        return
    if format == name and type(version) is int and version > known:
        raise FormatError(
            f"{what} is in version {version} of the format {name}: this hrgeom ({__version__}) "
            f"reads version {known}; upgrade hrgeom to read it"
        )
    raise FormatError(
        f"{what} must be in format {name}, version {known}: got {format!r}, version {version!r}"
    )
