r"""Codes of plus and minus ones, from linear codes mod 2 and mod 4.

A word c mod 2 becomes :math:`(-1)^c`. Mod 4 the Gray map sends 0, 1, 2, 3 to (1, 1), (1, -1),
(-1, -1), (-1, 1), so that symbols u, v have the inner product :math:`2\,\mathrm{Re}\,i^{u-v}`.

Theorem. (i) The inner products of distinct words of a linear code are the sums of the entries of
its words other than 0. (ii) Let b be the length and r the largest of them. Keep the words that are
+1 in t coordinates of information symbols, and drop these coordinates: one word in 2^t is left,
and the largest inner product is at most (r - t)/(b - t). (iii) The 2b vectors
:math:`\pm\sqrt b e_i` may be added to a code with r >= sqrt b.

Proof. (i) Entries multiply as symbols subtract. (ii) Information symbols take all values equally
often, and the dropped coordinates give t to every inner product. (iii) They have
:math:`\pm\sqrt b` with the words, 0 and -b among themselves. ∎

Families, m odd, and their r (A. R. Hammons, P. V. Kumar, A. R. Calderbank, N. J. A. Sloane and
P. Solé, *The Z4-linearity of Kerdock, Preparata, Goethals, and related codes*, IEEE Trans. Inform.
Theory 40, 1994; F. J. MacWilliams and N. J. A. Sloane, *The Theory of Error-Correcting Codes*,
1977, chapters 15 and 16):

- Kerdock, b = 2^(m+1): :math:`\varepsilon + T(ax)` mod 4, 4^(m+1) words, r = sqrt b; with (iii).
- Delsarte-Goethals: plus :math:`2\,\mathrm{Tr}(cx^3)`, 2^m times the words, r = 2 sqrt b.
- Dual BCH, b = 2^m: :math:`\mathrm{Tr}(ax + bx^3) + c` mod 2, 2^(2m+1) words, r = sqrt(2b); with a
  term in x^5, 2^(3m+1) words, r = 2 sqrt(2b).
- Golay: b = 24, 4096 words, r = 8. Quadratic residues mod 47: b = 48, 2^24 words, r = 24.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical._code import SphericalCode
from hrgeom.constructions.codes.spherical._generators import (
    binary_traces,
    quadratic_residue,
    quaternary_traces,
    systematic,
)

__all__ = ["FAMILIES", "SignFamily", "sign_codes"]

_HAMMONS = "Hammons et al. 1994"
_BOOK = "MacWilliams and Sloane 1977"


@dataclass(frozen=True)
class SignFamily:
    """A linear code and what is left of it when information coordinates are fixed.

    Attributes
    ----------
    name : str
    modulus : {2, 4}
    length : int
        b, of the words of signs.
    log_size : int
        Binary logarithm of the number of words.
    largest : int
        r.
    most_fixed : int
        Largest t.
    has_frame : bool
        Whether the vectors of (iii) are added where t = 0.
    source : str
    rows : callable
        The generators: those of order `modulus`, and for 4 those of order 2.
    """

    name: str
    modulus: int
    length: int
    log_size: int
    largest: int
    most_fixed: int
    has_frame: bool
    source: str
    rows: Callable[[], tuple[NDArray[np.uint8], NDArray[np.uint8] | None]]

    def code(self, fixed: int = 0) -> SphericalCode:
        """Return the code with t = `fixed`."""
        frame = self.has_frame and fixed == 0
        return SphericalCode(
            name=f"{self.name} code of length {self.length}"
            + (" and a frame" if frame else f", {fixed} fixed" if fixed else ""),
            dim=self.length - fixed,
            size=2 ** (self.log_size - fixed) + (2 * self.length if frame else 0),
            inner=Fraction(self.largest - fixed, self.length - fixed),
            source=self.source,
            known="proof",
            first=partial(self._first, fixed, frame),
            is_integral=True,
            norm=self.length - fixed,
            peak=math.isqrt(self.length) if frame else 1,
        )

    def _first(self, fixed: int, frame: bool, n: int) -> NDArray[Any]:
        plain = min(n, 2 ** (self.log_size - fixed))
        words = self._signs(fixed, plain)
        if not frame:
            return words
        k = np.arange(n - plain)
        more = np.zeros((n - plain, self.length), dtype=np.int8)
        more[k, k // 2] = (1 - 2 * (k % 2)) * math.isqrt(self.length)
        return np.concatenate((words, more))

    def _signs(self, fixed: int, n: int) -> NDArray[np.int8]:
        """The first n words without the frame."""
        rows, n_free = _systematic(self)
        gone, half = divmod(fixed, self.modulus // 2)
        symbols = np.zeros((1, rows.shape[1] - gone), dtype=np.uint8)
        for k in range(gone, len(rows)):
            if len(symbols) >= n:
                break
            # The first coordinate of a Gray pair is +1 for the symbols 0 and 1.
            radix = 2 if k >= n_free or (half and k == gone) else self.modulus
            multiples = np.arange(radix, dtype=np.uint8)[:, None] * rows[k, gone:]
            symbols = (symbols + multiples[:, None]).reshape(-1, symbols.shape[1])
        symbols = symbols[:n]
        if self.modulus == 2:
            return 1 - 2 * (symbols & 1).view(np.int8)
        words = np.empty((n, symbols.shape[1], 2), dtype=np.int8)
        words[:, :, 0] = 1 - (symbols & 2).view(np.int8)
        words[:, :, 1] = 1 - ((symbols + 1) & 2).view(np.int8)
        return words.reshape(n, -1)[:, half:]


@cache
def _systematic(family: SignFamily) -> tuple[NDArray[np.uint8], int]:
    free, halves = family.rows()
    return systematic(free, halves, modulus=family.modulus)


def _kerdock(m: int) -> tuple[NDArray[np.uint8], None]:
    return np.concatenate((np.ones((1, 2**m), np.uint8), quaternary_traces(m))), None


def _delsarte_goethals(m: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return _kerdock(m)[0], 2 * binary_traces(m, 3)


def _dual_bch(m: int, steps: tuple[int, ...]) -> tuple[NDArray[np.uint8], None]:
    traces = [binary_traces(m, step) for step in steps]
    return np.concatenate((np.ones((1, 2**m), np.uint8), *traces)), None


def _families() -> Iterator[SignFamily]:
    for m in (3, 5, 7, 9):
        b = 2 ** (m + 1)
        rows = partial(_kerdock, m)
        name, root = "Kerdock", math.isqrt(b)
        yield SignFamily(name, 4, b, 2 * m + 2, root, min(root, 2 * m) - 1, True, _HAMMONS, rows)
    for m in (5, 7):
        b = 2 ** (m + 1)
        goethals = partial(_delsarte_goethals, m)
        name, root = "Delsarte-Goethals", 2 * math.isqrt(b)
        yield SignFamily(name, 4, b, 3 * m + 2, root, 2 * m, False, _HAMMONS, goethals)
    for m, steps in ((5, (1, 3)), (7, (1, 3)), (9, (1, 3)), (7, (1, 3, 5))):
        b, size = 2**m, len(steps) * m + 1
        largest = (len(steps) - 1) * math.isqrt(2 * b)
        dual = partial(_dual_bch, m, steps)
        yield SignFamily(
            "dual BCH", 2, b, size, largest, min(size, largest) - 1, False, _BOOK, dual
        )
    for p, name, largest in ((23, "Golay", 8), (47, "quadratic residue", 24)):
        b, size, residues = p + 1, (p + 1) // 2, partial(_residues, p)
        yield SignFamily(name, 2, b, size, largest, min(size, largest) - 1, False, _BOOK, residues)


def _residues(p: int) -> tuple[NDArray[np.uint8], None]:
    return quadratic_residue(p), None


FAMILIES: tuple[SignFamily, ...] = tuple(_families())


def sign_codes(n: int) -> Iterator[SphericalCode]:
    """Yield the codes of all families that have n words, those with the most fixed coordinates."""
    for family in FAMILIES:
        for fixed in range(family.most_fixed + 1):
            code = family.code(fixed)
            if code.size >= n:
                yield code
