"""Shopping queries (ESCI): Exact products are near, Substitutes far; what training retrieves.

    python benchmarks/learned_esci.py                     # the sample, three seeds: some minutes
    python benchmarks/learned_esci.py --data shopping_queries_dataset_examples.parquet --locale us

Lookup tables, so products and queries have no text and every query judged is trained: recall of
E and S among the top |E + S| of all products, on queries that chose no checkpoint. `standard`
trains on Exact and Substitute pairs alike; `recipe` goes on from it with Substitutes only (far
pairs, T = 500) and keeps the best checkpoint on validation queries by recall of all pairs, `curve`
tells what each step did to both labels there; `masked` knows the true labels. Products that are
Complement or Irrelevant count as non-matches like any other. Beside them what a construction does
with the same judgments, certified, and what no embedding can.

Data: a JSONL file with "query", "product_id" and "esci_label", or the official parquet file of
github.com/amazon-science/esci-data (needs pandas and pyarrow). Results:
benchmarks/results/learned_esci.json, written after every row; rows that are there with the same
config and judgments are kept.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import common
import numpy as np

from hrgeom import certify, construct
from hrgeom.bounds import THEOREMS, all_bounds, strongest
from hrgeom.core import Relevance
from hrgeom.datasets import load_esci
from hrgeom.learned import Config, GradedRelevance, _recipes

NAME = "learned_esci"
DATA = common.DATA / "esci-sample.jsonl"
DIMS, SEEDS = (3, 8), (0, 1, 2)
STEPS, FINETUNE = 1500, 200
MISSING = (
    "{path} is not there: judgments of ESCI are not part of this repository; see "
    "github.com/amazon-science/esci-data, and say --data PATH"
)


def configs(dim: int, seed: int) -> dict[str, Config]:
    """Return the runs of one dimension; `recipe` is the second stage alone."""
    both = _recipes.pretrain_finetune(dim, cut=1, finetune_steps=FINETUNE, steps=STEPS, seed=seed)
    return {
        "standard": _recipes.standard(dim, steps=STEPS, seed=seed),
        "recipe": replace(both, stages=both.stages[1:]),
        "masked": _recipes.masked(dim, steps=STEPS, seed=seed),
    }


def row(graded: GradedRelevance, config: Config, start: Any) -> tuple[Any, dict[str, Any]]:
    """Train and certify one run; return its tables and its row."""
    from hrgeom.learned import train

    trained = train(graded, config, start=start)
    certificate = certify(trained.embedding, graded.relevance)
    looks = trained.log
    best = [look for look in looks if look["best"]]
    found = {
        "config": config.to_dict(),
        "judgments": graded.sha256,
        "test": trained.test.to_dict(),
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "best_step": best[-1]["step"],
        "curve": [[look["step"], *look["recall"]["by_distance"]] for look in looks],
        "seconds": looks[-1]["seconds"],
    }
    return (trained.embedding.queries, trained.embedding.documents), found


def without_training(relevance: Relevance) -> dict[str, Any]:
    """Return what a construction does, certified, and the bound it meets or does not."""
    embedding = construct(relevance, method="interval", dtype="float32", certify=False).embedding
    certificate = certify(embedding, relevance)
    dimension = [theorem for theorem in THEOREMS if theorem.quantity == "dimension"]
    bounds = all_bounds(relevance, theorems=dimension)
    lower = {
        setting: strongest(bounds, "dimension", "lower", setting) for setting in ("row", "zero")
    }
    return {
        "construction": embedding.construction,
        "d": embedding.dim,
        "notion": embedding.notion,
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "normalized_margin": certificate.normalized_margin_lower_bound,
        "lower_bounds": {
            setting: {"d": bound.value, "theorem": bound.theorem}
            for setting, bound in lower.items()
            if bound is not None
        },
    }


def is_known(row: dict[str, Any] | None, config: Config, graded: GradedRelevance) -> bool:
    """Return whether a row is of this config and these judgments."""
    found = (row or {}).get("config"), (row or {}).get("judgments")
    return found == (config.to_dict(), graded.sha256)


def described(graded: GradedRelevance) -> dict[str, Any]:
    """Return what the judgments are like."""
    relevance = graded.relevance
    return {
        "n_queries": relevance.n_queries,
        "n_products": relevance.n_documents,
        "n_exact_and_substitute": np.bincount(graded.distances, minlength=2).tolist(),
        "most_matches_of_a_query": relevance.max_matches,
        "products_by_number_of_queries": np.bincount(relevance.n_queries_of).tolist(),
    }


def main() -> None:
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, metavar="PATH")
    parser.add_argument("--locale", choices=("us", "es", "jp"), help="rows of the official file")
    parser.add_argument("--small-version", action="store_true", help="of the official file")
    parser.add_argument("--dims", type=int, nargs="+", default=DIMS, metavar="D")
    args = parser.parse_args()
    if not args.data.is_file():
        parser.exit(2, f"{MISSING.format(path=args.data)}\n")
    judged = load_esci(args.data, locale=args.locale, small_version=args.small_version)
    graded = GradedRelevance(*judged.graded("ES"))

    import torch

    torch.set_num_threads(1)
    rows = common.known_rows(NAME)
    data = {
        "threads": 1,
        "torch": torch.__version__,
        "data": args.data.name,
        "judgments": described(graded),
        "without_training": without_training(graded.relevance),
        "rows": rows,
    }
    for dim in args.dims:
        for seed in SEEDS:
            wanted = {f"{name} d={dim}, seed {seed}": c for name, c in configs(dim, seed).items()}
            # A recipe needs the tables of its standard run, so all three are run or none.
            if all(is_known(rows.get(label), c, graded) for label, c in wanted.items()):
                continue
            tables = None
            for label, config in wanted.items():
                start = tables if label.startswith("recipe") else None
                tables, rows[label] = row(graded, config, start)
                print(label, json.dumps(rows[label]["test"]), flush=True)
                common.write(NAME, data)


if __name__ == "__main__":
    main()
