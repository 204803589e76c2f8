"""From labels and numbered edges as they were found to a hierarchy with remarks.

Every reader of a format ends here: edges that come again and edges from a node to itself are
dropped and counted; the closure of a table is reduced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom.core import Hierarchy, Remark
from hrgeom.io.hierarchies._closed import redundant_in_closure

__all__ = ["counted", "mended_hierarchy", "place_of_edge"]


def place_of_edge(position: int) -> str:
    """Return what messages call an edge of this number."""
    return f"edge {position}"


def counted(count: int, what: str) -> str:
    """Return a count and its noun, such as "1 edge" and "2,000 edges"."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def mended_hierarchy(
    labels: Sequence[str],
    edges: ArrayLike,
    *,
    place: Callable[[int], str] = place_of_edge,
    names: Sequence[str | None] | None = None,
    other_labels: Mapping[str, int] | None = None,
    metadata: Mapping[str, Any] | None = None,
    remarks: Sequence[Remark] = (),
    closure: str = "keep",
) -> Hierarchy:
    """Return the hierarchy without repeated edges and edges from a node to itself.

    Parameters
    ----------
    labels : sequence of str
        One distinct label per node.
    edges : array_like of int, shape (n_edges, 2)
        (child, parent) as node numbers.
    place : callable
        Takes the position of an edge, returns what messages call the place.
    names, other_labels, metadata : optional
        As for `Hierarchy`.
    remarks : sequence of Remark
        Those that there are already.
    closure : {"keep", "reduce"}
        What to do with edges that follow from others, where the edges are their own closure.

    Raises
    ------
    HierarchyError, CycleError
        As for `Hierarchy`.

    Examples
    --------
    >>> h = mended_hierarchy(["a", "b"], [(1, 0), (1, 0), (0, 0)])
    >>> h.n_edges, [str(remark) for remark in h.remarks][1]
    (1, "1 edge from a node to itself dropped, such as 'a' at edge 2")
    """
    array = np.asarray(edges)
    made = list(remarks)
    if array.size and array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "iu":
        inside = ((array >= 0) & (array < len(labels))).all()
        if inside:  # else the message of the class says where
            array, more = _without_repeats(labels, array.astype(np.int64), place)
            made += more
    beside = {"names": names, "other_labels": other_labels, "metadata": metadata}
    hierarchy = Hierarchy(labels, array, remarks=made, **beside)  # type: ignore[arg-type]
    redundant = redundant_in_closure(hierarchy)
    if redundant is None:
        return hierarchy
    n, m = int(redundant.sum()), hierarchy.n_edges
    if closure == "keep":
        text = (
            f"{counted(n, 'edge')} of {m:,} follow from others: the edges are their whole closure"
        )
        hierarchy.remarks += (Remark("closure-kept", text, n),)
        return hierarchy
    text = f"{counted(n, 'edge')} of {m:,} left out: the whole closure is listed, and they follow"
    made.append(Remark("closure-reduced", text, n))
    return Hierarchy(labels, hierarchy.edges[~redundant], remarks=made, **beside)  # type: ignore[arg-type]


def _without_repeats(
    labels: Sequence[str], edges: NDArray[np.int64], place: Callable[[int], str]
) -> tuple[NDArray[np.int64], list[Remark]]:
    keys = edges[:, 0] * len(labels) + edges[:, 1]
    ordered = np.sort(keys)
    if (ordered[1:] > ordered[:-1]).all() and (edges[:, 0] != edges[:, 1]).all():
        return edges, []
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    loops = edges[:, 0] == edges[:, 1]
    again = np.ones(len(edges), dtype=np.bool_)
    again[first] = False
    again &= ~loops
    remarks = []
    if again.any():
        n, at = int(again.sum()), int(np.flatnonzero(again)[0])
        child, parent = (labels[i] for i in edges[at])
        text = (
            f"{counted(n, 'repeated edge')} dropped, such as {child!r} -> {parent!r} at "
            f"{place(int(first[which.ravel()[at]]))} and {place(at)}"
        )
        remarks.append(Remark("repeated-edges", text, n))
    if loops.any():
        n, at = int(loops.sum()), int(np.flatnonzero(loops)[0])
        text = (
            f"{counted(n, 'edge')} from a node to itself dropped, such as "
            f"{labels[edges[at, 0]]!r} at {place(at)}"
        )
        remarks.append(Remark("self-loops", text, n))
    return edges[~(again | loops)], remarks
