"""Queries that fail, as observed in float scores, and the part of an embedding that is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import ScoreBlock
from hrgeom.core import DualEmbedding, Notion, Relevance, fitted
from hrgeom.errors import ShapeError
from hrgeom.metrics import embedding_scores

__all__ = ["FailingReduction", "failing_queries", "failing_sample", "restricted"]


@dataclass(eq=False)
class FailingReduction:
    """Which queries fail, as a reduction over blocks of scores.

    A query whose match and non-match tie fails. Row notion: a query without matches does not.

    Parameters
    ----------
    relevance : Relevance
    notion : {"global", "row"}
    threshold : float or None
        Needed for the global notion.

    Attributes
    ----------
    is_known, fails : ndarray of bool, shape (n,)
        Which queries have been scored, and which of these fail.
    """

    relevance: Relevance
    notion: Notion
    threshold: float | None
    is_known: NDArray[np.bool_] = field(init=False)
    fails: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        if self.notion == "global" and self.threshold is None:
            raise ShapeError("threshold must be given for the global notion: got None")
        self.is_known = np.zeros(self.relevance.n_queries, dtype=np.bool_)
        self.fails = np.zeros(self.relevance.n_queries, dtype=np.bool_)

    def add(self, block: ScoreBlock) -> None:
        """Decide for the queries of one block."""
        for query, scores in block.rows():
            matches = self.relevance.matches(query)
            worst = float(scores[matches].min(initial=np.inf))
            others = scores.copy()
            others[matches] = -np.inf
            best = float(others.max())
            if self.notion == "row" or self.threshold is None:
                self.fails[query] = best >= worst and len(matches) > 0
            else:
                self.fails[query] = worst <= self.threshold or best >= self.threshold
        self.is_known[block.numbers] = True

    def merge(self, other: FailingReduction) -> None:
        """Take in what another reduction decided for other queries."""
        self.is_known |= other.is_known
        self.fails |= other.fails


def failing_sample(
    failing: FailingReduction,
    score: Callable[[NDArray[np.int64]], Iterator[ScoreBlock]],
    *,
    n_wanted: int,
    seed: int,
) -> NDArray[np.int64]:
    """Return the first queries that fail in a random order of all, ascending.

    What `failing` knows already is not scored again.

    Parameters
    ----------
    failing : FailingReduction
        Learns what is scored here.
    score : callable
        Yields blocks of scores of the queries it is given, in their order.
    n_wanted : int
    seed : int
        Seed of the order.
    """
    order = np.random.default_rng(seed).permutation(len(failing.fails)).astype(np.int64)
    blocks = score(order[~failing.is_known[order]])
    while True:
        known = failing.is_known[order]
        reach = len(order) if known.all() else int(known.argmin())
        found = order[:reach][failing.fails[order[:reach]]]
        if reach == len(order) or len(found) >= n_wanted:
            return np.sort(found[:n_wanted])
        failing.add(next(blocks))


def failing_queries(
    embedding: DualEmbedding,
    relevance: Relevance,
    *,
    notion: Notion,
    threshold: float | None = None,
    n_wanted: int,
    seed: int = 0,
) -> NDArray[np.int64]:
    """Return a random sample of the queries that fail, ascending; all if there are fewer.

    Observed: by scores in the type of `DualEmbedding.values`. A query whose match and non-match tie
    fails.

    Parameters
    ----------
    embedding : DualEmbedding
    relevance : Relevance
    notion : {"global", "row"}
    threshold : float, optional
        Needed for the global notion.
    n_wanted : int
        How many at most.
    seed : int
        Seed of the random order whose first failing queries are returned.

    Returns
    -------
    numbers : ndarray of int64

    Raises
    ------
    ShapeError
        If the embedding does not fit, or the global notion has no threshold.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}], 2)
    >>> e = DualEmbedding([[1.0], [1.0]], [[1.0], [1.0]])
    >>> failing_queries(e, r, notion="row", n_wanted=5).tolist()
    [0]
    """
    embedding = fitted(embedding, relevance)
    failing = FailingReduction(relevance, notion, threshold)
    return failing_sample(
        failing,
        lambda numbers: embedding_scores(embedding, numbers),
        n_wanted=n_wanted,
        seed=seed,
    )


def restricted(
    embedding: DualEmbedding, relevance: Relevance, queries: NDArray[np.int64]
) -> tuple[DualEmbedding, Relevance]:
    """Return an embedding and a relevance with these queries alone, and all documents.

    Parameters
    ----------
    embedding : DualEmbedding
    relevance : Relevance
    queries : ndarray of int64
        Which queries, in the order wanted.

    Returns
    -------
    embedding, relevance
        Both with the labels of these queries.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}], 2)
    >>> e = DualEmbedding([[1.0], [2.0]], [[1.0], [1.0]])
    >>> part, rows = restricted(e, r, np.array([1]))
    >>> part.queries.tolist(), rows.matches(0).tolist()
    ([[2.0]], [0, 1])
    """
    labels = tuple(relevance.query_labels[q] for q in queries.tolist())
    scale = embedding.query_scale
    part = replace(
        embedding,
        queries=embedding.queries[queries],
        query_scale=scale[queries] if isinstance(scale, np.ndarray) else scale,
        query_labels=labels,
    )
    rows = [relevance.matches(q) for q in queries.tolist()]
    indptr = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    return part, Relevance(
        indptr,
        np.concatenate(rows) if rows else np.empty(0, dtype=np.int32),
        relevance.n_documents,
        query_labels=labels,
        document_labels=relevance.document_labels,
    )
