"""The is_a hierarchy of the Gene Ontology from Debian's package, as a file that hrgeom reads.

    apt-get download r-bioc-go.db
    dpkg-deb -x r-bioc-go.db_*.deb go
    cp go/usr/lib/R/site-library/GO.db/extdata/GO.sqlite .
    python benchmarks/gene_ontology.py GO.sqlite go-isa.json.gz

The terms of the three name spaces (biological process, molecular function, cellular component)
with the edges "isa" and no others; the three name spaces are its roots. The result is not part of
hrgeom. Its content is the Gene Ontology's, which is under the licence CC BY 4.0; whoever passes the
file on must credit the Gene Ontology Consortium (http://geneontology.org/docs/go-citation-policy/).

The counts of the release of July 2022, which Debian 12 has, are checked; another release is
written with a warning.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

from hrgeom.io import read_hierarchy

NAME_SPACES = ("bp", "mf", "cc")
RELEASE = "2022-07-01"
N_NODES, N_EDGES, N_PAIRS = 43_558, 70_058, 528_255


def hierarchy_of(database: Path) -> dict[str, Any]:
    """Return the JSON form of the is_a hierarchy in a file GO.sqlite."""
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    try:
        numbered = connection.execute(
            "SELECT _id, go_id FROM go_term WHERE ontology != 'universal' ORDER BY go_id"
        ).fetchall()
        release = connection.execute(
            "SELECT value FROM metadata WHERE name = 'GOSOURCEDATE'"
        ).fetchone()[0]
        edges = [edge for space in NAME_SPACES for edge in _edges(connection, space)]
    finally:
        connection.close()
    number = {term: place for place, (term, _) in enumerate(numbered)}
    return {
        "name": "gene-ontology-is-a",
        "source": f"Gene Ontology (http://geneontology.org), go-basic.obo of {release}, by way of "
        "Bioconductor's GO.db in the Debian package r-bioc-go.db; edges are is_a",
        "license": "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)",
        "release": release,
        "nodes": [label for _, label in numbered],
        # The name spaces have the parent "all", which is no term.
        "edges": sorted(
            [number[child], number[parent]]
            for child, parent in edges
            if child in number and parent in number
        ),
    }


def _edges(connection: sqlite3.Connection, name_space: str) -> list[tuple[int, int]]:
    """Return (child, parent) of the is_a edges of a name space, as keys of the file."""
    return connection.execute(
        f"SELECT _id, _parent_id FROM go_{name_space}_parents WHERE relationship_type = 'isa'"
    ).fetchall()


def write(data: dict[str, Any], path: Path) -> None:
    """Write the hierarchy, the same bytes for the same content."""
    text = json.dumps(data, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)


def main() -> None:
    """Read the database, write the hierarchy, check its counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path, help="GO.sqlite of Bioconductor's GO.db")
    parser.add_argument("out", type=Path, help="file to write, .json or .json.gz")
    arguments = parser.parse_args()
    data = hierarchy_of(arguments.database)
    write(data, arguments.out)
    found = read_hierarchy(arguments.out)
    relevance = found.relevance
    counts = found.n_nodes, found.n_edges, relevance.n_pairs
    print(
        f"{arguments.out}: {counts[0]:,} nodes, {counts[1]:,} edges, "
        f"{len(found.roots)} roots, {relevance.n_pairs / found.n_nodes:.1f} matches per node, "
        f"at most {relevance.max_matches}"
    )
    if data["release"] != RELEASE:
        print(f"warning: release {data['release']}; counts are known for {RELEASE} only")
    elif counts != (N_NODES, N_EDGES, N_PAIRS):
        raise SystemExit(f"counts must be {(N_NODES, N_EDGES, N_PAIRS)}: got {counts}")


if __name__ == "__main__":
    main()
