"""Names and other labels in the JSON forms with a list of nodes."""

from __future__ import annotations

from typing import Any

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError

__all__ = ["fields_of_naming", "naming_of"]


def naming_of(value: Any) -> tuple[list[str | None] | None, dict[str, int] | None]:
    """Return the names and other labels of a parsed JSON object, None where it has none.

    Beside a list of labels they are "names", a list, and "other_labels", an object of text and
    node numbers. In node-link data they are fields of the nodes: "name", or else "label", text,
    and "other_labels", a list.

    Examples
    --------
    >>> naming_of({"nodes": ["P1"], "edges": [], "names": ["pet"], "other_labels": {"P0": 0}})
    (['pet'], {'P0': 0})
    """
    nodes = value.get("nodes") if isinstance(value, dict) else None
    if not isinstance(nodes, list):
        return None, None
    if any(isinstance(node, dict) for node in nodes):
        return _of_objects(nodes)
    names, others = value.get("names"), value.get("other_labels")
    return (
        names if isinstance(names, list) else None,
        others if isinstance(others, dict) else None,
    )


def _of_objects(nodes: list[Any]) -> tuple[list[str | None], dict[str, int]]:
    names: list[str | None] = []
    others: dict[str, int] = {}
    for number, node in enumerate(nodes):
        name = node.get("name", node.get("label"))
        names.append(name if isinstance(name, str) else None)
        listed = node.get("other_labels")
        for other in listed if isinstance(listed, list) else ():
            if not isinstance(other, str):
                raise FormatError(f"other labels must be text: got {other!r} at node {number}")
            others[other] = number
    return names, others


def fields_of_naming(hierarchy: Hierarchy) -> dict[str, Any]:
    """Return what to write beside labels and edges: nothing where the names are the labels."""
    fields: dict[str, Any] = {}
    if hierarchy.names != hierarchy.labels:
        fields["names"] = hierarchy.names
    if hierarchy.other_labels:
        fields["other_labels"] = hierarchy.other_labels
    return fields
