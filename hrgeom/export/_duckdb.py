"""DuckDB: a database file with arrays of floats, and its core function for inner products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.export._interface import Engine, ExportTarget, Handover, Query
from hrgeom.export._sql import as_vectors, prepared_query, quoted, statements
from hrgeom.export._units import NEGATIVE
from hrgeom.io import Vectors

__all__ = ["DUCKDB"]

_INSTALL = "'hrgeom[engines]'"
_FILE = "vectors.duckdb"


def _write(handover: Handover, folder: Path) -> None:
    duckdb = imported("duckdb", "writing a database of DuckDB", _INSTALL)
    e = handover.embedding
    with duckdb.connect(str(folder / _FILE)) as connection:
        for table, labels, rows in (
            ("documents", e.document_labels, e.documents),
            ("queries", e.query_labels, e.queries),
        ):
            connection.execute(
                f"CREATE TABLE {table} (label TEXT PRIMARY KEY, vector FLOAT[{e.dim}] NOT NULL)"
            )
            columns = [f"c{k}" for k in range(e.dim)]
            # DuckDB finds `given` by its name: a column for each coordinate.
            given = {"label": np.array(labels, dtype=object)}
            given |= dict(zip(columns, np.ascontiguousarray(rows.T), strict=True))
            connection.execute(
                f"INSERT INTO {table} SELECT label, array_value({', '.join(columns)}) FROM given"
            )


def _query(handover: Handover) -> Query:
    return prepared_query(
        handover,
        NEGATIVE,
        function="array_negative_inner_product",
        expression="array_negative_inner_product(d.vector, q.vector)",
    )


@dataclass(frozen=True, eq=False)
class _DuckDB:
    connection: Any

    def retrieve(self, label: str, /) -> Mapping[str, float]:
        """Return label -> distance of one execution."""
        found = self.connection.execute(f"EXECUTE retrieve({quoted(label)})")
        return dict(found.fetchall())

    def stored(self) -> Vectors:
        """Return both tables."""
        return as_vectors(*(self._table(name) for name in ("queries", "documents")))

    def _table(self, name: str) -> Iterator[tuple[str, Any]]:
        found = self.connection.execute(f"SELECT label, vector FROM {name}").fetchnumpy()
        return zip(found["label"].tolist(), found["vector"], strict=True)


@contextmanager
def _open(folder: Path) -> Iterator[Engine]:
    duckdb = imported("duckdb", "checking a database of DuckDB", _INSTALL)
    with duckdb.connect(str(folder / _FILE), read_only=True) as connection:
        for statement in statements((folder / "query.sql").read_text(encoding="utf-8")):
            connection.execute(statement)
        yield _DuckDB(connection)


DUCKDB = ExportTarget(
    name="duckdb",
    summary="DuckDB: a database file, and array_negative_inner_product",
    write=_write,
    query=_query,
    open=_open,
    units=NEGATIVE,
    modules=("duckdb",),
    extra=_INSTALL,
)
