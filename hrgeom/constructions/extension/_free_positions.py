r"""New nodes at free positions of an interval embedding: rows by the theorem, in whole numbers.

In the parabola code (`codes.parabola`) a row says where it stands: a query p has
:math:`(p, p^2)` in the coordinates of a class, and a document of the positions l to r, with
:math:`L = l - 1` and :math:`R = r + 1`, has :math:`(2(L + R), -2)` and :math:`-2LR - 1` last. L and
R are the roots of :math:`x^2 - (L + R) x + LR`. So positions and intervals are read off the stored
rows, and a position at which no query stands is free, whether it was kept so or became so.

A new node whose descendants are all new takes a run of free positions in one class, as many as the
nodes at or below it, and stands at the first of them. Its ancestors must be, in every class, the
documents around one position: then its query stands there, and matches them and no others. Old rows
stay, and no old query stands in the new interval.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes import ParabolaCode
from hrgeom.constructions.covers import IntervalClass
from hrgeom.constructions.extension._changes import Changes
from hrgeom.core import DualEmbedding, ForestRelevance, Hierarchy

__all__ = ["Placed", "take_free_positions"]

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Placed:
    """New nodes that took free positions, with their rows in the stored type.

    Attributes
    ----------
    nodes : ndarray of int64, shape (k,)
        Numbers in the new hierarchy, ascending.
    queries, documents : ndarray of the stored type, shape (k, d)
        Their rows.
    margin : float
        Normalized margin that the theorem gives where all positions are taken.
    """

    nodes: Numbers
    queries: NDArray[Any]
    documents: NDArray[Any]
    margin: float = np.inf

    @classmethod
    def none(cls, embedding: DualEmbedding) -> Placed:
        """Return that of no node."""
        return cls(np.empty(0, dtype=np.int64), embedding.queries[:0], embedding.documents[:0])


def take_free_positions(embedding: DualEmbedding, changes: Changes, new: Hierarchy) -> Placed:
    """Return rows by the theorem for as many new nodes as there are free positions for.

    Parameters
    ----------
    embedding : DualEmbedding
        Of the old hierarchy, in its order. Of other constructions and codes, no node has a place.
    changes : Changes
        From the old hierarchy to the new one.
    new : Hierarchy
        The later version.

    Returns
    -------
    placed : Placed
        Rows of new nodes.
    """
    nothing = Placed.none(embedding)
    lines = _read(embedding, changes.places, new.n_nodes)
    if lines is None or isinstance(new.relevance, ForestRelevance):
        return nothing
    is_new = np.ones(new.n_nodes, dtype=np.bool_)
    is_new[changes.places[changes.places >= 0]] = False
    added = np.flatnonzero(is_new)
    below_indptr, below = new.relevance.transposed
    stands: dict[int, list[int]] = {}
    for node in added[np.argsort(new.levels[added], kind="stable")].tolist():  # parents first
        own = below[below_indptr[node] : below_indptr[node + 1]]
        if is_new[own].all():
            parents = new.parent_indices[slice(*new.parent_indptr[node : node + 2])].astype(
                np.int64
            )
            above = new.relevance.matches(node)
            found = _take(lines, node, above[above != node], parents, len(own))
            if found is not None:
                stands[node] = found
    return (_rows(embedding, lines, stands) if stands else None) or nothing


@dataclass(eq=False)
class _Line:
    """One class: positions from 0 to 2 `middle`, and the intervals of nodes of the new hierarchy.

    `depth` counts the intervals around and including that of each node, 0: not in this class.
    `free` has the free positions and `standing` one at which queries stand, by the innermost node
    around them, -1: none.
    """

    middle: int
    left: Numbers
    right: Numbers
    depth: Numbers
    free: dict[int, list[int]] = field(default_factory=dict)
    standing: dict[int, int] = field(default_factory=dict)

    def innermost(self, nodes: Numbers) -> int | None:
        """Return the innermost of some nodes, None if they are not all there is around it."""
        nodes = nodes[self.depth[nodes] > 0]
        if not len(nodes):
            return -1
        inner = int(nodes[np.argmax(self.depth[nodes])])
        around = (self.left[nodes] <= self.left[inner]) & (self.right[nodes] >= self.right[inner])
        return inner if around.all() and len(nodes) == self.depth[inner] else None

    def run(self, inner: int, size: int) -> int | None:
        """Return the place in the list of free positions where so many follow each other."""
        free = self.free.get(inner, [])
        for i in range(len(free) - size + 1):
            if free[i + size - 1] - free[i] == size - 1:
                return i
        return None

    def stand(self, inner: int) -> int | None:
        """Return a position for a query that nothing but the nodes around is to match."""
        if inner not in self.standing and self.free.get(inner):
            self.standing[inner] = self.free[inner].pop(0)
        return self.standing.get(inner)

    def insert(self, node: int, inner: int, run: int, size: int) -> int:
        """Put a node at a run of free positions; return the first, at which its query stands."""
        free = self.free[inner]
        first = free[run]
        self.free[inner], self.free[node] = (
            free[:run] + free[run + size :],
            free[run + 1 :][: size - 1],
        )
        self.left[node], self.right[node] = first, first + size - 1
        self.depth[node] = (self.depth[inner] if inner >= 0 else 0) + 1
        self.standing[node] = first
        return first


def _take(
    lines: list[_Line], node: int, above: Numbers, parents: Numbers, size: int
) -> list[int] | None:
    """Return a position in every class for a new node's query, and put the node in one of them."""
    inner: list[int] = []
    for line in lines:
        found = line.innermost(above)
        if found is None:
            return None
        inner.append(found)
    if sum(int((line.depth[above] > 0).sum()) for line in lines) < len(above):
        return None  # one above has rows that are still to be found
    beside = [t for t, line in enumerate(lines) if (line.depth[parents] > 0).any()]
    for t in [*beside, *(t for t in range(len(lines)) if t not in beside)]:
        run = lines[t].run(inner[t], size)
        if run is None:
            continue
        others = [None if s == t else lines[s].stand(inner[s]) for s in range(len(lines))]
        if all(place is not None or s == t for s, place in enumerate(others)):
            first = lines[t].insert(node, inner[t], run, size)
            return [first if place is None else place for place in others]
    return None


