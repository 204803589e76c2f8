# ruff: noqa: E501
"""OWL, RDF Schema and SKOS through rdflib."""

import pytest
from same_hierarchy import assert_same, codes, edges

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_formats, hierarchy_from_bytes
from hrgeom.io.hierarchies._rdf import turtle_of_hierarchy

rdflib = pytest.importorskip("rdflib")

EX = "http://example.org/"
SKOS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <http://example.org/> .
@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
ex:scheme a skos:ConceptScheme ; skos:hasTopConcept ex:c1 .
ex:c1 a skos:Concept ; skos:prefLabel "animal"@en, "Tier"@de ; skos:topConceptOf ex:scheme ;
    skos:narrower ex:c2 .
ex:c2 a skos:Concept ; skos:prefLabel "dog"@en, "Hund"@de ; skos:broader ex:c1 ;
    skos:altLabel "hound"@en, "Köter"@de ; skos:notation "2.1" .
ex:c3 a skos:Concept ; skos:prefLabel "chat"@fr ; skos:broader ex:c1 ; skos:related ex:c2 .
ex:c4 a skos:Concept ; skosxl:prefLabel [ skosxl:literalForm "puppy"@en ] ; skos:broader ex:c2 ;
    skos:broaderTransitive ex:c1, ex:c2 .
"""
PARENTS = {EX + "c2": [EX + "c1"], EX + "c3": [EX + "c1"], EX + "c4": [EX + "c2"]}


def read(text, **options):
    return hierarchy_from_bytes(text.encode(), name="t", **options)


def as_syntax(text, syntax):
    return rdflib.Graph().parse(data=text, format="turtle").serialize(format=syntax)


@pytest.mark.parametrize("syntax", ["turtle", "nt", "xml", "pretty-xml", "json-ld"])
@pytest.mark.parametrize("suffix", ["txt", "csv"])
def test_a_thesaurus_with_two_languages(tmp_path, syntax, suffix):
    path = tmp_path / f"t.{suffix}"
    path.write_text(as_syntax(SKOS, syntax), encoding="utf-8")
    h = read_hierarchy(path)
    names = {"c1": "animal", "c2": "dog", "c3": "chat", "c4": "puppy"}
    assert_same(
        h,
        {EX + key: name for key, name in names.items()},
        PARENTS,
        {"hound": EX + "c2", "2.1": EX + "c2"},
    )
    assert codes(h) == {"closure-statements": 2, "names-left-out": 2}
    german = read_hierarchy(path, language="de")
    assert german.names == ("Tier", "Hund", "chat", "puppy")
    assert german.find("Köter") == EX + "c2"
    assert codes(german)["other-language"] == 2
    assert "names-left-out" not in codes(german)
    assert "2 names in other languages left out, such as 'Tier' (de)" in map(str, h.remarks)


def test_a_concept_with_transitive_statements_alone_has_its_nearest_parents():
    """Beside direct statements of others they are all that is known of it."""
    h = read(SKOS + "ex:c5 a skos:Concept ; skos:broaderTransitive ex:c4, ex:c2, ex:c1 .")
    assert h.parents(EX + "c5") == [EX + "c4"]
    assert codes(h) == {"closure-statements": 4, "transitive-parents": 1, "names-left-out": 2}
    down = read(SKOS + "ex:c5 a skos:Concept . ex:c2 skos:narrowerTransitive ex:c5 .")
    assert down.parents(EX + "c5") == [EX + "c2"]


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(
        FormatError, match=r"names are in: got 'pl'; there are en \(3\), de \(2\), fr \(1\)"
    ):
        read(SKOS, language="pl")


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("owl:versionIRI <http://example.org/2026-10>", "http://example.org/2026-10"),
        ('owl:versionInfo "3.1"', "3.1"),
        ("a ex:x", None),
    ],
)
def test_the_version_of_a_thesaurus_is_kept(said, version):
    owl = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    h = read(f"{owl}{SKOS}ex:scheme {said} .")
    assert h.metadata.get("data-version") == version
    assert h.metadata["ontology"] == EX + "scheme"
    assert read(f"{SKOS}ex:scheme2 a skos:ConceptScheme .").metadata == {}


def test_transitive_statements_alone_are_used():
    text = SKOS.replace("skos:broader ex", "ex:no ex").replace("skos:narrower ex:c2", "a ex:x")
    assert edges(read(text)) == {(EX + "c4", EX + "c1"), (EX + "c4", EX + "c2")}


OWL = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
<http://purl.obolibrary.org/obo/x.owl> a owl:Ontology .
obo:X_1 a owl:Class ; rdfs:label "disease" ; rdfs:subClassOf owl:Thing ; oio:hasAlternativeId "X:10" .
obo:X_2 a owl:Class ; rdfs:label "lung cancer" ; oio:hasExactSynonym "cancer of lung" ;
    rdfs:subClassOf obo:X_1, [ a owl:Restriction ; owl:onProperty obo:BFO_0000050 ; owl:someValuesFrom obo:Y_9 ] ;
    owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( obo:X_1 obo:Y_9 ) ] .
obo:X_3 a owl:Class ; rdfs:label "obsolete tumour" ; owl:deprecated true ; obo:IAO_0100001 "X:2" .
obo:X_4 a owl:Class ; rdfs:label "small" ; rdfs:subClassOf obo:X_3, [ a owl:Class ; owl:unionOf (obo:X_1) ] .
obo:BFO_0000050 a owl:ObjectProperty ; rdfs:label "part of" .
obo:X_5 a owl:Class .
obo:X_5 rdfs:subClassOf obo:Z_1 .
"""


