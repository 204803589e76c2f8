"""Dimension against depth and against fan-out, for perfect trees.

    python benchmarks/dimension_scaling.py       # about a quarter of an hour

For every tree the least dimension by several roads: bounds for Algorithm 1 of You et al. (2025)
from its exact law and from the theorem with explicit constants, where 10, 50 and 90 % of its seeds
succeed, the dual frame, the Kraft trie, intervals, and a lower bound for all embeddings. Slopes
are fitted to each, as the paper does.
Results: benchmarks/results/dimension_scaling.json.
"""

from __future__ import annotations

from typing import Any

import common
import numpy as np

from hrgeom.bounds.lower import signed_identity
from hrgeom.bounds.random import least_dim, theorem_3_1_dim
from hrgeom.constructions._kraft_trie import trie_promise
from hrgeom.constructions.intervals import interval_promise
from hrgeom.constructions.queries._dual_frame import least_dim as dual_frame_dim
from hrgeom.constructions.queries._gaussian import gaussian_directions
from hrgeom.core import Relevance
from hrgeom.datasets import perfect_tree

DEPTHS = [(2, n_levels) for n_levels in range(2, 21)]
FAN_OUTS = [(branching, 4) for branching in (2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50)]
N_SEEDS = 20
MOST_SIMULATED = 1200  # nodes


def succeeds(relevance: Relevance, dim: int, seed: int) -> bool:
    """Return whether some threshold separates all pairs of Algorithm 1's embedding."""
    queries, documents = gaussian_directions(relevance, dim, np.dtype(np.float64), seed)
    scores = (queries / np.linalg.norm(queries, axis=1, keepdims=True)) @ documents.T
    rows = np.repeat(np.arange(relevance.n_queries), relevance.n_matches)
    worst = scores[rows, relevance.indices].min()
    scores[rows, relevance.indices] = -1
    return bool(worst > scores.max())


def frequency(relevance: Relevance, dim: int) -> float:
    """Return the share of seeds that succeed."""
    return sum(succeeds(relevance, dim, seed) for seed in range(N_SEEDS)) / N_SEEDS


def bracket(relevance: Relevance, start: int, share: float) -> tuple[int, int]:
    """Return two close dimensions: fewer seeds than a share succeed in one, enough in the other."""
    low, high = 0, start
    while frequency(relevance, high) < share:
        low, high = high, 2 * high
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        low, high = (low, middle) if frequency(relevance, middle) >= share else (middle, high)
    return low, high


def measured(relevance: Relevance, start: int) -> dict[str, Any]:
    """Return the least dimensions found with success in 10, 50 and 90 % of the seeds."""
    low, high = bracket(relevance, start, 0.5)
    return {
        "measured": high,
        "fails_more_at": low,
        "measured_10": bracket(relevance, start, 0.1)[1],
        "measured_90": bracket(relevance, start, 0.9)[1],
        "n_seeds": N_SEEDS,
    }


def row(branching: int, n_levels: int) -> dict[str, Any]:
    """Return all dimensions for one tree."""
    relevance = perfect_tree(branching, n_levels).relevance
    m = relevance.n_documents
    options: dict[str, Any] = {"dim": None, "seed": 0}
    exact = least_dim(relevance, delta=0.5).dim
    found = {
        "branching": branching,
        "n_levels": n_levels,
        "n_nodes": m,
        "theorem_3_1": theorem_3_1_dim(n_levels, m, m, delta=0.5),
        "exact_law": exact,
        "dual_frame": dual_frame_dim(relevance),
        "trie": trie_promise(relevance, dtype="float32", **options).dim,
        "interval": interval_promise(relevance, dtype="float64", **options).dim,
        "lower_bound": signed_identity(relevance).normalized,
    }
    if m <= MOST_SIMULATED:
        found |= measured(relevance, exact)
    return found


def slope(x: list[float], y: list[float]) -> float:
    """Return the slope of the least-squares line."""
    return float(np.polyfit(x, y, 1)[0])


def slopes(rows: list[dict[str, Any]], kind: str) -> dict[str, float]:
    """Return the slope of ln d against ln H, or of d against ln W, from the third tree on."""
    found = {}
    for name in ("theorem_3_1", "exact_law", "measured", "dual_frame", "trie"):
        used = [r for r in rows[2 if kind == "depth" else 0 :] if name in r]
        if kind == "depth":
            x = [np.log(r["n_levels"]) for r in used]
            y = [np.log(r[name]) for r in used]
        else:
            x = [np.log(r["branching"]) for r in used]
            y = [float(r[name]) for r in used]
        found[name] = slope(x, y)
    return found


def main() -> None:
    """Measure both families and write the results."""
    data: dict[str, Any] = {"n_seeds": N_SEEDS}
    for kind, trees in (("depth", DEPTHS), ("fan_out", FAN_OUTS)):
        rows = []
        for tree in trees:
            rows.append(row(*tree))
            print(rows[-1], flush=True)
        data[kind] = {"rows": rows, "slopes": slopes(rows, kind)}
    print(common.write("dimension_scaling", data))


if __name__ == "__main__":
    main()
