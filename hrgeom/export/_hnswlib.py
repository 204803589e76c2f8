"""hnswlib: an approximate index in a file; what it misses is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import opened, python_query, rows_beside, write_queries
from hrgeom.export._units import ONE_MINUS
from hrgeom.io import Vectors

__all__ = ["HNSWLIB"]

_INSTALL = "'hrgeom[databases]'"
_SETUP = """X_SHAPE = (len(LABELS["documents"]), QUERIES.shape[1])
INDEX = hnswlib.Index(space="ip", dim=X_SHAPE[1])
INDEX.load_index(str(HERE / "documents.hnsw"))
K = min({ef}, X_SHAPE[0])
INDEX.set_ef(max({ef}, K))
INDEX.set_num_threads(1)"""
_BODY = """keys, distances = INDEX.knn_query(QUERIES[ROWS[label]], k=K)  # approximate
near = distances[0] < np.float32({limit})
pairs = zip(keys[0][near], distances[0][near])
return {{LABELS["documents"][v]: float(distance) for v, distance in pairs}}"""


def _write(handover: Handover, folder: Path) -> None:
    hnswlib = imported("hnswlib", "writing an index of hnswlib", _INSTALL)
    e, set_ = handover.embedding, handover.options
    index = hnswlib.Index(space="ip", dim=e.dim)
    index.init_index(
        max_elements=e.n_documents,
        M=set_["m"],
        ef_construction=set_["ef_construction"],
        random_seed=0,
    )
    index.add_items(e.documents, np.arange(e.n_documents), num_threads=1)
    index.save_index(str(folder / "documents.hnsw"))
    write_queries(e, folder)


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        ONE_MINUS,
        imports="import hnswlib",
        setup=_SETUP.format(ef=handover.options["ef"]),
        body=_BODY.format(limit=ONE_MINUS.threshold(handover.threshold)),
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    n = names["X_SHAPE"][0]
    documents = names["INDEX"].get_items(np.arange(n), return_type="numpy")
    return rows_beside(folder, documents)


HNSWLIB = ExportTarget(
    name="hnswlib",
    summary="hnswlib: an approximate index in a file, with its recall by distance",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=ONE_MINUS,
    modules=("hnswlib",),
    extra=_INSTALL,
    options={"m": 32, "ef_construction": 200, "ef": 1_024},
    is_exact=False,
)
