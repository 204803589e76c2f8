"""What polishing gains: the certified margin before and after, and the optimum where it is known.

    python benchmarks/polish.py                  # a few minutes

Results: benchmarks/results/polish.json.
"""

from __future__ import annotations

import json
import time
from typing import Any

import common

from hrgeom import certify, construct
from hrgeom.constructions import MOST_VECTORS, sdp_optimum
from hrgeom.core import Hierarchy
from hrgeom.datasets import load, perfect_tree, random_dag, random_tree
from hrgeom.polish import polish

SEED = 0
STARTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("perfect (2, 4)", {"method": "trie", "dtype": "float32"}),
    ("perfect (2, 4)", {"method": "hybrid", "dtype": "float32", "dim": 15}),
    ("perfect (3, 7)", {"method": "hybrid", "dtype": "float32", "dim": 32}),
    ("chain, 64", {"method": "hybrid", "dtype": "float32", "dim": 16}),
    ("random DAG, 300", {"method": "interval", "dtype": "float64", "code": "arc"}),
    ("random DAG, 300", {"method": "mixed", "dtype": "float32", "dim": 64}),
    ("WordNet mammals", {"method": "hybrid", "dtype": "float32", "dim": 16}),
    ("WordNet mammals", {"method": "hybrid", "dtype": "float32", "dim": 32}),
    ("WordNet mammals", {"method": "mixed", "dtype": "float32", "dim": 128}),
    ("WordNet mammals", {"method": "hybrid", "dtype": "int8", "dim": 32}),
)


def hierarchies() -> dict[str, Hierarchy]:
    """Return the hierarchies by label."""
    return {
        "perfect (2, 4)": perfect_tree(2, 4),
        "perfect (3, 7)": perfect_tree(3, 7),
        "chain, 64": random_tree(64, shape="chain", seed=SEED),
        "random DAG, 300": random_dag(300, seed=3),
        "WordNet mammals": load("wordnet-mammals"),
    }


def row(hierarchy: Hierarchy, options: dict[str, Any]) -> dict[str, Any]:
    """Polish one start, and certify both ends."""
    start = construct(hierarchy, seed=SEED, **options).embedding
    before = certify(start, hierarchy)
    started = time.perf_counter()
    polished = polish(start, hierarchy, seed=SEED)
    seconds = time.perf_counter() - started
    after = certify(polished, hierarchy)
    return {
        "dim": start.dim,
        "before": before.normalized_margin_lower_bound,
        "after": after.normalized_margin_lower_bound,
        "n_violations": after.n_violations,
        "n_pairs": after.n_pairs,
        "seconds": round(seconds, 1),
    }


def main() -> None:
    """Polish every start and write the results."""
    known = hierarchies()
    optima = {
        label: sdp_optimum(h.relevance).dual_bound
        for label, h in known.items()
        if 2 * h.n_nodes <= MOST_VECTORS
    }
    rows = []
    for label, options in STARTS:
        found = row(known[label], options)
        rows.append({"hierarchy": label, **options, **found, "optimum": optima.get(label)})
        print(json.dumps(rows[-1]), flush=True)
    print(common.write("polish", {"seed": SEED, "rows": rows}))


if __name__ == "__main__":
    main()
