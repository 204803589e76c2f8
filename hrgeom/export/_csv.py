"""CSV of labels and vectors, as `COPY` of SQL databases reads it: "[1.5,-2.0]" in a cell."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["CSV", "as_array", "as_bits", "write_tables"]

_READ = '''HERE = Path(__file__).parent


def rows_of(name):
    """Return the labels and vectors of a table."""
    with open(HERE / name, newline="", encoding="utf-8") as file:
        labels, vectors = zip(*list(csv.reader(file))[1:])
    return labels, np.array([json.loads(vector) for vector in vectors], dtype=np.float32)


DOCUMENTS, X = rows_of("documents.csv")
QUERIES, Q = rows_of("queries.csv")
ROWS = {label: row for row, label in enumerate(QUERIES)}'''


def as_array(row: list[float]) -> str:
    """Return numbers in brackets; 9 significant digits tell float32 numbers apart.

    >>> as_array([1.5, -2.0])
    '[1.5,-2]'
    """
    return "[" + ",".join([f"{value:.9g}" for value in row]) + "]"


def as_bits(row: list[float]) -> str:
    """Return the signs of numbers as a string of bits, 1 for +.

    >>> as_bits([1.0, -1.0])
    '10'
    """
    return "".join("1" if value > 0 else "0" for value in row)


def write_tables(
    handover: Handover, folder: Path, *, row: Callable[[list[float]], str] = as_array
) -> None:
    """Write `documents.csv` and `queries.csv`: a header, then a label and its vector per row."""
    e = handover.embedding
    _write_table(folder / "documents.csv", e.document_labels, e.documents, row)
    _write_table(folder / "queries.csv", e.query_labels, e.queries, row)


def _write_table(
    path: Path, labels: Sequence[str], rows: NDArray[Any], text: Callable[[list[float]], str]
) -> None:
    with path.open("x", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["label", "vector"])
        for label, row in zip(labels, rows.tolist(), strict=True):
            writer.writerow([label, text(row)])


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="import csv",
        prelude=_READ,
        setup="",
        body=f"""scores = X @ Q[ROWS[label]]
found = np.flatnonzero(scores > {number(handover.threshold)})
return {{DOCUMENTS[v]: float(scores[v]) for v in found}}""",
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    return Vectors(names["Q"], names["X"], names["QUERIES"], names["DOCUMENTS"])


CSV = ExportTarget(
    name="csv",
    summary="CSV for SQL COPY: a label and a vector in brackets per row",
    write=write_tables,
    query=_query,
    open=opened(_stored),
    units=SCORE,
    types=("float32", "float16"),
)
