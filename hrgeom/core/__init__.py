"""Core values: hierarchies, relevances and embeddings."""

from hrgeom.core._alignment import ROW_RULES, RowRule, row_places, row_remarks
from hrgeom.core._crossing import BitGraph, Crossings
from hrgeom.core._cycles import OnCycle, WithoutCycles, without_cycles
from hrgeom.core._distinct import distinct_rows, equal_rows
from hrgeom.core._embedding import (
    BASES,
    STORED_TYPES,
    Basis,
    DualEmbedding,
    Notion,
    Scale,
    as_dtype,
    as_embedding,
    fitted,
)
from hrgeom.core._forest import ForestRelevance, ForestRows
from hrgeom.core._hierarchy import Hierarchy
from hrgeom.core._memberships import atoms_of, restricted, rows_of_classes
from hrgeom.core._moved import moved_queries
from hrgeom.core._quantization import rounded_embedding
from hrgeom.core._redundant import redundant_edges
from hrgeom.core._relevance import Relevance
from hrgeom.core._remark import Remark
from hrgeom.core._retrieval import Retrieval
from hrgeom.core._target import Target, as_relevance, target_labels

__all__ = [
    "BASES",
    "ROW_RULES",
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
    "RowRule",
    "Scale",
    "Target",
    "WithoutCycles",
    "as_dtype",
    "as_embedding",
    "as_relevance",
    "atoms_of",
    "distinct_rows",
    "equal_rows",
    "fitted",
    "moved_queries",
    "redundant_edges",
    "restricted",
    "rounded_embedding",
    "row_places",
    "row_remarks",
    "rows_of_classes",
    "target_labels",
    "without_cycles",
]
