r"""The largest normalized margin of a tree with symmetries, in any dimension, from both sides.

The semidefinite programme of `hrgeom.constructions.sdp_optimum`, reduced by the symmetries of the
tree: instead of one matrix with two rows a node, one matrix of at most 2H rows for each of H
levels, or of types where the nodes of a level are of several. `_perfect_tree_blocks` states the
reduction and proves it. So perfect trees of any size are solved in seconds, the limit of infinitely
many children included: its ceiling is the infimum over all trees with H levels.

A solver finds multipliers and Gram matrices in floating point. Both are rounded to integers, and
all that is said about them afterwards is computed from these without rounding
(`_perfect_tree_certificate`).
"""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.optional import imported
from hrgeom.bounds.ceilings._perfect_tree_blocks import Orbit, TreeShape, is_match
from hrgeom.bounds.ceilings._perfect_tree_certificate import Matrix, lower_bound, upper_bound
from hrgeom.core import Notion
from hrgeom.errors import ConstructionError

__all__ = [
    "TreeCeiling",
    "perfect_tree_ceiling",
    "symmetric_tree_ceiling",
    "tree_ceiling",
    "verify",
]

_UNIT = 1 << 44  # of the rounded multipliers, which sum to about 1
_RANK = 1e-9  # eigenvalues below this are the solver's noise


@dataclass(frozen=True)
class TreeCeiling:
    """The largest normalized margin of a tree, with what proves it.

    Attributes
    ----------
    shape : TreeShape
        The types of its nodes, and the numbers of children.
    notion : {"global", "row"}
        Whether the margin is that of one threshold or of a threshold for every query.
    upper : float
        The ceiling: no embedding, in any dimension, has a larger normalized margin. Exact, rounded
        up.
    lower : float
        Some embedding has at least this. Exact, rounded down.
    weights, diagonal : tuple of int
        Multipliers that prove `upper`, see `_perfect_tree_certificate.upper_bound`.
    factors : tuple of matrices of int
        The embedding that proves `lower`, see `_perfect_tree_certificate.lower_bound`.

    Examples
    --------
    >>> ceiling = perfect_tree_ceiling(2, 2)
    >>> ceiling.shape.counts, ceiling.lower <= ceiling.upper
    ((1, 2), True)
    """

    shape: TreeShape
    notion: Notion
    upper: float
    lower: float
    weights: tuple[int, ...]
    diagonal: tuple[int, ...]
    factors: tuple[Matrix, ...]


def perfect_tree_ceiling(
    branching: float, n_levels: int, *, notion: Notion = "global"
) -> TreeCeiling:
    """Return the largest normalized margin of the perfect tree, in any dimension.

    Parameters
    ----------
    branching : int
        W, children of every node above the last level; 1 is a chain, `math.inf` the limit for
        large W and the least ceiling of all trees with so many levels.
    n_levels : int
        H, nodes on a path from the root to a leaf, at least 2.
    notion : {"global", "row"}
        Whether all queries share a threshold.

    Returns
    -------
    ceiling : TreeCeiling
        Both sides about 1e-7 apart.

    Raises
    ------
    ConstructionError
        If a number is too small, or the solver gives nothing. Needs the extra `optimum` (cvxpy).

    References
    ----------
    `_perfect_tree_blocks` for the reduction, `proofs/perfect_tree_blocks.py`; weak duality,
    `proofs/sdp_weak_duality.py`.

    Examples
    --------
    >>> ceiling = perfect_tree_ceiling(2, 3)
    >>> f"{ceiling.lower:.5f} {ceiling.upper:.5f}", verify(ceiling)
    ('0.45093 0.45093', True)
    """
    if n_levels < 2:
        raise ConstructionError(
            f"n_levels must be at least 2, or no pair fails to match: got {n_levels}"
        )
    return symmetric_tree_ceiling((branching,) * (n_levels - 1), notion=notion)


