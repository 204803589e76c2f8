"""Engines that do not run here: their mapping, documents to feed, a query, and golden answers.

Nothing of this is checked by running it. `golden.jsonl` has what the engine must return, in its
units, so that a user can hold the answers of their server against it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.atomic_files import dump
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import write_queries
from hrgeom.export._units import MAX_INNER_PRODUCT, NEGATIVE, SCORE, Units

__all__ = ["ELASTICSEARCH", "OPENSEARCH", "VESPA", "WEAVIATE"]

_GOLDEN = 100
_WINDOW = 10_000  # what Elasticsearch and OpenSearch return at most by default
_VESPA = """# Not run here. rank-score-drop-limit drops what does not exceed it: a range.
schema documents {{
    document documents {{
        field label type string {{
            indexing: summary | attribute
        }}
        field vector type tensor<float>(x[{dim}]) {{
            indexing: attribute
        }}
    }}
    rank-profile hierarchy {{
        inputs {{
            query(q) tensor<float>(x[{dim}])
        }}
        first-phase {{
            expression: sum(query(q) * attribute(vector))
            rank-score-drop-limit: {threshold}
        }}
    }}
}}
"""


def _elasticsearch_mapping(handover: Handover) -> dict[str, Any]:
    vector = {"type": "dense_vector", "dims": handover.embedding.dim, "index": False}
    return {"mappings": {"properties": {"label": {"type": "keyword"}, "vector": vector}}}


def _elasticsearch_query(handover: Handover) -> dict[str, Any]:
    """Scores must not be negative there: 1 + s - t where it is above 1, else 0."""
    source = "double s = dotProduct(params.q, 'vector') - params.t; return s > 0 ? 1 + s : 0;"
    script = {"source": source, "params": {"q": _first(handover), "t": handover.threshold}}
    return _scripted(script, 1.0)


def _opensearch_mapping(handover: Handover) -> dict[str, Any]:
    vector = {"type": "knn_vector", "dimension": handover.embedding.dim}
    return {"mappings": {"properties": {"label": {"type": "keyword"}, "vector": vector}}}


def _opensearch_query(handover: Handover) -> dict[str, Any]:
    params = {"field": "vector", "query_value": _first(handover), "space_type": "innerproduct"}
    script = {"lang": "knn", "source": "knn_score", "params": params}
    return _scripted(script, MAX_INNER_PRODUCT.of(handover.threshold))


def _scripted(script: dict[str, Any], least: float) -> dict[str, Any]:
    return {
        "size": _WINDOW,
        "_source": ["label"],
        "min_score": least,
        "query": {"script_score": {"query": {"match_all": {}}, "script": script}},
    }


def _weaviate_mapping(handover: Handover) -> dict[str, Any]:
    return {
        "class": "Documents",
        "vectorizer": "none",
        "vectorIndexType": "flat",
        "vectorIndexConfig": {"distance": "dot"},
        "properties": [{"name": "label", "dataType": ["text"], "tokenization": "field"}],
    }


def _weaviate_query(handover: Handover) -> dict[str, Any]:
    near = f"{{vector: {json.dumps(_first(handover))}, distance: {-handover.threshold + 0.0!r}}}"
    found = f"Documents(nearVector: {near}, limit: {_WINDOW})"
    return {"query": f"{{Get {{{found} {{label _additional {{distance}}}}}}}}"}


def _vespa_query(handover: Handover) -> dict[str, Any]:
    return {
        "yql": "select label from documents where true",
        "ranking.profile": "hierarchy",
        "input.query(q)": _first(handover),
        "hits": 400,
    }


def _first(handover: Handover) -> list[float]:
    row: list[float] = handover.embedding.queries[0].tolist()
    return row


def _bulk(number: int, label: str, vector: list[float]) -> Iterator[dict[str, Any]]:
    yield {"index": {"_id": str(number)}}
    yield {"label": label, "vector": vector}


def _objects(number: int, label: str, vector: list[float]) -> Iterator[dict[str, Any]]:
    yield {"class": "Documents", "properties": {"label": label}, "vector": vector}


def _puts(number: int, label: str, vector: list[float]) -> Iterator[dict[str, Any]]:
    fields = {"label": label, "vector": {"values": vector}}
    yield {"put": f"id:hierarchy:documents::{number}", "fields": fields}


Feed = Callable[[int, str, list[float]], Iterator[dict[str, Any]]]


def _write_feed(handover: Handover, feed: Feed, folder: Path) -> None:
    e = handover.embedding
    with (folder / "documents.jsonl").open("x", encoding="utf-8") as file:
        for number, label in enumerate(e.document_labels):
            for line in feed(number, label, e.documents[number].tolist()):
                file.write(json.dumps(line) + "\n")


def _write_golden(handover: Handover, of: Callable[[float], float], folder: Path) -> None:
    """Write the first queries with all that they must retrieve, and what the engine returns."""
    e = handover.embedding
    documents = e.documents.astype(np.float64)
    with (folder / "golden.jsonl").open("x", encoding="utf-8") as file:
        for query in range(min(_GOLDEN, e.n_queries)):
            row = e.queries[query].astype(np.float64)
            scores: NDArray[np.float64] = documents @ row
            found = np.flatnonzero(scores > handover.threshold).tolist()
            answer = {e.document_labels[v]: of(float(scores[v])) for v in found}
            line = {"query": e.query_labels[query], "vector": row.tolist(), "documents": answer}
            file.write(json.dumps(line) + "\n")


def _target(
    name: str,
    title: str,
    *,
    mapping: Callable[[Handover], dict[str, Any]] | None,
    query: Callable[[Handover], dict[str, Any]],
    feed: Feed,
    units: Units,
) -> ExportTarget:
    """Return the target of an engine that does not run here."""

    def write(handover: Handover, folder: Path) -> None:
        if mapping is None:
            schema = _VESPA.format(dim=handover.embedding.dim, threshold=handover.threshold + 0.0)
            (folder / "documents.sd").write_text(schema, encoding="utf-8")
        else:
            dump(mapping(handover), folder / "mapping.json")
        _write_feed(handover, feed, folder)
        write_queries(handover.embedding, folder)
        of = units.of if name != "elasticsearch" else (lambda s: 1.0 + s - handover.threshold)
        _write_golden(handover, of, folder)

    def text(handover: Handover) -> Query:
        return Query("json", json.dumps(query(handover)) + "\n")

    return ExportTarget(
        name=name,
        summary=f"{title}: mapping, feed, query and golden scores; not run here",
        write=write,
        query=text,
        units=units,
    )


ELASTICSEARCH = _target(
    "elasticsearch",
    "Elasticsearch",
    mapping=_elasticsearch_mapping,
    query=_elasticsearch_query,
    feed=_bulk,
    units=Units("1 + s - t", lambda s: 1.0, has_one=True),
)
OPENSEARCH = _target(
    "opensearch",
    "OpenSearch",
    mapping=_opensearch_mapping,
    query=_opensearch_query,
    feed=_bulk,
    units=MAX_INNER_PRODUCT,
)
WEAVIATE = _target(
    "weaviate",
    "Weaviate",
    mapping=_weaviate_mapping,
    query=_weaviate_query,
    feed=_objects,
    units=NEGATIVE,
)
VESPA = _target(
    "vespa",
    "Vespa",
    mapping=None,
    query=_vespa_query,
    feed=_puts,
    units=SCORE,
)
