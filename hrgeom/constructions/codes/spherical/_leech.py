r"""The Leech lattice by the shapes of its vectors.

With C the Golay code of length 24, the vectors of the lattice, times sqrt 8, are those of integers
x with all entries congruent to m mod 2, the sum congruent to 4m mod 8, and, for every k, the places
with :math:`x_i \equiv k` mod 4 a word of C (J. H. Conway and N. J. A. Sloane, *Sphere Packings,
Lattices and Groups*, chapter 4, section 11).

The least norm is 4. Proof. The sum of squares is a multiple of 16. Let it be 16. Odd entries need
24 at least. Even ones: half of them, y, has sum of squares 4; the places where y is odd are a word
of the Golay code of weight at most 4, so there is none, and y is one entry of 2: x has the sum 4
and is not in the lattice. ∎

The 196,560 vectors of norm 4 have the shapes (-3, 1^23), signs changed on a word of C; (2^8) on
words of weight 8, minus signs even; and (4^2). Those of norm 6 with three given zeros have the
shapes (2^12) on words of weight 12, minus signs even, and (2^8, 4), minus signs of the 2s odd.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes.spherical._signs import FAMILIES

__all__ = ["ZEROS", "golay", "norm_four", "norm_six"]

ZEROS = 3  # coordinates, the last ones, in which the vectors of norm 6 vanish


def golay() -> NDArray[np.int8]:
    """Return the 4096 words of the extended Golay code, entries 0 and 1.

    Returns
    -------
    words : ndarray of int8, shape (4096, 24)
        Weights are 0, 8, 12, 16 and 24.

    References
    ----------
    .. [1] Conway and Sloane, Sphere Packings, Lattices and Groups, 3rd ed., Springer, 1999.

    Examples
    --------
    >>> np.unique(golay().sum(axis=1), return_counts=True)
    (array([ 0,  8, 12, 16, 24]), array([   1,  759, 2576,  759,    1]))
    """
    family = next(f for f in FAMILIES if f.name == "Golay")
    return ((1 - family.code().words()) // 2).astype(np.int8)


def norm_four() -> NDArray[np.int8]:
    """Return the vectors of norm 4, shape (196560, 24), times sqrt 8."""
    code = golay()
    ones = np.repeat((1 - 2 * code)[:, None], 24, axis=1)
    k = np.arange(24)
    ones[:, k, k] *= -3
    octads = code[code.sum(axis=1) == 8]
    twos = np.concatenate([_on(octad, _signs(8, 0)) for octad in octads])
    first, second = np.triu_indices(24, 1)
    fours = np.zeros((4, len(first), 24), dtype=np.int8)
    for which, (a, b) in enumerate(((4, 4), (4, -4), (-4, 4), (-4, -4))):
        fours[which, np.arange(len(first)), first] = a
        fours[which, np.arange(len(first)), second] = b
    return np.concatenate((ones.reshape(-1, 24), twos, fours.reshape(-1, 24)))


def norm_six() -> NDArray[np.int8]:
    """Return the vectors of norm 6 that end in `ZEROS` zeros, without these, times sqrt 8."""
    n = 24 - ZEROS
    code = golay()
    code = code[~code[:, n:].any(axis=1)][:, :n]
    weights = code.sum(axis=1)
    pieces = [_on(word, _signs(12, 0)) for word in code[weights == 12]]
    odd = _signs(8, 1)
    for octad in code[weights == 8]:
        twos = _on(octad, odd)
        for place in np.flatnonzero(octad == 0):
            for four in (4, -4):
                more = twos.copy()
                more[:, place] = four
                pieces.append(more)
    return np.concatenate(pieces)


def _signs(n: int, parity: int) -> NDArray[np.int8]:
    """The rows of n signs with a number of minus signs of this parity."""
    minus = np.arange(2**n)[:, None] >> np.arange(n) & 1
    return np.asarray(1 - 2 * minus[minus.sum(axis=1) % 2 == parity], dtype=np.int8)


def _on(word: NDArray[np.int8], signs: NDArray[np.int8]) -> NDArray[np.int8]:
    """Rows of 2s with these signs where the word is 1."""
    rows = np.zeros((len(signs), len(word)), dtype=np.int8)
    rows[:, np.flatnonzero(word)] = 2 * signs
    return rows
