r"""Chirotopes: which subsets vectors of a rank can be split into, decided by a SAT solver.

Let n vectors of rank r (in R^r) be in general position. Their *chirotope* says of every r of them,
in the order of their numbers, the sign :math:`\chi(B)` of the determinant. Any r + 1 of them,
:math:`c_0 < \dots < c_r`, have one linear relation up to a factor, and the signs of its weights are
:math:`(-1)^i \chi(C - c_i)` (Cramer). A vector q splits them into those of positive and of negative
score; the weighted sum of the scores is 0, so the weights do not all have the signs of the scores,
nor all the opposite ones.

Theorem. Take n documents and a variable for each r of them. For every subset of them that some
query matches, and every r + 1 of them, there are two clauses: not all of :math:`(-1)^i \chi(C -
c_i)` have the signs of the subset, and not all the opposite ones. If no assignment satisfies all of
these clauses, threshold 0 takes :math:`d \ge r + 1`, and row thresholds take :math:`d \ge r`. With
the clauses of the whole set besides, row thresholds take :math:`d \ge r`. The same holds for
queries and the sets D(v).

Proof. Threshold 0, d = r (fewer dimensions are padded): scores are not 0, so vectors may be moved a
little into general position, and their chirotope satisfies the clauses. Row thresholds, d = r - 1:
the vectors (x, 1), on which the query (q, -r_q) has the sign pattern of its set, and (0, 1) that of
the whole set. For queries the vectors are (q_i, -r_i), without the whole set. ∎

A solver finds the refutation; it is then checked by unit propagation (`is_refuted`), and the
subsets are looked up in the relevance.

Sets are tried from r + 3 items on, chosen for many subsets (`rich_set`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, Literal

import numpy as np

from hrgeom._base.optional import imported
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.bounds.lower._propagation import is_refuted
from hrgeom.bounds.lower._shattering import Items, document_items, query_items
from hrgeom.bounds.lower._sign_patterns import rich_set
from hrgeom.core import Relevance
from hrgeom.errors import HrgeomError

__all__ = ["THEOREM", "Chirotope", "Refutation", "chirotope", "sign_clauses"]

Side = Literal["documents", "queries"]

_FIRST_RANK, _LAST_RANK = 2, 12
_MOST_MORE = 6  # items beyond the rank
_MOST_CLAUSES = 300_000
_SEEDS = 3  # sets of a size
_CONFLICTS_PER_WORK = 1 / 5_000


@dataclass(frozen=True)
class Refutation:
    """Why no vectors of a rank have the subsets that are seen: clauses and what follows from them.

    Attributes
    ----------
    rank : int
        Of the vectors that there are not.
    side : {"documents", "queries"}
        Whose vectors they would be.
    items : tuple of int
        Their numbers.
    patterns : tuple of int
        Subsets of the items that are matched, bit i for item i; complements are as good.
    with_whole : bool
        Whether the subset of all items is among them without being seen: then row thresholds alone
        are refuted.
    lemmas : tuple of tuple of int
        What follows, clause by clause, by unit propagation, the empty one last.
    """

    rank: int
    side: Side
    items: tuple[int, ...]
    patterns: tuple[int, ...]
    with_whole: bool
    lemmas: tuple[tuple[int, ...], ...]

    def verify(self, relevance: Relevance) -> bool:
        """Return whether it is one: subsets seen, lemmas implied. No solver is asked.

        Parameters
        ----------
        relevance : Relevance
            Which documents each query matches.

        Returns
        -------
        is_valid : bool
            False if a subset is not seen, or a lemma does not follow.
        """
        n = len(self.items)
        seen = _seen(relevance, self.side, self.items)
        if self.with_whole:
            if self.side == "queries":  # (0, 1) is a query, not a document
                return False
            seen.add((1 << n) - 1)
        full = (1 << n) - 1
        if not all(p in seen or full - p in seen for p in self.patterns):
            return False
        return is_refuted(list(sign_clauses(n, self.rank, self.patterns)), self.lemmas)


@dataclass(frozen=True)
class Chirotope(LeastDimensions):
    """The highest ranks refuted.

    Attributes
    ----------
    refutations : tuple of Refutation
        At most one for row thresholds, with the whole set, and one for all settings.

    Examples
    --------
    >>> Chirotope(()).row
    1
    """

    refutations: tuple[Refutation, ...]

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query."""
        return max((found.rank for found in self.refutations), default=1)

    @property
    def threshold_zero(self) -> int:
        """Least dimension with threshold 0."""
        ranks = (found.rank + 1 for found in self.refutations if not found.with_whole)
        return max(ranks, default=self.row)


