"""The frontier of dimension against margin: build and certify every point, write the results.

    python benchmarks/frontier.py wordnet            # about a quarter of an hour
    python benchmarks/frontier.py perfect            # six trees
    python benchmarks/frontier.py tangled            # a random DAG of 40,000 nodes
    python benchmarks/frontier.py perfect --descent  # the trees by descent; others: descent.py

Every row is what `hrgeom construct --tree ... --dim D --dtype T --proved` gives, or `--fewest`
without a budget, certified over all pairs; with `--descent`, what `--method descent` gives.
Results: benchmarks/results/frontier_NAME.json, with `--descent` frontier_NAME_descent.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from typing import Any

import common

from hrgeom import construct, read_hierarchy
from hrgeom.core import Hierarchy
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.errors import HrgeomError

SEED = 0
Budgets = dict[str, tuple[int | None, ...]]
BUDGETS: dict[str, Budgets] = {
    "wordnet": {
        "float64": (None,),
        "float32": (None, 48, 64, 76, 80, 128, 192, 256, 512, 1024),
        "float16": (None, 80, 128, 192),
        "bfloat16": (None, 128),
        "int8": (None, 64, 80, 128, 192, 256),
    },
    "tangled": {
        "float64": (None,),
        "float32": (None, 192, 256, 512, 1024),
        "float16": (None, 512),
        "bfloat16": (None, 512),
        "int8": (None, 256, 512, 1024),
    },
    "perfect": {
        "float64": (None,),
        "float32": (None, 8, 16, 24, 32, 64, 128, 256),
        "float16": (None, 32),
        "bfloat16": (None, 32),
        "int8": (None, 16, 24, 32, 64, 128),
    },
}
BY_DESCENT: Budgets = {"float32": (16, 32, 64, 128), "int8": (16, 32, 64)}


def hierarchies(name: str) -> dict[str, Hierarchy]:
    """Return the hierarchies of one set, by label."""
    if name == "wordnet":
        return {"WordNet nouns": read_hierarchy("wordnet")}
    if name == "tangled":
        dag = random_dag(40_000, extra_parents=0.4, n_levels=16, seed=SEED)
        return {"random DAG, 40,000 nodes": dag}
    return {
        "perfect (2, 12)": perfect_tree(2, 12),
        "perfect (10, 5)": perfect_tree(10, 5),
        "random recursive, 10,000": random_tree(10_000, shape="uniform", seed=SEED),
        "star, 10,000": random_tree(10_000, shape="star", seed=SEED),
        "deep, 5,000": random_tree(5_000, shape="deep", seed=SEED),
        "chain, 2,000": random_tree(2_000, shape="chain", seed=SEED),
    }


def wish(dim: int | None, by_descent: bool) -> dict[str, Any]:
    """Return the keywords of `construct` that ask for a point."""
    if by_descent:
        return {"dim": dim, "method": "descent", "threads": 1}
    return {"fewest": True} if dim is None else {"dim": dim, "proved": True}


def row(
    hierarchy: Hierarchy, dtype: str, dim: int | None, *, by_descent: bool = False
) -> dict[str, Any]:
    """Build and certify one point; a refusal is a result too."""
    started = time.perf_counter()
    record: dict[str, Any] = {"dtype": dtype, "budget": dim}
    try:
        choice = construct(hierarchy, dtype=dtype, seed=SEED, **wish(dim, by_descent))
    except HrgeomError as error:
        return record | {"refused": str(error)}
    certificate = choice.certificate
    return record | {
        "dim": choice.embedding.dim,
        "construction": choice.embedding.construction,
        "promised": choice.tried[-1].promised if choice.tried else None,
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "n_pairs": certificate.n_pairs,
        "normalized_margin": certificate.normalized_margin_lower_bound,
        "arithmetic": certificate.arithmetic,
        "bits_per_vector": choice.embedding.bits_per_vector,
        "certify_seconds": round(certificate.seconds, 2),
        "construct_seconds": round(time.perf_counter() - started - certificate.seconds, 2),
        "peak_memory_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }


def main() -> None:
    """Run one set of hierarchies and write its results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=["wordnet", "tangled", "perfect"])
    parser.add_argument("--descent", action="store_true", help="descent in place of theorems")
    args = parser.parse_args()
    results = {}
    asked_for = BY_DESCENT if args.descent else BUDGETS[args.name]
    for label, hierarchy in hierarchies(args.name).items():
        rows = []
        for dtype, budgets in asked_for.items():
            for dim in budgets:
                rows.append(row(hierarchy, dtype, dim, by_descent=args.descent))
                print(label, json.dumps(rows[-1]), flush=True)
        results[label] = {
            "n_nodes": hierarchy.n_nodes,
            "n_levels": hierarchy.n_levels,
            "max_ancestors": hierarchy.relevance.max_matches,
            "rows": rows,
        }
    name = f"frontier_{args.name}{'_descent' if args.descent else ''}"
    print(common.write(name, {"seed": SEED, "hierarchies": results}))


if __name__ == "__main__":
    main()
