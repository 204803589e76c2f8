"""OBO Graphs: ontologies as JSON with nodes, `lbl`, and edges of `sub`, `pred` and `obj`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hrgeom._base.json_text import parse_json
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._node_text import NodeText
from hrgeom.io.hierarchies._relations import relations_of, require_relations

__all__ = ["OBO_GRAPHS", "hierarchy_from_obo_graphs", "texts_from_obo_graphs"]

_OBO = "http://purl.obolibrary.org/obo/"


def hierarchy_from_obo_graphs(text: str, *, relation: str | None = None) -> Hierarchy:
    """Return the hierarchy of an OBO Graphs document, all its graphs together.

    Parameters
    ----------
    text : str
    relation : str, optional
        Predicates that make edges, by their last part, label or whole IRI, between commas.
        Default: is_a.

    Raises
    ------
    FormatError
        If it is no such document, or the relation makes no edge.

    Examples
    --------
    >>> h = hierarchy_from_obo_graphs(OBO_GRAPHS.example)
    >>> h.names, h.parents("http://purl.obolibrary.org/obo/PET_2")
    (('animal', 'dog'), ['http://purl.obolibrary.org/obo/PET_1'])
    """
    return _Document(_graphs(text), relations_of(relation, ("is_a",))).hierarchy()


def texts_from_obo_graphs(text: str) -> Iterator[NodeText]:
    """Yield the names, synonyms and definitions of the nodes that are not deprecated.

    Examples
    --------
    >>> [each.text for each in texts_from_obo_graphs(OBO_GRAPHS.example)]
    ['animal', 'dog']
    """
    for identifier, node in _Document(_graphs(text), frozenset()).living():
        meta, name = node.get("meta") or {}, node.get("lbl")
        definition = meta.get("definition") or {}
        if isinstance(name, str):
            yield NodeText(identifier, "name", name)
        for synonym in _listed(meta, "synonyms"):
            yield NodeText(identifier, "synonym", _text(synonym, "val"))
        if isinstance(definition, dict) and isinstance(definition.get("val"), str):
            yield NodeText(identifier, "definition", definition["val"])


def _graphs(text: str) -> list[Any]:
    value = parse_json(text)
    graphs = value.get("graphs") if isinstance(value, dict) else None
    if not isinstance(graphs, list) or not graphs:
        raise FormatError('OBO Graphs must be {"graphs": [{"nodes": [...], "edges": [...]}]}')
    return graphs


def _listed(item: Any, key: str) -> list[dict[str, Any]]:
    """Return the objects of a list in an object; nothing counts as an empty one."""
    found = item.get(key) if isinstance(item, dict) else None
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise FormatError(f"{key} of OBO Graphs must be a list of objects: got {str(found)[:40]!r}")
    return found


def _text(item: dict[str, Any], key: str) -> str:
    found = item.get(key)
    if not isinstance(found, str) or not found:
        raise FormatError(f"{key} must be text: got {found!r} in {str(item)[:60]}")
    return found


def _local(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


class _Document:
    """Reads the graphs of one document."""

    def __init__(self, graphs: list[Any], relations: frozenset[str]) -> None:
        self.nodes = [node for graph in graphs for node in _listed(graph, "nodes")]
        self.edges = [edge for graph in graphs for edge in _listed(graph, "edges")]
        self.n_definitions = sum(len(_listed(graph, "logicalDefinitionAxioms")) for graph in graphs)
        self.relations, self.made = relations, Assembly(says_once=False)
        self.aliases: dict[str, str] = {}
        self.obsolete: set[str] = set()

    def hierarchy(self) -> Hierarchy:
        living = list(self.living())
        properties = {_text(node, "id"): node for node in self.nodes if _is_property(node)}
        known = {identifier for identifier, _ in living}
        unused: Counter[str] = Counter()
        edges = []
        for edge in self.edges:
            ends, predicate = (_text(edge, "sub"), _text(edge, "obj")), _text(edge, "pred")
            if predicate in ("subPropertyOf", "inverseOf") or properties.keys() & set(ends):
                continue
            if self._is_asked(predicate, properties):
                edges.append(ends)
            else:
                unused[_local(predicate)] += 1
                self.made.note("other-relations", _local(predicate))
        for identifier, node in living:
            self._add(identifier, node)
        for child, parent in edges:
            self._edge(child, parent, known)
        if self.n_definitions:
            self.made.note("intersections", "logicalDefinitionAxioms", self.n_definitions)
        require_relations(self.relations, bool(self.made.edges), unused)
        if not self.made.index:
            raise FormatError("OBO Graphs must have nodes: got none")
        return self.made.hierarchy()

    def living(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the classes, and the individuals and untyped nodes that edges may join."""
        for node in self.nodes:
            identifier = _text(node, "id")
            if _is_property(node):
                continue
            meta = node.get("meta") or {}
            if meta.get("deprecated") is True:
                self.obsolete.add(identifier)
                self.made.note("obsolete", identifier)
                new = [v for p, v in _values(meta) if p.endswith(("IAO_0100001", "isReplacedBy"))]
                if len(new) == 1:
                    self.aliases[identifier] = _iri(new[0])
            elif node.get("lbl") or node.get("type") == "CLASS" or self._has_edge(identifier):
                yield identifier, node

    def _has_edge(self, identifier: str) -> bool:
        if not hasattr(self, "_ends"):
            self._ends = {edge.get(end) for edge in self.edges for end in ("sub", "obj")}
        return identifier in self._ends

    def _is_asked(self, predicate: str, properties: dict[str, dict[str, Any]]) -> bool:
        label = str(properties.get(predicate, {}).get("lbl", "")).replace(" ", "_")
        return bool({predicate, _local(predicate), label} & self.relations)

    def _add(self, identifier: str, node: dict[str, Any]) -> None:
        label = node.get("lbl")
        self.made.node(identifier, label if isinstance(label, str) else None)
        if identifier.startswith(_OBO):
            self.made.other(identifier.removeprefix(_OBO).replace("_", ":", 1), identifier)
        meta = node.get("meta") or {}
        for synonym in _listed(meta, "synonyms"):
            self.made.other(_text(synonym, "val"), identifier)
        for predicate, value in _values(meta):
            if _local(predicate) == "hasAlternativeId":
                self.made.other(value, identifier)

    def _edge(self, child: str, parent: str, known: set[str]) -> None:
        child, parent = self.aliases.get(child, child), self.aliases.get(parent, parent)
        for end in (child, parent):
            if end in self.obsolete:
                self.made.note("obsolete-parents", end)
                return
            if end not in known and end not in self.made.index:
                self.made.note("dangling-parents", end)
        self.made.edge(child, parent, f"{_local(child)} {_local(parent)}")


