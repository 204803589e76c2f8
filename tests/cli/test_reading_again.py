"""An embedding keeps how its hierarchy was read, and its commands read it the same way again."""

import json
from pathlib import Path

import jsonschema
import pytest

import hrgeom
from hrgeom.cli import main

SCHEMA = Path(hrgeom.__file__).parent / "schemas" / "embedding.schema.json"
EDGES = "dog,animal\ncat,animal\npuppy,dog\n"
OBO = """format-version: 1.2

[Term]
id: A
name: animal

[Term]
id: L
name: leg
relationship: part_of A
"""
TURTLE = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:A> skos:prefLabel "animal"@en, "Tier"@de .
<urn:D> skos:broader <urn:A> ; skos:prefLabel "dog"@en, "Hund"@de .
"""


@pytest.mark.parametrize(
    ("name", "text", "options", "reading", "query"),
    [
        ("tree.csv", EDGES, [], None, "puppy"),
        ("a.csv", "Art,Gattung\n" + EDGES, ["--header"], {"header": True}, "puppy"),
        ("b.csv", "child,parent\n" + EDGES, ["--no-header"], {"header": False}, "puppy"),
        (
            "c.csv",
            "Gattung;Art;n\nanimal;dog;1\nanimal;cat;2\ndog;puppy;3\n",
            ["--columns", "child=Art,parent=1", "--header"],
            {"columns": {"child": "Art", "parent": 1}, "header": True},
            "puppy",
        ),
        (
            "d.txt",
            EDGES.replace(",", " "),
            ["--format", "spaces"],
            {"format": "spaces"},
            "puppy",
        ),
        (
            "e.csv",
            "animal,dog\nanimal,cat\ndog,puppy\n",
            ["--edge-direction", "parent-child"],
            {"edge_direction": "parent-child"},
            "puppy",
        ),
        (
            "f.csv",
            "child,parent\ncafé,thé\n",
            ["--encoding", "latin-1"],
            {"encoding": "latin-1"},
            "café",
        ),
        ("g.txt", "dog\ncat\n", ["--allow-no-edges"], {"allow_no_edges": True}, "cat"),
        (
            "h.obo",
            OBO,
            ["--relation", "is_a,part_of"],
            {"relation": "is_a,part_of"},
            "leg",
        ),
        (
            "i.csv",
            "a,b\nb,a\nc,a\n",
            ["--on-cycle", "condense", "--no-header"],
            {"header": False, "on_cycle": "condense"},
            "b",
        ),
    ],
)
def test_the_source_is_read_the_same_way_again(
    tmp_path, monkeypatch, capsys, name, text, options, reading, query
):
    monkeypatch.chdir(tmp_path)
    encoding = "latin-1" if "latin-1" in options else "utf-8"
    Path(name).write_text(text, encoding=encoding)
    assert main(["construct", "--tree", name, "--out", "x.emb", *options]) == 0
    info = json.loads(Path("x.emb/embedding.json").read_text())
    assert info.get("reading") == reading
    jsonschema.validate(info, json.loads(SCHEMA.read_text()))
    assert main(["certify", "x.emb"]) == 0
    assert main(["recheck", "x.emb"]) == 0
    assert main(["query", "x.emb", query]) == 0
    assert "error" not in capsys.readouterr().err


def test_names_of_the_language_that_was_asked_for_can_be_queried_again(
    tmp_path, monkeypatch, capsys
):
    pytest.importorskip("rdflib")
    monkeypatch.chdir(tmp_path)
    Path("x.ttl").write_text(TURTLE)
    assert main(["construct", "--tree", "x.ttl", "--out", "x.emb", "--language", "de"]) == 0
    assert main(["query", "x.emb", "Hund", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.partition("x.emb\n")[2])
    assert (found["query"], found["name"], found["asked"]) == ("urn:D", "Hund", "Hund")
    assert {d["document"]: d["name"] for d in found["documents"]} == {
        "urn:D": "Hund",
        "urn:A": "Tier",
    }


def test_options_that_are_given_come_before_those_that_were_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("child,parent\n" + EDGES)
    assert main(["construct", "--tree", "t.csv", "--out", "x.emb", "--no-header"]) == 0
    assert main(["certify", "x.emb", "--header"]) == 2
    assert "--header must come with --tree or --qrels" in capsys.readouterr().err
    change(tree="t.csv")
    Path("t.csv").rename("x.emb/t.csv")
    assert main(["certify", "x.emb"]) == 0
    assert main(["certify", "x.emb", "--header"]) == 2
    assert "must still be the one the embedding was made from" in capsys.readouterr().err


def change(**fields):
    """Have the embedding state something else."""
    info = json.loads(Path("x.emb/embedding.json").read_text())
    Path("x.emb/embedding.json").write_text(json.dumps(info | fields))


def test_judgments_keep_their_columns(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("j.csv").write_text("d1,q1\nd2,q1\nd1,q2\n")
    how = ["--qrels", "j.csv", "--columns", "query=2,document=1", "--no-header"]
    assert main(["construct", *how, "--out", "x.emb"]) == 0
    kept = json.loads(Path("x.emb/embedding.json").read_text())["reading"]
    assert kept == {"columns": {"query": 2, "document": 1}, "header": False}
    assert main(["query", "x.emb", "q1"]) == 0


def test_an_embedding_without_the_record_is_read_as_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(EDGES)
    assert main(["construct", "--tree", "t.csv", "--out", "x.emb", "--no-header"]) == 0
    info = json.loads(Path("x.emb/embedding.json").read_text())
    del info["reading"]
    Path("x.emb/embedding.json").write_text(json.dumps(info))
    assert main(["certify", "x.emb"]) == 0


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (["header"], "must state an object as reading"),
        ({"columns": 3}, "'columns', 3; say --tree or --qrels"),
        ({"dialect": "excel"}, "'dialect', 'excel'; say --tree or --qrels"),
    ],
)
def test_a_damaged_record_is_refused(tmp_path, monkeypatch, capsys, reading, said):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(EDGES)
    assert main(["construct", "--tree", "t.csv", "--out", "x.emb"]) == 0
    change(reading=reading)
    capsys.readouterr()
    assert main(["certify", "x.emb"]) == 2
    assert said in capsys.readouterr().err
