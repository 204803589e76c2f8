"""Cycles of edges that should have none: found, condensed to one node, or cut by leaving edges out.

Nodes on cycles fall into *groups*, the strongly connected components of two nodes or more: each
node of a group is above and below every other.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base import csr
from hrgeom.core._remark import Remark
from hrgeom.errors import CycleError

__all__ = ["OnCycle", "WithoutCycles", "cycle_error", "without_cycles"]

OnCycle = Literal["error", "condense", "drop"]

_SHOWN = 3  # cycles in a message
_LOOKS = 50_000_000  # edges walked along to see whether one can be put back


@dataclass(frozen=True, eq=False)
class WithoutCycles:
    """Nodes and edges without a cycle, and what became of the nodes there were.

    Attributes
    ----------
    labels : tuple of str
        One distinct label per node.
    edges : ndarray of int64, shape (n_edges, 2)
        (child, parent) as node numbers, each once.
    numbers : ndarray of int64, shape (n_nodes_before,)
        For every node there was, the number of the node that stands for it.
    other_labels : dict of str to int
        Labels of nodes that were condensed, and which node each stands for now.
    remarks : tuple of Remark
        What was done, if anything.
    """

    labels: tuple[str, ...]
    edges: NDArray[np.int64]
    numbers: NDArray[np.int64]
    other_labels: dict[str, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


def without_cycles(
    labels: Sequence[str], edges: ArrayLike, on_cycle: OnCycle = "error"
) -> WithoutCycles:
    """Return the nodes and edges without cycles.

    Parameters
    ----------
    labels : sequence of str
        One distinct label per node.
    edges : array_like of int, shape (n_edges, 2)
        (child, parent) as node numbers, each once.
    on_cycle : {"error", "condense", "drop"}
        What to do about nodes that are above and below one another: refuse them; make one node of
        each group of them, with the label of its first node and the others as other labels; or
        leave out edges, few and such that none of them can be put back. The fewest are not
        looked for: that is the feedback arc set problem, which is NP-hard.

    Returns
    -------
    result : WithoutCycles
        The same nodes and edges where there is no cycle.

    Raises
    ------
    CycleError
        If there is a cycle and `on_cycle` is "error".

    References
    ----------
    Tarjan 1972, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1, 146-160, for
    the groups. Karp 1972, "Reducibility among combinatorial problems": feedback arc set is
    NP-complete. Eades, Lin, Smyth 1993, "A fast and effective heuristic for the feedback arc set
    problem", Inf. Process. Lett. 47, 319-323, for the order that edges are dropped by.

    Examples
    --------
    >>> labels, edges = ["a", "b", "c"], [(0, 1), (1, 0), (2, 1)]
    >>> result = without_cycles(labels, edges, "condense")
    >>> result.labels, result.edges.tolist(), result.other_labels
    (('a', 'c'), [[1, 0]], {'b': 0})
    >>> without_cycles(labels, edges, "drop").edges.tolist()
    [[0, 1], [2, 1]]
    """
    names = tuple(labels)
    array = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    group, sizes = _groups(array, len(names))
    if (sizes < 2).all():
        return WithoutCycles(names, array, np.arange(len(names)))
    if on_cycle == "error":
        error: CycleError = _error(names, array, group, sizes)
        raise error
    if on_cycle == "condense":
        return _condensed(names, array, group, sizes)
    return _dropped(names, array, group, sizes)


def cycle_error(labels: Sequence[str], edges: NDArray[np.integer]) -> CycleError:
    """Return the error that names the cycles of edges that have some."""
    array = edges.astype(np.int64)
    return _error(labels, array, *_groups(array, len(labels)))


def _groups(edges: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the strongly connected component of every node, and how many nodes each has."""
    from scipy import sparse
    from scipy.sparse import csgraph

    ones = np.ones(len(edges), dtype=np.int8)
    graph = sparse.csr_array((ones, (edges[:, 0], edges[:, 1])), shape=(n, n))
    n_groups, group = csgraph.connected_components(graph, directed=True, connection="strong")
    return group.astype(np.int64), np.bincount(group, minlength=n_groups)


