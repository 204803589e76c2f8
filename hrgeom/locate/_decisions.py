"""From posteriors to nodes: the most expected F1, climbing, abstaining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._calibration import Calibration
from hrgeom.locate._located import State
from hrgeom.locate._posterior import Posteriors, expected_scores
from hrgeom.locate._tree import Tree

__all__ = ["Decided", "best_nodes", "decide"]

_RUNNERS_UP = 5
_WHOLE = 0.15  # what an exactly right set counts beside its F1


@dataclass(frozen=True, eq=False)
class Decided:
    """The decided node of each text, and others that were near.

    Attributes
    ----------
    nodes : ndarray of int, shape (b,)
        -1 where the locator abstains.
    expected : ndarray of float64, shape (b,)
        Calibrated expected F1.
    states : tuple of str
        "decided", "climbed" or "abstained".
    others : list of (ndarray of int, ndarray of float64)
        Runners-up with their calibrated expected F1.
    """

    nodes: NDArray[np.int64]
    expected: NDArray[np.float64]
    states: tuple[State, ...]
    others: list[tuple[NDArray[np.int64], NDArray[np.float64]]]

    @classmethod
    def together(cls, parts: list[Decided]) -> Decided:
        """Return decisions one after another; of none, none."""
        return cls(
            np.concatenate([np.zeros(0, np.int64), *(each.nodes for each in parts)]),
            np.concatenate([np.zeros(0), *(each.expected for each in parts)]),
            tuple(state for each in parts for state in each.states),
            [pair for each in parts for pair in each.others],
        )


def best_nodes(
    tree: Tree, posteriors: Posteriors, n_best: int
) -> tuple[Any, NDArray[np.int64], NDArray[np.float64]]:
    """Return expected F1 of all nodes, the best nodes of each text, and their expected F1.

    Best is the most expected F1, plus a little for the probability that the set is right as a
    whole: of sets that are about as good the likeliest is taken.

    Returns
    -------
    scores : sparse matrix, shape (b, n)
        Uncalibrated expected F1.
    nodes : ndarray of int, shape (b, n_best)
        -1 where there are fewer.
    values : ndarray of float64, shape (b, n_best)
        Their expected F1, 0 where there are fewer.
    """
    scores = expected_scores(tree, posteriors)
    worth = (scores + _WHOLE * posteriors.weights(tree.n)).tocsr()
    nodes, values = np.full((len(posteriors), n_best), -1), np.zeros((len(posteriors), n_best))
    for i in range(len(posteriors)):
        start, end = worth.indptr[i : i + 2]
        columns = worth.indices[start:end]
        best = columns[np.lexsort((columns, -worth.data[start:end]))[:n_best]]
        known = scores.indptr[i], scores.indptr[i + 1]
        f1 = dict(zip(scores.indices[slice(*known)], scores.data[slice(*known)], strict=True))
        best = best[[node in f1 for node in best.tolist()]]
        nodes[i, : len(best)] = best
        values[i, : len(best)] = [f1[node] for node in best.tolist()]
    return scores, nodes, values


def decide(
    tree: Tree, posteriors: Posteriors, calibration: Calibration, min_expected: float | None
) -> Decided:
    """Return the node of most expected F1 of each text, or an ancestor that is sure."""
    scores, nodes, values = best_nodes(tree, posteriors, 1 + _RUNNERS_UP)
    expected = np.where(nodes >= 0, calibration.f1(values), 0)
    others = [
        _falling(row[1:][row[1:] >= 0], given[1:][row[1:] >= 0])
        for row, given in zip(nodes, expected, strict=True)
    ]
    chosen, f1 = nodes[:, 0], expected[:, 0]
    states: list[State] = ["decided" if node >= 0 else "abstained" for node in chosen]
    low = np.flatnonzero((chosen < 0) | (f1 < (min_expected or 0)))
    if min_expected is not None and len(low):
        sure = _deepest_sure(tree, posteriors.part(low), min_expected)
        known = scores[low]
        for i, (text, node) in enumerate(zip(low.tolist(), sure.tolist(), strict=True)):
            chosen[text] = node
            f1[text] = 0 if node < 0 else calibration.f1(np.array([known[i, node]]))[0]
            states[text] = "abstained" if node < 0 else "climbed"
    return Decided(chosen, f1, tuple(states), others)


def _falling(
    nodes: NDArray[np.int64], expected: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return runners-up by falling expected F1, which is what is shown of them."""
    order = np.argsort(-expected, kind="stable")
    return nodes[order], expected[order]


def _deepest_sure(tree: Tree, posteriors: Posteriors, least: float) -> NDArray[np.int64]:
    """Return the deepest node that is an ancestor with at least this probability; -1 for none."""
    shares = posteriors.of_ancestors(tree)
    found = np.full(len(posteriors), -1)
    for i in range(len(posteriors)):
        start, end = shares.indptr[i : i + 2]
        sure = shares.indices[start:end][shares.data[start:end] >= least]
        if len(sure):
            order = np.lexsort((sure, -tree.levels[sure]))
            found[i] = sure[order[0]]
    return found
