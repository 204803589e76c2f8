r"""A ceiling for any hierarchy: that of a tree with symmetries inside it.

Whoever embeds a hierarchy embeds its parts, with no smaller margin. So if some nodes are among each
other, as queries and documents, in the relation of a tree with symmetries, then that tree's ceiling
(`_perfect_tree_sdp`) holds for the hierarchy. Its levels may skip levels of the
hierarchy, and other nodes do not matter.

**Search.** Documents that cross others are left out until the rest is laminar, so that what is left
is a forest. A node *hosts* a tree (w, T) of k levels, w the root's branching and T the tree of
k - 1 levels below, if w nodes strictly below it host T in subtrees that are disjoint. What hosts
T passes it on upwards, so the lowest hosts of T are the best to choose, and they are disjoint:
a node hosts (w, T) if and only if at least w lowest hosts of T are strictly below it. So the hosts
of every sequence of branchings are found exactly, from the leaves up. The root's branching is taken
as large as the forest has it; the others move through a short list, one step at a time, while the
ceiling falls, for each number of levels. The best tree of each number of levels then gets as many
more leaves below every node as all nodes of its level can have.

The search may miss a lower ceiling. What it returns is checked: the relation of the nodes found
is compared with that of the tree, row by row, in the hierarchy itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hrgeom.bounds.ceilings._perfect_tree_blocks import TreeShape
from hrgeom.bounds.ceilings._perfect_tree_sdp import (
    TreeCeiling,
    symmetric_tree_ceiling,
    tree_ceiling,
)
from hrgeom.core import Hierarchy, Notion
from hrgeom.errors import ConstructionError

__all__ = ["SubtreeCeiling", "is_subtree", "subtree_ceiling"]

_BRANCHINGS = (1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 30, 50)
_MOST_LEVELS = 7

Forest = list[tuple[int, int]]
"""Nodes and their parents (-1: none), children before parents."""
Branchings = tuple[int, ...]


@dataclass(frozen=True)
class SubtreeCeiling:
    """A ceiling of a hierarchy, and where it comes from.

    Attributes
    ----------
    ceiling : TreeCeiling
        Both sides for the tree inside. The upper one, `ceiling.upper`, bounds the normalized
        margin of every embedding of the hierarchy; the lower one is about the tree alone.
    nodes : tuple of tuple of int
        The tree's nodes in the hierarchy, for every type of `ceiling.shape`: number i of a type is
        below number i // count of the type above.
    """

    ceiling: TreeCeiling
    nodes: tuple[tuple[int, ...], ...]


def subtree_ceiling(
    hierarchy: Hierarchy, *, notion: Notion = "global", most_levels: int = _MOST_LEVELS
) -> SubtreeCeiling:
    """Return the least ceiling of the trees with symmetries found in a hierarchy.

    Parameters
    ----------
    hierarchy : Hierarchy
        Every node a query and a document; at least two nodes, one above the other.
    notion : {"global", "row"}
        Whether all queries share a threshold.
    most_levels : int
        Levels of the trees tried, at least 2; the default is seven, also for longer chains.

    Returns
    -------
    found : SubtreeCeiling
        An upper bound, not tight.

    Raises
    ------
    ConstructionError
        If `most_levels` is below 2, or no node is above another. Needs the extra `optimum` (cvxpy).

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> found = subtree_ceiling(perfect_tree(3, 3))
    >>> found.ceiling.shape.counts, round(found.ceiling.upper, 4)
    ((1, 3, 3), 0.3968)
    """
    if most_levels < 2:
        raise ConstructionError(f"most_levels must be at least 2: got {most_levels}")
    forest = _laminar_forest(hierarchy)
    # the best tree of each number of levels, with as many leaves more as fit
    found = []
    for ceiling in _Search(forest, notion).best(most_levels):
        shape, nodes = _with_leaves(forest, ceiling.shape, _witness(forest, ceiling.shape))
        found.append(SubtreeCeiling(tree_ceiling(shape, notion=notion), nodes))
    if not found:
        raise ConstructionError(
            f"some node must be above another, or there is no tree: got {hierarchy!r}"
        )
    best = min(found, key=lambda one: one.ceiling.upper)
    # what the search found is looked up in the hierarchy itself
    if not is_subtree(hierarchy, best.ceiling.shape, best.nodes):
        raise AssertionError(f"the tree {best.ceiling.shape} found in {hierarchy!r} must be in it")
    return best


def is_subtree(hierarchy: Hierarchy, shape: TreeShape, nodes: Sequence[Sequence[int]]) -> bool:
    """Return whether some nodes are, among each other, in the relation of a tree.

    Parameters
    ----------
    hierarchy : Hierarchy
        The hierarchy that has the nodes.
    shape : TreeShape
        Types of the tree's nodes, and the numbers of children.
    nodes : sequence of sequences of int
        Numbers of the nodes of each type, in the order of `SubtreeCeiling.nodes`.

    Returns
    -------
    is_subtree : bool
        False too if nodes are missing or doubled.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> is_subtree(perfect_tree(2, 3), TreeShape.symmetric((4,)), [[0], [3, 4, 5, 6]])
    True
    >>> is_subtree(perfect_tree(2, 3), TreeShape.symmetric((3,)), [[0], [1, 3, 5]])
    False
    """
    chosen = [v for of_type in nodes for v in of_type]
    if tuple(map(len, nodes)) != shape.n_nodes or len(set(chosen)) < len(chosen):
        return False
    among = set(chosen)
    above: dict[int, set[int]] = {}
    for of_type, parent, count in zip(nodes, shape.parents, shape.counts, strict=True):
        for i, v in enumerate(of_type):
            above[v] = {v} | (above[nodes[parent][i // int(count)]] if parent >= 0 else set())
    relevance = hierarchy.relevance
    return all(among.intersection(relevance.matches(v).tolist()) == above[v] for v in chosen)


def _laminar_forest(hierarchy: Hierarchy) -> Forest:
    """Return a forest that is the order of the hierarchy on many of its nodes."""
    relevance = hierarchy.relevance
    n_below = relevance.n_queries_of
    crossing: dict[int, list[int]] = {}
    for v, w in relevance.crossing_pairs.tolist():
        crossing.setdefault(v, []).append(w)
        crossing.setdefault(w, []).append(v)
    kept = np.ones(hierarchy.n_nodes, dtype=bool)
    kept[list(crossing)] = False
    for v in sorted(crossing, key=lambda v: (-n_below[v], v)):
        kept[v] = not kept[crossing[v]].any()
    rows = np.repeat(np.arange(hierarchy.n_nodes), relevance.n_matches)
    proper = (rows != relevance.indices) & kept[rows] & kept[relevance.indices]
    child, ancestor = rows[proper], relevance.indices[proper]
    # the ancestors that are kept are nested: the parent has the fewest nodes below it
    order = np.lexsort((-n_below[ancestor], child))
    parent = np.full(hierarchy.n_nodes, -1)
    parent[child[order]] = ancestor[order]
    upwards = np.argsort(n_below, kind="stable")
    upwards = upwards[kept[upwards]]
    return list(zip(upwards.tolist(), parent[upwards].tolist(), strict=True))


class _Search:
    """Climbs from sequence to sequence of branchings; the root's follows from the others."""

    def __init__(self, forest: Forest, notion: Notion) -> None:
        self.notion = notion
        self._hosts: dict[Branchings, tuple[Forest, dict[int, int]]] = {
            (): _with_numbers_below(forest, _leaves(forest))
        }
        self._ceilings: dict[Branchings, TreeCeiling | None] = {}

    def best(self, most_levels: int) -> Iterator[TreeCeiling]:
        """Yield the least ceiling met for every number of levels."""
        for n_lower in range(most_levels - 1):
            start = min(((w,) * n_lower for w in _BRANCHINGS[:2]), key=self._value)
            ceiling = self.ceiling(self._climbed(start))
            if ceiling is None:
                break
            yield ceiling

    def _climbed(self, lower: Branchings) -> Branchings:
        """Return where steps to better neighbors end."""
        while True:
            better = min(self._neighbors(lower), key=self._value, default=lower)
            if self._value(better) >= self._value(lower):
                return lower
            lower = better

    def _neighbors(self, lower: Branchings) -> Iterator[Branchings]:
        """Yield the sequences with one number moved one place in the list."""
        for i, w in enumerate(lower):
            place = _BRANCHINGS.index(w)
            for other in _BRANCHINGS[max(0, place - 1) : place + 2]:
                if other != w:
                    yield (*lower[:i], other, *lower[i + 1 :])

    def _value(self, lower: Branchings) -> float:
        ceiling = self.ceiling(lower)
        return float("inf") if ceiling is None else ceiling.upper

    def ceiling(self, lower: Branchings) -> TreeCeiling | None:
        """Return the ceiling of the largest tree with these branchings below the root's."""
        if lower not in self._ceilings:
            most = max(self._hosts_of(lower)[1].values(), default=0)
            self._ceilings[lower] = (
                symmetric_tree_ceiling((most, *lower), notion=self.notion) if most else None
            )
        return self._ceilings[lower]

    def _hosts_of(self, lower: Branchings) -> tuple[Forest, dict[int, int]]:
        """Return the forest above the lowest hosts of a tree, and how many are below each node."""
        if lower not in self._hosts:
            above, counts = self._hosts_of(lower[1:])
            self._hosts[lower] = _with_numbers_below(above, _lowest(above, counts, lower[0]))
        return self._hosts[lower]


