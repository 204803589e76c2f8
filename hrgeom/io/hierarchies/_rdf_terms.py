"""From the triples of an ontology or thesaurus to nodes, names and edges."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._assembly import Assembly
from hrgeom.io.hierarchies._node_text import NodeText
from hrgeom.io.hierarchies._relations import relations_of, require_relations

__all__ = ["LABEL_PREFIX", "hierarchy_of_graph", "texts_of_graph"]

LABEL_PREFIX = "urn:hrgeom:label:"
"""In front of labels that are no IRIs, percent-encoded."""

_RDF, _RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
_OWL, _SKOS = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2004/02/skos/core#"
_XL, _ISO = "http://www.w3.org/2008/05/skos-xl#", "http://purl.org/iso25964/skos-thes#"
_OBO, _IN_OWL = "http://purl.obolibrary.org/obo/", "http://www.geneontology.org/formats/oboInOwl#"
_DCT = "http://purl.org/dc/terms/"

_DEFAULT = (
    *("subClassOf", "broader", "narrower", "broaderGeneric", "narrowerGeneric"),
    *("broaderPartitive", "narrowerPartitive", "broaderInstantial", "narrowerInstantial"),
)
_TRANSITIVE = ("broaderTransitive", "narrowerTransitive")
_CLASSES = (_OWL + "Class", _RDFS + "Class")
_TOP = frozenset({_OWL + "Thing", _RDFS + "Resource"})
_NAMES = (_SKOS + "prefLabel", _RDFS + "label", _DCT + "title", "http://schema.org/name")
_SYNONYMS = (
    *(_SKOS + "altLabel", _SKOS + "notation", _IN_OWL + "hasExactSynonym"),
    *(_IN_OWL + "hasRelatedSynonym", _IN_OWL + "hasNarrowSynonym", _IN_OWL + "hasBroadSynonym"),
    *(_IN_OWL + "hasAlternativeId", _IN_OWL + "id", _SKOS + "hiddenLabel"),
)
_WORDS = tuple(p for p in _SYNONYMS if not p.endswith(("#notation", "AlternativeId", "#id")))
"""Of what stands for a node the synonyms, without codes."""
_DEFINITIONS = (
    *(_SKOS + "definition", _OBO + "IAO_0000115", _DCT + "description", _RDFS + "comment"),
    *(_SKOS + "scopeNote", "http://schema.org/description"),
)
_REPLACED = (_OBO + "IAO_0100001", _DCT + "isReplacedBy")
_BUILT_IN = (_RDF, _RDFS, _OWL, "http://www.w3.org/2001/XMLSchema#")


def hierarchy_of_graph(
    graph: Any, *, relation: str | None = None, language: str | None = None
) -> Hierarchy:
    """Return the hierarchy of an rdflib graph, nodes in the order of their IRIs.

    Raises
    ------
    FormatError
        If there is no class or concept, the relation makes no edge, or no name has the language.
    """
    return _Terms(graph, relation, language).hierarchy()


def texts_of_graph(graph: Any, *, language: str | None = None) -> Iterator[NodeText]:
    """Yield the names, synonyms and definitions of the classes and concepts of an rdflib graph."""
    terms = _Terms(graph, None, language)
    gone = terms.deprecated()
    for iri in sorted({str(subject) for subject in graph.subjects()} - gone.keys()):
        label, name = _label(iri), terms.name(iri)
        if name:
            yield NodeText(label, "name", name)
        for text in terms.literals(iri, _WORDS):
            yield NodeText(label, "synonym", text)
        for text in terms.literals(iri, _DEFINITIONS)[:1]:
            yield NodeText(label, "definition", text)


def _local(iri: str) -> str:
    """Return the last part of an IRI."""
    return re.split(r"[#/:]", iri.rstrip("#/"))[-1]


class _Terms:
    """Reads one graph."""

    def __init__(self, graph: Any, relation: str | None, language: str | None) -> None:
        from rdflib import BNode, Literal, URIRef

        self.graph, self.language = graph, language
        self.iri, self.blank, self.literal = URIRef, BNode, Literal
        self.is_default = relation is None
        self.relations = relations_of(relation, _DEFAULT)
        self.made = Assembly(says_once=False)
        self.unused: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.transitive: set[tuple[str, str]] = set()

    def hierarchy(self) -> Hierarchy:
        edges = list(self._edges())
        edges += self._where_nothing_is_direct(edges)
        gone = self.deprecated()
        nodes = self._declared(edges) - gone.keys()
        described = set(nodes)
        kept = []
        for child, parent in edges:
            child, parent = gone.get(child, child), gone.get(parent, parent)
            if not child or not parent:
                self.made.note("obsolete-parents", child or parent or "")
            elif parent in _TOP:
                self.made.note("top-class", parent)
            elif child not in _TOP:
                kept.append((child, parent))
                nodes |= {child, parent}
        if not nodes:
            raise FormatError(
                "RDF must describe classes or concepts (owl:Class, rdfs:Class, skos:Concept): "
                "got none"
            )
        for node in sorted(nodes):
            self._add(node)
            if node not in described:
                self.made.note("dangling-parents", node)
        self._require_language()
        for child, parent in sorted(kept):
            self.made.edge(_label(child), _label(parent), "")
        for old, new in gone.items():
            if new:
                self.made.other(_label(old), _label(new))
        require_relations(self.relations, bool(kept), self.unused)
        return self.made.hierarchy(self._release())

    def _release(self) -> dict[str, str]:
        """Return the ontology and its version, under the names that OBO has for them."""
        rdf_type = self.iri(_RDF + "type")
        found = sorted(
            str(subject)
            for kind in (_OWL + "Ontology", _SKOS + "ConceptScheme")
            for subject in self.graph.subjects(rdf_type, self.iri(kind))
            if isinstance(subject, self.iri)
        )
        if len(found) != 1:
            return {}
        said = {"ontology": found[0]}
        for name in ("versionIRI", "versionInfo"):
            version = self.graph.value(self.iri(found[0]), self.iri(_OWL + name))
            if version is not None:
                return {**said, "data-version": str(version)}
        return said

    # --- Edges --------------------------------------------------------------------------------

    def _is_asked(self, predicate: str, relations: frozenset[str]) -> bool:
        if predicate in relations or _local(predicate) in relations:
            return True
        if self.is_default:
            return False
        labels = self.graph.objects(self.iri(predicate), self.iri(_RDFS + "label"))
        names = {str(each) for each in labels}
        return bool(relations & (names | {name.replace(" ", "_") for name in names}))

    def _edges(self) -> Iterator[tuple[str, str]]:
        """Yield (child, parent) IRIs; properties named narrower go down."""
        predicates = sorted({str(p) for p in self.graph.predicates()})
        relations = self.relations
        if "broader" in relations:
            relations |= {"narrower"}
        if self.is_default:
            direct = any(self._is_asked(p, relations) for p in predicates)
            for name in _TRANSITIVE:
                listed = [p for p in predicates if p == _SKOS + name]
                if listed and direct:
                    self.transitive |= set(self._of_predicate(listed[0], True, relations))
                elif listed:
                    relations |= {name}
        for predicate in predicates:
            asked = self._is_asked(predicate, relations)
            if asked or predicate == _RDFS + "subClassOf":
                yield from self._of_predicate(predicate, asked, relations)
            elif predicate == _OWL + "equivalentClass":
                ends = list(self.graph.objects(None, self.iri(predicate)))
                if n := sum(isinstance(o, self.blank) for o in ends):
                    self.made.note("intersections", "owl:equivalentClass", n)
            elif not predicate.startswith(_BUILT_IN):
                ends = self.graph.subject_objects(self.iri(predicate))
                n = sum(isinstance(o, self.iri) and isinstance(s, self.iri) for s, o in ends)
                self.unused += Counter({_local(predicate): n})  # without zeros

    def _where_nothing_is_direct(self, direct: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return transitive statements of those that have no direct parent, the nearest alone."""
        lonely = {child for child, _ in self.transitive} - {child for child, _ in direct}
        above: dict[str, set[str]] = {}
        for child, parent in (*direct, *self.transitive):
            above.setdefault(child, set()).add(parent)
        taken = []
        for child in sorted(lonely):
            further = _reached(above[child], above)
            taken += [(child, parent) for parent in sorted(above[child] - further)]
        if n := len(self.transitive) - len(taken):
            self.made.note("closure-statements", "broaderTransitive", n)
        for child, _ in taken:
            self.made.note("transitive-parents", child)
        return taken

    def _of_predicate(
        self, predicate: str, asked: bool, relations: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        goes_down = _local(predicate).startswith("narrower")
        for subject, value in self.graph.subject_objects(self.iri(predicate)):
            if isinstance(subject, self.iri) and isinstance(value, self.iri):
                if asked:
                    ends = (str(subject), str(value))
                    yield ends[::-1] if goes_down else ends
                else:
                    self.unused[_local(predicate)] += 1
            elif isinstance(subject, self.iri) and isinstance(value, self.blank):
                yield from self._of_restriction(str(subject), value, relations)
            else:
                self.made.note("blank-nodes", _local(predicate))

    def _of_restriction(
        self, child: str, restriction: Any, relations: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the edge of `subClassOf (property some class)` if the property is asked for."""
        on = self.graph.value(restriction, self.iri(_OWL + "onProperty"))
        filler = self.graph.value(restriction, self.iri(_OWL + "someValuesFrom"))
        if on is not None and isinstance(filler, self.iri):
            if not self.is_default and self._is_asked(str(on), relations):
                yield child, str(filler)
                return
            self.unused[_local(str(on))] += 1
        self.made.note("blank-nodes", _local(str(on)) if on is not None else "")

    # --- Nodes --------------------------------------------------------------------------------

    def _typed(self, *types: str) -> set[str]:
        rdf_type = self.iri(_RDF + "type")
        return {
            str(subject)
            for each in types
            for subject in self.graph.subjects(rdf_type, self.iri(each))
            if isinstance(subject, self.iri) and str(subject) not in _TOP
        }

    def _declared(self, edges: list[tuple[str, str]]) -> set[str]:
        """Return the concepts, and the classes unless they only describe the concepts."""
        concepts, classes = self._typed(_SKOS + "Concept"), self._typed(*_CLASSES)
        ends = {end for edge in edges for end in edge}
        if concepts and not classes & ends:
            return concepts
        return concepts | classes if concepts & ends or not classes else classes

    def deprecated(self) -> dict[str, str]:
        """Return deprecated term -> what replaces it, or nothing."""
        gone: dict[str, str] = {}
        for subject, value in self.graph.subject_objects(self.iri(_OWL + "deprecated")):
            if isinstance(subject, self.iri) and str(value).casefold() in ("true", "1"):
                gone[str(subject)] = ""
        rdf_type = self.iri(_RDF + "type")
        for kind in ("DeprecatedClass",):
            for subject in self.graph.subjects(rdf_type, self.iri(_OWL + kind)):
                gone[str(subject)] = ""
        for old in gone:
            self.made.note("obsolete", old)
            new = [
                str(o) for p in _REPLACED for o in self.graph.objects(self.iri(old), self.iri(p))
            ]
            iris = {_iri_of_curie(each) for each in new}
            if len(iris) == 1 and not iris & gone.keys():
                gone[old] = iris.pop()
        return gone

    def _add(self, iri: str) -> None:
        label = _label(iri)
        name = self.name(iri)
        self.made.node(label, name or (_local(iri) if label == iri else None))
        if iri.startswith(_OBO) and "_" in iri:
            self.made.other(iri.removeprefix(_OBO).replace("_", ":", 1), label)
        for predicate in _SYNONYMS:
            for value in self.graph.objects(self.iri(iri), self.iri(predicate)):
                if getattr(value, "language", None) in (None, self.language or "en"):
                    self.made.other(str(value), label)

    def name(self, iri: str) -> str | None:
        found: list[tuple[int, int, str, str]] = []
        for rank, predicate in enumerate(_NAMES):
            for value in self.graph.objects(self.iri(iri), self.iri(predicate)):
                if isinstance(value, self.literal):
                    tag = (value.language or "").casefold()
                    self.languages[tag] += 1
                    found.append((self._preference(tag), rank, tag, str(value)))
        for value in self.graph.objects(self.iri(iri), self.iri(_XL + "prefLabel")):
            for form in self.graph.objects(value, self.iri(_XL + "literalForm")):
                tag = (form.language or "").casefold()
                self.languages[tag] += 1
                found.append((self._preference(tag), len(_NAMES), tag, str(form)))
        if not found:
            return None
        best = min(found)
        if self.language is not None and best[0] > 1:
            self.made.note("other-language", f"{best[3]!r} ({best[2] or 'none'})")
        if self.language is None:
            self._note_left_out(best[2], found)
        return best[3]

    def _note_left_out(self, taken: str, found: list[tuple[int, int, str, str]]) -> None:
        """Say which names in another language than the one taken there are, unless one is asked."""
        for _, _, tag, text in sorted(found):
            if tag and tag.partition("-")[0] != taken.partition("-")[0]:
                self.made.note("names-left-out", f"{text!r} ({tag})")

    def literals(self, iri: str, predicates: tuple[str, ...]) -> list[str]:
        """Return the texts that some properties give, in the language wanted or in none.

        Texts in another language count where no language was asked for and there are no others.
        """
        found = [
            (self._preference((value.language or "").casefold()), rank, str(value))
            for rank, predicate in enumerate(predicates)
            for value in self.graph.objects(self.iri(iri), self.iri(predicate))
            if isinstance(value, self.literal)
        ]
        found += [
            (self._preference((form.language or "").casefold()), len(predicates), str(form))
            for value in self.graph.objects(self.iri(iri), self.iri(_XL + "altLabel"))
            if predicates is _WORDS
            for form in self.graph.objects(value, self.iri(_XL + "literalForm"))
        ]
        nearest = min((place for place, _, _ in found), default=0)
        most = 2 if self.language is not None else max(nearest, 2)
        return [text for place, _, text in sorted(found) if place <= most]

    def _preference(self, tag: str) -> int:
        """Return how far a language is from what is wanted: 0 and 1 are it."""
        wanted = (self.language or "en").casefold()
        if tag == wanted:
            return 0
        if tag.partition("-")[0] == wanted.partition("-")[0]:
            return 1
        return 2 if not tag else 3 if tag.startswith("en") else 4

    def _require_language(self) -> None:
        if self.language is None or not self.languages:
            return
        if not any(self._preference(tag) <= 1 for tag in self.languages):
            listed = ", ".join(
                f"{tag or 'none'} ({n:,})" for tag, n in self.languages.most_common(8)
            )
            raise FormatError(
                f"language must be one that names are in: got {self.language!r}; there are {listed}"
            )


def _reached(starts: set[str], above: dict[str, set[str]]) -> set[str]:
    """Return what is above some nodes, without them unless they are above one another."""
    found: set[str] = set()
    stack = list(starts)
    while stack:
        new = above.get(stack.pop(), set()) - found
        found |= new
        stack.extend(new)
    return found


def _label(iri: str) -> str:
    return unquote(iri.removeprefix(LABEL_PREFIX)) if iri.startswith(LABEL_PREFIX) else iri


def _iri_of_curie(text: str) -> str:
    """Return the IRI of an identifier such as GO:0000001; IRIs as they are."""
    found = re.fullmatch(r"([A-Za-z]+):(\d+)", text)
    return f"{_OBO}{found[1]}_{found[2]}" if found else text
