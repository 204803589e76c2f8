"""The entry of a registry that reads and writes hierarchies in one format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hrgeom.core import Hierarchy
from hrgeom.io._formats import Format

__all__ = ["HierarchyFormat"]


@dataclass(frozen=True, kw_only=True)
class HierarchyFormat(Format):
    """A format of hierarchies: how text is recognized, read and written.

    Parameters
    ----------
    name, suffixes, description, options, extra
        As in `hrgeom.io.Format`. The one known option is "edge_direction"; without it the format
        itself says which end of an edge is the child.
    sniff : callable
        Takes the whole text, returns the certainty from 0 to 1 that it is in this format. Plain
        JSON has 0.9 and tables have at most 0.5, so a more special format says more.
    read : callable
        Takes the text, and a keyword `edge_direction` ("child-parent", "parent-child" or None) if
        it is among the options; returns a `Hierarchy`, or raises FormatError, HierarchyError or
        CycleError with the place in the text.
    write : callable, optional
        Takes a `Hierarchy`, returns text that `read` reads back with the same labels and edges,
        or raises FormatError if the format cannot hold them. None: the format is only read.

    Examples
    --------
    >>> rows = HierarchyFormat(
    ...     name="rows",
    ...     suffixes=(".rows",),
    ...     description="a label per line, each below the one before",
    ...     sniff=lambda text: 0.0,
    ...     read=lambda text: Hierarchy(
    ...         text.split("\\n"), [(i, i - 1) for i in range(1, len(text.split("\\n")))]
    ...     ),
    ... )
    >>> rows.read("animal\\ndog").parents("dog")
    ['animal']
    """

    sniff: Callable[[str], float]
    read: Callable[..., Hierarchy]
    write: Callable[[Hierarchy], str] | None = None
