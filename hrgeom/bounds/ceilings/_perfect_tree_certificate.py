r"""Bounds on the margin of a tree with symmetries, from integers, without rounding.

Terms as in `_perfect_tree_blocks`.

**Dual bound.** Let weights :math:`\lambda \ge 0` on orbits sum to a over the matches and to b over
the others; let :math:`y` be numbers, one for each type of queries and of documents; and let the
matrices :math:`\mathrm{Diag}(y) - A_b` be positive semidefinite, where :math:`\sum \sigma\lambda z
= \sum_b \langle A_b, P_b\rangle` by the formula there, sigma = 1 for matches and -1 for others.
Then no embedding, in any dimension, has a normalized margin above

.. math:: \frac{\sum y + |a - b|}{a + b}

with a global threshold; with row thresholds, at most the same with the sum of :math:`|a_l - b_l|`
over the types of queries instead of :math:`|a - b|`.

*Proof.* Averaged over the symmetries, the Gram matrix of an embedding keeps its unit diagonal and
its margin: the orbit of a pair holds matches only or others only, and with row thresholds the
queries of a type share the mean of theirs. So it has the form above, with :math:`\sum_b P_b(i, i)
= 1`. If :math:`\epsilon \ge 0`, thresholds lie between scores of unit vectors, so they are at most
1 in size, and :math:`(a + b)\epsilon \le \sum \lambda\sigma(z - r) \le \sum_b \langle A_b,
P_b\rangle + |a - b| \le \sum_b \langle \mathrm{Diag}(y), P_b\rangle + |a - b| = \sum y + |a - b|`.
∎

**The limit.** With infinite branchings the simplices become orthonormal vectors. Any tree with H
levels has at least the margin of the embedding so made, as its nodes are some of a perfect tree's;
and the dual bounds of perfect trees tend to that of the limit as W grows. So the ceiling of the
limit is the infimum of the ceilings of all trees with H levels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from hrgeom.bounds.ceilings._perfect_tree_blocks import Orbit, TreeShape, is_match
from hrgeom.core import Notion

__all__ = ["Matrix", "is_positive_definite", "lower_bound", "upper_bound"]

Matrix = tuple[tuple[int, ...], ...]
"""Rows of integers, in some unit."""

_ROOT_UNIT = 1 << 60


def upper_bound(
    tree: TreeShape, notion: Notion, weights: Sequence[int], diagonal: Sequence[int]
) -> Fraction | None:
    """Return the dual bound of the module's statement, exactly; None if it does not apply.

    Parameters
    ----------
    tree : TreeShape
    notion : {"global", "row"}
    weights : sequence of int
        lambda for each of `tree.constrained(notion)`, in any unit.
    diagonal : sequence of int
        y in the same unit: queries by type, then documents by type.

    Returns
    -------
    bound : Fraction or None
        None if a weight is negative or all are zero, or the matrices are not positive definite.

    Examples
    --------
    A root and two leaves: the best multipliers would give 0.6075.

    >>> tree = TreeShape.symmetric((2,))
    >>> upper_bound(tree, "global", (1, 6, 4, 3, 4), (2, 3, 2, 5))
    Fraction(2, 3)
    >>> upper_bound(tree, "global", (1, 6, 4, 3, 4), (2, 3, 1, 5)) is None
    True
    """
    orbits = tree.constrained(notion)
    if len(weights) != len(orbits) or len(diagonal) != 2 * tree.n_types:
        return None
    if min(weights) < 0 or max(weights) == 0:
        return None
    # sum of sigma lambda z = sum over b of <A_b, P_b>
    signed = {o: w if is_match(o) else -w for o, w in zip(orbits, weights, strict=True)}
    # Diag(y) - A_b positive semidefinite: that sum is at most the sum of y
    if not all(is_positive_definite(m) for m in _slacks(tree, signed, diagonal)):
        return None
    # thresholds are at most 1 in size: they add |a - b|, per group of queries that share one
    imbalance = sum(
        abs(sum(signed[o] for part in group for o in part)) for group in tree.gaps(notion)
    )
    return Fraction(sum(diagonal) + imbalance, sum(weights))


def _slacks(tree: TreeShape, signed: dict[Orbit, int], diagonal: Sequence[int]) -> list[Matrix]:
    """Return positive multiples of the matrices Diag(y) - A_b, in integers."""
    entries: dict[int, dict[tuple[int, int], Fraction]] = {b: {} for b in tree.blocks}
    for orbit, weight in signed.items():
        for b, factor in tree.terms(orbit):
            pair = orbit[:2]
            entries[b][pair] = entries[b].get(pair, Fraction(0)) + factor * weight
    slacks = []
    for b, types in tree.blocks.items():
        unit = 2 * math.lcm(*(x.denominator for x in entries[b].values()))
        size = len(types)
        matrix = [[0] * (2 * size) for _ in range(2 * size)]  # queries, then documents
        for i, s in enumerate(types):
            matrix[i][i] = unit * diagonal[s]
            matrix[size + i][size + i] = unit * diagonal[tree.n_types + s]
        for (query, document), value in entries[b].items():
            i, k = types.index(query), size + types.index(document)
            matrix[i][k] = matrix[k][i] = -int(unit * value / 2)
        slacks.append(tuple(map(tuple, matrix)))
    return slacks


def is_positive_definite(matrix: Matrix) -> bool:
    """Return whether a symmetric matrix of integers is positive definite, by its leading minors.

    They come out of elimination without fractions (Bareiss 1968): every division is exact.

    Examples
    --------
    >>> is_positive_definite([[2, 1], [1, 1]]), is_positive_definite([[1, 1], [1, 1]])
    (True, False)
    """
    rows = [list(row) for row in matrix]
    previous = 1
    for i, row in enumerate(rows):
        pivot = row[i]
        if pivot <= 0:
            return False
        for below in rows[i + 1 :]:
            factor = below[i]
            for k in range(i + 1, len(row)):
                below[k] = (pivot * below[k] - factor * row[k]) // previous
        previous = pivot
    return True


def lower_bound(tree: TreeShape, notion: Notion, factors: Sequence[Matrix]) -> Fraction | None:
    """Return a margin that the embedding of the module's statement has, rounded down.

    Parameters
    ----------
    tree : TreeShape
    notion : {"global", "row"}
    factors : sequence of matrices of int
        For each of `tree.blocks` the rows p, queries by type, then documents by type, in any
        unit: P_b are their products. The vectors are scaled to unit length here.

    Returns
    -------
    bound : Fraction or None
        Of the normalized margin; below the exact one by less than 2**-50. None if a vector is
        zero.

    Examples
    --------
    The root is the vector (1, 0), its leaves as documents (0, 1) and (0, -1), as queries (1, 1)
    and (1, -1): the root's query has a gap of 1, the leaves' one of sqrt(2).

    >>> shared, signs = ((1,), (1,), (1,), (0,)), ((1,), (1,))
    >>> bound = lower_bound(TreeShape.symmetric((2,)), "row", (shared, signs))
    >>> bound <= 1/2, 1/2 - bound < 2**-50
    (True, True)
    """
    blocks = dict(zip(tree.blocks, factors, strict=True))

    def product(b: int, first: tuple[int, int], second: tuple[int, int]) -> int:
        types = tree.blocks[b]
        rows = [blocks[b][kind * len(types) + types.index(s)] for kind, s in (first, second)]
        return sum(x * y for x, y in zip(*rows, strict=True))

    def square(kind: int, s: int) -> int:
        return sum(product(b, (kind, s), (kind, s)) for b in tree.paths[s] if b in blocks)

    # scores between unit vectors, each between two fractions
    scores = {}
    for orbit in tree.orbits:
        query, document = (0, orbit[0]), (1, orbit[1])
        squares = square(*query) * square(*document)
        if squares == 0:
            return None
        terms = (factor * product(b, query, document) for b, factor in tree.terms(orbit))
        scores[orbit] = _over_root(sum(terms, Fraction(0)), squares)
    # worst match, rounded down, less best other, rounded up
    gaps = [
        min(scores[o][0] for o in match) - max(scores[o][1] for o in others)
        for match, others in tree.gaps(notion)
    ]
    return min(gaps) / 2


def _over_root(numerator: Fraction, square: int) -> tuple[Fraction, Fraction]:
    """Return fractions below and above numerator / sqrt(square)."""
    unit = _ROOT_UNIT
    root = math.isqrt(square * unit * unit)
    ends = (numerator * unit / root, numerator * unit / (root + 1))
    return min(ends), max(ends)
