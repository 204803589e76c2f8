"""Margin descent in its dense form on a GPU: how much margin, in what time, certified.

    python benchmarks/descent_cuda.py                          # needs a GPU; about half an hour
    python benchmarks/descent_cuda.py --only mammals --device cpu --effort 0.1 --out /tmp

Every row is certified over all pairs on the CPU. With `--go FILE` also the Gene Ontology, from
`gene_ontology.py`. Results: benchmarks/results/descent_cuda.json.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import common

from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.datasets import load, random_dag, random_tree
from hrgeom.descent import Descent, descend_dense
from hrgeom.io import read_hierarchy


@dataclass(frozen=True)
class Case:
    """A hierarchy, the dimensions to try, and how often."""

    hierarchy: Callable[[], Hierarchy]
    dims: tuple[int, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    effort: float = 1.0


CASES = {
    "mammals": Case(lambda: load("wordnet-mammals"), (16, 64)),
    "wordnet": Case(lambda: load("wordnet"), (64, 32, 16, 12, 10, 8)),
    "random DAG, 40,000": Case(
        lambda: random_dag(40_000, extra_parents=0.4, n_levels=16, seed=0), (64, 32)
    ),
    "random tree, 100,000": Case(lambda: random_tree(100_000, seed=0), (32,), (0,)),
    "random tree, 1,000,000": Case(lambda: random_tree(1_000_000, seed=0), (32,), (0,), 0.3),
}


def device_name(device: str) -> str:
    """Return what the device is called, for the record."""
    import torch

    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    return f"{common.hardware_class()}, {torch.get_num_threads()} threads of torch"


def peak_bytes(device: str) -> int | None:
    """Return the most memory that torch has had on a GPU since it was asked last."""
    import torch

    if not device.startswith("cuda"):
        return None
    most = torch.cuda.max_memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    return most


def certified(found: Descent, hierarchy: Hierarchy) -> dict[str, Any]:
    """Return the certificate of the rows as float32 and as float16."""
    result = {}
    for dtype in ("float32", "float16"):
        embedding = DualEmbedding(
            found.queries.astype(dtype), found.documents.astype(dtype), found.threshold
        )
        certificate = certify(embedding, hierarchy)
        result[dtype] = {
            "holds": certificate.holds,
            "margin": certificate.normalized_margin_lower_bound,
            "n_violations": certificate.n_violations,
            "n_pairs": certificate.n_pairs,
        }
    return result


def row(hierarchy: Hierarchy, dim: int, seed: int, device: str, effort: float) -> dict[str, Any]:
    """Descend once and certify what was found."""
    peak_bytes(device)
    found = descend_dense(
        hierarchy.relevance,
        dim=dim,
        seed=seed,
        device=device,
        effort=effort,
        report=lambda line: print(f"  {line}", flush=True),
    )
    memory = peak_bytes(device)
    start = time.perf_counter()
    certificates = certified(found, hierarchy)
    return {
        "n_nodes": hierarchy.n_nodes,
        "dim": dim,
        "seed": seed,
        "effort": effort,
        "epochs": found.epochs,
        "seconds": round(found.seconds, 2),
        "device_bytes": memory,
        "observed_margin": found.margin,
        "rows_wrong": found.rows_wrong,
        "certificates": certificates,
        "certify_seconds": round(time.perf_counter() - start, 2),
        "history": [asdict(moment) for moment in found.history],
    }


def main(arguments: list[str] | None = None) -> None:
    """Run the cases and write the results after each row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda", help="device of torch (default: cuda)")
    parser.add_argument("--effort", type=float, default=1.0, help="factor on all epochs")
    parser.add_argument("--only", nargs="*", help=f"cases to run: {', '.join(CASES)}")
    parser.add_argument("--dim", type=int, nargs="*", help="dimensions, instead of the cases' own")
    parser.add_argument("--seed", type=int, nargs="*", help="seeds, instead of the cases' own")
    parser.add_argument("--go", type=Path, help="file of the Gene Ontology")
    parser.add_argument("--out", type=Path, help="folder of the result (default: results/)")
    options = parser.parse_args(arguments)
    if options.out:
        common.RESULTS = options.out
    cases = dict(CASES)
    if options.go:
        cases["Gene Ontology is_a"] = Case(lambda: read_hierarchy(options.go), (64, 32))
    device = device_name(options.device)
    print(device, flush=True)
    rows: dict[str, Any] = {}
    for name in options.only or cases:
        case, hierarchy = cases[name], cases[name].hierarchy()
        for dim in options.dim or case.dims:
            for seed in options.seed or case.seeds:
                label = f"{name}, d = {dim}, seed {seed}"
                print(label, flush=True)
                rows[label] = row(
                    hierarchy, dim, seed, options.device, options.effort * case.effort
                )
                shown = {k: v for k, v in rows[label].items() if k != "history"}
                print(f"  {shown}", flush=True)
                path = common.write("descent_cuda", {"device": device, "rows": rows})
    print(path)


if __name__ == "__main__":
    main()
