"""The least d in which training retrieves all pairs of n documents: loss, and kind of threshold.

    python benchmarks/learned_subsets.py                # n = 20 to 100: an hour, one thread
    python benchmarks/learned_subsets.py --n 20 40      # these

Bangachev et al. 2026 (arXiv:2605.23556): every set of two documents is a query; unit rows, the
whole score matrix in every step, Adam, rate 0.01 with 5 % warm-up and cosine to 1 %. They take
100,000 steps, here it is --steps, and a run ends as soon as its margin is certified positive.

Two margins: with a threshold for every query (row), or one for all (global). Their published
program takes the least match of *all* queries against the greatest non-match of all: global. For
global the search starts at the least d they publish, for row at 5; it goes down while training
succeeds, and up, by at most four, while it does not. So one run failed at the d below the result.

Sigmoid: log(1 + exp(-+ (score - b) / T)) over all pairs, T and b learnt; theirs keeps b = 0.
Softmax (InfoNCE): over all documents for each match of each query, other matches in the
denominator, T learnt. Beside them: the moment curve, certified, and what no embedding can do.
Results: benchmarks/results/learned_subsets.json, written after every search; those that are there
with the same number of steps are kept.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from itertools import combinations, product
from typing import Any

import common
import numpy as np

from hrgeom import DualEmbedding, certify, construct
from hrgeom.bounds import THEOREMS, all_bounds, strongest
from hrgeom.core import Notion, Relevance
from hrgeom.datasets import published_table

NAME = "learned_subsets"
SIZES = (20, 40, 60, 80, 100)
LOSSES = ("sigmoid", "infonce")
NOTIONS: tuple[Notion, ...] = ("global", "row")
FIRST_ROW, MOST_UP = 5, 4
LR, WARM_UP, LAST = 0.01, 0.05, 0.01
FIRST_TEMPERATURE = {"sigmoid": 1.0, "infonce": 0.1}
LOOK_EVERY = 50


def pairs_of(n: int) -> Relevance:
    """Return the relevance with a query for every two of n documents."""
    return Relevance.from_sets(combinations(range(n), 2), n)


def rate(step: int, steps: int) -> float:
    """Return the learning rate of a step: linear warm-up, then cosine.

    >>> [round(rate(step, 100), 4) for step in (0, 4, 5, 99)]
    [0.002, 0.01, 0.01, 0.0001]
    """
    warm = max(1, round(WARM_UP * steps))
    if step < warm:
        return LR * (step + 1) / warm
    done = (step - warm) / max(1, steps - 1 - warm)
    return LR * (LAST + (1 - LAST) * (1 + math.cos(math.pi * done)) / 2)


def margin(scores: Any, matches: Any, notion: Notion) -> float:
    """Return half the least gap of worst match and best non-match, of a row or of all.

    Parameters
    ----------
    scores : Tensor of float, shape (N, n)
    matches : Tensor of int64, shape (N, 2)
        The columns of each row's matches.
    notion : {"global", "row"}
    """
    worst = scores.gather(1, matches).amin(1)
    best = scores.scatter(1, matches, -math.inf).amax(1)
    gap = worst.min() - best.max() if notion == "global" else (worst - best).min()
    return float(gap) / 2


def loss_of(loss: str, scores: Any, matches: Any, scalars: Any) -> Any:
    """Return the loss of the whole matrix; `scalars` holds ln T and, for the sigmoid, b."""
    import torch

    if loss == "sigmoid":
        logits = (scores - scalars[1]) * torch.exp(-scalars[0])
        # softplus(-z) = softplus(z) - z on the matches
        total = torch.nn.functional.softplus(logits).sum() - logits.gather(1, matches).sum()
        return total / len(scores)
    logits = scores * torch.exp(-scalars[0])
    return torch.logsumexp(logits, 1).mean() - logits.gather(1, matches).mean()


def trained(
    loss: str, n: int, dim: int, notion: Notion, *, steps: int, seed: int = 0
) -> dict[str, Any]:
    """Train until the margin is certified positive, or the steps are done."""
    import torch

    relevance = pairs_of(n)
    matches = torch.tensor(relevance.indices.reshape(-1, 2).astype(np.int64))
    generator = torch.Generator().manual_seed(seed)
    tables = [
        torch.nn.functional.normalize(torch.randn(rows, dim, generator=generator), dim=1)
        for rows in (len(matches), n)
    ]
    scalars = torch.tensor([math.log(FIRST_TEMPERATURE[loss]), 0.0])
    leaves = [tensor.requires_grad_() for tensor in (*tables, scalars)]
    optimizer = torch.optim.Adam(leaves, lr=LR)
    best, started = -math.inf, time.perf_counter()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        optimizer.zero_grad()
        loss_of(loss, tables[0] @ tables[1].T, matches, scalars).backward()
        optimizer.step()
        with torch.no_grad():
            for rows in tables:
                rows.copy_(torch.nn.functional.normalize(rows, dim=1))
            if (step + 1) % LOOK_EVERY and step + 1 < steps:
                continue
            here = margin(tables[0] @ tables[1].T, matches, notion)
            best = max(best, here)
        if here > 0 or step + 1 == steps:
            found = certified(loss, notion, relevance, *tables, scalars)
            if found["verdict"] == "holds":
                break
    return {
        "d": dim,
        **found,
        "best_margin_seen": best,
        "steps": step + 1,
        "temperature": math.exp(float(scalars[0].detach())),
        "seconds": round(time.perf_counter() - started, 1),
    }


def certified(
    loss: str, notion: Notion, relevance: Relevance, queries: Any, documents: Any, scalars: Any
) -> dict[str, Any]:
    """Return the verdict on the stored float32 rows, any threshold; and at the sigmoid's b."""
    rows = [tensor.detach().numpy() for tensor in (queries, documents)]
    found = certify(DualEmbedding(*rows, notion=notion), relevance)
    result = {
        "verdict": found.verdict,
        "n_violations": found.n_violations,
        "normalized_margin": found.normalized_margin_lower_bound,
    }
    if loss == "sigmoid":
        bias = float(scalars.detach()[1])
        at_bias = DualEmbedding(*rows, threshold=bias, notion="global")
        result |= {"bias": bias, "at_bias": certify(at_bias, relevance).verdict}
    return result