def sign_clauses(n: int, rank: int, patterns: tuple[int, ...]) -> Iterator[list[int]]:
    """Yield the clauses of n vectors of a rank that have these subsets as positive scores.

    Parameters
    ----------
    n, rank : int
        Variable number i + 1 is the sign of the i-th of the sets of `rank` numbers below n, in
        lexicographic order.
    patterns : tuple of int
        Subsets, bit i for vector i.

    Yields
    ------
    clause : list of int
        Literals; true: a positive determinant.

    Examples
    --------
    Two vectors of the line, one positive and one negative score: their signs differ.

    >>> list(sign_clauses(2, 1, (0b01,)))
    [[2, 1], [-2, -1]]
    """
    number = {chosen: i + 1 for i, chosen in enumerate(combinations(range(n), rank))}
    for circuit in combinations(range(n), rank + 1):
        # vector i of the circuit is left out; its weight is negative for odd i
        weights = [(-1) ** i * number[circuit[:i] + circuit[i + 1 :]] for i in range(rank + 1)]
        restricted = {tuple(p >> v & 1 for v in circuit) for p in patterns}
        up_to_sign = {min(signs, tuple(1 - s for s in signs)) for signs in restricted}
        for signs in sorted(up_to_sign):
            same = [w if s else -w for w, s in zip(weights, signs, strict=True)]
            yield [-literal for literal in same]
            yield same


def chirotope(relevance: Relevance, *, work: int = 150_000_000) -> Chirotope:
    """Return the highest ranks that a SAT solver refutes on small sets of documents or queries.

    Lower bounds on the dimension, for row thresholds (`row`) and threshold 0 (`threshold_zero`),
    with no margin asked for.

    Parameters
    ----------
    relevance : Relevance
        Any.
    work : int
        Bounds the search; the default is up to a minute.

    Returns
    -------
    found : Chirotope
        Certified: each refutation has been verified without the solver.

    Raises
    ------
    HrgeomError
        If python-sat is not installed.

    References
    ----------
    The theorem of this module. Lienkaemper, arXiv:2312.17365, for oriented matroids and monotone
    rank.

    Examples
    --------
    Three leaves and their root: more than one dimension by row, more than two at threshold 0.

    >>> star = Relevance.from_sets([{0}, {0, 1}, {0, 2}, {0, 3}], 4)
    >>> chirotope(star).row, chirotope(star).threshold_zero
    (2, 3)
    """
    solvers = imported("pysat.solvers", "the bound chirotope", "'hrgeom[sat]'")
    found: list[Refutation] = []
    sides: tuple[tuple[Side, Items], ...] = (
        ("documents", document_items(relevance, crossing_only=False)),
        ("queries", query_items(relevance)),
    )
    for side, items in sides:
        search = _Search(relevance, side, items, work, solvers.Solver)
        found += search.highest()
    best = [
        max((f for f in found if f.with_whole == whole), key=lambda f: f.rank, default=None)
        for whole in (True, False)
    ]
    row, every = best
    if row is not None and every is not None and row.rank <= every.rank:
        row = None
    return Chirotope(tuple(f for f in (row, every) if f is not None))


