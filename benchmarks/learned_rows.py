"""Rows of training results, written one by one so that an interrupted benchmark goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import common
import torch

from hrgeom import certify
from hrgeom.hierarchy import Hierarchy
from hrgeom.learned import Config
from hrgeom.learned.trainer import train

Case = tuple[Hierarchy, Config, Path | None]


def known(name: str) -> dict[str, dict[str, Any]]:
    """Return the rows that are there already."""
    path = common.RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else {}


def run(name: str, cases: dict[str, Case]) -> None:
    """Train every case that has no row with its config, and write after each.

    A case may have a file for its checkpoint, which is deleted once its row is written.
    """
    torch.set_num_threads(1)
    rows = known(name)
    for label, (hierarchy, config, checkpoint) in cases.items():
        if label in rows and rows[label]["config"] == config.to_dict():
            continue
        rows[label] = row(hierarchy, config, checkpoint)
        print(label, json.dumps(rows[label]["test"]), flush=True)
        common.write(name, {"threads": 1, "torch": torch.__version__, "rows": rows})
        if checkpoint is not None:
            checkpoint.unlink()


def row(hierarchy: Hierarchy, config: Config, checkpoint: Path | None) -> dict[str, Any]:
    """Train and certify one case."""
    trained = train(hierarchy, config, checkpoint=checkpoint, report=lambda s: print(s, flush=True))
    certificate = certify(trained.embedding, hierarchy)
    looks = [entry for entry in trained.log if "step" in entry]
    best = [entry for entry in looks if entry["stage"] == looks[-1]["stage"] and entry["best"]]
    return {
        "config": config.to_dict(),
        "test": trained.test.to_dict(),
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "best_step": best[-1]["step"],
        "last_step": looks[-1]["step"],
        "final_loss": looks[-1]["loss"],
        "train_seconds": looks[-1]["seconds"],
        "finish": trained.log[-1] if "finish" in trained.log[-1] else None,
    }
