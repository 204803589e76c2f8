r"""Certificates that no query vector is exact: a few documents, checked without the solver.

Let :math:`\sigma_v = 1` for the matches of a query and -1 for the other documents, and lift

- row thresholds: :math:`z_v = \sigma_v (x_v, 1)`;
- threshold 0: :math:`z_v = \sigma_v x_v`;
- any other threshold r: :math:`z_v = \sigma_v (x_v, -r)`, and in addition the point (0, abs r).

Theorem (Gordan 1873). No query vector puts all matches above the threshold (its own, for rows)
and all others below it iff weights :math:`\lambda \ge 0`, not all 0, have
:math:`\sum_v \lambda_v z_v = 0`. At most one more point than z has coordinates need a weight.

Proof. Such a query vector (with minus its threshold, or with 1) has a positive product with all
z_v, and so with any sum of them with weights, which is not 0 then. Conversely, if no weights give
0, it is outside the convex hull of the points, and the hull's point nearest to it has positive
products with all of them: with (q, t) say. Then q serves with the threshold -t; for r other than 0
the product with (0, abs r) is positive, so t is, and q/t serves. Carathéodory's theorem leaves
coordinates + 1 points. ∎

In words, for rows: some point is a mean of matches and a mean of other documents. With threshold 0
a document that is 0 is enough. (0, abs r) alone is not 0, so some document always has a weight.

The check of a support of k points. (1) If 0 is in the hull of k points and no fewer, and they have
k - 1 coordinates, these and the sum of the weights make a square system M w = e with one solution,
all positive. For a float inverse R let :math:`\alpha = \|I - RM\|_\infty` and w' be the float
solution: if :math:`\alpha < 1` then M is regular and
:math:`\|w - w'\|_\infty \le \|R(e - Mw')\|_\infty / (1 - \alpha)` (Neumann series), each norm
bounded with its rounding (Higham 2002, section 3.1). If w' exceeds that in every entry, w > 0.
Coordinates are scaled by powers of 2, which is exact and changes no weight.
(2) Where there are more coordinates than that, weights exist only by coincidence (equal documents,
documents on a lattice), and the system is solved in whole numbers instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from operator import lshift
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base.floats import UNIT_ROUNDOFF
from hrgeom.checker import gamma
from hrgeom.core import Notion
from hrgeom.errors import ShapeError

__all__ = ["Inseparable", "is_inseparable", "level_of", "lifted", "proven_weights"]

_LEAST = 5e-324
_MANTISSA_BITS = 53
_INFLATION = 1 + 1e-6  # above the rounding of the bounds' own evaluation
_MOST_EXACT_WORK = 300_000  # products of whole numbers: a second or so


@dataclass(frozen=True)
class Inseparable:
    """Certificate that no query vector separates some matches of a query from other documents.

    Attributes
    ----------
    query : int
        Number of the query.
    matches, others : tuple of int
        Documents of S(q) and outside it; together at most two more than there are dimensions.
    weights : ndarray of float64, shape (k,)
        Weights of the matches, then of the others, close to exact ones that exist; they sum to 1.
    how : {"equal", "exact", "rounding bound"}
        How it was proved. "equal": a match and another document are the same vector. "exact":
        weights were found in whole numbers. "rounding bound": floats prove that weights exist.
    """

    query: int
    matches: tuple[int, ...]
    others: tuple[int, ...]
    weights: NDArray[np.float64]
    how: Literal["equal", "exact", "rounding bound"]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "query": self.query,
            "matches": list(self.matches),
            "others": list(self.others),
            "weights": self.weights.tolist(),
            "how": self.how,
        }


def is_inseparable(
    documents: ArrayLike,
    matches: ArrayLike,
    others: ArrayLike,
    *,
    notion: Notion = "row",
    threshold: float | None = None,
) -> bool:
    """Return whether it is proved that no query vector separates these few documents.

    Parameters
    ----------
    documents : array_like of float, shape (m, d)
        Document vectors, finite, one per row.
    matches, others : array_like of int, shapes (k,) and (l,)
        Numbers of the documents that are to score above the threshold, and of those that are to
        score below; as a certificate has them, without superfluous ones. That the former match
        the query and the latter do not is not checked.
    notion : {"global", "row"}
        One given threshold, or any threshold.
    threshold : float, optional
        Threshold of the global notion, which requires it.

    Returns
    -------
    proved : bool
        True is certified, in exact arithmetic or by a bound on rounding. False says nothing.

    Raises
    ------
    ShapeError
        If the documents are not a finite matrix, numbers are outside it or on both sides, or a
        threshold is missing.

    References
    ----------
    .. [1] P. Gordan, "Ueber die Auflösung linearer Gleichungen mit reellen Coefficienten",
       Mathematische Annalen 6, 1873: the theorem.
    .. [2] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM, 2002,
       section 3.1: the bound on rounding.

    Examples
    --------
    A match between two others on a line:

    >>> is_inseparable([[-1.0], [0.0], [1.0]], [1], [0, 2])
    True
    """
    points = np.asarray(documents, dtype=np.float64)
    if np.any(np.abs(points) >= 2.0**53) and np.asarray(documents).dtype.kind in "iu":
        raise ShapeError("documents of an integer type must be below 2^53 in size: got larger ones")
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ShapeError(f"documents must be a finite matrix: got shape {points.shape}")
    own, rest = _numbers(matches, len(points)), _numbers(others, len(points))
    both = np.intersect1d(own, rest)
    if len(both):
        raise ShapeError(f"matches and others must be disjoint: got {both.tolist()} in both")
    level = level_of(notion, threshold)
    used = np.concatenate((own, rest))
    if not len(used):
        return False
    if {x.tobytes() for x in points[own] + 0.0} & {x.tobytes() for x in points[rest] + 0.0}:
        return True  # one vector on both sides
    signs = np.where(np.arange(len(used)) < len(own), 1.0, -1.0)
    return proven_weights(points[used], signs, level) is not None


def level_of(notion: Notion, threshold: float | None) -> float | None:
    """Return the threshold of the global notion, None for the row notion.

    Raises
    ------
    ShapeError
        If it is missing, or not finite.
    """
    if notion == "row":
        return None
    if threshold is None:
        raise ShapeError(
            "the global notion requires a threshold: got None; pass one, or use notion='row'"
        )
    if not math.isfinite(threshold):
        raise ShapeError(f"threshold must be finite: got {threshold}")
    return float(threshold)


def _numbers(values: ArrayLike, n: int) -> NDArray[np.int64]:
    numbers = np.asarray(values)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise ShapeError(f"matches and others must be lists of integers: got {values!r}")
    if np.any((numbers < 0) | (numbers >= n)):
        raise ShapeError(f"documents must be numbered from 0 to {n - 1}: got {numbers.tolist()}")
    return np.unique(numbers).astype(np.int64)


def lifted(
    points: NDArray[np.float64], signs: NDArray[np.float64], level: float | None
) -> NDArray[np.float64]:
    """Return the points z_v, one per row; `level` is the threshold, None for row thresholds.

    For a threshold r other than 0 the point (0, abs r) comes last.
    """
    if level == 0:
        return np.asarray(signs[:, None] * points, dtype=np.float64)
    shared = 1.0 if level is None else -level
    rows = signs[:, None] * np.column_stack((points, np.full(len(points), shared)))
    if level is None:
        return np.asarray(rows, dtype=np.float64)
    return np.vstack((rows, abs(level) * np.eye(1, rows.shape[1], rows.shape[1] - 1)))


def proven_weights(
    points: NDArray[np.float64],
    signs: NDArray[np.float64],
    level: float | None,
    *,
    exactly: bool = True,
) -> tuple[NDArray[np.float64], Literal["exact", "rounding bound"]] | None:
    """Return weights close to exact positive ones that prove inseparability, and the kind of proof.

    None if none are proved to exist. The weights returned sum to 1. For a threshold other than 0
    the point (0, abs r) may have a weight of its own, which is left out of the result. Without
    `exactly`, whole numbers are not tried.
    """
    # For row thresholds the last coordinate of z_v is 1 or -1, so the signed weights sum to 0; then
    # a coordinate with the same value in all points is a multiple of it, and no further equation.
    if level is None:
        points = points[:, (points != points[:1]).any(axis=0)]
    rows = lifted(points, signs, level)
    # The point (0, abs r) may have a weight or none: a support without it has one point less.
    candidates = (rows, rows[:-1]) if level else (rows,)
    for prove in (_proven_by_bound, _proven_exactly) if exactly else (_proven_by_bound,):
        for candidate in candidates:
            found = prove(candidate[:, candidate.any(axis=0)])
            if found is not None:
                weights = found[: len(points)]
                how: Literal["exact", "rounding bound"] = (
                    "exact" if prove is _proven_exactly else "rounding bound"
                )
                return weights / weights.sum(), how
    return None


def _proven_exactly(rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the weights found by elimination in whole numbers, unless that takes too long."""
    k, n = rows.shape
    if k == 0 or k * k * n > _MOST_EXACT_WORK:
        return None
    weights = exact_weights(rows)
    return None if weights is None else np.array([float(weight) for weight in weights])


