r"""Pair sampling: probability distributions over the training pairs (q, v), v in S(q).

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

A pair is *far* if the distance from q up to v is at least `cut`. Each kind is a vector of
probabilities over the pairs of the closure, so the probability of drawing a document, which the
logQ correction subtracts, is known and not estimated.
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
    """Pairs that may be trained on, sorted by query and document.

    Attributes
    ----------
    indptr : ndarray of int64, shape (n_queries + 1,)
        Row starts, one row per query (CSR); a row may be empty.
    documents : ndarray of int32, shape (n_pairs,)
        Document of every pair.
    distances : ndarray of int32, shape (n_pairs,)
        Edges on a shortest path from the query up to the document.
    n_documents : int
        Number of documents, with or without a pair.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> TrainingPairs.of(perfect_tree(2, 2)).distances
    array([0, 1, 0, 1, 0], dtype=int32)
    """

    indptr: NDArray[np.int64]
    documents: NDArray[np.int32]
    distances: NDArray[np.int32]
    n_documents: int

    @classmethod
    def of(cls, hierarchy: Graded, kept: NDArray[np.bool_] | None = None) -> TrainingPairs:
        """Return all matching pairs, or those that a mask keeps.

        Parameters
        ----------
        hierarchy : Hierarchy or GradedRelevance
            Matches with distances.
        kept : ndarray of bool, shape (n_pairs,), optional
            True for the pairs to keep, such as ``~split_pairs(hierarchy, 0.1)``. Default: all.

        Returns
        -------
        pairs : TrainingPairs
            In the order of the relevance.
        """
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
    """Sampler of training pairs, with replacement.

    Parameters
    ----------
    pairs : TrainingPairs
        The pairs to draw from.
    kind : {"pairs", "queries", "rebalanced", "far", "stratified", "even"}
        "pairs": uniform. "queries": a query uniformly, then one of its documents. "rebalanced":
        with probability `share` from all pairs, else from the far ones. "far": from the far pairs.
        "stratified": a distance uniformly, then a pair of that distance. "even": as "rebalanced",
        by systematic sampling, so that n draws give a pair of probability p np times, rounded up
        or down.
    share : float
        Probability of drawing from all pairs, for "rebalanced" and "even".
    cut : int
        Least distance of a far pair, for "rebalanced", "even" and "far".

    Attributes
    ----------
    probabilities : ndarray of float64, shape (n_pairs,)
        Probability of every pair; their sum is 1 up to rounding.

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
                f"at least one pair must have positive probability: got none for sampler {kind!r}, "
                f"cut {cut}, among {len(weights)} pairs"
            )
        self.probabilities = weights / total
        self._cumulative = np.cumsum(self.probabilities)
        self._cumulative /= self._cumulative[-1]
        self._last = int(np.flatnonzero(weights)[-1])

    def draw(self, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw n pairs.

        Parameters
        ----------
        n : int
            Number of draws.
        rng : numpy.random.Generator
            Source of random numbers.

        Returns
        -------
        places : ndarray of int64, shape (n,)
            Positions in the pairs.
        """
        points = (np.arange(n) + rng.random()) / n if self.kind == "even" else rng.random(n)
        places = np.searchsorted(self._cumulative, points, side="right")
        return np.minimum(places, self._last).astype(np.int64, copy=False)

    @cached_property
    def document_probabilities(self) -> NDArray[np.float64]:
        """Probability that a drawn pair has each document, shape (n_documents,)."""
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
    # Without far pairs all weight is on the first part, whatever its share.
    uniform *= share / len(uniform)
    far *= (1 - share) / max(1.0, float(far.sum()))
    return uniform + far
