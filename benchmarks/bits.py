"""How few bits a vector can have: different sets per hierarchy, and what follows.

    python benchmarks/bits.py                    # seconds; add --go go-isa.json.gz

The bounds are those of docs/theory/bits.md. Results: benchmarks/results/bits.json.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import common

from hrgeom.bounds.lower import least_bits, packing
from hrgeom.core import Hierarchy
from hrgeom.datasets import load
from hrgeom.io import read_hierarchy

ANY_MARGIN = 0.01  # the counts of different sets do not depend on it


def hierarchies(go: Path | None) -> dict[str, Callable[[], Hierarchy]]:
    """Return the hierarchies by name."""

    def shared(name: str) -> Callable[[], Hierarchy]:
        return lambda: read_hierarchy(common.DATA / f"{name}.json.gz")

    found = {
        "WordNet nouns": lambda: load("wordnet"),
        "WordNet mammals": lambda: load("wordnet-mammals"),
        "Disease Ontology": shared("disease-ontology"),
        "schema.org": shared("schema-org"),
        "Shopify": shared("shopify-product-taxonomy"),
    }
    return found | ({"Gene Ontology is_a": lambda: read_hierarchy(go)} if go else {})


def row(hierarchy: Hierarchy) -> dict[str, Any]:
    """Return the counts and the bounds of a hierarchy."""
    counts, least = packing(hierarchy.relevance, ANY_MARGIN), least_bits(hierarchy.relevance)
    n = hierarchy.n_nodes
    is_forest = hierarchy.n_edges == n - len(hierarchy.roots)
    lg = math.log2(n)
    return {
        "n_nodes": n,
        "different_queries": counts.different_queries,
        "different_documents": counts.different_documents,
        "incomparable_queries": counts.incomparable_queries,
        "query_bits": least.query,
        "document_bits": least.document,
        "query_bits_row": least.query_by_row,
        "is_forest": is_forest,
        "tree_label_bits": math.ceil(lg + 2 * math.log2(lg) + 3),
    }


def main(arguments: list[str] | None = None) -> None:
    """Write the counts and the bounds of every hierarchy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--go", type=Path, help="file of the Gene Ontology")
    options = parser.parse_args(arguments)
    rows = {}
    for name, read in hierarchies(options.go).items():
        rows[name] = row(read())
        print(name, rows[name], flush=True)
    print(common.write("bits", {"rows": rows}))


if __name__ == "__main__":
    main()
