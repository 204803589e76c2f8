"""From the bytes of a file to a hierarchy."""

from __future__ import annotations

from hrgeom._base.sources import decoded, naming
from hrgeom.core import Hierarchy
from hrgeom.io.hierarchies._json_forms import hierarchy_from_json
from hrgeom.io.hierarchies._tables import delimiter_of, hierarchy_from_table

__all__ = ["hierarchy_from_bytes"]


def hierarchy_from_bytes(
    data: bytes,
    *,
    name: str,
    format: str | None = None,
    edge_direction: str | None = None,
) -> Hierarchy:
    """Return the hierarchy in the bytes of a file.

    Parameters
    ----------
    data : bytes
        Compressed by gzip or not.
    name : str
        What messages call the source.
    format, edge_direction
        As in `read_hierarchy`; the format is told from the text by default.

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
        if format is None:
            format = "json" if text.lstrip()[:1] in ("{", "[") else None
        if format == "json":
            return hierarchy_from_json(text, parents_first=edge_direction == "parent-child")
        return hierarchy_from_table(
            text, delimiter=delimiter_of(text, format), edge_direction=edge_direction
        )
