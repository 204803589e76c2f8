r"""Rows as whole numbers of up to three digits to base 256, for exact products of int8.

**Digits.** A row is written as :math:`x = \tilde x + \rho` with a scale t > 0, digits :math:`-128
\le x^{(i)}_k \le 127` and

.. math:: \tilde x_k = t \,(x^{(0)}_k + x^{(1)}_k / 256 + x^{(2)}_k / 256^2),

of which the first one, two or three are kept. All documents share one scale, every query has its
own. Where all entries are multiples of a number of few bits (int8 as stored, with any scale of at
most 29 bits) that number is the last digit's unit and nothing is left: :math:`\rho = 0`.
Elsewhere t is a power of two, so that :math:`\tilde x` is a float64 without rounding.

**Integer score.** With :math:`P_0 = q^{(0)} x^{(0)}`, :math:`P_1 = q^{(0)} x^{(1)} + q^{(1)}
x^{(0)}` and :math:`P_2 = q^{(0)} x^{(2)} + q^{(1)} x^{(1)} + q^{(2)} x^{(0)}`, inner products of
digits, let

.. math:: A = P_0 \text{ for one digit}, \qquad
          A = 256 P_0 + P_1 + \lfloor P_2 / 256 \rfloor \text{ for more},

and let the unit u be the product of both scales, divided by 256 for more than one digit.

**Theorem.** Let a_i be the length of the query's digits i and b_i the greatest of the documents'.
With

.. math:: e = \sum_k |\tilde q_k| \max |\sigma_k| + \sum_k |\rho_k| \max |x_k|, \quad
          c = (a_1 b_2 + a_2 b_1) / 2^{16} + a_2 b_2 / 2^{24},

ρ what the query's digits leave, σ what the documents' do, the exact score obeys

.. math:: u A - e \le \langle q, x \rangle \le u A + e

for one digit, and :math:`u (A - c) - e \le \langle q, x\rangle \le u (A + 1 + c) + e` for more.

**Proof.** :math:`\langle q, x\rangle = \langle\tilde q, \tilde x\rangle + \langle\tilde q,
\sigma\rangle + \langle\rho, x\rangle`, and e bounds the last two. For one digit the first is u
P_0. For more it is :math:`u (256 P_0 + P_1 + P_2/256 + P_3/2^{16} + P_4/2^{24})`, where the floor
takes away less than 1 and :math:`|P_3| \le a_1 b_2 + a_2 b_1`, :math:`|P_4| \le a_2 b_2` by
Cauchy and Schwarz. ∎

Each sum of e is bounded as in `_rounding.py` (`Extent.product_sums`), which inflates it by 1e-6:
far more than the rounding of the residuals, whose subtractions are off by one unit roundoff of
the result.

**Range.** For d up to 2^15, every partial sum of P_0, P_1, P_2 is at most 3 · 2^14 d < 2^31. A
and what it is added up from fit in int32 where 256 a_0 b_0 + a_0 b_1 + a_1 b_0 + 3 · 2^6 d + 1 <
2^31; scales are chosen so (`_MOST_LENGTH`), and a query for which it fails is not `usable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker._rounding import Extent

__all__ = ["MOST_DIGITS", "MOST_DIMENSIONS", "DocumentDigits", "QueryDigits", "ScoreUnits"]

MOST_DIGITS = 3
MOST_DIMENSIONS = 2**15

_BASE = 256
_ROW_BLOCK = 4096
_SAMPLE = 64
# Of rows that a scale is chosen for, in units of it: the greatest entry, and the length.
_MOST_LEADING = 127.0
_MOST_LENGTH = 2600.0
# Bits that a common unit may have: with the 24 of three digits they make the 53 of float64.
_UNIT_BITS = 29
# Below this a scale only costs: digits are zero and the residual is the row.
_LEAST_EXPONENT, _MOST_EXPONENT = -900, 1000
_INFLATION = 1.0 + 1e-6

Rows = NDArray[np.float64]
Planes = NDArray[np.int8]
"""Digits of rows, shape (number of digits, n, d), the leading ones first."""


@dataclass(frozen=True, eq=False)
class DocumentDigits:
    """The documents in digits of one scale, with what each number of digits leaves.

    Attributes
    ----------
    planes : ndarray of int8, shape (3 or fewer, m, d)
        One digit or two where these are exact, otherwise three.
    scale : float
        The unit of the leading digit.
    extent : Extent
        Of the documents.
    rests : tuple of Extent
        Of the residuals after one digit, two, ...
    lengths : tuple of float
        Per digit, a bound on the greatest length of a document's digits.
    """

    planes: Planes
    scale: float
    extent: Extent
    rests: tuple[Extent, ...]
    lengths: tuple[float, ...]

    @staticmethod
    def of(documents: NDArray[np.floating]) -> DocumentDigits:
        """Return the digits of documents (m, d), float32 or float64 and finite, m and d > 0."""
        scale, n_digits = _document_scale(documents)
        planes = np.empty((n_digits, *documents.shape), dtype=np.int8)
        nothing = Extent(np.zeros(documents.shape[1]), 0.0, 0.0)
        extent, rests = nothing, [nothing] * n_digits
        for at, block in _blocks(documents):
            planes[:, at] = _split(block, np.full(len(block), scale), n_digits)
            extent = extent.with_rows(block)
            for k in range(n_digits):
                rest = block - _joined(planes[: k + 1, at], scale)
                rests[k] = rests[k].with_rows(rest)
        return DocumentDigits(planes, scale, extent, tuple(rests), _greatest_lengths(planes))

    def rest(self, n_digits: int) -> Extent:
        """Return the extent of the residuals after so many digits."""
        return self.rests[min(n_digits, len(self.rests)) - 1]

    def length(self, digit: int) -> float:
        """Return the bound on the length of digits number `digit`; 0 where there are none."""
        return self.lengths[digit] if digit < len(self.lengths) else 0.0


@dataclass(frozen=True, eq=False)
class QueryDigits:
    """Queries in digits of a scale each.

    Attributes
    ----------
    rows : ndarray of float64, shape (n, d)
    planes : ndarray of int8, shape (3 or fewer, n, d)
    scale : ndarray of float64, shape (n,)
    """

    rows: Rows
    planes: Planes
    scale: NDArray[np.float64]

    @staticmethod
    def of(queries: NDArray[np.floating]) -> QueryDigits:
        """Return the digits of queries (n, d): one where it is exact for all, otherwise three."""
        rows = queries.astype(np.float64)
        units = _query_units(rows)
        if units is not None:
            return QueryDigits(rows, _split(rows, units, 1), units)
        scale = _power_of_two(*_sizes(rows))
        return QueryDigits(rows, _split(rows, scale, MOST_DIGITS), scale)

    def part(self, at: NDArray[np.intp]) -> QueryDigits:
        """Return the digits of some of the queries."""
        return QueryDigits(self.rows[at], self.planes[:, at], self.scale[at])

    def residual(self, n_digits: int) -> Rows:
        """Return what so many digits leave of every row."""
        return self.rows - _joined(self.planes[:n_digits], self.scale[:, None])

    def lengths(self, digit: int) -> NDArray[np.float64]:
        """Return the length of digits number `digit` per query; 0 where there are none."""
        if digit >= len(self.planes):
            return np.zeros(len(self.rows))
        return np.sqrt(_squares(self.planes[digit])) * _INFLATION


@dataclass(frozen=True, eq=False)
class ScoreUnits:
    """What an integer score says of the exact one: the theorem of this module's file.

    Attributes
    ----------
    unit : ndarray of float64, shape (n,)
        u, per query.
    error : ndarray of float64, shape (n,)
        e, per query: bounds the products with residuals.
    below, above : ndarray of float64, shape (n,)
        u (A - below) - e <= exact score <= u (A + above) + e.
    usable : ndarray of bool, shape (n,)
        Whether scores fit in int32, units and errors in float64. The rest says nothing if not.
    """

    unit: NDArray[np.float64]
    error: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    usable: NDArray[np.bool_]

    @staticmethod
    def of(queries: QueryDigits, documents: DocumentDigits, n_digits: int) -> ScoreUnits:
        """Return the units of scores of so many digits."""
        n = len(queries.rows)
        more = n_digits > 1
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            unit = queries.scale * documents.scale / (_BASE if more else 1)
        error = _error(queries, documents, n_digits)
        cut_off = _cut_off(queries, documents) if n_digits == MOST_DIGITS else np.zeros(n)
        usable = _fits(queries, documents) & (unit > 1e-290) & (unit < 1e290) & (error < 1e300)
        return ScoreUnits(
            unit=np.where(usable, unit, 1.0),
            error=np.where(usable, error, 0.0),
            below=cut_off,
            above=cut_off + float(more),
            usable=usable,
        )


def _error(queries: QueryDigits, documents: DocumentDigits, n_digits: int) -> NDArray[np.float64]:
    """Return e per query, exactly 0 where nothing is left on either side."""
    residual, rest = queries.residual(n_digits), documents.rest(n_digits)
    error = np.zeros(len(queries.rows))
    left = residual.any(axis=1)
    error[left] = documents.extent.product_sums(residual[left])
    if rest.peak.any():
        error += rest.product_sums(queries.rows - residual)
    return error


def _cut_off(queries: QueryDigits, documents: DocumentDigits) -> NDArray[np.float64]:
    """Return c per query: the products of digits that scores of three digits leave out."""
    third = queries.lengths(1) * documents.length(2) + queries.lengths(2) * documents.length(1)
    bound: NDArray[np.float64] = (
        third / 2**16 + queries.lengths(2) * documents.length(2) / 2**24
    ) * _INFLATION
    return bound


def _fits(queries: QueryDigits, documents: DocumentDigits) -> NDArray[np.bool_]:
    """Return per query whether a score of any number of digits, and its parts, fit in int32."""
    dim = queries.rows.shape[1]
    leading = _BASE * queries.lengths(0) * documents.length(0)
    middle = queries.lengths(0) * documents.length(1) + queries.lengths(1) * documents.length(0)
    return np.asarray(
        (leading + middle + 3 * 2**6 * dim + 1 < 2**31) & (dim <= MOST_DIMENSIONS), dtype=np.bool_
    )


def _split(rows: Rows, scale: NDArray[np.float64], n_digits: int) -> Planes:
    """Return the digits of rows: the nearest whole number of last units, from its end."""
    last = scale / float(_BASE) ** (n_digits - 1)
    left = np.rint(rows / last[:, None]).astype(np.int64)
    planes = np.empty((n_digits, *rows.shape), dtype=np.int8)
    for k in range(n_digits - 1, 0, -1):
        digit = ((left + 128) & 255) - 128
        planes[k] = digit
        left = (left - digit) >> 8
    planes[0] = left
    return planes


def _joined(planes: Planes, scale: float | NDArray[np.float64]) -> Rows:
    """Return the numbers that digits stand for; float64 holds them without rounding."""
    whole = np.zeros(planes.shape[1:])
    for plane in planes:
        whole = whole * _BASE + plane
    joined: Rows = whole * (scale / float(_BASE) ** (len(planes) - 1))
    return joined


def _document_scale(documents: NDArray[np.floating]) -> tuple[float, int]:
    """Return the scale of documents and how many digits there are to keep."""
    unit = _common_unit(documents)
    if unit:
        peaks = [(block.min(), block.max()) for _, block in _blocks(documents)]
        least, most = (round(float(end) / unit) for end in (np.min(peaks), np.max(peaks)))
        if _within(least, most, 1):
            return unit, 1
        # two digits of many dimensions could leave int32
        if _within(least, most, 2) and documents.shape[1] * 2**14 < _MOST_LENGTH**2:
            return unit * _BASE, 2
    sizes = np.max([np.max(_sizes(block), axis=1) for _, block in _blocks(documents)], axis=0)
    return float(_power_of_two(sizes[:1], sizes[1:])[0]), MOST_DIGITS


def _query_units(rows: Rows) -> NDArray[np.float64] | None:
    """Return the last unit of every row, if one digit is exact for all of them."""
    unit = _common_unit(rows)
    if unit and _within(round(rows.min() / unit), round(rows.max() / unit), 1):
        return np.full(len(rows), unit)
    if not _greatest_units(rows[:_SAMPLE]).all():
        return None
    units = _greatest_units(rows)
    units[units == np.inf] = 1.0
    if not units.all():
        return None
    whole = np.rint(rows / units[:, None])
    return units if _within(int(whole.min()), int(whole.max()), 1) else None


def _sizes(rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the greatest entry and the length of every row."""
    with np.errstate(over="ignore"):
        return np.abs(rows).max(axis=1), np.linalg.norm(rows, axis=1)


