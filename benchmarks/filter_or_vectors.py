"""When is a filter better than vectors? WordNet's ancestors from tables, and from a scan.

The node is known. A table of all (node, ancestor) pairs in SQLite, a list of ancestors per node in
DuckDB, and the exact scan of all vectors in DuckDB and FAISS answer the same queries; every answer
is compared with S(q) before it is timed.
"""

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import duckdb
import faiss
import numpy as np
from common import write

from hrgeom import construct, read_hierarchy
from hrgeom.metrics import sample

QUERIES = 500


def closure_table(hierarchy, folder):
    """A table of pairs, with an index in both directions."""
    r = hierarchy.relevance
    pairs = np.column_stack([np.repeat(np.arange(r.n_queries), r.n_matches), r.indices])
    path = Path(folder, "closure.sqlite")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE pairs (node INT, ancestor INT, PRIMARY KEY (node, ancestor))")
    connection.executemany("INSERT INTO pairs VALUES (?, ?)", pairs.tolist())
    connection.execute("CREATE INDEX below ON pairs (ancestor, node)")
    connection.commit()

    def ask(query):
        text = "SELECT ancestor FROM pairs WHERE node = ?"
        return {row[0] for row in connection.execute(text, (query,))}

    return connection, ask, path


def lists(hierarchy, folder):
    """A list of ancestors per node."""
    r = hierarchy.relevance
    path = Path(folder, "lists.duckdb")
    connection = duckdb.connect(str(path))
    given = {"node": np.repeat(np.arange(r.n_queries), r.n_matches), "ancestor": r.indices}
    connection.execute(
        "CREATE TABLE nodes AS SELECT node, list(ancestor) AS above FROM given GROUP BY node"
    )
    del given
    connection.execute("CREATE UNIQUE INDEX by_node ON nodes (node)")
    connection.execute("CHECKPOINT")

    def ask(query):
        return set(
            connection.execute("SELECT above FROM nodes WHERE node = ?", (query,)).fetchone()[0]
        )

    return connection, ask, path


def vectors_in_duckdb(embedding, folder):
    """Arrays of floats, scanned."""
    path = Path(folder, "vectors.duckdb")
    connection = duckdb.connect(str(path))
    x, d = embedding.documents, embedding.dim
    given = {"node": np.arange(len(x))}
    given |= {f"c{k}": np.ascontiguousarray(x[:, k]) for k in range(d)}
    columns = ", ".join(f"c{k}" for k in range(d))
    connection.execute(
        f"CREATE TABLE nodes AS SELECT node, array_value({columns}) AS vector FROM given"
    )
    connection.execute("CHECKPOINT")
    text = (
        f"SELECT node FROM nodes WHERE array_negative_inner_product(vector, ?::FLOAT[{d}]) "
        f"< {-embedding.threshold}"
    )

    def ask(query):
        row = embedding.queries[query].tolist()
        return {row[0] for row in connection.execute(text, (row,)).fetchall()}

    return connection, ask, path


def vectors_in_faiss(embedding, folder):
    """A flat index, searched by range."""
    path = Path(folder, "vectors.faiss")
    index = faiss.IndexFlatIP(embedding.dim)
    index.add(np.ascontiguousarray(embedding.documents))
    faiss.write_index(index, str(path))

    def ask(query):
        row = embedding.queries[[query]]
        return set(index.range_search(row, embedding.threshold)[2].tolist())

    return tempfile.TemporaryFile(), ask, path


def timed(place, hierarchy, numbers):
    """Return bytes and milliseconds, each answer compared with S(q) first."""
    connection, ask, path = place
    with closing(connection):
        for query in numbers[:100]:
            assert ask(query) == set(hierarchy.relevance.matches(query).tolist()), query
        wall, cpu = time.perf_counter(), time.process_time()
        for query in numbers:
            ask(query)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    n = len(numbers)
    return {"bytes": path.stat().st_size, "ms": 1e3 * wall / n, "cpu_ms": 1e3 * cpu / n}


def main():
    """Measure all four."""
    faiss.omp_set_num_threads(1)
    hierarchy = read_hierarchy("wordnet")
    embedding = construct(hierarchy, effort=0.1).embedding
    numbers = sample(hierarchy.n_nodes, QUERIES, 0).tolist()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, made in (
            ("pairs in SQLite", closure_table(hierarchy, folder)),
            ("lists in DuckDB", lists(hierarchy, folder)),
            ("vectors in DuckDB", vectors_in_duckdb(embedding, folder)),
            ("vectors in FAISS", vectors_in_faiss(embedding, folder)),
        ):
            rows[name] = timed(made, hierarchy, numbers)
            print(name, rows[name], flush=True)
    write("filter_or_vectors", {"queries": QUERIES, "dim": embedding.dim, "rows": rows})


if __name__ == "__main__":
    main()
