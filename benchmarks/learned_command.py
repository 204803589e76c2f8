"""One command from WordNet to a certified table: how long `hrgeom train` takes, solves and all.

    python benchmarks/learned_command.py     # six minutes on two quiet cores

A time is of no use without its machine and load: run it alone. Results:
benchmarks/results/learned_command.json.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import common

SETTINGS = "--dim 64 --recipe masked_max_margin --steps 14000 --batch 1024 --uniform 1024"


def run(out: Path) -> dict[str, Any]:
    """Run the command; return its time, its memory and what it wrote."""
    command = [sys.executable, "-m", "hrgeom", "train", "--tree", "wordnet", *SETTINGS.split()]
    started = time.perf_counter()
    subprocess.run([*command, "--out", str(out)], check=True)
    seconds = time.perf_counter() - started
    training = json.loads((out / "training.json").read_text(encoding="utf-8"))
    certificate = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    finish = training["log"][-1]
    return {
        "command": f"hrgeom train --tree wordnet {SETTINGS}",
        "seconds": round(seconds, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
        "config": training["config"],
        "training_seconds": training["log"][-2]["seconds"],
        "before_solves": finish["recall"],
        "n_failing": finish["n_failing"],
        "n_repaired": finish["n_repaired"],
        "verdict": certificate["verdict"],
        "n_violations": certificate["n_violations"],
        "margin": certificate["margin_lower_bound"],
        "test": training["test"],
    }


def main() -> None:
    """Measure, and write."""
    with tempfile.TemporaryDirectory() as folder:
        result = run(Path(folder) / "trained.emb")
    common.write("learned_command", result)
    print(json.dumps({name: result[name] for name in ("seconds", "verdict", "n_violations")}))


if __name__ == "__main__":
    main()
