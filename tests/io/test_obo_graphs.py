"""OBO Graphs documents."""

import json

import pytest
from same_hierarchy import assert_same, codes, edges

from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_from_bytes

OBO = "http://purl.obolibrary.org/obo/"


def node(identifier, label=None, kind="CLASS", **meta):
    return {"id": OBO + identifier, "type": kind, "meta": meta} | ({"lbl": label} if label else {})


def edge(child, parent, predicate="is_a"):
    return {"sub": OBO + child, "pred": predicate, "obj": OBO + parent}


DOCUMENT = {
    "graphs": [
        {
            "id": OBO + "x.owl",
            "meta": {"version": "1"},
            "nodes": [
                node("X_1", "disease"),
                node(
                    "X_2",
                    "lung cancer",
                    synonyms=[{"pred": "hasExactSynonym", "val": "cancer of lung"}],
                    basicPropertyValues=[{"pred": "http://g#hasAlternativeId", "val": "X:20"}],
                ),
                node(
                    "X_3",
                    "old",
                    deprecated=True,
                    basicPropertyValues=[{"pred": OBO + "IAO_0100001", "val": "X:2"}],
                ),
                node("X_4", "small"),
                node("X_6", deprecated=True),
                node("BFO_0000050", "part of", "PROPERTY"),
                {"id": OBO + "Y_1"},
            ],
            "edges": [
                edge("X_2", "X_1"),
                edge("X_4", "X_3"),
                edge("X_4", "X_6"),
                edge("X_2", "Y_1", OBO + "BFO_0000050"),
                edge("X_1", "Z_1"),
            ],
            "logicalDefinitionAxioms": [{"definedClassId": OBO + "X_2"}],
        }
    ]
}


def read(value, **options):
    return hierarchy_from_bytes(json.dumps(value).encode(), name="t", **options)


def test_a_document():
    h = read(DOCUMENT)
    names = {
        "X_1": "disease",
        "X_2": "lung cancer",
        "X_4": "small",
        "Y_1": OBO + "Y_1",
        "Z_1": OBO + "Z_1",
    }
    assert_same(
        h,
        {OBO + key: name for key, name in names.items()},
        {OBO + "X_2": [OBO + "X_1"], OBO + "X_4": [OBO + "X_2"], OBO + "X_1": [OBO + "Z_1"]},
    )
    assert codes(h) == {
        "obsolete": 2,
        "obsolete-parents": 1,
        "other-relations": 1,
        "dangling-parents": 1,
        "intersections": 1,
    }
    for text in ("X:2", "X:20", "cancer of lung"):
        assert h.find(text) == OBO + "X_2"


@pytest.mark.parametrize("relation", ["part_of", "BFO_0000050", OBO + "BFO_0000050"])
def test_relations(relation):
    assert edges(read(DOCUMENT, relation=relation)) == {(OBO + "X_2", OBO + "Y_1")}
    with pytest.raises(FormatError, match="got none by regulates; there are is_a"):
        read(DOCUMENT, relation="regulates")


@pytest.mark.parametrize(
    "value",
    [
        {"graphs": []},
        {"graphs": [{"nodes": 3}]},
        {"graphs": [{"nodes": [{"lbl": "x"}]}]},
        [],
        {"graphs": [{}]},
    ],
)
def test_wrong_documents_are_refused(value):
    with pytest.raises(FormatError):
        read(value, format="obo-graphs")
