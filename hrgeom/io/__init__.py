"""Reading and writing: hierarchies, judgements and vectors."""

from hrgeom.io.hierarchies import read_hierarchy, write_hierarchy
from hrgeom.io.judgements import Judgements, load_judgements, read_judgements
from hrgeom.io.vectors import load, load_certificate, save, save_certificate

__all__ = [
    "Judgements",
    "load",
    "load_certificate",
    "load_judgements",
    "read_hierarchy",
    "read_judgements",
    "save",
    "save_certificate",
    "write_hierarchy",
]
