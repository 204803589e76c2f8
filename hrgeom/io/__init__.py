"""Reading and writing: hierarchies, judgments and vectors, by registries of formats; and texts."""

from hrgeom.io._formats import FORMAT_GROUP, Format, most_certain
from hrgeom.io._stems import stem_of
from hrgeom.io.hierarchies import (
    HierarchyFormat,
    hierarchy_formats,
    read_hierarchy,
    write_hierarchy,
)
from hrgeom.io.judgments import (
    JudgmentFormat,
    Judgments,
    judgment_formats,
    load_judgments,
    read_judgments,
    write_judgments,
)
from hrgeom.io.texts import NewTexts, NodeTexts, names_as_texts, read_new_texts, read_texts
from hrgeom.io.vectors import (
    VectorFormat,
    Vectors,
    WrittenVectors,
    load,
    load_certificate,
    save,
    save_certificate,
    vector_formats,
    write_vectors,
)

__all__ = [
    "FORMAT_GROUP",
    "Format",
    "HierarchyFormat",
    "JudgmentFormat",
    "Judgments",
    "NewTexts",
    "NodeTexts",
    "VectorFormat",
    "Vectors",
    "WrittenVectors",
    "hierarchy_formats",
    "judgment_formats",
    "load",
    "load_certificate",
    "load_judgments",
    "most_certain",
    "names_as_texts",
    "read_hierarchy",
    "read_judgments",
    "read_new_texts",
    "read_texts",
    "save",
    "save_certificate",
    "stem_of",
    "vector_formats",
    "write_hierarchy",
    "write_judgments",
    "write_vectors",
]
