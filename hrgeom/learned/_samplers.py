r"""Which pairs are trained on: probability distributions over the pairs (q, v), v in S(q).

| kind | a pair is drawn |
| --- | --- |
| pairs | uniformly among all |
| queries | a query uniformly, then one of its documents uniformly |
| rebalanced | with probability `share` uniformly among all, else uniformly among the far ones |
| far | uniformly among the far ones |
| stratified | a distance uniformly among those that occur, then a pair uniformly |
| even | as for "rebalanced", but of n draws a pair of probability p gets np, rounded up or down |

"even" is systematic sampling: n evenly spaced points, shifted by one random number. With `share` 1
and as many draws as pairs, every pair comes once: the gradient of the whole sum, without noise.

A pair is *far* if the distance from q up to v is at least `cut`. Each is a vector of probabilities
over the pairs of the closure, so what a document's share of the draws is, which the logQ
correction subtracts, is known and not estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.learned._config import ConfigError, Sampling
from hrgeom.learned._graded import Graded

__all__ = ["PairSampler", "TrainingPairs"]


@dataclass(frozen=True, eq=False)
class TrainingPairs:
    """The pairs that may be trained on, sorted by query and document.

    Attributes
    ----------
    indptr, documents : ndarray of int64, shape (n_queries + 1,), of int32, shape (n_pairs,)
        CSR rows of the queries; a row may be empty.
    distances : ndarray of int32, shape (n_pairs,)
        Edges on the shortest path up.
    n_documents : int
    """

    indptr: NDArray[np.int64]
    documents: NDArray[np.int32]
    distances: NDArray[np.int32]
    n_documents: int

    @classmethod
    def of(cls, hierarchy: Graded, kept: NDArray[np.bool_] | None = None) -> TrainingPairs:
        """Return all pairs of the closure, or those of a mask over them."""
        relevance = hierarchy.relevance
        if kept is None:
            indptr, indices, distances = relevance.indptr, relevance.indices, hierarchy.distances
        else:
            before = np.concatenate(([0], np.cumsum(kept)))
            indptr = before[relevance.indptr]
            indices, distances = relevance.indices[kept], hierarchy.distances[kept]
        return cls(indptr, indices, distances, relevance.n_documents)

    @cached_property
    def queries(self) -> NDArray[np.int32]:
        """The query of every pair."""
        return csr.row_numbers(self.indptr)


class PairSampler:
    """Draws pairs with replacement.

    Parameters
    ----------
    pairs : TrainingPairs
    kind : str
        One of the table above.
    share : float
        For "rebalanced" and "even": probability of drawing from all pairs.
    cut : int
        For "rebalanced", "even" and "far": least distance of a far pair.

    Attributes
    ----------
    probabilities : ndarray of float64, shape (n_pairs,)
        Of every pair; their sum is 1 up to rounding.

    Raises
    ------
    ConfigError
        If no pair has positive probability.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> pairs = TrainingPairs.of(perfect_tree(2, 2))
    >>> PairSampler(pairs, "far", cut=1).probabilities
    array([0. , 0.5, 0. , 0.5, 0. ])
    """

    def __init__(
        self, pairs: TrainingPairs, kind: Sampling, *, share: float = 1.0, cut: int = 0
    ) -> None:
        self.pairs, self.kind = pairs, kind
        weights = _weights(pairs, kind, share, cut)
        total = weights.sum()
        if not total > 0:
            raise ConfigError(
                f"there must be a pair to draw: got none for sampler {kind!r}, cut {cut}, "
                f"among {len(weights)} pairs"
            )
        self.probabilities = weights / total
        self._cumulative = np.cumsum(self.probabilities)
        self._cumulative /= self._cumulative[-1]
        self._last = int(np.flatnonzero(weights)[-1])

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return n places in the pairs, shape (n,)."""
        points = (np.arange(n) + rng.random()) / n if self.kind == "even" else rng.random(n)
        places = np.searchsorted(self._cumulative, points, side="right")
        return np.minimum(places, self._last).astype(np.int64, copy=False)

    @cached_property
    def document_probabilities(self) -> NDArray[np.float64]:
        """How likely a drawn pair has each document, shape (n_documents,)."""
        shares = np.zeros(self.pairs.n_documents)
        np.add.at(shares, self.pairs.documents, self.probabilities)
        return shares


def _weights(pairs: TrainingPairs, kind: Sampling, share: float, cut: int) -> NDArray[np.float64]:
    uniform = np.ones(len(pairs.documents))
    if kind == "pairs":
        return uniform
    if kind == "queries":
        return uniform / np.diff(pairs.indptr)[pairs.queries]
    if kind == "stratified":
        return uniform / np.bincount(pairs.distances)[pairs.distances]
    far = (pairs.distances >= cut).astype(np.float64)
    if kind == "far":
        return far
    # Without a far pair all weight is on the first part, whatever its share.
    uniform *= share / len(uniform)
    far *= (1 - share) / max(1.0, float(far.sum()))
    return uniform + far
