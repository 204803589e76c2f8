"""Parquet: two files of labels and lists of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["PARQUET", "arrow_table"]

_INSTALL = "'hrgeom[parquet]'"
_READ = '''HERE = Path(__file__).parent


def rows_of(name):
    """Return the labels and vectors of a table."""
    table = parquet.read_table(HERE / name)
    vectors = table["vector"].combine_chunks().flatten().to_numpy()
    return table["label"].to_pylist(), vectors.reshape(len(table), -1)


DOCUMENTS, X = rows_of("documents.parquet")
QUERIES, Q = rows_of("queries.parquet")
ROWS = {label: row for row, label in enumerate(QUERIES)}'''


def arrow_table(labels: Sequence[str], rows: NDArray[Any]) -> Any:
    """Return a table of pyarrow: `label`, and `vector` as a list of fixed size."""
    pyarrow = imported("pyarrow", "writing tables of Arrow", _INSTALL)
    values = pyarrow.array(rows.ravel())
    return pyarrow.table(
        {
            "label": pyarrow.array(list(labels), pyarrow.string()),
            "vector": pyarrow.FixedSizeListArray.from_arrays(values, rows.shape[1]),
        }
    )


def _write(handover: Handover, folder: Path) -> None:
    parquet = imported("pyarrow.parquet", "writing Parquet", _INSTALL)
    e = handover.embedding
    for name, labels, rows in (
        ("documents", e.document_labels, e.documents),
        ("queries", e.query_labels, e.queries),
    ):
        parquet.write_table(arrow_table(labels, rows), folder / f"{name}.parquet")


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="from pyarrow import parquet",
        prelude=_READ,
        setup="",
        body=f"""scores = X.astype(np.float32) @ Q[ROWS[label]].astype(np.float32)
found = np.flatnonzero(scores > {number(handover.threshold)})
return {{DOCUMENTS[v]: float(scores[v]) for v in found}}""",
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    return Vectors(names["Q"], names["X"], names["QUERIES"], names["DOCUMENTS"])


PARQUET = ExportTarget(
    name="parquet",
    summary="Parquet: a file of labels and vectors for each side",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=SCORE,
    types=("float32", "float16"),
    modules=("pyarrow",),
    extra=_INSTALL,
)
