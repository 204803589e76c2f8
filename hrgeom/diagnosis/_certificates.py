r"""The certificate that no query vector does: a few documents, checked without the solver.

Let :math:`\sigma_v = 1` for the matches of a query and -1 for the other documents, and lift

- row thresholds: :math:`z_v = \sigma_v (x_v, 1)`;
- threshold 0: :math:`z_v = \sigma_v x_v`;
- any other threshold r: :math:`z_v = \sigma_v (x_v, -r)`, and besides them the point (0, abs r).

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

from hrgeom.checker import gamma
from hrgeom.core import Notion
from hrgeom.errors import ShapeError

__all__ = ["Inseparable", "is_inseparable", "level_of", "lifted", "proven_weights"]

_U = 2.0**-53
_LEAST = 5e-324
_MANTISSA_BITS = 53
_INFLATION = 1 + 1e-6  # above the rounding of the bounds' own evaluation
_MOST_EXACT_WORK = 300_000  # products of whole numbers: a second or so


@dataclass(frozen=True)
class Inseparable:
    """Documents that no query vector tells apart as a query needs it.

    Attributes
    ----------
    query : int
    matches, others : tuple of int
        Documents of S(q) and outside, at most two more of them than dimensions.
    weights : ndarray of float64
        Of the matches, then of the others, close to those that exist; they sum to 1.
    how : {"equal", "exact", "rounding bound"}
        equal: a match and another document are the same vector. exact: weights were found in whole
        numbers. rounding bound: floats prove that weights exist, by bound (1) of the module.
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
    """Return whether it is proved that no query vector tells these few documents apart.

    Parameters
    ----------
    documents : array_like of float, shape (m, d)
    matches, others : array_like of int
        Numbers of the documents that are to score above the threshold, and below it; as a
        certificate has them, without superfluous ones. That the first are the query's matches and
        the others are not is for the caller to look up.
    notion : {"global", "row"}
    threshold : float, optional
        Needed for the global notion.

    Returns
    -------
    proved : bool
        True is certified, in exact arithmetic or by a bound on rounding. False says nothing.

    Raises
    ------
    ShapeError
        If the documents are no finite matrix, numbers are outside it or on both sides, or a
        threshold is missing.

    Examples
    --------
    A match between two others on a line:

    >>> is_inseparable([[-1.0], [0.0], [1.0]], [1], [0, 2])
    True
    """
    points = np.asarray(documents, dtype=np.float64)
    if np.any(np.abs(points) >= 2.0**53) and np.asarray(documents).dtype.kind in "iu":
        raise ShapeError("whole numbers among documents must be below 2^53: got larger ones")
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ShapeError(f"documents must be a finite matrix: got shape {points.shape}")
    own, rest = _numbers(matches, len(points)), _numbers(others, len(points))
    both = np.intersect1d(own, rest)
    if len(both):
        raise ShapeError(f"matches and others must be apart: got {both.tolist()} in both")
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
            "threshold must be given for the global notion: got None; "
            "give one, or ask for the notion 'row'"
        )
    if not math.isfinite(threshold):
        raise ShapeError(f"threshold must be finite: got {threshold}")
    return float(threshold)


def _numbers(values: ArrayLike, n: int) -> NDArray[np.int64]:
    numbers = np.asarray(values)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise ShapeError(f"matches and others must be lists of whole numbers: got {values!r}")
    if np.any((numbers < 0) | (numbers >= n)):
        raise ShapeError(f"documents must be numbered from 0 to {n - 1}: got {numbers.tolist()}")
    return np.unique(numbers).astype(np.int64)


def lifted(
    points: NDArray[np.float64], signs: NDArray[np.float64], level: float | None
) -> NDArray[np.float64]:
    """Return the z_v, a row each; `level` is the threshold, None for row thresholds.

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
    """Return weights of sum 1 near ones that are positive on all points, and how that is proved.

    None if it is not proved that there are such. For a threshold other than 0 the point
    (0, abs r) may have a weight of its own, which is left out of the result. Without `exactly`
    whole numbers are not tried.
    """
    if level is None:  # a coordinate that all points share is no equation of its own
        points = points[:, (points != points[:1]).any(axis=0)]
    rows = lifted(points, signs, level)
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
    """Return the weights that elimination in whole numbers finds, where that is not too long."""
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
    exponents = -np.frexp(np.abs(rows).max(axis=0))[1]
    scaled = np.ldexp(rows, exponents)
    if not np.array_equal(np.ldexp(scaled, -exponents), rows):
        return None  # something underflowed
    matrix = np.vstack((scaled.T, np.ones(k)))
    aim = np.eye(1, k, k - 1)[0]
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None
    weights: NDArray[np.float64] = inverse[:, -1].astype(np.float64)
    if not (np.isfinite(inverse).all() and (weights > 0).all()):
        return None
    size, error = np.abs(matrix), gamma(k + 4, _U)
    lost = 4 * k * _LEAST  # by products that underflow
    with np.errstate(over="ignore", invalid="ignore"):  # infinity and NaN bound nothing
        rest = np.abs(np.eye(k) - inverse @ matrix)
        rest += error * (np.abs(inverse) @ size + np.eye(k)) + lost
        alpha = float(rest.sum(axis=1).max()) * _INFLATION
        if not alpha < 0.5:
            return None
        residual = np.abs(aim - matrix @ weights) + error * (size @ weights + aim) + lost
        off = float((np.abs(inverse) @ residual).max() + lost) * _INFLATION / (1 - alpha)
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
    """Return the one solution, up to a factor, of whole equations in n unknowns; None if there is
    none but 0, or there are several. Elimination with gcds taken out."""
    rows = [row[:] for row in equations]
    pivots: list[int] = []
    done = 0
    for column in range(n):
        with_entry = [i for i in range(done, len(rows)) if rows[i][column]]
        if not with_entry:
            continue
        # The entry of fewest bits: rows grow least.
        best = min(with_entry, key=lambda i: abs(rows[i][column]))
        rows[done], rows[best] = rows[best], rows[done]
        lead = rows[done]
        for i in range(done + 1, len(rows)):
            if rows[i][column]:
                rows[i] = _eliminated(rows[i], lead, column)
        pivots.append(column)
        done += 1
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
