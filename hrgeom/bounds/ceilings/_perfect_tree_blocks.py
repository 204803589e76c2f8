r"""Trees with symmetries: the pairs of nodes up to symmetry, and the blocks of Gram matrices.

The nodes of a tree are split into *types*, which form a tree of their own: the root is the only
node of type 0, and every node of type a has the same number :math:`w_b` of children of each type b
below a in the tree of types. In a *symmetric tree* the types are the levels. Queries and documents
are the nodes; queries match their ancestors and themselves.

The symmetries of such a tree swap children of the same type together with all that is below them.
A pair of a query of type s and a document of type t, whose lowest common ancestor has type a, is
mapped to every other such pair: this is the *orbit* (s, t, a). It matches if a = t. Let g be the
lowest type above s and t, or equal to one. The orbit exists if a = g, or a is above g and
:math:`w_c \ge 2` for the type c next to a on the way to g.

The Gram matrices of queries and documents that the symmetries leave as they are, are those with
the entries

.. math:: z(s, t, a) = \sum_{b \le a} P_b(s, t) - [a < g]\, \frac{P_c(s, t)}{w_c - 1}

(b over the types from 0 down to a) for positive semidefinite matrices :math:`P_b` over the types b
and below of queries and documents, one for b = 0 and for every b with :math:`w_b \ge 2` (for the
entries between queries, or between documents, likewise).

*Each such matrix is a Gram matrix.* Give the children of type b of every node the vertices e of a
regular simplex, with products :math:`-1/(w_b - 1)`, in a space of their own; factorise :math:`P_b`
into rows p; and let the vector of a node u of type s be the sum over all b down to s of
:math:`e_{u_b} \otimes p_b`, with :math:`u_b` its ancestor of type b. Two nodes have equal ancestors
down to a, siblings of one type c next if a < g, and beyond that no common type of ancestors but
those in different families, whose simplices are orthogonal.

*Each invariant Gram matrix Z has this form.* Let f be a function on the nodes of type b that sums
to zero over each family of siblings (or is constant, for b = 0), and let :math:`f_s` be its lift to
a type s below: the value of the ancestor, over :math:`n_s/n_b`, the number of those below it. Then
the products of Z between lifts are :math:`\langle f_s, Z f_t\rangle = |f|^2 B_b(s, t)`, with
:math:`n_a` nodes of type a and

.. math:: B_b(s, t) = n_b \sum_{a=b}^{g} \frac{z(s, t, a) - z(s, t, a')}{n_a}

where a' is the type above a, and z = 0 above the root (meets above the parent of b contribute
nothing, as values of f cancel there, one at that parent contributes minus the value of f; an orbit
that does not exist cancels, as :math:`n_{a'} = n_a`). Hence :math:`B_b` is positive semidefinite,
and so is :math:`P_b = (1 - 1/w_b) B_b` (:math:`P_0 = B_0`); solving for z gives the formula above
(`proofs/perfect_tree_blocks.py`). ∎
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hrgeom.core import Notion
from hrgeom.errors import ConstructionError

__all__ = ["Orbit", "TreeShape", "is_match"]

Orbit = tuple[int, int, int]
"""Type of the query, of the document, of their lowest common ancestor."""


@dataclass(frozen=True)
class TreeShape:
    """A tree with symmetries: its types, and how many children of each type a node has.

    Parameters
    ----------
    parents : tuple of int
        The type above each type, a smaller number; -1 for the root's, which comes first.
    counts : tuple of int
        How many children of this type each node of the type above has, at least 1; `math.inf` is
        the limit of large numbers. 1 for the root.

    Raises
    ------
    ConstructionError
        If there is no type but the root (a single node has no pair that does not match), a parent
        does not come before its type, or a count is less than 1.

    Examples
    --------
    A root with three leaves and two nodes that have a leaf each:

    >>> shape = TreeShape((-1, 0, 0, 2), (1, 3, 2, 1))
    >>> shape.n_nodes
    (1, 3, 2, 2)
    >>> TreeShape.symmetric((2,)).orbits
    ((0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))
    """

    parents: tuple[int, ...]
    counts: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.parents) < 2:
            raise ConstructionError(
                "a tree must have at least 2 levels, or no pair fails to match: got 1"
            )
        if self.parents[0] != -1 or self.counts[0] != 1 or len(self.counts) != len(self.parents):
            raise ConstructionError(
                "the first type must be a single root, and every type have a count: "
                f"got parents {self.parents}, counts {self.counts}"
            )
        for i, (parent, w) in enumerate(zip(self.parents, self.counts, strict=True)):
            if i and not 0 <= parent < i:
                raise ConstructionError(
                    f"the type above must have a smaller number: got {parent} at type {i}"
                )
            if not (w == math.inf or (w >= 1 and w == int(w))):
                raise ConstructionError(
                    "branchings must be whole numbers of at least 1, or infinity: "
                    f"got {w!r} at level {self.levels[i]}"
                )

    @classmethod
    def symmetric(cls, branchings: Sequence[float]) -> TreeShape:
        """Return the tree in which every node of level l has branchings[l] children."""
        return cls(tuple(range(-1, len(branchings))), (1, *branchings))

    @property
    def n_types(self) -> int:
        """The number of types."""
        return len(self.parents)

    @cached_property
    def paths(self) -> tuple[tuple[int, ...], ...]:
        """The types from the root's down to each type."""
        paths: list[tuple[int, ...]] = [(0,)]
        for i, parent in enumerate(self.parents[1:], start=1):
            paths.append((*paths[parent], i))
        return tuple(paths)

    @property
    def levels(self) -> tuple[int, ...]:
        """The level of each type; the root's is 0."""
        return tuple(len(path) - 1 for path in self.paths)

    @property
    def n_levels(self) -> int:
        """H, the number of levels."""
        return max(self.levels) + 1

    @property
    def n_nodes(self) -> tuple[float, ...]:
        """The number of nodes of every type."""
        return tuple(math.prod(self.counts[b] for b in path) for path in self.paths)

    @cached_property
    def blocks(self) -> dict[int, list[int]]:
        """The b that have a matrix P_b, with the types b and below: 0, and those with siblings."""
        return {
            b: [s for s, path in enumerate(self.paths) if b in path]
            for b, w in enumerate(self.counts)
            if b == 0 or w > 1
        }

    @cached_property
    def orbits(self) -> tuple[Orbit, ...]:
        """All orbits of pairs of a query and a document, in lexicographic order."""
        types = range(self.n_types)
        return tuple(
            (query, document, meet)
            for query in types
            for document in types
            for meet in self._common(query, document)
            if (after := self._after((query, document, meet))) is None or self.counts[after] > 1
        )

    def _common(self, query: int, document: int) -> list[int]:
        """Return the types above both, or equal to one, from the root's down."""
        pairs = zip(self.paths[query], self.paths[document], strict=False)
        return [a for a, b in pairs if a == b]

    def _after(self, orbit: Orbit) -> int | None:
        """Return the type next to the meet on the way to both nodes; None if there is not."""
        common = self._common(*orbit[:2])
        place = common.index(orbit[2]) + 1
        return common[place] if place < len(common) else None

    def gaps(self, notion: Notion) -> list[tuple[list[Orbit], list[Orbit]]]:
        """Return the groups of orbits that share a threshold: matches, and others, both of which
        there are.

        One group for global thresholds; for row thresholds one a type of queries, except the
        lowest of a chain, whose query matches all documents.
        """
        types = range(self.n_types)
        groups = [list(types)] if notion == "global" else [[s] for s in types]
        found = []
        for group in groups:
            own = [orbit for orbit in self.orbits if orbit[0] in group]
            found.append(([o for o in own if is_match(o)], [o for o in own if not is_match(o)]))
        return [(match, others) for match, others in found if match and others]

    def constrained(self, notion: Notion) -> tuple[Orbit, ...]:
        """Return the orbits that can limit a margin: those of `gaps`, in lexicographic order."""
        return tuple(sorted(o for group in self.gaps(notion) for part in group for o in part))

    def terms(self, orbit: Orbit) -> list[tuple[int, Fraction]]:
        """Return the formula for z at an orbit as pairs (b, factor of P_b)."""
        terms = [(b, Fraction(1)) for b in self.paths[orbit[2]] if b in self.blocks]
        after = self._after(orbit)
        if after is not None and self.counts[after] != math.inf:
            terms.append((after, Fraction(-1, int(self.counts[after]) - 1)))
        return terms


def is_match(orbit: Orbit) -> bool:
    """Return whether the document is an ancestor of the query, or the query itself."""
    return orbit[2] == orbit[1]
