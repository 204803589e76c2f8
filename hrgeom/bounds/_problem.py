"""The problem that theorems are applied to: a relevance, a margin, and how hard to try."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from hrgeom.core import Hierarchy, Relevance

__all__ = ["BoundsProblem"]

P = ParamSpec("P")
T = TypeVar("T")

_QUICK_WORK, _FULL_WORK = 20_000_000, 150_000_000  # entries seen by a search, efforts 0 and 1


def _no_margins(problem: BoundsProblem) -> Iterable[tuple[float, str]]:
    """Return no margin: the default of `BoundsProblem.known_margins`.

    Parameters
    ----------
    problem : BoundsProblem
        Any problem.

    Returns
    -------
    margins : iterable of (float, str)
        Empty.
    """
    return ()


@dataclass(frozen=True, eq=False)
class BoundsProblem:
    """A relevance to be bounded, the margin asked for, and the effort to spend.

    It knows no theorem. What several theorems share is a function of the problem, called through
    `cached`.

    Parameters
    ----------
    relevance : Relevance
        The relevance to be embedded: which documents each query matches.
    hierarchy : Hierarchy, optional
        That the relevance comes from, if it comes from one.
    margin : float, optional
        The normalized margin that embeddings must have. Default: any above 0.
    effort : float
        Scales searches: 0, quick; 1, thorough.
    seed : int
        Seed of tie breaks in searches.
    solver : bool
        Whether semidefinite programs may be solved.
    known_margins : callable
        Takes the problem and returns margins that some embedding is known to have, each with the
        name of the theorem. `all_bounds` sets it to the lower bounds on the margin in the registry,
        for theorems that start from a margin. Default: none is known.

    Examples
    --------
    >>> problem = BoundsProblem(Relevance.from_sets([{0}, {0, 1}], 2))
    >>> def n_pairs(problem):
    ...     return problem.relevance.n_pairs
    >>> problem.cached(n_pairs)
    3
    """

    relevance: Relevance
    hierarchy: Hierarchy | None = None
    margin: float | None = None
    effort: float = 0.0
    seed: int = 0
    solver: bool = True
    known_margins: Callable[[BoundsProblem], Iterable[tuple[float, str]]] = _no_margins
    _cache: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def work(self) -> int:
        """Number of matrix entries that one search may look at."""
        return round(_QUICK_WORK + min(1.0, self.effort) * (_FULL_WORK - _QUICK_WORK))

    def cached(
        self,
        function: Callable[Concatenate[BoundsProblem, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Return ``function(problem, *args, **kwargs)``, worked out once and kept.

        Parameters
        ----------
        function : callable
            Of a problem and hashable arguments; its result must not be changed by anyone.
        *args, **kwargs
            Further arguments of the function, hashable.

        Returns
        -------
        result
            What the function returned the first time. Errors are not kept.
        """
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in self._cache:
            self._cache[key] = function(self, *args, **kwargs)
        found: T = self._cache[key]
        return found
