"""`hrgeom combine`: what it writes, prints and returns."""

import json

import numpy as np
import pytest

import hrgeom
from hrgeom.cli import main

TREE = "child,parent\nboots,shoes\nsandals,shoes\nshoes,all\nhats,all\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TREE)
    assert main(["construct", "--tree", "t.csv", "--method", "trie", "--quiet"]) == 0
    rows = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
    labels = np.array(hrgeom.read_hierarchy("t.csv").labels)
    np.savez("text.npz", queries=rows, documents=rows[::-1], labels=labels)
    np.savez("one.npz", vectors=rows, labels=labels)


def combined(capsys, *argv):
    capsys.readouterr()
    status = main(["combine", *argv, "--json", "--quiet"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("text", ["text.npz,score=cosine", "one.npz,score=cosine"])
def test_what_is_written_is_an_embedding_that_holds(text, capsys):
    status, data = combined(capsys, text, "t.emb", "--out", "both.emb")
    assert (status, data["certificate"]["verdict"]) == (0, "holds")
    assert data["dim"] == 4 + hrgeom.load("t.emb").dim
    limits = data["limits"]
    assert data["weight"] == limits["any_text"] / 2
    assert limits["any_text"] < limits["these_texts"] < limits["ties_at"]
    assert set(limits["tie"]) == {"query", "match", "other_query", "other"}
    assert main(["certify", "both.emb", "--quiet"]) == 0
    assert main(["recheck", "both.emb", "--all", "--quiet"]) == 0


def test_too_large_a_weight_is_written_with_a_certificate_that_fails(capsys):
    argv = ("text.npz,score=cosine", "t.emb", "--no-look")
    status, data = combined(capsys, *argv, "--weight", "1e6", "--out", "both.emb")
    assert (status, data["certificate"]["verdict"]) == (1, "fails")
    assert data["limits"]["ties_at"] is None
    assert hrgeom.load_certificate("both.emb").verdict == "fails"


def test_the_text_form_says_every_weight(capsys):
    assert main(["combine", "text.npz,score=cosine", "t.emb", "--out", "both.emb"]) == 0
    printed, told = capsys.readouterr()
    shown = (
        "whatever the text says: below",
        "these texts: certified at",
        "Every one of ",
        "tie at",
    )
    for words in shown:
        assert words in printed
    assert "looking at all pairs for those that tie first" in told


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("text.npz", "t.emb", "--weight", "-1", "--out", "x.emb"), "weight must be positive"),
        (("text.npz,score=poincare", "t.emb", "--out", "x.emb"), "must be dot or cosine"),
        (("text.npz", "t.emb", "--out", "t.emb"), "the output folder must not exist yet"),
        (("gone.npz", "t.emb", "--out", "x.emb"), "gone.npz"),
    ],
)
def test_misuse_is_an_error_that_says_what_to_do(argv, message, capsys):
    assert main(["combine", *argv]) == 2
    assert message in capsys.readouterr().err
