r"""Forster's bound: sign rank from a spectral norm.

Theorem (Forster 2002; Forster et al. 2001). Let B be a real n x m matrix, all its entries of size
at least b > 0. A matrix with the signs of B has rank at least :math:`b \sqrt{nm} / \|B\|`.

Threshold 0 takes as many dimensions as the sign rank; one threshold of any value, and row
thresholds too, at least that less one: a coordinate more, constant on documents, turns them into
threshold 0. B may be any block of queries and documents, its matches a and its other entries -b
for any a, b > 0.

A spectral norm found by iteration is a bound from the wrong side. Here B has whole entries, so that
:math:`G = B B^\top` is exact in float64, and a Cholesky factor of :math:`H = \sigma^2 I - G` is
taken. If that comes to its end, then :math:`\lambda_{\min}(H) \ge -\gamma_{n+1} \mathrm{tr}\,H /
(1 - \gamma_{n+1})` whatever the rounding (Rump 2006, Demmel 1989; :math:`\gamma_n = nu/(1 - nu)`,
barring underflow), so :math:`\|B\|^2 \le \sigma^2` plus that.

For hierarchies the bound is weak: almost all entries are -1, and such a matrix is nearly of rank 1.
The signed identity of any size gives 2 with its diagonal at half the size less 1, and
n/(n - 2) without weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.core import Relevance, distinct_rows, restricted

__all__ = ["THEOREM", "ForsterBound", "forster", "squared_norm_bound"]

_MOST_ROWS = 300  # of a block, and columns
_SMALLEST = 4  # rows and columns of a block
_PEELED = 0.9  # of the rows or columns are kept in a step of the search
_WEIGHTS = ((1, 1), (3, 2), (2, 1), (3, 1), (4, 1), (8, 1), (16, 1), (2, 3), (1, 2), (1, 4))
_POWER_STEPS = 15
_FULL_LOOKS = 8  # blocks whose norm is computed fully, those with the best estimates
_GRID = 2.0**20  # sigma^2 is a whole number over this, so that H is exact
_UNIT_ROUNDOFF = Fraction(1, 2**53)


@dataclass(frozen=True)
class ForsterBound(LeastDimensions):
    """The best block found.

    Attributes
    ----------
    queries, documents : tuple of int
        The block.
    match, other : int
        Its entries: `match` for matches, minus `other` for the others.
    squared_norm : Fraction
        No less than the square of its spectral norm.
    is_whole : bool
        Whether no distinct S(q) or D(v) was left out.

    Examples
    --------
    >>> ForsterBound((0, 1), (0, 1), 1, 1, Fraction(2), True).threshold_zero
    2
    """

    queries: tuple[int, ...]
    documents: tuple[int, ...]
    match: int
    other: int
    squared_norm: Fraction
    is_whole: bool

    @property
    def squared_ratio(self) -> Fraction:
        """The square of the theorem's bound, a proven one from below."""
        n_pairs = len(self.queries) * len(self.documents)
        return min(self.match, self.other) ** 2 * n_pairs / self.squared_norm

    @property
    def ratio(self) -> float:
        """The theorem's bound as a float, for display."""
        return math.sqrt(self.squared_ratio)

    @property
    def threshold_zero(self) -> int:
        """Least dimension with threshold 0: the bound, rounded up in exact arithmetic."""
        squared = self.squared_ratio
        root = math.isqrt(squared.numerator // squared.denominator)
        return max(1, root if root**2 >= squared else root + 1)

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query: one coordinate more makes them 0."""
        return max(1, self.threshold_zero - 1)


def forster(relevance: Relevance) -> ForsterBound:
    """Return Forster's bound for the best of some blocks and weights.

    A lower bound on the dimension, for threshold 0 (`threshold_zero`) and, less one, for any other
    (`row`, `any_threshold`); no margin is asked for. Tight for Hadamard matrices up to a constant;
    weak for hierarchies.

    Parameters
    ----------
    relevance : Relevance
        Any. Equal rows and columns are taken once. Of more than 300 rows or columns those that
        match most and some others are a start; from it rows and columns that lean most on the
        largest singular vectors are peeled off step by step, and the best of all steps is kept.

    Returns
    -------
    bound : ForsterBound
        Certified: the norm is bounded from above whatever the rounding.

    References
    ----------
    J. Forster 2002, *A linear lower bound on the unbounded error probabilistic communication
    complexity*; Forster, Krause, Lokam, Mubarakzjanov, Schmitt, Simon 2001 for entries of size at
    least b; S. M. Rump 2006, *Verification of positive definiteness*.

    Examples
    --------
    All subsets of three documents: the sign vectors, whose norm is the root of 8.

    >>> from itertools import combinations
    >>> subsets = [set(c) for n in range(4) for c in combinations(range(3), n)]
    >>> bound = forster(Relevance.from_sets(subsets, 3))
    >>> bound.threshold_zero, round(bound.ratio, 3)
    (2, 1.732)
    """
    queries = _chosen((relevance.indptr, relevance.indices), relevance.n_documents)
    documents = _chosen(relevance.transposed, relevance.n_queries)
    whole = queries[1] and documents[1]
    matches = _dense(relevance, queries[0], documents[0])
    candidates = [
        (_ratio(matches[np.ix_(rows, columns)], weights, _estimated_norm), rows, columns, weights)
        for rows, columns in _blocks(matches)
        for weights in _WEIGHTS
    ]
    candidates.sort(key=lambda candidate: -candidate[0])  # equal ones stay in their order
    best = (0.0, np.arange(len(matches)), np.arange(matches.shape[1]), _WEIGHTS[0])
    for _, rows, columns, weights in candidates[:_FULL_LOOKS]:
        ratio = _ratio(matches[np.ix_(rows, columns)], weights, _norm)
        if ratio > best[0] * (1 + 1e-9):
            best = (ratio, rows, columns, weights)
    _, rows, columns, (match, other) = best
    return ForsterBound(
        tuple(queries[0][rows].tolist()),
        tuple(documents[0][columns].tolist()),
        match,
        other,
        squared_norm_bound(_signed(matches[np.ix_(rows, columns)], match, other)),
        whole and matches.shape == (len(rows), len(columns)),
    )


def squared_norm_bound(matrix: NDArray[np.int64]) -> Fraction:
    """Return an upper bound on the square of a spectral norm, proven whatever the rounding.

    Parameters
    ----------
    matrix : ndarray of int64, shape (n, m)
        Small: n m times the largest square below 2^32, so that all sums are exact in float64.

    Returns
    -------
    bound : Fraction
        Above the square of the norm by some 1e-6, or the sum of all squares if that is less.

    Examples
    --------
    >>> round(float(squared_norm_bound(np.array([[1, 1], [1, -1]]))), 4)
    2.0
    """
    # G = B B^T of the narrower side has the same norm, and is exact: sums of whole numbers
    narrow = matrix if len(matrix) <= matrix.shape[1] else matrix.T
    floats = narrow.astype(np.float64)
    gram = floats @ floats.T
    n = len(gram)
    gamma = (n + 1) * _UNIT_ROUNDOFF / (1 - (n + 1) * _UNIT_ROUNDOFF)
    largest = float(np.linalg.eigvalsh(gram)[-1])
    # the squares of all entries sum to the squares of all singular values: a bound without a factor
    frobenius = Fraction(int((matrix.astype(object) ** 2).sum()))
    for excess in (1e-12, 1e-10, 1e-8, 1e-6):
        # H = sigma^2 I - G is exact too, sigma^2 being a multiple of 1/2^20
        sigma = (math.ceil(largest * (1 + excess) * _GRID) + 2) / _GRID
        shifted = np.diag(np.full(n, sigma)) - gram
        try:
            np.linalg.cholesky(shifted)
        except np.linalg.LinAlgError:
            continue
        # the factor came to its end: no eigenvalue of H is below -gamma/(1 - gamma) times its trace
        trace = n * Fraction(sigma) - frobenius
        return min(frobenius, Fraction(sigma) + trace * gamma / (1 - gamma))
    return frobenius


def _chosen(rows: tuple[csr.Indptr, csr.Indices], n_columns: int) -> tuple[NDArray[np.int64], bool]:
    """Return rows that differ, at most so many, and whether these are all there are."""
    _, first = distinct_rows(*rows, n_columns)
    if len(first) <= _MOST_ROWS:
        return np.sort(first), True
    by_size = first[np.argsort(-np.diff(rows[0])[first], kind="stable")]
    half = _MOST_ROWS // 2
    others = by_size[np.linspace(half, len(by_size) - 1, _MOST_ROWS - half).astype(np.int64)]
    return np.union1d(by_size[:half], others), False


def _dense(
    relevance: Relevance, queries: NDArray[np.int64], documents: NDArray[np.int64]
) -> NDArray[np.bool_]:
    indptr, indices = restricted(relevance, documents)
    entries, starts = csr.entries_of(indptr, queries)
    matches = np.zeros((len(queries), len(documents)), dtype=np.bool_)
    matches[csr.row_numbers(starts), indices[entries]] = True
    return matches


def _signed(matches: NDArray[np.bool_], match: int, other: int) -> NDArray[np.int64]:
    return np.where(matches, match, -other).astype(np.int64)


def _ratio(
    matches: NDArray[np.bool_],
    weights: tuple[int, int],
    norm: Callable[[NDArray[np.float64]], float],
) -> float:
    signs = _signed(matches, *weights).astype(np.float64)
    return min(weights) * math.sqrt(signs.size) / norm(signs)


def _norm(matrix: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(matrix, 2))


def _estimated_norm(matrix: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(matrix @ _leading(matrix)))


def _leading(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return nearly the right singular vector of the largest singular value, by power iteration.

    Full decompositions of many small matrices take most of their time in starting threads.
    """
    # a start that is not orthogonal to it but by accident, the same every time
    vector: NDArray[np.float64] = np.random.default_rng(0).standard_normal((matrix.shape[1],))
    for _ in range(_POWER_STEPS):
        longer = matrix.T @ (matrix @ vector)
        vector = np.asarray(longer / np.linalg.norm(longer))
    return vector


def _blocks(matches: NDArray[np.bool_]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the whole and what is left of it step by step, as row and column numbers."""
    rows, columns = np.arange(len(matches)), np.arange(matches.shape[1])
    blocks = [(rows, columns)]
    while min(len(rows), len(columns)) > _SMALLEST:
        signs = _signed(matches[np.ix_(rows, columns)], 1, 1).astype(np.float64)
        right = _leading(signs)
        rows = rows[_flattest(signs @ right)]
        columns = columns[_flattest(right)]
        blocks.append((rows, columns))
    return blocks


def _flattest(vector: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return where a vector is smallest in size, ascending, for some of its entries."""
    n = max(_SMALLEST, math.floor(_PEELED * len(vector)))
    return np.sort(np.argsort(np.abs(vector), kind="stable")[:n])


def _statements(problem: BoundsProblem) -> list[Statement]:
    relevance = problem.relevance
    if not 0 < relevance.n_pairs < relevance.n_queries * relevance.n_documents:
        raise NotApplicableError("all pairs are of one kind")
    found = forster(relevance)
    shape = f"{len(found.queries)} x {len(found.documents)}"
    return found.statements(f"sign rank of a {shape} block at least {found.ratio:.3f}")


THEOREM = Theorem(
    name="forster",
    quantity="dimension",
    side="lower",
    statement="A sign matrix of n x m entries has rank at least sqrt(nm) over its spectral norm",
    says=_statements,
    status="certified",
    source="Forster 2002",
    proof="forster",
    page="theory/limits.md",
    # 40 s on WordNet's mammals and 80 s on its nouns, where the others take 11 s and 8 s
    is_quick=False,
)
