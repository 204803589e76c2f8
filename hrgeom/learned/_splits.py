r"""Splits of queries and pairs, so that what is reported did not choose the checkpoint.

A lookup table has a row for every query and every document. The row of a query that was never
trained is random, so holding queries out of *training* measures nothing. Two splits make sense.

- `split_queries`: every query is trained. Some of them, *validation*, decide when to stop and
  which checkpoint to keep; others, *test*, are reported. What is reported is recall of pairs that
  were trained on (reconstruction), of queries that chose nothing.
- `split_pairs`: some pairs of distance at least 2 are held out of training, never drawn as a
  pair, and *not known* to the labels either: exact labels count them as non-matches, since
  to leave them out would tell where they are. Pairs of distance 0 and 1 stay, so every row is
  trained. Recall of the held-out pairs asks for prediction of the closure, another task.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy
from hrgeom.errors import HierarchyError

__all__ = ["QuerySplit", "split_pairs", "split_queries"]


@dataclass(frozen=True, eq=False)
class QuerySplit:
    """Disjoint samples of the queries.

    Attributes
    ----------
    validation : ndarray of int64, shape (k,)
        Numbers of the queries that choose checkpoints, ascending.
    test : ndarray of int64, shape (l,)
        Numbers of the queries whose recall is reported, ascending.
    """

    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def split_queries(n_queries: int, n_validation: int, n_test: int, *, seed: int = 0) -> QuerySplit:
    """Draw two disjoint random samples of the queries.

    Parameters
    ----------
    n_queries : int
        Number of queries, at least 2.
    n_validation : int
        Size of the validation sample, positive; at most half of the queries are taken.
    n_test : int
        Size of the test sample, positive; at most the remaining queries are taken.
    seed : int
        Seed of the samples.

    Returns
    -------
    split : QuerySplit
        Numbers of the queries of both samples, ascending.

    Raises
    ------
    HierarchyError
        If there are fewer than two queries, or a size is not positive.

    Examples
    --------
    >>> s = split_queries(50, 10, 20)
    >>> len(s.validation), len(s.test)
    (10, 20)
    """
    if n_queries < 2 or n_validation < 1 or n_test < 1:
        raise HierarchyError(
            "a split must have at least two queries and positive sizes: "
            f"got n_queries {n_queries}, n_validation {n_validation}, n_test {n_test}"
        )
    order = np.random.default_rng(seed).permutation(n_queries)
    size = min(n_validation, n_queries // 2)
    return QuerySplit(np.sort(order[:size]), np.sort(order[size : size + n_test]))


def split_pairs(hierarchy: Hierarchy, share: float, *, seed: int = 0) -> NDArray[np.bool_]:
    """Draw the pairs that are held out of training.

    Parameters
    ----------
    hierarchy : Hierarchy
        The hierarchy to train on.
    share : float
        Share of the pairs of distance at least 2, from 0 to 1; rounded to a whole number of pairs.
    seed : int
        Seed of the sample.

    Returns
    -------
    held_out : ndarray of bool, shape (n_pairs,)
        True for the pairs held out, in the order of the relevance.

    Raises
    ------
    HierarchyError
        If the share is not from 0 to 1.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> int(split_pairs(perfect_tree(2, 4), 0.5).sum())  # of 8 + 4 + 8
    10
    """
    if not 0 <= share <= 1:
        raise HierarchyError(f"share must be from 0 to 1: got {share}")
    candidates = np.flatnonzero(hierarchy.distances >= 2)
    rng = np.random.default_rng(seed)
    chosen = rng.choice(candidates, round(share * len(candidates)), replace=False)
    held = np.zeros(len(hierarchy.distances), dtype=np.bool_)
    held[chosen] = True
    return held
