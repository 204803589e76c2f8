r"""Search for a query vector that is exact, over a growing working set of documents.

For the points z_v of `certificates`, Lawson and Hanson's active sets (non-negative least squares)
solve :math:`\min_{\lambda \ge 0} |\sum_v \lambda_v z_v|^2 + (1 - \sum_v \lambda_v)^2`. At the
solution let :math:`p = \sum_v \lambda_v z_v`. If p = 0 the weights are a certificate. If not, the
conditions of optimality give :math:`\langle p, z_v\rangle \ge 1 - \sum_v \lambda_v > 0`: p
separates the working set. Then all documents are scored, and those that p does not separate enter
the working set. Inseparable documents are inseparable among more, so a certificate on the working
set speaks of all.

Where the gap is some 1e-8 of the spread or less, :math:`1 - \sum_v \lambda_v`, its square, is lost
in rounding. Then the shortest q (in sum of sizes) with all :math:`\langle q, z_v\rangle \ge 1` is
found by a linear programme, whose numbers are large instead of close.

Only candidates come from here. `proven_weights` decides on supports, `separated_margin` on vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.floats import UNIT_ROUNDOFF
from hrgeom.checker import gamma
from hrgeom.diagnosis._certificates import Inseparable, lifted, proven_weights, whole_numbers

__all__ = ["BetterQuery", "Documents", "Search", "separated_margin"]

_NEAR_ZERO = 1e-7  # of |p|, where documents have length 1 on average: ask for a proof by bound
_AT_ZERO = 1e-11  # and for one in whole numbers, which takes longer
_MOST_EXACT = 3  # of those for a query
_LEAST_SPREAD = 2.0**-20  # of a coordinate, of the widest one's
_NOISE = 1e-12  # weights, in units of the largest
_MOST_ROUNDS = 60
_ALL_MATCHES = 256  # so many are in the working set from the start


@dataclass(frozen=True)
class BetterQuery:
    """A query vector that is exact for the documents as they are.

    Attributes
    ----------
    query : int
        Number of the query.
    vector : ndarray of float64, shape (d,)
        The vector, of length 1 for row thresholds and threshold 0, otherwise of the length that
        the threshold requires. The margin is that of these floats; rounding them to a stored type
        may lose it.
    margin : float
        Certified margin, rounded down: all matches score at least this far above the threshold
        and all others as far below (row notion: half the gap). Positive, or 0 if it underflows.
    """

    query: int
    vector: NDArray[np.float64]
    margin: float

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"query": self.query, "vector": self.vector.tolist(), "margin": self.margin}


class Documents:
    """The documents with what all searches share: center, scales, and groups of equal documents."""

    def __init__(self, points: NDArray[np.float64], level: float | None) -> None:
        self.points = points
        self.level = level
        self.longest = float(_lengths(points).max())
        # Equal documents are of one kind; the search needs one of each kind.
        kinds: dict[bytes, int] = {}
        self.kind = np.array([kinds.setdefault((x + 0.0).tobytes(), len(kinds)) for x in points])
        self.kind_sizes = np.bincount(self.kind)
        self.is_first = np.zeros(len(points), dtype=np.bool_)
        self.is_first[np.unique(self.kind, return_index=True)[1]] = True
        # What underflows here is lost to the search only: proofs use the documents themselves.
        self._exponent = int(np.frexp(np.abs(points).max())[1])
        near_one = np.ldexp(points, -self._exponent)
        if level is None:  # a shift of all documents changes nothing; centered, they round less
            near_one -= near_one.mean(axis=0)
        # Whether documents are separable does not depend on the scale of a coordinate; with equal
        # spreads narrow gaps survive rounding.
        peak = np.abs(near_one).max(axis=0)
        self._kept = np.flatnonzero(peak)
        self._moved = near_one[:, self._kept] / peak[self._kept]
        spread = np.sqrt(len(self._kept) * (self._moved**2).mean(axis=0))
        self._moved /= spread
        self._spread = spread * peak[self._kept]
        # But a tiny spread, blown up, must not outweigh good margins in other coordinates: such
        # coordinates stay narrow until nothing else helps (`is_close`).
        widest = self._spread.max(initial=0.0)
        self._narrow = np.minimum(1.0, self._spread / (_LEAST_SPREAD * (widest or 1.0)))

    def equal_pair(self, matches: NDArray[np.int64]) -> tuple[int, int] | None:
        """Return a match and another document with the same vector, or None."""
        kinds = self.kind[matches]
        held, first, counts = np.unique(kinds, return_index=True, return_counts=True)
        split = np.flatnonzero(counts < self.kind_sizes[held])
        if not len(split):
            return None
        same = np.flatnonzero(self.kind == held[split[0]])
        other = same[~np.isin(same, matches)][0]
        return int(matches[first[split[0]]]), int(other)

    def rows(
        self, used: NDArray[np.int64], signs: NDArray[np.float64], is_close: bool
    ) -> NDArray[np.float64]:
        """Return the lifted points of some documents, centered and scaled for the solver."""
        # The added coordinate has size 1, as the others have on average.
        level = self.level and float(np.sign(self.level))
        points = self._moved[used]
        return lifted(points if is_close else points * self._narrow, signs, level)

    def vector(self, direction: NDArray[np.float64], is_close: bool) -> NDArray[np.float64] | None:
        """Return the query vector for the documents as they are; None if there is none."""
        full = np.zeros(self.points.shape[1])
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            full[self._kept] = direction[: len(self._kept)] / self._spread
            if not is_close:
                full[self._kept] *= self._narrow
            if self.level:
                # <full, x> 2^-e exceeds sign(r) t, the last entry of the direction: times |r| / t.
                full = np.ldexp(full * (abs(self.level) / direction[-1]), -self._exponent)
                return full if direction[-1] > 0 and np.isfinite(full).all() else None
            full /= np.abs(full).max()
            full /= np.linalg.norm(full)
        return full if np.isfinite(full).all() else None


class Search:
    """Search for one query: its working set, and the result once it is over."""

    def __init__(self, documents: Documents, query: int, is_match: NDArray[np.bool_]) -> None:
        self.query = query
        self.better: BetterQuery | None = None
        self.inseparable: Inseparable | None = None
        self.is_over = False
        self._documents = documents
        self._is_match = is_match
        matches = np.flatnonzero(is_match)
        self._working = matches[documents.is_first[matches]]
        if len(self._working) > _ALL_MATCHES:
            self._working = self._working[:0]
        self._is_close = False  # on to linear programmes
        self._n_exact = 0
        self._rounds = 0
        pair = documents.equal_pair(matches)
        if pair is not None:
            match, other = pair
            halves = np.full(2, 0.5)
            self.inseparable = Inseparable(query, (match,), (other,), halves, "equal")
            self.is_over = True

    def look(self, scores: NDArray[np.float64], vector: NDArray[np.float64]) -> None:
        """Use the scores of all documents by a vector: finish, or extend the working set."""
        if self.is_over:
            return
        margin = separated_margin(self._documents, self._is_match, vector, scores)
        if margin is not None and (self.better is None or margin > self.better.margin):
            self.better = BetterQuery(self.query, vector, margin)
        below, above = self._bars(scores, 2 * _error(self._documents, vector))
        is_first = self._documents.is_first
        low = np.flatnonzero(self._is_match & is_first & (scores <= below))
        high = np.flatnonzero(~self._is_match & is_first & (scores >= above))
        n_added = max(32, self._documents.points.shape[1])
        low, high = _least(low, scores[low], n_added), _least(high, -scores[high], n_added)
        grown = np.union1d(self._working, np.union1d(low, high))
        self._rounds += 1
        # No new document, although the vector should separate them: floats cannot do better.
        is_old = self._rounds > 1 and len(grown) == len(self._working)
        is_stuck = is_old and (self._is_close or self.better is not None)
        self.is_over = is_stuck or self._rounds > _MOST_ROUNDS
        self._is_close |= is_old
        self._working = grown

    def _bars(self, scores: NDArray[np.float64], slack: float) -> tuple[float, float]:
        """Return the scores up to which matches, and from which other documents, are to be added.

        These are the scores on the wrong side; once the working set is separated, also those that
        leave less than half of its margin, since a vector that only just separates comes early.
        """
        level, own, rest = self._documents.level, self._is_match, ~self._is_match
        inside = scores[self._working]
        of_own = self._is_match[self._working]
        low, high = _extremes(inside[of_own], inside[~of_own])
        half = min(low - level, level - high) / 2 if level is not None else (low - high) / 4
        if 0 < half < np.inf:
            middle = (low + high) / 2 if level is None else level
            return middle + half, middle - half
        low, high = _extremes(scores[own], scores[rest]) if level is None else (level, level)
        return high + slack, low - slack

    def improve(self) -> NDArray[np.float64] | None:
        """Solve on the working set; return the next vector to try, None if there is none."""
        signs = np.where(self._is_match[self._working], 1.0, -1.0)
        rows = self._documents.rows(self._working, signs, self._is_close)
        direction = None
        if len(rows):  # the solver crashes on a system without columns
            direction = _shortest(rows) if self._is_close else self._nearest(rows)
        vector = None if direction is None else self._documents.vector(direction, self._is_close)
        if vector is None:
            self.is_over = True
        return vector

    def _nearest(self, rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return p by non-negative least squares; None if it is proved to be 0, or not found."""
        from scipy.optimize import nnls

        system = np.vstack((rows.T, np.ones(len(rows))))
        aim = np.zeros(len(system))
        aim[-1] = 1
        try:
            weights, residual = nnls(system, aim, maxiter=20 * len(rows))
        except RuntimeError:  # more steps than that
            return None
        if (
            self.better is None
            and residual < _NEAR_ZERO
            and self._prove(weights, bool(residual < _AT_ZERO))
        ):
            return None
        return np.asarray(weights @ rows, dtype=np.float64)

    def _prove(self, weights: NDArray[np.float64], is_zero: bool) -> bool:
        """Note a certificate if the documents of positive weight make one."""
        level = self._documents.level
        exactly = is_zero and self._n_exact < _MOST_EXACT
        self._n_exact += exactly
        # Weights that are 0 up to the solver's rounding are superfluous, and defeat the proof.
        supports = [weights > _NOISE * weights.max(), weights > 0]
        for support in supports if np.any(supports[0] != supports[1]) else supports[:1]:
            numbers = self._working[support[: len(self._working)]]
            numbers = numbers[np.argsort(~self._is_match[numbers], kind="stable")]
            signs = np.where(self._is_match[numbers], 1.0, -1.0)
            points = self._documents.points[numbers]
            proof = proven_weights(points, signs, level, exactly=exactly)
            if proof is not None:
                n = int(self._is_match[numbers].sum())
                matches, others = tuple(numbers[:n].tolist()), tuple(numbers[n:].tolist())
                self.inseparable = Inseparable(self.query, matches, others, *proof)
                self.is_over = True
                return True
        return False