def _rows(
    embedding: DualEmbedding, lines: list[_Line], stands: dict[int, list[int]]
) -> Placed | None:
    """Return the rows of new nodes by their positions, None where the type does not carry them."""
    nodes = np.array(sorted(stands), dtype=np.int64)
    places = np.array([stands[node] for node in nodes.tolist()]).reshape(len(nodes), len(lines))
    code = ParabolaCode(embedding.dtype)
    queries = np.zeros((len(nodes), embedding.dim), dtype=embedding.dtype)
    documents = np.zeros_like(queries)
    queries[:, -1] = code.query_constant(len(lines))
    margin = np.inf
    for t, line in enumerate(lines):
        own = np.flatnonzero(line.depth[nodes] > 0)
        columns = slice(2 * t, 2 * t + 2)
        whole = code.block(_class(line, np.array([0, 2 * line.middle]), places[:, t]), len(lines))
        queries[:, columns] = whole.table[places[:, t]]
        margin = min(margin, whole.margin)
        if len(own):
            left, right = line.left[nodes[own]], line.right[nodes[own]]
            block = code.block(_class(line, left, places[:, t], right), len(lines))
            if not block.fits:
                return None
            documents[own, columns], documents[own, -1] = block.rows, block.constants
    return Placed(nodes, queries, documents, margin)


def _class(
    line: _Line, left: Numbers, positions: Numbers, right: Numbers | None = None
) -> IntervalClass:
    """Return documents of intervals, by default of one position each, on the whole line."""
    documents = np.arange(len(left), dtype=np.int32)
    right = left if right is None else right
    return IntervalClass(documents, left, right, positions, 2 * line.middle + 1)


