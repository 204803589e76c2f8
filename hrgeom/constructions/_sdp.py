r"""The optimum in any dimension: a semidefinite programme, with a proof of how good it is.

Statement. The largest normalized margin that any embedding of a relevance has, in whatever
dimension, for one global threshold r, is the value of

.. math:: \max\ \epsilon \quad \text{s.t.} \quad Z \succeq 0,\quad Z_{ii} = 1,\quad
          \sigma_{qv} (Z_{qv} - r) \ge \epsilon \ \text{for all pairs},

sigma = 1 for matches and -1 for the others: unit rows have such a Gram matrix Z, and every such Z
is the Gram matrix of unit rows, in at most as many dimensions as there are rows.

Dual bound. Let weights :math:`\lambda_{qv} \ge 0` sum to a over the matches and to b over the
others, let A be the symmetric matrix with the blocks :math:`\sigma_{qv}\lambda_{qv}/2` between
queries and documents, and let Diag(y) - A be positive semidefinite. Then

.. math:: \epsilon \le \frac{\sum_i y_i + |a - b|}{a + b} .

Proof. Both signs occur (the programme is refused otherwise), so for eps >= 0 the threshold lies
between scores, :math:`|r| \le 1`. Weighting the constraints,
:math:`(a + b)\epsilon \le \langle A, Z\rangle - r(a - b) \le \langle A, Z\rangle + |a - b|`, and
:math:`\langle A, Z\rangle \le \langle \mathrm{Diag}(y), Z\rangle = \sum_i y_i` as
Diag(y) - A and Z are positive semidefinite. ∎

The solver's word is not needed for either side: `margin` is that of a certificate, and
`dual_bound` is computed from the solver's multipliers after a repair that proves them feasible.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.floats import UNIT_ROUNDOFF
from hrgeom._base.optional import imported
from hrgeom.checker import certify, gamma
from hrgeom.core import DualEmbedding, Relevance, as_dtype, rounded_embedding
from hrgeom.errors import ConstructionError, ShapeError

__all__ = [
    "MOST_VECTORS",
    "SDPOptimum",
    "is_positive_semidefinite",
    "margin_upper_bound",
    "sdp",
    "sdp_optimum",
]

MOST_VECTORS = 300
"""Queries and documents together that the solver is given."""

_ACCURACY = 1e-6
_SCALE = 2e-3  # multipliers are about 1/(number of pairs), entries of Z about 1
_MOST_STEPS = 3000
_RANK = 1e-4  # eigenvalues below this are the solver's noise


@dataclass(frozen=True)
class SDPOptimum:
    """The best margin in any dimension, from both sides.

    Attributes
    ----------
    margin : float
        Normalized margin of `embedding`, certified.
    dual_bound : float
        No embedding of this relevance has a larger one: `margin_upper_bound` of the multipliers.
    embedding : DualEmbedding
        Unit rows in float64, in as many dimensions as the Gram matrix has rank.
    weights : ndarray of float64, shape (n, m)
        The multipliers lambda of the statement, behind `dual_bound`.
    diagonal : ndarray of float64, shape (n + m,)
        The multipliers behind `dual_bound`: lambda and y of the statement, y before its repair.
    """

    margin: float
    dual_bound: float
    embedding: DualEmbedding
    weights: NDArray[np.float64]
    diagonal: NDArray[np.float64]


def sdp_optimum(relevance: Relevance) -> SDPOptimum:
    """Return the largest normalized margin in any dimension, global notion, to about 1e-5.

    Parameters
    ----------
    relevance : Relevance
        With at least one match and one non-match, and at most `MOST_VECTORS` queries and
        documents together: seconds for a hundred, a minute or so at the limit.

    Returns
    -------
    optimum : SDPOptimum
        An embedding with its margin, and multipliers that bound any other.

    Raises
    ------
    ConstructionError
        If there are more vectors, all pairs or none match, or the solver gives nothing. Needs
        the extra `optimum` (cvxpy).

    Examples
    --------
    One match and one non-match: q = x_0 = -x_1 is best.

    >>> best = sdp_optimum(Relevance.from_sets([{0}], 2))
    >>> bool(0.9999 < best.margin <= best.dual_bound < 1.0001), best.embedding.dim
    (True, 1)
    """
    n_vectors = relevance.n_queries + relevance.n_documents
    if n_vectors > MOST_VECTORS:
        raise ConstructionError(
            f"queries and documents must be at most {MOST_VECTORS} together for the semidefinite "
            f"programme: got {n_vectors}"
        )
    gram, weights, diagonal = _solve(_signs(relevance))
    embedding = _embedding(relevance, gram)
    certificate = certify(embedding, relevance, threads=1)
    return SDPOptimum(
        margin=certificate.normalized_margin_lower_bound or 0.0,
        dual_bound=margin_upper_bound(relevance, weights, diagonal),
        embedding=embedding,
        weights=weights,
        diagonal=diagonal,
    )


def sdp(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return the embedding of largest margin, global notion, for small inputs.

    Parameters
    ----------
    relevance : Relevance
        As for `sdp_optimum`.
    dim : int, optional
        At least the rank of the solver's Gram matrix, which is what is used.
    dtype : {"float64", "float32", "float16", "int8"}
        The stored type.
    seed : int
        Not used: nothing is random.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is that of `sdp_optimum`, before rounding to the stored type.

    Raises
    ------
    ConstructionError
        As `sdp_optimum`, and if `dim` is below the rank.

    Examples
    --------
    >>> sdp(Relevance.from_sets([{0}, {1}], 2)).dim
    1
    """
    stored = as_dtype(dtype)
    best = sdp_optimum(relevance)
    start = best.embedding
    if dim is not None and dim < start.dim:
        raise ConstructionError(
            f"dim must be at least the rank of the optimum, {start.dim}: got {dim}"
        )
    return rounded_embedding(
        relevance,
        start.queries,
        start.documents,
        stored,
        threshold=start.threshold,
        construction="sdp",
        parameters={"dual_bound": best.dual_bound, "seed": seed},
        promise={"dim": start.dim, "margin": best.margin, "theorem": "semidefinite programme"},
    )