def separated_margin(
    documents: Documents,
    is_match: NDArray[np.bool_],
    vector: NDArray[np.float64],
    scores: NDArray[np.float64],
) -> float | None:
    r"""Return a certified margin of a query vector, rounded down; None if it does not separate.

    Scores in float64 are within :math:`\gamma_d |q| \max_v |x_v| + 2d\eta` of the exact ones [1]_
    (and Cauchy-Schwarz). Where that does not decide, the documents next to the threshold are
    scored in fractions.

    Parameters
    ----------
    documents : Documents
        All document vectors, with the threshold of the global notion or none.
    is_match : ndarray of bool, shape (m,)
        True for the documents of S(q).
    vector : ndarray of float64, shape (d,)
        The query vector.
    scores : ndarray of float64, shape (m,)
        Scores of all documents by the vector, computed in float64.

    Returns
    -------
    margin : float or None
        Positive or 0; infinite if any threshold does. None: some match scores no higher than some
        other document, or than the threshold.

    References
    ----------
    .. [1] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM, 2002,
       section 3.1.

    Examples
    --------
    >>> points = np.eye(2)
    >>> vector = np.array([1.0, -1.0])
    >>> is_match = np.array([True, False])
    >>> margin = separated_margin(Documents(points, None), is_match, vector, points @ vector)
    >>> f"{margin:.6f}"
    '1.000000'
    """
    level, rest = documents.level, ~is_match
    if level is None and (not is_match.any() or is_match.all()):
        return np.inf  # a threshold above or below everything
    low, high = _extremes(scores[is_match], scores[rest])
    margin = (low - high) / 2 if level is None else min(low - level, level - high)
    # The computed margin is within `slack` of the exact one: two scores' errors halved, or one,
    # and the rounding of the margin itself and of `margin - slack`.
    error = _error(documents, vector)
    slack = error + 4 * UNIT_ROUNDOFF * abs(margin)
    if margin > slack:
        return margin - slack
    if margin < -slack:
        return None
    # Undecided: only documents whose scores may be extreme can decide, and they are scored exactly.
    near_low = np.flatnonzero(is_match & (scores <= low + 2 * error))
    near_high = np.flatnonzero(rest & (scores >= high - 2 * error))
    # One match and one other document are enough to refuse, however many are tied.
    worst = _least(near_low, scores[near_low], 1), _least(near_high, -scores[near_high], 1)
    if _exact_margin(documents, vector, *worst) <= 0:
        return None
    exact = _exact_margin(documents, vector, near_low, near_high)
    if exact <= 0:
        return None
    rounded = float(exact)
    return rounded if Fraction(rounded) <= exact else float(np.nextafter(rounded, -np.inf))


