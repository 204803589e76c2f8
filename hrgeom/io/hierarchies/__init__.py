"""Files of hierarchies: JSON forms, tables, and the ones that come with hrgeom."""

from hrgeom.io.hierarchies._bundled import BUNDLED, BundledHierarchy, bundled, load
from hrgeom.io.hierarchies._parsing import hierarchy_from_bytes
from hrgeom.io.hierarchies._reading import read_hierarchy
from hrgeom.io.hierarchies._tables import delimiter_of, rows_of_table
from hrgeom.io.hierarchies._writing import write_hierarchy

__all__ = [
    "BUNDLED",
    "BundledHierarchy",
    "bundled",
    "delimiter_of",
    "hierarchy_from_bytes",
    "load",
    "read_hierarchy",
    "rows_of_table",
    "write_hierarchy",
]
