"""`hrgeom convert`: names and edges go from one format into another."""

import json

import pytest
from same_hierarchy import edges

from hrgeom.cli import main
from hrgeom.io import read_hierarchy

OBO = """format-version: 1.2

[Term]
id: P:1
name: pet
alt_id: P:9

[Term]
id: P:2
name: dog
is_a: P:1
relationship: part_of P:1
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "pets.obo").write_text(OBO)
    return tmp_path / "pets.obo"


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("x.json", []),
        ("x.json.gz", []),
        ("x.obo", []),
        ("x.tsv", ["names", "other labels"]),
        ("x.csv", ["names", "other labels"]),
        ("x.nodes.csv", ["other labels"]),
        ("x.paths", ["other labels"]),
        ("x.graphml", ["other labels"]),
        ("x.nwk", ["names", "other labels"]),
    ],
)
def test_edges_are_kept_and_what_is_not_is_said(source, name, lost, capsys):
    out = source.parent / name
    assert main(["convert", str(source), str(out), "--json"]) == 0
    printed = capsys.readouterr()
    data = json.loads(printed.out)
    assert data["not_kept"] == lost
    assert (data["n_nodes"], data["n_edges"]) == (2, 1)
    assert data["remarks"][0]["code"] == "other-relations"
    assert ("does not keep" in printed.err) == bool(lost)
    assert edges(read_hierarchy(out)) == {("P:2", "P:1")}


def test_the_format_may_be_named_and_options_of_reading_given(source, capsys):
    out = source.parent / "x.data"
    arguments = ["convert", str(source), str(out), "--to", "outline", "--relation", "part_of"]
    assert main(arguments) == 2  # an outline holds names alone
    assert "write JSON instead" in capsys.readouterr().err
    assert not out.exists()
    assert main(["convert", str(source), str(out), "--to", "obo", "--relation", "part_of"]) == 0
    assert "is_a: P:1" in out.read_text()


def test_skos_is_written(source):
    pytest.importorskip("rdflib")
    out = source.parent / "x.ttl"
    assert main(["convert", str(source), str(out), "--quiet"]) == 0
    assert read_hierarchy(out).find("P:9") == "P:1"


def test_a_suffix_of_no_format_is_refused(source, capsys):
    assert main(["convert", str(source), str(source.parent / "x.xlsx")]) == 2
    assert "path must end in .json" in capsys.readouterr().err
