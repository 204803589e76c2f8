"""`hrgeom query` takes labels, names and other labels, and shows names beside labels."""

import json
import re
from pathlib import Path

import pytest

from hrgeom.cli import main

OBO = """format-version: 1.2

[Term]
id: PET:1
name: animal

[Term]
id: PET:2
name: dog
alt_id: PET:9
synonym: "hound" EXACT []
is_a: PET:1
"""


@pytest.fixture
def pets(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("pets.obo").write_text(OBO)
    assert main(["construct", "--tree", "pets.obo", "--out", "pets.emb"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("text", ["PET:2", "dog", "hound", "PET:9"])
@pytest.mark.usefixtures("pets")
def test_a_node_is_found_by_whatever_stands_for_it(capsys, text):
    assert main(["query", "pets.emb", text]) == 0
    out = capsys.readouterr().out
    by = f", by its other label {text!r}" if text in ("hound", "PET:9") else ""
    assert out.startswith(f"PET:2 (dog){by}: 2 of 2 documents")
    assert "right  PET:1 (animal)" in out
    assert main(["query", "pets.emb", text, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["query"], found["name"]) == ("PET:2", "dog")
    assert found.get("asked") == (None if text == "PET:2" else text)
    assert {(d["document"], d["name"]) for d in found["documents"]} == {
        ("PET:1", "animal"),
        ("PET:2", "dog"),
    }


@pytest.mark.usefixtures("pets")
def test_verdicts_name_the_nodes_of_the_tightest_call(capsys):
    for line in ("certify pets.emb", "construct --tree pets.obo --out again.emb"):
        assert main(line.split()) == 0
        tightest = capsys.readouterr().out.splitlines()[1]
        assert re.match(r"Tightest call: query 'PET:\d' \(\w+\) \w.* 'PET:2' \(dog\) at", tightest)


GONE = (
    OBO
    + """
[Term]
id: PET:7
name: obsolete dog
is_obsolete: true
replaced_by: PET:2
"""
)


def test_a_question_does_not_repeat_the_remarks_of_the_reader(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("gone.obo").write_text(GONE)
    assert main(["construct", "--tree", "gone.obo", "--out", "gone.emb"]) == 0
    assert "obsolete term left out" in capsys.readouterr().err
    assert main(["query", "gone.emb", "PET:7"]) == 0
    asked = capsys.readouterr()
    assert asked.err == ""
    assert asked.out.startswith("PET:2 (dog), by its other label 'PET:7': ")
    for line in (
        "query gone.emb dog --verbose",
        "certify gone.emb",
        "query gone.emb dog --tree gone.obo",
    ):
        assert main(line.split()) == 0
        assert "obsolete term left out" in capsys.readouterr().err
    assert main(["query", "gone.emb", "dog", "--json"]) == 0
    assert [r["code"] for r in json.loads(capsys.readouterr().out)["remarks"]] == ["obsolete"]


@pytest.mark.parametrize(("text", "near"), [("Dog", "'dog'"), ("houn", "'hound'")])
@pytest.mark.usefixtures("pets")
def test_the_nearest_names_are_offered_on_a_miss(capsys, text, near):
    assert main(["query", "pets.emb", text]) == 2
    err = capsys.readouterr().err
    assert f"got {text!r}; nearest: {near}" in err
    assert err.count("\n") == 1


def test_without_names_there_are_none(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("child,parent\ndog,animal\n")
    assert main(["construct", "--tree", "t.csv", "--out", "t.emb"]) == 0
    capsys.readouterr()
    assert main(["query", "t.emb", "dog", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "name" not in found
    assert not any("name" in document for document in found["documents"])


def test_the_release_of_an_ontology_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stated = "format-version: 1.2\ndata-version: releases/2026-10-01\nontology: pets\n"
    Path("pets.obo").write_text(OBO.replace("format-version: 1.2\n", stated))
    assert main(["construct", "--tree", "pets.obo", "--out", "pets.emb", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["info", "--tree", "pets.obo"]) == 0
    assert "\n  release: pets releases/2026-10-01\n" in capsys.readouterr().out
    for command in ("certify pets.emb", "query pets.emb dog"):
        assert main(command.split()) == 0
        assert capsys.readouterr().out.endswith(", release pets releases/2026-10-01\n")
    assert main(["certify", "pets.emb", "--json"]) == 0
    against = json.loads(capsys.readouterr().out)["against"]
    assert against["release"] == "pets releases/2026-10-01"
    Path("plain.obo").write_text(OBO)
    assert main(["info", "--tree", "plain.obo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["release"] is None
