"""What the last stage of a descent adds: the certified margin before and after polishing.

    python benchmarks/polish.py                  # some minutes

Before: `hrgeom.descent.descend` alone. After: what `construct(..., method="descent")` gives, which
polishes up to four million pairs. Beside them the largest margin there is, where it is known.
Results: benchmarks/results/polish.json; what is there already is not computed again.
"""

from __future__ import annotations

import time
from typing import Any

import common

from hrgeom import certify, construct
from hrgeom.constructions import MOST_VECTORS, sdp_optimum
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.datasets import load, perfect_tree, random_dag, random_tree
from hrgeom.descent import descend

SEED = 0
CASES = (
    ("perfect (2, 4)", 4),
    ("perfect (2, 4)", 15),
    ("perfect (3, 7)", 13),
    ("chain, 64", 15),
    ("random DAG, 300", 9),
    ("random DAG, 300", 64),
    ("WordNet mammals", 8),
    ("WordNet mammals", 16),
    ("WordNet mammals", 64),
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


def row(hierarchy: Hierarchy, dim: int) -> dict[str, Any]:
    """Descend without the last stage and with it, and certify both."""
    found = descend(hierarchy.relevance, dim=dim, seed=SEED)
    alone = DualEmbedding(found.queries, found.documents, found.threshold)
    before = certify(alone, hierarchy)
    started = time.process_time()
    polished = construct(hierarchy, method="descent", dim=dim, seed=SEED, certify=False).embedding
    seconds = time.process_time() - started
    after = certify(polished, hierarchy)
    return {
        "dim": dim,
        "before": before.normalized_margin_lower_bound if before.holds else None,
        "after": after.normalized_margin_lower_bound if after.holds else None,
        "n_violations": after.n_violations,
        "n_pairs": after.n_pairs,
        "cpu_seconds_before": round(found.cpu_seconds, 1),
        "cpu_seconds_after": round(seconds, 1),
    }


def main() -> None:
    """Run what is not there yet, and write after every row."""
    known = hierarchies()
    rows = common.known_rows("polish")
    for label, dim in CASES:
        name, hierarchy = f"{label}, d = {dim}", known[label]
        if name in rows:
            continue
        optimum = None
        if 2 * hierarchy.n_nodes <= MOST_VECTORS:
            optimum = sdp_optimum(hierarchy.relevance).dual_bound
        rows[name] = {"hierarchy": label, "optimum": optimum, **row(hierarchy, dim)}
        print(name, rows[name], flush=True)
        print(common.write("polish", {"seed": SEED, "rows": rows}), flush=True)


if __name__ == "__main__":
    main()
