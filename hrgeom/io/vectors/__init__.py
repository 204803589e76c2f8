"""Files of vectors: embedding folders, arrays, checkpoints and word vectors, read and written."""

from hrgeom.io.vectors._alignment import (
    SCORES,
    ModelScore,
    Vectors,
    aligned,
    alignment_remarks,
    in_stored_types,
    read_labels,
)
from hrgeom.io.vectors._certificates import load_certificate, save_certificate
from hrgeom.io.vectors._folder import describe, load, save
from hrgeom.io.vectors._format import VectorFormat, Wanted
from hrgeom.io.vectors._links import check_chain, linked, links_of, read_link
from hrgeom.io.vectors._registry import format_of_vectors, vector_formats
from hrgeom.io.vectors._source import RecordedSource
from hrgeom.io.vectors._words import vectors_of_words
from hrgeom.io.vectors._writing import (
    Side,
    WrittenVectors,
    differences,
    read_back,
    write_vectors,
)

__all__ = [
    "SCORES",
    "ModelScore",
    "RecordedSource",
    "Side",
    "VectorFormat",
    "Vectors",
    "Wanted",
    "WrittenVectors",
    "aligned",
    "alignment_remarks",
    "check_chain",
    "describe",
    "differences",
    "format_of_vectors",
    "in_stored_types",
    "linked",
    "links_of",
    "load",
    "load_certificate",
    "read_back",
    "read_labels",
    "read_link",
    "save",
    "save_certificate",
    "vector_formats",
    "vectors_of_words",
    "write_vectors",
]
