"""Scores of an embedding, block by block, and the places of matches among them.

Observed, not certified: scores are floats, and nothing here bounds their rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import ScoreBlock, score_blocks
from hrgeom.core import DualEmbedding
from hrgeom.metrics._poincare import in_ball, minus_distances

__all__ = ["Score", "embedding_scores", "in_top", "sample"]

Score = Literal["dot", "poincare"]


def embedding_scores(
    embedding: DualEmbedding, numbers: NDArray[np.int64], score: Score = "dot"
) -> Iterator[ScoreBlock]:
    """Yield the scores of some queries against all documents, block by block.

    Parameters
    ----------
    embedding : DualEmbedding
        The vectors, of any stored type.
    numbers : ndarray of int64, shape (k,)
        Which queries, in this order.
    score : {"dot", "poincare"}
        Inner products, in the type of `DualEmbedding.values`; or minus the distances in the
        Poincare ball, in float64.

    Yields
    ------
    block : ScoreBlock
        Numbers of queries, and their scores with all documents.

    Raises
    ------
    ShapeError
        If a row is not inside the ball.

    Examples
    --------
    >>> e = DualEmbedding([[1.0], [2.0]], [[1.0], [3.0]])
    >>> [block.scores.tolist() for block in embedding_scores(e, np.array([1]))]
    [[[2.0, 6.0]]]
    """
    queries, documents = embedding.values()
    if score == "dot":
        yield from score_blocks(queries, documents, numbers)
        return
    queries, _ = in_ball(queries, "queries")
    documents, lengths = in_ball(documents, "documents")
    for block in score_blocks(queries, documents, numbers):
        distances = minus_distances(block.scores, queries[block.numbers], lengths)
        yield ScoreBlock(block.numbers, distances)


def sample(n: int, size: int | None, seed: int) -> NDArray[np.int64]:
    """Return some of the numbers below n at random.

    Parameters
    ----------
    n : int
        How many numbers there are.
    size : int or None
        How many are wanted; all if it is None or at least n.
    seed : int
        Seed of the choice.

    Returns
    -------
    numbers : ndarray of int64, shape (k,)
        Ascending, without repetition.

    Examples
    --------
    >>> sample(3, None, 0).tolist()
    [0, 1, 2]
    """
    everything = np.arange(n, dtype=np.int64)
    if size is None or size >= n:
        return everything
    return np.sort(np.random.default_rng(seed).choice(everything, size, replace=False))


def in_top(scores: NDArray[np.floating], own: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which of the own scores have fewer than len(own) others at least as high."""
    size = len(own)
    if size == len(scores):
        return np.ones(size, dtype=np.bool_)
    # The (size + 1)-th highest score: strictly above it are the certain, at most `size`, ones.
    cut = np.partition(scores, len(scores) - size - 1)[len(scores) - size - 1]
    return np.asarray(own > cut)