def symmetric_tree_ceiling(
    branchings: Sequence[float], *, notion: Notion = "global"
) -> TreeCeiling:
    """Return the largest normalized margin of a tree with equally many children on each level.

    Parameters
    ----------
    branchings : sequence of int
        Children of the root, of its children, and so on; at least one number, each at least 1 or
        `math.inf`.
    notion : {"global", "row"}
        Whether all queries share a threshold.

    Returns
    -------
    ceiling : TreeCeiling
        Both sides about 1e-7 apart.

    Raises
    ------
    ConstructionError
        As `perfect_tree_ceiling`.

    References
    ----------
    `_perfect_tree_blocks` for the reduction, `proofs/perfect_tree_blocks.py`; weak duality,
    `proofs/sdp_weak_duality.py`.

    Examples
    --------
    >>> ceiling = symmetric_tree_ceiling((3, 1, 2))
    >>> bool(0 < ceiling.upper - ceiling.lower < 1e-6)
    True
    """
    return tree_ceiling(TreeShape.symmetric(branchings), notion=notion)


def tree_ceiling(shape: TreeShape, *, notion: Notion = "global") -> TreeCeiling:
    """Return the largest normalized margin of a tree with symmetries.

    Parameters
    ----------
    shape : TreeShape
        With up to some thirty types.
    notion : {"global", "row"}
        Whether all queries share a threshold.

    Returns
    -------
    ceiling : TreeCeiling
        Both sides about 1e-7 apart.

    Raises
    ------
    ConstructionError
        As `perfect_tree_ceiling`.

    References
    ----------
    `_perfect_tree_blocks` for the reduction, `proofs/perfect_tree_blocks.py`; weak duality,
    `proofs/sdp_weak_duality.py`.

    Examples
    --------
    >>> ceiling = tree_ceiling(TreeShape((-1, 0, 0, 2), (1, 3, 2, 1)))
    >>> bool(0 < ceiling.upper - ceiling.lower < 1e-6)
    True
    """
    # floats from the solver, rounded to integers; all that follows is exact
    weights, diagonal, grams = _solve(shape, notion)
    rounded = tuple(round(w * _UNIT) for w in np.maximum(weights, 0.0).tolist())
    upper, raised = _raised(shape, notion, rounded, diagonal)
    factors = tuple(_factor(gram) for gram in grams)
    lower = lower_bound(shape, notion, factors)
    return TreeCeiling(
        shape=shape,
        notion=notion,
        upper=_rounded_up(upper),
        lower=-_rounded_up(-lower) if lower is not None else 0.0,
        weights=rounded,
        diagonal=raised,
        factors=factors,
    )


def verify(ceiling: TreeCeiling) -> bool:
    """Return whether a ceiling follows from its own integers, both sides, in exact arithmetic.

    Parameters
    ----------
    ceiling : TreeCeiling
        As from `tree_ceiling`, or read from somewhere.

    Returns
    -------
    holds : bool
        True if both sides do.

    Examples
    --------
    >>> from dataclasses import replace
    >>> ceiling = perfect_tree_ceiling(2, 2)
    >>> verify(ceiling), verify(replace(ceiling, upper=ceiling.upper - 1e-6))
    (True, False)
    """
    upper = upper_bound(ceiling.shape, ceiling.notion, ceiling.weights, ceiling.diagonal)
    lower = lower_bound(ceiling.shape, ceiling.notion, ceiling.factors)
    if upper is None or lower is None:
        return False
    return Fraction(ceiling.upper) >= upper and Fraction(ceiling.lower) <= lower


