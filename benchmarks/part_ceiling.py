"""Ceilings of the margin by first-order ascent on a part of a hierarchy with twins.

    python benchmarks/part_ceiling.py                       # some twenty minutes of processor time
    python benchmarks/part_ceiling.py --only "WordNet mammals"

Of the program in `hrgeom/bounds/ceilings/_part_ceiling.py`: rows of many dimensions climb the soft
margin over all groups of pairs, one sharpness after another (L-BFGS); its weights are the
multipliers. Small ones are left out, the others rounded to whole numbers. The best numbers y for
them come from rows that are best for each other (alternating, which also finds the largest <A, Z>
over unit rows), are scaled and rounded up, and what comes out is checked by `part_ceiling`, which
knows nothing of all this. A search that is not finished gives a weaker ceiling, never a wrong one.

There must be more dimensions than the optimum has (a few hundred): the soft margin's optimum is of
high rank, and in fewer the weights are of no use for this.

Results: benchmarks/results/part_ceiling.json, and multipliers in hrgeom/_data/ceiling-*.npz.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import common
import numpy as np
from numpy.typing import NDArray

import hrgeom
from hrgeom.bounds.ceilings import Part, PartCeiling, part_ceiling, part_of, write_ceiling
from hrgeom.core import Hierarchy
from hrgeom.datasets import load
from hrgeom.errors import ConstructionError

Rows = NDArray[Any]

MEMORY = 10  # of L-BFGS
LEVELS = 2**16 - 1  # of rounded weights
STEP = 2**20  # of y for each of these
KEPT = 0.998  # share of the weights, of matches and of others, that is stored
MORE = 32  # dimensions for the best rows, beyond those of the ascent


@dataclass(frozen=True)
class Case:
    """A hierarchy, which nodes stand for themselves, and how long to climb."""

    name: str  # of the bundled hierarchy
    n_inner: int  # nodes with most below them
    most: int  # nodes and classes
    dim: int
    steps: int  # for each sharpness
    sharpnesses: tuple[float, ...]


CASES = {
    "WordNet mammals": Case("wordnet-mammals", 293, 10_000, 448, 300, (25, 50, 100, 200)),
    "WordNet nouns": Case("wordnet", 600, 1200, 448, 250, (30, 60, 120)),
}


@dataclass(frozen=True)
class Weights:
    """Weights of groups: signed between nodes and classes, with the twins' own beside them."""

    signed: Rows  # sigma lambda, (k, k)
    twins: Rows  # mu, for classes


class SoftMargin:
    """The soft margin over all groups of pairs, each counted once, and its weights.

    Rows have a last coordinate of their own: the share of a twin that it shares with no other. It
    counts between a twin and itself, and as -1/(w - 1) between two of a class.
    """

    def __init__(self, part: Part, sharpness: float) -> None:
        self.k, self.sharpness = part.size, sharpness
        self.rows, self.columns = np.nonzero(part.matches)
        self.places = np.flatnonzero(part.matches.ravel())
        self.classes = np.flatnonzero(part.counts > 1)
        self.inverse = 1 / (part.counts[self.classes] - 1.0)
        self.diagonal = np.flatnonzero(self.rows == self.columns)
        self.is_own = np.zeros(self.k, dtype=bool)
        self.is_own[self.classes] = True
        self.margin = -np.inf

    def weights(self, rows: Rows) -> tuple[float, Weights]:
        """Return the soft margin and the weights of groups at some unit rows."""
        beta, (queries, documents) = self.sharpness, (rows[: self.k], rows[self.k :])
        scores = queries[:, :-1] @ documents[:, :-1].T
        shared = scores[self.classes, self.classes].astype(np.float64)
        own = (queries[self.classes, -1] * documents[self.classes, -1]).astype(np.float64)
        twins = shared - own * self.inverse
        matches = scores.ravel()[self.places].astype(np.float64)
        selves = np.zeros(self.k)
        selves[self.classes] = own
        matches[self.diagonal] += selves[self.rows[self.diagonal]]
        scores.ravel()[self.places] = -np.inf
        top, low = max(float(scores.max()), float(twins.max(initial=-1))), float(matches.min())
        of_matches = np.exp(-beta * (matches - low))
        scores -= top
        scores *= beta
        others = np.exp(scores, out=scores)
        of_twins = np.exp(beta * (twins - top))
        total, sum_of_matches = (
            float(others.sum(dtype=np.float64) + of_twins.sum()),
            of_matches.sum(),
        )
        self.margin = (low - top) / 2
        soft = (low - top - (np.log(sum_of_matches) + np.log(total)) / beta) / 2
        others *= -1 / total
        others.ravel()[self.places] = of_matches / sum_of_matches
        return float(soft), Weights(others, of_twins / total)

    def __call__(self, rows: Rows) -> tuple[float, Rows]:
        """Return the soft margin of unit rows and its gradient."""
        soft, weights = self.weights(rows)
        return soft, self.product(weights, rows) / 2

    def product(self, weights: Weights, rows: Rows) -> Rows:
        """Return, for every row, what the weights pull it to."""
        out = np.empty_like(rows)
        out[: self.k] = self.half(weights, rows[self.k :], transposed=False)
        out[self.k :] = self.half(weights, rows[: self.k], transposed=True)
        return out

    def half(self, weights: Weights, other: Rows, *, transposed: bool) -> Rows:
        """Return the same for one side, given the rows of the other."""
        signed = weights.signed.T if transposed else weights.signed
        out = signed @ other
        out[:, -1] = 0
        at = self.classes
        out[at] -= weights.twins[:, None].astype(other.dtype) * other[at]
        out[at, -1] = self.own(weights) * other[at, -1]
        return out

    def own(self, weights: Weights) -> Rows:
        """Return lambda_ii + mu_i/(w_i - 1) of every class."""
        at = self.classes
        return weights.signed[at, at] + weights.twins * self.inverse


