"""Later versions of a hierarchy, by random changes of the kinds that taxonomies see."""

from __future__ import annotations

import numpy as np

from hrgeom.core import Hierarchy
from hrgeom.errors import HierarchyError

__all__ = ["later_version"]

_LARGEST_MOVED = 50  # nodes of a subtree that moves
_TRIES = 1000


def later_version(
    hierarchy: Hierarchy,
    *,
    leaves: int = 0,
    inner: int = 0,
    moved: int = 0,
    removed: int = 0,
    seed: int = 0,
) -> Hierarchy:
    """Return a hierarchy after random changes, in this order: removals, moves, inner nodes, leaves.

    Parameters
    ----------
    hierarchy : Hierarchy
        What is changed.
    leaves : int
        New leaves, each under a random node: `leaf-0` and so on.
    inner : int
        New nodes between a random node and some of its children: `inner-0` and so on.
    moved : int
        Nodes that move under another random node, with all below them, 50 nodes at most.
    removed : int
        Nodes that go; their children come under their parents. Roots stay.
    seed : int
        Of the changes.

    Returns
    -------
    later : Hierarchy
        Old nodes first, in their order; then inner nodes, then leaves.

    Raises
    ------
    HierarchyError
        If there are not so many nodes that could be removed, moved or get an inner node below, or
        a new label is there already.

    Examples
    --------
    >>> h = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> later_version(h, leaves=1, inner=1).labels
    ('dog', 'animal', 'cat', 'inner-0', 'leaf-0')
    """
    version = _Version(hierarchy, np.random.default_rng(seed))
    for change, count in (
        (version.remove, removed),
        (version.move, moved),
        (version.add_inner, inner),
        (version.add_leaf, leaves),
    ):
        for number in range(count):
            change(number)
    return version.hierarchy()


class _Version:
    """Parents and children of every node by label, as they change."""

    def __init__(self, hierarchy: Hierarchy, rng: np.random.Generator) -> None:
        self.rng = rng
        self.parents: dict[str, list[str]] = {label: [] for label in hierarchy.labels}
        self.children: dict[str, list[str]] = {label: [] for label in hierarchy.labels}
        for child, parent in hierarchy.edges.tolist():
            self._link(hierarchy.labels[child], hierarchy.labels[parent])
        self.labels = list(hierarchy.labels)  # to draw from; some may be gone

    def _link(self, child: str, parent: str) -> None:
        if parent not in self.parents[child]:
            self.parents[child].append(parent)
            self.children[parent].append(child)

    def _unlink(self, child: str, parent: str) -> None:
        self.parents[child].remove(parent)
        self.children[parent].remove(child)

    def _drawn(self) -> str:
        """Return a random node that is there."""
        while True:
            label = self.labels[int(self.rng.integers(len(self.labels)))]
            if label in self.parents:
                return label

    def _new(self, label: str) -> None:
        if label in self.parents:
            raise HierarchyError(f"a new label must not be there already: got {label!r}")
        self.parents[label], self.children[label] = [], []

    def _below(self, label: str, most: int) -> set[str] | None:
        """Return a node and all below it; None if there are too many."""
        found, waiting = {label}, [label]
        while waiting:
            for child in self.children[waiting.pop()]:
                if child not in found:
                    found.add(child)
                    waiting.append(child)
            if len(found) > most:
                return None
        return found

    def remove(self, number: int) -> None:
        for _ in range(_TRIES):
            label = self._drawn()
            if self.parents[label]:
                break
        else:
            raise HierarchyError(f"no node below a root was found to remove, after {number}")
        above, below = list(self.parents[label]), list(self.children[label])
        for parent in above:
            self._unlink(label, parent)
        for child in below:
            self._unlink(child, label)
            for parent in above:
                self._link(child, parent)
        del self.parents[label], self.children[label]

    def move(self, number: int) -> None:
        for _ in range(_TRIES):
            label, parent = self._drawn(), self._drawn()
            below = self._below(label, _LARGEST_MOVED) if self.parents[label] else None
            if below is not None and parent not in below and parent not in self.parents[label]:
                break
        else:
            raise HierarchyError(f"no node was found that could move, after {number}")
        for old in list(self.parents[label]):
            self._unlink(label, old)
        self._link(label, parent)

    def add_inner(self, number: int) -> None:
        for _ in range(_TRIES):
            parent = self._drawn()
            if len(self.children[parent]) > 1:
                break
        else:
            raise HierarchyError(f"no node with two children was found, after {number}")
        label, below = f"inner-{number}", self.children[parent]
        n_some = int(self.rng.integers(1, len(below)))
        some = [below[int(i)] for i in self.rng.choice(len(below), n_some, replace=False)]
        self._new(label)
        for child in some:
            self._unlink(child, parent)
            self._link(child, label)
        self._link(label, parent)

    def add_leaf(self, number: int) -> None:
        label, parent = f"leaf-{number}", self._drawn()
        self._new(label)
        self._link(label, parent)

    def hierarchy(self) -> Hierarchy:
        numbers = {label: i for i, label in enumerate(self.parents)}
        edges = [
            (numbers[child], numbers[parent])
            for child, parents in self.parents.items()
            for parent in parents
        ]
        return Hierarchy(list(numbers), edges)
