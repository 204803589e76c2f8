r"""Initial tables: random numbers, or a certified construction reduced or padded to size.

The construction is the one that `construct` chooses for d dimensions, or its smallest one if that
needs more.

- It is *reduced* to the rank-d scores nearest to its own in the sense of least squares
  (Eckart-Young): with :math:`Q = U_q R_q`, :math:`X = U_x R_x` and the singular value
  decomposition :math:`R_q R_x^\top = A \Sigma B^\top`, the tables are :math:`U_q A \sqrt\Sigma`
  and :math:`U_x B \sqrt\Sigma`, cut to d columns.
- One of fewer dimensions is *padded* with columns of zeros, which change no score, and both tables
  are rotated by the same random rotation, so that gradients reach every column.
- Either is scaled so that the mean square of the entries of each table is 1, as for random
  numbers: the softmax, whose temperature is fixed, sees scores of the usual size. A factor on a
  whole table changes no ranking.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions import construct
from hrgeom.core import Hierarchy
from hrgeom.learned._config import Config
from hrgeom.learned._graded import Graded

__all__ = ["first_tables", "fitted"]

Tables = tuple[NDArray[np.float64], NDArray[np.float64]]


def first_tables(hierarchy: Graded, config: Config) -> Tables:
    """Return the queries and documents that a run starts from, shapes (n, d) and (m, d)."""
    rng = np.random.default_rng(config.seed)
    if config.start == "normal":
        n, m = hierarchy.relevance.n_queries, hierarchy.relevance.n_documents
        return rng.standard_normal((n, config.dim)), rng.standard_normal((m, config.dim))
    source = hierarchy if isinstance(hierarchy, Hierarchy) else hierarchy.relevance
    start = construct(source, dtype="float64", seed=config.seed, fewest=True).embedding
    if start.dim < config.dim:  # spare dimensions raise the margin
        wider = construct(source, dim=config.dim, proved=True, dtype="float64", seed=config.seed)
        start = wider.embedding
    queries, documents = start.values()
    return fitted(queries, documents, config.dim, rng)


def fitted(
    queries: NDArray[np.float64],
    documents: NDArray[np.float64],
    dim: int,
    rng: np.random.Generator,
) -> Tables:
    """Return tables of `dim` columns with the same scores, or the nearest, up to a factor.

    Parameters
    ----------
    queries, documents : ndarray of float64, shapes (n, k) and (m, k)
        Vectors of the construction.
    dim : int
        Number of columns d.
    rng : numpy.random.Generator
        Source of the random rotation.

    Returns
    -------
    queries, documents : ndarray of float64, shapes (n, d) and (m, d)
        Each with mean square 1.

    References
    ----------
    .. [1] C. Eckart and G. Young, "The approximation of one matrix by another of lower rank",
       Psychometrika 1, 1936.

    Examples
    --------
    >>> rows = np.diag([3.0, 2.0, 1.0])
    >>> q, x = fitted(rows, rows, 2, np.random.default_rng(0))
    >>> scores = q @ x.T
    >>> (scores / scores[1, 1]).round(6) + 0.0
    array([[2.25, 0.  , 0.  ],
           [0.  , 1.  , 0.  ],
           [0.  , 0.  , 0.  ]])
    """
    if queries.shape[1] > dim:
        # Best approximation of the scores of rank d, by the singular values of R_q R_x^T.
        u_q, r_q = np.linalg.qr(queries)
        u_x, r_x = np.linalg.qr(documents)
        left, values, right = np.linalg.svd(r_q @ r_x.T)
        roots = np.sqrt(values[:dim])
        queries, documents = u_q @ left[:, :dim] * roots, u_x @ right[:dim].T * roots
    # The first k rows of a random rotation pad with zeros and rotate at once.
    rotation = np.linalg.qr(rng.standard_normal((dim, dim)))[0][: queries.shape[1]]
    turned = queries @ rotation, documents @ rotation
    first, second = (rows / np.sqrt(np.mean(rows**2)) for rows in turned)
    return first, second
