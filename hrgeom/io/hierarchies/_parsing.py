"""From the bytes of a file to a hierarchy."""

from __future__ import annotations

from hrgeom._base.sources import decoded, naming
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io._formats import chosen, most_certain
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._registry import hierarchy_formats

__all__ = ["hierarchy_from_bytes"]


def hierarchy_from_bytes(
    data: bytes,
    *,
    name: str,
    format: str | HierarchyFormat | None = None,
    edge_direction: str | None = None,
) -> Hierarchy:
    """Return the hierarchy in the bytes of a file.

    Parameters
    ----------
    data : bytes
        Compressed by gzip or not.
    name : str
        What messages call the source.
    format : str or HierarchyFormat, optional
        Default: the format that is most certain of the text.
    edge_direction : {"child-parent", "parent-child"}, optional
        As in `read_hierarchy`.

    Returns
    -------
    hierarchy : Hierarchy

    Raises
    ------
    FormatError, HierarchyError, CycleError
        As `read_hierarchy` does.

    Examples
    --------
    >>> hierarchy_from_bytes(b'{"dog": ["animal"]}', name="pets").labels
    ('dog', 'animal')
    """
    with naming(name):
        text = decoded(data)
        entry = chosen(hierarchy_formats, format) or _sniffed(text)
        if "edge_direction" in entry.options:
            return entry.read(text, edge_direction=edge_direction)
        if edge_direction is not None:
            raise FormatError(
                f"edge_direction must be left out for the format {entry.name}, which says itself "
                f"which end of an edge is the child: got {edge_direction!r}"
            )
        return entry.read(text)


def _sniffed(text: str) -> HierarchyFormat:
    formats = hierarchy_formats()
    found = most_certain((entry.sniff(text), entry) for entry in formats)
    if found is None:
        raise FormatError(
            "text must be in one of the formats "
            f"{', '.join(entry.name for entry in formats)}: got another"
        )
    return found