def _read(embedding: DualEmbedding, places: Numbers, n: int) -> list[_Line] | None:
    """Return the classes of an interval embedding in whole numbers, None if it is none."""
    if not (
        embedding.construction == "interval"
        and embedding.parameters.get("code") == "parabola"
        and embedding.threshold == 0
        and np.ndim(embedding.query_scale) == np.ndim(embedding.document_scale) == 0
        and embedding.query_scale == embedding.document_scale == 1
    ):
        return None
    kept = places >= 0
    queries, documents = (rows[kept].astype(np.float64) for rows in embedding.values())
    lines = []
    owners = np.zeros(len(documents), dtype=np.int64)
    for t in range((embedding.dim - 1) // 2):
        own = np.flatnonzero(documents[:, 2 * t + 1] != 0)
        owners[own] += 1
        stands = _positions(queries[:, 2 * t : 2 * t + 2])
        ends = _intervals(documents[own, 2 * t : 2 * t + 2], documents[own, -1])
        line = None if stands is None or ends is None else _line(places[kept], own, stands, ends, n)
        if line is None:
            return None
        lines.append(line)
    return lines if (owners == 1).all() and (queries[:, -1] == 1).all() else None


def _positions(columns: NDArray[np.float64]) -> Numbers | None:
    """Return p for rows (p, p squared)."""
    p = columns[:, 0].astype(np.int64)
    return p if (p == columns[:, 0]).all() and (p * p == columns[:, 1]).all() else None


def _intervals(
    columns: NDArray[np.float64], constants: NDArray[np.float64]
) -> tuple[Numbers, Numbers] | None:
    """Return l and r for documents, None if a row is of another form."""
    total = (columns[:, 0] / 2).astype(np.int64)  # L + R
    product = ((-1 - constants) / 2).astype(np.int64)  # LR
    gap = np.rint(np.sqrt(np.maximum(total * total - 4 * product, 0))).astype(np.int64)  # R - L
    low, high = (total - gap) // 2, (total + gap) // 2
    is_one = (2 * (low + high) == columns[:, 0]) & (-2 * low * high - 1 == constants)
    return (low + 1, high - 1) if (is_one & (columns[:, 1] == -2)).all() else None


def _line(
    numbers: Numbers, own: Numbers, stands: Numbers, ends: tuple[Numbers, Numbers], n: int
) -> _Line | None:
    """Return one class, None if its intervals cross."""
    middle = max(int(np.abs(a).max(initial=0)) for a in (stands, *ends))
    left, right = ends[0] + middle, ends[1] + middle
    found = _nested(left, right, 2 * middle + 1)
    if found is None:
        return None
    depths, innermost = found
    line = _Line(middle, *np.zeros((3, n), dtype=np.int64))
    nodes = numbers[own]
    line.left[nodes], line.right[nodes], line.depth[nodes] = left, right, depths
    around = np.append(nodes, -1)[innermost]  # the new number of the innermost node, -1: none
    is_taken = np.zeros(2 * middle + 1, dtype=np.bool_)
    is_taken[stands + middle] = True
    for position in np.flatnonzero(~is_taken).tolist():
        line.free.setdefault(int(around[position]), []).append(position)
    taken = np.flatnonzero(is_taken)
    line.standing = dict(zip(around[taken].tolist(), taken.tolist(), strict=True))
    return line


def _nested(left: Numbers, right: Numbers, n: int) -> tuple[Numbers, Numbers] | None:
    """Return how many intervals are around each, and the innermost around each position.

    Outer intervals come first; those that end before the next one begins are left, and the
    positions that were passed belong to the innermost of those that held them.
    """
    depths, innermost = np.zeros(len(left), dtype=np.int64), np.full(n, -1, dtype=np.int64)
    inside: list[int] = []
    at = 0

    def leave(before: int) -> None:
        nonlocal at
        while inside and right[inside[-1]] < before:
            last = inside.pop()
            innermost[at : right[last] + 1] = last
            at = max(at, int(right[last]) + 1)
        if inside:
            innermost[at:before] = inside[-1]
        at = max(at, before)

    for i in np.lexsort((-right, left)).tolist():
        leave(int(left[i]))
        if inside and right[i] > right[inside[-1]]:
            return None
        inside.append(i)
        depths[i] = len(inside)
    leave(n)
    return depths, innermost
