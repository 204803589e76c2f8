"""Milvus: a database file of Milvus Lite with a flat index, searched by radius."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query, write_queries
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["MILVUS"]

_INSTALL = "'hrgeom[databases]'"
_FILE = "milvus.db"
_LONGEST, _BATCH, _LIMIT = 65_535, 1_000, 16_384
_BODY = """rule = {{"metric_type": "IP", "params": {{"radius": {threshold}}}}}
query = [QUERIES[ROWS[label]].tolist()]
(found,) = CLIENT.search(
    "documents", data=query, limit={limit}, search_params=rule, output_fields=["label"]
)
return {{hit["entity"]["label"]: hit["distance"] for hit in found}}"""


def _write(handover: Handover, folder: Path) -> None:
    milvus = imported("pymilvus", "writing a database of Milvus Lite", _INSTALL)
    e = handover.embedding
    _check(handover)
    client = milvus.MilvusClient(str(folder / _FILE))
    try:
        _make(client, milvus.DataType, e.dim)
        for start in range(0, e.n_documents, _BATCH):
            labels, rows = (
                part[start : start + _BATCH] for part in (e.document_labels, e.documents.tolist())
            )
            client.insert(
                "documents",
                [
                    {"id": start + i, "label": label, "vector": row}
                    for i, (label, row) in enumerate(zip(labels, rows, strict=True))
                ],
            )
    finally:
        client.close()
    write_queries(e, folder)


def _make(client: Any, types: Any, dim: int) -> None:
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", types.INT64, is_primary=True)
    schema.add_field("label", types.VARCHAR, max_length=_LONGEST)
    schema.add_field("vector", types.FLOAT_VECTOR, dim=dim)
    index = client.prepare_index_params()
    index.add_index("vector", index_type="FLAT", metric_type="IP")
    client.create_collection("documents", schema=schema, index_params=index)


def _check(handover: Handover) -> None:
    """Raise FormatError for what Milvus cannot hold or return."""
    most = handover.target.relevance.max_matches
    if most > _LIMIT:
        raise FormatError(f"Milvus returns at most {_LIMIT:,} documents: got a query of {most:,}")
    if handover.embedding.dim < 2:
        raise FormatError("vectors of Milvus must have at least 2 dimensions: got 1")


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="from pymilvus import MilvusClient",
        setup=f'CLIENT = MilvusClient(str(HERE / "{_FILE}"))',
        body=_BODY.format(
            threshold=number(handover.threshold),
            limit=min(handover.embedding.n_documents, _LIMIT),
        ),
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    client, n = names["CLIENT"], len(names["LABELS"]["documents"])
    rows: list[dict[str, Any]] = []
    for start in range(0, n, _BATCH):
        part = f"id >= {start} and id < {start + _BATCH}"
        rows += client.query("documents", filter=part, output_fields=["label", "vector"])
    documents = np.array([row["vector"] for row in rows], dtype=np.float32)
    queries = np.load(folder / "queries.npy", allow_pickle=False)
    labels = [row["label"] for row in rows]
    return Vectors(queries, documents, names["LABELS"]["queries"], labels)


MILVUS = ExportTarget(
    name="milvus",
    summary="Milvus Lite: a database file with a flat index, and a search by radius",
    write=_write,
    query=_query,
    open=opened(_stored, close=lambda names: names["CLIENT"].close()),
    units=SCORE,
    modules=("pymilvus", "milvus_lite"),
    extra=_INSTALL,
)