def search(loss: str, n: int, notion: Notion, *, steps: int, first: int) -> dict[str, Any]:
    """Return the runs of the search for the least d, which starts at `first`."""
    runs: dict[int, dict[str, Any]] = {}

    def works(dim: int) -> bool:
        runs[dim] = trained(loss, n, dim, notion, steps=steps)
        print(n, loss, notion, json.dumps(runs[dim]), flush=True)
        return runs[dim]["verdict"] == "holds"

    dim = first
    if works(dim):
        while dim > 1 and works(dim - 1):
            dim -= 1
    else:
        while dim < first + MOST_UP and not works(dim + 1):
            dim += 1
        dim += 1
    return {
        "n": n,
        "loss": loss,
        "notion": notion,
        "steps": steps,
        "least_d": dim if runs.get(dim, {}).get("verdict") == "holds" else None,
        "runs": [runs[d] for d in sorted(runs)],
    }


def without_training(n: int) -> dict[str, Any]:
    """Return what the moment curve does, certified, and what no embedding can."""
    relevance = pairs_of(n)
    result: dict[str, Any] = {"n": n}
    for notion in ("row", "global"):
        curve = construct(
            relevance, method="moment-curve", dtype="float64", notion=notion, certify=False
        ).embedding
        certificate = certify(curve, relevance)
        result[f"moment_curve_{notion}"] = {
            "d": curve.dim,
            "verdict": certificate.verdict,
            "normalized_margin": certificate.normalized_margin_lower_bound,
        }
    dimension = [theorem for theorem in THEOREMS if theorem.quantity == "dimension"]
    bounds = all_bounds(relevance, theorems=dimension)
    for setting in ("row", "unit"):
        bound = strongest(bounds, "dimension", "lower", setting)
        if bound is not None:
            result[f"lower_bound_{setting}"] = {"d": bound.value, "theorem": bound.theorem}
    return result


def main() -> None:
    """Run what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--steps", type=int, default=5_000)
    args = parser.parse_args()

    import torch

    torch.set_num_threads(1)
    published = {int(row["n"]): row for row in published_table("bangachev-least-dim")}
    for n in args.n:
        beside = without_training(n)
        for loss, notion in product(LOSSES, NOTIONS):
            label = f"{loss} {notion} n={n}"
            if common.known_rows(NAME).get(label, {}).get("steps") == args.steps:
                continue
            least = int(published[n][loss])
            first = least if notion == "global" else FIRST_ROW
            found = search(loss, n, notion, steps=args.steps, first=first)
            row = {**found, "published_global": least, "without_training": beside}
            rows = common.known_rows(NAME) | {label: row}  # others may have written meanwhile
            common.write(NAME, {"threads": 1, "torch": torch.__version__, "seed": 0, "rows": rows})


if __name__ == "__main__":
    main()
