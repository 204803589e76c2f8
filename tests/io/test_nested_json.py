"""Nested JSON under the names it is found under."""

import json

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._nested_json import NESTED_JSON

NAMES = {name: name for name in ("animal", "dog", "puppy", "cat")}
PARENTS = {"dog": ["animal"], "puppy": ["dog"], "cat": ["animal"]}


def tree(name, children, **fields):
    def node(label, below=()):
        return {"size": 3, name: label, **fields} | (
            {children: list(below)} if below else {children: None}
        )

    return node("animal", [node("dog", [node("puppy")]), node("cat")])


def read(value):
    return hierarchy_from_bytes(json.dumps(value).encode(), name="t")


@pytest.mark.parametrize("name", ["name", "label", "title", "text"])
@pytest.mark.parametrize("children", ["children", "_children", "subcategories", "items"])
def test_names_of_the_fields(name, children):
    assert_same(read(tree(name, children)), NAMES, PARENTS)
    assert_same(read([tree(name, children)]), NAMES, PARENTS)


def test_keys_and_what_is_below_them():
    for value in (
        {"animal": {"dog": {"puppy": {}}, "cat": {}}},
        {"animal": {"dog": ["puppy"], "cat": None}},
        {"animal": {"dog": {"puppy": ""}, "cat": []}},
    ):
        assert_same(read(value), NAMES, PARENTS)


def test_identifiers_are_labels():
    value = {"id": 1, "text": "a", "children": [{"id": 2, "text": "x"}, {"id": 3, "text": "x"}]}
    assert_same(read(value), {"1": "a", "2": "x", "3": "x"}, {"2": ["1"], "3": ["1"]})


def test_repeated_names_make_paths():
    value = {"name": "a", "children": [{"name": "b", "children": [{"name": "x"}]}, {"name": "x"}]}
    h = read(value)
    assert_same(
        h,
        {"a": "a", "a > b": "b", "a > b > x": "x", "a > x": "x"},
        {"a > b": ["a"], "a > b > x": ["a > b"], "a > x": ["a"]},
    )
    assert codes(h) == {"repeated-names": 1}


def test_wrong_trees_are_refused():
    for value in (
        {"name": "a", "children": [{"name": "x"}, {"name": "x"}]},
        {"name": "a", "children": [{"size": 3}]},
        {"name": "a", "children": [{"name": "x", "children": 3}]},
    ):
        with pytest.raises(FormatError):
            hierarchy_from_bytes(json.dumps(value).encode(), name="t", format=NESTED_JSON)


@pytest.mark.parametrize(
    "value",
    [
        {"nodes": [{"id": "a"}], "links": []},
        {"graph": {}, "nodes": ["a"], "edges": []},
        {"dog": ["animal"]},
        {"@context": {"a": "b"}, "@graph": []},
        [["dog", "animal"]],
    ],
)
def test_other_json_is_not_claimed(value):
    assert NESTED_JSON.sniff(json.dumps(value)) == 0
