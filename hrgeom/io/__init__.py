"""Reading and writing hierarchies, and reading lists of judgements."""

from hrgeom.io.judgements import Judgements, load_judgements, read_judgements
from hrgeom.io.reading import read_hierarchy
from hrgeom.io.writing import write_hierarchy

__all__ = [
    "Judgements",
    "load_judgements",
    "read_hierarchy",
    "read_judgements",
    "write_hierarchy",
]
