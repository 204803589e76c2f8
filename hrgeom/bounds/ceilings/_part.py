"""Parts of a hierarchy with twins: some nodes, and classes of leaves that stand alike to them.

Leaves outside the part's nodes that are below the same of these nodes are *twins*: exchanging two
of them changes no match among the part's nodes, twins and other such classes. For a leaf is matched
by itself alone, and matches, among all these, itself and the nodes above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy
from hrgeom.errors import ConstructionError

__all__ = ["Part", "part_of", "part_with"]


@dataclass(frozen=True, eq=False)
class Part:
    """Some nodes of a hierarchy and classes of twins, with the relation between them.

    Attributes
    ----------
    nodes : ndarray of int64, shape (k,)
        Numbers in the hierarchy: nodes that stand for themselves, then one leaf for each class.
    counts : ndarray of int64, shape (k,)
        How many twins stand behind each; 1 for nodes that stand for themselves.
    matches : ndarray of bool, shape (k, k)
        Whether one, as a query, matches another, as a document.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> part_of(perfect_tree(3, 2), [0]).counts
    array([1, 3])
    """

    nodes: NDArray[np.int64]
    counts: NDArray[np.int64]
    matches: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """The number k of nodes and classes."""
        return len(self.nodes)


def part_of(hierarchy: Hierarchy, inner: Sequence[int], *, most: int | None = None) -> Part:
    """Return the part with these nodes and the largest classes of twins below them.

    Parameters
    ----------
    hierarchy : Hierarchy
        Any.
    inner : sequence of int
        Numbers of nodes that stand for themselves, each once.
    most : int, optional
        Nodes and classes kept, at most. Default: all classes.

    Returns
    -------
    part : Part
        Larger classes first.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> part_of(perfect_tree(2, 3), [0, 1]).matches.astype(int).tolist()
    [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1]]
    """
    kept = np.asarray(inner, dtype=np.int64)
    classes = sorted(_twins(hierarchy, kept), key=lambda twins: (-len(twins), twins[0]))
    classes = classes[: None if most is None else max(0, most - len(kept))]
    nodes = np.concatenate((kept, [twins[0] for twins in classes])).astype(np.int64)
    sizes = [len(twins) for twins in classes]
    counts = np.concatenate((np.ones(len(kept)), sizes)).astype(np.int64)
    return Part(nodes, counts, _matches(hierarchy, nodes))


def part_with(hierarchy: Hierarchy, labels: Sequence[str], counts: Sequence[int]) -> Part:
    """Return the part that labels and counts describe, after looking it up in the hierarchy.

    Parameters
    ----------
    hierarchy : Hierarchy
        Any.
    labels : sequence of str
        Of the nodes of a `Part`, in its order.
    counts : sequence of int
        Its counts. No more twins are used than there are.

    Returns
    -------
    part : Part
        With these counts.

    Raises
    ------
    ConstructionError
        If a label is missing or given twice, a class has fewer twins than its count, or two
        classes are the same.
    """
    known = set(hierarchy.labels)
    if len(set(labels)) < len(labels) or not known.issuperset(labels):
        raise ConstructionError("labels of a part must be different nodes of the hierarchy")
    nodes = np.array([hierarchy.index(label) for label in labels], dtype=np.int64)
    sizes = np.asarray(counts, dtype=np.int64)
    if len(sizes) != len(nodes) or len(sizes) == 0 or sizes.min() < 1:
        raise ConstructionError("every node of a part must have a count of at least 1")
    classes = _twins(hierarchy, nodes[sizes == 1])
    class_of = {leaf: number for number, twins in enumerate(classes) for leaf in twins}
    used = set()
    for node, size in zip(nodes[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        number = class_of.get(node)
        if number is None or number in used or len(classes[number]) < size:
            raise ConstructionError(
                f"{hierarchy.labels[node]!r} must have {size} twins of its own in the hierarchy"
            )
        used.add(number)
    return Part(nodes, sizes, _matches(hierarchy, nodes))


def _twins(hierarchy: Hierarchy, inner: NDArray[np.int64]) -> list[list[int]]:
    """Return the leaves outside some nodes, by which of these nodes are above them."""
    relevance = hierarchy.relevance
    is_inner = np.zeros(hierarchy.n_nodes, dtype=bool)
    is_inner[inner] = True
    rows = np.repeat(np.arange(hierarchy.n_nodes), relevance.n_matches)
    among = is_inner[relevance.indices]
    columns = relevance.indices[among]
    ends = np.concatenate(([0], np.cumsum(np.bincount(rows[among], minlength=len(is_inner)))))
    classes: dict[bytes, list[int]] = {}
    for leaf in hierarchy.leaves[~is_inner[hierarchy.leaves]].tolist():
        above = np.sort(columns[ends[leaf] : ends[leaf + 1]])
        classes.setdefault(above.tobytes(), []).append(leaf)
    return list(classes.values())


def _matches(hierarchy: Hierarchy, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of some nodes match which."""
    place = np.full(hierarchy.n_nodes, -1)
    place[nodes] = np.arange(len(nodes))
    matches = np.zeros((len(nodes), len(nodes)), dtype=bool)
    for row, node in enumerate(nodes.tolist()):
        found = place[hierarchy.relevance.matches(node)]
        matches[row, found[found >= 0]] = True
    return matches
