"""Files of hierarchies: formats that are read and written, and the hierarchies of hrgeom itself."""

from hrgeom.io.hierarchies._bundled import BUNDLED, BundledHierarchy, bundled, load
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._node_text import NodeText, TextKind
from hrgeom.io.hierarchies._parsing import hierarchy_from_bytes
from hrgeom.io.hierarchies._reading import read_hierarchy
from hrgeom.io.hierarchies._registry import hierarchy_formats
from hrgeom.io.hierarchies._remarks import REMARKS, RemarkKind
from hrgeom.io.hierarchies._texts_of_file import TextsOfFile, texts_of_file
from hrgeom.io.hierarchies._writing import write_hierarchy

__all__ = [
    "BUNDLED",
    "REMARKS",
    "BundledHierarchy",
    "HierarchyFormat",
    "NodeText",
    "RemarkKind",
    "TextKind",
    "TextsOfFile",
    "bundled",
    "hierarchy_formats",
    "hierarchy_from_bytes",
    "load",
    "read_hierarchy",
    "texts_of_file",
    "write_hierarchy",
]
