"""Reading and writing hierarchies, and reading lists of judgements."""

from hrgeom.io.reading import read_hierarchy, read_judgements
from hrgeom.io.writing import write_hierarchy

__all__ = ["read_hierarchy", "read_judgements", "write_hierarchy"]
