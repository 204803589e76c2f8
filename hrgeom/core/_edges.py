"""Edges as they are given: checked, and from labels to numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._base.checks import label_index
from hrgeom.errors import HierarchyError

__all__ = ["check_edges", "edge_array", "numbered_edges"]


def edge_array(edges: ArrayLike) -> NDArray[np.int64]:
    """Return edges as an array of shape (n_edges, 2); HierarchyError if they are no such pairs."""
    array = np.asarray(edges)
    if array.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise HierarchyError(
            f"edges must be pairs (child, parent): got an array of shape {array.shape}"
        )
    if not np.issubdtype(array.dtype, np.integer):
        raise HierarchyError(f"edges must be whole numbers: got an array of {array.dtype}")
    return array.astype(np.int64)


def check_edges(edges: NDArray[np.int64], labels: tuple[str, ...]) -> None:
    """Raise HierarchyError for edges to nowhere, loops and repeated edges."""
    n = len(labels)
    outside = np.flatnonzero(((edges < 0) | (edges >= n)).any(axis=1))
    if len(outside):
        raise HierarchyError(
            f"edges must join nodes 0 to {n - 1}: got {edges[outside[0]].tolist()} "
            f"at edge {outside[0]}"
        )
    loops = np.flatnonzero(edges[:, 0] == edges[:, 1])
    if len(loops):
        raise HierarchyError(
            "an edge must not join a node to itself: got "
            f"{labels[edges[loops[0], 0]]!r} at edge {loops[0]}"
        )
    keys = edges[:, 0] * n + edges[:, 1]
    order = np.argsort(keys, kind="stable")
    repeated = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(repeated):
        first, second = order[repeated[0]], order[repeated[0] + 1]
        child, parent = (labels[i] for i in edges[first])
        raise HierarchyError(
            f"an edge must come once: got {child!r} -> {parent!r} at edges {first} and {second}"
        )


def numbered_edges(
    edges: Iterable[tuple[str, str]], labels: Sequence[str] | None
) -> tuple[Sequence[str], NDArray[np.int64]]:
    """Return the labels, in order of appearance if none are given, and edges between numbers."""
    if hasattr(edges, "columns"):
        raise HierarchyError(
            f"edges must be pairs (child, parent): got a {type(edges).__name__}; "
            "take frame[['child', 'parent']].values.tolist()"
        )
    listed = list(edges)
    for position, edge in enumerate(listed):
        if isinstance(edge, str) or len(edge) != 2:
            raise HierarchyError(
                f"edges must be pairs (child, parent): got {edge!r} at edge {position}"
            )
    if labels is None:
        labels = list(dict.fromkeys(label for edge in listed for label in edge))
    index = label_index(labels, "labels")
    numbered = np.empty((len(listed), 2), dtype=np.int64)
    for position, edge in enumerate(listed):
        for end, label in enumerate(edge):
            if label not in index:
                raise HierarchyError(
                    f"edges must use known labels: got {label!r} at edge {position}"
                )
            numbered[position, end] = index[label]
    return labels, numbered