def _is_property(node: dict[str, Any]) -> bool:
    return node.get("type") == "PROPERTY"


def _values(meta: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for each in _listed(meta, "basicPropertyValues"):
        if isinstance(each.get("pred"), str) and isinstance(each.get("val"), str):
            yield each["pred"], each["val"]


def _iri(text: str) -> str:
    found = re.fullmatch(r"([A-Za-z]+):(\d+)", text)
    return f"{_OBO}{found[1]}_{found[2]}" if found else text


def _certainty(text: str) -> float:
    if text.lstrip()[:1] != "{" or '"graphs"' not in text[:4_000]:
        return 0.0
    return 0.98 if '"nodes"' in text and ('"pred"' in text or '"lbl"' in text) else 0.0


OBO_GRAPHS = HierarchyFormat(
    name="obo-graphs",
    suffixes=(".obo.json", ".og.json"),
    description="OBO Graphs: an ontology as JSON",
    options=("relation",),
    sniff=_certainty,
    read=hierarchy_from_obo_graphs,
    texts=texts_from_obo_graphs,
    example="""{"graphs": [{"nodes": [
  {"id": "http://purl.obolibrary.org/obo/PET_1", "lbl": "animal", "type": "CLASS"},
  {"id": "http://purl.obolibrary.org/obo/PET_2", "lbl": "dog", "type": "CLASS"}],
 "edges": [{"sub": "http://purl.obolibrary.org/obo/PET_2", "pred": "is_a",
            "obj": "http://purl.obolibrary.org/obo/PET_1"}]}]}
""",
    keeps="IRIs as labels, names, synonyms, CURIEs and alternative identifiers as other labels",
    drops="deprecated nodes, properties, relations not asked for, logical definitions",
)
