"""The registry of formats of hierarchies: one line per format, in order of preference."""

from __future__ import annotations

from hrgeom.io._formats import registered
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._json import JSON
from hrgeom.io.hierarchies._tables import TABLES

__all__ = ["hierarchy_formats"]

_BUILT_IN: tuple[HierarchyFormat, ...] = (
    JSON,
    *TABLES,
)


def hierarchy_formats() -> tuple[HierarchyFormat, ...]:
    """Return the formats of hierarchies: those of hrgeom, then those of installed plug-ins.

    Returns
    -------
    formats : tuple of HierarchyFormat
        In order of preference: of equal certainties the first counts.

    Raises
    ------
    HrgeomError
        If two of them share a name or a suffix; the message names both.

    Examples
    --------
    >>> [entry.name for entry in hierarchy_formats()][:3]
    ['json', 'tsv', 'csv']
    """
    return registered(_BUILT_IN, HierarchyFormat)
