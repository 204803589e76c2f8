r"""Compression: a margin in any dimension is kept, nearly, in logarithmically many.

**Theorem.** Let unit vectors of n queries and m documents, of any dimension, have the margin
:math:`\epsilon^*` (half gap; one threshold, or one for every query). Project them by a matrix of
independent normal variables to d dimensions and scale them to unit length. For
:math:`0 < \eta \le 1` and :math:`0 < \delta \le 1`, with probability above :math:`1 - \delta`
the thresholds stay right with margin :math:`(1-\eta)\epsilon^*`, and strictly right for
:math:`\eta = 1`, as soon as

.. math:: d \ge 1 + \frac{\ln(nm/\delta)}{\ln\frac{1+x}{1-x}}, \quad x = (\eta\epsilon^*)^2/4.

This is less than :math:`1 + 2\ln(nm/\delta)/(\eta\epsilon^*)^2`, so that is enough.

Proof: `proofs/jl_compression.py`. The score of projected unit vectors has the law of `score_law`
with their old inner product for its correlation, and its Fisher transform (atanh) stays within a
of the old one with probability at least :math:`1 - \cosh(a)^{-(d-1)}`, whatever that was.

Algorithm 1 *is* this compression, of orthonormal documents and queries :math:`1_S/\sqrt{|S|}`,
whose margin is :math:`1/(2\sqrt s)`: Theorem 3.1 is a special case, with the same constant 8.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.errors import ConstructionError, ShapeError

__all__ = ["THEOREM", "compressed_dim", "compressed_rows"]


def compressed_dim(
    n_documents: int, n_queries: int, margin: float, *, eta: float = 1.0, delta: float = 1.0
) -> int:
    """Return a dimension in which (1 - eta) times a given normalized margin is possible.

    An upper bound on the dimension, for the notion of the margin given.

    Parameters
    ----------
    n_documents, n_queries : int
        Numbers m and n of documents and queries, at least 1.
    margin : float
        The half gap of some unit vectors, 0 < margin <= 1.
    eta : float
        The part of the margin to give up, 0 < eta <= 1. 1: any positive margin will do.
    delta : float
        Probability of failure of one random projection, 0 < delta <= 1. 1: such vectors exist.

    Returns
    -------
    dim : int
        At least 2.

    Raises
    ------
    ConstructionError
        If a parameter is out of range.

    References
    ----------
    W. B. Johnson and J. Lindenstrauss 1984; the module's theorem; `proofs/jl_compression.py`.

    Examples
    --------
    >>> compressed_dim(156, 156, 0.25)
    325
    """
    for name, n in (("n_documents", n_documents), ("n_queries", n_queries)):
        if n < 1:
            raise ConstructionError(f"{name} must be at least 1: got {n}")
    for name, value in (("margin", margin), ("eta", eta), ("delta", delta)):
        if not 0 < value <= 1:
            raise ConstructionError(f"{name} must be above 0 and at most 1: got {value}")
    # union bound over n m pairs: each score's atanh moves by more than a with probability at most
    # cosh(a)^-(d - 1), and (1 + x)/(1 - x) = cosh(a) for x = tanh(a/2)^2
    pairs = math.log(n_documents) + math.log(n_queries) - math.log(delta)
    rate = 2 * math.atanh((eta * margin) ** 2 / 4)  # ln((1 + x)/(1 - x))
    return 1 + max(1, math.ceil(pairs / rate))


def compressed_rows(
    queries: ArrayLike, documents: ArrayLike, dim: int, *, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return queries and documents after one random projection, scaled to unit length.

    Parameters
    ----------
    queries, documents : array_like of float, shapes (n, D) and (m, D)
        No row zero; their lengths do not matter.
    dim : int
        Dimension d >= 1 to project to.
    seed : int
        Seed of the projection.

    Returns
    -------
    queries, documents : ndarray of float64, shapes (n, d) and (m, d)
        Of unit length.

    Raises
    ------
    ShapeError
        If the arrays do not fit each other.
    ConstructionError
        If a row is zero or `dim` below 1.

    Examples
    --------
    >>> queries, documents = compressed_rows(np.eye(3), np.eye(3), 2)
    >>> np.allclose((queries * documents).sum(axis=1), 1)
    True
    """
    q, x = (np.asarray(rows, dtype=np.float64) for rows in (queries, documents))
    if q.ndim != 2 or x.ndim != 2 or q.shape[1] != x.shape[1]:
        raise ShapeError(
            f"queries and documents must be rows of one dimension: got {q.shape} and {x.shape}"
        )
    if dim < 1:
        raise ConstructionError(f"dim must be at least 1: got {dim}")
    for name, rows in (("queries", q), ("documents", x)):
        zero = np.flatnonzero(~rows.any(axis=1))
        if len(zero):
            raise ConstructionError(f"{name} must not be zero: got zeros at row {zero[0]}")
    projection = np.random.default_rng(seed).standard_normal((q.shape[1], dim))
    return _unit(q @ projection), _unit(x @ projection)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _statements(problem: BoundsProblem) -> list[Statement]:
    margin, source = max(problem.known_margins(problem), default=(0.0, ""))
    if margin <= 0:
        raise NotApplicableError("no margin is known in any dimension")
    wanted = problem.margin or 0.0
    if wanted >= margin:
        raise NotApplicableError(
            f"the largest margin known to be possible is {margin:.4g} ({source})"
        )
    r = problem.relevance
    eta = 1 - wanted / margin
    dim = compressed_dim(r.n_documents, r.n_queries, min(1.0, margin), eta=eta)
    return [Statement("unit", dim, f"from margin {margin:.4g} of {source}", problem.margin)]


THEOREM = Theorem(
    name="compression",
    quantity="dimension",
    side="upper",
    statement="A random projection keeps part of the best margin known in any dimension",
    says=_statements,
    source="Johnson and Lindenstrauss 1984",
    proof="jl-compression",
    page="theory/random.md",
)
