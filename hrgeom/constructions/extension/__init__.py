"""An embedding carried over to a hierarchy that has changed: old rows stay, new ones are found."""

from hrgeom.constructions.extension._changes import Changes, compare_hierarchies
from hrgeom.constructions.extension._extend import Extension, extend

__all__ = ["Changes", "Extension", "compare_hierarchies", "extend"]
