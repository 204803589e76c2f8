"""What every construction promises by itself, by stored type and budget of dimensions.

    python benchmarks/promises.py                # a few minutes

The hierarchies and budgets of `frontier.py`, none built: `frontier.py` certifies the best.
Results: benchmarks/results/promises_NAME.json.
"""

from __future__ import annotations

from typing import Any

import common
from frontier import BUDGETS, SEED, Budgets, hierarchies

from hrgeom.constructions import promises
from hrgeom.core import Hierarchy


def promised(hierarchy: Hierarchy, budgets: Budgets) -> dict[str, list[dict[str, Any]]]:
    """Return the points by stored type; margin None where the certificate decides."""
    found = {}
    for dtype, dims in budgets.items():
        points = {
            (name, promise.dim, promise.margin)
            for dim in {*dims, None}
            for name, promise in promises(hierarchy.relevance, dim=dim, dtype=dtype, seed=SEED)
        }
        found[dtype] = [
            {"construction": name, "dim": dim, "margin": margin}
            for name, dim, margin in sorted(points, key=lambda point: point[:2])
        ]
    return found


def main() -> None:
    """Run all sets and write their results."""
    for name, budgets in BUDGETS.items():
        results = {label: promised(h, budgets) for label, h in hierarchies(name).items()}
        print(common.write(f"promises_{name}", {"seed": SEED, "hierarchies": results}))


if __name__ == "__main__":
    main()
