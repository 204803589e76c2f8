"""Names and other labels of nodes: what is shown and what is understood, beside the labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hrgeom._base.nearest import nearest
from hrgeom.errors import HierarchyError

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "add_naming",
    "checked_names",
    "checked_other_labels",
    "naming_of_graph",
    "nodes_by_name",
    "not_found",
]


def checked_names(names: Sequence[str | None] | None, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name for every label; the labels themselves, the same object, if none differs."""
    if names is None:
        return labels
    if isinstance(names, str) or len(names) != len(labels):
        raise HierarchyError(f"names must have one entry per node, {len(labels)}: got {len(names)}")
    for position, name in enumerate(names):
        if not (name is None or isinstance(name, str)):
            raise HierarchyError(
                f"names must be text or None: got {name!r} ({type(name).__name__}) "
                f"at number {position}"
            )
    shown = tuple(
        label if name is None else name for label, name in zip(labels, names, strict=True)
    )
    return labels if shown == labels else shown


def checked_other_labels(
    others: Mapping[str, int], labels: tuple[str, ...], index: Mapping[str, int]
) -> dict[str, int]:
    """Return other text -> node without those that are the label of the node itself."""
    kept: dict[str, int] = {}
    for text, node in others.items():
        if not isinstance(text, str):
            raise HierarchyError(f"other labels must be text: got {text!r}")
        if isinstance(node, bool) or not isinstance(node, int | np.integer):
            raise HierarchyError(f"other labels must have node numbers: got {node!r} for {text!r}")
        if not 0 <= node < len(labels):
            raise HierarchyError(
                f"other labels must stand for nodes 0 to {len(labels) - 1}: "
                f"got {int(node)} for {text!r}"
            )
        if index.get(text, int(node)) != node:
            raise HierarchyError(
                "other labels must not be the label of another node: "
                f"got {text!r} for {labels[node]!r}"
            )
        if text not in index:
            kept[text] = int(node)
    return kept


def nodes_by_name(names: Sequence[str]) -> dict[str, list[int]]:
    """Return name -> the nodes that have it."""
    nodes: dict[str, list[int]] = {}
    for node, name in enumerate(names):
        nodes.setdefault(name, []).append(node)
    return nodes


def not_found(text: str, having: Sequence[str], known: Iterable[str]) -> HierarchyError:
    """Return the error for a text that is the name of several nodes, or of none."""
    if having:
        shown = ", ".join(map(repr, having[:3]))
        return HierarchyError(
            f"a name must belong to one node: got {text!r}, the name of {len(having)}, "
            f"such as {shown}; give the label instead"
        )
    near = nearest(text, known)
    offered = f"; nearest: {', '.join(map(repr, near))}" if near else ""
    return HierarchyError(f"text must stand for a node: got {text!r}{offered}")


def naming_of_graph(graph: nx.DiGraph) -> tuple[list[str | None], dict[str, int]]:
    """Return names and other labels that the node attributes of a networkx graph give."""
    names: list[str | None] = []
    others: dict[str, int] = {}
    for number, (_, data) in enumerate(graph.nodes(data=True)):
        name = data.get("name", data.get("label"))
        names.append(name if isinstance(name, str) else None)
        others.update(dict.fromkeys(data.get("other_labels") or (), number))
    return names, others


def add_naming(
    graph: nx.DiGraph, labels: Sequence[str], names: Sequence[str], others: Mapping[str, int]
) -> None:
    """Put names that differ from the labels, and other labels, into the node attributes."""
    for label, name in zip(labels, names, strict=True):
        if name != label:
            graph.nodes[label]["name"] = name
    for other, node in others.items():
        graph.nodes[labels[node]].setdefault("other_labels", []).append(other)
