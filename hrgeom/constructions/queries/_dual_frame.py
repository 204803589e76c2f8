r"""Dual frame: better queries for the documents of the Gaussian centroid.

Theorem. Let the documents of S(q) be linearly independent, X_S their matrix (one per column). Then
:math:`q = X_S (X_S^\top X_S)^{-1} 1` scores exactly 1 on every match, and no shorter vector does.

Proof. :math:`X_S^\top q = 1` by substitution. Any other solution differs by a vector orthogonal to
the columns, hence to q, and is longer. ∎

With random unit documents a non-match then scores :math:`\|q\|` times the inner product of two
independent directions: only that noise must stay below the threshold 1/2. `expected_errors` sums
its tail over all pairs, so `least_dim` is a prediction; the certificate decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions._promise import Promise
from hrgeom.constructions.queries._gaussian import gaussian_directions
from hrgeom.core import DualEmbedding, Relevance, as_dtype, rounded_embedding
from hrgeom.errors import ConstructionError

__all__ = ["dual_frame", "dual_frame_promise", "expected_errors", "least_dim", "least_dim_of"]

_NUMBERS_AT_A_TIME = 2**24


def dual_frame(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return dual-frame queries on random unit documents: matches score 1, threshold 1/2.

    Parameters
    ----------
    relevance : Relevance
        Any with |S(q)| <= dim.
    dim : int, optional
        Dimension d >= max |S(q)|. Default: `least_dim`, the least with at most half a wrong pair
        expected.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the documents, which are those of `gaussian_centroid` with the same seed.

    Returns
    -------
    embedding : DualEmbedding
        With threshold 1/2; no margin is promised.

    Raises
    ------
    ConstructionError
        If `dim` is less than the largest |S(q)|.

    Examples
    --------
    >>> e = dual_frame(Relevance.from_sets([{0}, {0, 1}], 2), dim=8, dtype="float64")
    >>> bool(abs(e.queries[1] @ e.documents[0] - 1) < 1e-12)
    True
    """
    stored = as_dtype(dtype)
    dim = least_dim(relevance) if dim is None else dim
    if dim < max(1, relevance.max_matches):
        raise ConstructionError(
            f"dim must be at least the largest |S(q)|, {relevance.max_matches}: got {dim}"
        )
    queries, documents = gaussian_directions(relevance, dim, stored, seed)
    _solve(relevance, documents, queries)
    return rounded_embedding(
        relevance,
        queries,
        documents,
        stored,
        threshold=0.5,
        construction="dual-frame",
        parameters={"seed": seed},
        promise={"dim": dim, "margin": None, "theorem": "dual frame"},
    )


def dual_frame_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return the dimension that `dual_frame` is predicted to need; no margin is promised.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int or None
        Dimensions to use at least; None: as few as are predicted to do.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type, on which the prediction does not depend.
    seed : int
        Not used by the prediction.

    Returns
    -------
    promise : Promise or None
        The larger one of `dim` and the least dimension with at most half a wrong pair expected.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> dual_frame_promise(r, dim=None, dtype="float32", seed=0)
    Promise(dim=10, margin=None)
    """
    least = max(least_dim(relevance), relevance.max_matches)
    return Promise(least if dim is None else max(dim, least), None)


def _solve(relevance: Relevance, documents: NDArray[Any], out: NDArray[Any]) -> None:
    """Write the dual-frame queries to `out`, queries of equal |S(q)| together, in float64."""
    dim = documents.shape[1]
    for size in np.unique(relevance.n_matches):
        rows = np.flatnonzero(relevance.n_matches == size)
        if size == 0:
            out[rows] = 0
            continue
        step = max(1, _NUMBERS_AT_A_TIME // (int(size) * dim))
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            members = relevance.indices[relevance.indptr[block][:, None] + np.arange(size)]
            frames = documents[members].astype(np.float64)
            gram = frames @ frames.transpose(0, 2, 1)
            weights = np.linalg.solve(gram, np.ones((len(block), int(size), 1)))
            out[block] = (frames * weights).sum(axis=1)


def expected_errors(relevance: Relevance, dim: int) -> float:
    """Return the number of non-matches expected at or above 1/2, for random documents.

    The inner product of two independent directions is 2B - 1 with B ~ Beta((d-1)/2, (d-1)/2);
    |q|^2 is taken as k / (1 - k/d), its mean for large d (an approximation).
    """
    return _expected_errors(relevance.histogram, relevance.n_documents, dim)


def least_dim(relevance: Relevance) -> int:
    """Return the least d for which at most half a wrong pair is expected, to 1 %."""
    return least_dim_of(relevance.histogram, relevance.n_documents)


def least_dim_of(histogram: NDArray[np.int64], n_documents: int) -> int:
    """Return the least d for which at most half a wrong pair is expected, from sizes of sets.

    Parameters
    ----------
    histogram : ndarray of int64, shape (s + 1,)
        How many queries match 0, 1, ..., s documents.
    n_documents : int
        Number m of documents.

    Returns
    -------
    dim : int
        To 1 %; a prediction, with random documents and the queries of `dual_frame`.

    Examples
    --------
    >>> least_dim_of(np.array([0, 0, 40]), 100)
    104
    """
    low = max(2, int(np.flatnonzero(histogram).max()))
    high = low + 1
    while _expected_errors(histogram, n_documents, high) > 0.5:
        low, high = high, 2 * high
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        if _expected_errors(histogram, n_documents, middle) > 0.5:
            low = middle
        else:
            high = middle
    return high


def _expected_errors(histogram: NDArray[np.int64], n_documents: int, dim: int) -> float:
    from scipy.special import betaincc

    k = np.arange(len(histogram), dtype=np.float64)
    used = (histogram > 0) & (k > 0)
    if dim <= k[used].max(initial=0) or dim < 3:
        return float("inf")
    length = np.sqrt(k[used] / (1 - k[used] / dim))
    noise = np.minimum(0.5 / length, 1.0)
    tails = betaincc((dim - 1) / 2, (dim - 1) / 2, (1 + noise) / 2)
    return float((histogram[used] * (n_documents - k[used]) * tails).sum())
