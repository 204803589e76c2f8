"""The type in which a kernel scores at first, decided once, with the bounds that go with it.

Whatever it is, what a kernel reports are reference scores in float64 and exact decisions: the
working type changes the time, never the certificate.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._rounding import (
    RoundingBounds,
    overflows_float32,
    product_sums,
    rounding_bounds,
)
from hrgeom.core import Notion, Relevance

__all__ = ["working_type"]

_SAMPLED_QUERIES = 16
# A second look at a document costs as much as the sweep over about a hundred of them.
_NEAR_TIES = 0.01


def working_type(
    queries: NDArray[Any],
    documents: NDArray[Any],
    relevance: Relevance,
    notion: Notion = "global",
) -> tuple[np.dtype[Any], RoundingBounds]:
    """Return the type to score these rows in at first, and its rounding bounds.

    Their own type, unless it is float32 and scores could overflow it, or float32 would leave so
    many near ties that float64 is faster.

    Parameters
    ----------
    queries, documents : ndarray of float32 or float64, shapes (n, d) and (m, d)
        Of one type.
    relevance : Relevance
    notion : {"global", "row"}
        Which non-matches need not be found depends on it (`_floors.py`).

    Raises
    ------
    ShapeError
        If a score could overflow float64.
    """
    sums = product_sums(queries, documents)
    own, double = queries.dtype, np.dtype(np.float64)
    work = double if own == np.float32 and overflows_float32(sums) else own
    bounds = rounding_bounds(queries, documents, work, sums=sums)
    if work == np.float32 and _has_many_near_ties(queries, documents, relevance, notion, bounds):
        return double, rounding_bounds(queries, documents, double, sums=sums)
    return work, bounds


def _has_many_near_ties(
    queries: NDArray[Any],
    documents: NDArray[Any],
    relevance: Relevance,
    notion: Notion,
    bounds: RoundingBounds,
) -> bool:
    """Return whether float32 leaves so many rivals of the best non-match that it costs time.

    Each is scored once more, by one long walk through memory; a sweep in float64, twice the
    work, has hardly any. A sample of the queries tells, by scores that only estimate. What is
    below the floor that the sample itself shows has no rivals.
    """
    n, m = len(queries), len(documents)
    sample = np.unique(np.linspace(0, n - 1, min(n, _SAMPLED_QUERIES)).astype(np.int64))
    worst, best, n_near = (np.empty(len(sample)) for _ in range(3))
    # Flags mean nothing here: scores may overflow, and BLAS computes in lanes it throws away.
    with np.errstate(over="ignore", invalid="ignore"):
        for k, i in enumerate(sample.tolist()):
            scores = documents @ queries[i]
            own = relevance.matches(i)
            worst[k] = scores[own].min(initial=np.inf)
            scores[own] = -np.inf
            best[k] = scores.max()
            n_near[k] = np.count_nonzero(scores > best[k] - bounds.filter[i]) - 1
        lead = worst - best if notion == "row" else -best
        matters = lead - bounds.filter[sample] <= lead.min()
    return bool(n_near[matters].sum() > len(sample) * m * _NEAR_TIES)
