"""Files of graph editors: GraphML, by a reader of our own, and GML through networkx.

networkx reads no GraphML with ports, nested graphs or undeclared keys, which editors write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from hrgeom._base.optional import imported
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._format import HierarchyFormat

__all__ = ["GML", "GRAPHML", "graphml_of_hierarchy", "hierarchy_from_gml", "hierarchy_from_graphml"]

_START = 5_000
_NAME_KEYS = ("label", "name", "title", "nodelabel", "description")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EXAMPLE = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
 <key id="d0" for="node" attr.name="label" attr.type="string"/>
 <graph edgedefault="directed">
  <node id="n1"><data key="d0">animal</data></node>
  <node id="n2"><data key="d0">dog</data></node>
  <edge source="n2" target="n1"/>
 </graph>
</graphml>
"""


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _hierarchy(
    nodes: Iterable[tuple[str, str | None]],
    edges: Iterable[tuple[str, str]],
    made: Assembly,
    edge_direction: str | None,
) -> Hierarchy:
    for label, name in nodes:
        if label in made.index:
            raise FormatError(f"a node must come once: got {label!r} again")
        made.node(label, name)
    if not made.index:
        raise FormatError("a graph must have nodes: got none")
    for number, (source, target) in enumerate(edges, start=1):
        for end in (source, target):
            if end not in made.index:
                raise FormatError(f"edges must join nodes: got {end!r} at edge {number}")
        ends = (target, source) if edge_direction == "parent-child" else (source, target)
        made.edge(*ends, f"edge {number}")
    return made.hierarchy()


def hierarchy_from_graphml(text: str, *, edge_direction: str | None = None) -> Hierarchy:
    """Return the hierarchy of a GraphML file.

    Parameters
    ----------
    text : str
    edge_direction : {"child-parent", "parent-child"}, optional
        Which end of an edge is its source. Default: child-parent.

    Raises
    ------
    FormatError
        If it is no XML of this kind, or the graph is undirected.

    Examples
    --------
    >>> h = hierarchy_from_graphml(GRAPHML.example)
    >>> h.names, h.parents("n2")
    (('animal', 'dog'), ['n1'])
    """
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise FormatError(f"text must be XML: got {error}") from error
    graphs = [each for each in root.iter() if _local(each.tag) == "graph"]
    if _local(root.tag) != "graphml" or not graphs:
        raise FormatError(f"XML must be GraphML with a graph: got <{_local(root.tag)}>")
    if graphs[0].get("edgedefault", "directed") == "undirected":
        raise FormatError(
            'the graph must be directed: got edgedefault="undirected"; export it as directed'
        )
    made = Assembly()
    keys = {
        each.get("id", ""): each.get("attr.name", each.get("id", "")).casefold()
        for each in root.iter()
        if _local(each.tag) == "key" and each.get("for", "node") in ("node", "all")
    }
    nodes = [(_required(each, "id"), _name(each, keys)) for each in _elements(root, "node")]
    if n := sum(1 for _ in _elements(root, "hyperedge")):
        made.note("other-edges", "hyperedge", n)
    edges = list(_elements(root, "edge"))
    for each in edges:
        if each.get("directed") == "false":
            raise FormatError(f"edges must be directed: got {each.attrib}")
    pairs = [(_required(each, "source"), _required(each, "target")) for each in edges]
    if n := sum(any(_local(part.tag) == "data" for part in each) for each in edges):
        made.note("edge-weights", "", n)
    return _hierarchy(nodes, pairs, made, edge_direction)


def _elements(root: Any, tag: str) -> Iterator[Any]:
    return (each for each in root.iter() if _local(each.tag) == tag)


