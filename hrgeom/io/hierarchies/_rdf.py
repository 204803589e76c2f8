"""Ontologies and thesauri in RDF: OWL, RDF Schema and SKOS as Turtle, RDF/XML or JSON-LD.

The syntaxes are large: rdflib reads them (extra `rdf`). What is taken from the triples is in
`_rdf_terms.py`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from hrgeom._base.json_text import parse_json
from hrgeom._base.optional import imported
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies._format import HierarchyFormat
from hrgeom.io.hierarchies._node_text import NodeText
from hrgeom.io.hierarchies._rdf_terms import LABEL_PREFIX, hierarchy_of_graph, texts_of_graph
from hrgeom.io.hierarchies._xml_entities import refuse_expanding_entities

__all__ = [
    "JSON_LD",
    "RDF_XML",
    "TURTLE",
    "hierarchy_from_rdf",
    "texts_from_rdf",
    "turtle_of_hierarchy",
]

_EXTRA = "'hrgeom[rdf]'"
_START = 20_000
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")


def hierarchy_from_rdf(
    text: str,
    *,
    syntax: str,
    relation: str | None = None,
    language: str | None = None,
) -> Hierarchy:
    """Return the hierarchy of an ontology or thesaurus.

    Parameters
    ----------
    text : str
    syntax : {"turtle", "xml", "json-ld"}
    relation : str, optional
        Properties that make edges, by their last part, label or whole IRI, between commas.
        Default: subClassOf, broader and narrower.
    language : str, optional
        Of the names. Default: English, or names without a language, or what there is.

    Raises
    ------
    FormatError
        If rdflib is missing or cannot parse the text, or there is no class, concept or edge.
    """
    return hierarchy_of_graph(_graph(text, syntax), relation=relation, language=language)


def texts_from_rdf(text: str, *, syntax: str, language: str | None = None) -> Iterator[NodeText]:
    """Yield the names, synonyms and definitions of the classes and concepts of an ontology.

    Parameters
    ----------
    text : str
    syntax : {"turtle", "xml", "json-ld"}
    language : str, optional
        Of the texts. Default: English, or texts without a language, or what there is.
    """
    return texts_of_graph(_graph(text, syntax), language=language)


def _graph(text: str, syntax: str) -> Any:
    """Return the triples of a text.

    Raises
    ------
    FormatError
        If rdflib is missing or cannot parse the text.
    """
    rdflib = imported("rdflib", f"reading {syntax}", _EXTRA, error=FormatError)
    if syntax == "json-ld":
        _refuse_remote_contexts(parse_json(text))
    if syntax == "xml":
        refuse_expanding_entities(text)
    graph = rdflib.Graph()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own old names
            graph.parse(data=text, format=syntax, publicID="urn:hrgeom:base")
    except Exception as error:  # the parsers raise errors of many kinds
        said = " ".join(str(error).split()) or type(error).__name__
        raise FormatError(
            f"text must be RDF as {syntax}: got {said[:200]!r}; if it is N-Quads, TriG or another "
            "form, convert it to Turtle"
        ) from error
    return graph


def _refuse_remote_contexts(value: Any) -> None:
    """Nothing is fetched: a context must be in the file."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            contexts = item.get("@context")
            for context in contexts if isinstance(contexts, list) else [contexts]:
                if isinstance(context, str):
                    raise FormatError(
                        f"the context of JSON-LD must be in the file: got {context!r}, which is "
                        "not fetched; convert the file to Turtle or put the context in"
                    )
            stack.extend(item.values())


def _iri(label: str) -> str:
    """Return a label as an IRI between brackets; labels that are none get a prefix."""
    is_plain = _IRI.fullmatch(label) and not label.startswith(LABEL_PREFIX)
    return f"<{label}>" if is_plain else f"<{LABEL_PREFIX}{quote(label, safe='')}>"


def _literal(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    shown = "".join(escapes.get(sign, sign) for sign in text)
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04X}", shown) + '"'


