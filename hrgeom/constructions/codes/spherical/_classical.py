r"""Few words: the two signs, polygons, simplices and cross-polytopes.

Theorem. (i) The b + 1 vertices of a regular simplex in b dimensions have inner products -1/b, and
no b + 1 or more unit vectors do better. (ii) The 2b vectors :math:`\pm e_i` have inner products 0
and -1, and no code of more than b + 1 words has a largest one below 0. (iii) The n-th roots of
unity have inner products up to :math:`\cos(2\pi/n)`, the least there is in the plane.

Proof. (i) The sum of n unit vectors has squared length :math:`n + \sum_{i \ne j}
\langle w_i, w_j\rangle \ge 0`, so some inner product is at least -1/(n - 1). (ii) Vectors with
negative inner products: if more than b + 1, two disjoint sets of them have a common point in
their convex cones (Radon), whose squared length would be negative. (iii) The n angles between
neighbors add up to a full turn. ∎

Simplices are integral where a Hadamard matrix of order b + 1 = 2^m is at hand: its rows without
the constant column.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.integers import ceil_div
from hrgeom.constructions.codes.spherical._code import SphericalCode, rounded_up

__all__ = ["classical_codes", "cross_polytope", "polygon", "signs", "simplex"]


def signs() -> SphericalCode:
    """Return the two words 1 and -1."""
    return SphericalCode(
        name="two signs",
        dim=1,
        size=2,
        inner=Fraction(-1),
        source="elementary",
        known="proof",
        first=lambda n: np.array([[1], [-1]])[:n],
        is_integral=True,
    )


def polygon(size: int) -> SphericalCode:
    """Return the regular polygon of three corners or more, other than the square."""
    exact = {3: Fraction(-1, 2), 6: Fraction(1, 2)}

    def first(n: int) -> NDArray[np.float64]:
        angles = 2 * np.pi * np.arange(n) / size
        return np.column_stack((np.cos(angles), np.sin(angles)))

    return SphericalCode(
        name=f"regular polygon of {size} corners",
        dim=2,
        size=size,
        inner=exact.get(size, rounded_up(float(np.cos(2 * np.pi / size)))),
        source="elementary",
        known="proof",
        first=first,
    )


def simplex(dim: int) -> SphericalCode:
    """Return the regular simplex in two dimensions or more.

    Parameters
    ----------
    dim : int
        Dimension b, at least 2.

    Returns
    -------
    code : SphericalCode
        Its b + 1 words have inner products -1/b. Of integers if b + 1 is a power of two.

    Examples
    --------
    >>> simplex(3).words()
    array([[ 1,  1,  1],
           [-1,  1, -1],
           [ 1, -1, -1],
           [-1, -1,  1]], dtype=int16)
    """
    is_integral = (dim + 1) & dim == 0

    def hadamard(n: int) -> NDArray[np.int16]:
        table = np.ones((1, 1), dtype=np.int16)
        while len(table) <= dim:
            table = np.kron(np.array([[1, 1], [1, -1]], dtype=np.int16), table)
        return table[:n, 1:]

    def centered(n: int) -> NDArray[np.float64]:
        # Rows of (1 - 1/b) on the diagonal fold the b + 1 corners of a simplex into b dimensions:
        # a e_i + c (1, ..., 1) for i <= b, and the last is minus their sum.
        shift = (1 - np.sqrt(dim + 1)) / dim
        words = np.full((dim + 1, dim), shift)
        words[np.arange(dim), np.arange(dim)] += np.sqrt(dim + 1)
        words[dim] = -1
        return np.asarray(words[:n] / np.sqrt(dim))

    return SphericalCode(
        name="regular simplex",
        dim=dim,
        size=dim + 1,
        inner=Fraction(-1, dim),
        source="elementary",
        known="proof",
        first=hadamard if is_integral else centered,
        is_integral=is_integral,
        norm=dim if is_integral else 1,
    )


def cross_polytope(dim: int) -> SphericalCode:
    """Return the vectors e_1, -e_1, e_2, -e_2, ... in two dimensions or more.

    Parameters
    ----------
    dim : int
        Dimension b, at least 2.

    Returns
    -------
    code : SphericalCode
        Its 2b words, of integers, have inner products 0 and -1.

    Examples
    --------
    >>> cross_polytope(2).words()
    array([[ 1,  0],
           [-1,  0],
           [ 0,  1],
           [ 0, -1]], dtype=int16)
    """

    def first(n: int) -> NDArray[np.int16]:
        words = np.zeros((n, dim), dtype=np.int16)
        k = np.arange(n)
        words[k, k // 2] = 1 - 2 * (k % 2)
        return words

    return SphericalCode(
        name="cross-polytope",
        dim=dim,
        size=2 * dim,
        inner=Fraction(0),
        source="elementary",
        known="proof",
        first=first,
        is_integral=True,
    )


def classical_codes(n: int) -> Iterator[SphericalCode]:
    """Yield those of the least dimensions that have n words."""
    if n <= 2:
        yield signs()
        return
    if n != 4:
        yield polygon(n)
    if n >= 4:
        yield cross_polytope(ceil_div(n, 2))
        yield simplex(n - 1)
