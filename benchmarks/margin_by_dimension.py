"""How much margin a number of dimensions buys, by descent, beside the ceiling in any dimension.

    python benchmarks/margin_by_dimension.py                   # about an hour
    python benchmarks/margin_by_dimension.py --only "perfect (2, 6)" --dim 8 16

Every margin is certified over all pairs in float32, before and after the last stage, polishing.
Ceilings: of a perfect tree its own, of other hierarchies that of a subtree with symmetries, which
is not tight.
Results: benchmarks/results/margin_by_dimension.json; what is there already is not computed again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import common

from hrgeom.bounds.ceilings import perfect_tree_ceiling, subtree_ceiling
from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.datasets import load, perfect_tree, random_dag
from hrgeom.descent import Descent, descend, polish
from hrgeom.io import read_hierarchy

DIMS = (8, 16, 32, 64, 128, 256)
PERFECT = ((2, 6), (2, 8), (2, 10), (2, 12), (3, 5), (3, 7), (5, 4), (5, 6))
OTHERS: dict[str, Callable[[], Hierarchy]] = {
    "WordNet mammals": lambda: load("wordnet-mammals"),
    "schema.org": lambda: read_hierarchy(common.DATA / "schema-org.json.gz"),
    "random DAG, 300": lambda: random_dag(300, seed=3),
    "random DAG, 3,000": lambda: random_dag(3000, seed=3),
}


def perfect(branching: int, n_levels: int) -> tuple[Hierarchy, float]:
    """Return a perfect tree and its ceiling."""
    return perfect_tree(branching, n_levels), perfect_tree_ceiling(branching, n_levels).upper


def other(name: str) -> tuple[Hierarchy, float]:
    """Return another hierarchy and the ceiling of a part of it."""
    hierarchy = OTHERS[name]()
    return hierarchy, subtree_ceiling(hierarchy).ceiling.upper


CASES: dict[str, Callable[[], tuple[Hierarchy, float]]] = {
    **{f"perfect {shape}": partial(perfect, *shape) for shape in PERFECT},
    **{name: partial(other, name) for name in OTHERS},
}


def by_descent(hierarchy: Hierarchy, dim: int, seed: int, effort: float) -> Descent:
    """Return what the descent on lists gives."""
    return descend(hierarchy.relevance, dim=dim, seed=seed, effort=effort)


def by_torch(hierarchy: Hierarchy, dim: int, seed: int, effort: float) -> Descent:
    """Return what the dense form gives on the CPU."""
    from hrgeom.descent import descend_dense

    return descend_dense(hierarchy.relevance, dim=dim, seed=seed, effort=effort, device="cpu")


ENGINES = {"descent": by_descent, "dense": by_torch}


def row(
    hierarchy: Hierarchy, dim: int, seed: int, engine: str, effort: float, polish_effort: float
) -> dict[str, Any]:
    """Descend, polish, and certify both."""
    start = time.perf_counter()
    found = ENGINES[engine](hierarchy, dim, seed, effort)
    middle = time.perf_counter()
    polished = polish(hierarchy.relevance, found, effort=polish_effort, seed=seed)
    end = time.perf_counter()
    before, after = (
        certify(DualEmbedding(x.queries, x.documents, x.threshold), hierarchy)
        for x in (found, polished)
    )
    return {
        "dim": dim,
        "seed": seed,
        "engine": engine,
        "effort": effort,
        "margin": before.normalized_margin_lower_bound if before.holds else None,
        "polished": after.normalized_margin_lower_bound if after.holds else None,
        "n_violations": before.n_violations,
        "n_pairs": after.n_pairs,
        "seconds": round(middle - start, 1),
        "polish_seconds": round(end - middle, 1),
    }


def main(arguments: list[str] | None = None) -> None:
    """Run what is not there yet, and write after every row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help=f"hierarchies: {', '.join(CASES)}")
    parser.add_argument("--dim", type=int, nargs="*", default=DIMS)
    parser.add_argument("--seed", type=int, nargs="*", default=[0])
    parser.add_argument("--engine", choices=ENGINES, default="descent")
    parser.add_argument("--effort", type=float, default=1.0, help="of the descent")
    parser.add_argument("--polish", type=float, default=1.0, help="effort of polishing")
    options = parser.parse_args(arguments)
    rows = common.known_rows("margin_by_dimension")
    for name in options.only or CASES:
        hierarchy, ceiling = CASES[name]()
        for dim in options.dim:
            for seed in options.seed:
                label = f"{name}, d = {dim}, seed {seed}"
                if label in rows or dim >= 4 * hierarchy.n_nodes:
                    continue
                found = row(hierarchy, dim, seed, options.engine, options.effort, options.polish)
                rows[label] = {
                    "hierarchy": name,
                    "n_nodes": hierarchy.n_nodes,
                    "max_matches": hierarchy.relevance.max_matches,
                    "ceiling": ceiling,
                    **found,
                }
                print(label, rows[label], flush=True)
                print(common.write("margin_by_dimension", {"rows": rows}))


if __name__ == "__main__":
    main()
