"""Repair of failing queries after training, by convex solves.

The documents are fixed. For each failing query the vector of largest ranking margin is computed
(`hrgeom.constructions.max_margin_queries`). If it separates, it replaces the learned one; if none
does, the solver's bound shows that every vector fails, and by how much. Queries that are right keep
their learned vector, so the time depends on the failures alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.queries import max_margin_queries
from hrgeom.core import Relevance

__all__ = ["Repair", "repaired"]


@dataclass(frozen=True, eq=False)
class Repair:
    """Queries after the repair.

    Attributes
    ----------
    queries : ndarray of float32, shape (n, d)
        All query vectors, the repaired ones replaced.
    n_failing : int
        Number of queries that were wrong.
    n_repaired : int
        Number of those that now have a positive margin in float64. Rounding to float32 may still
        lose a very small margin: the certificate of the result decides.
    """

    queries: NDArray[np.float32]
    n_failing: int
    n_repaired: int


def repaired(
    queries: NDArray[np.float32],
    documents: NDArray[np.float32],
    relevance: Relevance,
    failing: NDArray[np.int64],
) -> Repair:
    """Replace failing queries by vectors of largest margin, where some vector is right.

    Parameters
    ----------
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
        The learned vectors.
    relevance : Relevance
        Which documents each query matches.
    failing : ndarray of int64, shape (k,)
        Numbers of the queries to solve for.

    Returns
    -------
    repair : Repair
        The queries, and how many were replaced.
    """
    if len(failing) == 0:
        return Repair(queries, 0, 0)
    # A loose tolerance: any positive margin will do, its last per cent does not matter.
    solution = max_margin_queries(
        documents, relevance, notion="row", queries=failing, tolerance=1e-2
    )
    good = solution.margins > 0
    result = queries.copy()
    result[failing[good]] = solution.queries[good]
    return Repair(result, len(failing), int(good.sum()))