def _power_of_two(peak: NDArray[np.float64], length: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least power of two that brings entries and length of a row into range."""
    # frexp gives the least power of two above a number
    least = np.maximum(peak / _MOST_LEADING, np.minimum(length, 1e300) / _MOST_LENGTH)
    exponent = np.clip(np.frexp(least)[1], _LEAST_EXPONENT, _MOST_EXPONENT)
    return np.where(peak > 0, np.ldexp(1.0, exponent), 1.0)


def _common_unit(rows: NDArray[np.floating]) -> float:
    """Return the greatest number that all entries are multiples of; 0 if digits do not hold them.

    A few rows mostly tell; the others are only divided by what was found there.
    """
    unit = float(_greatest_units(rows[:_SAMPLE].astype(np.float64).reshape(1, -1))[0])
    for _, block in _blocks(rows):
        if unit == 0:
            break
        if not _are_multiples(block, unit):
            entries = np.append(block, unit if unit < np.inf else 0.0)
            unit = float(_greatest_units(entries[None])[0])
    return unit if unit < np.inf else 1.0


def _greatest_units(rows: Rows) -> NDArray[np.float64]:
    """Return per row the greatest number that its entries are small multiples of.

    0 where it has many bits, infinity for rows of zeros.
    """
    peak = np.abs(rows).max(axis=1)
    exponent = np.frexp(peak)[1]
    # |rows| < 2^exponent: whole numbers below 2^62, or there is nothing of few bits
    raised = np.ldexp(rows, 62 - exponent[:, None])
    is_whole = np.all(np.rint(raised) == raised, axis=1)
    whole = np.gcd.reduce(raised.astype(np.int64), axis=1)
    whole[whole == 0] = 1  # of zeros
    units = np.ldexp(whole.astype(np.float64), exponent - 62)
    few_bits = whole // (whole & -whole) < 2**_UNIT_BITS
    found = np.where(is_whole & few_bits & (peak < units * float(_BASE) ** 2), units, 0.0)
    return np.where(peak == 0, np.inf, found)


def _are_multiples(rows: Rows, unit: float) -> bool:
    """Return whether rows are multiples of a unit, small enough for products to be exact."""
    if unit == np.inf:
        return not rows.any()
    if float(np.abs(rows).max()) >= unit * float(_BASE) ** 2:
        return False
    return bool(np.all(np.rint(rows / unit) * unit == rows))


def _within(least: int, most: int, n_digits: int) -> bool:
    """Return whether so many digits hold numbers from `least` to `most`."""
    ones: int = (_BASE**n_digits - 1) // (_BASE - 1)
    return least >= -128 * ones and most <= 127 * ones


def _greatest_lengths(planes: Planes) -> tuple[float, ...]:
    return tuple(
        max(float(np.sqrt(_squares(block).max())) for _, block in _blocks(plane)) * _INFLATION
        for plane in planes
    )


def _squares(digits: NDArray[Any]) -> NDArray[np.float64]:
    """Return the squared length of every row, a whole number that float64 holds."""
    found: NDArray[np.float64] = np.einsum("ij,ij->i", digits, digits, dtype=np.float64)
    return found


def _blocks(rows: NDArray[np.generic]) -> Iterator[tuple[slice, Rows]]:
    """Yield rows some at a time, in float64."""
    for start in range(0, len(rows), _ROW_BLOCK):
        at = slice(start, start + _ROW_BLOCK)
        yield at, rows[at].astype(np.float64)
