"""Small finite fields of odd characteristic, by tables."""

from __future__ import annotations

import itertools
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Field", "field", "is_prime", "prime_power"]


def is_prime(n: int) -> bool:
    """Return whether n is a prime, by trial division."""
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def prime_power(q: int) -> tuple[int, int] | None:
    """Return (p, e) with q = p**e, p prime, or None.

    Examples
    --------
    >>> prime_power(121), prime_power(12)
    ((11, 2), None)
    """
    p = next((d for d in range(2, int(q**0.5) + 1) if q % d == 0), q)
    e = 0
    while q > 1 and q % p == 0:
        q, e = q // p, e + 1
    return (p, e) if q == 1 and e > 0 else None


@cache
def field(q: int) -> Field:
    """Return the field of q elements, q a power of an odd prime."""
    power = prime_power(q)
    assert power is not None, q
    return Field(*power)


class Field:
    """The field of q = p**e elements, numbered 0 to q - 1 by their digits in base p.

    Element sum_i d_i p^i stands for sum_i d_i x^i modulo a primitive polynomial.

    Attributes
    ----------
    order : int
        q.
    powers : ndarray of int64, shape (q - 1,)
        The powers of a primitive element.
    """

    def __init__(self, p: int, e: int) -> None:
        self.p, self.e, self.order = p, e, p**e
        self._place = p ** np.arange(e)
        for coefficients in itertools.product(range(p), repeat=e):
            powers = self._orbit(coefficients)
            if len(powers) == self.order - 1:
                break
        self.powers = np.array(powers, dtype=np.int64)
        self._log = np.zeros(self.order, dtype=np.int64)
        self._log[self.powers] = np.arange(self.order - 1)

    def _orbit(self, coefficients: tuple[int, ...]) -> list[int]:
        """1, x, x^2, ... until 1 comes back or 0 comes up, where x^e is minus the polynomial."""
        p, e = self.p, self.e
        element = [1] + [0] * (e - 1)
        seen: list[int] = []
        while len(seen) < self.order:
            number = sum(d * p**i for i, d in enumerate(element))
            if number == 0 or (seen and number == 1):
                return seen
            seen.append(number)
            top = element[-1]
            element = [
                (low - top * c) % p for low, c in zip([0, *element[:-1]], coefficients, strict=True)
            ]
        return seen

    @cached_property
    def _sums(self) -> NDArray[np.int64]:
        digits = np.arange(self.order)[:, None] // self._place % self.p
        return (digits[:, None] + digits[None, :]) % self.p @ self._place

    def add(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a + b, elementwise."""
        return np.asarray(self._sums[a, b])

    def negative(self, a: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return -a."""
        return np.asarray(self._sums.argmin(axis=1)[a])

    def multiply(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a b, elementwise."""
        product = self.powers[(self._log[a] + self._log[b]) % (self.order - 1)]
        return np.where((a == 0) | (b == 0), 0, product)

    def power(self, a: NDArray[np.int64], exponent: int) -> NDArray[np.int64]:
        """Return a to a positive power."""
        return np.where(a == 0, 0, self.powers[self._log[a] * exponent % (self.order - 1)])

    def character(self, a: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return 1 for squares, -1 for non-squares, 0 for zero."""
        return np.where(a == 0, 0, 1 - 2 * (self._log[a] % 2))
