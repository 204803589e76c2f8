"""Methods beside the locator: cosine, votes of the nearest texts, flat classification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._views import unit
from hrgeom.locate.evaluation._holdout import HoldOut, Queries
from hrgeom.locate.evaluation._measures import (
    Found,
    Score,
    best_level,
    found_by_scores,
    found_by_sets,
    tops,
)

__all__ = ["METHODS", "Method", "by_scores"]

Method = Callable[[HoldOut], Found]
"""From a split to what is found for its test queries."""

_BLOCK = 64
_NEIGHBORS = (10, 30)
_TEMPERATURES = (0.02, 0.04, 0.08)
_SHARPNESS = (10.0, 20.0, 40.0)
_PRIORS = (0.0, 0.25, 0.5)
_LISTED = 200  # classes that count in a soft closure
_TIE = 1e-5  # per level: of documents with as many votes the upper ones come first


def by_scores(
    split: HoldOut, score_of: Callable[[Queries], Score], level: float | None = None
) -> Found:
    """Return what scores retrieve, at a threshold that is given or best on the tuning queries.

    Parameters
    ----------
    split : HoldOut
        With tuning and test queries.
    score_of : callable
        From `Queries` to a function from a slice of them to the scores of all documents, an
        ndarray of shape (b, n).
    level : float, optional
        The threshold; documents that score above it are retrieved. Default: that of most F1 on the
        tuning queries.

    Returns
    -------
    found : Found
        For the test queries.

    Examples
    --------
    A method that retrieves every node, for `evaluate(..., methods={"all": everything})`:

    >>> def everything(split):
    ...     n = split.hierarchy.n_nodes
    ...     return by_scores(split, lambda q: lambda part: np.ones((len(q.texts[part]), n)), 0.5)
    """
    if level is None:
        level = best_level(tops(score_of(split.tuning), split.tuning), split.tuning)
    return found_by_scores(tops(score_of(split.test), split.test), split.test, level)


def _cosine(split: HoldOut) -> Found:
    """Every node's own text as its document."""

    def score_of(queries: Queries) -> Score:
        rows = unit(queries.rows)
        return lambda part: rows[part] @ split.units.T

    return by_scores(split, score_of)


def _nearest(split: HoldOut) -> Found:
    """The answer of the node whose text is nearest."""
    nearest = _neighbors(split, split.test, 1)[0][:, 0]
    is_leaf = (split.tree.n_children == 0) & (split.tree.first_parent >= 0)
    return found_by_sets(
        split.tree, np.where(is_leaf[nearest], split.tree.first_parent[nearest], nearest)
    )


def _knn(split: HoldOut) -> Found:
    """Votes of the nearest texts for their ancestors; how many and how sharp is tuned."""
    near = {id(q): _neighbors(split, q, max(_NEIGHBORS)) for q in (split.tuning, split.test)}

    def votes(k: int, temperature: float) -> Callable[[Queries], Score]:
        def score_of(queries: Queries) -> Score:
            nodes, cosines = near[id(queries)]
            return _soft_closure(split, _weights(nodes[:, :k], cosines[:, :k], temperature))

        return score_of

    settings = [(k, t) for k in _NEIGHBORS for t in _TEMPERATURES]
    best = max(settings, key=lambda each: _recall(split.tuning, votes(*each)))
    return by_scores(split, votes(*best))


def _neighbors(
    split: HoldOut, queries: Queries, k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the nodes with the nearest texts and their cosines, nearest first."""
    rows, k = unit(queries.rows), min(k, len(split.texts))
    return _largest(lambda part: rows[part] @ split.units.T, len(rows), k)


def _largest(score: Score, n: int, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    nodes, values = [], []
    for start in range(0, n, _BLOCK):
        scores = score(slice(start, start + _BLOCK))
        columns = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        reached = np.take_along_axis(scores, columns, axis=1)
        order = np.lexsort((columns, -reached), axis=1)
        nodes.append(np.take_along_axis(columns, order, axis=1))
        values.append(np.take_along_axis(reached, order, axis=1))
    return np.concatenate(nodes), np.concatenate(values)


def _weights(
    nodes: NDArray[np.int64], values: NDArray[np.float32], temperature: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    powers = np.exp((values - values.max(axis=1, keepdims=True)) / temperature)
    return nodes, powers / powers.sum(axis=1, keepdims=True)


def _soft_closure(split: HoldOut, weighted: tuple[NDArray[np.int64], NDArray[np.float32]]) -> Score:
    """Return the weight of the answers that each document is in."""
    from scipy.sparse import csr_matrix

    nodes, weights = weighted
    indptr = np.arange(0, nodes.size + 1, nodes.shape[1])
    shape = (len(nodes), split.tree.n)
    found = (
        csr_matrix((weights.ravel(), nodes.ravel(), indptr), shape=shape) @ split.answers
    ).tocsr()
    ties = (split.tree.levels * _TIE).astype(np.float32)
    return lambda part: np.asarray(found[part].toarray()) - ties


def _recall(queries: Queries, score_of: Callable[[Queries], Score]) -> float:
    found = found_by_scores(tops(score_of(queries), queries), queries, 0.0).in_top
    assert found is not None
    return float(np.concatenate(found).mean())


def _classes(split: HoldOut) -> Callable[[Queries], tuple[NDArray[Any], NDArray[Any]]]:
    """Return what classifies queries: the likeliest inner nodes and their probabilities.

    A class is the mean of its own text and its children's; sharpness and the weight of the
    number of children are those of most right parents on the tuning queries.
    """
    tree = split.tree
    rows = unit(np.asarray(tree.sums_of_children(split.units)) + split.units[tree.inner])
    prior = np.log1p(tree.n_children_of_inner)

    def classified(queries: Queries, setting: tuple[float, float]) -> tuple[Any, Any]:
        asked, (sharp, weight) = unit(queries.rows), setting
        k = min(_LISTED, len(rows))
        found, values = _largest(
            lambda part: sharp * (asked[part] @ rows.T) + weight * prior, len(asked), k
        )
        nodes, shares = _weights(found, values, 1.0)
        return tree.inner[nodes], shares

    def n_right(setting: tuple[float, float]) -> int:
        nodes = classified(split.tuning, setting)[0][:, 0]
        return sum(node in right for node, right in zip(nodes, split.tuning.parents, strict=True))

    best = max(((s, w) for s in _SHARPNESS for w in _PRIORS), key=n_right)
    return lambda queries: classified(queries, best)


def _flat(split: HoldOut) -> Found:
    """The likeliest class and its ancestors."""
    return found_by_sets(split.tree, _classes(split)(split.test)[0][:, 0])


def _flat_soft(split: HoldOut) -> Found:
    """Ancestors of all classes, by probability."""
    classify = _classes(split)
    return by_scores(split, lambda queries: _soft_closure(split, classify(queries)))


METHODS: Mapping[str, Method] = {
    "nearest": _nearest,
    "knn": _knn,
    "flat": _flat,
    "flat-soft": _flat_soft,
    "cosine": _cosine,
}
"""Methods beside the locator, by name."""
