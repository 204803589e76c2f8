"""usearch: an index in a file, searched exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import (
    most_asked,
    opened,
    python_query,
    rows_beside,
    write_queries,
)
from hrgeom.export._units import ONE_MINUS
from hrgeom.io import Vectors

__all__ = ["USEARCH"]

_INSTALL = "'hrgeom[engines]'"
_BODY = """k, near = {most}, np.array([True])
while near.all() and k < 2 * len(INDEX):  # as many as it takes to get beyond the threshold
    found = INDEX.search(QUERIES[ROWS[label]], min(k, len(INDEX)), exact=True)
    near, k = found.distances < np.float32({limit}), 2 * k
pairs = zip(found.keys[near], found.distances[near])
return {{LABELS["documents"][v]: float(distance) for v, distance in pairs}}"""


def _write(handover: Handover, folder: Path) -> None:
    usearch = imported("usearch.index", "writing an index of usearch", _INSTALL)
    e = handover.embedding
    index = usearch.Index(ndim=e.dim, metric="ip", dtype=_kind(e.dtype))
    index.add(np.arange(e.n_documents), np.ascontiguousarray(e.documents))
    index.save(str(folder / "documents.usearch"))
    write_queries(e, folder)


def _kind(dtype: np.dtype[Any]) -> str:
    return "f16" if dtype == np.float16 else "f32"


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        ONE_MINUS,
        imports="from usearch.index import Index",
        setup='INDEX = Index.restore(str(HERE / "documents.usearch"))',
        body=_BODY.format(
            most=most_asked(handover),
            limit=ONE_MINUS.threshold(handover.threshold),
        ),
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    index = names["INDEX"]
    return rows_beside(folder, index.get(np.arange(len(index))))


USEARCH = ExportTarget(
    name="usearch",
    summary="usearch: an index in a file, and an exact search cut at the threshold",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=ONE_MINUS,
    types=("float32", "float16"),
    in_float32=("float32",),  # float16 is summed in float16 where the processor can
    modules=("usearch",),
    extra=_INSTALL,
)
