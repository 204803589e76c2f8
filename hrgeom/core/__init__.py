"""Core values: hierarchies, relevances and embeddings."""

from hrgeom.core._crossing import BitGraph, Crossings
from hrgeom.core._cycles import OnCycle, WithoutCycles, without_cycles
from hrgeom.core._distinct import distinct_rows
from hrgeom.core._embedding import (
    BASES,
    STORED_TYPES,
    Basis,
    DualEmbedding,
    Notion,
    Scale,
    as_dtype,
    check_fit,
)
from hrgeom.core._forest import ForestRelevance, ForestRows
from hrgeom.core._hierarchy import Hierarchy
from hrgeom.core._memberships import atoms_of, restricted, rows_of_classes
from hrgeom.core._quantization import rounded_embedding
from hrgeom.core._redundant import redundant_edges
from hrgeom.core._relevance import Relevance
from hrgeom.core._remark import Remark
from hrgeom.core._retrieval import Retrieval
from hrgeom.core._target import Target, as_relevance

__all__ = [
    "BASES",
    "STORED_TYPES",
    "Basis",
    "BitGraph",
    "Crossings",
    "DualEmbedding",
    "ForestRelevance",
    "ForestRows",
    "Hierarchy",
    "Notion",
    "OnCycle",
    "Relevance",
    "Remark",
    "Retrieval",
    "Scale",
    "Target",
    "WithoutCycles",
    "as_dtype",
    "as_relevance",
    "atoms_of",
    "check_fit",
    "distinct_rows",
    "redundant_edges",
    "restricted",
    "rounded_embedding",
    "rows_of_classes",
    "without_cycles",
]
