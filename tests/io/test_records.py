# ruff: noqa: E501
"""JSON lists of objects and JSON Lines."""

import json

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_from_bytes

NAMES = {"1": "Pets", "2": "Dog", "3": "Beds"}
PARENTS = {"2": ["1"], "3": ["2"]}


def read(text, **options):
    return hierarchy_from_bytes(text.encode(), name="t", **options)


RECORDS = [
    [{"id": 1, "name": "Pets"}, {"id": 2, "name": "Dog", "parent_id": 1}, {"id": 3, "name": "Beds", "parent_id": 2}],
    [{"ID": "1", "Label": "Pets", "parents": []}, {"ID": "2", "Label": "Dog", "parents": ["1"]},
     {"ID": "3", "Label": "Beds", "parents": ["2"]}],
    [{"id": 1.0, "title": "Pets", "parent": None}, {"id": 2.0, "title": "Dog", "parent": {"id": 1}},
     {"id": 3.0, "title": "Beds", "parent": 2.0}],
]  # fmt: skip


@pytest.mark.parametrize("records", RECORDS)
def test_records_and_lines_are_one_hierarchy(records):
    assert_same(read(json.dumps(records, indent=1)), NAMES, PARENTS)
    assert_same(read("\n".join(map(json.dumps, records)) + "\n"), NAMES, PARENTS)
    assert_same(read("\r\n".join(map(json.dumps, records))), NAMES, PARENTS)


@pytest.mark.parametrize(
    "keys", [("child", "parent"), ("source", "target"), ("hyponym", "hypernym")]
)
def test_records_of_edges_need_no_row_for_a_root(keys):
    rows = [
        dict(zip((*keys, "note"), (*pair, "x"), strict=True))
        for pair in (("dog", "animal"), ("cat", "animal"))
    ]
    for text in (json.dumps(rows), "\n".join(map(json.dumps, rows))):
        h = read(text)
        assert_same(
            h, dict(zip(h.labels, h.labels, strict=True)), {"dog": ["animal"], "cat": ["animal"]}
        )
        assert codes(h) == {"ignored-columns": 1}


def test_a_single_line_is_read_too():
    assert read('{"child": "dog", "parent": "animal"}').parents("dog") == ["animal"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}, {"b": 2}]', "field of identifiers and one of parents.*'a', 'b'"),
        ('[{"id": 1, "parent": null}, 3]', "must be an object: got '3' at record 2"),
        ('[{"id": true, "parent": null}]', "text or a number: got True at record 1"),
        ("[]", "list of objects"),
        ('{"id": 1}', "list of objects, or an object with one"),
    ],
)
def test_wrong_records_are_refused(text, message):
    with pytest.raises(FormatError, match=message):
        read(text, format="records")
    with pytest.raises(FormatError):
        read('{"id": 1, "parent": 2}\n[1]\n', format="json-lines")
