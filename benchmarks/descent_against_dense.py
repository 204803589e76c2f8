"""Margin descent against its dense form on the same processor, in one run on the same pairs.

    python benchmarks/descent_against_dense.py                 needs torch; some 10 minutes
    python benchmarks/descent_against_dense.py mammals-64      one row

Both begin at random rows and are certified over all pairs. `dense` is `descend_dense` on the
processor: every pair in every epoch, in torch. Its time to reach the margin of the other is read
off runs of growing length; where the longest does not reach it, what is given is a lower bound.
On WordNet the dense form runs a few epochs only: what is compared is the time of an epoch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import common
import torch

from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.datasets import load, random_tree
from hrgeom.descent import Descent, descend, descend_dense


@dataclass(frozen=True)
class Case:
    """A hierarchy, the dimension, and the efforts of the dense form."""

    hierarchy: Callable[[], Hierarchy]
    dim: int
    dense_efforts: tuple[float, ...]


CASES = {
    "mammals-64": Case(lambda: load("wordnet-mammals"), 64, (0.1, 0.3, 1.0)),
    "tree-5000-32": Case(lambda: random_tree(5_000, seed=0), 32, (0.1, 0.3)),
    "wordnet-64": Case(lambda: load("wordnet"), 64, (0.01,)),
}


def timed(run: Callable[[], Descent], hierarchy: Hierarchy) -> dict[str, Any]:
    """Run once, and return processor seconds of all threads with the certified margin."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    rows = DualEmbedding(found.queries, found.documents, found.threshold)
    certificate = certify(rows, hierarchy)
    return {
        "epochs": found.epochs,
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "margin": certificate.normalized_margin_lower_bound if certificate.holds else None,
        "cpu_seconds": round(cpu, 3),
        "wall_seconds": round(wall, 3),
        "cpu_seconds_per_epoch": round(cpu / found.epochs, 5),
    }


def ratio(descent: dict[str, Any], dense: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how many times as long the dense form takes: to the same margin, and per epoch."""
    reached = [run for run in dense if run["margin"] and run["margin"] >= descent["margin"]]
    longest = max(dense, key=lambda run: run["cpu_seconds"])
    first = min(reached, key=lambda run: run["cpu_seconds"]) if reached else longest
    epoch = longest["cpu_seconds_per_epoch"] / descent["cpu_seconds_per_epoch"]
    return {
        "to_the_same_margin": round(first["cpu_seconds"] / descent["cpu_seconds"], 2),
        "reached": bool(reached),
        "per_epoch": round(epoch, 1),
    }


def row(case: Case, threads: int) -> dict[str, Any]:
    """Run both forms on one hierarchy, the same threads for both."""
    hierarchy = case.hierarchy()
    relevance = hierarchy.relevance
    descent = timed(lambda: descend(relevance, dim=case.dim, threads=threads), hierarchy)
    print("  descent", descent, flush=True)
    dense = []
    for effort in case.dense_efforts:
        dense.append(
            timed(
                lambda effort=effort: descend_dense(
                    relevance, dim=case.dim, device="cpu", effort=effort
                ),
                hierarchy,
            )
        )
        print("  dense  ", dense[-1], flush=True)
    return {
        "n_nodes": hierarchy.n_nodes,
        "dim": case.dim,
        "threads": threads,
        "descent": descent,
        "dense": dense,
        "ratio": ratio(descent, dense),
    }


def main() -> None:
    """Run the rows and write the result after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help=f"of {', '.join(CASES)} (default: all)")
    rows = common.known_rows("descent_against_dense")
    for name in parser.parse_args().rows or CASES:
        print(name, flush=True)
        rows[name] = row(CASES[name], torch.get_num_threads())
        print("  ratio  ", rows[name]["ratio"], flush=True)
        common.write("descent_against_dense", {"torch": torch.__version__, "rows": rows})


if __name__ == "__main__":
    main()
