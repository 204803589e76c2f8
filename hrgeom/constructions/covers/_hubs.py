r"""Hubs of a forest: short lists U(w) above and V(v) below every node that meet iff v >= w.

Every node is taken once as a *hub*; what U and V are, and why they decide who is above whom, is
said and proved in `hrgeom.constructions.centroid_hubs`.

Choice. Cut the forest into heavy paths (from a node on to its child with most nodes below). The
nodes of a path are taken before those of the trees that hang from it, so V(v) has hubs of v's own
path only, and U(w) is U of the node where w's path hangs, and hubs of w's own path besides. Let
need(T) be the largest |U| inside a hanging tree T. For a bound b on |V|, a path with hanging trees
asks for the least a such that its nodes can be taken with |V| <= b and with |U(p)| + need(T) <= a
for every T hanging from p. Given a this is decided exactly from the top down: the first hub is
the node after the longest prefix that b - 1 can serve, and what follows has one hub more in U.
A longer prefix never hurts, as what is left is shorter.

Theorem. In a tree of n nodes b = 1 + floor(log2 n) gives |U| <= 1 + log2 n. On a chain, any a, b
with C(a + b, a) > n will do.

Proof. As the choice given b is best possible, any choice on the paths shows it. Let a piece be
a whole tree of n nodes, its path p_1, p_2, ... Take the last p_c with more than n/2 nodes at or
below. The trees below p_c, on the path or hanging, have at most n/2 nodes each (those that hang
are no larger than the one on the path), and by induction |U| <= 1 + (1 + log2 n/2). What is left
above p_c, hanging trees included, has less than n/2 nodes and is no whole tree: cut it, here and
later, at its weighted centroid, so that a half at most is on either side. If such a piece has n'
nodes, |U| <= 2 + log2 n' in it: below the cut by induction, in a tree hanging from the cut as it
has at most n' nodes and 1 + (1 + log2 n'). With n' < n/2 that is within 1 + log2 n. A node gets a
hub into V when it is one, or when it stays above a cut in a piece of less than half the size:
1 + log2 n times at most. On a chain of C(a + b, a) - 1 = (C(a + b - 1, a) - 1) + 1 +
(C(a + b - 1, a - 1) - 1) nodes the first hub leaves what b - 1 serves above it and what a - 1
serves below. ∎

Of all b the one with the least product of the longest lists is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["HeavyPaths", "HubLists", "Pairs"]

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


class HeavyPaths:
    """The heavy paths of a forest, and hubs on them.

    Parameters
    ----------
    parent : ndarray of int, shape (n,)
        -1 for a root.
    depth : ndarray of int, shape (n,)
        0 for a root, one more than the parent's otherwise.

    Examples
    --------
    In a chain of three nodes no list needs more than two hubs:

    >>> lists = HeavyPaths(np.array([-1, 0, 1]), np.array([0, 1, 2])).hubs(2)
    >>> lists.n_above(), lists.n_below(np.ones(3, dtype=bool))
    (array([1, 2, 1]), array([2, 2, 1]))
    """

    def __init__(self, parent: NDArray[np.integer], depth: NDArray[np.integer]) -> None:
        self._parent = parent.tolist()
        n = len(self._parent)
        order = np.argsort(depth, kind="stable").tolist()
        size = [1] * n
        heavy = [-1] * n
        for v in reversed(order):
            p = self._parent[v]
            if p >= 0:
                size[p] += size[v]
                if heavy[p] < 0 or size[v] > size[heavy[p]]:
                    heavy[p] = v
        self._paths: list[list[int]] = []  # those that hang from a path come before it
        for v in reversed(order):
            if self._parent[v] < 0 or heavy[self._parent[v]] != v:
                path = [v]
                while heavy[path[-1]] >= 0:
                    path.append(heavy[path[-1]])
                self._paths.append(path)

    def hubs(self, most_below: int) -> HubLists:
        """Return hubs with at most `most_below` in every V(v), and U(w) as short as possible.

        Parameters
        ----------
        most_below : int
            Bound b on the length of every V(v), at least 1.

        Returns
        -------
        lists : HubLists
            Hubs that make the longest U(w) as short as heavy paths allow.
        """
        n = len(self._parent)
        need = [0] * n  # the largest |U| in the trees that hang from a node
        up = np.empty(n, dtype=np.int64)
        first = np.empty(n, dtype=np.int64)
        for path in self._paths:
            needs = [need[v] for v in path]
            limit, above, begin = _least(needs, most_below)
            top = self._parent[path[0]]
            if top >= 0:
                need[top] = max(need[top], limit)
            up[path] = [path[i] if i >= 0 else top for i in above]
            first[path] = [path[i] for i in begin]
        return HubLists(up, first, np.array([v for path in self._paths for v in path]))


@dataclass(frozen=True)
class HubLists:
    """Hubs of a forest of n nodes.

    Attributes
    ----------
    up : ndarray of int64, shape (n,)
        U(w) is w, up[w], up[up[w]] and so on, until -1.
    first : ndarray of int64, shape (n,)
        Hub c is in V(v) for all v from first[c] down to c, on the path of c.
    order : ndarray of int64, shape (n,)
        The nodes, path after path, each from the top down.
    """

    up: NDArray[np.int64]
    first: NDArray[np.int64]
    order: NDArray[np.int64]

    def n_above(self) -> NDArray[np.int64]:
        """Return |U(w)| for every node, shape (n,)."""
        counts = np.zeros(len(self.up), dtype=np.int64)
        nodes = hubs = np.arange(len(self.up))
        while len(nodes):
            counts[nodes] += 1
            hubs = self.up[hubs]
            nodes, hubs = nodes[hubs >= 0], hubs[hubs >= 0]
        return counts

    def n_below(self, used: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many of V(v) are among the hubs used, for every node.

        Parameters
        ----------
        used : ndarray of bool, shape (n,)
            True for the hubs that count.

        Returns
        -------
        counts : ndarray of int64, shape (n,)
            Lengths of the lists V(v) without the hubs that are not used.
        """
        steps = np.zeros(len(self.up) + 1, dtype=np.int64)
        place = self._place()
        np.add.at(steps, place[self.first[used]], 1)
        np.add.at(steps, place[used] + 1, -1)
        return np.cumsum(steps)[place]

    def used(self, nodes: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Return which hubs are in U of one of these nodes.

        Parameters
        ----------
        nodes : ndarray of int, shape (k,)
            Numbers of nodes.

        Returns
        -------
        used : ndarray of bool, shape (n,)
            True for every hub in U(w) of a node w given.
        """
        used = np.zeros(len(self.up), dtype=np.bool_)
        while len(nodes):
            used[nodes] = True
            above = self.up[nodes]
            above = np.unique(above[above >= 0])
            nodes = above[~used[above]]
        return used

    def above(self, nodes: NDArray[np.integer]) -> Pairs:
        """Return all pairs (i, hub in U(nodes[i])) as two arrays.

        Parameters
        ----------
        nodes : ndarray of int, shape (k,)
            Numbers of nodes.

        Returns
        -------
        rows : ndarray of int64, shape (n_pairs,)
            Indices i into `nodes`.
        hubs : ndarray of int64, shape (n_pairs,)
            The hub of each pair.
        """
        rows, hubs = np.arange(len(nodes)), nodes.astype(np.int64)
        found = []
        while len(rows):
            found.append((rows, hubs))
            hubs = self.up[hubs]
            rows, hubs = rows[hubs >= 0], hubs[hubs >= 0]
        return _joined(found)

    def below(self) -> Pairs:
        """Return all pairs (v, hub in V(v)) as two arrays."""
        place = self._place()
        start = place[self.first]
        counts = place - start + 1
        hubs = np.repeat(np.arange(len(counts)), counts)
        offsets = np.arange(len(hubs)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.order[start[hubs] + offsets], hubs

    def _place(self) -> NDArray[np.int64]:
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        return place


def _joined(found: list[Pairs]) -> Pairs:
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def _least(needs: list[int], most_below: int) -> tuple[int, list[int], list[int]]:
    """Return the least limit that a path can keep, and how."""
    low = max(needs)  # not enough: the hub itself counts
    step = 1
    while (found := _taken(needs, low + step, most_below)) is None:
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        tried = _taken(needs, middle, most_below)
        if tried is None:
            low = middle
        else:
            high, found = middle, tried
    return high, *found


def _taken(needs: list[int], limit: int, most_below: int) -> tuple[list[int], list[int]] | None:
    """Choose hubs along a path within a limit, None if it cannot be kept.

    Returns for every place the hub before it in U (-1: none), and the first place that has it in V.
    """
    n = len(needs)
    above, begin = [-1] * n, [0] * n

    def place(start: int, b: int, last: int, n_above: int) -> int:
        """Take places from `start` on, as many as b allows; return the first one left."""
        while True:
            at = place(start, b - 1, last, n_above) if b > 1 else start
            if at == n or n_above + 1 + needs[at] > limit:
                return at
            above[at], begin[at] = last, start
            start, last, n_above = at + 1, at, n_above + 1

    return (above, begin) if place(0, most_below, -1, 0) == n else None
