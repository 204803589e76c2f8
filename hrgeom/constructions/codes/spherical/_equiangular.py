r"""Equiangular lines: both unit vectors of every line.

Theorem. Let S be a symmetric matrix of order v with zeros on the diagonal, +-1 elsewhere and
least eigenvalue -1/a. Then I + aS is the Gram matrix of v unit vectors in as many dimensions as
the eigenvalue -1/a leaves, and they and their negatives have inner products a, -a and -1. ∎

- Paley conference matrices: q = 1 mod 4 a prime power, v = q + 1, :math:`S^2 = qI`, a = 1/sqrt q:
  2(q + 1) words in (q + 1)/2 dimensions. S has the quadratic character of x - y among the
  elements, and 1 for the point at infinity.
- Taylor's unitary two-graphs: q an odd prime power, v = q^3 + 1 isotropic points of a Hermitian
  form H in three dimensions over q^2 elements; S has the quadratic character of H(x, y), times -1
  for q = 3 mod 4, and eigenvalues q^2 and -q, a = 1/q: 2(q^3 + 1) words in q^2 - q + 1 dimensions
  (D. E. Taylor, *Regular 2-graphs*, Proc. London Math. Soc. 35, 1977).

Both matrices satisfy (S - s)(S + 1/a) = 0, so that I + aS is a multiple of a projection, and an
orthonormal basis of its range gives the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical._code import SphericalCode, root_above
from hrgeom.constructions.codes.spherical._galois import field, prime_power

__all__ = ["conference", "equiangular_codes", "paley_matrix", "taylor_matrix", "unitary"]

_PALEY = tuple(q for q in range(5, 600, 4) if prime_power(q))
_TAYLOR = (3, 5, 7, 9, 11, 13)


def conference(q: int) -> SphericalCode:
    """Return the code of the Paley conference matrix of order q + 1."""
    return SphericalCode(
        name=f"Paley conference matrix of order {q + 1}",
        dim=(q + 1) // 2,
        size=2 * (q + 1),
        inner=root_above(Fraction(1, q)),
        source="Paley 1933",
        known="proof",
        first=partial(_lines, paley_matrix, q, (q + 1) // 2, q**-0.5),
    )


def unitary(q: int) -> SphericalCode:
    """Return the code of Taylor's unitary two-graph on q^3 + 1 points."""
    return SphericalCode(
        name=f"unitary two-graph on {q**3 + 1} points",
        dim=q * q - q + 1,
        size=2 * (q**3 + 1),
        inner=Fraction(1, q),
        source="Taylor 1977",
        known="proof",
        first=partial(_lines, taylor_matrix, q, q * q - q + 1, 1 / q),
    )


def equiangular_codes(n: int) -> Iterator[SphericalCode]:
    """Yield the codes of n words or more in fewer dimensions than the cross-polytope."""
    for q in _PALEY:
        if 2 * (q + 1) >= n > q + 1:
            yield conference(q)
    for q in _TAYLOR:
        if 2 * (q**3 + 1) >= n > 2 * (q * q - q + 1):
            yield unitary(q)


def paley_matrix(q: int) -> NDArray[np.int64]:
    """Return the symmetric conference matrix, shape (q + 1, q + 1)."""
    f = field(q)
    x = np.arange(q)
    matrix = np.ones((q + 1, q + 1), dtype=np.int64)
    matrix[1:, 1:] = f.character(f.add(x[:, None], f.negative(x)[None, :]))
    matrix[0, 0] = 0
    return matrix


def taylor_matrix(q: int) -> NDArray[np.int64]:
    """Return the two-graph's matrix with least eigenvalue -q, shape (q^3 + 1, q^3 + 1)."""
    f = field(q * q)
    everything = np.arange(q * q)
    # H(x, y) = x1 y3^q + x2 y2^q + x3 y1^q: the point (0, 0, 1), and (1, s, t) with
    # t + t^q + s^(q + 1) = 0.
    s, t = (g.ravel() for g in np.meshgrid(everything, everything, indexing="ij"))
    isotropic = f.add(f.add(t, f.power(t, q)), f.power(s, q + 1)) == 0
    s, t = s[isotropic], t[isotropic]
    form = f.add(
        f.add(f.power(t, q)[None, :], t[:, None]), f.multiply(s[:, None], f.power(s, q)[None, :])
    )
    matrix = np.ones((q**3 + 1, q**3 + 1), dtype=np.int64)
    matrix[1:, 1:] = f.character(form)
    np.fill_diagonal(matrix, 0)
    return matrix if q % 4 == 1 else -matrix


def _lines(
    matrix_of: Callable[[int], NDArray[np.int64]], q: int, dim: int, inner: float, n: int
) -> NDArray[np.float64]:
    """The first n of the words u, -u, v, -v, ..."""
    matrix = matrix_of(q).astype(np.float64)
    gram = np.eye(len(matrix)) + inner * matrix
    # A multiple of a projection: the images of any vectors in general position span its range.
    mixing = np.random.default_rng(0).standard_normal((len(matrix), dim))
    basis = np.linalg.qr(gram @ mixing)[0]
    basis = np.linalg.qr(gram @ basis)[0]  # again, for the rounding of the first
    lines = basis * np.sqrt(len(matrix) / dim)
    k = np.arange(n)
    return np.asarray(lines[k // 2] * (1 - 2 * (k % 2))[:, None])
