"""What the automatic choice may take, and what it promises within a budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from hrgeom.constructions._construction import Construction
from hrgeom.constructions._promise import Promise
from hrgeom.constructions._registry import all_constructions, promise_of
from hrgeom.constructions._sides import better_side
from hrgeom.core import ForestRelevance, Relevance, as_dtype

__all__ = ["DEFAULT_MARGIN", "MOST_DIMS", "Asking", "Promised", "promises"]

DEFAULT_MARGIN = 1e-2
"""The normalized margin that `construct` sees to where nothing else is asked for.

Copies in float16 move the score of two unit rows by 1e-3 at most, in bfloat16 by 8e-3, in six
significant digits by 2e-5.
"""

MOST_DIMS = 4096
_LARGEST_FALLBACK = 2**30  # bytes of all vectors, where no margin worth the room is promised
_FOREST_PRODUCTS = 2**39  # of numbers in a certificate, for forests with so many pairs
_FIRST_BUDGET = 8
_BELOW = 4  # budgets asked one by one below the least found: promises need not be monotone
_EQUAL = 1 - 1e-6  # of margins: equal but for rounding

Promised = tuple[Construction, Promise]


@dataclass(frozen=True)
class Asking:
    """A relevance and a stored type, and which constructions are asked for their promises.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long constructions search.
    proved : bool
        Only those whose promise is a theorem.
    report : callable, optional
        Called with a line of text for every budget that is asked for, with the time left.
    """

    relevance: Relevance
    dtype: str
    seed: int = 0
    effort: float = 1.0
    proved: bool = False
    report: Callable[[str], None] | None = field(default=None, compare=False, repr=False)

    def within(self, dim: int | None, among: Collection[str] | None = None) -> list[Promised]:
        """Return what is promised: the largest margin first, or the fewest dimensions for None."""
        found: list[Promised] = []
        for construction in all_constructions():
            if not self._may_take(construction, among):
                continue
            promise = promise_of(
                self.relevance,
                construction,
                dim=dim,
                dtype=self.dtype,
                seed=self.seed,
                effort=self.effort,
            )
            if promise is not None and (dim is None or promise.dim <= dim):
                found.append((construction, promise))

        def rank(item: Promised) -> tuple[float, float]:
            return (0.0 if dim is None else -(item[1].margin or 0.0), item[1].dim)

        return sorted(found, key=rank)

    def _may_take(self, construction: Construction, among: Collection[str] | None) -> bool:
        return (
            construction.is_automatic
            and (not self.proved or construction.promise_kind == "proved")
            and (among is None or construction.name in among)
            and (construction.takes_forests or not isinstance(self.relevance, ForestRelevance))
        )

    @property
    def most_dims(self) -> int:
        """The largest budget asked for: a large forest is to be certified in about a minute."""
        n_pairs = self.relevance.n_queries * self.relevance.n_documents
        if not isinstance(self.relevance, ForestRelevance):
            return MOST_DIMS
        return max(_FIRST_BUDGET, min(MOST_DIMS, _FOREST_PRODUCTS // n_pairs))

    def reaching(
        self, margin: float, dim: int, among: Collection[str] | None = None
    ) -> list[Promised]:
        """Return those that promise a margin within a budget, the largest margin first."""
        return [found for found in self.within(dim, among) if (found[1].margin or 0.0) >= margin]

    def least_dim(self, margin: float, most: int | None = None) -> int | None:
        """Return the fewest dimensions found that promise a margin, None if not within `most`.

        Budgets are doubled until the margin is promised, the least one is found by halving, and
        a few below it are asked one by one.
        """
        low, found = 0, list[Promised]()
        asked = _Asked(self.report)
        for budget in _budgets(self.most_dims if most is None else most):
            asked.next(budget)
            found = self.reaching(margin, budget)
            if found:
                break
            low = budget
        if not found:
            return None
        among = {construction.name for construction, _ in found}
        high = min(promise.dim for _, promise in found)
        if high <= low:  # a smaller budget than one that was refused
            low = 0
        while high - low > 1:
            middle = (low + high) // 2
            asked.next(middle, (high - low).bit_length() + _BELOW - 1)
            smaller = self._smallest(margin, middle, among)
            low, high = (middle, high) if smaller is None else (low, smaller)
        asked.next(high, _BELOW - 1)
        return self._below(margin, high, among)

    def _smallest(self, margin: float, dim: int, among: Collection[str]) -> int | None:
        found = self.reaching(margin, dim, among)
        return min((promise.dim for _, promise in found), default=None)

    def _below(self, margin: float, dim: int, among: Collection[str]) -> int:
        """Return a number of dimensions below which a few have been asked in vain."""
        below = 2  # one below is where the halving ended
        while below <= _BELOW and dim - below > 0:
            smaller = self._smallest(margin, dim - below, among)
            dim, below = (dim, below + 1) if smaller is None else (smaller, 1)
        return dim

    def largest(self, most: int | None = None) -> Promised | None:
        """Return the largest margin promised within some dimensions, in the fewest of them."""
        best, most = 0.0, self.most_dims if most is None else most
        for budget in _budgets(most):
            for _, promise in self.within(budget):
                best = max(best, promise.margin or 0.0)
        dim = self.least_dim(best * _EQUAL, most) if best > 0 else None
        return None if dim is None else self.within(dim)[0]

    def default_dim(self) -> int | None:
        """Return the dimensions of the automatic choice, None where no margin is promised at all.

        The fewest for `DEFAULT_MARGIN`; where it is never promised, the fewest for the largest
        margin that is, as long as all vectors fit in a gibibyte.
        """
        dim = self.least_dim(DEFAULT_MARGIN)
        if dim is not None:
            return dim
        n_vectors = self.relevance.n_queries + self.relevance.n_documents
        room = _LARGEST_FALLBACK // (n_vectors * as_dtype(self.dtype).itemsize)
        largest = self.largest(min(self.most_dims, max(_FIRST_BUDGET, room)))
        return None if largest is None else largest[1].dim


class _Asked:
    """How many budgets were asked for, which takes most of the time of a choice."""

    def __init__(self, report: Callable[[str], None] | None) -> None:
        self._report, self._began = report, time.monotonic()

    def next(self, dim: int, n_left: int | None = None) -> None:
        """Say which budget comes next, and how long so many take if each takes like the last."""
        if self._report is None:
            return
        now = time.monotonic()
        left = "" if n_left is None else f", {(now - self._began) * n_left:.0f} s left"
        self._began = now
        self._report(f"choosing, d = {dim}: what is promised{left}")


def _budgets(most: int) -> list[int]:
    """Return 8, 16, 32 and so on, the last one `most`."""
    budgets = [_FIRST_BUDGET]
    while 2 * budgets[-1] < most:
        budgets.append(2 * budgets[-1])
    return [*budgets, most] if budgets[-1] < most else [most]


def promises(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> list[tuple[str, Promise]]:
    """Return what the constructions that may be chosen automatically promise, best first.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    dim : int, optional
        At most so many dimensions, the largest margin first, and last those that promise none.
        Default: any number, the fewest dimensions first, equal ones in order of preference.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long constructions search; at 1 some ten seconds each for 100,000 nodes.

    Returns
    -------
    promises : list of (str, Promise)
        Names of constructions, and what they promise.

    Raises
    ------
    ShapeError
        If `dtype` is no stored type.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> name, promise = promises(r, dtype="int8")[0]
    >>> name, promise.dim
    ('trie', 2)
    """
    side = better_side(relevance, seed).relevance
    ranked = Asking(side, dtype, seed, effort).within(dim)
    return [(construction.name, promise) for construction, promise in ranked]
