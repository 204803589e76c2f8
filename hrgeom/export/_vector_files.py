"""The query for files of vectors: NumPy, and nothing of hrgeom."""

from __future__ import annotations

import os

import numpy as np

from hrgeom.core import DualEmbedding, Relevance
from hrgeom.export._interface import Handover, Query
from hrgeom.export._python_query import number, python_query
from hrgeom.export._units import SCORE

__all__ = ["vector_file_query"]

_FOLDER = """PATH = Path({path!r})
Q, X = np.load(PATH / "queries.npy"), np.load(PATH / "documents.npy")
LABELS = json.loads((PATH / "labels.json").read_text())
QUERIES, DOCUMENTS = LABELS["queries"], LABELS[{documents!r}]"""
_NPZ = """with np.load({path!r}) as FILE:
    Q, X = FILE["queries"], FILE["documents"]
    QUERIES, DOCUMENTS = FILE[{queries!r}].tolist(), FILE[{documents!r}].tolist()"""
_SAFETENSORS = """with safe_open({path!r}, "numpy") as FILE:
    Q, X = FILE.get_tensor("queries"), FILE.get_tensor("documents")
    LABELS = json.loads(FILE.metadata()["_hrgeom"])
QUERIES, DOCUMENTS = LABELS["query_labels"], LABELS["document_labels"]"""
_ROWS = """
ROWS = {label: row for row, label in enumerate(QUERIES)}"""
_BODY = """scores = X.astype(np.float64) @ Q[ROWS[label]].astype(np.float64)
found = np.flatnonzero(scores > {threshold})
return {{DOCUMENTS[v]: float(scores[v]) for v in found}}"""


def vector_file_query(
    format: str, path: str | os.PathLike[str], embedding: DualEmbedding
) -> Query | None:
    """Return the query of a file that `hrgeom.io.write_vectors` wrote with both sides.

    Parameters
    ----------
    format : str
        Name of the format.
    path : str or path-like
        The file or folder, which stands in the text.
    embedding : DualEmbedding
        What was written.

    Returns
    -------
    query : Query or None
        Python. None: the format holds one side, the embedding has no threshold or has scales, or
        NumPy has not its type.

    Examples
    --------
    >>> e = DualEmbedding([[1.0], [2.0]], [[3.0]], threshold=4.0)
    >>> "scores > 4.0" in vector_file_query("npz", "x.npz", e).text
    True
    """
    scales = embedding.query_scale, embedding.document_scale
    has_scales = any(np.ndim(scale) or scale != 1 for scale in scales)
    if embedding.threshold is None or has_scales or embedding.dtype.name == "bfloat16":
        return None
    setup = _setup(format, os.fspath(path), embedding)
    if setup is None:
        return None
    return python_query(
        Handover(embedding, Relevance.from_sets([{0}], 1)),
        SCORE,
        imports="from safetensors import safe_open" if format == "safetensors" else "",
        prelude=setup + _ROWS,
        setup="",
        body=_BODY.format(threshold=number(embedding.threshold)),
    )


def _setup(format: str, path: str, embedding: DualEmbedding) -> str | None:
    """Return the lines that read queries, documents and labels of a file."""
    same = embedding.query_labels == embedding.document_labels
    if format == "folder":
        return _FOLDER.format(path=path, documents="queries" if same else "documents")
    if format == "npz":
        queries, documents = ("labels",) * 2 if same else ("query_labels", "document_labels")
        return _NPZ.format(path=path, queries=queries, documents=documents)
    return _SAFETENSORS.format(path=path) if format == "safetensors" else None
