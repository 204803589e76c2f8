r"""Shells of lattices: all vectors of one norm.

Coordinates are integers; the norm of a vector is its sum of squares over a scale.

- E8, scale 2, least norm 2: vectors that are words of the [8, 4] Hamming code mod 2.
- K12 (Coxeter-Todd), scale 2, least norm 4: six Eisenstein integers that are words of the hexacode
  mod 2, each written as three integers of sum 0.
- BW16 (Barnes-Wall), scale 2, least norm 4: words of the first-order Reed-Muller code mod 2, with
  a sum that 4 divides.
- Leech, scale 8, least norm 4; and of norm 6 those vectors with three coordinates of 0.

(J. H. Conway and N. J. A. Sloane, *Sphere Packings, Lattices and Groups*, chapters 4 and 10.) In
an integral lattice of these scales two vectors differ by a vector of the lattice, hence by at
least the least norm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical._leech import norm_four, norm_six

__all__ = ["LATTICES", "Lattice", "shell"]


@dataclass(frozen=True)
class Lattice:
    """A lattice by its generators, or by a function that lists a shell.

    Attributes
    ----------
    scale : int
    least : int
        The least norm of a vector other than 0.
    generators : callable
    shells : dict of int to callable
        Norms for which there is a quicker way than by the generators.
    """

    scale: int
    least: int
    generators: Callable[[], NDArray[np.int64]] | None
    shells: dict[int, Callable[[], NDArray[np.int8]]]


def _hamming() -> NDArray[np.int64]:
    code = [[1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1]]
    return np.concatenate((code, [[1, 0, 1, 0, 1, 0, 1, 0]], 2 * np.eye(8, dtype=np.int64)))


def _reed_muller() -> NDArray[np.int64]:
    points = np.arange(16)
    code = np.array([np.ones(16, dtype=np.int64), *(points >> k & 1 for k in range(4))])
    eye = np.eye(16, dtype=np.int64)
    return np.concatenate((code, 2 * (eye[:-1] + eye[1:]), 4 * eye[:1]))


def _hexacode() -> NDArray[np.int64]:
    # 1, w, w^2 = -1 - w as vectors of sum 0; multiplication by w turns the three coordinates.
    one = np.array([1, -1, 0])
    powers = {"1": one, "w": np.roll(one, 1), "v": np.roll(one, 2), "0": 0 * one}
    words = [[powers[c] for c in word] for word in ("1001vw", "0101wv", "001111")]
    words += [[2 * powers["1"] * (i == k) for i in range(6)] for k in range(6)]
    rows = [np.concatenate([np.roll(entry, t) for entry in word]) for word in words for t in (0, 1)]
    return np.array(rows)


LATTICES: dict[str, Lattice] = {
    "E8": Lattice(2, 2, _hamming, {}),
    "K12": Lattice(2, 4, _hexacode, {}),
    "BW16": Lattice(2, 4, _reed_muller, {}),
    "Leech": Lattice(8, 4, None, {4: norm_four, 6: norm_six}),
}


@lru_cache(maxsize=4)
def shell(name: str, norm: int) -> NDArray[np.int8]:
    """Return the vectors of this norm, shape (n, coordinates), in a fixed order.

    Examples
    --------
    >>> shell("E8", 2).shape, shell("K12", 4).shape
    ((240, 8), (756, 18))
    """
    lattice = LATTICES[name]
    if norm in lattice.shells:
        vectors = lattice.shells[norm]()
    else:
        assert lattice.generators is not None
        vectors = _in_order(_of_square(_basis(lattice.generators()), norm * lattice.scale))
    vectors.flags.writeable = False
    return vectors


def _basis(generators: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows that generate the same lattice and are independent, short ones first."""
    left = generators.copy()
    basis = []
    for column in range(left.shape[1]):
        while np.count_nonzero(left[:, column]) > 1:
            size = np.abs(left[:, column])
            pivot = int(np.where(size > 0, size, size.max() + 1).argmin())
            others = np.arange(len(left)) != pivot
            quotients = left[others, column] // left[pivot, column]
            left[others] -= quotients[:, None] * left[pivot]
        rows = np.flatnonzero(left[:, column])
        basis += [left[row].copy() for row in rows]
        left = np.delete(left, rows, axis=0)
    return np.array(sorted(basis, key=lambda row: int(row @ row)))


def _of_square(basis: NDArray[np.int64], square: int) -> NDArray[np.int64]:
    """All integer combinations of the rows with this sum of squares (Fincke and Pohst 1985).

    Coefficients are fixed from the last to the first; what the remaining ones can still remove
    is known from the triangular factor of the basis.
    """
    triangle = np.linalg.qr(basis.T.astype(np.float64))[1]
    n = len(basis)
    partial = np.zeros((1, n), dtype=np.int16)
    spent = np.zeros(1)
    for k in range(n - 1, -1, -1):
        step = abs(triangle[k, k])
        center = -(partial[:, k + 1 :] @ triangle[k, k + 1 :]) / triangle[k, k]
        reach = np.sqrt(np.maximum(square + 1e-6 - spent, 0)) / step
        low = np.ceil(center - reach).astype(np.int64)
        count = np.maximum(np.floor(center + reach).astype(np.int64) - low + 1, 0)
        parent = np.repeat(np.arange(len(partial)), count)
        first = np.cumsum(count) - count
        value = np.arange(len(parent)) - first[parent] + low[parent]
        spent = spent[parent] + (step * (value - center[parent])) ** 2
        partial = partial[parent]
        partial[:, k] = value
    vectors = partial @ basis.astype(np.int16)
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.int64)
    return np.asarray(vectors[squares == square])


def _in_order(vectors: NDArray[np.int64]) -> NDArray[np.int8]:
    """Sort the rows lexicographically."""
    base = 2 * int(np.abs(vectors).max()) + 1
    assert base ** vectors.shape[1] < 2**63
    keys = vectors.astype(np.int64) @ base ** np.arange(vectors.shape[1] - 1, -1, -1)
    return vectors[np.argsort(keys)].astype(np.int8)
