"""Qdrant: arrays and a module that loads them into a collection, of a server or in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query, write_queries
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["QDRANT"]

_SETUP = '''X = np.load(HERE / "documents.npy")
N = len(X)
URL = os.environ.get("QDRANT_URL")  # such as http://localhost:6333; without one: in this process
CLIENT = QdrantClient(url=URL) if URL else QdrantClient(":memory:")


def load():
    """Make the collection and put the documents in."""
    kind = models.VectorParams(size=X.shape[1], distance=models.Distance.DOT, datatype="{dtype}")
    CLIENT.create_collection("documents", vectors_config=kind)
    payload = [{{"label": label}} for label in LABELS["documents"]]
    CLIENT.upload_collection("documents", vectors=X, payload=payload, ids=range(N), wait=True)


if not CLIENT.collection_exists("documents"):
    load()'''
_BODY = """query = QUERIES[ROWS[label]].tolist()
found = CLIENT.query_points("documents", query=query, score_threshold={threshold}, limit=N)
return {{point.payload["label"]: point.score for point in found.points}}"""


def _write(handover: Handover, folder: Path) -> None:
    e = handover.embedding
    np.save(folder / "documents.npy", e.documents, allow_pickle=False)
    write_queries(e, folder)


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="import os\nfrom qdrant_client import QdrantClient, models",
        setup=_SETUP.format(dtype=handover.embedding.dtype),
        body=_BODY.format(threshold=number(handover.threshold)),
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    points, _ = names["CLIENT"].scroll(
        "documents", limit=names["N"], with_vectors=True, with_payload=True
    )
    documents = np.array([point.vector for point in points], dtype=np.float32)
    queries = np.load(folder / "queries.npy", allow_pickle=False)
    labels = [point.payload["label"] for point in points]
    return Vectors(queries, documents, names["LABELS"]["queries"], labels)


QDRANT = ExportTarget(
    name="qdrant",
    summary="Qdrant: a module that loads a collection, and a query by score_threshold",
    write=_write,
    query=_query,
    open=opened(_stored, close=lambda names: names["CLIENT"].close()),
    units=SCORE,
    types=("float32", "float16"),
    modules=("qdrant_client",),
    extra="'hrgeom[databases]'",
)