def _shortest(rows: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the q of least 1-norm whose products with all rows are at least 1, or None."""
    from scipy.optimize import linprog

    found = linprog(  # q = its positive part less its negative part
        np.ones(2 * rows.shape[1]),
        A_ub=np.hstack((-rows, rows)),
        b_ub=np.full(len(rows), -1.0),
        bounds=(0, None),
        method="highs-ds",
    )
    if found.x is None:
        return None
    return np.asarray(found.x[: rows.shape[1]] - found.x[rows.shape[1] :], dtype=np.float64)


def _extremes(own: NDArray[np.float64], rest: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least score of matches and the largest of others, infinite without any."""
    return float(own.min(initial=np.inf)), float(rest.max(initial=-np.inf))


def _error(documents: Documents, vector: NDArray[np.float64]) -> float:
    """Return a bound on the error of a score, inflated for the rounding of the bound itself."""
    d = len(vector)
    length = float(_lengths(vector[None])[0])
    return gamma(d + 8, UNIT_ROUNDOFF) * length * documents.longest * (1 + 1e-9) + 4 * d * 5e-324


def _lengths(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lengths of rows; the largest is right even where its squares underflow."""
    exponent = int(np.frexp(np.abs(rows).max())[1])
    lengths = np.linalg.norm(np.ldexp(rows, -exponent), axis=1)
    with np.errstate(over="ignore"):
        # Subnormal results lose more bits than the bound's inflation covers: round up.
        result: NDArray[np.float64] = np.nextafter(np.ldexp(lengths, exponent), np.inf)
    return result


def _least(numbers: NDArray[np.int64], keys: NDArray[np.float64], n_most: int) -> NDArray[np.int64]:
    """Return the numbers with the least keys, at most `n_most` of them."""
    if len(numbers) <= n_most:
        return numbers
    return numbers[np.argpartition(keys, n_most)[:n_most]]


def _exact_margin(
    documents: Documents,
    vector: NDArray[np.float64],
    own: NDArray[np.int64],
    rest: NDArray[np.int64],
) -> Fraction:
    """Return the margin between these documents in exact arithmetic; equal ones are scored once."""
    q, q_bits = whole_numbers(vector)

    def scores(numbers: NDArray[np.int64]) -> list[Fraction]:
        _, first = np.unique(documents.kind[numbers], return_index=True)
        results = []
        for point in documents.points[numbers[first]]:
            x, bits = whole_numbers(point)
            results.append(Fraction(sum(map(mul, q, x)), 1 << (q_bits + bits)))
        return results

    if documents.level is None:
        return (min(scores(own)) - max(scores(rest))) / 2
    level = Fraction(documents.level)
    gaps = [score - level for score in scores(own)] + [level - score for score in scores(rest)]
    return min(gaps)
