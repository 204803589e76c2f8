"""The max-margin vector of one query, by cutting planes: see `hrgeom.constructions.max_margin`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.floats import UNIT_ROUNDOFF
from hrgeom.checker import gamma
from hrgeom.constructions.queries._min_norm import min_norm_weights
from hrgeom.core import Notion

__all__ = ["QuerySolver"]

_LEAST_ADDED = 8  # documents that a query takes in at a time, on either side
_ZERO = 1e-9  # bounds below this times the longest document: no vector separates


class QuerySolver:
    """One query: its working set of documents with weights, the best vector and the bounds."""

    def __init__(
        self,
        points: NDArray[np.float64],
        matches: NDArray[np.int32],
        notion: Notion,
        longest: float,
    ) -> None:
        m, d = points.shape
        self.signs = np.full(m, -1.0)
        self.signs[matches] = 1
        self.is_row = notion == "row"
        self.has_gap = not self.is_row or 0 < len(matches) < m
        self.margin, self.bound = (-np.inf, np.inf) if self.has_gap else (np.inf, np.inf)
        self.best = np.eye(1, d)[0]
        self.support = np.empty(0, dtype=np.int64)
        self.weights = np.empty(0)
        self.direction = self.best
        self._longest = longest
        self._error = gamma(d + 8, UNIT_ROUNDOFF) * longest
        self._new = self.support
        if self.has_gap:
            center = points[matches].sum(axis=0)
            length = float(np.linalg.norm(center))
            if length > 0:
                self.direction = center / length

    def is_done(self, scores: NDArray[np.float64], tolerance: float) -> bool:
        """Note the margin of the direction and the documents that violate it most."""
        signed = self.signs * scores
        is_match = self.signs > 0
        if self.is_row:
            margin = float(signed[is_match].min() + signed[~is_match].min()) / 2
        else:
            margin = float(signed.min())
        margin -= self._error
        if margin > self.margin:
            self.margin, self.best = margin, self.direction
        if self.bound < np.inf and (
            self.bound - self.margin <= tolerance * self.bound
            or self.bound <= _ZERO * self._longest
        ):
            return True
        n_added = max(_LEAST_ADDED, len(self.support) // 2)
        sides = (is_match, ~is_match) if self.is_row else (np.ones_like(is_match),)
        self._new = np.concatenate([_lowest(signed, side, n_added) for side in sides])
        return False

    def improve(self, points: NDArray[np.float64]) -> None:
        """Take the new documents in, and find the shortest combination."""
        used = np.union1d(self.support, self._new)
        signs = self.signs[used]
        rows = signs[:, None] * points[used]
        groups = (signs < 0).astype(np.intp) if self.is_row else np.zeros(len(used), dtype=np.intp)
        start = np.zeros(len(used))
        start[np.searchsorted(used, self.support)] = self.weights
        for group in range(int(groups.max()) + 1):
            own = groups == group
            if not start[own].any():  # the first time
                start[np.flatnonzero(own)[0]] = 1.0
        weights = min_norm_weights(rows @ rows.T, groups, start, 1e-12)
        kept = weights > 0
        self.support, self.weights = used[kept], weights[kept]
        shortest = weights @ rows
        length = float(np.linalg.norm(shortest))
        error = (
            gamma(len(used) + points.shape[1] + 8, UNIT_ROUNDOFF)
            * self._longest
            * (1 + self.is_row)
        )
        bound = (length + error) / (1 + self.is_row)
        self.bound = min(self.bound, bound * (1 + 1e-12))
        if length > 0:
            self.direction = shortest / length


def _lowest(values: NDArray[np.float64], side: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    """Return the places of the lowest values on a side, `count` of them or all."""
    places = np.flatnonzero(side)
    if len(places) > count:
        places = places[np.argpartition(values[places], count)[:count]]
    return places
