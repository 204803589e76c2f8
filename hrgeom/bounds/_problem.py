"""What is asked of the theorems, and what several of them need, worked out once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.csr import Indices, Indptr
from hrgeom.bounds.ceilings import (
    TreeCeiling,
    subtree_ceiling,
    symmetric_tree_ceiling,
    tree_ceiling,
)
from hrgeom.bounds.lower import Shattered, vc_dimension
from hrgeom.constructions import MOST_VECTORS, HubSizes, SDPOptimum, hub_sizes, sdp_optimum
from hrgeom.constructions.covers import ConsecutivePalette, LaminarPalette
from hrgeom.core import Hierarchy, Notion, Relevance
from hrgeom.errors import ConstructionError

__all__ = ["Case", "symmetric_branchings"]

_QUICK_WORK, _FULL_WORK = 20_000_000, 150_000_000  # entries looked at in a search, effort 0 and 1
_QUICK_VECTORS = 100  # that the semidefinite programme is given at effort 0: a few seconds
_QUICK_LEVELS, _FULL_LEVELS = 5, 7  # of the trees that are looked for
_MOST_TYPES = 20  # levels of a symmetric tree that is solved as it stands


@dataclass(frozen=True)
class Case:
    """A relevance, and how much is to be done for it.

    Attributes
    ----------
    relevance : Relevance
    hierarchy : Hierarchy, optional
        Where the relevance comes from, if from one.
    margin : float, optional
        The normalized margin that embeddings must have. None: any above 0.
    effort : float
        Scales searches.
    seed : int
    solver : bool
        Whether semidefinite programmes may be solved.
    """

    relevance: Relevance
    hierarchy: Hierarchy | None
    margin: float | None
    effort: float
    seed: int
    solver: bool

    @property
    def work(self) -> int:
        """Entries that one search may look at."""
        return round(_QUICK_WORK + min(1.0, self.effort) * (_FULL_WORK - _QUICK_WORK))

    @cached_property
    def groups(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A number for every S(q), and for every D(v), equal for equal sets, from 0 on."""
        r = self.relevance
        return _groups(r.indptr, r.indices), _groups(*r.transposed)

    @property
    def n_distinct(self) -> tuple[int, int]:
        """Numbers of different S(q) and of different D(v)."""
        of_queries, of_documents = self.groups
        return int(of_queries.max()) + 1, int(of_documents.max()) + 1

    @cached_property
    def shattered(self) -> Shattered:
        """Shattered documents and queries."""
        return vc_dimension(self.relevance, work=self.work)

    @cached_property
    def complete_sizes(self) -> frozenset[int]:
        """The k for which every set of k documents is some S(q), k > 0."""
        r = self.relevance
        first = np.unique(self.groups[0], return_index=True)[1]
        sizes, counts = np.unique(r.n_matches[first], return_counts=True)
        pairs = zip(sizes.tolist(), counts.tolist(), strict=True)
        return frozenset(k for k, n in pairs if k > 0 and n == math.comb(r.n_documents, k))

    @cached_property
    def n_classes(self) -> tuple[int, str]:
        """The fewest classes of intervals found, and of which cover."""
        laminar = LaminarPalette.of(self.relevance, seed=self.seed).n_colors
        if laminar == 1:
            return 1, "laminar"
        other = ConsecutivePalette.of(self.relevance, seed=self.seed, effort=self.effort).n_colors
        return (other, "consecutive") if other < laminar else (laminar, "laminar")

    @cached_property
    def hubs(self) -> HubSizes:
        """The lists of centroid hubs."""
        return hub_sizes(self.relevance, seed=self.seed)

    @cached_property
    def optimum(self) -> SDPOptimum | str:
        """The semidefinite programme solved, or why it was not."""
        r = self.relevance
        n_vectors = r.n_queries + r.n_documents
        most = MOST_VECTORS if self.effort >= 1 else _QUICK_VECTORS
        if not self.solver:
            return "no solver was asked for"
        if n_vectors > most:
            return f"{n_vectors:,} vectors are more than the {most} given to the solver"
        try:
            return sdp_optimum(r)
        except ConstructionError as error:
            return str(error)

    @cached_property
    def tree(self) -> tuple[TreeCeiling, bool] | str:
        """The ceiling of a tree with symmetries in the hierarchy, global notion, and whether the
        tree is the whole hierarchy; or why there is none."""
        h = self.hierarchy
        if h is None:
            return "judgments are not a hierarchy"
        if not self.solver:
            return "no solver was asked for"
        branchings = symmetric_branchings(h)
        try:
            if branchings and len(branchings) < _MOST_TYPES:
                return symmetric_tree_ceiling(branchings), True
            most = _FULL_LEVELS if self.effort >= 1 else _QUICK_LEVELS
            return subtree_ceiling(h, most_levels=most).ceiling, False
        except ConstructionError as error:
            return str(error)

    def tree_of(self, notion: Notion) -> tuple[TreeCeiling, bool] | str:
        """Return `tree`, or the same tree with a threshold for every query."""
        if isinstance(self.tree, str) or notion == "global":
            return self.tree
        ceiling, is_whole = self.tree
        return tree_ceiling(ceiling.shape, notion="row"), is_whole


def _groups(indptr: Indptr, indices: Indices) -> NDArray[np.int64]:
    numbers: dict[bytes, int] = {}
    rows = (indices[a:b].tobytes() for a, b in pairwise(indptr.tolist()))
    return np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64)


def symmetric_branchings(hierarchy: Hierarchy) -> tuple[int, ...] | None:
    """Return how many children the nodes of every level have, if equally many on each.

    None if there are several roots, a node has two parents, or the numbers differ; also for a
    single node.

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
