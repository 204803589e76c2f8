"""How many dimensions training needs, against the depth and the fan-out of perfect trees.

    python benchmarks/learned_dimension.py       # two minutes

Two ways to train, both with every pair once a step and every document as a column (no noise of
batches): "standard", weighted by frequency as batches are on average, must retrieve 95 % of the
pairs; "masked", other matches left out of the denominator, all of them. A dimension is enough if
two of three seeds get there within 1,500 steps of Adam, looked at every 50; the least one is found
going up by one from that of the next smaller tree. Nothing is held out: all queries count.

The protocol is ours; that of You et al. (2025) is not known. Slopes are those of ln d against
ln H, and of d against ln W. Results: benchmarks/results/learned_dimension.json.
"""

from __future__ import annotations

import time
from typing import Any

import common
import numpy as np
import torch
from learned_tree import expected

from hrgeom.core import Hierarchy
from hrgeom.datasets import perfect_tree
from hrgeom.learned import Config, Stage
from hrgeom.learned._evaluation import recall
from hrgeom.learned._samplers import TrainingPairs
from hrgeom.learned._starts import first_tables
from hrgeom.learned._stepping import Stepper
from hrgeom.learned._tables import DualTables

STEPS = 1500
LOOK = 50
N_SEEDS = 3
TARGETS = {"standard": 0.95, "masked": 1.0}
FREQUENCY_AND_LABELS = {"standard": ("expected", "pair"), "masked": ("as drawn", "exact")}
DEPTHS = [(2, n_levels) for n_levels in (3, 4, 5, 6, 7)]
FAN_OUTS = [(branching, 4) for branching in (2, 3, 4, 5)]


def stage(hierarchy: Hierarchy, way: str) -> Stage:
    """Return how a way trains."""
    frequency, labels = FREQUENCY_AND_LABELS[way]
    data = vars(expected(hierarchy, STEPS)) | {"frequency": frequency, "labels": labels}
    return Stage(**data)


def steps_needed(hierarchy: Hierarchy, way: str, dim: int, seed: int) -> int | None:
    """Return the step at which the target was first seen to be reached; None: never."""
    how = stage(hierarchy, way)
    start = first_tables(hierarchy, Config(way, dim, (how,), seed=seed))
    tables = DualTables(*start, unit=False, device="cpu")
    stepper = Stepper(how, TrainingPairs.of(hierarchy), tables)
    rng = np.random.default_rng([seed, 1])
    every = np.arange(hierarchy.n_nodes)
    for step in range(STEPS):
        stepper.step(step, rng)
        if (step + 1) % LOOK == 0 and recall(tables, hierarchy, every).pairs >= TARGETS[way]:
            return step + 1
    return None


def is_enough(hierarchy: Hierarchy, way: str, dim: int) -> tuple[bool, list[int | None]]:
    """Return whether most seeds reach the target, and the steps of those that were needed."""
    steps: list[int | None] = []
    for seed in range(N_SEEDS):
        steps.append(steps_needed(hierarchy, way, dim, seed))
        reached = sum(s is not None for s in steps)
        if max(reached, len(steps) - reached) > N_SEEDS // 2:
            break
    return reached > N_SEEDS // 2, steps


def least(hierarchy: Hierarchy, way: str, first: int) -> dict[str, Any]:
    """Return the least dimension that is enough, from `first` on, with all that was tried."""
    tried = {}
    dim = first
    while True:
        good, steps = is_enough(hierarchy, way, dim)
        tried[str(dim)] = steps
        if good:
            return {"dim": dim, "tried": tried}
        dim += 1


def family(trees: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return the least dimensions of trees, each of which contains the one before it."""
    rows: list[dict[str, Any]] = []
    first = dict.fromkeys(TARGETS, 1)
    for branching, n_levels in trees:
        tree = perfect_tree(branching, n_levels)
        row: dict[str, Any] = {
            "branching": branching,
            "n_levels": n_levels,
            "n_nodes": tree.n_nodes,
        }
        for way in TARGETS:
            started = time.perf_counter()
            row[way] = least(tree, way, first[way])
            first[way] = row[way]["dim"]
            row[way]["seconds"] = round(time.perf_counter() - started, 1)
        rows.append(row)
        print(row, flush=True)
    return rows


def slopes(rows: list[dict[str, Any]], kind: str) -> dict[str, float]:
    """Return the slope of ln d against ln H, or of d against ln W, for each way."""
    x = np.log([row["n_levels" if kind == "depth" else "branching"] for row in rows])
    found = {}
    for way in TARGETS:
        dims = np.array([row[way]["dim"] for row in rows], dtype=float)
        found[way] = float(np.polyfit(x, np.log(dims) if kind == "depth" else dims, 1)[0])
    return found


def main() -> None:
    """Measure both families and write the results."""
    torch.set_num_threads(1)
    data: dict[str, Any] = {"threads": 1, "n_seeds": N_SEEDS, "steps": STEPS, "targets": TARGETS}
    for kind, trees in (("depth", DEPTHS), ("fan_out", FAN_OUTS)):
        rows = family(trees)
        data[kind] = {"rows": rows, "slopes": slopes(rows, kind)}
    print(common.write("learned_dimension", data))


if __name__ == "__main__":
    main()
