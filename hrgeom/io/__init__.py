"""Reading and writing: hierarchies, judgments and vectors."""

from hrgeom.io.hierarchies import read_hierarchy, write_hierarchy
from hrgeom.io.judgments import Judgments, load_judgments, read_judgments
from hrgeom.io.vectors import load, load_certificate, save, save_certificate

__all__ = [
    "Judgments",
    "load",
    "load_certificate",
    "load_judgments",
    "read_hierarchy",
    "read_judgments",
    "save",
    "save_certificate",
    "write_hierarchy",
]
