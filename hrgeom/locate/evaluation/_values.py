"""What an evaluation found: one row per method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Evaluation", "MethodScores"]


@dataclass(frozen=True)
class MethodScores:
    """How one method did on the held-out leaves, as mean over the splits; all shares from 0 to 1.

    Attributes
    ----------
    method : str
        Its name: "locator", "locator-majority-256", "cosine", "knn", ...
    recall : float or None
        Share of (query, ancestor) pairs inside the top |S| of all documents; None of methods that
        give one set and no ranking.
    f1 : float
        F1 of the retrieved set, mean over queries.
    exact : float
        Share of queries whose retrieved set is exactly the right one.
    parent : float
        Share of queries whose deepest retrieved document is a direct parent.
    recall_by_distance : dict of int to float
        Share of ancestors at a distance that are found: in the top |S|, or in the set of methods
        without ranking.
    spread : dict of str to float
        Largest less smallest value of "recall", "f1" and "exact" over the splits.
    calibration : tuple of (float, float)
        Expected and true F1 by quintile of the expected one; empty of methods that expect nothing.
    """

    method: str
    recall: float | None
    f1: float
    exact: float
    parent: float
    recall_by_distance: Mapping[int, float]
    spread: Mapping[str, float]
    calibration: tuple[tuple[float, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values.

        Returns
        -------
        data : dict
            Under the names of the attributes, the method left out.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Evaluation:
    """The locator on held-out leaves, beside other methods.

    Attributes
    ----------
    methods : dict of str to MethodScores
        By name, the locator first.
    n_nodes, n_queries, n_splits : int
        Nodes of the hierarchy, held-out leaves asked for in each split, splits.
    hold_out : float
        Share of the leaves held out.
    seed : int
        The splits are those of seed, seed + 1, ...
    coverage : float
        Share of queries with a right parent among the candidates: the limit of any reranker.
    geometry_loss : dict of int to float
        By dimension of the embedding: recall of the explicit soft closure less that of its vector.
    """

    methods: Mapping[str, MethodScores]
    n_nodes: int
    n_queries: int
    n_splits: int
    hold_out: float
    seed: int
    coverage: float
    geometry_loss: Mapping[int, float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values: one object per method under its name, and `about`.

        Returns
        -------
        data : dict
            `data["locator"]["f1"]` is the F1 of the locator.
        """
        raise NotImplementedError

    def __str__(self) -> str:
        raise NotImplementedError
