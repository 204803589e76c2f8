"""Every construction by name on one tangled DAG: what it gives, or which property is missing.

    python benchmarks/every_construction.py      # about half an hour

40,000 nodes, two in five with two parents, 16 levels, at most 88 ancestors. Results:
benchmarks/results/every_construction.json.
"""

from __future__ import annotations

import json
import time
from typing import Any

import common

from hrgeom import certify, construct
from hrgeom.constructions import CONSTRUCTIONS
from hrgeom.core import Hierarchy
from hrgeom.datasets import random_dag
from hrgeom.errors import HrgeomError

SEED = 0
TYPES = ("float64", "int8")
DIMS = {"gaussian": 1024, "dual-frame": 1024}  # their own choice is too large for this machine


def row(hierarchy: Hierarchy, method: str, dtype: str) -> dict[str, Any]:
    """Build and certify; a refusal is a result too."""
    started = time.perf_counter()
    dim = DIMS.get(method)
    record: dict[str, Any] = {"construction": method, "dtype": dtype}
    try:
        embedding = construct(
            hierarchy, method=method, dim=dim, dtype=dtype, seed=SEED, certify=False
        ).embedding
    except HrgeomError as error:
        return record | {"refused": str(error)}
    built = time.perf_counter() - started
    certificate = certify(embedding, hierarchy)
    return record | {
        "dim": embedding.dim,
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "n_pairs": certificate.n_pairs,
        "normalized_margin": certificate.normalized_margin_lower_bound,
        "construct_seconds": round(built, 1),
        "certify_seconds": round(certificate.seconds, 1),
    }


def main() -> None:
    """Run all and write the results."""
    hierarchy = random_dag(40_000, extra_parents=0.4, n_levels=16, seed=SEED)
    rows = []
    for method in (entry.name for entry in CONSTRUCTIONS):
        for dtype in TYPES:
            rows.append(row(hierarchy, method, dtype))
            print(json.dumps(rows[-1]), flush=True)
    print(common.write("every_construction", {"seed": SEED, "rows": rows}))


if __name__ == "__main__":
    main()
