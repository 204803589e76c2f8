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
        return {
            "recall": self.recall,
            "f1": self.f1,
            "exact": self.exact,
            "parent": self.parent,
            "recall_by_distance": {str(d): x for d, x in self.recall_by_distance.items()},
            "spread": dict(self.spread),
            "calibration": [list(pair) for pair in self.calibration],
        }


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
        about = {
            "n_nodes": self.n_nodes,
            "n_queries": self.n_queries,
            "n_splits": self.n_splits,
            "hold_out": self.hold_out,
            "seed": self.seed,
            "coverage": self.coverage,
            "geometry_loss": {str(dim): loss for dim, loss in self.geometry_loss.items()},
        }
        return {**{name: row.to_dict() for name, row in self.methods.items()}, "about": about}

    def __str__(self) -> str:
        """A table of the methods, and whether geometry or text is what is lost."""
        width = max(map(len, self.methods), default=6)
        lines = [
            f"{self.n_queries:,} held-out leaves of {self.n_nodes:,} nodes, mean of "
            f"{self.n_splits} splits, in percent",
            f"{'':<{width}}  recall     F1  exact  parent",
        ]
        for name, row in self.methods.items():
            recall = "     -" if row.recall is None else f"{100 * row.recall:6.1f}"
            lines.append(
                f"{name:<{width}}  {recall} {100 * row.f1:6.1f} {100 * row.exact:6.1f} "
                f"{100 * row.parent:7.1f}"
            )
        return "\n".join([*lines, *self._losses()])

    def _losses(self) -> list[str]:
        """What is lost to the text, to the candidates, and to the vectors."""
        explicit = self.methods["soft-closure"].recall or 0.0
        lines = [
            f"lost to the text: {100 * (1 - explicit):.1f} points of recall; a right parent is "
            f"among the candidates of {100 * self.coverage:.1f} %",
            "lost to the geometry by a node's own vector: 0, as its certificate says",
        ]
        lines += [
            f"lost to the geometry by a mean vector of {dim} dimensions: "
            f"{round(100 * loss, 1) + 0.0:.1f} points of recall"  # no -0.0
            for dim, loss in self.geometry_loss.items()
        ]
        calibration = self.methods["locator"].calibration
        if calibration:
            shown = ", ".join(f"{100 * a:.0f} ({100 * b:.0f})" for a, b in calibration)
            lines.append(f"expected F1 (true F1) by quintile: {shown}")
        return lines
