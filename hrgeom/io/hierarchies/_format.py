"""The entry of a registry that reads and writes hierarchies in one format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hrgeom.core import Hierarchy
from hrgeom.io._formats import Format
from hrgeom.io.hierarchies._node_text import NodeText

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
        Options of `read_hierarchy` that `read` takes as keywords, each left out or None by
        default: "edge_direction" ("child-parent" or "parent-child"; without it the format itself
        says which end of an edge is the child), "columns", "header", "allow_no_edges" (of tables),
        "relation" (which relation makes the edges), "language" (of the names).
    extra : str, optional
        What to install with pip: an extra such as `'hrgeom[parquet]'`, or packages.
    sniff : callable
        Takes the whole text, returns the certainty from 0 to 1 that it is in this format. Plain
        JSON has 0.9 and tables have at most 0.5, so a more special format says more.
    read : callable
        Takes the text, and those of its options that are given as keywords; returns a `Hierarchy`
        with a `Remark` for everything left out or repaired, or raises FormatError, HierarchyError
        or CycleError with the place in the text.
    write : callable, optional
        Takes a `Hierarchy`, returns text that `read` reads back with the same labels and edges,
        or raises FormatError if the format cannot hold them. None: the format is only read.
    binary : bool, optional
        True if `sniff` and `read` take bytes in place of text.
    files : tuple of str, optional
        Names of the files of a format that has several, the one that is read first. A folder that
        holds the first is read as this format, and `read` takes a keyword `beside`, which gives
        the text of a file beside it by its name, or None.
    texts : callable, optional
        Takes what `read` takes, as far as it concerns texts (the text or bytes, "language",
        `beside`), and returns a `NodeText` for every name, synonym and definition of a node, by
        the labels that `read` gives. None: the format has none beside names.
    example : str, optional
        A few lines in this format, for the guide and for tests.
    keeps : str, optional
        What of a file is kept, besides nodes and edges.
    drops : str, optional
        What of a file is left out.

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

    sniff: Callable[[Any], float]
    read: Callable[..., Hierarchy]
    write: Callable[[Hierarchy], str] | None = None
    binary: bool = False
    files: tuple[str, ...] = ()
    texts: Callable[..., Iterable[NodeText]] | None = None
    example: str = ""
    keeps: str = ""
    drops: str = ""