def turtle_of_hierarchy(hierarchy: Hierarchy) -> str:
    """Return a hierarchy as SKOS in Turtle: a concept per node, with names and broader concepts.

    Raises
    ------
    FormatError
        If a label or name has a NUL or a lone surrogate.

    Examples
    --------
    >>> pets = Hierarchy(["ex:1", "ex:2"], [(1, 0)], names=["pet", "dog"])
    >>> print(turtle_of_hierarchy(pets), end="")
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <BLANKLINE>
    <ex:1> a skos:Concept ;
        skos:prefLabel "pet" .
    <BLANKLINE>
    <ex:2> a skos:Concept ;
        skos:prefLabel "dog" ;
        skos:broader <ex:1> .
    """
    others: dict[int, list[str]] = {}
    for text, node in hierarchy.other_labels.items():
        others.setdefault(node, []).append(text)
    parts = ["@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"]
    try:
        for node, label in enumerate(hierarchy.labels):
            name = hierarchy.names[node]
            said = [f"{_iri(label)} a skos:Concept"]
            said += [f"skos:prefLabel {_literal(name)}"]
            said += [f"skos:altLabel {_literal(other)}" for other in others.get(node, [])]
            said += [f"skos:broader {_iri(parent)}" for parent in hierarchy.parents(label)]
            parts.append("\n" + " ;\n    ".join(said) + " .\n")
    except UnicodeEncodeError as error:
        raise FormatError(f"labels must hold no lone surrogates: got {label!r}") from error
    if any("\0" in text for text in (*hierarchy.labels, *hierarchy.names)):
        raise FormatError("labels and names in Turtle must hold no NUL; write JSON instead")
    return "".join(parts)


def _turtle_certainty(text: str) -> float:
    start = text[:_START]
    if re.search(r"^\s*@(prefix|base)\s+(\S*:\s*)?<", start, re.MULTILINE) or re.search(
        r"^\s*(PREFIX|BASE)\s+(\S*:\s*)?<", start, re.MULTILINE | re.IGNORECASE
    ):
        return 0.97
    first = next((line for line in start.split("\n") if line.strip() and line[0] != "#"), "")
    return 0.97 if re.match(r"\s*(<[^>\s]+>|_:\S+)\s+<[^>\s]+>\s+\S.*\.\s*$", first) else 0.0


def _xml_certainty(text: str) -> float:
    start = text[:_START]
    is_rdf = re.search(r"<(\w+:)?RDF[\s>]", start) and "22-rdf-syntax-ns#" in start
    return 0.98 if start.lstrip()[:1] == "<" and is_rdf else 0.0


def _json_certainty(text: str) -> float:
    if text.lstrip()[:1] not in ("{", "["):
        return 0.0
    return 0.97 if re.search(r'"@(context|graph|id)"\s*:', text[:_START]) else 0.0


_KEEPS = "IRIs as labels, names in one language, synonyms, notations and CURIEs as other labels"
_DROPS = "restrictions and anonymous classes, deprecated terms, other properties, owl:Thing"
_OPTIONS = ("relation", "language")

TURTLE = HierarchyFormat(
    name="turtle",
    suffixes=(".ttl", ".nt", ".n3"),
    description="OWL, RDF Schema or SKOS in Turtle or N-Triples",
    options=_OPTIONS,
    extra=_EXTRA,
    sniff=_turtle_certainty,
    read=partial(hierarchy_from_rdf, syntax="turtle"),
    texts=partial(texts_from_rdf, syntax="turtle"),
    write=turtle_of_hierarchy,
    example="""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <http://example.org/> .
ex:c1 a skos:Concept ; skos:prefLabel "animal"@en, "Tier"@de .
ex:c2 a skos:Concept ; skos:prefLabel "dog"@en, "Hund"@de ; skos:broader ex:c1 .
""",
    keeps=_KEEPS,
    drops=_DROPS,
)
RDF_XML = HierarchyFormat(
    name="rdf-xml",
    suffixes=(".rdf", ".owl"),
    description="OWL, RDF Schema or SKOS in RDF/XML",
    options=_OPTIONS,
    extra=_EXTRA,
    sniff=_xml_certainty,
    read=partial(hierarchy_from_rdf, syntax="xml"),
    texts=partial(texts_from_rdf, syntax="xml"),
    example="""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#">
 <owl:Class rdf:about="http://example.org/animal"><rdfs:label>animal</rdfs:label></owl:Class>
 <owl:Class rdf:about="http://example.org/dog"><rdfs:label>dog</rdfs:label>
  <rdfs:subClassOf rdf:resource="http://example.org/animal"/></owl:Class>
</rdf:RDF>
""",
    keeps=_KEEPS,
    drops=_DROPS,
)
JSON_LD = HierarchyFormat(
    name="json-ld",
    suffixes=(".jsonld",),
    description="OWL, RDF Schema or SKOS in JSON-LD with its context in the file",
    options=_OPTIONS,
    extra=_EXTRA,
    sniff=_json_certainty,
    read=partial(hierarchy_from_rdf, syntax="json-ld"),
    texts=partial(texts_from_rdf, syntax="json-ld"),
    example="""{"@context": {"skos": "http://www.w3.org/2004/02/skos/core#", "ex": "http://example.org/"},
 "@graph": [
  {"@id": "ex:c1", "@type": "skos:Concept", "skos:prefLabel": "animal"},
  {"@id": "ex:c2", "@type": "skos:Concept", "skos:prefLabel": "dog",
   "skos:broader": {"@id": "ex:c1"}}
 ]}
""",
    keeps=_KEEPS,
    drops=_DROPS,
)
