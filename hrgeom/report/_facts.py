"""Facts about a hierarchy as a report shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hrgeom.constructions.covers import LaminarPalette
from hrgeom.core import Hierarchy

__all__ = ["Facts"]


@dataclass(frozen=True)
class Facts:
    """Counts of a hierarchy, and what is odd about it.

    Attributes
    ----------
    name : str
        What the data calls itself, or "hierarchy".
    counts : dict of str to int
        What is counted -> how many, in the order in which it is shown.
    mean_ancestors : float
        Of a node, itself included.
    nodes_by_level : tuple of int
        Roots first.
    nodes_by_ancestors : tuple of int
        How many nodes have 0, 1, 2, ... ancestors, themselves included.
    remarks : tuple of str
        What a reader repaired or found odd, and what else is.
    """

    name: str
    counts: dict[str, int]
    mean_ancestors: float
    nodes_by_level: tuple[int, ...]
    nodes_by_ancestors: tuple[int, ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, hierarchy: Hierarchy, remarks: Sequence[str] = ()) -> Facts:
        """Return the facts of a hierarchy.

        Parameters
        ----------
        hierarchy : Hierarchy
            Whose remarks come first.
        remarks : sequence of str
            More of them.
        """
        relevance = hierarchy.relevance
        palette = LaminarPalette.of(relevance)
        several = int(np.count_nonzero(np.diff(hierarchy.parent_indptr) > 1))
        said = dict.fromkeys([*(remark.message for remark in hierarchy.remarks), *remarks])
        return cls(
            name=str(hierarchy.metadata.get("name") or "hierarchy"),
            counts={
                "nodes": hierarchy.n_nodes,
                "edges from child to parent": hierarchy.n_edges,
                "roots": len(hierarchy.roots),
                "leaves": len(hierarchy.leaves),
                "levels": hierarchy.n_levels,
                "nodes with several parents": several,
                "ancestors of a node, itself included, at most": relevance.max_matches,
                "pairs of a node and an ancestor": relevance.n_pairs - relevance.n_queries,
                "documents whose sets cross another's": len(relevance.crossings.vertices),
                "classes without crossings, found": palette.n_colors,
            },
            mean_ancestors=relevance.n_pairs / relevance.n_queries,
            nodes_by_level=tuple(np.bincount(hierarchy.levels).tolist()),
            nodes_by_ancestors=tuple(relevance.histogram.tolist()),
            remarks=tuple(said),
        )