class _Search:
    def __init__(
        self, relevance: Relevance, side: Side, items: Items, work: int, solver: Any
    ) -> None:
        self.relevance, self.side, self.items, self.solver = relevance, side, items, solver
        self.conflicts = max(1, int(work * _CONFLICTS_PER_WORK))

    def highest(self) -> list[Refutation]:
        """Return refutations of the highest rank: for row thresholds, and for all settings."""
        found: dict[bool, Refutation] = {}
        for rank in range(_FIRST_RANK, _LAST_RANK + 1):
            refuted = self._refute(rank)
            if not refuted:
                break
            found.update({refutation.with_whole: refutation for refutation in refuted})
        return list(found.values())

    def _refute(self, rank: int) -> list[Refutation]:
        n_items = len(self.items.numbers)
        refuted: list[Refutation] = []
        for size in range(rank + 2, rank + 1 + _MOST_MORE):
            for seed in range(_SEEDS):
                if size > n_items:
                    return refuted
                positions, patterns = rich_set(self.items, size, seed)
                chosen = tuple(self.items.numbers[positions].tolist())
                refuted = self._refute_set(rank, chosen, patterns.tolist())
                if refuted:
                    return refuted
        return refuted

    def _refute_set(
        self, rank: int, chosen: tuple[int, ...], patterns: list[int]
    ) -> list[Refutation]:
        """Return refutations on a set: with the whole set, if it is not seen, and without."""
        seen_whole = patterns[0] == 0  # all, or none
        refuted = []
        for with_whole in (True, False):
            if with_whole and (seen_whole or self.side == "queries"):
                continue
            used = tuple([0, *patterns] if with_whole else patterns)
            lemmas = self._lemmas(len(chosen), rank, used)
            if lemmas is None:
                break
            refutation = Refutation(rank, self.side, chosen, used, with_whole, lemmas)
            if not refutation.verify(self.relevance):
                raise AssertionError("a refutation of the solver must be verified without it")
            refuted.append(refutation)
        return refuted

    def _lemmas(
        self, n: int, rank: int, patterns: tuple[int, ...]
    ) -> tuple[tuple[int, ...], ...] | None:
        """Return what the solver derives on its way to the empty clause; None if it does not."""
        if comb(n, rank + 1) * min(len(patterns), 2**rank) * 2 > _MOST_CLAUSES:
            return None
        clauses = list(sign_clauses(n, rank, patterns))
        with self.solver(name="glucose4", bootstrap_with=clauses, with_proof=True) as solver:
            solver.conf_budget(self.conflicts)
            if solver.solve_limited() is not False:
                return None
            lines = [line.split() for line in solver.get_proof()]
        lemmas = (tuple(map(int, line[:-1])) for line in lines if line[0] != "d")
        return tuple(lemmas)


def _seen(relevance: Relevance, side: Side, items: tuple[int, ...]) -> set[int]:
    """Return the subsets of the items that the other side has, bit i for item i."""
    rows = (relevance.indptr, relevance.indices) if side == "queries" else relevance.transposed
    n_others = relevance.n_documents if side == "queries" else relevance.n_queries
    held = np.zeros(n_others, dtype=np.int64)
    for i, item in enumerate(items):
        held[rows[1][rows[0][item] : rows[0][item + 1]]] |= 1 << i
    return set(held.tolist())


def _statements(problem: BoundsProblem) -> list[Statement]:
    try:
        found = chirotope(problem.relevance, work=problem.work)
    except HrgeomError as missing:
        raise NotApplicableError(str(missing)) from None
    if not found.refutations:
        raise NotApplicableError(f"rank {_FIRST_RANK} is not refuted")
    sets = (
        f"{len(f.patterns)} subsets of {len(f.items)} {f.side} have no vectors of rank {f.rank}"
        for f in found.refutations
    )
    return found.statements("; ".join(sets))


THEOREM = Theorem(
    name="chirotope",
    quantity="dimension",
    side="lower",
    statement="Subsets that no signs of determinants allow take one dimension more than those",
    says=_statements,
    status="certified",
    source="Lienkaemper 2023, arXiv:2312.17365",
    proof="chirotope",
    page="theory/limits.md",
    is_quick=False,
)
"""The theorem of this module."""
