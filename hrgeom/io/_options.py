"""Options of reading that hierarchies and judgments share, and what strict means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hrgeom.core import Remark
from hrgeom.errors import FormatError
from hrgeom.io._formats import Format

__all__ = ["ODD", "check_options", "given_options", "refuse_repairs"]

ODD = frozenset(
    [
        "labels-alike",
        "looks-reversed",
        "closure-kept",
        "ignored-columns",
        "hash-rows",
        "null-labels",
        "numbers-alike",
        "signs-in-labels",
        "no-matches",
        "no-edges",
        "zero-parents",
    ]
)
"""Codes of remarks on what is odd; the others are on what was repaired or left out."""


def given_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are given: not None, and no switch that is off."""
    return {
        key: value
        for key, value in options.items()
        if value is not None and not (value is False and key != "header")
    }


def check_options(entry: Format, given: Iterable[str]) -> None:
    """Raise FormatError if a format does not take an option that is given."""
    for option in given:
        if option in entry.options:
            continue
        why = ""
        if option == "edge_direction":
            why = ", which says itself which end of an edge is the child"
        takes = ", ".join(entry.options) or "no options"
        raise FormatError(
            f"{option} must be left out for the format {entry.name}{why}: it takes {takes}"
        )


def refuse_repairs(remarks: Iterable[Remark]) -> None:
    """Raise FormatError if a remark says that something was repaired or left out."""
    repairs = [remark.message for remark in remarks if remark.code not in ODD]
    if repairs:
        raise FormatError(
            f"data must need no repair where it is read strictly: {'; '.join(repairs)}"
        )
