"""Distances in the Poincare ball, and the inner products that rank as they do."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding
from hrgeom.errors import ShapeError

__all__ = ["in_ball", "minus_distances", "poincare_lift"]


def poincare_lift(embedding: DualEmbedding) -> DualEmbedding:
    r"""Return the dot-product embedding that ranks as the distances of a Poincare ball do.

    .. math:: -\cosh d(q, x) = \Bigl\langle \frac{(2q,\; 1 + |q|^2)}{1 - |q|^2},
              \frac{(2x,\; -1 - |x|^2)}{1 - |x|^2} \Bigr\rangle

    and cosh rises with the distance. So the ranking of points in a ball of dimension d is one by
    dot products in dimension d + 1, and `certify` and the lower bounds apply to it. The factor of
    the query does not change its ranking and is left out.

    Parameters
    ----------
    embedding : DualEmbedding
        Rows of length below 1.

    Returns
    -------
    lifted : DualEmbedding
        Of float64, in dimension d + 1, with the row notion. Its entries are rounded: a certificate
        speaks of them.

    Raises
    ------
    ShapeError
        If a row is not inside the ball.

    References
    ----------
    Nickel and Kiela 2017 (arXiv:1705.08039) for the distance; Nickel and Kiela 2018
    (arXiv:1806.03417) for the hyperboloid.

    Examples
    --------
    >>> ball = DualEmbedding([[0.0], [0.5]], [[0.0], [0.5]])
    >>> lifted = poincare_lift(ball)
    >>> (lifted.queries @ lifted.documents.T).round(3).tolist()
    [[-1.0, -1.667], [-1.25, -0.75]]
    """
    (queries, q), (documents, x) = (
        in_ball(rows, name)
        for rows, name in zip(embedding.values(), ("queries", "documents"), strict=True)
    )
    return DualEmbedding(
        np.column_stack((2 * queries, 1 + q)),
        np.column_stack((2 * documents, -1 - x)) / (1 - x)[:, None],
        notion="row",
        query_labels=embedding.query_labels,
        document_labels=embedding.document_labels,
        construction=embedding.construction,
        parameters={**embedding.parameters, "lifted": "poincare"},
    )


def in_ball(rows: NDArray[Any], name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows in float64 and their squared lengths, all below 1."""
    wide = rows.astype(np.float64)
    squares = np.einsum("ij,ij->i", wide, wide)
    outside = np.flatnonzero(squares >= 1)
    if len(outside):
        raise ShapeError(
            f"{name} must lie inside the unit ball for the Poincare distance: got length "
            f"{np.sqrt(squares[outside[0]]):.6g} at row {outside[0]}"
        )
    return wide, squares


def minus_distances(
    products: NDArray[np.float64], queries: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return minus the Poincare distances, of inner products and squared lengths.

    |q|^2 + |x|^2 - 2<q, x> may round below 0 where the points are the same.
    """
    q = np.einsum("ij,ij->i", queries, queries)[:, None]
    apart = np.maximum(q + x - 2 * products, 0.0)
    distances: NDArray[np.float64] = np.arccosh(1 + 2 * apart / ((1 - q) * (1 - x)))
    return -distances
