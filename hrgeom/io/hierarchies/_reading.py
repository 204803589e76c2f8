"""Reading hierarchies from files, standard input and bundled data."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial

from hrgeom._base.nearest import meant
from hrgeom._base.sources import check_option, read_bytes
from hrgeom.core import Hierarchy, OnCycle
from hrgeom.errors import FormatError
from hrgeom.io._formats import chosen, of_suffix
from hrgeom.io._layout import Columns
from hrgeom.io.hierarchies._bundled import BUNDLED, bundled, load
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._parsing import hierarchy_from_bytes
from hrgeom.io.hierarchies._registry import hierarchy_formats
from hrgeom.io.hierarchies._uncycled import ON_CYCLE

__all__ = ["file_beside", "first_of_folder", "read_hierarchy"]

_DIRECTIONS = ("child-parent", "parent-child")


def _meant(path: str) -> str:
    """Return a question for the nearest bundled name or file beside it, empty if none is near."""
    folder = os.path.dirname(path)
    there: list[str] = [] if folder else list(bundled())
    with suppress(OSError):
        there += sorted(os.path.join(folder, name) for name in os.listdir(folder or "."))
    return meant(path, there)


def read_hierarchy(
    source: str | os.PathLike[str],
    *,
    format: str | HierarchyFormat | None = None,
    edge_direction: str | None = None,
    encoding: str | None = None,
    columns: Columns | None = None,
    header: bool | None = None,
    relation: str | None = None,
    language: str | None = None,
    allow_no_edges: bool = False,
    strict: bool = False,
    on_cycle: OnCycle = "error",
) -> Hierarchy:
    """Return the hierarchy in a file, on standard input, or bundled with hrgeom.

    Parameters
    ----------
    source : str or path-like
        A path, "-" for standard input, or a name in `hrgeom.datasets.BUNDLED`; a file of that
        name comes first, and a folder where the format has several files. Data may be compressed
        by gzip, whatever the suffix.
    format : str or HierarchyFormat, optional
        Name of one of `hierarchy_formats()`, or an entry that need not be registered. Default: the
        format that is most certain of the content; the suffix before any ".gz" decides between
        formats that fit nearly equally.
    edge_direction : {"child-parent", "parent-child"}, optional
        Order of the pairs in the data; of a mapping: whether its keys are children or parents.
        Default: what the header of a table says, else child-parent. It has no effect on the
        nested form, and a bundled hierarchy takes no other than the default.
    encoding : str, optional
        Of the text, such as "latin-1". Default: what a byte order mark says, else UTF-8.
    columns : mapping, optional
        Of a table: "child" and "parent" -> number of the column from 1, or its name in the header.
    header : bool, optional
        Of a table: whether its first row is a header. Default: it is if it has usual names; a
        first row that may be one and is not known is an error.
    relation : str, optional
        Of formats with several relations: which make the edges, separated by commas, such as
        "is_a,part_of". Default: what makes a hierarchy (is_a; subClassOf, broader and narrower).
    language : str, optional
        Of formats with names in several languages: which one, such as "de". Default: English, or
        names without a language, or what there is.
    allow_no_edges : bool
        Of a table: take several rows without any edge as nodes.
    strict : bool
        Whatever would be repaired or left out with a remark is an error.
    on_cycle : {"error", "condense", "drop"}
        What to do about nodes that are above and below one another: refuse them; make one node of
        each group of them, which all their labels stand for; or leave out few edges, such that
        none of them can be put back. See `hrgeom.core.without_cycles`.

    Returns
    -------
    hierarchy : Hierarchy
        The text fields at the top of a JSON object become its metadata; `remarks` say what was
        repaired, left out or found odd.

    Raises
    ------
    FormatError
        If the source does not exist, is not text in the encoding (with the byte), is damaged, or
        is in none of the forms (with the line, or with what it looks like); if `format` is unknown
        or does not take an option that is given; if something needs repair and `strict` is set.
        A message about the content starts with the source.
    HierarchyError, CycleError
        If the content is no hierarchy, as the class does.

    Examples
    --------
    >>> read_hierarchy("wordnet-mammals")
    Hierarchy(1182 nodes, 1182 edges, 1 root, 10 levels)
    """
    entry = chosen(hierarchy_formats, format)
    check_option(edge_direction, _DIRECTIONS, "edge_direction")
    check_option(on_cycle, ON_CYCLE, "on_cycle")
    if not isinstance(source, str | bytes | os.PathLike):
        raise FormatError(
            f"source must be the path of a file: got a {type(source).__name__}; "
            "Hierarchy.from_edges takes (child, parent) pairs"
        )
    path = os.fsdecode(source)
    if isinstance(source, str) and source in BUNDLED and not _is_readable(path):
        if columns is not None or header is not None:
            raise FormatError(f"columns and header must be left out for the bundled {source!r}")
        if edge_direction == "parent-child":
            raise FormatError(
                f"edge_direction must be child-parent for the bundled {source!r}: "
                f"got {edge_direction!r}"
            )
        return load(source)
    if source != "-" and not os.path.exists(path):
        raise FormatError(
            "source must be a file, '-' or a bundled hierarchy "
            f"({', '.join(bundled())}): got {path!r}{_meant(path)}"
        )
    if source != "-" and os.path.isdir(path):
        entry, path = first_of_folder(entry, path)
    name, data = read_bytes(source if source == "-" else path)
    return hierarchy_from_bytes(
        data,
        name=name,
        format=entry,
        hint=None if source == "-" else of_suffix(hierarchy_formats(), path),
        beside=partial(file_beside, path) if source != "-" else None,
        encoding=encoding,
        strict=strict,
        on_cycle=on_cycle,
        edge_direction=edge_direction,
        columns=columns,
        header=header,
        relation=relation,
        language=language,
        allow_no_edges=allow_no_edges,
    )


def first_of_folder(
    given: HierarchyFormat | None, folder: str
) -> tuple[HierarchyFormat | None, str]:
    """Return the format of a folder and its first file; the folder itself if a format is given.

    Raises
    ------
    FormatError
        If it holds the first file of no format.
    """
    for entry in hierarchy_formats() if given is None else (given,):
        for name in entry.files[:1]:
            for path in (os.path.join(folder, name), os.path.join(folder, f"{name}.gz")):
                if os.path.isfile(path):
                    return entry, path
    if given is None:
        names = ", ".join(entry.files[0] for entry in hierarchy_formats() if entry.files)
        raise FormatError(
            f"source must be a file: got the folder {folder!r}, which holds none of {names}; a "
            "folder of judgments goes to read_judgments, --qrels"
        )
    return given, folder


def file_beside(first: str, name: str) -> bytes | None:
    """Return the content of a file beside the first one, compressed or not; None if there is none.

    Raises
    ------
    FormatError
        If it is a link out of the folder, and the first file is none: whoever names a file of a
        stranger's folder wants no other folder read.
    """
    folder = os.path.dirname(first)
    for path in (os.path.join(folder, name), os.path.join(folder, f"{name}.gz")):
        if os.path.isfile(path):
            if _leads_away(path) and not _leads_away(first):
                raise FormatError(
                    f"{path} must lie in the folder of {os.path.basename(first)}: got a link to "
                    f"{os.path.realpath(path)}"
                )
            return read_bytes(path)[1]
    return None


def _leads_away(path: str) -> bool:
    return os.path.dirname(os.path.realpath(path)) != os.path.realpath(os.path.dirname(path))


def _is_readable(path: str) -> bool:
    """A folder that happens to bear the name of a bundled hierarchy does not hide it."""
    return os.path.exists(path) and not os.path.isdir(path)
