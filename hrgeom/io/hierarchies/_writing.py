"""Writing hierarchies: the format follows the suffix, the bytes only the content."""

from __future__ import annotations

import gzip
import json
import os
import secrets
from contextlib import suppress

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._tables import table_of_hierarchy

__all__ = ["write_hierarchy"]

_SUFFIXES = (".json", ".tsv", ".csv")


def write_hierarchy(hierarchy: Hierarchy, path: str | os.PathLike[str]) -> None:
    """Write a hierarchy to a file that `read_hierarchy` reads back.

    Parameters
    ----------
    hierarchy : Hierarchy
    path : str or path-like
        Ends in ".json", ".tsv" or ".csv", or in one of these and ".gz". JSON keeps the order of
        the nodes and those metadata that are text; a table keeps labels and edges only. An
        existing file is replaced at the end, in one step. Equal hierarchies give equal bytes.

    Raises
    ------
    FormatError
        If the suffix is another one, or the format cannot hold a label (lone surrogates in none;
        in tables blank labels; in TSV tabs, line breaks and a "#" in front) or a metadata field
        would take the place of the nodes or edges.

    Examples
    --------
    >>> import os, tempfile
    >>> from hrgeom.io import read_hierarchy
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "pets.json.gz")
    ...     write_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)]), path)
    ...     read_hierarchy(path).parents("dog")
    ['animal']
    """
    target = os.fsdecode(path)
    stem = target.lower().removesuffix(".gz")
    suffix = os.path.splitext(stem)[1]
    if suffix not in _SUFFIXES:
        raise FormatError(
            f"path must end in {', '.join(_SUFFIXES)}, with or without .gz: got {target!r}"
        )
    if suffix == ".json":
        text = _json(hierarchy)
    else:
        text = table_of_hierarchy(hierarchy, "\t" if suffix == ".tsv" else ",")
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FormatError(
            "labels and metadata must hold no lone surrogates: "
            f"got {text[max(error.start - 20, 0) : error.end]!r}"
        ) from error
    _replace(target, gzip.compress(data, mtime=0) if target.lower().endswith(".gz") else data)


def _json(hierarchy: Hierarchy) -> str:
    reserved = sorted({"nodes", "edges"} & hierarchy.metadata.keys())
    if reserved:
        raise FormatError(f"metadata must not be named nodes or edges: got {reserved[0]!r}")
    content = {
        key: field
        for key, field in hierarchy.metadata.items()
        if isinstance(key, str) and isinstance(field, str)
    }
    return (
        json.dumps(
            content | {"nodes": hierarchy.labels, "edges": hierarchy.edges.tolist()},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
    )


def _replace(path: str, data: bytes) -> None:
    """Write beside the target and rename, so that a crash leaves the old file or the new one."""
    path = os.path.realpath(path)  # a link stays a link
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
