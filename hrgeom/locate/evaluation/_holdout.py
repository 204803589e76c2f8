"""Leaves held out of a hierarchy: what is kept, what is asked, what is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy
from hrgeom.errors import ShapeError
from hrgeom.locate._tree import Tree
from hrgeom.locate._views import unit

__all__ = ["HoldOut", "Queries", "held_out"]

_LEAST_LEAVES = 4


@dataclass(frozen=True, eq=False)
class Queries:
    """Leaves that are asked for, with what is right.

    Attributes
    ----------
    texts : list of str
        What is said of each.
    rows : ndarray of float32, shape (n_queries, k)
        Rows of the encoder.
    parents : list of ndarray of int
        Numbers of the right parents among the kept nodes.
    truth : list of ndarray of int
        Numbers of the right ancestors.
    distances : list of ndarray of int
        Edges from the query up to each of them.
    """

    texts: list[str]
    rows: NDArray[np.float32]
    parents: list[NDArray[np.int64]]
    truth: list[NDArray[np.int64]]
    distances: list[NDArray[np.int32]]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, eq=False)
class HoldOut:
    """One split.

    Attributes
    ----------
    hierarchy : Hierarchy
        Of the nodes that are kept.
    texts : list of str
        One per kept node.
    rows : ndarray of float32, shape (n, k)
        Rows of the encoder for the kept nodes.
    tuning, test : Queries
        Leaves for thresholds and settings of the methods beside the locator; leaves that count.
    seed : int
        Of the split.
    """

    hierarchy: Hierarchy
    texts: list[str]
    rows: NDArray[np.float32]
    tuning: Queries
    test: Queries
    seed: int

    @cached_property
    def tree(self) -> Tree:
        """The kept hierarchy as arrays."""
        return Tree(self.hierarchy)

    @cached_property
    def units(self) -> NDArray[np.float32]:
        """Rows of the kept nodes at unit length."""
        return unit(self.rows)

    @cached_property
    def answers(self) -> Any:
        """What a new text most like node u should retrieve: sparse, shape (n, n).

        S(u) of inner nodes; of leaves their ancestors without themselves.
        """
        from scipy.sparse import diags

        is_leaf = (self.tree.n_children == 0) & (self.tree.first_parent >= 0)
        found = (self.tree.closure - diags(is_leaf.astype(np.float32))).tocsr()
        found.eliminate_zeros()
        return found


def held_out(
    hierarchy: Hierarchy,
    texts: Sequence[str],
    rows: NDArray[np.float32],
    *,
    share: float,
    seed: int,
    most_queries: int,
) -> HoldOut:
    """Return the split of a seed: a share of the leaves for the test, half as many for tuning.

    Raises
    ------
    ShapeError
        If there are too few leaves.
    """
    test, tuning = _leaves(hierarchy, share, seed)
    is_out = np.zeros(hierarchy.n_nodes, dtype=np.bool_)
    is_out[test] = is_out[tuning] = True
    keep = np.flatnonzero(~is_out)
    number = np.full(hierarchy.n_nodes, -1)
    number[keep] = np.arange(len(keep))
    edges = hierarchy.edges[~is_out[hierarchy.edges[:, 0]]]
    kept = Hierarchy([hierarchy.labels[node] for node in keep.tolist()], number[edges])
    random = np.random.default_rng(1)
    asked = [_sample(leaves, most_queries, random) for leaves in (test, tuning)]
    queries = [_queries(hierarchy, kept, texts, rows, number, leaves) for leaves in asked]
    return HoldOut(
        kept, [texts[node] for node in keep.tolist()], rows[keep], queries[1], queries[0], seed
    )


def _leaves(
    hierarchy: Hierarchy, share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    has_parent = np.diff(hierarchy.parent_indptr) > 0
    leaves = hierarchy.leaves[has_parent[hierarchy.leaves]]
    if len(leaves) < _LEAST_LEAVES:
        raise ShapeError(
            f"a hierarchy must have at least {_LEAST_LEAVES} leaves with a parent, some of them to "
            f"be held out: got {len(leaves)}"
        )
    np.random.default_rng(seed).shuffle(leaves)
    n_test = max(1, int(share * len(leaves) + 1e-9))
    n_tuning = max(1, int(share * len(leaves) / 2 + 1e-9))
    return leaves[:n_test], leaves[n_test : n_test + n_tuning]


def _sample(leaves: NDArray[np.int64], most: int, random: np.random.Generator) -> NDArray[np.int64]:
    return leaves if len(leaves) <= most else random.choice(leaves, most, replace=False)


def _queries(
    hierarchy: Hierarchy,
    kept: Hierarchy,
    texts: Sequence[str],
    rows: NDArray[np.float32],
    number: NDArray[np.int64],
    leaves: NDArray[np.int64],
) -> Queries:
    indptr, indices = hierarchy.parent_indptr, hierarchy.parent_indices
    parents = [number[indices[indptr[leaf] : indptr[leaf + 1]]] for leaf in leaves]
    reached = [_reached(kept, right) for right in parents]
    return Queries(
        [texts[leaf] for leaf in leaves.tolist()],
        rows[leaves],
        parents,
        [nodes for nodes, _ in reached],
        [steps for _, steps in reached],
    )


def _reached(
    kept: Hierarchy, parents: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the ancestors of a child of these parents, and the edges up to each."""
    relevance = kept.relevance
    nodes = np.concatenate([relevance.matches(parent) for parent in parents.tolist()])
    steps = np.concatenate(
        [
            kept.distances[relevance.indptr[parent] : relevance.indptr[parent + 1]] + 1
            for parent in parents.tolist()
        ]
    )
    order = np.lexsort((steps, nodes))
    nodes, first = np.unique(nodes[order], return_index=True)
    return nodes.astype(np.int64), steps[order][first]