def margin_upper_bound(
    relevance: Relevance, weights: NDArray[np.float64], diagonal: NDArray[np.float64]
) -> float:
    """Return the dual bound of the module's statement, for any multipliers.

    The diagonal is raised by a common shift until Diag(y) - A is proved positive semidefinite, so
    that poor multipliers give a poor bound, never a wrong one.

    Parameters
    ----------
    relevance : Relevance
        Of n queries and m documents.
    weights : ndarray of float64, shape (n, m)
        Multipliers lambda of the statement, not negative.
    diagonal : ndarray of float64, shape (n + m,)
        Multipliers y of the statement, queries first.

    Returns
    -------
    bound : float
        No embedding in any dimension has a larger normalized margin.

    Raises
    ------
    ShapeError
        If shapes do not fit, a weight is negative or not finite, or all are zero.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}], 2)
    >>> round(margin_upper_bound(r, np.full((1, 2), 0.5), np.array([0.5, 0.25, 0.25])), 6)
    1.0
    """
    signs = _signs(relevance)
    n, m = signs.shape
    if weights.shape != (n, m) or diagonal.shape != (n + m,):
        raise ShapeError(
            f"weights and diagonal must have shapes {(n, m)} and {(n + m,)}: "
            f"got {weights.shape} and {diagonal.shape}"
        )
    total = float(weights.sum())
    if not (np.all(weights >= 0) and 0 < total < np.inf and np.all(np.isfinite(diagonal))):
        raise ShapeError("weights must be finite, not negative and not all zero")
    matrix = np.zeros((n + m, n + m))
    matrix[:n, n:] = -signs * weights / 2  # halves are exact
    matrix[n:, :n] = matrix[:n, n:].T
    shifted = _proved_diagonal(matrix, diagonal)
    of_matches = math.fsum(weights[signs > 0].tolist())
    of_others = math.fsum(weights[signs < 0].tolist())
    # fsum rounds once; 1e-15 is above the few roundings of this line
    bound = (math.fsum(shifted.tolist()) + abs(of_matches - of_others) + 1e-15 * total) / (
        of_matches + of_others
    )
    return bound + abs(bound) * 1e-15


