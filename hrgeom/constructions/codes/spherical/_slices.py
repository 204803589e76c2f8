r"""Slices of lattice shells: vectors of one norm in an affine subspace.

Theorem. In a lattice of least norm d, take vectors of norm N in an affine subspace of dimension b
at squared distance p from the origin. Seen from the foot c of the origin in the subspace they lie
on a sphere, and of two of them scaled to length one the inner product is at most
:math:`1 - d/(2(N - p))`.

Proof. c is orthogonal to the directions of the subspace, so :math:`|x - c|^2 = N - p`. Distinct
x, y have :math:`d \le |x - y|^2 = 2(N - p) - 2\langle x - c, y - c\rangle`. ∎

This holds the kissing configurations of laminated lattices, E6, E7, K12 and Barnes-Wall (p = 0);
the sharp codes of 16 words in 5 dimensions with 1/5, 27 in 6 with 1/4, 162 in 21 with 1/7, 100,
275 and 891 in 22 with 1/11, 1/6 and 1/4, 552 and 4600 in 23 with 1/5 and 1/3 (J. H. Conway and
N. J. A. Sloane, *Sphere Packings, Lattices and Groups*, chapter 14; H. Cohn and A. Kumar, J. Amer.
Math. Soc. 20, 2007); lines at 1/5 and 1/3, and many without a name.

The table names a subspace by vectors of the shell that span it, as positions in the order of
`shell`. It was found by a search that fixes one inner product after the other with short vectors
of the lattice, and keeps those slices whose dimension, number of words and inner product no other
one beats by more than two in a hundred. How it was found does not matter for what it says: the
theorem gives the inner product, and the tests recompute every number of the table.

A slice whose directions are all those of some of the coordinates has integral words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical._code import SphericalCode
from hrgeom.constructions.codes.spherical._lattices import shell

__all__ = ["Slice", "slice_codes", "slices"]

_TABLE = "spherical-slices.txt"
_CHUNK = 1 << 14


@dataclass(frozen=True)
class Slice:
    """Definition of one slice, a row of the table.

    Attributes
    ----------
    lattice : str
    norm : int
        Of the shell.
    dim, size : int
    inner : Fraction
        As the theorem gives it.
    squared, peak : int
        Squared length and largest entry of integral words; 0 if they are not integral.
    points : tuple of int
        dim + 1 vectors of the shell that span the subspace; none for the whole shell.
    """

    lattice: str
    norm: int
    dim: int
    size: int
    inner: Fraction
    squared: int
    peak: int
    points: tuple[int, ...]

    @property
    def is_integral(self) -> bool:
        return self.squared > 0

    def code(self) -> SphericalCode:
        """Return the spherical code."""
        return SphericalCode(
            name=f"{self.lattice} norm {self.norm}, "
            + (f"slice of {self.size}" if self.points else f"all {self.size}"),
            dim=self.dim,
            size=self.size,
            inner=self.inner,
            source="Conway and Sloane; slices by search",
            known="proof",
            first=partial(_first, self),
            is_integral=self.is_integral,
            norm=self.squared or 1,
            peak=self.peak or 1,
        )

    def vectors(self) -> NDArray[np.int8]:
        """Return the vectors of the shell in the slice, shape (size, coordinates)."""
        everything = shell(self.lattice, self.norm)
        if not self.points:
            return everything
        origin = everything[self.points[0]].astype(np.float64)
        directions = self.directions()
        # One vector across the subspace leaves few to look at.
        across = np.random.default_rng(0).standard_normal(len(origin))
        across -= (across @ directions.T) @ directions
        near = everything[np.abs(_products(everything, across) - origin @ across) < 1e-6]
        arms = near - origin
        return np.asarray(
            near[((arms - (arms @ directions.T) @ directions) ** 2).sum(axis=1) < 1e-6]
        )

    def directions(self) -> NDArray[np.float64]:
        """Return an orthonormal basis of the directions, shape (dim, coordinates)."""
        everything = shell(self.lattice, self.norm)
        if not self.points:
            moments = everything.T.astype(np.float64) @ everything
            return np.linalg.eigh(moments)[1].T[-self.dim :]
        spanning = everything[list(self.points)].astype(np.float64)
        return np.linalg.qr((spanning[1:] - spanning[0]).T)[0].T


def _products(vectors: NDArray[np.int8], by: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inner products of all vectors with one, in pieces that fit the cache."""
    pieces = [vectors[start : start + _CHUNK] @ by for start in range(0, len(vectors), _CHUNK)]
    return np.concatenate(pieces)


def _first(slice_: Slice, n: int) -> NDArray[Any]:
    vectors = slice_.vectors()
    if slice_.is_integral:
        words = vectors[:, np.flatnonzero(np.ptp(vectors, axis=0))]
        return np.asarray(words[:n] // np.gcd.reduce(np.abs(words), axis=None))
    # The foot is orthogonal to the directions and drops out.
    rows = vectors[:n] @ slice_.directions().T
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@cache
def slices() -> tuple[Slice, ...]:
    """Return the table of slices."""
    text = resources.files("hrgeom").joinpath("_data", _TABLE).read_text(encoding="ascii")
    return tuple(_row(line) for line in text.splitlines() if not line.startswith("#"))


def _row(line: str) -> Slice:
    lattice, *fields = line.split()
    norm, dim, size = (int(field) for field in fields[:3])
    squared, peak, *points = (int(field) for field in fields[4:])
    return Slice(lattice, norm, dim, size, Fraction(fields[3]), squared, peak, tuple(points))


def slice_codes(n: int) -> Iterator[SphericalCode]:
    """Yield the codes of the table with n words or more."""
    for row in slices():
        if row.size >= n:
            yield row.code()
