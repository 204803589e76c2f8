r"""Named training recipes: functions that return the `Config` of a run.

Every recipe takes the dimension and the settings of `Training`; only `standard` states their
defaults. These suit a thousand nodes; WordNet's 82,115 nouns call for batches of 1,024 and tens
of thousands of steps. The guide *Training* has the recall of each.

Recipes differ in what they may know, which matters when their results are compared: `standard`,
`rebalanced`, `pretrain_finetune` and `sigmoid` with labels "pair" see pairs alone; `logq` knows
how often each document is drawn; `masked`, `sigmoid` with labels "exact", and what builds on
them know of every document in a batch whether it matches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypedDict, Unpack

from hrgeom.learned._config import Config, Labels, Stage

__all__ = [
    "RECIPES",
    "Training",
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


class Training(TypedDict, total=False):
    """Settings that every recipe takes; `standard` describes them and has their defaults."""

    steps: int
    batch: int
    lr: float
    seed: int


def standard(
    dim: int, *, steps: int = 3000, batch: int = 512, lr: float = 3.0, seed: int = 0
) -> Config:
    """Return standard training: uniform pairs, softmax over the batch's documents, T = 20.

    This is the setting of You et al. [1]_ as far as the paper states it: the optimizer, its rate
    and the number of steps are ours. The documents of a batch count as non-matches as often as
    they occur in it.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    steps : int
        Number of gradient steps, positive.
    batch : int
        Pairs drawn per step, positive.
    lr : float
        Learning rate of row-wise Adagrad, positive; never rescaled.
    seed : int
        Seed of the initial vectors, the pairs drawn and the validation queries.

    Returns
    -------
    config : Config
        One stage.

    Raises
    ------
    ConfigError
        If a setting is out of its range.

    References
    ----------
    .. [1] You et al., "Hierarchical Retrieval: The Geometry and a Pretrain-Finetune Recipe",
       NeurIPS 2025, arXiv:2509.16411.

    Examples
    --------
    >>> standard(64).stages[0].temperature
    20.0
    """
    return Config("standard", dim, (Stage(steps, batch=batch, lr=lr),), seed=seed)


def rebalanced(
    dim: int, *, share: float = 0.5, cut: int = 3, **training: Unpack[Training]
) -> Config:
    """Return `standard` with far pairs drawn more often.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    share : float
        Probability of drawing a pair from all pairs (p in You et al. 2025, arXiv:2509.16411);
        otherwise it is drawn from the far ones.
    cut : int
        Least distance from query to document of a far pair.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage.

    Examples
    --------
    >>> rebalanced(64, steps=500).stages[0].sampler
    'rebalanced'
    """
    return _with(
        standard(dim, **training), "rebalanced", sampler="rebalanced", share=share, cut=cut
    )


def pretrain_finetune(
    dim: int,
    *,
    cut: int = 3,
    finetune_steps: int = 200,
    finetune_lr: float = 200.0,
    finetune_batch: int = 512,
    finetune_temperature: float = 500.0,
    **training: Unpack[Training],
) -> Config:
    """Return the recipe of You et al. (2025): `standard`, then far pairs alone at a higher T.

    The second stage draws only far pairs, restarts with plain gradient descent, has T = 500
    instead of 20, and keeps the checkpoint that is best on the validation queries. The best one
    is kept because too long a second stage destroys the recall of near pairs.

    The paper [1]_ divides the learning rate by 1000; what that means depends on the optimizer, so
    the rate here is absolute.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    cut : int
        Least distance from query to document of the pairs in the second stage.
    finetune_steps : int
        Gradient steps of the second stage, positive.
    finetune_lr : float
        Learning rate of the second stage, positive.
    finetune_batch : int
        Pairs drawn per step of the second stage, positive.
    finetune_temperature : float
        Divisor of the scores in the second stage, positive.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`; the first three are those of
        the first stage.

    Returns
    -------
    config : Config
        Two stages.

    References
    ----------
    .. [1] You et al., "Hierarchical Retrieval: The Geometry and a Pretrain-Finetune Recipe",
       NeurIPS 2025, arXiv:2509.16411.

    Examples
    --------
    >>> [stage.sampler for stage in pretrain_finetune(64).stages]
    ['pairs', 'far']
    """
    first = standard(dim, **training)
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


def logq(dim: int, **training: Unpack[Training]) -> Config:
    """Return `standard` with the logarithm of a document's frequency subtracted from its scores.

    This is the logQ correction of sampled softmax [1]_.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage.

    References
    ----------
    .. [1] Yi et al., "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item
       Recommendations", RecSys 2019.

    Examples
    --------
    >>> logq(64).stages[0].frequency
    'divided out'
    """
    return _with(standard(dim, **training), "logq", frequency="divided out")


def sampled(dim: int, *, uniform: int = 512, **training: Unpack[Training]) -> Config:
    """Return softmax over all documents, estimated from `uniform` ones drawn uniformly.

    Popular documents are drawn no more often than others. Other matches count as non-matches.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    uniform : int
        Documents drawn uniformly per step, positive.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage.

    Examples
    --------
    >>> sampled(64).stages[0].columns
    'sampled'
    """
    return _with(standard(dim, **training), "sampled", columns="sampled", uniform=uniform)


def masked(dim: int, *, uniform: int = 512, **training: Unpack[Training]) -> Config:
    """Return softmax without the batch's other true matches in the denominator.

    Every document of the batch has one column, and `uniform` further documents are added. The
    best checkpoint is kept, and the run ends after ten evaluations without a better one.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    uniform : int
        Documents drawn uniformly and added to those of the batch, at least 0.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage.

    Examples
    --------
    >>> masked(64).stages[0].labels
    'exact'
    """
    return _with(
        standard(dim, **training),
        "masked",
        columns="unique",
        uniform=uniform,
        labels="exact",
        keep="best",
        evaluate_every=100,
        patience=10,
    )


def sigmoid(
    dim: int, *, labels: Labels = "pair", uniform: int = 0, **training: Unpack[Training]
) -> Config:
    """Return a logistic loss for every pair of query and column, T and bias learned.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    labels : {"pair", "exact"}
        "pair": only the diagonal of a batch matches, as in SigLIP [1]_. "exact": every true match
        does, and every document has one column.
    uniform : int
        Documents drawn uniformly and added to those of the batch, at least 0.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage, named "sigmoid" or "sigmoid_exact" after its labels.

    References
    ----------
    .. [1] Zhai et al., "Sigmoid Loss for Language Image Pre-Training", ICCV 2023,
       arXiv:2303.15343.

    Examples
    --------
    >>> sigmoid(64).stages[0].loss
    'sigmoid'
    """
    exact = labels == "exact"
    return _with(
        standard(dim, **training),
        "sigmoid_exact" if exact else "sigmoid",
        loss="sigmoid",
        labels=labels,
        columns="unique" if exact else "batch",
        uniform=uniform,
    )


def sigmoid_exact(dim: int, *, uniform: int = 512, **training: Unpack[Training]) -> Config:
    """Return `sigmoid` with labels "exact" and further uniform documents.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    uniform : int
        Documents drawn uniformly and added to those of the batch, at least 0.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage.

    Examples
    --------
    >>> sigmoid_exact(64).stages[0].labels
    'exact'
    """
    return sigmoid(dim, labels="exact", uniform=uniform, **training)


def from_construction(dim: int, *, uniform: int = 512, **training: Unpack[Training]) -> Config:
    """Return `masked` from a certified construction, reduced or padded to `dim` dimensions.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    uniform : int
        Documents drawn uniformly and added to those of the batch, at least 0.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage.

    Examples
    --------
    >>> from_construction(64).start
    'construction'
    """
    config = masked(dim, uniform=uniform, **training)
    return replace(config, recipe="from_construction", start="construction")


def masked_max_margin(dim: int, *, uniform: int = 512, **training: Unpack[Training]) -> Config:
    """Return `masked`, and at the end the best vector for every query that is still wrong.

    Parameters
    ----------
    dim : int
        Dimension of the vectors, positive.
    uniform : int
        Documents drawn uniformly and added to those of the batch, at least 0.
    **training
        Any of `steps`, `batch`, `lr` and `seed`, as for `standard`.

    Returns
    -------
    config : Config
        One stage, followed by `hrgeom.constructions.max_margin_queries`.

    Examples
    --------
    >>> masked_max_margin(64).finish
    'max-margin queries'
    """
    config = masked(dim, uniform=uniform, **training)
    return replace(config, recipe="masked_max_margin", finish="max-margin queries")


def _with(config: Config, recipe: str, **changes: Any) -> Config:
    """Return the run of one stage under another name, with some fields of the stage changed."""
    (stage,) = config.stages
    return replace(config, recipe=recipe, stages=(replace(stage, **changes),))


RECIPES: dict[str, Callable[..., Config]] = {
    recipe.__name__: recipe
    for recipe in (
        *(standard, rebalanced, pretrain_finetune, logq, sampled, sigmoid, sigmoid_exact),
        *(masked, from_construction, masked_max_margin),
    )
}
"""Name -> recipe."""
