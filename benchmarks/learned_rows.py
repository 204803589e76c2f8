"""Rows of training results, written one by one so that an interrupted benchmark goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import common
import numpy as np
import torch
from numpy.typing import NDArray

from hrgeom import certify
from hrgeom.core import Hierarchy
from hrgeom.learned import Config
from hrgeom.learned._trainer import Trained, train

Case = tuple[Hierarchy, Config, Path | None]


def run(
    name: str,
    cases: dict[str, Case],
    *,
    starts: dict[str, str] | None = None,
    scratch: Path | None = None,
) -> None:
    """Train every case that has no row with its config, and write after each.

    A case may have a file for its checkpoint, which is deleted once its row is written. `starts`
    names for some rows the row whose tables they start from; `scratch` is where tables are kept.
    """
    torch.set_num_threads(1)
    rows = common.known_rows(name)
    for label, (hierarchy, config, checkpoint) in cases.items():
        if label in rows and rows[label]["config"] == config.to_dict():
            continue
        first = (starts or {}).get(label)
        start = None
        if first is not None and scratch is not None:
            with np.load(tables_path(scratch, first)) as arrays:
                start = arrays["queries"], arrays["documents"]
        known_of_it = {"start": first} if first else {}
        trained, found = row(hierarchy, config, checkpoint, start, known_of_it)
        rows = common.known_rows(name) | {label: found}  # others may have written meanwhile
        if scratch is not None:
            e = trained.embedding
            np.savez(tables_path(scratch, label), queries=e.queries, documents=e.documents)
        print(label, json.dumps(found["test"]), flush=True)
        common.write(name, {"threads": 1, "torch": torch.__version__, "rows": rows})
        if checkpoint is not None:
            checkpoint.unlink()


def by_popularity(trained: Trained, hierarchy: Hierarchy) -> dict[str, Any]:
    """Return the recall of the test queries, in per cent, by the decade of |D(v)|."""
    relevance, embedding = hierarchy.relevance, trained.embedding
    decade = np.floor(np.log10(np.diff(relevance.transposed[0]))).astype(np.int64)
    hits, total = np.zeros((2, decade.max() + 1), dtype=np.int64)
    for q in trained.split.test.tolist():
        scores = embedding.documents @ embedding.queries[q]
        own = relevance.matches(q)
        if len(own) == len(scores):
            continue
        bar = np.partition(scores, len(scores) - len(own) - 1)[len(scores) - len(own) - 1]
        np.add.at(total, decade[own], 1)
        np.add.at(hits, decade[own[scores[own] > bar]], 1)
    shares = [None if n == 0 else round(100 * h / n, 3) for h, n in zip(hits, total, strict=True)]
    return {"from": (10 ** np.arange(len(total))).tolist(), "recall": shares}


def tables_path(scratch: Path, label: str) -> Path:
    """Return where the final tables of a row are kept."""
    return scratch / f"learned-{label.replace(', seed ', '-')}-tables.npz"


def row(
    hierarchy: Hierarchy,
    config: Config,
    checkpoint: Path | None,
    start: tuple[NDArray[Any], NDArray[Any]] | None,
    known: dict[str, Any],
) -> tuple[Trained, dict[str, Any]]:
    """Train and certify one case; return what came out, and its row."""
    trained = train(
        hierarchy,
        config,
        start=start,
        checkpoint=checkpoint,
        report=lambda s: print(s, flush=True),
    )
    certificate = certify(trained.embedding, hierarchy)
    looks = [entry for entry in trained.log if "step" in entry]
    best = [entry for entry in looks if entry["stage"] == looks[-1]["stage"] and entry["best"]]
    return trained, known | {
        "config": config.to_dict(),
        "test": trained.test.to_dict(),
        "by_popularity": by_popularity(trained, hierarchy),
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "validation": [[look["step"], look["recall"]["pairs"]] for look in looks],
        "best_step": best[-1]["step"],
        "last_step": looks[-1]["step"],
        "final_loss": looks[-1]["loss"],
        "train_seconds": looks[-1]["seconds"],
        "finish": trained.log[-1] if "finish" in trained.log[-1] else None,
    }
