"""Relevance without a hierarchy: which construction is chosen, in how many dimensions.

    python benchmarks/judgements.py [FOLDER]     # FOLDER: judgments such as LIMIT-small

Random k-subsets, and the judgments of a folder. For every relevance what each construction needs
at least, what was chosen and what its certificate says.

Results: benchmarks/results/judgements.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import common

from hrgeom import certify, construct, read_judgments
from hrgeom.constructions import CONSTRUCTIONS, promise_of
from hrgeom.core import Relevance
from hrgeom.datasets import random_subsets
from hrgeom.errors import HrgeomError

SEED = 0
SUBSETS = ((1_000, 46, 2), (1_000, 100, 2), (1_000, 100, 5), (1_000, 1_000, 5), (5_000, 500, 20))
TYPES = ("float64", "float32", "int8")


def row(relevance: Relevance, dtype: str) -> dict[str, Any]:
    """Return the fewest dimensions of each construction, and the certified choice."""
    choice = construct(relevance, fewest=True, dtype=dtype, seed=SEED)
    asked = {
        entry.name: promise_of(relevance, entry, dtype=dtype, seed=SEED) for entry in CONSTRUCTIONS
    }
    return {
        "dtype": dtype,
        "chosen": choice.embedding.construction,
        "dim": choice.embedding.dim,
        "verdict": choice.certificate.verdict,
        "n_violations": choice.certificate.n_violations,
        "n_pairs": choice.certificate.n_pairs,
        "normalized_margin": choice.certificate.normalized_margin_lower_bound,
        "fewest": {name: promise.dim for name, promise in asked.items() if promise},
    }


def ranking(relevance: Relevance) -> dict[str, Any]:
    """The moment curve where only each query's ranking counts: d = 2 min(k, s)."""
    try:
        embedding = construct(
            relevance, method="moment-curve", dtype="float64", notion="row", certify=False
        ).embedding
    except HrgeomError as error:
        return {"refused": str(error)}
    certificate = certify(embedding, relevance)
    return {"dim": embedding.dim, "verdict": certificate.verdict}


def main() -> None:
    """Run all and write the results."""
    cases = {
        f"{n:,} random {k}-subsets of {m:,}": random_subsets(n, m, k, seed=SEED)
        for n, m, k in SUBSETS
    }
    for folder in sys.argv[1:]:
        cases[Path(folder).name] = read_judgments(folder)
    results = {}
    for label, relevance in cases.items():
        results[label] = {
            "n_queries": relevance.n_queries,
            "n_documents": relevance.n_documents,
            "most_documents_of_a_query": relevance.max_matches,
            "most_queries_of_a_document": int(relevance.n_queries_of.max()),
            "rows": [row(relevance, dtype) for dtype in TYPES],
            "moment_curve_ranking": ranking(relevance),
        }
        print(label, json.dumps(results[label]), flush=True)
    print(common.write("judgments", {"seed": SEED, "relevances": results}))


if __name__ == "__main__":
    main()
