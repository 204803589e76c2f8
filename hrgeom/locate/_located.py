"""Where texts belong: one text, or many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["DECISIONS", "ConformalLevels", "Decision", "Located", "Locations", "State"]

Decision = Literal["node", "majority", "rank"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
"""How a posterior becomes a vector."""

State = Literal["decided", "climbed", "abstained"]
"""Whether a text has the node of most expected F1, an ancestor that is sure, or none."""


@dataclass(frozen=True, eq=False)
class Located:
    """Where one text belongs.

    Attributes
    ----------
    text : str
        What was asked; several texts of one thing are joined.
    node : str or None
        Label of the node under which the text belongs; None if the locator abstained.
    expected_f1 : float
        Expected F1 of `ancestors` against the right ancestors, calibrated, from 0 to 1; 0 if the
        locator abstained.
    state : {"decided", "climbed", "abstained"}
        "climbed" if `expected_f1` of the best node was below what was asked, and `node` is the
        deepest node that is an ancestor with at least that probability; "abstained" if there is
        none.
    ancestors : tuple of str
        Labels of S(node), the node first, then upward by levels; empty if the locator abstained.
    retrieved : tuple of str
        Labels that the decision retrieves: `ancestors` for "node"; the documents above the
        threshold for "majority" and "rank", best first.
    posterior : tuple of (str, float)
        Candidates for the parent with their probabilities, likeliest first.
    p_none : float
        Probability that no candidate is a parent; with the posterior it sums to 1.
    runners_up : tuple of (str, float)
        Other nodes with the expected F1 of their S(node), best first; at most five.
    vector : ndarray, shape (d,)
        Query vector for the documents of the embedding; zeros, which retrieve nothing at a
        threshold of at least 0, if the locator abstained.
    known : tuple of str
        Labels of nodes of which this very text is told.
    possible, sure : tuple of str or None
        Conformal sets at the level asked for: every right ancestor is `possible`, and every
        `sure` node is a right ancestor, each with probability at least 1 - alpha. None where no
        level was asked for.
    """

    text: str
    node: str | None
    expected_f1: float
    state: State
    ancestors: tuple[str, ...]
    retrieved: tuple[str, ...]
    posterior: tuple[tuple[str, float], ...]
    p_none: float
    runners_up: tuple[tuple[str, float], ...]
    vector: NDArray[Any] = field(repr=False)
    known: tuple[str, ...] = ()
    possible: tuple[str, ...] | None = None
    sure: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return all but the vector as JSON values.

        Returns
        -------
        data : dict
            Lists for tuples.
        """
        data = {
            name: getattr(self, name) for name in ("text", "node", "expected_f1", "state", "p_none")
        }
        for name in ("ancestors", "retrieved", "known", "possible", "sure"):
            labels = getattr(self, name)
            data[name] = None if labels is None else list(labels)
        for name in ("posterior", "runners_up"):
            data[name] = [list(pair) for pair in getattr(self, name)]
        return data


@dataclass(frozen=True, eq=False)
class Locations(Sequence[Located]):
    """Where many texts belong: a sequence of `Located`, with arrays of what all have.

    Attributes
    ----------
    texts : tuple of str
        What was asked.
    decision : {"node", "majority", "rank"}
        How the vectors were made.
    nodes : ndarray of int, shape (n_texts,)
        Number of the decided node of the hierarchy; -1 where the locator abstained.
    expected_f1 : ndarray of float64, shape (n_texts,)
        As for `Located`.
    states : tuple of str
        As for `Located`.
    vectors : ndarray, shape (n_texts, d)
        Query vectors for the documents of the embedding, in float32 or float64.
    threshold : float or None
        Documents that score above it are retrieved; that of the embedding, or for "rank" the one
        that was best on the calibration texts.
    detail : callable
        From the number of a text to its `Located`, worked out when it is asked for.
    """

    texts: tuple[str, ...]
    decision: Decision
    nodes: NDArray[np.int64]
    expected_f1: NDArray[np.float64]
    states: tuple[State, ...]
    vectors: NDArray[Any] = field(repr=False)
    threshold: float | None
    detail: Callable[[int], Located] = field(repr=False)

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Located: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Located]: ...
    def __getitem__(self, index: int | slice) -> Located | Sequence[Located]:
        """Return where one text belongs, or several."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self):,} texts: got number {index}")
        return self.detail(index % len(self))

    def __iter__(self) -> Iterator[Located]:
        return (self[i] for i in range(len(self)))


@dataclass(frozen=True)
class ConformalLevels:
    """At which probability of being an ancestor a node is possible, and at which it is sure.

    Attributes
    ----------
    alpha : float
        Probability of an error, for each of the two sets, that is allowed.
    possible_from : float
        Nodes of at least this probability are possible; 0 makes all nodes possible.
    sure_above : float
        Nodes of more than this probability are sure; 1 or more makes none sure.
    n_texts : int
        Calibration texts.
    """

    alpha: float
    possible_from: float
    sure_above: float
    n_texts: int
