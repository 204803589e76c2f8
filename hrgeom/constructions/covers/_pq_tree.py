"""PQ-trees: all orders of atoms in which every one of some sets is consecutive.

A tree with the atoms as leaves stands for the orders that are read off its leaves from left to
right after permuting the children of P nodes in any way and reversing those of Q nodes. It starts
as one P node, all orders. Inserting a set keeps exactly the orders in which it is consecutive, and
fails if there are none (K. S. Booth and G. S. Lueker, "Testing for the consecutive ones property,
interval graphs, and graph planarity using PQ-tree algorithms", 1976).

An insertion first labels the nodes above the atoms of the set, from below up to the lowest node
above all of them, the root of the set. *Full* nodes have only atoms of the set below, *partial*
ones others too. Below the root a partial node must have an order with the set's atoms at one end:
one partial child at most, and in a Q node full children at one end, the partial one next to them.
At the root the set's atoms must be consecutive: a partial child at each end of the full ones, in
a Q node without a gap. Only if that holds is the tree changed, by Booth and Lueker's templates.

`hrgeom/_native/pqtree.c` does the same, step by step, in C.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["PQTree"]


class _Node:
    """A leaf (`atom` >= 0), P node or Q node; from `n_pertinent` on, labels of one insertion."""

    __slots__ = (
        "atom",
        "children",
        "full",
        "full_right",
        "is_full",
        "is_q",
        "n_labeled",
        "n_leaves",
        "n_pertinent",
        "parent",
        "partial",
        "place",
        "places",
        "stamp",
    )

    def __init__(self, *, is_q: bool = False, atom: int = -1) -> None:
        self.atom = atom
        self.is_q = is_q
        self.children: list[_Node] = []
        self.parent: _Node | None = None
        self.place = -1  # index among the parent's children
        self.stamp = 0
        self.full_right = True

    def begin(self, stamp: int) -> None:
        self.stamp = stamp
        self.n_pertinent = 0  # children with atoms of the set below
        self.n_labeled = 0
        self.n_leaves = 0  # atoms of the set below
        self.full: list[_Node] = []
        self.partial: list[_Node] = []
        self.places: list[int] = []  # of the full and partial children
        self.is_full = False

    def put(self, place: int, child: _Node) -> None:
        self.children[place] = child
        child.parent, child.place = self, place

    def push(self, child: _Node, *, right: bool) -> None:
        self.splice(len(self.children) if right else 0, 0, [child])

    def splice(self, place: int, n_out: int, others: Sequence[_Node]) -> None:
        """Replace n_out children from a place on by others."""
        self.children[place : place + n_out] = others
        for i in range(place, len(self.children)):
            self.put(i, self.children[i])

    def take_out(self, child: _Node) -> None:
        """Take a child out of a P node; the last one takes its place."""
        last = self.children.pop()
        if last is not child:
            self.put(child.place, last)


class PQTree:
    """The orders of atoms 0 to n_atoms - 1 in which the inserted sets are consecutive.

    Attributes
    ----------
    n_visited : int
        Atoms and nodes that insertions have visited.

    Examples
    --------
    >>> tree = PQTree(4)
    >>> [tree.insert(s) for s in ([0, 1], [1, 2], [0, 2], [1, 2, 3])]
    [True, True, False, True]
    >>> tree.frontier()
    [0, 1, 2, 3]
    """

    def __init__(self, n_atoms: int) -> None:
        self.n_visited = 0
        self._stamp = 0
        self._leaves = [_Node(atom=i) for i in range(n_atoms)]
        self._root = _Node()
        self._root.splice(0, 0, self._leaves)

    def insert(self, atoms: Sequence[int]) -> bool:
        """Keep the orders in which these atoms, each given once, are consecutive.

        Returns
        -------
        fits : bool
            False if there are none; the tree is then as it was.
        """
        self.n_visited += len(atoms)
        if len(atoms) < 2 or len(atoms) == len(self._leaves):
            return True
        leaves = [self._leaves[i] for i in atoms]
        self.n_visited += self._climb(leaves)
        nodes = self._label_all(leaves)
        if nodes is None:
            return False
        for node in nodes[:-1]:
            if not node.is_full:
                self._change_partial(node)
        if not nodes[-1].is_full:
            self._change_root(nodes[-1])
        return True

    def frontier(self) -> list[int]:
        """Return one of the orders: the atoms from left to right."""
        order = []
        waiting = [self._root]
        while waiting:
            node = waiting.pop()
            waiting.extend(reversed(node.children))
            if node.atom >= 0:
                order.append(node.atom)
        return order

    def _climb(self, leaves: list[_Node]) -> int:
        """Count pertinent children, and return how many nodes were reached.

        Breadth first from the leaves until one node is left, the root of the set or one above it.
        """
        self._stamp += 1
        queue: list[_Node] = []

        def count(node: _Node) -> None:
            if node.stamp != self._stamp:
                node.begin(self._stamp)
                queue.append(node)
            node.n_pertinent += 1

        for leaf in leaves:
            assert leaf.parent is not None
            count(leaf.parent)
        done = at_top = 0
        while len(queue) - done + at_top > 1:
            above = queue[done].parent
            done += 1
            if above is None:
                at_top = 1
            else:
                count(above)
        return len(queue)

    def _label_all(self, leaves: list[_Node]) -> list[_Node] | None:
        """Return the labeled nodes, children before parents; None if the set does not fit.

        The root of the set is last.
        """
        ready: list[_Node] = []
        for leaf in leaves:
            self._report(leaf, 1, True, ready)
        for i, node in enumerate(ready):
            is_root = node.n_leaves == len(leaves)
            if not self._label(node, is_root):
                return None
            if is_root:
                return ready[: i + 1]
            self._report(node, node.n_leaves, node.is_full, ready)
            assert node.parent is not None
            if len(node.parent.partial) > 2:
                return None
        raise AssertionError("the root of the set becomes ready")

    @staticmethod
    def _report(node: _Node, n_leaves: int, is_full: bool, ready: list[_Node]) -> None:
        """Tell the parent of a label; the parent is ready when all have told."""
        above = node.parent
        assert above is not None
        above.n_leaves += n_leaves
        (above.full if is_full else above.partial).append(node)
        above.places.append(node.place)
        above.n_labeled += 1
        if above.n_labeled == above.n_pertinent:
            ready.append(above)

    @staticmethod
    def _label(node: _Node, is_root: bool) -> bool:
        """Label a node whose pertinent children are labeled; False if no order can have it."""
        node.is_full = len(node.full) == len(node.children)
        node.full_right = True
        if node.is_full:
            return True
        if not is_root and len(node.partial) > 1:
            return False
        if not node.is_q:
            return True
        low, high = min(node.places), max(node.places)
        if high - low + 1 != len(node.places):
            return False
        partial = {child.place for child in node.partial}
        if not partial <= {low, high}:
            return False
        if is_root:
            return True
        at_left = low == 0 and partial <= {high}
        node.full_right = high == len(node.children) - 1 and partial <= {low}
        return at_left or node.full_right

    def _replace(self, node: _Node, by: _Node) -> None:
        above = node.parent
        if above is None:
            self._root, by.parent = by, None
            return
        if above.stamp == self._stamp:
            above.partial = [by if child is node else child for child in above.partial]
        above.put(node.place, by)

    @staticmethod
    def _take_out_full(node: _Node) -> _Node | None:
        """Take the full children out of a P node: the only one, or a new P node of them."""
        full = node.full[::-1]
        group = _Node() if len(full) > 1 else None
        for child in full:
            node.take_out(child)
            if group:
                group.push(child, right=True)
        return group or (full[0] if full else None)

    def _change_partial(self, node: _Node) -> None:
        if node.is_q:
            for child in node.partial:
                self._splice(node, child, fulls_right=node.full_right)
            return
        # a Q node: the other children at one end, the full ones at the other, between them the
        # children of the partial child, which is a Q node by now
        if node.partial:
            q = node.partial[0]
            node.take_out(q)
        else:
            q = _Node(is_q=True)
        full = self._take_out_full(node)
        rest = [node] if len(node.children) > 1 else node.children
        self._replace(node, q)
        for child in rest:
            q.push(child, right=not q.full_right)
        if full:
            q.push(full, right=q.full_right)

    def _change_root(self, node: _Node) -> None:
        """Bring the full children together, between those of the partial children."""
        if node.is_q:
            low = min(node.places)
            sides = [child.place == low for child in node.partial]
            for child, fulls_right in zip(node.partial, sides, strict=True):
                self._splice(node, child, fulls_right=fulls_right)
            return
        for child in node.partial:
            node.take_out(child)
        full = self._take_out_full(node)
        if not node.partial:
            assert full is not None
            node.push(full, right=True)
            return
        q, *others = node.partial
        if full:
            q.push(full, right=q.full_right)
        for other in others:
            for child in other.children[::-1] if other.full_right else list(other.children):
                q.push(child, right=q.full_right)
        if node.children:
            node.push(q, right=True)
        else:
            self._replace(node, q)

    @staticmethod
    def _splice(node: _Node, q: _Node, *, fulls_right: bool) -> None:
        """Put the children of q in its place, its full ones towards the right or the left."""
        forward = q.full_right == fulls_right
        node.splice(q.place, 1, q.children if forward else q.children[::-1])
