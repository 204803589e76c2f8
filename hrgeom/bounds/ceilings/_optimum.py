"""The optimum: the largest normalized margin in any dimension, by a semidefinite program.

Both sides come from one solution of `hrgeom.constructions.sdp_optimum`: its embedding, certified,
has the lower margin; its multipliers, made feasible, prove the upper one by weak duality.
"""

from __future__ import annotations

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.constructions import MOST_VECTORS, SDPOptimum, sdp_optimum
from hrgeom.errors import ConstructionError

__all__ = ["CEILING", "FLOOR"]

_QUICK_VECTORS = 100  # that the solver is given below effort 1: a few seconds


def _optimum(problem: BoundsProblem) -> SDPOptimum | str:
    """Return the solution, or the reason why there is none."""
    r = problem.relevance
    n_vectors = r.n_queries + r.n_documents
    most = MOST_VECTORS if problem.effort >= 1 else _QUICK_VECTORS
    if n_vectors > most:
        return f"{n_vectors:,} vectors are more than the {most} given to the solver"
    try:
        return sdp_optimum(r)
    except ConstructionError as error:
        return str(error)


def _solved(problem: BoundsProblem) -> SDPOptimum:
    found = problem.cached(_optimum)
    if isinstance(found, str):
        raise NotApplicableError(found)
    return found


def _lower(problem: BoundsProblem) -> list[Statement]:
    optimum = _solved(problem)
    reason = f"the solver's embedding, d = {optimum.embedding.dim}"
    return [Statement("unit", optimum.margin, reason)]


def _upper(problem: BoundsProblem) -> list[Statement]:
    bound = _solved(problem).dual_bound
    return [Statement("global", bound, "the solver's multipliers, made feasible")]


FLOOR = Theorem(
    name="optimum",
    quantity="margin",
    side="lower",
    statement="The solver's embedding has this margin by its certificate",
    says=_lower,
    status="certified",
    page="theory/optimum.md",
    needs=("solver",),
)

CEILING = Theorem(
    name="optimum",
    quantity="margin",
    side="upper",
    statement="Feasible multipliers of the semidefinite program bound the margin by weak duality",
    says=_upper,
    status="certified",
    proof="sdp-weak-duality",
    page="theory/optimum.md",
    needs=("solver",),
)
