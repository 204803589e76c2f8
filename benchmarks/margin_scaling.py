"""How the margin by descent depends on the number of nodes, the levels and the sizes of the sets.

    python benchmarks/margin_scaling.py              # a quarter of an hour, one thread

Descent with its defaults, effort 1, without the last stage that small hierarchies have, certified
over all pairs in float32. One thing is varied at a
time: nodes of random recursive trees; levels, nodes and share of second parents of random DAGs.
Small inputs take more epochs by default, so some are measured with those of large ones as well.
Results: benchmarks/results/margin_scaling.json; what is there already is not computed again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import common

from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Hierarchy
from hrgeom.datasets import random_dag, random_tree
from hrgeom.descent import descend

EPOCHS = {1_000: 480, 4_000: 200, 16_000: 80}
"""Those of effort 1 (`hrgeom.descent.Schedule`)."""


@dataclass(frozen=True)
class Case:
    """A hierarchy to descend on: a random DAG if levels are limited, else a random tree."""

    n_nodes: int
    dim: int
    seed: int = 0
    n_levels: int | None = None
    extra_parents: float = 0.0
    effort: float = 1.0

    @property
    def label(self) -> str:
        """The name of its row."""
        kind = "random tree"
        if self.n_levels is not None:
            kind = f"random DAG, {self.n_levels} levels, {self.extra_parents:g} extra parents"
        effort = "" if self.effort == 1 else f", effort {self.effort:.3g}"
        return f"{kind}, {self.n_nodes:,} nodes, d = {self.dim}{effort}, seed {self.seed}"

    def hierarchy(self) -> Hierarchy:
        """Make it."""
        if self.n_levels is None:
            return random_tree(self.n_nodes, seed=self.seed)
        return random_dag(
            self.n_nodes,
            extra_parents=self.extra_parents,
            n_levels=self.n_levels,
            seed=self.seed,
        )


def cases() -> Iterator[Case]:
    """Yield what is measured; cheap ones first."""
    for n in (1_000, 4_000):
        for extra, levels in ((0.0, (4, 8, 16)), (0.4, (4, 8, 16, 32))):
            for n_levels in levels:
                for dim in (16, 32, 64):
                    yield Case(n, dim, 0, n_levels, extra)
    for extra in (0.1, 0.2, 0.8):
        for dim in (32, 64):
            yield Case(4_000, dim, 0, 16, extra)
    for n in (1_250, 2_500, 5_000, 10_000, 20_000, 40_000):
        for seed in range(2 if n <= 10_000 else 1):
            yield Case(n, 32, seed)
    for n_levels in (8, 16):
        for extra in (0.0, 0.4):
            for dim in (32, 64):
                yield Case(16_000, dim, 0, n_levels, extra)
                for n in (1_000, 4_000):  # with the epochs of 16,000 nodes
                    yield Case(n, dim, 0, n_levels, extra, EPOCHS[16_000] / EPOCHS[n])


def measure(case: Case) -> dict[str, Any]:
    """Descend and certify."""
    hierarchy = case.hierarchy()
    relevance = hierarchy.relevance
    start = time.process_time()
    found = descend(relevance, dim=case.dim, seed=case.seed, effort=case.effort, threads=1)
    seconds = time.process_time() - start
    rows = DualEmbedding(found.queries, found.documents, found.threshold)
    certificate = certify(rows, hierarchy)
    return {
        **asdict(case),
        "n_levels": hierarchy.n_levels,
        "kind": "random tree" if case.n_levels is None else "random DAG",
        "max_matches": relevance.max_matches,
        "mean_matches": round(certificate.n_matches / relevance.n_queries, 2),
        "epochs": found.epochs,
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "margin": certificate.normalized_margin_lower_bound if certificate.holds else None,
        "cpu_seconds": round(seconds, 1),
    }


def main() -> None:
    """Run what is not there yet, and write after every row."""
    rows = common.known_rows("margin_scaling")
    for case in cases():
        if case.label not in rows:
            rows[case.label] = measure(case)
            print(case.label, rows[case.label], flush=True)
            common.write("margin_scaling", {"rows": rows})


if __name__ == "__main__":
    main()
