r"""Named recipes: each is a function that returns the `Config` of a run.

All take `dim`, and as keywords `steps`, `batch`, `lr` and `seed`. The defaults suit a thousand
nodes; WordNet's 82,115 want batches of 1,024 and tens of thousands of steps. Recall figures: docs,
*Training*.

What a recipe may know differs, and is said when figures are set side by side: `standard`,
`rebalanced`, `pretrain_finetune` and `sigmoid` with labels "pair" see pairs alone; `logq` knows
how often each document is drawn; `masked`, `sigmoid` with labels "exact", and what builds on
them know for every document of a batch whether it matches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hrgeom.learned._config import Config, Labels, Stage

__all__ = [
    "RECIPES",
    "from_construction",
    "logq",
    "masked",
    "masked_max_margin",
    "pretrain_finetune",
    "rebalanced",
    "sampled",
    "sigmoid",
    "sigmoid_exact",
    "standard",
]


def standard(
    dim: int, *, steps: int = 3000, batch: int = 512, lr: float = 3.0, seed: int = 0
) -> Config:
    """Return the usual run: pairs drawn uniformly, softmax over the batch's documents, T = 20.

    The setting of You et al. (2025), arXiv:2509.16411, as far as it is known: optimizer, rate and
    number of steps are ours. Documents of a batch count as non-matches as often as they come.

    Parameters
    ----------
    dim : int
    steps, batch : int
    lr : float
        Of row-wise Adagrad.
    seed : int

    Examples
    --------
    >>> standard(64).stages[0].temperature
    20.0
    """
    return Config("standard", dim, (Stage(steps, batch=batch, lr=lr),), seed=seed)


def rebalanced(
    dim: int,
    *,
    share: float = 0.5,
    cut: int = 3,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return `standard` with far pairs drawn more often.

    With probability `share`, the paper's p, a pair is drawn from all, else from those of distance
    at least `cut`.
    """
    return _with(
        standard(dim, steps=steps, batch=batch, lr=lr, seed=seed),
        "rebalanced",
        sampler="rebalanced",
        share=share,
        cut=cut,
    )


def pretrain_finetune(
    dim: int,
    *,
    cut: int = 3,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
    finetune_steps: int = 200,
    finetune_lr: float = 200.0,
    finetune_batch: int = 512,
    finetune_temperature: float = 500.0,
) -> Config:
    """Return the recipe of You et al. (2025): `standard`, then far pairs alone at a higher T.

    The second stage draws pairs of distance at least `cut`, with plain gradient descent begun
    afresh, T = 500 in place of 20, and hands on its best checkpoint on the validation queries.
    Too long a second stage destroys the near end, which is why the best one counts.

    The paper divides the learning rate by 1000; what that means depends on the optimizer, so the
    rate here is absolute.
    """
    first = standard(dim, steps=steps, batch=batch, lr=lr, seed=seed)
    second = Stage(
        finetune_steps,
        sampler="far",
        cut=cut,
        optimizer="sgd",
        lr=finetune_lr,
        batch=finetune_batch,
        temperature=finetune_temperature,
        keep="best",
        evaluate_every=10,
    )
    return replace(first, recipe="pretrain_finetune", stages=(*first.stages, second))


def logq(
    dim: int, *, steps: int = 3000, batch: int = 512, lr: float = 3.0, seed: int = 0
) -> Config:
    """Return `standard` with ln of a document's frequency subtracted from its scores."""
    return _with(
        standard(dim, steps=steps, batch=batch, lr=lr, seed=seed), "logq", frequency="divided out"
    )


def sampled(
    dim: int,
    *,
    uniform: int = 512,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return softmax over all documents, estimated from `uniform` ones drawn uniformly.

    Popular documents are drawn no more often than others. Other matches count as non-matches.
    """
    return _with(
        standard(dim, steps=steps, batch=batch, lr=lr, seed=seed),
        "sampled",
        columns="sampled",
        uniform=uniform,
    )


def masked(
    dim: int,
    *,
    uniform: int = 512,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return softmax without the batch's other true matches in the denominator.

    Every document of the batch has one column, and `uniform` others come besides. The best
    checkpoint is kept, and the run ends after ten looks without a better one.
    """
    return _with(
        standard(dim, steps=steps, batch=batch, lr=lr, seed=seed),
        "masked",
        columns="unique",
        uniform=uniform,
        labels="exact",
        keep="best",
        evaluate_every=100,
        patience=10,
    )


def sigmoid(
    dim: int,
    *,
    labels: Labels = "pair",
    uniform: int = 0,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return a logistic loss for every pair of query and column, T and bias learnt.

    Labels "pair": only the diagonal of a batch matches, as SigLIP has it (arXiv:2303.15343).
    Labels "exact": every true match does, and every document has one column.
    """
    exact = labels == "exact"
    return _with(
        standard(dim, steps=steps, batch=batch, lr=lr, seed=seed),
        "sigmoid_exact" if exact else "sigmoid",
        loss="sigmoid",
        labels=labels,
        columns="unique" if exact else "batch",
        uniform=uniform,
    )


def sigmoid_exact(
    dim: int,
    *,
    uniform: int = 512,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return `sigmoid` with labels "exact" and further uniform documents."""
    return sigmoid(dim, labels="exact", uniform=uniform, steps=steps, batch=batch, lr=lr, seed=seed)


def from_construction(
    dim: int,
    *,
    uniform: int = 512,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return `masked` from a certified construction, reduced or padded to `dim` dimensions."""
    config = masked(dim, uniform=uniform, steps=steps, batch=batch, lr=lr, seed=seed)
    return replace(config, recipe="from_construction", start="construction")


def masked_max_margin(
    dim: int,
    *,
    uniform: int = 512,
    steps: int = 3000,
    batch: int = 512,
    lr: float = 3.0,
    seed: int = 0,
) -> Config:
    """Return `masked`, and at the end the best vector for every query that is still wrong."""
    config = masked(dim, uniform=uniform, steps=steps, batch=batch, lr=lr, seed=seed)
    return replace(config, recipe="masked_max_margin", finish="max-margin queries")


def _with(config: Config, recipe: str, **changes: Any) -> Config:
    """Return the run of one stage under another name, with some fields of the stage changed."""
    (stage,) = config.stages
    return replace(config, recipe=recipe, stages=(replace(stage, **changes),))


RECIPES: dict[str, Callable[..., Config]] = {
    recipe.__name__: recipe
    for recipe in (
        standard,
        rebalanced,
        pretrain_finetune,
        logq,
        sampled,
        sigmoid,
        sigmoid_exact,
        masked,
        from_construction,
        masked_max_margin,
    )
}
"""Name -> recipe."""