def _above(forest: Forest, hosts: set[int]) -> Forest:
    """Return the part of a forest at hosts and above."""
    reached = set(hosts)
    part = []
    for v, parent in forest:
        if v in reached:
            part.append((v, parent))
            reached.add(parent)
    return part


def _with_numbers_below(forest: Forest, hosts: set[int]) -> tuple[Forest, dict[int, int]]:
    """Return the part above some incomparable nodes, and how many are strictly below each node."""
    above = _above(forest, hosts)
    counts = {v: 0 for v, _ in above}
    for v, parent in above:
        if parent >= 0:
            counts[parent] += 1 if v in hosts else counts[v]
    return above, counts


def _lowest(above: Forest, counts: dict[int, int], least: int) -> set[int]:
    """Return the lowest nodes with at least so many below."""
    enough = {v for v, _ in above if counts[v] >= least}
    return enough - {parent for v, parent in above if v in enough}


def _witness(forest: Forest, shape: TreeShape) -> list[tuple[int, ...]]:
    """Return the nodes of a symmetric tree, level by level; those with most leaves below."""
    hosts = _leaves(forest)
    n_leaves = _with_numbers_below(forest, hosts)[1]
    below: list[tuple[Forest, set[int]]] = []
    branchings = [int(w) for w in shape.counts[1:]]
    for w in reversed(branchings):
        above, counts = _with_numbers_below(forest, hosts)
        below.append((above, hosts))
        hosts = _lowest(above, counts, w)
    levels: list[tuple[int, ...]] = [(max(hosts, key=lambda v: (n_leaves[v], -v)),)]
    for w, (above, hosts) in zip(branchings, reversed(below), strict=True):
        owned = _below(above, levels[-1], hosts)
        order = [sorted(own, key=lambda v: (-n_leaves[v], v))[:w] for own in owned]
        levels.append(tuple(v for own in order for v in own))
    return levels


