"""What a method found, compared with what is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._tree import Tree
from hrgeom.locate.evaluation._holdout import Queries

__all__ = ["Found", "Score", "Top", "best_level", "found_by_scores", "found_by_sets", "tops"]

Score = Callable[[slice], NDArray[Any]]
"""From a range of queries to the scores of all documents, shape (b, n)."""

_LISTED = 256  # best documents of each query that are looked at
_BLOCK = 64
_MOST_LEVELS = 300


@dataclass(frozen=True, eq=False)
class Found:
    """What a method found for the test queries.

    Attributes
    ----------
    sets : list of ndarray of int
        Retrieved documents, best first where they have an order.
    in_top : list of ndarray of bool, optional
        Whether each right ancestor is in the top |S|; None of a method without ranking.
    expected : ndarray of float64, shape (n_queries,), optional
        Expected F1, of methods that expect something.
    """

    sets: list[NDArray[np.int64]]
    in_top: list[NDArray[np.bool_]] | None
    expected: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Top:
    """Best documents of one query.

    Attributes
    ----------
    nodes : ndarray of int, shape (k,)
        Best first.
    scores : ndarray, shape (k,)
        Their scores.
    is_right : ndarray of bool, shape (k,)
        Whether each is a right ancestor.
    """

    nodes: NDArray[np.int64]
    scores: NDArray[Any]
    is_right: NDArray[np.bool_]


def tops(score: Score, queries: Queries) -> list[Top]:
    """Return the best documents of each query; ties in the order of the nodes."""
    found = []
    for start in range(0, len(queries), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(queries)))
        scores = score(part)
        k = min(_LISTED, scores.shape[1])
        columns = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        reached = np.take_along_axis(scores, columns, axis=1)
        order = np.lexsort((columns, -reached), axis=1)
        columns = np.take_along_axis(columns, order, axis=1)
        reached = np.take_along_axis(reached, order, axis=1)
        for nodes, values, right in zip(columns, reached, queries.truth[part], strict=True):
            found.append(Top(nodes, values, np.isin(nodes, right)))
    return found


def best_level(found: list[Top], queries: Queries) -> float:
    """Return the threshold of most mean F1."""
    every = np.concatenate([top.scores for top in found])
    levels = np.unique(np.quantile(every, np.linspace(0, 0.9995, _MOST_LEVELS)))
    total = np.zeros(len(levels))
    for top, right in zip(found, queries.truth, strict=True):
        # Scores fall, so that those above a level are the first ones.
        n_found = np.searchsorted(-top.scores, -levels, side="left")
        n_right = np.concatenate([[0], np.cumsum(top.is_right)])[n_found]
        total += 2 * n_right / (n_found + len(right))
    return float(levels[np.argmax(total)])


def found_by_scores(found: list[Top], queries: Queries, level: float) -> Found:
    """Return what is above a threshold, and the top |S|."""
    sets = [top.nodes[top.scores > level] for top in found]
    in_top = [
        np.isin(right, top.nodes[: len(right)])
        for top, right in zip(found, queries.truth, strict=True)
    ]
    return Found(sets, in_top)


def found_by_sets(
    tree: Tree, nodes: NDArray[np.int64], expected: NDArray[np.float64] | None = None
) -> Found:
    """Return S(v) for each query, nothing where v is -1."""
    empty = np.zeros(0, dtype=np.int64)
    sets = [tree.ancestors_upward(node) if node >= 0 else empty for node in nodes.tolist()]
    return Found(sets, None, expected)
