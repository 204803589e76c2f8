r"""The threshold of a global embedding that states none: a function of the two exact extremes.

Let L be the least exact score of all matches, H the greatest of all other pairs. The threshold is
their middle, rounded to a multiple of a power of two :math:`2^k \approx (L - H)/2^{21}` so that it
has few digits, or to a float64 next to the middle where that multiple is not strictly between.

Statement. If any float64 is strictly between H and L, so is the threshold.

Proof. Let y be such a number, and let a <= (L + H)/2 <= b be the floats next to the middle. If y is
at least the middle then b <= y < L, and b is at least the middle, which exceeds H: b is between. If
y is less, so is a, likewise. The float nearest to the middle is a or b, and the other is its
neighbor; all are tried. ∎

Rounding of scores. Where L and H are known up to an error only, the threshold follows all the same
if every pair of extremes that may be the true one gives the same: gap and middle are then within
intervals over which the rounding does not change. So all kernels use the same number.
"""

from __future__ import annotations

import math
from fractions import Fraction

__all__ = ["Interval", "certain_threshold", "threshold_between"]

Interval = tuple[Fraction, Fraction]
"""Least and greatest value that a number may have."""

_FINE = 20


def threshold_between(low: Fraction | None, high: Fraction | None) -> float:
    """Return the threshold for a least match and a greatest non-match, None where there is none.

    Parameters
    ----------
    low, high : Fraction or None
        Exact scores, not both None.

    Returns
    -------
    threshold : float
        Strictly between them if a float64 is; otherwise near their middle. With one of them
        missing, about 1 from the other.

    Examples
    --------
    >>> threshold_between(Fraction(3), Fraction(1)), threshold_between(None, Fraction(1))
    (2.0, 2.0)
    """
    wanted, unit = _middle(low, high), _unit(low, high)
    near = float(wanted)
    first = float(_rounded(wanted, unit))
    for number in (first, near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf)):
        if (low is None or number < low) and (high is None or high < number):
            return number
    return first


def certain_threshold(low: Interval | None, high: Interval | None) -> float | None:
    """Return the threshold that all extremes within two intervals give, or None if they differ.

    Parameters
    ----------
    low, high : (Fraction, Fraction) or None
        Bounds on the least match and on the greatest non-match; None where there is none, which
        is so for one of them at most.

    Returns
    -------
    threshold : float or None
        That of `threshold_between` for any two numbers of the intervals.

    Examples
    --------
    >>> a, tiny = Fraction(1), Fraction(1, 2**60)
    >>> certain_threshold((3 * a, 3 * a + tiny), (a - tiny, a))
    2.0
    """
    corners = [
        (None if low is None else low[i], None if high is None else high[j])
        for i in (0, 1)
        for j in (0, 1)
    ]
    units = {_unit(*corner) for corner in corners}
    if len(units) > 1:
        return None
    unit = units.pop()
    numbers = {float(_rounded(_middle(*corner), unit)) for corner in corners}
    if len(numbers) > 1:
        return None
    number = numbers.pop()
    is_between = (low is None or number < low[0]) and (high is None or high[1] < number)
    never = low is not None and high is not None and low[1] <= high[0]
    return number if is_between or never else None


def _middle(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        assert high is not None
        return high + 1
    return low - 1 if high is None else (low + high) / 2


def _unit(low: Fraction | None, high: Fraction | None) -> Fraction:
    """Return the power of two that the middle is rounded to; 0 for equal extremes."""
    gap = abs(low - high) / 3 if low is not None and high is not None else Fraction(1)
    if gap == 0:
        return gap
    exponent = gap.numerator.bit_length() - gap.denominator.bit_length()
    exponent -= gap < _power(exponent)  # the greatest with 2^exponent <= gap
    return _power(exponent - _FINE)


def _power(exponent: int) -> Fraction:
    return Fraction(1 << max(exponent, 0), 1 << max(-exponent, 0))


def _rounded(value: Fraction, unit: Fraction) -> Fraction:
    return math.floor(value / unit + Fraction(1, 2)) * unit if unit else value
