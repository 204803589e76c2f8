"""Ceilings of the margin in any dimension, from the weights of the pairs at a soft optimum.

    python benchmarks/dual_ceiling.py            # some ten minutes
    python benchmarks/dual_ceiling.py --only "perfect (2, 6)" --steps 200

Rows of ample dimension climb the soft margin at one sharpness after another; its weights are
multipliers of the semidefinite programme, the best diagonal for them is found by alternating best
rows, and `margin_upper_bound` proves the bound whatever the weights are. So a ceiling that is not
converged is a weaker one, never a wrong one. Dense matrices: up to some 3,000 rows of both sides.
Results: benchmarks/results/dual_ceiling.json.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import common
import numpy as np
from margin_by_dimension import CASES
from numpy.typing import NDArray

from hrgeom.constructions import margin_upper_bound
from hrgeom.core import Relevance
from hrgeom.descent._ascent import Best, Iterate, ascend, unit_rows
from hrgeom.descent._near_pairs import AllPairs

NAMES = ("perfect (2, 6)", "perfect (2, 8)", "random DAG, 300", "WordNet mammals", "schema.org")
DIM = 128
SHARPNESSES = (25.0, 50.0, 100.0, 200.0)
STEPS = 600
MORE = 64  # dimensions for the best rows, beyond DIM
ROUNDS = 300  # of best rows

Rows = NDArray[np.float64]


def signs_of(relevance: Relevance) -> Rows:
    """Return 1 for matches and -1 for other pairs, shape (n, m)."""
    signs = np.full((relevance.n_queries, relevance.n_documents), -1.0)
    signs[np.repeat(np.arange(relevance.n_queries), relevance.n_matches), relevance.indices] = 1
    return signs


def soft_weights(scores: Rows, signs: Rows, sharpness: float) -> Rows:
    """Return the weights of the pairs in the soft margin: 1 in all over matches, 1 over others."""
    weights = np.empty_like(scores)
    for side, sign in ((signs > 0, -1.0), (signs < 0, 1.0)):
        exponents = sign * sharpness * scores[side]
        found = np.exp(exponents - exponents.max())
        weights[side] = found / found.sum()
    return weights


def best_diagonal(matrix: Rows, queries: Rows, documents: Rows) -> Rows:
    """Return the lengths of A z at rows that are best for each other, queries first.

    At the largest <A, Z> over unit rows in enough dimensions, Diag of these lengths less A is
    positive semidefinite.
    """
    for _ in range(ROUNDS):
        queries = unit_rows(matrix @ documents)
        documents = unit_rows(matrix.T @ queries)
    lengths = [np.linalg.norm(matrix @ documents, axis=1)]
    return np.concatenate((*lengths, np.linalg.norm(matrix.T @ queries, axis=1)))


def scaled_up(matrix: Rows, diagonal: Rows) -> Rows:
    """Return the diagonal times what makes it sufficient, up to rounding."""
    n = len(matrix)
    roots = np.sqrt(np.maximum(diagonal, diagonal.sum() * 1e-12))
    return roots**2 * np.linalg.norm(matrix / roots[:n, None] / roots[None, n:], 2)


def ceiling_of(relevance: Relevance, rows: Rows, sharpness: float) -> float:
    """Return the proved bound of the weights at some rows."""
    n = relevance.n_queries
    signs, rng = signs_of(relevance), np.random.default_rng(0)
    weights = soft_weights(rows[:n] @ rows[n:].T, signs, sharpness)
    matrix = signs * weights / 2
    noise = 0.02 * rng.standard_normal((len(rows), MORE))
    wide = unit_rows(np.hstack((rows, noise)))
    diagonal = scaled_up(matrix, best_diagonal(matrix, wide[:n], wide[n:]))
    return margin_upper_bound(relevance, weights, diagonal)


def bounds(relevance: Relevance, dim: int, steps: int) -> list[dict[str, Any]]:
    """Return the proved bound after every sharpness."""
    rng = np.random.default_rng(0)
    n_rows = relevance.n_queries + relevance.n_documents
    rows = unit_rows(rng.standard_normal((n_rows, dim)))
    problem = AllPairs(relevance, "global")
    best = Best(Iterate(rows, -np.inf))
    found = []
    for sharpness in SHARPNESSES:
        start = time.perf_counter()
        last, soft = ascend(problem, rows.astype(np.float32), sharpness, steps, best)
        rows = unit_rows(last.rows.astype(np.float64))
        entry = {"sharpness": sharpness, "margin": last.margin, "soft_margin": soft}
        entry["upper"] = ceiling_of(relevance, rows, sharpness)
        found.append({**entry, "seconds": round(time.perf_counter() - start, 1)})
        print(found[-1], flush=True)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Compute the ceilings of the hierarchies that are small enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=NAMES)
    parser.add_argument("--dim", type=int, default=DIM)
    parser.add_argument("--steps", type=int, default=STEPS, help="per sharpness")
    options = parser.parse_args(arguments)
    rows = common.known_rows("dual_ceiling")
    for name in options.only:
        hierarchy, ceiling = CASES[name]()
        print(name, "known ceiling", ceiling, flush=True)
        found = bounds(hierarchy.relevance, options.dim, options.steps)
        rows[name] = {
            "n_nodes": hierarchy.n_nodes,
            "dim": options.dim,
            "steps": options.steps,
            "known": ceiling,
            "upper": min(entry["upper"] for entry in found),
            "by_sharpness": found,
        }
        path = common.write("dual_ceiling", {"rows": rows})
    print(path)


if __name__ == "__main__":
    main()
