"""sentence-transformers: a model that takes labels and gives their vectors, queries and documents.

It is a `Router` of two static tables whose tokens are whole labels: no code of hrgeom is in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query, write_queries
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["SENTENCE_TRANSFORMERS"]

_INSTALL = "'sentence-transformers>=6'"
_MODULES = "sentence_transformers.sentence_transformer.modules"


def _write(handover: Handover, folder: Path) -> None:
    what = "writing a model of sentence-transformers"
    library = imported("sentence_transformers", what, _INSTALL)
    modules = imported(_MODULES, what, _INSTALL)
    e = handover.embedding
    router = modules.Router.for_query_document(
        query_modules=[_table(e.query_labels, e.queries)],
        document_modules=[_table(e.document_labels, e.documents)],
    )
    model = library.SentenceTransformer(modules=[router], similarity_fn_name="dot", device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    write_queries(e, folder)


def _table(labels: tuple[str, ...], rows: NDArray[Any]) -> Any:
    """Return a static embedding whose tokens are whole texts; an unknown text is an error."""
    tokenizers = imported("tokenizers", "writing a model of sentence-transformers", _INSTALL)
    words = tokenizers.models.WordLevel({label: row for row, label in enumerate(labels)}, "")
    modules = imported(_MODULES, "writing a model of sentence-transformers", _INSTALL)
    return modules.StaticEmbedding(tokenizers.Tokenizer(words), embedding_weights=np.array(rows))


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="from sentence_transformers import SentenceTransformer",
        setup='MODEL = SentenceTransformer(str(HERE / "model"), device="cpu")\n'
        'X = MODEL.encode_document(LABELS["documents"])',
        body=f"""scores = X @ MODEL.encode_query([label])[0]
found = np.flatnonzero(scores > {number(handover.threshold)})
return {{LABELS["documents"][v]: float(scores[v]) for v in found}}""",
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    labels = names["LABELS"]
    queries = names["MODEL"].encode_query(labels["queries"])
    return Vectors(queries, names["X"], labels["queries"], labels["documents"])


SENTENCE_TRANSFORMERS = ExportTarget(
    name="sentence-transformers",
    summary="sentence-transformers: a model whose texts are labels, for queries and documents",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=SCORE,
    modules=("sentence_transformers", "torch"),
    extra=_INSTALL,
)
