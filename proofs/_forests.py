"""Small random forests for the instances of proofs, in plain lists.

A forest is the list of its nodes' parents, None for roots; parents come before their children.
"""

from __future__ import annotations

import numpy as np

Parents = list[int | None]


def random_forest(rng: np.random.Generator, n: int, n_recent: int) -> Parents:
    """Return a forest of n nodes, each a root or a child of one of the `n_recent` before it."""
    parents: Parents = []
    for v in range(n):
        above = int(rng.integers(max(0, v - n_recent) - 1, v))
        parents.append(above if v > 0 and above >= max(0, v - n_recent) else None)
    return parents


def random_tree(rng: np.random.Generator, n: int, n_recent: int) -> Parents:
    """Return the same with the first node as the only root."""
    parents = random_forest(rng, n, n_recent)
    return [None, *(0 if parent is None else parent for parent in parents[1:])]


def matches(parents: Parents) -> list[set[int]]:
    """Return S(q) for every node q: its ancestors and q itself."""
    sets: list[set[int]] = []
    for v, parent in enumerate(parents):
        sets.append({v} if parent is None else sets[parent] | {v})
    return sets


def children(parents: Parents) -> list[list[int]]:
    """Return the children of every node."""
    below: list[list[int]] = [[] for _ in parents]
    for v, parent in enumerate(parents):
        if parent is not None:
            below[parent].append(v)
    return below


def sizes(parents: Parents) -> list[int]:
    """Return for every node how many nodes are at or below it."""
    counts = [1] * len(parents)
    for v in reversed(range(len(parents))):
        parent = parents[v]
        if parent is not None:
            counts[parent] += counts[v]
    return counts


def preorder(parents: Parents) -> list[int]:
    """Return every node's position in an order where the nodes at or below any are consecutive."""
    counts, position, free = sizes(parents), [0] * len(parents), [0] * len(parents)
    next_root = 0
    for v, parent in enumerate(parents):
        if parent is None:
            position[v], next_root = next_root, next_root + counts[v]
        else:
            position[v], free[parent] = free[parent], free[parent] + counts[v]
        free[v] = position[v] + 1
    return position
