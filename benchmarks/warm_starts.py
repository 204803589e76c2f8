"""What a descent gains by its start: random rows, those of a construction, or coarse ones.

    python benchmarks/warm_starts.py             # some ten minutes on one core
    python benchmarks/warm_starts.py --only "WordNet mammals" --dim 16

Every start has the same processor time, what makes it included. *Coarse*: a descent of nodes
within half the depth; those below begin at the mean of their parents' rows, and a little beside.
Each is tried at several points of the schedule, as rows that have their places need less heat.
Results: benchmarks/results/warm_starts.json; what is there already is not computed again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import common
import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions import construct
from hrgeom.core import Hierarchy, Relevance
from hrgeom.datasets import load, random_dag, random_tree
from hrgeom.descent import Descent, Schedule, descend
from hrgeom.errors import ConstructionError

CASES: dict[str, Callable[[], Hierarchy]] = {
    "WordNet mammals": lambda: load("wordnet-mammals"),
    "random tree, 5,000": lambda: random_tree(5000, seed=1),
    "random DAG, 3,000": lambda: random_dag(3000, extra_parents=0.4, n_levels=12, seed=1),
}
DIMS = (16, 64)
PROGRESS = (0.0, 0.3, 0.6)  # of the schedule, at which a start begins
METHODS = ("hybrid", "block-code")
COARSE_SHARE = 0.25  # of the processor time
BESIDE = 0.3  # length of the random part of a row below the coarse ones
THREADS = 1

Rows = tuple[NDArray[np.float32], NDArray[np.float32]]


def depths(hierarchy: Hierarchy) -> NDArray[np.int64]:
    """Return the distance of every node to its farthest ancestor."""
    starts = hierarchy.relevance.indptr[:-1]
    return np.maximum.reduceat(hierarchy.distances.astype(np.int64), starts)


def coarse_part(hierarchy: Hierarchy) -> tuple[Hierarchy, NDArray[np.int64]]:
    """Return the hierarchy of the nodes within half the depth, and which nodes these are."""
    depth = depths(hierarchy)
    nodes = np.flatnonzero(depth <= depth.max() / 2)
    number = np.full(hierarchy.n_nodes, -1)
    number[nodes] = np.arange(len(nodes))
    edges = number[hierarchy.edges]
    edges = edges[(edges >= 0).all(axis=1)]
    return Hierarchy([hierarchy.labels[i] for i in nodes], edges), nodes


def handed_down(hierarchy: Hierarchy, coarse: Descent, nodes: NDArray[np.int64]) -> Rows:
    """Return rows of all nodes: the coarse ones, and below them the means of the parents' rows."""
    rng = np.random.default_rng(0)
    n, dim = hierarchy.n_nodes, coarse.queries.shape[1]
    known = np.zeros(n, dtype=bool)
    known[nodes] = True
    parents: list[list[int]] = [[] for _ in range(n)]
    for child, parent in hierarchy.edges.tolist():
        parents[child].append(parent)
    sides = []
    for rows in (coarse.queries, coarse.documents):
        side = np.empty((n, dim), dtype=np.float32)
        side[nodes] = rows
        for node in np.argsort(hierarchy.relevance.n_matches, kind="stable").tolist():
            if not known[node]:  # its ancestors have fewer ancestors, so they come before
                mean = side[parents[node]].mean(axis=0)
                mean /= max(float(np.linalg.norm(mean)), 1e-6)
                side[node] = mean + BESIDE / np.sqrt(dim) * rng.standard_normal(dim)
        sides.append(side)
    return sides[0], sides[1]


def run(relevance: Relevance, dim: int, effort: float, start: Rows | None, at: float) -> Descent:
    """Descend on one thread, from random rows or from given ones at a point of the schedule."""
    schedule = Schedule.of(relevance.n_queries + relevance.n_documents, dim, effort, at)
    return descend(relevance, dim=dim, start=start, schedule=schedule, threads=THREADS)


def entry(found: Descent, seconds: float) -> dict[str, Any]:
    """What is kept of a descent."""
    return {
        "margin": found.margin,
        "rows_wrong": found.rows_wrong,
        "epochs": found.epochs,
        "cpu_seconds": round(seconds, 2),
    }


def starts(hierarchy: Hierarchy, dim: int, seconds: float) -> dict[str, tuple[Rows, float]]:
    """Return the rows to begin at by name, and the processor time that they took."""
    found: dict[str, tuple[Rows, float]] = {}
    began = time.process_time()
    part, nodes = coarse_part(hierarchy)
    whole = run(part.relevance, dim, 0.05, None, 0.0)
    effort = 0.05 * COARSE_SHARE * seconds / whole.cpu_seconds
    began = time.process_time()
    coarse = run(part.relevance, dim, effort, None, 0.0)
    found["coarse"] = handed_down(hierarchy, coarse, nodes), time.process_time() - began
    for method in METHODS:
        began = time.process_time()
        try:
            e = construct(hierarchy, method=method, dim=dim, certify=False, threads=1).embedding
        except ConstructionError:
            continue
        wide = [np.zeros((hierarchy.n_nodes, dim), dtype=np.float32) for _ in range(2)]
        rng = np.random.default_rng(0)
        for out, rows in zip(wide, e.values(), strict=True):
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            out[:, : e.dim] = rows / np.where(lengths > 0, lengths, 1)
            more = dim - e.dim
            if more:
                noise = rng.standard_normal((len(out), more))
                out[:, e.dim :] = 0.1 / np.sqrt(more) * noise
        found[method] = (wide[0], wide[1]), time.process_time() - began
    return found


def row(hierarchy: Hierarchy, dim: int, seed: int) -> dict[str, Any]:
    """Descend from everything, in the time of a descent from random rows."""
    relevance = hierarchy.relevance
    schedule = Schedule.of(2 * hierarchy.n_nodes, dim)
    began = time.process_time()
    found = descend(relevance, dim=dim, seed=seed, schedule=schedule, threads=THREADS)
    seconds = time.process_time() - began
    tried = {"random": entry(found, seconds)}
    for name, (rows, spent) in starts(hierarchy, dim, seconds).items():
        for at in PROGRESS:
            began = time.process_time()
            effort = max(0.05, 1 - spent / seconds)
            found = run(relevance, dim, effort, rows, at)
            taken = spent + time.process_time() - began
            tried[f"{name}, from {at:g}"] = entry(found, taken)
    return {"dim": dim, "seed": seed, "n_nodes": hierarchy.n_nodes, "tried": tried}


def main(arguments: list[str] | None = None) -> None:
    """Run what is not there yet, and write after every row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", help=f"hierarchies: {', '.join(CASES)}")
    parser.add_argument("--dim", type=int, nargs="*", default=DIMS)
    parser.add_argument("--seed", type=int, nargs="*", default=[0])
    options = parser.parse_args(arguments)
    rows = common.known_rows("warm_starts")
    for name in options.only or CASES:
        hierarchy = CASES[name]()
        for dim in options.dim:
            for seed in options.seed:
                label = f"{name}, d = {dim}, seed {seed}"
                if label in rows:
                    continue
                rows[label] = {"hierarchy": name, **row(hierarchy, dim, seed)}
                print(label, rows[label], flush=True)
                print(common.write("warm_starts", {"rows": rows}), flush=True)


if __name__ == "__main__":
    main()
