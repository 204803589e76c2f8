"""Lost in the long distance on a perfect tree: 4 levels, 5 children, d = 3, with and without root.

    python benchmarks/learned_tree.py            # a few minutes

One thread, three seeds. "batch" is softmax over the documents of a batch, "expected" the same
with every document once and its frequency as a weight, which is what batches are on average;
nothing else differs. "all" has no such weight. Second stages start from the expected one. Half of
the queries choose the checkpoint, the others are reported. Results:
benchmarks/results/learned_tree.json, written after every row; rows that are there are kept.
"""

from __future__ import annotations

from dataclasses import replace

import learned_rows

from hrgeom.hierarchy import Hierarchy
from hrgeom.learned import Config, Stage
from hrgeom.synthetic import perfect_tree

SEEDS = (0, 1, 2)
DIM = 3
BASE = Stage(2500, optimiser="adam", lr=0.1, batch=512, evaluate_every=500)
EXPECTED = replace(BASE, columns="all", frequency="expected", batch=2048)
FINETUNE = replace(
    EXPECTED,
    steps=200,
    sampler="far",
    cut=2,
    optimiser="sgd",
    temperature=500.0,
    lr=100.0,
    keep="best",
    evaluate_every=2,
)
STAGES: dict[str, tuple[Stage, ...]] = {
    "standard, batch": (BASE,),
    "standard, expected": (EXPECTED,),
    **{
        f"rebalanced p={share}": (replace(EXPECTED, sampler="rebalanced", share=share, cut=2),)
        for share in (0.9, 0.3, 0.03)
    },
    "recipe": (EXPECTED, FINETUNE),
    "recipe, T=20": (EXPECTED, replace(FINETUNE, temperature=20.0, lr=4.0)),
    "all documents": (replace(BASE, columns="all"),),
    "masked": (replace(BASE, columns="unique", labels="exact"),),
}


def without_root(tree: Hierarchy) -> Hierarchy:
    """Return the forest below the root, which is node 0."""
    edges = tree.edges[tree.edges[:, 1] > 0]
    return Hierarchy(tree.labels[1:], edges - 1)


def main() -> None:
    """Run what is missing."""
    tree = perfect_tree(5, 4)
    cases = {}
    for seed in SEEDS:
        for label, hierarchy in (("without root", without_root(tree)), ("with root", tree)):
            for name, stages in STAGES.items():
                config = Config(name, DIM, stages, seed=seed, n_validation=hierarchy.n_nodes)
                cases[f"{name}, {label}, seed {seed}"] = (hierarchy, config, None)
    learned_rows.run("learned_tree", cases)


if __name__ == "__main__":
    main()
