"""Writing hierarchies: the format follows the suffix, the bytes only the content."""

from __future__ import annotations

import os

from hrgeom._base.atomic_files import replace_file
from hrgeom._base.sources import encoded
from hrgeom.core import Hierarchy
from hrgeom.io._formats import for_writing
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._registry import hierarchy_formats

__all__ = ["write_hierarchy"]


def write_hierarchy(
    hierarchy: Hierarchy,
    path: str | os.PathLike[str],
    *,
    format: str | HierarchyFormat | None = None,
) -> None:
    """Write a hierarchy to a file that `read_hierarchy` reads back.

    Parameters
    ----------
    hierarchy : Hierarchy
    path : str or path-like
        Ends in a suffix of a format that is written, such as ".json", ".tsv" or ".csv", or in one
        of these and ".gz", which compresses. JSON keeps the order of the nodes and those metadata
        that are text; a table keeps labels and edges only. An existing file is replaced at the
        end, in one step. Equal hierarchies give equal bytes.
    format : str or HierarchyFormat, optional
        Name of one of `hierarchy_formats()`, or an entry that need not be registered. Default:
        by the suffix.

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
    _, write = for_writing(hierarchy_formats, format, target)
    replace_file(target, encoded(write(hierarchy), compress=target.lower().endswith(".gz")))
