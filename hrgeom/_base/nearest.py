"""The names nearest to one that was not found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from itertools import islice

__all__ = ["meant", "nearest"]

_MOST_COMPARED = 3_000
"""Names that are compared letter by letter, which takes some microseconds each."""


def nearest(text: str, names: Iterable[str], n: int = 3) -> list[str]:
    """Return the names nearest to a text, those that differ by case or hold it first.

    Parameters
    ----------
    text : str
        What was asked for.
    names : iterable of str
        What there is; 10^5 names take a fraction of a second.
    n : int
        Most names returned.

    Examples
    --------
    >>> nearest("dog beds", ["Dog Beds", "Cat Beds", "Rugs"])
    ['Dog Beds', 'Cat Beds']
    """
    wanted = text.strip().casefold()
    shown: dict[str, str] = {}
    for name in names:
        shown.setdefault(name.strip().casefold(), name)
    found = [wanted] if wanted in shown else []
    found += difflib.get_close_matches(wanted, islice(_alike(wanted, shown), _MOST_COMPARED), n)
    if wanted:
        held = (name for name in shown if wanted in name)
        found += sorted(islice(held, _MOST_COMPARED), key=len)[:n]
    return [shown[name] for name in dict.fromkeys(found)][:n]


def meant(text: str, names: Iterable[str]) -> str:
    """Return a question for the nearest name, to end an error with; empty where none is near.

    Parameters
    ----------
    text : str
        What was given.
    names : iterable of str
        What there is.

    Examples
    --------
    >>> meant("--dims", ["--dim", "--dtype"]), meant("--xyz", ["--dim"])
    ("; did you mean '--dim'?", '')
    """
    near = nearest(text, names, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _alike(wanted: str, names: Iterable[str]) -> Iterator[str]:
    """Yield names of about the same length, those with the same beginning first."""
    near = [name for name in names if abs(len(name) - len(wanted)) <= 2 + len(wanted) // 3]
    yield from (name for name in near if name[:2] == wanted[:2])
    yield from (name for name in near if name[:2] != wanted[:2])
