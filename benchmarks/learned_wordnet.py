"""What recipes retrieve on all 82,115 nouns of WordNet, one thread.

    python benchmarks/learned_wordnet.py                          # all rows: hours
    python benchmarks/learned_wordnet.py --rows masked-64 logq-64 # these
    python benchmarks/learned_wordnet.py --list

1,000 queries choose checkpoints, 5,000 others are reported. A recipe row finetunes the tables that
the standard row of its dimension and seed left in --scratch, so that row comes first. Results:
benchmarks/results/learned_wordnet.json, written after every row; rows that are there are kept,
and a row that was interrupted goes on from its checkpoint in --scratch.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import learned_rows

from hrgeom.datasets import load
from hrgeom.learned import RECIPES, Config, Stage

BATCH = 1024
STEPS = {16: 20_000, 32: 40_000, 64: 30_000}  # in-batch softmax: still creeping up, see docs
QUICK = 12_000  # what sees more than pairs is nearly done by then
LONG = 20_000  # recall gains little after that; at d = 24 the solves mend all after twice as many
FINETUNE = Stage(
    steps=200,
    sampler="far",
    optimizer="sgd",
    lr=500.0,
    batch=4096,
    temperature=500.0,
    keep="best",
    evaluate_every=10,
)
FINETUNE_STEPS = {16: 400, 32: 400, 64: 200}  # past the best checkpoint
CUTS = {16: (3,), 32: (3, 4), 64: (3, 4, 5)}


def configs(seed: int) -> Iterator[tuple[str, Config]]:
    """Yield (name, config) of every row of a seed."""
    often: dict[str, Any] = {"batch": BATCH, "seed": seed}
    exact: dict[str, Any] = {**often, "uniform": 1024}
    for dim in (64, 32, 16):
        yield f"masked-{dim}", RECIPES["masked"](dim, steps=LONG, **exact)
        yield f"standard-{dim}", RECIPES["standard"](dim, steps=STEPS[dim], **often)
        finetune = replace(FINETUNE, steps=FINETUNE_STEPS[dim])
        for cut in CUTS[dim]:
            stages = (replace(finetune, cut=cut),)
            yield f"recipe-{dim}-cut{cut}", Config("finetune", dim, stages, seed=seed)
        # T and rate doubled: chosen on the validation queries of d = 64, seed 0, among three
        stages = (replace(finetune, cut=3, lr=1000.0, temperature=1000.0),)
        yield f"recipe-{dim}-cut3-T1000", Config("finetune", dim, stages, seed=seed)
    # Controls, and what they are to be compared with after as many steps.
    yield "standard-64-12k", RECIPES["standard"](64, steps=QUICK, **often)
    yield "sigmoid-64-12k", diagonal(64, QUICK, seed)
    yield "sigmoid-64", diagonal(64, STEPS[64], seed)
    for share in (0.5, 0.1):
        recipe = RECIPES["rebalanced"](64, share=share, steps=QUICK, **often)
        yield f"rebalanced-64-p{share}", recipe
    yield "logq-64", RECIPES["logq"](64, steps=QUICK, **often)
    yield "sampled-64", RECIPES["sampled"](64, steps=QUICK, **exact)
    yield "sigmoid_exact-64", RECIPES["sigmoid_exact"](64, steps=QUICK, **exact)
    # How few dimensions do?
    for dim, steps in ((24, LONG), (24, 2 * LONG), (20, 2 * LONG)):
        name = f"masked-{dim}" if steps == LONG else f"masked-{dim}-{steps // 1000}k"
        yield name, RECIPES["masked"](dim, steps=steps, **exact)
    # Does training keep an exact start?
    for name, lr in (("from_construction-64", 3.0), ("from_construction-64-slow", 0.03)):
        yield name, RECIPES["from_construction"](64, steps=6_000, lr=lr, **exact)


def diagonal(dim: int, steps: int, seed: int) -> Config:
    """Return the sigmoid loss with the labels of pairs.

    T starts at 10 and rate 3: chosen on the validation queries of seed 100 after 6,000 and 12,000
    steps, among T of 2, 5, 10 and 20 and rates of 3, 5 and 10: six settings, T of 20 with seed 0.
    """
    config = RECIPES["sigmoid"](dim, steps=steps, batch=BATCH, seed=seed)
    (stage,) = config.stages
    return replace(config, stages=(replace(stage, temperature=10.0),))


def sparser(config: Config) -> Config:
    """Return the config with fewer looks: one takes a second or two here."""
    stages = tuple(
        replace(stage, evaluate_every=max(stage.evaluate_every, stage.steps // 12))
        for stage in config.stages
    )
    return replace(config, stages=stages)


def main() -> None:
    """Run what is missing of the rows wanted."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scratch", type=Path, default=Path(gettempdir()), metavar="DIR")
    parser.add_argument("--list", action="store_true", help="print the names of the rows")
    args = parser.parse_args()
    rows = dict(configs(args.seed))
    if args.list:
        print("\n".join(rows))
        return
    unknown = set(args.rows or ()) - rows.keys()
    if unknown:
        parser.error(f"--rows must be names that --list prints: got {', '.join(sorted(unknown))}")
    nouns = load("wordnet")
    cases = {
        f"{name}, seed {args.seed}": (
            nouns,
            sparser(rows[name]),
            args.scratch / f"learned-{name}-{args.seed}.npz",
        )
        for name in args.rows or rows
    }
    starts = {
        label: f"standard-{label.split('-')[1]}, seed {args.seed}"
        for label in cases
        if label.startswith("recipe-")
    }
    learned_rows.run("learned_wordnet", cases, starts=starts, scratch=args.scratch)


if __name__ == "__main__":
    main()
