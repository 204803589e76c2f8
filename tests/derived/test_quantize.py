"""The fewest bits in which an embedding holds, and what is said of those that were tried."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import hrgeom
from hrgeom import Hierarchy, certify, construct
from hrgeom.cli import main
from hrgeom.datasets import random_tree
from hrgeom.derived import quantize
from hrgeom.errors import ConstructionError

TREE = random_tree(40, seed=0)


def holds_exactly(embedding, target, notion):
    """The verdict by fractions, from the stored numbers and their scales."""
    sides = []
    for rows, scale in (
        (embedding.queries, embedding.query_scale),
        (embedding.documents, embedding.document_scale),
    ):
        scales = np.broadcast_to(np.asarray(scale, dtype=np.float64), len(rows)).tolist()
        sides.append(
            [
                [Fraction(float(x)) * Fraction(s) for x in row]
                for row, s in zip(rows, scales, strict=True)
            ]
        )
    for i, query in enumerate(sides[0]):
        own = set(target.relevance.matches(i).tolist())
        scores = [sum(a * b for a, b in zip(query, x, strict=True)) for x in sides[1]]
        low = min(scores[v] for v in own)
        high = max((s for v, s in enumerate(scores) if v not in own), default=low - 1)
        if low <= high:
            return False
        if notion == "global" and not low > Fraction(embedding.threshold) > high:
            return False
    return True


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("method", ["auto", "trie", "centroid-hubs"])
def test_what_is_taken_holds_and_nothing_smaller_that_was_tried_does(method, notion):
    embedding = construct(TREE, method=method).embedding
    found = quantize(embedding, TREE, notion=notion)
    assert found.certificate.holds
    assert holds_exactly(found.embedding, TREE, notion)
    *others, taken = found.tried
    assert taken.outcome.startswith("holds")
    assert all("wrong" in rung.outcome or rung.outcome == "fails" for rung in others)
    sizes = [rung.bits_per_vector for rung in found.tried]
    assert sizes == sorted(sizes)
    assert sizes[-1] < embedding.bits_per_vector


def test_numbers_are_those_of_so_many_bits():
    found = quantize(construct(TREE, method="trie").embedding, TREE)
    rung = found.tried[-1]
    assert found.embedding.dtype == np.int8
    assert rung.bits < 8
    for side in (found.embedding.queries, found.embedding.documents):
        if rung.bits == 1:
            assert set(np.unique(side)) <= {-1, 1}
        else:
            assert np.abs(side.astype(int)).max() <= 2 ** (rung.bits - 1) - 1
    assert rung.bits_per_vector == rung.bits * found.embedding.dim
    assert found.embedding.parameters["bits"] == rung.bits


def test_a_margin_that_is_lost_in_all_smaller_types_leaves_the_rows_as_they_are():
    h = Hierarchy.from_edges([(f"n{i + 1}", f"n{i}") for i in range(300)])
    embedding = construct(h, fewest=True, dtype="float64").embedding
    found = quantize(embedding, h, rounds=1)
    assert found.embedding.sha256 == embedding.sha256
    assert found.tried[-1].outcome == "holds, as it is"
    assert found.certificate.holds
    assert len(found.tried) == 11


def test_more_margin_takes_fewer_bits_without_repairs():
    small, large = (construct(TREE, dim=dim).embedding for dim in (4, 24))
    bits = [quantize(e, TREE, rounds=1).tried[-1].bits for e in (small, large)]
    assert bits[0] > bits[1]


def test_int8_is_only_made_smaller():
    embedding = construct(TREE, method="trie", dtype="int8").embedding
    found = quantize(embedding, TREE)
    assert {rung.dtype for rung in found.tried} == {"int8"}
    assert found.tried[-1].bits_per_vector <= embedding.bits_per_vector


def test_thresholds_other_than_zero_are_kept_in_proportion():
    embedding = construct(TREE, method="descent", dim=8, effort=0.2).embedding
    assert certify(embedding, TREE).threshold != 0
    found = quantize(embedding, TREE)
    assert holds_exactly(found.embedding, TREE, "global")
    assert found.embedding.dtype == np.int8


def test_what_does_not_hold_is_refused():
    embedding = construct(TREE).embedding
    wrong = replace(embedding, documents=embedding.documents[::-1].copy())
    with pytest.raises(ConstructionError, match="must hold before they are given fewer bits"):
        quantize(wrong, TREE)


def test_the_same_seed_gives_the_same_numbers():
    embedding = construct(TREE).embedding
    first, second = (quantize(embedding, TREE, seed=3) for _ in "ab")
    assert first.embedding.sha256 == second.embedding.sha256
    assert first.tried == second.tried


def test_the_commands_write_what_holds(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    hrgeom.write_hierarchy(TREE, "t.json")
    argv = ["--tree", "t.json", "--method", "trie"]
    assert main(["construct", *argv, "--out", "a.emb"]) == 0
    assert main(["construct", *argv, "--quantize", "auto", "--out", "b.emb"]) == 0
    printed, told = capsys.readouterr()
    assert "bits per vector" in printed
    assert "holds, margin" in told
    assert main(["quantize", "a.emb", "--out", "c.emb"]) == 0
    a, b, c = (hrgeom.load(f"{name}.emb") for name in "abc")
    assert b.sha256 == c.sha256
    assert c.bits_per_vector < a.bits_per_vector
    for name in ("b.emb", "c.emb"):
        assert main(["certify", name, "--quiet"]) == 0
        assert main(["recheck", name, "--all", "--quiet"]) == 0
    assert main(["quantize", "a.emb", "--out", "c.emb"]) == 2
