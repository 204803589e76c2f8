"""What breaks where: top-s retrieval by the moment curve in float32, float64 and exact numbers.

    python benchmarks/moment_curve_floats.py     # a minute or two

Every query matches s random documents of m. Two ways to write the same polynomials:

- *published*: documents (t, ..., t^2s) for t = 0, ..., m - 1, queries the negative coefficients of
  the product of (t - t_j)^2, both rounded once (Wang et al. 2026, arXiv:2601.20844).
- *hrgeom*: the moment-curve construction, row notion, whose integers are centred and scaled.

Recall: the share of (query, match) pairs with fewer than s documents that score at least as much,
the match itself not counted, so ties count against it. Scores are matrix products in the type.
Exact integers retrieve everything (checked here).
Results: benchmarks/results/moment_curve_floats.json.
"""

from __future__ import annotations

from typing import Any

import common
import numpy as np
from numpy.typing import NDArray

import hrgeom
from hrgeom.core import Relevance
from hrgeom.datasets import random_subsets
from hrgeom.errors import ConstructionError

N_QUERIES, SEED = 500, 0
SIZES = (1, 2, 3, 4, 6, 8)
N_DOCUMENTS = (10, 15, 20, 30, 46, 70, 100, 150, 200, 300, 500, 1000, 2000)
TYPES = ("float32", "float64")


def published(relevance: Relevance, s: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return queries and documents as Python integers."""
    documents = np.array(
        [[t**j for j in range(1, 2 * s + 1)] for t in range(relevance.n_documents)], dtype=object
    )
    queries = []
    for q in range(relevance.n_queries):
        f = [1]
        for t in relevance.matches(q).tolist():
            for _ in range(2):  # times (x - t), lowest coefficient first
                f = [a - t * b for a, b in zip([0, *f], [*f, 0], strict=True)]
        queries.append([-a for a in f[1:]])
    return np.array(queries, dtype=object), documents


def recall(relevance: Relevance, queries: NDArray[Any], documents: NDArray[Any]) -> float:
    """Return the share of matches retrieved; a score that is no number retrieves nothing."""
    with np.errstate(over="ignore", invalid="ignore"):
        scores = queries @ documents.T
    found = 0
    for q in range(relevance.n_queries):
        matches = relevance.matches(q)
        for v in matches.tolist():
            at_least = np.count_nonzero(scores[q] >= scores[q, v]) - 1
            found += bool(scores[q, v] == scores[q, v]) and at_least < len(matches)
    return found / relevance.n_pairs


def rows_of(s: int, m: int) -> list[dict[str, Any]]:
    """Return recall by form and type."""
    relevance = random_subsets(N_QUERIES, m, s, seed=SEED)
    integers = published(relevance, s)
    if recall(relevance, *integers) != 1:
        raise SystemExit(f"exact integers must retrieve everything: s = {s}, m = {m}")
    rows = []
    for dtype in TYPES:
        with np.errstate(over="ignore"):
            rounded = [a.astype(np.float64).astype(dtype) for a in integers]
        rows.append({"form": "published", "dtype": dtype, "recall": recall(relevance, *rounded)})
        try:
            e = hrgeom.construct(
                relevance, method="moment-curve", dtype=dtype, notion="row", certify=False
            ).embedding
        except ConstructionError as error:
            rows.append({"form": "hrgeom", "dtype": dtype, "refused": str(error)})
            continue
        holds = hrgeom.certify(e, relevance, threads=1).holds
        value = recall(relevance, *e.values())
        rows.append({"form": "hrgeom", "dtype": dtype, "recall": value, "certified": holds})
    return [{"s": s, "m": m, **row} for row in rows]


def main() -> None:
    """Measure all sizes and write the results."""
    rows = [row for s in SIZES for m in N_DOCUMENTS for row in rows_of(s, m)]
    print(common.write("moment_curve_floats", {"seed": SEED, "n_queries": N_QUERIES, "rows": rows}))


if __name__ == "__main__":
    main()