def unit(rows: Rows) -> Rows:
    """Return the rows divided by their lengths."""
    return rows / lengths(rows)[:, None]


def lengths(rows: Rows) -> Rows:
    """Return the lengths of rows, no zeros."""
    return np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), np.float32(1e-30))


def dot(a: Rows, b: Rows) -> float:
    """Return the inner product of two matrices."""
    return float(np.vdot(a, b))


def ascend(objective: SoftMargin, rows: Rows, steps: int) -> Rows:
    """Raise a function of unit rows by L-BFGS (Nocedal and Wright, algorithm 7.4)."""

    def at(x: Rows) -> tuple[float, Rows]:
        long = lengths(x)[:, None]
        value, gradient = objective(x / long)
        gradient -= x * (np.einsum("ij,ij->i", gradient, x)[:, None] / long**2)
        return value, gradient / long

    history: deque[tuple[Rows, Rows, float]] = deque(maxlen=MEMORY)
    value, gradient = at(rows)
    for _ in range(steps):
        direction, factors = gradient.copy(), []
        for s, y, rho in reversed(history):
            factors.append(rho * dot(s, direction))
            direction -= factors[-1] * y
        if history:
            _, y, rho = history[-1]
            direction /= rho * dot(y, y)
        else:
            direction /= objective.sharpness * lengths(direction).max()
        for (s, y, rho), factor in zip(history, reversed(factors), strict=True):
            direction += (factor - rho * dot(y, direction)) * s
        slope, length = dot(gradient, direction), 1.0
        for _ in range(12):
            moved = rows + np.float32(length) * direction
            new_value, new_gradient = at(moved)
            if new_value >= value + 1e-4 * length * slope:
                break
            length *= 0.4
        else:
            if not history:
                break
            history.clear()
            continue
        s, y = moved - rows, gradient - new_gradient
        curvature = dot(s, y)
        if curvature > 1e-10 * np.sqrt(dot(s, s) * dot(y, y)):
            history.append((s, y, 1 / curvature))
        rows, value, gradient = moved, new_value, new_gradient
    return unit(rows)


def start(part: Part, dim: int, seed: int) -> Rows:
    """Return unit rows at random, twins with a good share of their own."""
    rows = np.random.default_rng(seed).standard_normal((2 * part.size, dim + 1)).astype(np.float32)
    classes = np.concatenate((part.counts > 1, part.counts > 1))
    rows[:, -1] = np.where(classes, 0.4 * np.sqrt(dim) * np.abs(rows[:, -1]), 0)
    return unit(rows)


def stored(objective: SoftMargin, weights: Weights, part: Part) -> tuple[Weights, Any]:
    """Return weights rounded to few levels, without the smallest, and the whole numbers."""
    values = np.abs(weights.signed.astype(np.float64))
    twins = np.zeros(part.size)
    twins[objective.classes] = weights.twins
    for side in (part.matches, ~part.matches):
        found = np.sort(values[side])[::-1]
        sums = np.cumsum(found)
        least = found[min(np.searchsorted(sums, KEPT * sums[-1]), len(found) - 1)]
        values[side & (values < least)] = 0
    quantum = values.max() / LEVELS
    whole, whole_twins = np.rint(values / quantum), np.rint(twins / quantum)
    signed = np.where(part.matches, whole, -whole) * quantum
    rounded = Weights(signed.astype(np.float32), whole_twins[objective.classes] * quantum)
    return rounded, (whole.astype(np.int64), whole_twins.astype(np.int64), quantum)


