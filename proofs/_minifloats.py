"""Binary floating point of any precision, in exact arithmetic: round to nearest, ties to even.

Subnormals are as in IEEE 754; there is no largest number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class MiniFloat:
    """Numbers of `bits` significant bits, all multiples of 2^`least_exponent`."""

    bits: int
    least_exponent: int

    @property
    def unit_roundoff(self) -> Fraction:
        """u: no number in the normal range is changed by more than this factor of itself."""
        return Fraction(1, 2**self.bits)

    @property
    def smallest(self) -> Fraction:
        """The smallest positive number."""
        return Fraction(2) ** self.least_exponent

    def rounded(self, value: Fraction) -> Fraction:
        """Return the nearest number of this type."""
        if value == 0:
            return value
        spacing = self._spacing(abs(value))
        return round(value / spacing) * spacing

    def root(self, value: Fraction) -> Fraction:
        """Return the nearest number to the square root of a positive value."""
        # Enough bits of the root, rounded down, with a last bit that says that there is more.
        scale = 4 ** (2 * self.bits + 8 + max(0, -self.least_exponent))
        scaled = value * scale
        floor = math.isqrt(scaled.numerator // scaled.denominator)
        sticky = Fraction(0) if floor * floor == scaled else Fraction(1, 2)
        return self.rounded((floor + sticky) / math.isqrt(scale))

    def _spacing(self, size: Fraction) -> Fraction:
        exponent = size.numerator.bit_length() - size.denominator.bit_length()
        if Fraction(2) ** exponent > size:
            exponent -= 1
        return Fraction(2) ** max(exponent + 1 - self.bits, self.least_exponent)
