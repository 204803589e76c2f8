"""LanceDB: a folder with a table of documents, searched by range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._parquet import arrow_table
from hrgeom.export._python_query import opened, python_query, write_queries
from hrgeom.export._units import ONE_MINUS
from hrgeom.io import Vectors

__all__ = ["LANCEDB"]

_INSTALL = "'hrgeom[databases]'"


def _write(handover: Handover, folder: Path) -> None:
    lancedb = imported("lancedb", "writing a table of LanceDB", _INSTALL)
    e = handover.embedding
    database = lancedb.connect(str(folder / "lancedb"))
    database.create_table("documents", arrow_table(e.document_labels, e.documents))
    write_queries(e, folder)


def _query(handover: Handover) -> Query:
    limit = ONE_MINUS.threshold(handover.threshold)
    return python_query(
        handover,
        ONE_MINUS,
        imports="import lancedb",
        setup='TABLE = lancedb.connect(str(HERE / "lancedb")).open_table("documents")\n'
        "N = TABLE.count_rows()",
        body=f"""near = TABLE.search(QUERIES[ROWS[label]]).distance_type("dot")
near = near.distance_range(upper_bound={limit}).limit(N).select(["label", "_distance"])
found = near.to_arrow()
return dict(zip(found["label"].to_pylist(), found["_distance"].to_pylist()))""",
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    found = names["TABLE"].to_arrow()
    vectors = found["vector"].combine_chunks()
    documents = vectors.flatten().to_numpy().reshape(len(found), -1)
    queries = np.load(folder / "queries.npy", allow_pickle=False)
    return Vectors(queries, documents, names["LABELS"]["queries"], found["label"].to_pylist())


LANCEDB = ExportTarget(
    name="lancedb",
    summary="LanceDB: a folder with a table, and a search by distance range",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=ONE_MINUS,
    types=("float32", "float16"),
    modules=("lancedb", "pyarrow"),
    extra=_INSTALL,
)
