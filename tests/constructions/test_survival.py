"""Remarks on copies in which vectors would not hold: proved, or converted and certified."""

import json

import numpy as np
import pytest

import hrgeom
from hrgeom import DualEmbedding, Relevance, certify, construct
from hrgeom.cli import main
from hrgeom.constructions import _survival
from hrgeom.core import rounded_embedding
from hrgeom.datasets import random_tree


def codes(remarks):
    return [remark.code for remark in remarks]


def of(embedding, target):
    return _survival.survival_remarks(embedding, certify(embedding, target), target)


def near_ties(gap):
    """A match and another document apart by twice a gap, next to 1."""
    relevance = Relevance.from_sets([{0}], n_documents=2)
    rows = np.array([[1.0 + gap, 1.0], [1.0 - gap, 1.0]])
    return DualEmbedding(np.array([[1.0, -1.0]]), rows, threshold=0.0), relevance


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (0.3, []),
        (1e-3, ["fails-int8"]),
        (1e-5, ["fails-float16", "fails-int8"]),
        (1e-7, ["fails-float16", "fails-text", "fails-int8"]),
    ],
)
def test_the_smaller_the_gap_the_more_copies_fail(gap, expected):
    assert codes(of(*near_ties(gap))) == expected


def test_what_is_said_is_what_certificates_of_the_copies_say():
    tree = random_tree(60, seed=1)
    for options in ({"fewest": True}, {"dim": 6}, {"dim": 30}):
        result = construct(tree, **options)
        e = result.embedding
        half = DualEmbedding(
            e.queries.astype("f2"), e.documents.astype("f2"), threshold=e.threshold
        )
        small = rounded_embedding(
            tree.relevance, *e.values(), np.dtype("int8"), threshold=e.threshold
        )
        found = codes(result.remarks)
        assert ("fails-float16" in found) == (not certify(half, tree).holds)
        assert ("fails-int8" in found) == (not certify(small, tree).holds)


def test_of_many_pairs_only_the_bound_speaks(monkeypatch):
    monkeypatch.setattr(_survival, "_FEW_PAIRS", 0)
    assert codes(of(*near_ties(1e-5))) == ["may-fail-float16", "may-fail-text", "may-fail-int8"]
    assert of(*near_ties(0.3)) == ()


def test_the_bound_is_one(monkeypatch):
    rng = np.random.default_rng(0)
    relevance = Relevance.from_sets([{0}], n_documents=2)
    for _ in range(20):
        rows = rng.standard_normal((3, 12))
        e = DualEmbedding(rows[:1], rows[1:], threshold=0.0)
        for copy in _survival._COPIES:
            there = copy.converted(e, relevance)
            moved = [
                np.abs(a.astype(float) @ b.astype(float).T - rows[:1] @ rows[1:].T).max()
                for a, b in [there.values()]
            ]
            assert max(moved) <= _survival._moved(copy, e)


def test_numbers_beyond_the_range_of_float16_are_named():
    relevance = Relevance.from_sets([{0}], n_documents=2)
    e = DualEmbedding(np.array([[1e6]]), np.array([[1.0], [-1.0]]), threshold=0.0)
    assert "beyond its range" in str(of(e, relevance)[0])


def test_stored_types_say_nothing_of_wider_ones():
    embedding, relevance = near_ties(1e-3)
    small = rounded_embedding(relevance, *embedding.values(), np.dtype("int8"), notion="row")
    assert of(small, relevance) == ()


def test_nothing_is_said_without_a_certificate_or_of_what_fails():
    tree = random_tree(20, seed=0)
    assert construct(tree, method="trie", certify=False).remarks == ()
    assert construct(tree, method="gaussian", dim=2).remarks == ()


def test_the_command_says_it_in_a_line_each_and_in_json(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    hrgeom.write_hierarchy(random_tree(300, seed=0), "t.json")
    argv = ["construct", "--tree", "t.json", "--fewest", "--json", "--out", "a.emb"]
    assert main(argv) == 0
    printed, told = capsys.readouterr()
    lines = [line for line in told.splitlines() if "remark: copied" in line]
    found = [remark for remark in json.loads(printed)["remarks"] if "fail" in remark["code"]]
    assert len(lines) == len(found) >= 1
    assert "copied in int8 with a scale per row they fail" in told