@pytest.mark.parametrize("syntax", ["turtle", "xml", "json-ld"])
def test_an_ontology_with_restrictions_and_deprecated_classes(syntax):
    obo = "http://purl.obolibrary.org/obo/"
    h = read(as_syntax(OWL, syntax))
    names = {"X_1": "disease", "X_2": "lung cancer", "X_4": "small", "X_5": "X_5", "Z_1": "Z_1"}
    assert_same(
        h,
        {obo + key: name for key, name in names.items()},
        {obo + "X_2": [obo + "X_1"], obo + "X_4": [obo + "X_2"], obo + "X_5": [obo + "Z_1"]},
    )
    assert h.find("X:2") == h.find("cancer of lung") == h.find(obo + "X_3") == obo + "X_2"
    assert h.find("X:10") == obo + "X_1"
    assert codes(h) == {
        "blank-nodes": 2,
        "intersections": 1,
        "obsolete": 1,
        "top-class": 1,
        "dangling-parents": 1,
    }
    for relation in ("part_of", "BFO_0000050"):
        part = read(as_syntax(OWL, syntax), relation=relation)
        assert edges(part) == {(obo + "X_2", obo + "Y_9")}
    with pytest.raises(FormatError, match=r"got none by has_part; there are .*subClassOf \("):
        read(as_syntax(OWL, syntax), relation="has_part")


def test_a_vocabulary_like_schema_org():
    text = """@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
schema:Thing a rdfs:Class ; rdfs:label "Thing" ; rdfs:comment "The most generic type, of items." .
schema:Person a rdfs:Class ; rdfs:label "Person" ; rdfs:subClassOf schema:Thing ;
    schema:source <http://www.w3.org/wiki/WebSchemas/SchemaDotOrgSources#source_rNews> .
schema:Patient a rdfs:Class ; rdfs:label "Patient" ; rdfs:subClassOf schema:Person, schema:MedicalAudience .
schema:MedicalAudience a rdfs:Class ; rdfs:label "MedicalAudience" ; rdfs:subClassOf schema:Thing .
schema:name a rdf:Property ; rdfs:label "name" ; schema:domainIncludes schema:Thing .
schema:Male a schema:GenderType ; rdfs:label "Male" .
"""
    s = "https://schema.org/"
    h = read(text)
    assert_same(
        h,
        {s + name: name for name in ("Thing", "Person", "Patient", "MedicalAudience")},
        {
            s + "Person": [s + "Thing"],
            s + "MedicalAudience": [s + "Thing"],
            s + "Patient": [s + "Person", s + "MedicalAudience"],
        },
    )
    assert h.find("Patient") == s + "Patient"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@prefix ex: <http://x/> .\nex:a ex:b .\n", "must be RDF as turtle"),
        ("@prefix ex: <http://x/> .\nex:a ex:b ex:c .\n", "must describe classes or concepts"),
        (
            '{"@context": "https://schema.org/", "@id": "x"}',
            "context of JSON-LD must be in the file",
        ),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a></rdf:RDF>',
            "RDF as xml",
        ),
    ],
)
def test_wrong_files_are_refused(text, message):
    with pytest.raises(FormatError, match=message):
        read(text)


def test_writing_skos():
    h = Hierarchy(
        ["http://x/1", "two words"], [(1, 0)], names=['a "b"', "é\n"], other_labels={"o": 1}
    )
    again = read(turtle_of_hierarchy(h))
    assert (again.labels, again.names, again.other_labels) == (h.labels, h.names, h.other_labels)
    assert edges(again) == edges(h)


def test_without_rdflib_the_message_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(
        FormatError,
        match=r"requires the package rdflib; install it with pip install 'hrgeom\[rdf\] @ git",
    ):
        read(SKOS)


def test_the_three_syntaxes_are_registered():
    assert {"turtle", "rdf-xml", "json-ld"} <= {entry.name for entry in hierarchy_formats()}
