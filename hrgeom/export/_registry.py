"""The registry of export targets: one line per target, in the order of the table."""

from __future__ import annotations

from hrgeom._base.plugins import with_plugins
from hrgeom.errors import FormatError
from hrgeom.export._csv import CSV
from hrgeom.export._duckdb import DUCKDB
from hrgeom.export._elsewhere import ELASTICSEARCH, OPENSEARCH, VESPA, WEAVIATE
from hrgeom.export._evaluation import BEIR, TREC
from hrgeom.export._faiss import FAISS, FAISS_HNSW, FAISS_IVF
from hrgeom.export._hnswlib import HNSWLIB
from hrgeom.export._interface import TARGET_GROUP, ExportTarget
from hrgeom.export._lancedb import LANCEDB
from hrgeom.export._milvus import MILVUS
from hrgeom.export._parquet import PARQUET
from hrgeom.export._pgvector import PGVECTOR
from hrgeom.export._qdrant import QDRANT
from hrgeom.export._sentence_transformers import SENTENCE_TRANSFORMERS
from hrgeom.export._sqlite_vec import SQLITE_VEC
from hrgeom.export._usearch import USEARCH
from hrgeom.export._walk import WALK

__all__ = ["export_targets", "target_named"]

_BUILT_IN: tuple[ExportTarget, ...] = (
    CSV,
    PARQUET,
    TREC,
    BEIR,
    WALK,
    FAISS,
    USEARCH,
    DUCKDB,
    LANCEDB,
    QDRANT,
    PGVECTOR,
    MILVUS,
    SQLITE_VEC,
    HNSWLIB,
    FAISS_HNSW,
    FAISS_IVF,
    SENTENCE_TRANSFORMERS,
    WEAVIATE,
    ELASTICSEARCH,
    OPENSEARCH,
    VESPA,
)


def export_targets() -> tuple[ExportTarget, ...]:
    """Return the targets of exports: those of hrgeom, then those of installed plug-ins.

    Returns
    -------
    targets : tuple of ExportTarget
        Files first, then engines.

    Raises
    ------
    HrgeomError
        If two of them share a name; the message names both.

    Examples
    --------
    >>> {"faiss", "usearch"} <= {target.name for target in export_targets()}
    True
    """
    return with_plugins(_BUILT_IN, TARGET_GROUP, ExportTarget, key=lambda entry: entry.name)


def target_named(name: str) -> ExportTarget:
    """Return the target of a name, or raise FormatError with the names there are."""
    by_name = {entry.name: entry for entry in export_targets()}
    if name not in by_name:
        raise FormatError(f"target must be one of {', '.join(by_name)}: got {name!r}")
    return by_name[name]
