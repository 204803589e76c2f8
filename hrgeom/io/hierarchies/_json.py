"""The JSON forms of a hierarchy, told apart by their top-level fields.

Every form is brought to (labels, numbered edges, metadata). Messages give the place inside the
text; the caller adds the name of the source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from hrgeom._base.checks import label_index
from hrgeom._base.json_text import parse_json
from hrgeom.core import Hierarchy, Remark
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io._headers import hierarchy_header
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._json_names import fields_of_naming, naming_of
from hrgeom.io.hierarchies._repairs import counted, mended_hierarchy

__all__ = ["FORMS", "JSON", "hierarchy_from_json", "hierarchy_from_object", "json_of_hierarchy"]

FORMS = (
    '{"nodes": [label, ...], "edges": [[child, parent], ...]}',
    '{"nodes": [{"id": ...}, ...], "links" or "edges": [{"source": child, "target": parent}, ...]}',
    '{"name": label, "children": [...]}',
    "{child: [parent, ...], ...}",
    "[[child, parent], ...]",
)


@dataclass
class _Parts:
    """What every form is brought to."""

    labels: list[str]
    edges: list[tuple[int, int]]
    metadata: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    what: str = "edge"

    def place(self, position: int) -> str:
        """Return what messages call an edge."""
        return f"{self.what} {position}"


def hierarchy_from_json(text: str, *, edge_direction: str | None = None) -> Hierarchy:
    """Return the hierarchy of a JSON text in one of the accepted forms.

    Parameters
    ----------
    text : str
    edge_direction : {"child-parent", "parent-child"}, optional
        Order of pairs; of a mapping: whether its keys are children or parents. Default:
        child-parent. The nested form itself says who is whose child and is read the same either
        way.

    Raises
    ------
    FormatError
        If the text is not JSON or has none of the forms in `FORMS`.
    HierarchyError, CycleError
        If the content is no hierarchy.

    Examples
    --------
    >>> hierarchy_from_json('{"name": "animal", "children": [{"name": "dog"}]}').labels
    ('animal', 'dog')
    """
    try:
        value = parse_json(text, flat=FORMS[0])
    except FormatError as error:
        if re.match(r'\s*\{"[^\n]*\}[ \t]*\r?\n\s*\{', text):
            raise FormatError(
                "text must be one JSON value: got JSON Lines, an object per line; write a JSON "
                "object, or a table with the header child,parent"
            ) from error
        if "Extra data" in str(error):
            raise FormatError(
                f"text must be one JSON value: {error}; put several in a list, or one on each line"
            ) from error
        raise
    return hierarchy_from_object(value, edge_direction=edge_direction)


def hierarchy_from_object(value: Any, *, edge_direction: str | None = None) -> Hierarchy:
    """Return the hierarchy of a parsed JSON value; options and errors as `hierarchy_from_json`.

    Examples
    --------
    >>> hierarchy_from_object({"dog": ["animal"], "cat": ["animal"]}).n_edges
    2
    """
    found = _parts(value)
    edges = found.edges
    if edge_direction is None:
        _refuse_apart(value, found)
    if edge_direction == "parent-child" and not _is_nested(value):
        edges = [(child, parent) for parent, child in edges]
    try:
        numbered = np.array(edges, dtype=np.int64)
    except OverflowError as error:
        raise HierarchyError(
            f"edges must join nodes 0 to {len(found.labels) - 1}: got an integer beyond 64 bits"
        ) from error
    names, others = naming_of(value)
    return mended_hierarchy(
        found.labels,
        numbered,
        names=names,
        other_labels=others,
        metadata=found.metadata,
        remarks=found.remarks,
        place=found.place,
    )


def _refuse_apart(value: Any, found: _Parts) -> None:
    """Refuse pairs or a mapping in which no label occurs twice, as of names and values."""
    n = len(found.edges)
    if isinstance(value, list):
        n_ends = 2 * n
    elif "nodes" in value or _is_nested(value):
        return
    else:
        n_ends = len(value) + n
    if n > 2 and len(value) > 2 and len(found.labels) == n_ends:
        raise FormatError(
            f"items must be edges: got {n:,} in which no label occurs twice, as in names and "
            "values; if they are edges, say --edge-direction child-parent"
        )


def _parts(value: Any) -> _Parts:
    if isinstance(value, list) and value and all(map(_is_pair, value)):
        return _pairs(value)
    if not isinstance(value, dict):
        _reject(f"a top-level {type(value).__name__}")
    nodes = value.get("nodes")
    if isinstance(nodes, list):
        if isinstance(value.get("links"), list) or any(isinstance(node, dict) for node in nodes):
            return _node_link(value)
        if isinstance(value.get("edges"), list):
            return _node_list(value)
    if _is_nested(value):
        return _nested(value)
    # {"nodes": [...]} without its other half is a mistake rather than a child called "nodes".
    if not (value and value.keys() <= {"nodes", "edges", "links"}) and all(
        isinstance(parents, list | str | None) for parents in value.values()
    ):
        found = _mapping(value)
        ends = len(value) + sum(len(_several(parents)) for parents in value.values())
        # Two texts side by side may be anything: only labels that occur again are edges, and
        # a text among lists is a field such as a license.
        kinds = {type(parents) for parents in value.values()} - {type(None)}
        if str not in kinds or (kinds == {str} and len(found.labels) < ends):
            return found
    _reject(f"an object with the fields {', '.join(map(repr, list(value)[:8]))}")


def _reject(found: str) -> NoReturn:
    raise FormatError("JSON must have one of the forms " + "; ".join(FORMS) + f": got {found}")


def _text_fields(value: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, text in value.items() if isinstance(text, str)}


def _node_list(value: dict[str, Any]) -> _Parts:
    """Labels and pairs; the pairs are all numbers or all labels."""
    labels, edges = value["nodes"], value["edges"]
    kinds = {int, str} if not edges else {_kind_of_pair(edges[0], 0)}
    for position, edge in enumerate(edges):
        if _kind_of_pair(edge, position) not in kinds:
            raise FormatError(
                "edges must be all numbers or all labels: "
                f"got {edges[0]!r} at edge 0 and {edge!r} at edge {position}"
            )
    if edges and kinds == {str}:
        edges = _numbered(edges, label_index(labels, "labels"))
    return _Parts(labels, [(first, second) for first, second in edges], _text_fields(value))


def _kind_of_pair(edge: Any, position: int) -> type:
    if isinstance(edge, list) and len(edge) == 2:
        kind = type(edge[0])
        if kind is type(edge[1]) and kind in (int, str):
            return kind
    raise FormatError(
        "each edge must be a pair [child, parent] of two node numbers or two labels: "
        f"got {edge!r} at edge {position}"
    )


def _numbered(edges: Iterable[Any], index: Mapping[Any, int]) -> list[tuple[int, int]]:
    numbered = []
    for position, (first, second) in enumerate(edges):
        for end in (first, second):
            if end not in index:
                raise HierarchyError(f"edges must use known labels: got {end!r} at edge {position}")
        numbered.append((index[first], index[second]))
    return numbered


def _node_link(value: dict[str, Any]) -> _Parts:
    """The form of networkx.node_link_data and of D3: objects with `id`, `source`, `target`."""
    if value.get("directed", True) is not True:
        raise FormatError(f"node-link data must be directed: got directed {value['directed']!r}")
    if "links" in value and "edges" in value:
        raise FormatError("node-link data must have either links or edges: got both")
    what = "links" if "links" in value else "edges"
    links = value.get(what)
    if not isinstance(links, list):
        raise FormatError("node-link data must have a list of links or edges: got none")
    nodes = value["nodes"]
    named = "id" if any(isinstance(node, dict) and "id" in node for node in nodes) else "name"
    ids = [_identifier(node, named, f"node {position}") for position, node in enumerate(nodes)]
    ends = [
        (_identifier(link, "source", place), _identifier(link, "target", place))
        for place, link in ((f"{what} {position}", link) for position, link in enumerate(links))
    ]
    labels = [str(label) for label in ids]
    index = label_index(labels, "labels")
    graph = value.get("graph")
    found = _Parts(labels, [], _text_fields(graph) if isinstance(graph, dict) else {}, what=what)
    found.metadata |= _text_fields(value)
    if _are_positions(ids, ends, graph):
        found.edges = [(int(first), int(second)) for first, second in ends]
        text = (
            f"{counted(len(ends), 'link')} read as positions in the list of nodes, as D3 and old "
            "networkx write them"
        )
        found.remarks.append(Remark("links-by-position", text, len(ends)))
    else:
        found.edges = _numbered([(str(a), str(b)) for a, b in ends], index)
    return found


def _are_positions(
    ids: list[int | str], ends: list[tuple[int | str, int | str]], graph: object
) -> bool:
    """True if links name positions: whole numbers where ids are text, or are others.

    Raises
    ------
    FormatError
        If the ends are whole numbers and the ids text, and some are no position.
    """
    flat = [end for pair in ends for end in pair]
    if not flat or not all(isinstance(end, int) for end in flat):
        return False
    inside = all(0 <= int(end) < len(ids) for end in flat)
    if any(isinstance(label, str) for label in ids):
        if not inside:
            outside = next(end for end in flat if not 0 <= int(end) < len(ids))
            raise FormatError(
                "links must name nodes by their ids, or by positions from 0: got the number "
                f"{outside}, and {len(ids)} nodes with ids that are text"
            )
        return True
    # networkx 1 wrote the attributes of the graph as a list of pairs, and positions.
    return inside and (isinstance(graph, list) or not set(flat) <= set(ids))


def _identifier(item: Any, name: str, place: str) -> int | str:
    """Return a field that identifies a node: text or a whole number, which networkx often uses."""
    identifier = item.get(name) if isinstance(item, dict) else None
    if isinstance(identifier, bool) or not isinstance(identifier, int | str):
        raise FormatError(
            f"node-link items must be objects with {name!r}, text or a whole number: "
            f"got {item!r} at {place}"
        )
    return identifier


def _is_nested(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return False
    return (
        "children" in value and (isinstance(value["children"], list) or value["children"] is None)
    ) or value.keys() == {"name"}


def _nested(value: dict[str, Any]) -> _Parts:
    """Flatten depth first with a stack of its own, so that depth is no limit."""
    index: dict[str, int] = {}
    edges: list[tuple[int, int]] = []
    stack: list[tuple[Any, int]] = [(value, -1)]
    while stack:
        item, parent = stack.pop()
        children = (item.get("children") or []) if isinstance(item, dict) else None
        if not isinstance(children, list) or not isinstance(item.get("name"), str):
            # The item itself may hold a whole subtree: name the place instead of showing it.
            under = repr(list(index)[parent]) if parent >= 0 else "the top"
            raise FormatError(
                'each nested item must be {"name": label, "children": [...]}: '
                f"got something else under {under}"
            )
        name = item["name"]
        if name in index:
            raise HierarchyError(
                f"names of the nested form must be distinct: got {name!r} twice; "
                "write nodes with several parents in another form"
            )
        node = index[name] = len(index)
        if parent >= 0:
            edges.append((node, parent))
        stack.extend((child, node) for child in reversed(children))
    return _Parts(list(index), edges)


def _several(parents: Any) -> list[Any]:
    return [parents] if isinstance(parents, str) else parents or []


def _is_pair(item: Any) -> bool:
    return (
        isinstance(item, list)
        and len(item) == 2
        and all(isinstance(end, str | int) and not isinstance(end, bool) for end in item)
    )


def _pairs(value: list[list[str | int]]) -> _Parts:
    """Pairs of child and parent; a first pair of usual names says which is which."""
    pairs = [(str(first), str(second)) for first, second in value]
    header = hierarchy_header(list(pairs[0]))
    ends = {end for pair in pairs[1:] for end in pair}
    if header is not None and header.is_sure and ends and ends.isdisjoint(pairs[0]):
        pairs = [(p[header.columns["child"]], p[header.columns["parent"]]) for p in pairs[1:]]
    index: dict[str, int] = {}
    edges = [
        (index.setdefault(child, len(index)), index.setdefault(parent, len(index)))
        for child, parent in pairs
    ]
    return _Parts(list(index), edges, what="pair")


def _mapping(value: dict[str, Any]) -> _Parts:
    """Every key is a child; nodes are numbered in order of first appearance."""
    index: dict[str, int] = {}
    edges: list[tuple[int, int]] = []
    for child, parents in value.items():
        node = index.setdefault(child, len(index))
        for parent in _several(parents):
            if not isinstance(parent, str):
                raise FormatError(
                    f"a mapping must list labels: got {parent!r} ({type(parent).__name__}) "
                    f"for {child!r}"
                )
            edges.append((node, index.setdefault(parent, len(index))))
    return _Parts(list(index), edges)


def json_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return the first of the forms: labels in the order of the nodes, numbered edges, text fields.

    Raises
    ------
    FormatError
        If a metadata field would take the place of the nodes or edges.

    Examples
    --------
    >>> json_of_hierarchy(Hierarchy(["animal", "dog"], [(1, 0)]))
    '{"nodes":["animal","dog"],"edges":[[1,0]]}\\n'
    """
    reserved = sorted({"nodes", "edges", *fields_of_naming(hierarchy)} & hierarchy.metadata.keys())
    if reserved:
        raise FormatError(
            f"metadata must not be named nodes, edges, names or other_labels: got {reserved[0]!r}"
        )
    content = {
        key: text
        for key, text in hierarchy.metadata.items()
        if isinstance(key, str) and isinstance(text, str)
    }
    return (
        json.dumps(
            content
            | {"nodes": hierarchy.labels, "edges": hierarchy.edges.tolist()}
            | fields_of_naming(hierarchy),
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
    )


def _certainty(text: str) -> float:
    start = re.match(r'\s*(\{\s*["}]|\[\s*["\[\]{\d\-tfn])', text)
    if start:
        return 0.9
    return 0.4 if text.lstrip()[:1] == "{" else 0.0


JSON = HierarchyFormat(
    name="json",
    suffixes=(".json",),
    description="JSON: lists of nodes and edges, node-link data, a nested tree, or a mapping",
    options=("edge_direction",),
    sniff=_certainty,
    read=hierarchy_from_json,
    write=json_of_hierarchy,
    example='{"nodes": ["animal", "dog"], "edges": [["dog", "animal"]]}\n',
    keeps="labels in order, names, other labels, text fields",
    drops="other fields",
)
