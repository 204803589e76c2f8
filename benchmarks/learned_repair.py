"""What convex solves add to trained tables: all 82,115 nouns of WordNet, documents as they are.

    python benchmarks/learned_repair.py masked-64         # minutes, after learned_wordnet.py

Every query that training left wrong gets the vector of largest ranking margin for the documents as
training left them. The tables are those that learned_wordnet.py leaves in --scratch. Where the
result holds, so does one with threshold 0 for all queries in a dimension more, which is certified
as well. Results: benchmarks/results/learned_repair.json.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import common
import learned_rows
import numpy as np

from hrgeom import DualEmbedding, certify
from hrgeom.core import Hierarchy
from hrgeom.datasets import load
from hrgeom.learned._evaluation import recall
from hrgeom.learned._repair import repaired
from hrgeom.learned._tables import DualTables


def row(nouns: Hierarchy, tables: Path) -> dict[str, Any]:
    """Repair what is wrong and certify the whole."""
    with np.load(tables) as arrays:
        queries, documents = arrays["queries"], arrays["documents"]
    every = np.arange(nouns.n_nodes)
    before = recall(DualTables(queries, documents, unit=False, device="cpu"), nouns, every)
    started = time.perf_counter()
    outcome = repaired(queries, documents, nouns.relevance, before.failing)
    seconds = time.perf_counter() - started
    embedding = DualEmbedding(outcome.queries, documents, notion="row")
    certificate = certify(embedding, nouns)
    after = recall(DualTables(outcome.queries, documents, unit=False, device="cpu"), nouns, every)
    result = {
        "before": before.to_dict(),
        "after": after.to_dict(),
        "n_failing": outcome.n_failing,
        "n_repaired": outcome.n_repaired,
        "repair_seconds": round(seconds, 1),
        "verdict": certificate.verdict,
        "n_violations": certificate.n_violations,
        "n_violating_queries": certificate.n_violating_queries,
        "margin": certificate.margin_lower_bound,
    }
    if certificate.holds:
        result["threshold_zero"] = threshold_zero(embedding, nouns)
    return result


def threshold_zero(embedding: DualEmbedding, nouns: Hierarchy) -> dict[str, Any]:
    """Certify the same with the middle of each query's gap in a further coordinate, float32."""
    queries, documents = (rows.astype(np.float64) for rows in embedding.values())
    middles = np.empty(len(queries))
    for q, vector in enumerate(queries):
        scores = documents @ vector
        own = nouns.relevance.matches(q)
        worst = scores[own].min()
        scores[own] = -np.inf
        middles[q] = (worst + scores.max()) / 2
    # one coordinate more takes each threshold off its scores: -r/sqrt(R) and sqrt(R), R the largest
    root = float(np.sqrt(np.abs(middles).max())) or 1.0
    rows = (
        np.hstack((queries, -middles[:, None] / root)),
        np.hstack((documents, np.full((len(documents), 1), root))),
    )
    found = certify(DualEmbedding(*(r.astype(np.float32) for r in rows), 0.0, "global"), nouns)
    return {
        "d": found.dim,
        "verdict": found.verdict,
        "n_violations": found.n_violations,
        "normalized_margin": found.normalized_margin_lower_bound,
    }


def main() -> None:
    """Repair the tables wanted."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="+", metavar="NAME", help="of learned_wordnet.py")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scratch", type=Path, default=Path(gettempdir()), metavar="DIR")
    args = parser.parse_args()
    nouns = load("wordnet")
    rows = common.known_rows("learned_repair")
    for name in args.rows:
        label = f"{name}, seed {args.seed}"
        rows[label] = row(nouns, learned_rows.tables_path(args.scratch, label))
        print(label, rows[label], flush=True)
        common.write("learned_repair", {"rows": rows})


if __name__ == "__main__":
    main()