def _inside(
    edges: NDArray[np.int64], group: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the edges inside a group, and the group of each."""
    numbers = np.flatnonzero(group[edges[:, 0]] == group[edges[:, 1]])
    return numbers, group[edges[numbers, 0]]


def _error(
    labels: Sequence[str],
    edges: NDArray[np.int64],
    group: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> CycleError:
    large = np.flatnonzero(sizes > 1)
    first = np.full(len(sizes), len(labels))
    np.minimum.at(first, group, np.arange(len(labels)))
    shown = large[np.argsort(first[large], kind="stable")][:_SHOWN]
    inside, _ = _inside(edges, group)
    parents = csr.from_pairs(edges[inside, 0], edges[inside, 1], len(labels))
    cycles = [[labels[v] for v in _cycle(parents, int(first[g]))] for g in shown.tolist()]
    return CycleError(cycles, n_groups=len(large), n_nodes=int(sizes[large].sum()))


def _cycle(parents: tuple[NDArray[np.int64], NDArray[np.int32]], node: int) -> list[int]:
    """Return one cycle. Every node of a group has a parent there: walk up until one repeats."""
    indptr, indices = parents
    seen: dict[int, int] = {}
    path: list[int] = []
    while node not in seen:
        seen[node] = len(path)
        path.append(node)
        node = int(indices[indptr[node]])
    return path[seen[node] :]


def _condensed(
    labels: tuple[str, ...],
    edges: NDArray[np.int64],
    group: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> WithoutCycles:
    """Make one node of each group, in the place of its first."""
    n = len(labels)
    first = np.full(len(sizes), n)
    np.minimum.at(first, group, np.arange(n))
    stays = first[group] == np.arange(n)
    place = np.cumsum(stays) - 1
    numbers = place[first[group]]
    moved = numbers[edges]
    kept = np.unique(moved[moved[:, 0] != moved[:, 1]], axis=0)
    gone = np.flatnonzero(~stays).tolist()
    others = {labels[v]: int(numbers[v]) for v in gone}
    large = sizes > 1
    v = int(gone[0])
    text = (
        f"{_counted(int(large.sum()), 'group')} of nodes that are above and below one another "
        f"condensed to one node each, {int(sizes[large].sum()):,} nodes in all, such as "
        f"{_short(labels[first[group[v]]])} with {_short(labels[v])}"
    )
    return WithoutCycles(
        tuple(labels[v] for v in np.flatnonzero(stays).tolist()),
        kept.reshape(-1, 2),
        numbers,
        others,
        (Remark("cycles-condensed", text, int(large.sum())),),
    )


def _dropped(
    labels: tuple[str, ...],
    edges: NDArray[np.int64],
    group: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> WithoutCycles:
    """Leave out edges inside the groups, group by group."""
    inside, of_group = _inside(edges, group)
    order = np.argsort(of_group, kind="stable")
    cuts = np.flatnonzero(np.diff(of_group[order])) + 1
    dropped: list[int] = []
    for numbers in np.split(inside[order], cuts):
        nodes, ends = np.unique(edges[numbers], return_inverse=True)
        ends = ends.reshape(-1, 2)
        dropped += [int(numbers[i]) for i in _feedback(ends, len(nodes))]
    shown = " and ".join(
        f"{_short(labels[edges[i, 0]])} -> {_short(labels[edges[i, 1]])}"
        for i in sorted(dropped)[:_SHOWN]
    )
    text = (
        f"{_counted(len(dropped), 'edge')} of {len(edges):,} left out so that no cycle remains, "
        f"{'such as ' if len(dropped) > _SHOWN else ''}{shown} (child -> parent); none can be put "
        "back, but fewer others might do"
    )
    kept = np.delete(edges, dropped, axis=0)
    remark = Remark("cycle-edges-dropped", text, len(dropped))
    return WithoutCycles(labels, kept, np.arange(len(labels)), {}, (remark,))


def _feedback(ends: NDArray[np.int64], n: int) -> list[int]:
    """Return the numbers of few edges without which a group has no cycle, and of no other set.

    The edges that lead back in an order of Eades, Lin and Smyth, less those that can be put
    back; or those that a depth-first search finds to lead back, which close a cycle with the
    edges of its tree: whichever are fewer.
    """
    up = _adjacency(ends[:, 0], ends[:, 1], n)
    by_search = _leading_back(up, n)
    place = np.empty(n, dtype=np.int64)
    place[_greedy_order(ends, n)] = np.arange(n)
    back = np.flatnonzero(place[ends[:, 0]] > place[ends[:, 1]]).tolist()
    if len(back) * len(ends) > _LOOKS:
        return by_search
    minimal = _not_put_back(ends, back, n)
    return minimal if len(minimal) <= len(by_search) else by_search


Adjacency = list[list[tuple[int, int]]]
"""For every node, the other end and the number of each of its edges."""


def _adjacency(low: NDArray[np.int64], high: NDArray[np.int64], n: int) -> Adjacency:
    above: Adjacency = [[] for _ in range(n)]
    for number, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        above[a].append((b, number))
    return above


def _leading_back(above: Adjacency, n: int) -> list[int]:
    """Return the edges to a node that the search has entered and not left."""
    entered, left = [False] * n, [False] * n
    found: list[int] = []
    for root in range(n):
        if entered[root]:
            continue
        entered[root] = True
        stack: list[tuple[int, Iterator[tuple[int, int]]]] = [(root, iter(above[root]))]
        while stack:
            node, edges = stack[-1]
            for other, number in edges:
                if not entered[other]:
                    entered[other] = True
                    stack.append((other, iter(above[other])))
                    break
                if not left[other]:
                    found.append(number)
            else:
                left[node] = True
                stack.pop()
    return found


def _greedy_order(ends: NDArray[np.int64], n: int) -> list[int]:
    """Return an order in which few edges lead back.

    Nodes without an edge out go last, those without an edge in first, and of the others the one
    with the most edges out less edges in goes first, again and again.
    """
    out, into = _adjacency(ends[:, 0], ends[:, 1], n), _adjacency(ends[:, 1], ends[:, 0], n)
    n_out, n_in = [len(e) for e in out], [len(e) for e in into]
    heap = [(n_in[v] - n_out[v], v) for v in range(n)]
    heapq.heapify(heap)
    sinks = [v for v in range(n) if not n_out[v]]
    sources = [v for v in range(n) if not n_in[v]]
    gone = [False] * n
    first: list[int] = []
    last: list[int] = []
    while len(first) + len(last) < n:
        if sinks:
            v, to = sinks.pop(), last
        elif sources:
            v, to = sources.pop(), first
        else:
            key, v = heapq.heappop(heap)
            to = first
            if not gone[v] and key != n_in[v] - n_out[v]:
                continue  # an older entry
        if gone[v]:
            continue
        gone[v] = True
        to.append(v)
        for w, _ in out[v]:
            if not gone[w]:
                n_in[w] -= 1
                heapq.heappush(heap, (n_in[w] - n_out[w], w))
                if not n_in[w]:
                    sources.append(w)
        for w, _ in into[v]:
            if not gone[w]:
                n_out[w] -= 1
                heapq.heappush(heap, (n_in[w] - n_out[w], w))
                if not n_out[w]:
                    sinks.append(w)
    return first + last[::-1]


def _not_put_back(ends: NDArray[np.int64], back: list[int], n: int) -> list[int]:
    """Put edges back one by one where they close no cycle; return the others.

    More edges only make more cycles, so what cannot be put back cannot be put back later.
    """
    kept = np.ones(len(ends), dtype=np.bool_)
    kept[back] = False
    above: list[list[int]] = [[] for _ in range(n)]
    for a, b in ends[kept].tolist():
        above[a].append(b)
    out = []
    for number in back:
        child, parent = ends[number].tolist()
        if _reaches(above, parent, child):
            out.append(number)
        else:
            above[child].append(parent)
    return out


def _reaches(above: list[list[int]], start: int, goal: int) -> bool:
    seen, to_do = {start}, [start]
    while to_do:
        for other in above[to_do.pop()]:
            if other == goal:
                return True
            if other not in seen:
                seen.add(other)
                to_do.append(other)
    return False


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _short(label: str, most: int = 40) -> str:
    return repr(label if len(label) <= most else f"{label[: most - 3]}...")
