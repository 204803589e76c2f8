r"""Max-margin queries: the best query vectors for documents that are given.

Statement. Let x_v be the documents and sigma_v = 1 for the matches of a query, -1 for the others.

- *Global* notion, threshold 0: every unit vector q and all weights :math:`\lambda \ge 0` that sum
  to 1 satisfy :math:`\min_v \sigma_v \langle q, x_v\rangle \le \|\sum_v \lambda_v \sigma_v x_v\|`.
- *Row* notion: every unit vector q and all weights that sum to 1 over the matches, and to 1 over
  the others, satisfy
  :math:`\tfrac12 (\min_{v \in S} - \max_{v \notin S}) \langle q, x_v\rangle
  \le \tfrac12 \|\sum_v \lambda_v \sigma_v x_v\|`.

Where some q has a positive left side, the largest left side is the least right side, and the best
q is the direction of the sum.

Proof. A minimum is at most any average: the left side is at most
:math:`\langle q, \sum_v \lambda_v \sigma_v x_v\rangle` (half of it), and Cauchy-Schwarz gives the
bound. Conversely let p be the shortest of the sums, a point of a compact convex set. The set lies
in the half space :math:`\langle p, y\rangle \ge \|p\|^2`; for q = p/|p| this says that all signed
scores are at least |p| (the gap is, in the row notion). ∎

So a query is a hard-margin support vector machine, and the weights are a certificate that no
other vector does better by more than the difference of the two numbers. Where no vector
separates, p = 0, and the weights prove that, too: the bound is then as small as rounding leaves it.

Construction `max_margin`: the random unit documents of `gaussian_centroid`, which the embedding
carries as :math:`(\sqrt{1 - c^2}\, x_v, -c)`, and threshold 0. For orthogonal x_v and |S(q)| = s
the best query (equal on matches, beta on the last coordinate) has margin
:math:`(4s/(1 - c^2) + 1/c^2)^{-1/2}`, largest, :math:`1/(2\sqrt s + 1)`, at
:math:`c^2 = 1/(1 + 2\sqrt s)`, which is what is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base.blocks import ScoreBlock, block_ranges, reduce_blocks, score_blocks
from hrgeom.constructions.queries._dual_frame import least_dim
from hrgeom.constructions.queries._gaussian import gaussian_directions
from hrgeom.constructions.queries._query_solver import QuerySolver
from hrgeom.core import DualEmbedding, Notion, Relevance, as_dtype, rounded_embedding
from hrgeom.errors import ConstructionError, ShapeError

__all__ = ["QuerySolution", "max_margin", "max_margin_queries"]

_MOST_ROUNDS = 60
_MOST_PAIRS = 2**27  # of queries and documents: hours on two cores where dimensions are scarce


@dataclass(frozen=True)
class QuerySolution:
    """The best queries for given documents, with the proof of how good they are.

    Attributes
    ----------
    numbers : ndarray of int64, shape (k,)
        Which queries of the relevance.
    queries : ndarray of float64, shape (k, d)
        Unit rows.
    margins : ndarray of float64, shape (k,)
        Margin of each row, rounded down by a bound on rounding; negative if it does not separate.
        Infinite where there is nothing to separate (row notion, no or only matches).
    bounds : ndarray of float64, shape (k,)
        No unit vector has a larger margin: the statement's right side, rounded up.
    indptr : ndarray of int64, shape (k + 1,)
        Row starts of the weights behind `bounds`: query i has `weights[indptr[i]:indptr[i + 1]]`.
    documents : ndarray of int64, shape (n_weights,)
        Documents that the weights are on.
    weights : ndarray of float64, shape (n_weights,)
        The weights themselves, not negative. Divide by their sum (row notion: by their sums over
        the matches and over the others).
    """

    numbers: NDArray[np.int64]
    queries: NDArray[np.float64]
    margins: NDArray[np.float64]
    bounds: NDArray[np.float64]
    indptr: NDArray[np.int64]
    documents: NDArray[np.int64]
    weights: NDArray[np.float64]

    @property
    def inseparable(self) -> NDArray[np.int64]:
        """The queries that do not separate; see `bounds` for how far any vector could."""
        return self.numbers[self.margins <= 0]


def max_margin_queries(
    documents: ArrayLike,
    relevance: Relevance,
    *,
    notion: Notion,
    queries: ArrayLike | None = None,
    tolerance: float = 1e-6,
) -> QuerySolution:
    """Return the unit query vectors of largest margin for these documents.

    Parameters
    ----------
    documents : array_like of float, shape (m, d)
        Finite rows, any lengths.
    relevance : Relevance
        With m documents.
    notion : {"global", "row"}
        Margin at threshold 0, or half the ranking gap. For another threshold r give the documents
        a further coordinate.
    queries : array_like of int, shape (k,), optional
        Numbers of the queries wanted. Default: all.
    tolerance : float
        A query is done when margin and bound differ by this part of the bound.

    Returns
    -------
    solution : QuerySolution
        One row per query wanted, with its margin and a bound on that of any vector.

    Raises
    ------
    ShapeError
        If the documents do not fit the relevance.

    Notes
    -----
    Cutting planes: the shortest combination of a few documents (`_min_norm`), then the documents
    that violate it most among all, until none does. Memory: the documents in float64 and a block
    of scores.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}], 2)
    >>> best = max_margin_queries([[1.0, 0.0], [0.0, 1.0]], r, notion="row")
    >>> best.queries.round(6), best.bounds.round(6)
    (array([[ 0.707107, -0.707107]]), array([0.707107]))
    """
    points = np.asarray(documents, dtype=np.float64)
    if points.ndim != 2 or len(points) != relevance.n_documents or not np.isfinite(points).all():
        raise ShapeError(
            f"documents must be a finite matrix of {relevance.n_documents} rows: "
            f"got shape {points.shape}"
        )
    numbers = np.arange(relevance.n_queries)
    if queries is not None:
        numbers = np.asarray(queries, dtype=np.int64)
        if numbers.ndim != 1 or np.any((numbers < 0) | (numbers >= relevance.n_queries)):
            raise ShapeError(
                f"queries must be numbers from 0 to {relevance.n_queries - 1}: got {numbers}"
            )
    longest = float(np.linalg.norm(points, axis=1).max())
    solved: list[QuerySolver] = []
    for at in block_ranges(len(numbers), points.itemsize * len(points)):
        block = [
            QuerySolver(points, relevance.matches(int(q)), notion, longest) for q in numbers[at]
        ]
        _solve_block(points, block, tolerance)
        solved += block
    counts = [len(query.support) for query in solved]
    empty: NDArray[Any] = np.empty(0)
    return QuerySolution(
        numbers=numbers.astype(np.int64),
        queries=np.stack([query.best for query in solved]) if solved else points[:0],
        margins=np.array([query.margin for query in solved]),
        bounds=np.array([query.bound for query in solved]),
        indptr=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        documents=np.concatenate([empty, *(q.support for q in solved)]).astype(np.int64),
        weights=np.concatenate([empty, *(q.weights for q in solved)]),
    )


class _NotDone:
    """The queries that violate a document or have not converged, as a reduction over scores."""

    def __init__(self, tried: list[QuerySolver], tolerance: float) -> None:
        self._tried = tried
        self._tolerance = tolerance
        self.queries: list[QuerySolver] = []

    def add(self, block: ScoreBlock) -> None:
        """Look at the scores of all documents along the directions of some queries."""
        for at, row in block.rows():
            if not self._tried[at].is_done(row, self._tolerance):
                self.queries.append(self._tried[at])


def _solve_block(points: NDArray[np.float64], block: list[QuerySolver], tolerance: float) -> None:
    """Rounds over all documents for the queries that are not done, together."""
    pending = [query for query in block if query.has_gap]
    for _ in range(_MOST_ROUNDS):
        if not pending:
            break
        left = _NotDone(pending, tolerance)
        reduce_blocks(score_blocks(np.stack([q.direction for q in pending]), points), left)
        pending = left.queries
        for query in pending:
            query.improve(points)


def max_margin(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return max-margin queries on random unit documents with a shared coordinate, threshold 0.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        Dimension d >= 2. Default: one more than that of `dual_frame`, whose documents these are.
    dtype : {"float64", "float32", "float16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the documents.

    Returns
    -------
    embedding : DualEmbedding
        Nothing is promised: the certificate decides. `parameters["n_inseparable"]` counts the
        queries that no vector was found to separate.

    Raises
    ------
    ConstructionError
        If `dim` is below 2, or there are more than 2^27 pairs of queries and documents: solve
        some of the queries with `max_margin_queries` then.

    Examples
    --------
    >>> e = max_margin(Relevance.from_sets([{0}, {0, 1}], 2), dim=8, dtype="float64")
    >>> (e.queries @ e.documents.T > 0).tolist()
    [[True, False], [True, True]]
    """
    stored = as_dtype(dtype)
    n_pairs = relevance.n_queries * relevance.n_documents
    if n_pairs > _MOST_PAIRS:
        raise ConstructionError(
            f"queries times documents must be at most {_MOST_PAIRS:,} for max-margin queries: "
            f"got {n_pairs:,}"
        )
    dim = least_dim(relevance) + 1 if dim is None else dim
    if dim < 2:
        raise ConstructionError(f"dim must be at least 2 for this method: got {dim}")
    _, directions = gaussian_directions(relevance, dim - 1, np.dtype(np.float64), seed)
    shared = 1 / (1 + 2 * np.sqrt(max(1, relevance.max_matches)))  # c^2
    documents = np.full((relevance.n_documents, dim), -np.sqrt(shared))
    documents[:, :-1] = directions * np.sqrt(1 - shared)
    solution = max_margin_queries(documents, relevance, notion="global")
    return rounded_embedding(
        relevance,
        solution.queries,
        documents,
        stored,
        threshold=0.0,
        construction="max-margin",
        parameters={"seed": seed, "n_inseparable": len(solution.inseparable)},
        promise={"dim": dim, "margin": None, "theorem": "max-margin queries"},
    )