def _proven_by_bound(rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the float solution of M w = e if bound (1) keeps the exact one positive."""
    k, n = rows.shape
    if n == 0 or k != n + 1:
        return None
    # Scale coordinates by powers of 2, which is exact unless something underflows.
    exponents = -np.frexp(np.abs(rows).max(axis=0))[1]
    scaled = np.ldexp(rows, exponents)
    if not np.array_equal(np.ldexp(scaled, -exponents), rows):
        return None
    # The system M w = e: coordinates of the weighted sum are 0, and the weights sum to 1.
    matrix = np.vstack((scaled.T, np.ones(k)))
    aim = np.eye(1, k, k - 1)[0]
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None
    weights: NDArray[np.float64] = inverse[:, -1].astype(np.float64)
    if not (np.isfinite(inverse).all() and (weights > 0).all()):
        return None
    # alpha = ||I - RM||: a computed sum of k products, and the subtraction after it, are off by at
    # most gamma(k + 4) times the same sum of absolute values, plus what underflows.
    size, error = np.abs(matrix), gamma(k + 4, UNIT_ROUNDOFF)
    lost = 4 * k * _LEAST  # by products that underflow
    with np.errstate(over="ignore", invalid="ignore"):  # infinity and NaN bound nothing
        rest = np.abs(np.eye(k) - inverse @ matrix)
        rest += error * (np.abs(inverse) @ size + np.eye(k)) + lost
        alpha = float(rest.sum(axis=1).max()) * _INFLATION
        if not alpha < 0.5:
            return None
        # ||R(e - Mw')|| / (1 - alpha), the residual bounded in the same way.
        residual = np.abs(aim - matrix @ weights) + error * (size @ weights + aim) + lost
        off = float((np.abs(inverse) @ residual).max() + lost) * _INFLATION / (1 - alpha)
    # w is within `off` of w' in every entry, so it is positive if w' exceeds that.
    return weights if float(weights.min()) > off else None


def exact_weights(rows: NDArray[np.float64]) -> list[Fraction] | None:
    """Return positive weights of sum 1 that make the rows sum to 0, or None, in fractions.

    The rows must have one relation at most (as a support without superfluous points has).
    """
    relation = _relation([whole_numbers(column)[0] for column in rows.T], len(rows))
    if relation is None:
        return None
    total = sum(relation)
    if total == 0:
        return None
    weights = [value / total for value in relation]
    return weights if min(weights) > 0 else None


def whole_numbers(values: NDArray[np.float64]) -> tuple[list[int], int]:
    """Return floats times 2^bits, which makes all of them whole, and bits (0 or more)."""
    mantissa, exponent = np.frexp(values)
    whole = np.ldexp(mantissa, _MANTISSA_BITS).astype(np.int64)
    exponent[whole == 0] = _MANTISSA_BITS
    least = int(exponent.min(initial=_MANTISSA_BITS))
    shifts = (exponent - least).tolist()
    return list(map(lshift, whole.tolist(), shifts)), _MANTISSA_BITS - least


def _relation(equations: list[list[int]], n: int) -> list[Fraction] | None:
    """Solve homogeneous integer equations in n unknowns by elimination, gcds divided out.

    Returns the solution, unique up to a factor; None if there is only 0, or several.
    """
    rows = [row[:] for row in equations]
    pivots: list[int] = []
    done = 0
    for column in range(n):
        with_entry = [i for i in range(done, len(rows)) if rows[i][column]]
        if not with_entry:
            continue
        # Pivot on the entry of fewest bits, so that rows grow least.
        best = min(with_entry, key=lambda i: abs(rows[i][column]))
        rows[done], rows[best] = rows[best], rows[done]
        lead = rows[done]
        for i in range(done + 1, len(rows)):
            if rows[i][column]:
                rows[i] = _eliminated(rows[i], lead, column)
        pivots.append(column)
        done += 1
    # Exactly one free unknown means one solution up to a factor: set it to 1, substitute back.
    free = [column for column in range(n) if column not in pivots]
    if len(free) != 1:
        return None
    solution = [Fraction(0)] * n
    solution[free[0]] = Fraction(1)
    for row, column in reversed(list(zip(rows, pivots, strict=False))):
        known = sum(row[j] * solution[j] for j in range(column + 1, n) if row[j])
        solution[column] = Fraction(-known) / row[column]
    return solution


def _eliminated(row: list[int], lead: list[int], column: int) -> list[int]:
    common = math.gcd(row[column], lead[column])
    a, b = lead[column] // common, row[column] // common
    result = [a * x - b * y for x, y in zip(row, lead, strict=True)]
    shared = math.gcd(*result)
    return [x // shared for x in result] if shared > 1 else result
