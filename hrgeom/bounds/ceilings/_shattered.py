"""Margin ceiling of shattered documents: some queries match all subsets of half of them.

Theorem. Let t >= 3 documents be shattered (`hrgeom.bounds.lower.Shattered`). No normalized margin
exceeds the ceiling of all subsets of floor(t/2) of t documents (`subsets_ceiling`), whether
thresholds are per row or global.

Proof. Every subset of the t documents is what some query matches among them. Restrict an embedding
to these documents and, for each subset of floor(t/2) of them, to one such query: its margin is no
smaller, and the ceiling of all subsets holds for it. ∎
"""

from __future__ import annotations

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.ceilings._all_subsets import subsets_ceiling
from hrgeom.bounds.lower import shattered

__all__ = ["THEOREM"]


def _statements(problem: BoundsProblem) -> list[Statement]:
    t = len(problem.cached(shattered).documents)
    if t < 3:
        raise NotApplicableError(f"three documents must be shattered: {t} were found")
    reason = f"{t} documents, all subsets of {t // 2} of them"
    return [Statement("row", subsets_ceiling(t, t // 2), reason)]


THEOREM = Theorem(
    name="shattered",
    quantity="margin",
    side="upper",
    statement="Shattered documents allow no margin above that of all subsets of half of them",
    says=_statements,
    status="certified",
    source="Wang et al. 2026",
    proof="margin-ceiling",
    page="theory/limits.md",
)
