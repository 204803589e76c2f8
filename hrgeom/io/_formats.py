"""File formats: what every entry of the three registries has, and how a format is chosen.

A registry is a tuple of entries in order of preference. Choices, help texts, suffixes of default
names, tables of the documentation and contract tests are derived from it. Other distributions add
entries under the entry-point group `hrgeom.formats`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, TypeVar

from hrgeom._base.plugins import with_plugins
from hrgeom.errors import FormatError

__all__ = [
    "FORMAT_GROUP",
    "WEAK",
    "Format",
    "chosen",
    "for_writing",
    "most_certain",
    "most_plausible",
    "named",
    "of_suffix",
    "registered",
]

FORMAT_GROUP = "hrgeom.formats"
"""Entry-point group under which other distributions add formats of any kind."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """What formats of hierarchies, judgments and vectors have in common.

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
        Names of the options that reading takes.
    extra : str, optional
        What to install with pip: an extra such as `'hrgeom[parquet]'`, or packages.
    write : callable, optional
        How the format is written. None: it is only read.

    Examples
    --------
    >>> Format(name="obo", suffixes=(".obo",), description="OBO flat files").write is None
    True
    """

    name: str
    suffixes: tuple[str, ...]
    description: str
    options: tuple[str, ...] = ()
    extra: str | None = None
    write: Callable[..., Any] | None = None


F = TypeVar("F", bound=Format)


def _key(entry: Format) -> str:
    """Names are unique within a kind: a hierarchy and judgments may both be CSV."""
    return f"{type(entry).__name__} {entry.name}"


def registered(built_in: Sequence[F], kind: type[F]) -> tuple[F, ...]:
    """Return the formats of one kind: those of hrgeom, then those of other distributions.

    Raises
    ------
    HrgeomError
        If two of them share a name or a suffix; the message names both.
    """
    entries: tuple[Format, ...] = with_plugins(built_in, FORMAT_GROUP, Format, key=_key)
    formats = tuple(entry for entry in entries if isinstance(entry, kind))
    owner: dict[str, F] = {}
    for entry in formats:
        for suffix in entry.suffixes:
            other = owner.setdefault(suffix, entry)
            if other is not entry:
                raise FormatError(
                    f"every suffix must belong to one {kind.__name__}: {suffix!r} is claimed by "
                    f"{other.name!r} and by {entry.name!r}; rename one or uninstall its "
                    "distribution"
                )
    return formats


def named(formats: Iterable[F], name: str) -> F:
    """Return the format of this name, or raise FormatError with the names there are."""
    by_name = {entry.name: entry for entry in formats}
    if name not in by_name:
        raise FormatError(f"format must be one of {', '.join(by_name)}: got {name!r}")
    return by_name[name]


def chosen(formats: Callable[[], Sequence[F]], given: str | F | None) -> F | None:
    """Return a format that is given as an entry or by its name; None if none is given."""
    return named(formats(), given) if isinstance(given, str) else given


def for_writing(
    formats: Callable[[], Sequence[F]], given: str | F | None, path: str
) -> tuple[F, Callable[..., Any]]:
    """Return the format a file is to be written in, given or by the suffix, and how it is written.

    Raises
    ------
    FormatError
        If the suffix is that of no format that is written, or the format given is only read.
    """
    entry = chosen(formats, given)
    if entry is None:
        written = [entry for entry in formats() if entry.write is not None]
        entry = of_suffix(written, path)
        if entry is None:
            suffixes = ", ".join(suffix for each in written for suffix in each.suffixes)
            raise FormatError(f"path must end in {suffixes}, with or without .gz: got {path!r}")
    if entry.write is None:
        raise FormatError(f"format must be one that is written: got {entry.name!r}, only read")
    return entry, entry.write


def of_suffix(formats: Iterable[F], path: str | os.PathLike[str]) -> F | None:
    """Return the format whose suffix a name has, before any ".gz"; the longest suffix counts."""
    name = PurePath(path).name.lower().removesuffix(".gz")
    fitting = [(len(s), entry) for entry in formats for s in entry.suffixes if name.endswith(s)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def most_certain(found: Iterable[tuple[float, F]]) -> F | None:
    """Return the format of the highest certainty, the first of equals.

    Parameters
    ----------
    found : iterable of (float, Format)
        Certainties from 0 to 1, and whose they are.

    Returns
    -------
    format : Format or None
        None if no certainty is above 0.

    Examples
    --------
    >>> obo = Format(name="obo", suffixes=(".obo",), description="OBO flat files")
    >>> most_certain([(0.0, obo)]) is None, most_certain([(0.5, obo)]) is obo
    (True, True)
    """
    certain = [(certainty, entry) for certainty, entry in found if certainty > 0]
    return max(certain, key=lambda pair: pair[0])[1] if certain else None


_HINT, WEAK = 0.03, 0.2


def most_plausible(found: Sequence[tuple[float, F]], hint: F | None) -> F | None:
    """Return the format of the highest certainty; the suffix decides between nearly equal ones.

    Where no format is certain of the text, that of the suffix is taken, and None without one.

    Raises
    ------
    FormatError
        If two formats of tables are equally certain and the suffix does not help.
    """
    raised = [
        (certainty + _HINT * (entry is hint), entry) for certainty, entry in found if certainty
    ]
    best = max((certainty for certainty, _ in raised), default=0.0)
    if best < WEAK:
        return hint or most_certain(raised)
    equal = [entry for certainty, entry in raised if certainty == best]
    if len(equal) > 1 and all("columns" in entry.options for entry in equal):
        names = " or ".join(entry.name for entry in equal)
        raise FormatError(
            f"a table must have one kind of sign between its cells: got several that fit; "
            f"say --format {names}"
        )
    return equal[0]
