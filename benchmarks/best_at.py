"""Which construction with a theorem is best, and where: by what all of them promise.

    python benchmarks/best_at.py                 # a few minutes

Asked for every hierarchy, stored type and budget of dimensions: which construction is taken (the
largest margin promised, or the fewest dimensions without a budget), and whether it alone promises
so much, or another promises the same and comes later in the order of preference. The hierarchies
of `frontier.py` come from results/promises_*.json; the others, and judgments, are asked here.
Results: benchmarks/results/best_at.json.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import common
from frontier import BUDGETS as BUDGETS_OF_FRONTIER

from hrgeom.constructions import CONSTRUCTIONS, promise_of, promises
from hrgeom.core import Relevance
from hrgeom.datasets import random_subsets
from hrgeom.io import read_hierarchy

Budgets = tuple[int | None, ...]
SEED = 0
TYPES = ("float64", "float32", "float16", "int8")
BUDGETS: Budgets = (None, 16, 32, 64, 128, 256, 512)
SUBSETS = (
    (1_000, 46, 2),
    (1_000, 1_000, 5),
    (1_000, 100, 10),
    (20_000, 2_000, 3),
    (30_000, 250, 2),
)
EFFORT = 0.1  # of searches here: tens of seconds less each, a few dimensions more
ORDER = {entry.name: i for i, entry in enumerate(CONSTRUCTIONS)}
MORE = 1 + 1e-3  # of a margin: alone, not equal but for rounding
Point = dict[str, Any]  # construction, dim, margin


def relevances() -> dict[str, Callable[[], Relevance]]:
    """Return what `promises.py` has not asked for, by name."""

    def shared(name: str) -> Callable[[], Relevance]:
        return lambda: read_hierarchy(common.DATA / f"{name}.json.gz").relevance

    def subsets(n: int, m: int, k: int) -> Callable[[], Relevance]:
        return lambda: random_subsets(n, m, k, seed=SEED)

    return {
        "Disease Ontology": shared("disease-ontology"),
        "schema.org": shared("schema-org"),
        "Shopify": shared("shopify-product-taxonomy"),
        **{f"{n:,} random {k}-subsets of {m:,}": subsets(n, m, k) for n, m, k in SUBSETS},
    }


def asked(relevance: Relevance, dtype: str) -> list[Point]:
    """Return what is promised within any of the budgets, and by the dual frame without one."""
    found = [
        found
        for dim in BUDGETS
        for found in promises(relevance, dim=dim, dtype=dtype, seed=SEED, effort=EFFORT)
    ]
    likely = promise_of(relevance, "dual-frame", dtype=dtype, seed=SEED)
    found += [("dual-frame", likely)] if likely else []
    return [
        {"construction": name, "dim": promise.dim, "margin": promise.margin}
        for name, promise in found
    ]


def known() -> Iterator[tuple[str, str, Budgets, list[Point]]]:
    """Yield hierarchy, stored type, budgets and points of `promises.py`."""
    for name, budgets in BUDGETS_OF_FRONTIER.items():
        path = common.RESULTS / f"promises_{name}.json"
        for label, types in json.loads(path.read_text(encoding="utf-8"))["hierarchies"].items():
            for dtype, points in types.items():
                yield label, dtype, budgets[dtype], points


def asked_here() -> Iterator[tuple[str, str, Budgets, list[Point]]]:
    """Yield the same of `relevances`."""
    for label, make in relevances().items():
        relevance = make()
        for dtype in TYPES:
            yield label, dtype, BUDGETS, asked(relevance, dtype)


def taken(points: list[Point], budget: int | None) -> dict[str, Any] | None:
    """Return what is taken, and whether it is the only one that promises so much."""

    def worth(point: Point) -> float:
        return -point["dim"] if budget is None else point["margin"] or 0.0

    within = [p for p in points if budget is None or p["dim"] <= budget]
    if not within or max(map(worth, within)) == 0:
        return None  # nothing fits, or no margin is promised
    best = max(map(worth, within))
    enough = best if budget is None else best / MORE
    names = {p["construction"] for p in within if worth(p) >= enough}
    first = min(names, key=lambda name: ORDER[name])
    return {"construction": first, "alone": len(names) == 1, "equal": sorted(names - {first})}


def main() -> None:
    """Ask, and write which construction was taken where."""
    rows = []
    for source in (known, asked_here):
        started = time.perf_counter()
        for label, dtype, budgets, points in source():
            for budget in budgets:
                found = taken(points, budget)
                if found is not None:
                    rows.append({"relevance": label, "dtype": dtype, "budget": budget, **found})
            print(label, dtype, round(time.perf_counter() - started, 1), flush=True)
    print(common.write("best_at", {"seed": SEED, "effort": EFFORT, "rows": rows}))


if __name__ == "__main__":
    main()