def _with_leaves(
    forest: Forest, shape: TreeShape, levels: list[tuple[int, ...]]
) -> tuple[TreeShape, tuple[tuple[int, ...], ...]]:
    """Return a symmetric tree with more leaves: types of their own below all levels but the last.

    A node's leaves are those below it that are not below its children in the tree.
    """
    parents, counts, nodes = list(shape.parents), list(shape.counts), list(levels)
    for level, (own, children) in enumerate(pairwise(levels)):
        leaves = _leaves(forest) - set(children)
        owned = _below(forest, (*own, *children), leaves)[: len(own)]
        count = min(map(len, owned))
        if count:
            parents.append(level)
            counts.append(count)
            nodes.append(tuple(v for some in owned for v in sorted(some)[:count]))
    return TreeShape(tuple(parents), tuple(counts)), tuple(nodes)


def _leaves(forest: Forest) -> set[int]:
    return {v for v, _ in forest} - {parent for _, parent in forest}


def _below(forest: Forest, owners: Sequence[int], nodes: set[int]) -> list[list[int]]:
    """Return for every owner the nodes strictly below it and below no other owner in between."""
    nearest: dict[int, int] = {-1: -1}
    owned: dict[int, list[int]] = {owner: [] for owner in owners}
    for v, parent in reversed(forest):  # parents first
        nearest[v] = parent if parent in owned else nearest.get(parent, -1)
        if v in nodes and nearest[v] >= 0:
            owned[nearest[v]].append(v)
    return [owned[owner] for owner in owners]
