"""FAISS: a flat index in a file, searched by range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query, rows_beside, write_queries
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["FAISS"]

_INSTALL = "'hrgeom[engines]'"


def _write(handover: Handover, folder: Path) -> None:
    faiss = imported("faiss", "writing an index of FAISS", _INSTALL)
    e = handover.embedding
    index = faiss.IndexFlatIP(e.dim)
    if e.dtype == np.float16:
        half = faiss.ScalarQuantizer.QT_fp16
        index = faiss.IndexScalarQuantizer(e.dim, half, faiss.METRIC_INNER_PRODUCT)
    index.add(e.documents.astype(np.float32))
    faiss.write_index(index, str(folder / "documents.faiss"))
    write_queries(e, folder)


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="import faiss",
        setup='INDEX = faiss.read_index(str(HERE / "documents.faiss"))',
        body=f"""query = QUERIES[[ROWS[label]]].astype(np.float32)
_, scores, found = INDEX.range_search(query, {number(handover.threshold)})
return {{LABELS["documents"][v]: float(s) for v, s in zip(found, scores)}}""",
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    index = names["INDEX"]
    return rows_beside(folder, index.reconstruct_n(0, index.ntotal))


FAISS = ExportTarget(
    name="faiss",
    summary="FAISS: a flat index in a file, and a range search",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=SCORE,
    types=("float32", "float16"),
    modules=("faiss",),
    extra=_INSTALL,
)
