"""What every recipe retrieves on the 1,182 mammals of WordNet, one thread, three seeds.

    python benchmarks/learned_mammals.py         # a quarter of an hour

Recall is that of the queries that no checkpoint was chosen by. Results:
benchmarks/results/learned_mammals.json, written after every row; rows that are there are kept.
"""

from __future__ import annotations

from typing import Any

import learned_rows

from hrgeom.datasets import load
from hrgeom.learned import RECIPES

SEEDS = (0, 1, 2)
CASES: dict[str, dict[str, Any]] = {
    **{f"{name} d=8": {"recipe": name, "dim": 8} for name in RECIPES},
    **{
        f"{name} d={dim}": {"recipe": name, "dim": dim}
        for dim in (5, 16)
        for name in ("standard", "pretrain_finetune", "masked")
    },
    "masked_max_margin d=5": {"recipe": "masked_max_margin", "dim": 5},
    "from_construction d=2": {"recipe": "from_construction", "dim": 2},
    "masked d=2": {"recipe": "masked", "dim": 2},
}


def main() -> None:
    """Run what is missing."""
    mammals = load("wordnet-mammals")
    cases = {
        f"{name}, seed {seed}": (mammals, RECIPES[case["recipe"]](case["dim"], seed=seed), None)
        for seed in SEEDS
        for name, case in CASES.items()
    }
    learned_rows.run("learned_mammals", cases)


if __name__ == "__main__":
    main()
