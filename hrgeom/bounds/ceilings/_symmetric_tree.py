"""Margins of trees with symmetries, from both sides: the hierarchy itself, or a tree inside it.

The reduced semidefinite program is in `_perfect_tree_sdp`, the search for trees inside a hierarchy
in `_subtree`. A ceiling of a tree inside a hierarchy is one of the hierarchy: whoever embeds the
hierarchy embeds its parts, with no smaller margin. A lower bound is one only where the tree is the
hierarchy.
"""

from __future__ import annotations

import numpy as np

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.ceilings._perfect_tree_sdp import (
    TreeCeiling,
    symmetric_tree_ceiling,
    tree_ceiling,
)
from hrgeom.bounds.ceilings._subtree import subtree_ceiling
from hrgeom.core import Hierarchy, Notion
from hrgeom.errors import ConstructionError

__all__ = ["CEILING", "FLOOR", "symmetric_branchings"]

_QUICK_LEVELS, _FULL_LEVELS = 5, 7  # of the trees that are looked for
_MOST_TYPES = 20  # levels of a symmetric tree that is solved as it stands
_NOTIONS: tuple[Notion, ...] = ("global", "row")


def symmetric_branchings(hierarchy: Hierarchy) -> tuple[int, ...] | None:
    """Return how many children the nodes of every level have, if equally many on each.

    Parameters
    ----------
    hierarchy : Hierarchy
        Any.

    Returns
    -------
    branchings : tuple of int or None
        One number per level but the last. None if there are several roots, a node has two parents,
        or the numbers differ; also for a single node.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> symmetric_branchings(perfect_tree(3, 3))
    (3, 3)
    """
    if len(hierarchy.roots) != 1 or not hierarchy.is_forest or hierarchy.n_nodes == 1:
        return None
    n_children = np.diff(hierarchy.children[0])
    found = []
    for level in range(hierarchy.n_levels):
        here = np.unique(n_children[hierarchy.levels == level])
        if len(here) != 1:
            return None
        found.append(int(here[0]))
    return tuple(found[:-1])


def _global_ceiling(problem: BoundsProblem) -> tuple[TreeCeiling, bool] | str:
    """Return the ceiling of a tree in the hierarchy, global notion, and whether that is all of it.

    If there is none, return the reason.
    """
    assert problem.hierarchy is not None  # the theorems need one
    branchings = symmetric_branchings(problem.hierarchy)
    try:
        if branchings and len(branchings) < _MOST_TYPES:
            return symmetric_tree_ceiling(branchings), True
        most = _FULL_LEVELS if problem.effort >= 1 else _QUICK_LEVELS
        return subtree_ceiling(problem.hierarchy, most_levels=most).ceiling, False
    except ConstructionError as error:
        return str(error)


def _ceiling(problem: BoundsProblem, notion: Notion) -> tuple[TreeCeiling, bool]:
    """Return the ceiling of the same tree for a notion, and whether it is the whole hierarchy."""
    found = problem.cached(_global_ceiling)
    if isinstance(found, str):
        raise NotApplicableError(found)
    ceiling, is_whole = found
    if notion == "row":
        ceiling = tree_ceiling(ceiling.shape, notion="row")
    return ceiling, is_whole


def _upper(problem: BoundsProblem) -> list[Statement]:
    found = []
    for notion in _NOTIONS:
        ceiling, is_whole = _ceiling(problem, notion)
        n_nodes = sum(map(int, ceiling.shape.n_nodes))
        levels = ceiling.shape.n_levels
        what = "the hierarchy itself" if is_whole else "a tree with symmetries inside"
        reason = f"{what}: {levels} levels, {n_nodes:,} nodes"
        found.append(Statement(notion, ceiling.upper, reason))
    return found


def _lower(problem: BoundsProblem) -> list[Statement]:
    ceiling, is_whole = _ceiling(problem, "global")
    if not is_whole:
        raise NotApplicableError("the hierarchy itself is not a tree with symmetries")
    return [Statement("unit", ceiling.lower, "factors of the reduced programme, in integers")]


FLOOR = Theorem(
    name="symmetric-tree",
    quantity="margin",
    side="lower",
    statement="The reduced program of a tree with symmetries gives an embedding with this margin",
    says=_lower,
    status="certified",
    proof="perfect-tree-blocks",
    page="theory/ceiling.md",
    needs=("hierarchy", "solver"),
)

CEILING = Theorem(
    name="symmetric-tree",
    quantity="margin",
    side="upper",
    statement="No hierarchy has a larger margin than a tree with symmetries inside it",
    says=_upper,
    status="certified",
    proof="perfect-tree-blocks",
    page="theory/ceiling.md",
    needs=("hierarchy", "solver"),
)
