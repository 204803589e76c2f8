"""Hierarchies of any shape: closure, crossing documents and classes, beside networkx's closure.

    python benchmarks/shapes.py [NAME ...]

Seconds are processor time of one thread, memory is the most that the process had (closure and
crossings alone, each case in a process of its own). networkx's transitive closure is left out where
it would need more memory than there is.

Results: benchmarks/results/shapes.json.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import common
import numpy as np

from hrgeom.constructions.covers import LaminarPalette
from hrgeom.core import Hierarchy, redundant_edges

Edges = Iterator[tuple[int, int]]
_NETWORKX_PAIRS = 1_100_000


def layered(n_levels: int, width: int) -> Edges:
    """All nodes of a level below all of the level above."""
    for level in range(1, n_levels):
        for child in range(width):
            for parent in range(width):
                yield level * width + child, (level - 1) * width + parent


def random_edges(n: int, m: int, seed: int = 3) -> Edges:
    """Edges from later to earlier nodes."""
    rng, seen = random.Random(seed), set()
    while len(seen) < m:
        a, b = rng.randrange(n), rng.randrange(n)
        if a != b:
            seen.add((max(a, b), min(a, b)))
    return iter(sorted(seen))


CASES: dict[str, Callable[[], Edges]] = {
    "5 layers of 100": lambda: layered(5, 100),
    "20 layers of 100": lambda: layered(20, 100),
    "5 layers of 1,000": lambda: layered(5, 1000),
    "2,175 nodes, 13,065 random edges": lambda: random_edges(2175, 13_065),
    "800 nodes, 239,700 random edges": lambda: random_edges(800, 239_700),
    "one node with 30,000 parents": lambda: ((0, i) for i in range(1, 30_001)),
    "chain of 100,000": lambda: ((i + 1, i) for i in range(100_000)),
}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of a piece of work, and its result."""
    started = time.process_time()
    result = work()
    return round(time.process_time() - started, 2), result


def row(name: str) -> dict[str, Any]:
    """Return all numbers of a case."""
    edges = np.array(list(CASES[name]()))
    n = int(edges.max()) + 1
    made, hierarchy = timed(lambda: Hierarchy([str(i) for i in range(n)], edges))
    closure, relevance = timed(lambda: hierarchy.relevance)
    crossing, crossings = timed(lambda: relevance.crossings)
    classes, palette = timed(lambda: LaminarPalette.of(relevance))
    redundant, found = timed(lambda: redundant_edges(hierarchy))
    result = {
        "n_nodes": n,
        "n_edges": len(edges),
        "n_pairs": relevance.n_pairs,
        "n_crossing_pairs": crossings.n_pairs,
        "n_classes": palette.n_colors,
        "n_redundant_edges": len(found),
        "hierarchy_seconds": made,
        "closure_seconds": closure,
        "crossings_seconds": crossing,
        "classes_seconds": classes,
        "redundant_seconds": redundant,
        "most_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if relevance.n_pairs <= _NETWORKX_PAIRS:
        import networkx as nx

        graph = hierarchy.to_networkx()
        result["networkx_closure_seconds"], _ = timed(lambda: nx.transitive_closure_dag(graph))
    return result


def main() -> None:
    """Run each case in its own process and write the results."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(row(sys.argv[2])))
        return
    rows = common.known_rows("shapes")
    for name in sys.argv[1:] or CASES:
        command = [sys.executable, __file__, "--one", name]
        rows[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        print(name, rows[name], flush=True)
        common.write("shapes", {"rows": rows})


if __name__ == "__main__":
    main()
