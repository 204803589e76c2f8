"""What two versions of a hierarchy have in common, by label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.counted import counted
from hrgeom.core import Hierarchy, moved_queries
from hrgeom.errors import HierarchyError

__all__ = ["Changes", "compare_hierarchies"]


@dataclass(frozen=True, eq=False)
class Changes:
    """What became of the nodes of a hierarchy in a later version of it.

    Attributes
    ----------
    places : ndarray of int64, shape (n_old,)
        Number of every old node in the new hierarchy; -1 if it was removed.
    added_leaves, added_inner : ndarray of int64, shapes (k,) and (l,)
        Numbers in the new hierarchy of nodes that the old one does not have: those without
        children, and the others. Ascending.
    moved : ndarray of int64, shape (k,)
        Numbers in the new hierarchy of old nodes with other ancestors than before, among the nodes
        that both hierarchies have. Ascending.
    n_removed, n_renamed : int
        Old nodes that the new hierarchy does not have, and those under another label.
    """

    places: NDArray[np.int64]
    added_leaves: NDArray[np.int64]
    added_inner: NDArray[np.int64]
    moved: NDArray[np.int64]
    n_removed: int
    n_renamed: int

    @property
    def n_unchanged(self) -> int:
        """Old nodes that are still there, under the same ancestors."""
        return len(self.places) - self.n_removed - len(self.moved)

    def to_dict(self) -> dict[str, int]:
        """Return the numbers of nodes, for JSON.

        Returns
        -------
        data : dict of int
            By kind of change.
        """
        return {
            "added_leaves": len(self.added_leaves),
            "added_inner": len(self.added_inner),
            "removed": self.n_removed,
            "renamed": self.n_renamed,
            "moved": len(self.moved),
            "unchanged": self.n_unchanged,
        }

    def __str__(self) -> str:
        named = (
            (n := len(self.added_leaves), "leaf added" if n == 1 else "leaves added"),
            (n := len(self.added_inner), "inner node added" if n == 1 else "inner nodes added"),
            (self.n_removed, "removed"),
            (self.n_renamed, "renamed"),
            (len(self.moved), "under other ancestors"),
        )
        said = [f"{n:,} {what}" for n, what in named if n]
        return ", ".join([*said, f"{counted(self.n_unchanged, 'node')} as before"])


def compare_hierarchies(
    old: Hierarchy, new: Hierarchy, *, renames: Mapping[str, str] | None = None
) -> Changes:
    """Return what became of the nodes of a hierarchy in a later version of it.

    Parameters
    ----------
    old, new : Hierarchy
        The two versions. A node is the same in both if it has the same label.
    renames : mapping of str to str, optional
        New labels by old ones, for nodes that are the same under another label.

    Returns
    -------
    changes : Changes
        Nodes that stayed, came, went and moved.

    Raises
    ------
    HierarchyError
        If a rename names a label that is not there, two nodes would become one, or the
        hierarchies share no node.

    Examples
    --------
    >>> old = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
    >>> new = Hierarchy.from_edges([("hound", "pet"), ("pet", "animal"), ("cow", "animal")])
    >>> print(compare_hierarchies(old, new, renames={"dog": "hound"}))
    1 leaf added, 1 inner node added, 1 removed, 1 renamed, 2 nodes as before
    """
    renamed = dict(renames or {})
    _check_renames(old, new, renamed)
    numbers = {label: i for i, label in enumerate(new.labels)}
    places = np.array([numbers.get(renamed.get(label, label), -1) for label in old.labels])
    kept = places[places >= 0]
    if not len(kept):
        raise HierarchyError(
            "the new hierarchy must have nodes of the old one, under the same labels: got none of "
            f"{old.n_nodes:,}, such as {old.labels[0]!r}; where labels changed, renames say how"
        )
    added = np.setdiff1d(np.arange(new.n_nodes), kept)
    is_leaf = np.isin(added, new.leaves)
    return Changes(
        places=places,
        added_leaves=added[is_leaf],
        added_inner=added[~is_leaf],
        moved=moved_queries(old.relevance, new.relevance, places, places),
        n_removed=int((places < 0).sum()),
        n_renamed=sum(a != b for a, b in renamed.items()),
    )


def _check_renames(old: Hierarchy, new: Hierarchy, renamed: Mapping[str, str]) -> None:
    """Raise HierarchyError unless every rename leads from one old node to one new node."""
    before, after = set(old.labels), set(new.labels)
    seen: dict[str, str] = {}
    for label, other in renamed.items():
        if label not in before:
            raise HierarchyError(
                f"a rename must start at a label of the old hierarchy: got {label!r}"
            )
        if other not in after:
            raise HierarchyError(
                f"a rename must end at a label of the new hierarchy: got {other!r}"
            )
        if other in seen:
            raise HierarchyError(
                f"two nodes must not become one: got {seen[other]!r} and {label!r}, both renamed "
                f"to {other!r}"
            )
        if label != other and label in after and label not in renamed.values():
            raise HierarchyError(
                f"a label that was given up must not be in the new hierarchy: got {label!r}, "
                f"renamed to {other!r}"
            )
        seen[other] = label
    for label, other in renamed.items():
        if other != label and other in before and other not in renamed:
            raise HierarchyError(
                f"two nodes must not become one: got {other!r}, which both hierarchies have, as "
                f"the new label of {label!r}"
            )
