"""Trained text towers as methods of an evaluation."""

from __future__ import annotations

from hrgeom.core import Relevance
from hrgeom.locate.evaluation._holdout import HoldOut, Queries
from hrgeom.locate.evaluation._measures import Found, Score
from hrgeom.locate.evaluation._methods import Method, by_scores

__all__ = ["trained_towers"]

_RECIPES = {
    "in-batch": "standard",
    "pretrain-finetune": "pretrain_finetune",
    "masked": "masked",
}

_FAR = 3  # edges


def trained_towers(*, dim: int = 64, steps: int = 3000, minutes: float = 2.0) -> dict[str, Method]:
    """Return dual encoders with a trained text tower, as methods for `evaluate`.

    Parameters
    ----------
    dim : int
        Dimension of the vectors.
    steps : int
        Gradient steps of 512 pairs.
    minutes : float
        Time for each tower in each split; one that is cut off is not reproducible.

    Returns
    -------
    methods : dict of str to callable
        "in-batch": softmax over the documents of a batch, the usual training.
        "pretrain-finetune": the same, then far pairs alone at a higher temperature. "masked": other
        ancestors left out of the denominator. Each requires torch when it is called.

    References
    ----------
    .. [1] You et al., "Hierarchical Retrieval: The Geometry and a Pretrain-Finetune Recipe",
       NeurIPS 2025, arXiv:2509.16411.

    Examples
    --------
    >>> list(trained_towers())
    ['in-batch', 'pretrain-finetune', 'masked']
    """

    def method(recipe: str) -> Method:
        return lambda split: _by_tower(split, recipe, dim, steps, minutes)

    return {name: method(recipe) for name, recipe in _RECIPES.items()}


def _by_tower(split: HoldOut, recipe: str, dim: int, steps: int, minutes: float) -> Found:
    from hrgeom.learned import RECIPES, text_config, train_text

    far = {}
    if recipe == "pretrain_finetune":  # a shallow hierarchy has no pairs as far as the recipe's
        far["cut"] = min(_FAR, int(split.hierarchy.distances.max()))
    config = text_config(RECIPES[recipe](dim, steps=steps, seed=split.seed, **far))
    right = [set(documents.tolist()) for documents in split.tuning.truth]
    tower = train_text(
        split.hierarchy,
        split.rows,
        config,
        validation=(split.tuning.rows, Relevance.from_sets(right, split.hierarchy.n_nodes)),
        minutes=minutes,
    )

    def score_of(queries: Queries) -> Score:
        vectors = tower.queries(queries.rows)
        return lambda part: vectors[part] @ tower.documents.T

    return by_scores(split, score_of)