def _solve(
    tree: TreeShape, notion: Notion
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[NDArray[np.float64]]]:
    """Return multipliers of orbits and of unit lengths, and the matrices P_b, in floating point."""
    # its types are partial
    cp: Any = imported(
        "cvxpy", "the semidefinite programme", "'hrgeom[optimum]'", error=ConstructionError
    )
    orbits = tree.constrained(notion)
    weights, diagonal = cp.Variable(len(orbits), nonneg=True), cp.Variable(2 * tree.n_types)
    blocks = []
    for b, (of_weights, of_diagonal) in _slack_maps(tree, orbits).items():
        size = 2 * len(tree.blocks[b])
        flat = of_diagonal @ diagonal - of_weights @ weights
        blocks.append(cp.reshape(flat, (size, size), order="C") >> 0)
    number = {orbit: i for i, orbit in enumerate(orbits)}
    balanced = []
    for match, others in tree.gaps(notion):
        balance = np.zeros(len(orbits))
        balance[[number[o] for o in match]] = 1
        balance[[number[o] for o in others]] = -1
        balanced.append(balance @ weights == 0)
    problem = cp.Problem(cp.Minimize(cp.sum(diagonal)), [*blocks, *balanced, cp.sum(weights) == 1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an inaccurate solution is as good as its certificate
        try:
            problem.solve(solver=cp.CLARABEL)
        except cp.SolverError as error:
            raise ConstructionError(f"the solver must find an optimum: got {error}") from None
    if weights.value is None:
        raise ConstructionError(f"the solver must find an optimum: got {problem.status}")
    return weights.value, diagonal.value, [np.asarray(block.dual_value) for block in blocks]


def _slack_maps(tree: TreeShape, orbits: Sequence[Orbit]) -> dict[int, tuple[Any, Any]]:
    """Return for every block the sparse maps from weights to A_b and from y to Diag(y), flat."""
    sparse: Any = importlib.import_module("scipy.sparse")
    entries: dict[int, list[tuple[int, int, float]]] = {b: [] for b in tree.blocks}
    for number, orbit in enumerate(orbits):
        sign = 0.5 if is_match(orbit) else -0.5
        for b, factor in tree.terms(orbit):
            types = tree.blocks[b]
            i, k = types.index(orbit[0]), len(types) + types.index(orbit[1])
            entries[b].append((i * 2 * len(types) + k, number, sign * float(factor)))
            entries[b].append((k * 2 * len(types) + i, number, sign * float(factor)))
    maps = {}
    for b, triples in entries.items():
        types = tree.blocks[b]
        size = 2 * len(types)
        rows, columns, values = zip(*triples, strict=True)
        of_weights = sparse.csr_array((values, (rows, columns)), shape=(size**2, len(orbits)))
        places = [i * (size + 1) for i in range(size)]
        which = [*types, *(tree.n_types + s for s in types)]
        shape = (size**2, 2 * tree.n_types)
        maps[b] = (of_weights, sparse.csr_array((np.ones(size), (places, which)), shape=shape))
    return maps


def _raised(
    tree: TreeShape, notion: Notion, weights: tuple[int, ...], diagonal: NDArray[np.float64]
) -> tuple[Fraction, tuple[int, ...]]:
    """Return the dual bound, after raising y until it is proved to apply."""
    rounded = [round(y * _UNIT) for y in diagonal.tolist()]
    raised_by = 1
    while True:
        raised = tuple(y + raised_by for y in rounded)
        bound = upper_bound(tree, notion, weights, raised)
        if bound is not None:
            return bound, raised
        if raised_by > _UNIT:  # |A_b| is at most 1/2, so that no matrix is left to raise
            raise ConstructionError("the solver must find multipliers that are not all zero")
        raised_by *= 4


def _factor(gram: NDArray[np.float64]) -> Matrix:
    """Return rows of integers whose products are nearly proportional to a matrix."""
    values, vectors = np.linalg.eigh((gram + gram.T) / 2)
    kept = values > _RANK
    rows = vectors[:, kept] * np.sqrt(values[kept])
    return tuple(tuple(round(x * _UNIT) for x in row) for row in rows.tolist())


def _rounded_up(value: Fraction) -> float:
    nearest = float(value)
    return nearest if Fraction(nearest) >= value else math.nextafter(nearest, math.inf)
