"""The last step of a run: convex solves for the queries that training left wrong.

The documents are fixed. For each failing query the vector of largest ranking margin is found
(`hrgeom.constructions.max_margin`); where it separates it replaces the learned one, and where none
does, the solver's bound says by how much any vector must fail: the documents are to blame.
Queries that are right already keep their learned vector, so the time goes with the failures.
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
    n_failing : int
        Queries that were wrong.
    n_repaired : int
        Those of them that now have a positive margin in float64. Rounding to float32 may still
        undo a very small one: the certificate of the whole decides.
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
    """Return the queries, those that fail replaced where some vector is right.

    Parameters
    ----------
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
    relevance : Relevance
    failing : ndarray of int64
        Which queries to solve for.
    """
    if len(failing) == 0:
        return Repair(queries, 0, 0)
    # Tolerance: a margin that separates is wanted, the last per cent of it is not.
    solution = max_margin_queries(
        documents, relevance, notion="row", queries=failing, tolerance=1e-2
    )
    good = solution.margins > 0
    result = queries.copy()
    result[failing[good]] = solution.queries[good]
    return Repair(result, len(failing), int(good.sum()))
