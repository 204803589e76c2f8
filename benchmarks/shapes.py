"""Hierarchies and judgments of any shape, beside networkx's closure, and by the command line.

    python benchmarks/shapes.py [NAME ...]

The first cases: closure, crossing documents and classes, in processor time of one thread, with the
most memory that the process had (each case in a process of its own). networkx's transitive closure
is left out where it would need more memory than there is; `networkx_ratio` is its time over ours.

The others, from a file to the end of a command: wall-clock and processor seconds of each command,
and the most memory that it had.

Results: benchmarks/results/shapes.json.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
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


def random_tree(n: int, seed: int = 1) -> Edges:
    """A parent for every node but the first, any of those before it."""
    rng = random.Random(seed)
    return ((i, rng.randrange(i)) for i in range(1, n))


def caterpillar(n: int) -> Edges:
    """A chain with a leaf at every node."""
    for i in range(n // 2):
        yield i + 1, i
        yield n + i, i


def table(edges: Edges) -> Iterable[str]:
    """Lines of a table of children and parents."""
    yield "child\tparent\n"
    yield from (f"n{child}\tn{parent}\n" for child, parent in edges)


def named_table(edges: Edges) -> Iterable[str]:
    """Lines of a table of identifiers, names and parents."""
    yield "id,name,parent\n0,Thing 0,\n"
    yield from (f"{child},Thing {child},{parent}\n" for child, parent in edges)


def qrels(pairs: Iterable[tuple[int, str]]) -> Iterable[str]:
    """Lines of judgments."""
    yield from (f"q{query} 0 {document} 1\n" for query, document in pairs)


CONSTRUCT = "construct {} --out {}.emb --force"
QUERY = "query {}.emb n500"
INFO = "info {}"

COMMANDS: dict[str, tuple[Callable[[], Iterable[str]], tuple[str, ...]]] = {
    "info: 5 layers of 1,000": (lambda: table(layered(5, 1000)), (INFO,)),
    "info: 2,175 nodes, 13,065 random edges": (lambda: table(random_edges(2175, 13_065)), (INFO,)),
    "one node with 30,000 parents, by the command": (
        lambda: table((0, i) for i in range(1, 30_001)),
        (INFO, CONSTRUCT, QUERY),
    ),
    "qrels of 3 queries x 20,000 documents": (
        lambda: qrels((q, f"d{q}_{v}") for q in range(3) for v in range(20_000)),
        (CONSTRUCT,),
    ),
    "qrels of 3 queries x the same 20,000 documents": (
        lambda: qrels((q, f"d{v}") for q in range(3) for v in range(20_000)),
        (CONSTRUCT,),
    ),
    "qrels of 100,000 queries x 3 documents": (
        lambda: qrels((q, f"d{q}_{v}") for q in range(100_000) for v in range(3)),
        (CONSTRUCT,),
    ),
    "chain of 100,000, by the command": (
        lambda: table((i + 1, i) for i in range(99_999)),
        (CONSTRUCT, QUERY),
    ),
    "caterpillar of 100,000": (lambda: table(caterpillar(100_000)), (CONSTRUCT, QUERY)),
    "star of 100,000": (lambda: table((i, 0) for i in range(1, 100_000)), (CONSTRUCT, QUERY)),
    "random tree of 200,000": (lambda: table(random_tree(200_000)), (CONSTRUCT, QUERY)),
    "tree of 1,000,000 read from child,parent": (lambda: table(random_tree(10**6)), ("",)),
    "tree of 1,000,000 read from id,name,parent": (lambda: named_table(random_tree(10**6)), ("",)),
}
"""Lines of a file, and the commands that are run on it; "" only reads it."""


def command_row(name: str) -> dict[str, Any]:
    """Return seconds and memory of the commands of a case."""
    lines, commands = COMMANDS[name]
    suffix = "qrels" if name.startswith("qrels") else "csv" if "id,name" in name else "tsv"
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"made.{suffix}")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(lines())
        result["file_mib"] = round(path.stat().st_size / 2**20, 2)
        for command in commands:
            source = f"--{'qrels' if suffix == 'qrels' else 'tree'} {path}"
            words = command.format(*([path] if command == QUERY else [source, path])).split()
            verb = words[0] if words else "read"
            code = f"import hrgeom; hrgeom.read_hierarchy({str(path)!r})"
            call = ["-m", "hrgeom", *words] if words else ["-c", code]
            result[verb] = _measured([sys.executable, *call])
    return result


def _measured(command: list[str]) -> dict[str, Any]:
    """Return what one process took; the file and the start of Python are part of it."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    return {
        "exit_status": os.waitstatus_to_exitcode(status),
        "wall_seconds": round(time.perf_counter() - started, 2),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "most_memory_mib": used.ru_maxrss // 1024,
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
        seconds, _ = timed(lambda: nx.transitive_closure_dag(graph))
        result["networkx_closure_seconds"] = seconds
        result["networkx_ratio"] = round(seconds / max(closure, 0.01), 1)
    return result


def main() -> None:
    """Run each case in its own process and write the results."""
    if sys.argv[1:2] == ["--one"]:
        made = row if sys.argv[2] in CASES else command_row
        print(json.dumps(made(sys.argv[2])))
        return
    rows = common.known_rows("shapes")
    for name in sys.argv[1:] or (*CASES, *COMMANDS):
        command = [sys.executable, __file__, "--one", name]
        rows[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        print(name, rows[name], flush=True)
        common.write("shapes", {"rows": rows})


if __name__ == "__main__":
    main()
