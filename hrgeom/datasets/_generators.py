"""Hierarchies made to measure: perfect trees, random trees of several shapes, random DAGs.

The root is node 0 and every parent comes before its children. The same arguments give the same
hierarchy. Besides, relevances that are no hierarchy: random subsets.
"""

from __future__ import annotations

import operator
from typing import SupportsIndex

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy, Relevance
from hrgeom.errors import HierarchyError

__all__ = ["TREE_SHAPES", "perfect_tree", "random_dag", "random_subsets", "random_tree"]

TREE_SHAPES = ("uniform", "preferential", "deep", "chain", "star", "caterpillar")
"""The shapes of `random_tree`."""

_MAX_NODES = 2**31 - 1  # node numbers are int32
_DEEP_WINDOW = 30


def perfect_tree(branching: int, n_levels: int) -> Hierarchy:
    """Return the tree in which every node above the last level has `branching` children.

    Parameters
    ----------
    branching : int
        At least 1; 1 gives a chain, whose labels grow as long as it (a long one is better made
        by `random_tree`).
    n_levels : int
        Nodes on a path from the root to a leaf, at least 1.

    Returns
    -------
    tree : Hierarchy
        Level by level. Labels are paths: "0.1.3" is child 3 of child 1 of the root "0".

    Raises
    ------
    HierarchyError
        If an argument is too small, or the tree would have more than 2**31 - 1 nodes.

    Examples
    --------
    >>> perfect_tree(2, 3).labels
    ('0', '0.0', '0.1', '0.0.0', '0.0.1', '0.1.0', '0.1.1')
    """
    branching = _whole_number(branching, "branching", 1)
    n_levels = _whole_number(n_levels, "n_levels", 1)
    n_nodes = n_levels if branching == 1 else 0
    width = 1
    for _ in range(n_levels if branching > 1 else 0):
        n_nodes += width
        width *= branching
        if n_nodes > _MAX_NODES:
            break
    if n_nodes > _MAX_NODES:
        raise HierarchyError(
            f"a tree must have at most {_MAX_NODES} nodes: "
            f"got branching {branching}, n_levels {n_levels}"
        )
    level = ["0"]
    labels = ["0"]
    for _ in range(n_levels - 1):
        level = [f"{parent}.{child}" for parent in level for child in range(branching)]
        labels += level
    parents = (np.arange(1, n_nodes) - 1) // branching
    return _from_parents(parents, labels, f"perfect_tree({branching}, {n_levels})")


def random_tree(n_nodes: int, *, shape: str = "uniform", seed: int = 0) -> Hierarchy:
    """Return a tree in which node i > 0 chooses a parent among the nodes before it.

    Parameters
    ----------
    n_nodes : int
        At least 1.
    shape : str
        - "uniform": any earlier node, all equally likely (random recursive tree);
        - "preferential": an earlier node with probability proportional to 1 + its number of
          children so far;
        - "deep": one of the 30 nodes before it, all equally likely;
        - "chain": the node before it;
        - "star": the root;
        - "caterpillar": the first half of the nodes, rounded up, is a chain, and each of the
          others hangs on a chain node of its own.

        The last three leave nothing to chance.
    seed : int
        At least 0.

    Returns
    -------
    tree : Hierarchy
        Labels "n0", "n1", ...

    Raises
    ------
    HierarchyError
        If `n_nodes`, `shape` or `seed` is none of these.

    Examples
    --------
    >>> random_tree(5, shape="caterpillar").edges.tolist()
    [[1, 0], [2, 1], [3, 0], [4, 1]]
    """
    n_nodes = _whole_number(n_nodes, "n_nodes", 1)
    seed = _whole_number(seed, "seed", 0)
    rng = np.random.default_rng(seed)
    nodes = np.arange(1, n_nodes)
    if shape == "uniform":
        parents = rng.integers(0, nodes)
    elif shape == "preferential":
        parents = _preferential_parents(nodes, rng)
    elif shape == "deep":
        parents = rng.integers(np.maximum(nodes - _DEEP_WINDOW, 0), nodes)
    elif shape == "chain":
        parents = nodes - 1
    elif shape == "star":
        parents = np.zeros_like(nodes)
    elif shape == "caterpillar":
        spine = (n_nodes + 1) // 2
        parents = np.where(nodes < spine, nodes - 1, nodes - spine)
    else:
        raise HierarchyError(f"shape must be one of {', '.join(TREE_SHAPES)}: got {shape!r}")
    return _from_parents(
        parents, _numbered_labels(n_nodes), f"random_tree({n_nodes}, {shape=}, {seed=})"
    )


