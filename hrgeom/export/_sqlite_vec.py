"""sqlite-vec: a database file, and cosines, which tell which side of 0 a score is on.

sqlite-vec has no inner product. Its cosine is the inner product over both lengths, so that it is
above 0 where the inner product is; a threshold t other than 0 becomes one coordinate more, -t for
queries and 1 for documents, and 0 the threshold of what is stored.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.export._interface import Engine, ExportTarget, Handover, Query
from hrgeom.export._sql import as_vectors, example_label, quoted
from hrgeom.export._units import COSINE_DISTANCE
from hrgeom.io import Vectors

__all__ = ["SQLITE_VEC"]

_INSTALL = "'hrgeom[databases]'"
_FILE = "vectors.sqlite"
_TEXT = """-- The documents of a query: all that score above {score}, and no others.
-- sqlite-vec has no inner product: the cosine has its sign{lifted}.
-- Load the extension, and bind the parameter; in its shell: .parameter set :label {example}
SELECT d.label, vec_distance_cosine(d.vector, q.vector) AS distance
FROM documents AS d, queries AS q
WHERE q.label = :label AND vec_distance_cosine(d.vector, q.vector) < 1.0
ORDER BY distance;
"""
_LIFTED = ",\n-- and rows have one coordinate more, which takes the threshold off"


def _write(handover: Handover, folder: Path) -> None:
    e = handover.embedding
    for what, rows in (("queries", e.queries), ("documents", e.documents)):
        zero = np.flatnonzero(~rows.any(axis=1))
        if len(zero):
            raise FormatError(
                f"{what} of sqlite-vec must have a length, for their cosines: got zero at row "
                f"{zero[0]}"
            )
    with closing(sqlite3.connect(folder / _FILE)) as connection, connection:
        for table, labels, rows in (
            ("documents", e.document_labels, e.documents),
            ("queries", e.query_labels, e.queries),
        ):
            connection.execute(f"CREATE TABLE {table} (label TEXT PRIMARY KEY, vector BLOB)")
            blobs = (row.astype("<f4").tobytes() for row in rows)
            connection.executemany(
                f"INSERT INTO {table} VALUES (?, ?)", zip(labels, blobs, strict=True)
            )


def _query(handover: Handover) -> Query:
    return Query(
        "sql",
        _TEXT.format(
            score=repr(handover.score_threshold + 0.0),
            lifted=_LIFTED if handover.lifted_from is not None else "",
            example=quoted(example_label(handover)).replace("\n", " "),
        ),
    )


@dataclass(frozen=True, eq=False)
class _SQLite:
    connection: Any
    query: str

    def retrieve(self, label: str, /) -> Mapping[str, float]:
        """Return label -> cosine distance of one execution."""
        return dict(self.connection.execute(self.query, {"label": label}).fetchall())

    def stored(self) -> Vectors:
        """Return both tables."""
        return as_vectors(*(self._table(name) for name in ("queries", "documents")))

    def _table(self, name: str) -> list[tuple[str, Any]]:
        found = self.connection.execute(f"SELECT label, vector FROM {name}")
        return [(label, np.frombuffer(blob, "<f4")) for label, blob in found]


@contextmanager
def _open(folder: Path) -> Iterator[Engine]:
    sqlite_vec = imported("sqlite_vec", "checking an export to sqlite-vec", _INSTALL)
    with closing(_library().connect(str(folder / _FILE))) as connection:
        connection.enable_load_extension(True)
        sqlite_vec.load(connection)
        yield _SQLite(connection, (folder / "query.sql").read_text(encoding="utf-8"))


def _library() -> Any:
    """Return a sqlite3 module that loads extensions, which that of Python may not."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    try:
        return importlib.import_module("pysqlite3")
    except ModuleNotFoundError:
        raise FormatError(
            "checking an export to sqlite-vec requires a sqlite3 that loads extensions, which this "
            "Python has not; install it with pip install pysqlite3-binary, or do without "
            "(--no-check)"
        ) from None


SQLITE_VEC = ExportTarget(
    name="sqlite-vec",
    summary="sqlite-vec: a database file, and the sign of cosines",
    write=_write,
    query=_query,
    open=_open,
    units=COSINE_DISTANCE,
    modules=("sqlite_vec",),
    extra=_INSTALL,
    is_lifted=True,
)
