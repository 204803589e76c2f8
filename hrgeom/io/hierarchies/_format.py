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
    name : str
        Lower case, without spaces; what `format=` and `--format` take.
    suffixes : tuple of str
        Suffixes of files, lower case with the dot, before any ".gz"; no two formats of a kind may
        share one.
    description : str
        One line without a full stop, for help texts and the table of formats.
    options : tuple of str, optional
        Which options of `read_hierarchy` the format takes: "edge_direction" (without it the format
        itself says which end of an edge is the child), "columns", "header", "allow_no_edges".
    extra : str, optional
        What `pip install` needs beside hrgeom itself.
    sniff : callable
        Takes the whole text, returns the certainty from 0 to 1 that it is in this format. Plain
        JSON has 0.9 and tables have at most 0.5, so a more special format says more.
    read : callable
        Takes the text, and those of its options that are given as keywords; returns a `Hierarchy`,
        what was mended among its remarks, or raises FormatError, HierarchyError or CycleError with
        the place in the text.
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
