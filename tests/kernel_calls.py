"""A score problem in the form kernels take, and calls of a kernel by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hrgeom.checker import rounding_bounds
from hrgeom.checker.kernels import Bounds, Level, Rows, Tally, get_kernel
from hrgeom.core import Relevance


@dataclass(frozen=True)
class Problem:
    """Queries, documents and who matches whom."""

    queries: np.ndarray
    documents: np.ndarray
    relevance: Relevance

    @property
    def rows(self) -> Rows:
        return Rows(self.queries, self.relevance.indptr, self.relevance.indices)

    def bounds(self, *, exact: bool = True) -> Bounds:
        found = rounding_bounds(self.queries, self.documents)
        return Bounds(found.filter, found.score, exact)

    def number(self, threshold: float) -> Level:
        """The same number as level for all queries."""
        n = len(self.queries)
        return Level(np.full(n, threshold, dtype=np.float64), np.full(n, -1, dtype=np.int32))

    def any_document(self) -> Level:
        """The level that asks `matches` for nothing but the exact worst match."""
        n = len(self.queries)
        return Level(np.zeros(n), np.zeros(n, dtype=np.int32))


def call(name: str, what: str, problem: Problem, level: Level, *, exact: bool = True) -> Tally:
    """Run `matches` or `sweep` of the kernel with this name."""
    kernel = get_kernel(name)
    packed = kernel.pack(problem.documents, problem.documents.dtype)
    run = getattr(kernel, what)
    return run(packed, len(problem.documents), problem.rows, level, problem.bounds(exact=exact))


def row_notion(name: str, problem: Problem, *, exact: bool = True) -> tuple[Tally, Tally]:
    """The worst matches, and the sweep whose level is the worst match of each query."""
    worst = call(name, "matches", problem, problem.any_document(), exact=exact)
    level = Level(worst.extreme_score, worst.extreme_document)
    return worst, call(name, "sweep", problem, level, exact=exact)
