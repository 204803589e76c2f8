"""Margin by descent: certified over all pairs, with processor time and memory, row by row.

    python benchmarks/descent.py                      every row, one seed
    python benchmarks/descent.py --seeds 3 wordnet-64 some rows, three seeds

Every run is a process of its own. Processor seconds are those of the descent with its rounding and
repair, all threads together; reading and certifying are not in them. `go-32` and `go-64` need the
file that benchmarks/gene_ontology.py writes, named by the environment variable GO_IS_A.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import common

import hrgeom
from hrgeom.constructions import construct
from hrgeom.core import Hierarchy
from hrgeom.datasets import load, random_dag, random_tree


@dataclass(frozen=True)
class Row:
    """One hierarchy and what is asked of descent."""

    hierarchy: str
    dim: int
    dtype: str = "float32"
    bits: int | None = None
    effort: float = 1.0
    notion: str = "global"


EFFORTS = {64: (0.12, 0.25), 32: (0.12, 0.25, 0.5)}
"""Shorter descents than the rows with a name, for the picture of margin against time."""

ROWS = {
    "wordnet-64": Row("wordnet", 64, effort=1.8),
    "wordnet-64-short": Row("wordnet", 64, effort=0.5),
    "wordnet-32": Row("wordnet", 32, effort=1.5),
    "wordnet-32-float16": Row("wordnet", 32, "float16"),
    "wordnet-16": Row("wordnet", 16),
    "wordnet-16-int8": Row("wordnet", 16, "int8"),
    "wordnet-14": Row("wordnet", 14),
    "wordnet-128": Row("wordnet", 128, effort=1.8),
    "wordnet-256": Row("wordnet", 256, effort=1.0),
    "wordnet-16-4bits": Row("wordnet", 16, "int8", bits=4),
    "wordnet-96-signs": Row("wordnet", 96, "int8", bits=1),
    "wordnet-128-signs": Row("wordnet", 128, "int8", bits=1),
    "wordnet-64-default": Row("wordnet", 64),
    "wordnet-32-default": Row("wordnet", 32),
    "random-dag-64": Row("random-dag", 64, effort=1.4),
    "random-dag-32": Row("random-dag", 32, effort=1.5),
    "go-32": Row("go", 32),
    "go-64": Row("go", 64),
    "tree-100000-32": Row("tree-100000", 32),
    "mammals-8-4bits": Row("wordnet-mammals", 8, "int8", bits=4),
    "mammals-32-signs": Row("wordnet-mammals", 32, "int8", bits=1),
    "mammals-16": Row("wordnet-mammals", 16),
    "mammals-64": Row("wordnet-mammals", 64),
    **{
        f"wordnet-{dim}-effort-{effort:g}": Row("wordnet", dim, effort=effort)
        for dim, efforts in EFFORTS.items()
        for effort in efforts
    },
}


def hierarchy_of(name: str) -> Hierarchy:
    """Return a hierarchy by its name here."""
    if name == "random-dag":
        return random_dag(40_000, extra_parents=0.4, n_levels=16, seed=0)
    if name.startswith("tree-"):
        return random_tree(int(name.removeprefix("tree-")), seed=0)
    if name == "go":
        return hrgeom.read_hierarchy(os.environ["GO_IS_A"])
    return load(name)


def measure(name: str, seed: int) -> dict[str, Any]:
    """Run one row in this process."""
    row = ROWS[name]
    hierarchy = hierarchy_of(row.hierarchy)
    relevance = hierarchy.relevance
    options = {} if row.bits is None else {"bits": row.bits}
    cpu, wall = time.process_time(), time.monotonic()
    result = construct(
        hierarchy,
        method="descent",
        dim=row.dim,
        dtype=row.dtype,
        seed=seed,
        notion=row.notion,
        effort=row.effort,
        certify=False,
        **options,
    )
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    certificate = hrgeom.certify(result.embedding, hierarchy)
    return {
        "hierarchy": row.hierarchy,
        "n_nodes": relevance.n_queries,
        "n_pairs": relevance.n_queries * relevance.n_documents,
        "dim": row.dim,
        "dtype": row.dtype,
        "bits": row.bits,
        "bits_per_vector": row.dim * (row.bits or 8 * result.embedding.queries.itemsize),
        "notion": row.notion,
        "seed": seed,
        "effort": row.effort,
        "epochs": result.embedding.parameters["epochs"],
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "margin": certificate.normalized_margin_lower_bound,
        "cpu_seconds": round(cpu, 1),
        "wall_seconds": round(wall, 1),
        "max_rss_mb": peak,
        "certificate": certificate.to_dict(),
    }


def main() -> None:
    """Run rows, each in a process of its own, and keep what they give."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help=f"of {', '.join(ROWS)} (default: all)")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, from 0")
    parser.add_argument("--one", type=int, metavar="SEED", help="run one row in this process")
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(measure(arguments.rows[0], arguments.one)))
        return
    known = common.known_rows("descent")
    for name in arguments.rows or ROWS:
        for seed in range(arguments.seeds):
            command = [sys.executable, __file__, name, "--one", str(seed)]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found = json.loads(printed.splitlines()[-1])
            known[f"{name}, seed {seed}"] = found
            shown = {key: value for key, value in found.items() if key != "certificate"}
            print(name, json.dumps(shown), flush=True)
            common.write("descent", {"rows": known})


if __name__ == "__main__":
    main()