def _required(element: Any, attribute: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise FormatError(f"<{_local(element.tag)}> must have {attribute}: got {element.attrib}")
    return str(value)


def _name(node: Any, keys: dict[str, str]) -> str | None:
    """Return the text of the data that names a node, or the label that an editor draws."""
    found: dict[str, str] = {}
    for data in node:
        if _local(data.tag) != "data":
            continue
        key = keys.get(data.get("key", ""), data.get("key", "").casefold())
        drawn = [each for each in data.iter() if _local(each.tag) == "NodeLabel"]
        text = (drawn[0].text if drawn else data.text) or ""
        found.setdefault("nodelabel" if drawn else key, text.strip() if drawn else text)
    return next((found[key] for key in _NAME_KEYS if found.get(key)), None)


def graphml_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a hierarchy as GraphML, labels as node identifiers, names as data.

    Raises
    ------
    FormatError
        If a label or name has a sign that XML does not allow.

    Examples
    --------
    >>> hierarchy_from_graphml(graphml_of_hierarchy(Hierarchy(["a", "b"], [(1, 0)]))).parents("b")
    ['a']
    """
    for text in (*hierarchy.labels, *hierarchy.names):
        if _NOT_XML.search(text):
            raise FormatError(
                f"labels and names in XML must hold no control signs: got {text!r}; write JSON"
            )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        ' <key id="name" for="node" attr.name="name" attr.type="string"/>',
        ' <graph edgedefault="directed">',
    ]
    for label, name in zip(hierarchy.labels, hierarchy.names, strict=True):
        data = f'<data key="name">{_content(name)}</data>' if name != label else ""
        lines.append(f"  <node id={quoteattr(label)}>{data}</node>")
    for child, parent in hierarchy.edges.tolist():
        ends = (quoteattr(hierarchy.labels[end]) for end in (child, parent))
        lines.append("  <edge source={} target={}/>".format(*ends))
    return "\n".join([*lines, " </graph>", "</graphml>", ""])


def _content(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def hierarchy_from_gml(text: str, *, edge_direction: str | None = None) -> Hierarchy:
    """Return the hierarchy of a GML file; labels are its labels if distinct, else its numbers.

    Parameters
    ----------
    text : str
    edge_direction : {"child-parent", "parent-child"}, optional
        Which end of an edge is its source. Default: child-parent.

    Raises
    ------
    FormatError
        If networkx cannot parse it, or the graph is undirected.

    Examples
    --------
    >>> hierarchy_from_gml(GML.example).parents("dog")
    ['animal']
    """
    nx = imported("networkx", "reading GML", "networkx", error=FormatError)
    try:
        graph = nx.parse_gml(text, label="id")
    except Exception as error:  # the parser raises errors of many kinds
        raise FormatError(f"text must be GML: got {error}") from error
    if not graph.is_directed():
        raise FormatError("the graph must be directed: got none with 'directed 1'; export it so")
    labels = {node: data.get("label") for node, data in graph.nodes(data=True)}
    shown = {node: str(node if label is None else label) for node, label in labels.items()}
    is_distinct = len(set(shown.values())) == len(shown)
    label_of = shown if is_distinct else {node: str(node) for node in shown}
    nodes = [(label_of[node], shown[node]) for node in graph]
    edges = [(label_of[s], label_of[t]) for s, t in graph.edges()]
    return _hierarchy(nodes, edges, Assembly(), edge_direction)


def _graphml_certainty(text: str) -> float:
    start = text[:_START]
    return 0.97 if start.lstrip()[:1] == "<" and re.search(r"<(\w+:)?graphml[\s>]", start) else 0.0


def _gml_certainty(text: str) -> float:
    found = re.match(r"(?:\s*(?:#|Creator|Version|comment)[^\n]*\n)*\s*graph\s*\[", text[:_START])
    return 0.96 if found else 0.0


GRAPHML = HierarchyFormat(
    name="graphml",
    suffixes=(".graphml",),
    description="GraphML of yEd, Gephi, Cytoscape or networkx",
    options=("edge_direction",),
    sniff=_graphml_certainty,
    read=hierarchy_from_graphml,
    write=graphml_of_hierarchy,
    example=_EXAMPLE,
    keeps="identifiers as labels, names (the data label or name, or what is drawn)",
    drops="hyperedges, ports, other data, positions",
)
GML = HierarchyFormat(
    name="gml",
    suffixes=(".gml",),
    description="GML of Gephi, igraph or networkx",
    options=("edge_direction",),
    sniff=_gml_certainty,
    read=hierarchy_from_gml,
    example='graph [\n  directed 1\n  node [ id 0 label "animal" ]\n  node [ id 1 label "dog" ]\n'
    "  edge [ source 1 target 0 ]\n]\n",
    keeps="labels",
    drops="other data",
)