def best_lengths(objective: SoftMargin, weights: Weights, rows: Rows, rounds: int) -> Rows:
    """Return y: what the weights pull rows to that are best for each other."""
    k, rng = objective.k, np.random.default_rng(0)
    noise = 0.02 * rng.standard_normal((2 * k, MORE)).astype(np.float32)
    rows = unit(np.hstack((rows[:, :-1], noise, rows[:, -1:])))
    queries, documents = rows[:k], rows[k:]
    of_queries = of_documents = np.zeros(k)
    for _ in range(rounds):
        pulled = objective.half(weights, documents, transposed=False)
        of_queries, queries = lengths(pulled), unit(pulled)
        pulled = objective.half(weights, queries, transposed=True)
        of_documents, documents = lengths(pulled), unit(pulled)
    return np.concatenate((of_queries, of_documents)).astype(np.float64) / 2


def scaled(objective: SoftMargin, weights: Weights, y: Rows) -> Rows:
    """Return y times what makes the conditions hold, up to rounding."""
    from scipy.sparse.linalg import svds

    y = np.maximum(y, y.sum() * 1e-9)
    k, at = objective.k, objective.classes
    signed = weights.signed.astype(np.float64)
    signed[at, at] -= weights.twins
    matrix = signed / 2 / np.sqrt(y[:k, None] * y[None, k:])
    norm = float(svds(matrix, k=1, return_singular_vectors=False, tol=1e-10)[0])
    own = objective.own(weights) / 2 / np.sqrt(y[at] * y[k + at])
    return y * max(norm, float(own.max(initial=0)))


def certificate(
    hierarchy: Hierarchy, part: Part, objective: SoftMargin, rows: Rows, rounds: int
) -> tuple[PartCeiling, float]:
    """Return whole numbers that prove a bound, and the bound."""
    exact = objective.weights(rows)[1]
    weights, (whole, twins, quantum) = stored(objective, exact, part)
    y = scaled(objective, weights, best_lengths(objective, weights, rows, rounds))
    where = np.nonzero(whole)
    raised = 1e-7
    while True:
        diagonal = np.ceil(y * (1 + raised) / quantum * STEP).astype(np.int64)
        labels = tuple(hierarchy.labels[v] for v in part.nodes.tolist())
        found = PartCeiling(labels, part.counts, *where, whole[where], twins, diagonal, STEP)
        try:
            return found, part_ceiling(hierarchy, found)
        except ConstructionError:
            raised *= 4


def part_for(case: Case, hierarchy: Hierarchy) -> Part:
    """Return the part with the nodes that most are below."""
    n_below = hierarchy.relevance.n_queries_of
    inner = np.argsort(-n_below, kind="stable")[: case.n_inner]
    return part_of(hierarchy, inner[n_below[inner] > 1], most=case.most)


def climbed(case: Case, rounds: int) -> dict[str, Any]:
    """Climb, prove a ceiling after every sharpness, and write the best."""
    hierarchy = load(case.name)
    part = part_for(case, hierarchy)
    print(case, part.size, "nodes and classes", flush=True)
    rows, best, found = start(part, case.dim, 0), np.inf, []
    target = Path(hrgeom.__file__).parent / "_data" / f"ceiling-{case.name}.npz"
    for sharpness in case.sharpnesses:
        begin = time.process_time()
        objective = SoftMargin(part, sharpness)
        rows = ascend(objective, rows, case.steps)
        ceiling, bound = certificate(hierarchy, part, objective, rows, rounds)
        entry = {"sharpness": sharpness, "margin_of_part": objective.margin, "upper": bound}
        entry["n_weights"] = len(ceiling.weights)
        found.append({**entry, "cpu_seconds": round(time.process_time() - begin, 1)})
        print(found[-1], flush=True)
        if bound < best:
            best = bound
            write_ceiling(target, ceiling)
    return {
        "hierarchy": case.name,
        "n_inner": case.n_inner,
        "size": part.size,
        "n_nodes": int(part.counts.sum()),
        "dim": case.dim,
        "steps": case.steps,
        "upper": best,
        "by_sharpness": found,
    }


def main(arguments: list[str] | None = None) -> None:
    """Compute and store the ceilings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--rounds", type=int, default=400, help="of best rows")
    options = parser.parse_args(arguments)
    rows = common.known_rows("part_ceiling")
    for name in options.only:
        rows[name] = climbed(CASES[name], options.rounds)
        print(common.write("part_ceiling", {"rows": rows}))


if __name__ == "__main__":
    main()
