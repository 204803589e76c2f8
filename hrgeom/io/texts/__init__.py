"""Files of texts: names, synonyms and definitions of nodes, and new texts that are to be placed."""

from hrgeom.io.texts._bundled import BUNDLED_TEXTS
from hrgeom.io.texts._new_texts import NewTexts, read_new_texts
from hrgeom.io.texts._node_texts import TEXT_PARTS, NodeTexts, names_as_texts, read_texts

__all__ = [
    "BUNDLED_TEXTS",
    "TEXT_PARTS",
    "NewTexts",
    "NodeTexts",
    "names_as_texts",
    "read_new_texts",
    "read_texts",
]
