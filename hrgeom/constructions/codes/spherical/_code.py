"""A spherical code: finitely many unit vectors with small inner products."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.errors import ConstructionError

__all__ = ["SphericalCode", "root_above", "rounded_up"]


@dataclass(frozen=True)
class SphericalCode:
    """A code that makes its words when they are asked for.

    Attributes
    ----------
    name : str
        Such as "Kerdock code of length 64".
    dim : int
        Dimension b of the words.
    size : int
        How many words there are.
    inner : Fraction
        Largest inner product of two distinct words scaled to length one, or a bound above it:
        exact where it is rational, rounded up to a multiple of 2**-40 where it is not.
    source : str
        Where the code comes from.
    known : {"proof", "exhaustive"}
        How `inner` is known: by a theorem, which the module of the family or its source proves,
        or by looking at all words.
    first : callable
        The first n words, for n up to `size`.
    is_integral : bool
        True if words are integers of one length; False if they are unit vectors in float64.
    norm : int
        Squared length of the words: 1 if not integral.
    peak : int
        No entry of a word is larger in size: the largest entry if integral, else 1.
    """

    name: str
    dim: int
    size: int
    inner: Fraction
    source: str
    known: str
    first: Callable[[int], NDArray[Any]] = field(repr=False, compare=False)
    is_integral: bool = False
    norm: int = 1
    peak: int = 1

    @property
    def mu(self) -> float:
        """`inner` as a float."""
        return float(self.inner)

    def words(self, n: int | None = None) -> NDArray[Any]:
        """Return the first n words, all of them by default.

        Parameters
        ----------
        n : int, optional
            How many words, from 1 to `size`. Default: all.

        Returns
        -------
        words : ndarray, shape (n, dim)
            Of int16 and all of one length if `is_integral`; float64 unit vectors otherwise.

        Raises
        ------
        ConstructionError
            If n is not in 1 to `size`.
        """
        n = self.size if n is None else n
        if not 1 <= n <= self.size:
            raise ConstructionError(
                f"number of words must be in 1 to {self.size} for the {self.name}: got {n}"
            )
        words = self.first(n)
        return words.astype(np.int16 if self.is_integral else np.float64, copy=False)


def rounded_up(value: float) -> Fraction:
    """Return the least multiple of 2**-40 that exceeds the value by 2**-45 or more."""
    return Fraction(math.ceil(value * 2**40 + 2**-5), 2**40)


def root_above(square: Fraction) -> Fraction:
    """Return the square root if it is rational, else the least multiple of 2**-40 above it.

    Examples
    --------
    >>> root_above(Fraction(1, 4)), 0 < float(root_above(Fraction(1, 5))) - 5**-0.5 < 1e-12
    (Fraction(1, 2), True)
    """
    above, below = square.numerator, square.denominator
    if math.isqrt(above) ** 2 == above and math.isqrt(below) ** 2 == below:
        return Fraction(math.isqrt(above), math.isqrt(below))
    return Fraction(math.isqrt((above << 80) // below) + 1, 2**40)
