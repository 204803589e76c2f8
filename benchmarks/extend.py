"""WordNet in later versions: extending an embedding beside starting over.

    python benchmarks/extend.py                     # some ten minutes on one core
    python benchmarks/extend.py --only "descent, 64"

Every embedding is built once, its certificate included, which is what starting over costs; it is
then extended by random changes (`hrgeom.datasets.later_version`). Both are commands, from file to
folder, and their processor time is that of the whole process. What was extended is certified
again over all pairs. Results: benchmarks/results/extend.json; what is there already is kept.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import common
import numpy as np

from hrgeom.datasets import later_version, load
from hrgeom.io import load as load_embedding
from hrgeom.io import write_hierarchy

METHODS: dict[str, tuple[str, ...]] = {
    "descent, 64": ("--method", "descent", "--dim", "64"),
    "default": (),
}
CHANGES: dict[str, dict[str, int]] = {
    "1,000 leaves": {"leaves": 1000},
    "100 inner nodes": {"inner": 100},
    "100 moved subtrees": {"moved": 100},
    "1,000 removed": {"removed": 1000},
    "250 leaves, 25 inner, 25 moved, 250 removed": {
        "leaves": 250,
        "inner": 25,
        "moved": 25,
        "removed": 250,
    },
}
TREE = "wordnet"


def command(*arguments: str) -> tuple[dict[str, Any], float]:
    """Run a command on one thread; return its JSON and the processor time it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "hrgeom", *arguments, "--threads", "1", "--quiet", "--json"],
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode > 1:
        raise SystemExit(done.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), seconds


def n_same_rows(one: Path, other: Path) -> tuple[int, int]:
    """Return how many rows of nodes in both have the same bytes, and how many there are."""
    a, b = load_embedding(one), load_embedding(other)
    place = {label: i for i, label in enumerate(b.query_labels)}
    both = [(i, place[label]) for i, label in enumerate(a.query_labels) if label in place]
    mine, theirs = np.array(both).T
    sides = ((a.queries[mine], b.queries[theirs]), (a.documents[mine], b.documents[theirs]))
    return sum(int((x == y).all(axis=1).sum()) for x, y in sides), 2 * len(both)


def row(folder: Path, built: Path, over: float, changes: dict[str, int]) -> dict[str, Any]:
    """Extend an embedding by changes, and certify the result over all pairs."""
    tree, out = folder / "later.json", folder / "later.emb"
    write_hierarchy(later_version(load(TREE), seed=1, **changes), tree)
    arguments = (str(built), "--tree", str(tree), "--out", str(out), "--force")
    told, seconds = command("extend", *arguments)
    whole, _ = command("certify", str(out))
    same, n = n_same_rows(built, out)
    return {
        "changes": told["changes"],
        "verdict": told["certificate"]["verdict"],
        "verdict_whole": whole["verdict"],
        "margin_before": told["margin_before"],
        "margin": told["margin"],
        "margin_whole": whole["normalised_margin_lower_bound"],
        "rows_kept": same,
        "rows_of_old_nodes": n,
        "cpu_seconds": round(seconds, 2),
        "cpu_seconds_starting_over": round(over, 2),
    }


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=list(METHODS))
    only = parser.parse_args(argv).only
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for method, options in METHODS.items():
            if only not in (None, method):
                continue
            built = folder / "built.emb"
            out = ("--out", str(built), "--force")
            _, over = command("construct", "--tree", TREE, *options, *out)
            for what, changes in CHANGES.items():
                key = f"{method}: {what}"
                if key in common.known_rows("extend"):
                    continue
                found = row(folder, built, over, changes)
                print(key, found, flush=True)
                common.write("extend", {"rows": {**common.known_rows("extend"), key: found}})


if __name__ == "__main__":
    main()