def _preferential_parents(nodes: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw from a list that holds every earlier node once and once more for each child."""
    draws = rng.integers(0, 2 * nodes - 1).tolist()
    parents = [0] * (len(nodes) + 1)
    for node, draw in enumerate(draws, start=1):
        # Entries from `node` on are the parents of nodes 1, 2, ..., node - 1.
        parents[node] = draw if draw < node else parents[draw - node + 1]
    return np.array(parents[1:], dtype=np.int64)


def random_dag(
    n_nodes: int, *, extra_parents: float = 0.2, n_levels: int | None = None, seed: int = 0
) -> Hierarchy:
    """Return a DAG with one root in which some nodes have two parents.

    Every node i > 0 chooses a parent among the nodes before it, all equally likely, and with
    probability `extra_parents` another one among the rest, all equally likely, if there is a
    rest. With `n_levels`, only nodes above the last level can be chosen.

    Parameters
    ----------
    n_nodes : int
        At least 1.
    extra_parents : float
        Probability of a second parent, from 0 (a random recursive tree) to 1.
    n_levels : int, optional
        Most nodes on a path from the root to a leaf; at least 2 if there are two nodes.
        Default: no limit.
    seed : int
        At least 0.

    Returns
    -------
    dag : Hierarchy
        Labels "n0", "n1", ...

    Raises
    ------
    HierarchyError
        If an argument is out of range.

    Examples
    --------
    >>> random_dag(100, extra_parents=1, n_levels=3)
    Hierarchy(100 nodes, 197 edges, 1 root, 3 levels)
    """
    n_nodes = _whole_number(n_nodes, "n_nodes", 1)
    seed = _whole_number(seed, "seed", 0)
    if not 0 <= extra_parents <= 1:
        raise HierarchyError(f"extra_parents must be from 0 to 1: got {extra_parents}")
    extra_parents = float(extra_parents)
    last = n_nodes  # no level is this deep
    if n_levels is not None:
        last = _whole_number(n_levels, "n_levels", min(n_nodes, 2)) - 1
    rng = np.random.default_rng(seed)
    draws = rng.random((n_nodes, 3)).tolist()
    open_nodes = [0]
    levels = [0]
    edges: list[tuple[int, int]] = []
    for node in range(1, n_nodes):
        which, which_more, is_more = draws[node]
        first = int(which * len(open_nodes))
        chosen = [open_nodes[first]]
        if is_more < extra_parents and len(open_nodes) > 1:
            second = int(which_more * (len(open_nodes) - 1))
            chosen.append(open_nodes[second + (second >= first)])
        level = 1 + max(levels[parent] for parent in chosen)
        levels.append(level)
        if level < last:
            open_nodes.append(node)
        edges += [(node, parent) for parent in chosen]
    call = f"random_dag({n_nodes}, {extra_parents=}, {n_levels=}, {seed=})"
    return Hierarchy(
        _numbered_labels(n_nodes),
        np.array(edges, dtype=np.int64).reshape(-1, 2),
        metadata=_metadata(call),
    )


def random_subsets(n_queries: int, n_documents: int, k: int, *, seed: int = 0) -> Relevance:
    """Return a relevance in which every query matches k random documents.

    Every S(q) is one of the k-subsets of the documents, all equally likely and independent of the
    others; sets may come twice.

    Parameters
    ----------
    n_queries, n_documents : int
        At least 1.
    k : int
        From 0 to `n_documents`.
    seed : int
        At least 0.

    Returns
    -------
    relevance : Relevance
        Labels are numbers.

    Raises
    ------
    HierarchyError
        If an argument is out of range.

    Examples
    --------
    >>> random_subsets(100, 46, 2)
    Relevance(100 queries, 46 documents, 200 pairs, s = 2)
    """
    n_queries = _whole_number(n_queries, "n_queries", 1)
    n_documents = _whole_number(n_documents, "n_documents", 1)
    k = _whole_number(k, "k", 0)
    if k > n_documents:
        raise HierarchyError(f"k must be at most n_documents, {n_documents}: got {k}")
    rng = np.random.default_rng(_whole_number(seed, "seed", 0))
    subsets = np.empty((n_queries, k), dtype=np.int64)
    for query in range(n_queries):
        subsets[query] = rng.choice(n_documents, k, replace=False, shuffle=False)
    subsets.sort(axis=1)
    return Relevance(np.arange(n_queries + 1) * k, subsets.ravel(), n_documents)


def _whole_number(value: SupportsIndex, what: str, least: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or not least <= number:
        raise HierarchyError(f"{what} must be a whole number, at least {least}: got {value!r}")
    return number


def _numbered_labels(n_nodes: int) -> list[str]:
    return [f"n{node}" for node in range(n_nodes)]


def _metadata(call: str) -> dict[str, str]:
    return {"name": call.partition("(")[0].replace("_", "-"), "source": f"hrgeom.datasets.{call}"}


def _from_parents(parents: NDArray[np.int64], labels: list[str], call: str) -> Hierarchy:
    """Return the tree in which node i + 1 has the i-th parent."""
    edges = np.column_stack((np.arange(1, len(labels)), parents))
    return Hierarchy(labels, edges, metadata=_metadata(call))
