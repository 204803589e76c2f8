"""FAISS: indexes in a file: flat and searched by range, of single bits, a graph, lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import (
    most_asked,
    number,
    opened,
    python_query,
    rows_beside,
    write_queries,
)
from hrgeom.export._signs import check_signs, has_bits
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["FAISS", "FAISS_HNSW", "FAISS_IVF"]

_INSTALL = "'hrgeom[engines]'"
_FILE = "documents.faiss"
_READ = f'INDEX = faiss.read_index(str(HERE / "{_FILE}"))'
_READ_BITS = f'INDEX = faiss.read_index_binary(str(HERE / "{_FILE}"))'
_RANGE = """query = QUERIES[[ROWS[label]]].astype(np.float32)
_, scores, found = INDEX.range_search(query, {threshold})
return {{LABELS["documents"][v]: float(s) for v, s in zip(found, scores)}}"""
# Of d signs h differ: their product is d - 2 h, and what has h < radius is found.
_RANGE_OF_BITS = """query = np.packbits(QUERIES[[ROWS[label]]] > 0, axis=1)
_, differ, found = INDEX.range_search(query, {radius})
return {{LABELS["documents"][v]: float({dim} - 2 * h) for v, h in zip(found, differ)}}"""
# float16 is searched by rank: a search by range of these codes takes 60 times as long.
_HALF = """query, k, near = QUERIES[[ROWS[label]]].astype(np.float32), {most}, np.array([True])
while near.all() and k < 2 * INDEX.ntotal:  # as many as it takes to get beyond the threshold
    scores, found = INDEX.search(query, min(k, INDEX.ntotal))
    near, k = scores[0] > np.float32({threshold}), 2 * k
pairs = zip(found[0][near], scores[0][near])
return {{LABELS["documents"][v]: float(s) for v, s in pairs}}"""
_TOP = """query = QUERIES[[ROWS[label]]]
scores, found = INDEX.search(query, min({k}, INDEX.ntotal))  # approximate
pairs = [(v, s) for v, s in zip(found[0], scores[0]) if v >= 0 and s > {threshold}]
return {{LABELS["documents"][v]: float(s) for v, s in pairs}}"""


def _write(handover: Handover, folder: Path) -> None:
    faiss = imported("faiss", "writing an index of FAISS", _INSTALL)
    e = handover.embedding
    if has_bits(handover):
        check_signs(handover, whole_bytes=True)
        bits = faiss.IndexBinaryFlat(e.dim)
        bits.add(np.packbits(e.documents > 0, axis=1))
        faiss.write_index_binary(bits, str(folder / _FILE))
    else:
        index = faiss.IndexFlatIP(e.dim)
        if e.dtype == np.float16:
            half = faiss.ScalarQuantizer.QT_fp16
            index = faiss.IndexScalarQuantizer(e.dim, half, faiss.METRIC_INNER_PRODUCT)
        _fill(faiss, index, handover, folder)
    write_queries(e, folder)


def _fill(faiss: Any, index: Any, handover: Handover, folder: Path) -> None:
    index.add(handover.embedding.documents.astype(np.float32))
    faiss.write_index(index, str(folder / _FILE))


def _query(handover: Handover) -> Query:
    dim, threshold = handover.embedding.dim, handover.threshold
    body, setup = _RANGE.format(threshold=number(threshold)), _READ
    if handover.embedding.dtype == np.float16:
        most = most_asked(handover)
        body = _HALF.format(threshold=number(threshold), most=most)
    if has_bits(handover):
        radius = int(np.ceil((dim - threshold) / 2))
        body, setup = _RANGE_OF_BITS.format(radius=radius, dim=dim), _READ_BITS
    return python_query(handover, SCORE, imports="import faiss", setup=setup, body=body)


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    index = names["INDEX"]
    if hasattr(index, "make_direct_map"):
        index.make_direct_map()
    rows = index.reconstruct_n(0, index.ntotal)
    if rows.dtype == np.uint8:
        rows = 2 * np.unpackbits(rows, axis=1).astype(np.float32) - 1
    return rows_beside(folder, rows)


def _write_graph(handover: Handover, folder: Path) -> None:
    faiss = imported("faiss", "writing an index of FAISS", _INSTALL)
    e, set_ = handover.embedding, handover.options
    index = faiss.IndexHNSWFlat(e.dim, set_["m"], faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = set_["ef_construction"]
    _fill(faiss, index, handover, folder)
    write_queries(e, folder)


def _query_graph(handover: Handover) -> Query:
    ef = handover.options["ef"]
    return python_query(
        handover,
        SCORE,
        imports="import faiss",
        setup=f"{_READ}\nINDEX.hnsw.efSearch = {ef}",
        body=_TOP.format(k=ef, threshold=number(handover.threshold)),
    )


def _write_lists(handover: Handover, folder: Path) -> None:
    faiss = imported("faiss", "writing an index of FAISS", _INSTALL)
    e = handover.embedding
    lists = min(handover.options["lists"], e.n_documents)  # k-means takes a document for each
    centers = faiss.IndexFlatIP(e.dim)
    index = faiss.IndexIVFFlat(centers, e.dim, lists, faiss.METRIC_INNER_PRODUCT)
    index.train(e.documents)
    _fill(faiss, index, handover, folder)
    write_queries(e, folder)


def _query_lists(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="import faiss",
        setup=f"{_READ}\nINDEX.nprobe = {handover.options['probes']}  # approximate",
        body=_RANGE.format(threshold=number(handover.threshold)),
    )


FAISS = ExportTarget(
    name="faiss",
    summary="FAISS: a flat index in a file, and a range search; bits=1 for rows of signs",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=SCORE,
    types=("float32", "float16"),
    modules=("faiss",),
    extra=_INSTALL,
    options={"bits": 0},
)
FAISS_HNSW = ExportTarget(
    name="faiss-hnsw",
    summary="FAISS: a graph, approximate, with its recall by distance",
    write=_write_graph,
    query=_query_graph,
    open=opened(_stored),
    units=SCORE,
    modules=("faiss",),
    extra=_INSTALL,
    options={"m": 32, "ef_construction": 200, "ef": 256},
    is_exact=False,
)
FAISS_IVF = ExportTarget(
    name="faiss-ivf",
    summary="FAISS: lists by k-means, approximate, with their recall by distance",
    write=_write_lists,
    query=_query_lists,
    open=opened(_stored),
    units=SCORE,
    modules=("faiss",),
    extra=_INSTALL,
    options={"lists": 16, "probes": 8},
    is_exact=False,
)