def _signs(relevance: Relevance) -> NDArray[np.float64]:
    signs = np.full((relevance.n_queries, relevance.n_documents), -1.0)
    signs[np.repeat(np.arange(relevance.n_queries), relevance.n_matches), relevance.indices] = 1
    if not 0 < relevance.n_pairs < signs.size:
        raise ConstructionError(
            "some pair must match and some must not, or there is no margin: "
            f"got {relevance.n_pairs} matches in {signs.size} pairs"
        )
    return signs


def _solve(
    signs: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return Z, the multipliers of the pairs and those of the unit diagonal, to the accuracy."""
    # its types are partial
    cp: Any = imported(
        "cvxpy", "the semidefinite programme", "'hrgeom[optimum]'", error=ConstructionError
    )
    n = len(signs)
    gram: Any = cp.Variable((sum(signs.shape),) * 2, PSD=True)
    threshold, margin = cp.Variable(), cp.Variable()
    unit = cp.diag(gram) == 1
    separated = cp.multiply(signs, gram[:n, n:] - threshold) >= margin
    problem = cp.Problem(cp.Maximize(margin), [unit, separated])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an inaccurate solution is as good as its certificate
        problem.solve(
            solver=cp.SCS, eps=_ACCURACY, scale=_SCALE, max_iters=_MOST_STEPS, verbose=False
        )
    if gram.value is None or separated.dual_value is None:
        raise ConstructionError(f"the solver must find an optimum: got {problem.status}")
    weights = np.maximum(np.asarray(separated.dual_value, dtype=np.float64), 0.0)
    return np.asarray(gram.value), weights, np.asarray(unit.dual_value, dtype=np.float64)


def _embedding(relevance: Relevance, gram: NDArray[np.float64]) -> DualEmbedding:
    """Factorise Z = V V^T without its noise, and scale the rows of V to unit length."""
    values, vectors = np.linalg.eigh((gram + gram.T) / 2)
    kept = values > _RANK
    rows = vectors[:, kept] * np.sqrt(values[kept])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    n = relevance.n_queries
    embedding = rounded_embedding(
        relevance, rows[:n], rows[n:], np.dtype(np.float64), construction="sdp"
    )
    return replace(embedding, threshold=certify(embedding, relevance, threads=1).threshold)


def _proved_diagonal(
    matrix: NDArray[np.float64], diagonal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the diagonal plus a shift such that matrix + Diag is proved positive semidefinite."""
    size = len(diagonal)
    least = float(np.linalg.eigvalsh(matrix + np.diag(diagonal))[0])
    scale = float(np.abs(matrix).sum(axis=1).max() + np.abs(diagonal).max())
    shift = max(0.0, -least)
    step = 4 * size * UNIT_ROUNDOFF * scale
    while True:
        raised = diagonal + shift
        if is_positive_semidefinite(matrix + np.diag(raised)):
            return raised
        shift += step
        step *= 2


def is_positive_semidefinite(matrix: NDArray[np.float64]) -> bool:
    r"""Return whether a symmetric matrix is proved to be positive semidefinite, in floats.

    If the floating-point Cholesky factorisation of B succeeds, the factor R has
    :math:`R^\top R = B + E` with :math:`\|E\|_2 \le \gamma_{n+1}/(1-\gamma_{n+1})\, \mathrm{tr} B`.
    It is applied to B = matrix - c I, rounded, with c above that bound and above the rounding of
    the subtraction.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, n)
        Symmetric, and taken to be exact.

    Returns
    -------
    is_proved : bool
        False for matrices that are not positive semidefinite, and for those that nearly are not.

    References
    ----------
    Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., theorem 10.3 and (10.7);
    Rump 2006, *Verification of positive definiteness*.

    Examples
    --------
    >>> is_positive_semidefinite(np.array([[2.0, 1.0], [1.0, 2.0]]))
    True
    >>> is_positive_semidefinite(np.array([[1.0, 2.0], [2.0, 1.0]]))
    False
    """
    size = len(matrix)
    top = np.abs(np.diag(matrix)).max()
    error = gamma(size + 1, UNIT_ROUNDOFF) / (1 - 2 * gamma(size + 1, UNIT_ROUNDOFF)) * size * top
    lowered = matrix - np.diag(np.full(size, 1.01 * (error + UNIT_ROUNDOFF * top)))
    try:
        np.linalg.cholesky(lowered)
    except np.linalg.LinAlgError:
        return False
    return True
