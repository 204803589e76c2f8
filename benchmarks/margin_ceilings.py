"""Ceilings of the normalized margin of perfect trees and of WordNet, each with its exact check.

    python benchmarks/margin_ceilings.py         # some minutes

For perfect trees also the largest margin that a construction of hrgeom has in at most 256
dimensions, certified. Results: benchmarks/results/margin_ceilings.json.
"""

from __future__ import annotations

import math
import time
from typing import Any

import common

from hrgeom.bounds.ceilings import (
    TreeCeiling,
    is_subtree,
    perfect_tree_ceiling,
    subtree_ceiling,
    verify,
)
from hrgeom.checker import certify
from hrgeom.constructions import construct, promises
from hrgeom.core import Notion
from hrgeom.datasets import load, perfect_tree

LEVELS = {1: 20, 2: 16, 3: 10, 5: 8, 10: 8, 50: 6, math.inf: 16}
BUILT = {1: 12, 2: 10, 3: 7, 10: 4}
NOTIONS: tuple[Notion, ...] = ("global", "row")
DIM = 256


def checked(ceiling: TreeCeiling) -> dict[str, Any]:
    """Return both sides of a ceiling, if the exact check holds."""
    if not verify(ceiling):
        raise RuntimeError(f"the certificate of {ceiling.shape} must hold")
    return {"lower": ceiling.lower, "upper": ceiling.upper}


def constructed(branching: int, n_levels: int) -> dict[str, Any]:
    """Return the certified margin of the construction that promises most."""
    tree = perfect_tree(branching, n_levels)
    found = promises(tree.relevance, dim=DIM, dtype="float64", seed=0)
    name = max(found, key=lambda p: p[1].margin or 0.0)[0]
    embedding = construct(tree, method=name, dim=DIM, dtype="float64", certify=False).embedding
    certificate = certify(embedding, tree, threads=1)
    if not certificate.holds:
        raise RuntimeError(f"{name} must hold for the perfect tree {branching, n_levels}")
    margin = certificate.normalized_margin_lower_bound
    return {"construction": name, "dim": embedding.dim, "margin": margin}


def perfect() -> list[dict[str, Any]]:
    """Return a row for every perfect tree."""
    rows = []
    for branching, most in LEVELS.items():
        for n_levels in range(2, most + 1):
            row: dict[str, Any] = {
                "branching": None if branching == math.inf else branching,
                "n_levels": n_levels,
            }
            for notion in NOTIONS:
                start = time.perf_counter()
                ceiling = perfect_tree_ceiling(branching, n_levels, notion=notion)
                seconds = time.perf_counter() - start
                row[notion] = {**checked(ceiling), "seconds": round(seconds, 2)}
            if n_levels <= BUILT.get(branching, 0):
                row["certified"] = constructed(int(branching), n_levels)
            rows.append(row)
            print(row, flush=True)
    return rows


def subtrees() -> list[dict[str, Any]]:
    """Return a row for every bundled hierarchy."""
    rows = []
    for name in ("wordnet", "wordnet-mammals"):
        hierarchy = load(name)
        relevance = hierarchy.relevance
        for notion in NOTIONS:
            start = time.perf_counter()
            found = subtree_ceiling(hierarchy, notion=notion)
            seconds = time.perf_counter() - start
            shape = found.ceiling.shape
            if not is_subtree(hierarchy, shape, found.nodes):
                raise RuntimeError(f"the tree {shape} must be in {name}")
            rows.append(
                {
                    "hierarchy": name,
                    "notion": notion,
                    "max_matches": relevance.max_matches,
                    "types": {"parents": shape.parents, "counts": shape.counts},
                    "n_nodes": sum(map(len, found.nodes)),
                    "root": hierarchy.labels[found.nodes[0][0]],
                    "upper": checked(found.ceiling)["upper"],
                    "seconds": round(seconds, 2),
                }
            )
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Compute all ceilings and write them."""
    print(common.write("margin_ceilings", {"subtrees": subtrees(), "perfect": perfect()}))


if __name__ == "__main__":
    main()
