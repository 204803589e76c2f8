"""The examples of all formats: each is recognized whatever its suffix, and none is claimed."""

import io
import sys

import pytest

from hrgeom.io import hierarchy_formats, read_hierarchy, write_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._parsing import _sniffed

TEXT = [entry for entry in hierarchy_formats() if not entry.binary]
SHOWN = [entry for entry in TEXT if entry.example]
NEEDS = {"turtle": "rdflib", "rdf-xml": "rdflib", "json-ld": "rdflib"}


def needed(entry):
    if entry.name in NEEDS:
        pytest.importorskip(NEEDS[entry.name])


def test_every_format_of_text_that_is_guessed_has_an_example():
    assert {entry.name for entry in TEXT} - {entry.name for entry in SHOWN} == {"spaces"}
    assert all(entry.keeps for entry in hierarchy_formats() if entry.name != "spaces")


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.name)
def test_each_example_is_recognized_and_no_other_format_claims_it(entry):
    certainties = {each.name: each.sniff(entry.example) for each in TEXT}
    best = max(certainties.values())
    assert [name for name, certainty in certainties.items() if certainty == best] == [entry.name]
    assert _sniffed(entry.example, None, {}) is entry
    for hint in TEXT:  # a wrong suffix does not change what the content says
        assert _sniffed(entry.example, hint, {}) is entry, hint.name


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.name)
@pytest.mark.parametrize("change", [lambda t: t, lambda t: "\ufeff" + t.replace("\n", "\r\n")])
def test_each_example_is_read_under_any_name_and_from_standard_input(
    entry, change, tmp_path, monkeypatch
):
    needed(entry)
    data = change(entry.example).encode()
    expected = hierarchy_from_bytes(entry.example.encode(), name="t", format=entry)
    assert expected.n_edges >= 1
    (tmp_path / "x.txt").write_bytes(data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    for source in (tmp_path / "x.txt", "-"):
        h = read_hierarchy(source)
        assert (h.sha256, h.names, h.other_labels) == (
            expected.sha256,
            expected.names,
            expected.other_labels,
        )
    write_hierarchy(expected, tmp_path / "x.json")
    again = read_hierarchy(tmp_path / "x.json")
    assert (again.sha256, again.names, again.other_labels) == (h.sha256, h.names, h.other_labels)
