"""Points on the moment curve and squared polynomials, in Python integers.

The mathematics is in `hrgeom.constructions.moment_curve`.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr

__all__ = ["CurveSide"]

Csr = tuple[NDArray[np.int64], NDArray[np.int32]]


class CurveSide:
    """One side of a relevance on the moment curve, the other as polynomials.

    Parameters
    ----------
    rows, columns : CSR arrays (indptr, indices)
        The sets of the side that becomes polynomials, and of the side on the curve. Rows of the
        latter with equal sets share a point.

    Attributes
    ----------
    point_of : ndarray of int64
        The point of every row of the side on the curve.
    n_points : int
    degree : int
        Most points in a set; polynomials have twice this degree.
    """

    def __init__(self, rows: Csr, columns: Csr) -> None:
        self.point_of = _groups(columns)
        self.n_points = int(self.point_of.max()) + 1
        row = csr.row_numbers(rows[0]).astype(np.int64)
        keys = row * self.n_points + self.point_of[rows[1]]
        if self.n_points < len(self.point_of):  # else all keys differ, in order as they are
            keys = np.unique(keys)
        self._row, self._point = keys // self.n_points, keys % self.n_points
        self._sizes = np.bincount(self._row, minlength=len(rows[0]) - 1)
        self.degree = int(self._sizes.max())

    @property
    def bits(self) -> float:
        """log2 of T^(2 degree), the largest power on the curve, for the largest position T."""
        return 2 * self.degree * math.log2(max(1, self.n_points // 2))

    @property
    def cost(self) -> tuple[int, int]:
        """Degree and number of points, which make the numbers large, the degree first."""
        return self.degree, self.n_points

    def positions(self) -> NDArray[Any]:
        """The integer of every point: 0, 1, -1, 2, ..., points of the largest sets first."""
        largest = np.zeros(self.n_points, dtype=np.int64)
        np.maximum.at(largest, self._point, self._sizes[self._row])
        often = np.bincount(self._point, minlength=self.n_points)
        order = np.lexsort((-often, -largest))
        i = np.arange(self.n_points)
        positions = np.empty(self.n_points, dtype=np.int64)
        positions[order] = np.where(i % 2 == 1, (i + 1) // 2, -(i // 2))
        return positions.astype(object)

    def curve(self) -> NDArray[Any]:
        """Return t^0, t^1, ... for every row of the side on the curve."""
        exponents = np.arange(2 * self.degree + 1).astype(object)
        powers: NDArray[Any] = self.positions()[:, None] ** exponents
        return powers[self.point_of]

    def polynomials(self, *, padded: bool) -> NDArray[Any]:
        """Return the coefficients of 1 - 2f, ascending, sets of equal size together."""
        out = np.zeros((len(self._sizes), 2 * self.degree + 1), dtype=object)
        starts = np.cumsum(self._sizes) - self._sizes
        positions = self.positions()
        for size in np.unique(self._sizes):
            rows = np.flatnonzero(self._sizes == size)
            roots = positions[self._point[starts[rows][:, None] + np.arange(size)]]
            f = np.zeros((len(rows), 2 * self.degree + 1), dtype=object)
            f[:, 0] = 1
            for root in roots.T:
                f = _times_quadratic(f, -2 * root, root**2)
            for _ in range(self.degree - size if padded else 0):
                f = _times_quadratic(f, 0, 1)
            out[rows] = -2 * f
        out[:, 0] += 1
        return out


def _groups(rows: Csr) -> NDArray[np.int64]:
    """Return a number for every row, the same for equal rows."""
    indptr, indices = rows
    number: dict[bytes, int] = {}
    keys = (indices[a:b].tobytes() for a, b in pairwise(indptr.tolist()))
    groups = [number.setdefault(key, len(number)) for key in keys]
    return np.array(groups, dtype=np.int64)


def _times_quadratic(f: NDArray[Any], linear: Any, constant: Any) -> NDArray[Any]:
    """Return the coefficients of f(t) (t^2 + linear t + constant), one f per row."""
    product = f * np.reshape(constant, (-1, 1))
    product[:, 1:] += f[:, :-1] * np.reshape(linear, (-1, 1))
    product[:, 2:] += f[:, :-2]
    return product
