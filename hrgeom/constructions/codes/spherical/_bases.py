r"""Unions of orthonormal bases in complex space, read as real vectors.

Theorem. Let p be an odd prime. The vectors :math:`i^s e_x` and those with the coordinates
:math:`i^s \exp(2\pi i (ax^2 + bx)/p)/\sqrt p`, x, a, b mod p and s mod 4, are 4p(p + 1) unit
vectors in p complex or 2p real dimensions with inner products up to 1/sqrt p.

Proof. The real inner product is the real part of the Hermitian one. Between vectors of different
a that is a Gauss sum over p, of size 1/sqrt p; for the same a it is 0 unless b agrees too, and
then a power of i other than 1. With :math:`i^s e_x` it is one coordinate. ∎

(W. O. Alltop, *Complex sequences with low periodic correlations*, IEEE Trans. Inform. Theory 26,
1980; the bases are mutually unbiased.)
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical._code import SphericalCode, root_above
from hrgeom.constructions.codes.spherical._galois import is_prime

__all__ = ["bases_codes", "complex_bases"]

_PRIMES = tuple(p for p in range(3, 512) if is_prime(p) and p % 2)


def complex_bases(p: int) -> SphericalCode:
    """Return the p + 1 mutually unbiased bases of p complex dimensions, with four phases."""
    return SphericalCode(
        name=f"{p + 1} complex bases",
        dim=2 * p,
        size=4 * p * (p + 1),
        inner=root_above(Fraction(1, p)),
        source="Alltop 1980",
        known="proof",
        first=partial(_first, p),
    )


def bases_codes(n: int) -> Iterator[SphericalCode]:
    """Yield the codes of n words or more in fewer dimensions than the cross-polytope."""
    for p in _PRIMES:
        if 4 * p * (p + 1) >= n > 4 * p:
            yield complex_bases(p)


def _first(p: int, n: int) -> NDArray[np.float64]:
    k = np.arange(n)
    phase, b, a = k % 4, k // 4 % p, k // 4 // p
    x = np.arange(p)
    turns = np.exp(2j * np.pi * x / p) / np.sqrt(p)
    exponents = (a[:, None] * (x * x) + b[:, None] * x) % p
    words = turns[exponents]
    last = a == p
    words[last] = np.eye(p)[b[last]]
    words *= (1j ** np.arange(4))[phase][:, None]
    return np.ascontiguousarray(words).view(np.float64)
