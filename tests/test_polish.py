"""Polish: more margin, never a violation, never above the optimum."""

import pytest
from hypothesis import given, settings

from hrgeom import certify, construct
from hrgeom.cli import main
from hrgeom.constructions.sdp import sdp_optimum
from hrgeom.polish import polish
from hrgeom.synthetic import perfect_tree, random_dag
from hrgeom.testing import dags

STARTS = {
    "arcs": (random_dag(300, seed=3), {"method": "interval", "dtype": "float64", "code": "arc"}),
    "trie": (perfect_tree(3, 5), {"method": "trie", "dtype": "float32"}),
    "hybrid": (random_dag(200, seed=5), {"method": "hybrid", "dim": 30, "dtype": "float32"}),
}


@pytest.mark.parametrize("start", STARTS)
def test_three_starts_gain_half_as_much_again(start):
    hierarchy, options = STARTS[start]
    embedding = construct(hierarchy, **options)
    before = certify(embedding, hierarchy)
    polished = polish(embedding, hierarchy)
    after = certify(polished, hierarchy)
    assert before.holds
    assert after.holds
    assert after.n_violations == 0
    assert polished.dtype == embedding.dtype
    assert after.normalised_margin_lower_bound >= 1.5 * before.normalised_margin_lower_bound


@settings(max_examples=10)
@given(hierarchy=dags(max_nodes=8))
def test_between_the_start_and_the_optimum(hierarchy):
    embedding = construct(hierarchy, method="trie", dtype="float64")
    before = certify(embedding, hierarchy).normalised_margin_lower_bound
    after = certify(polish(embedding, hierarchy, effort=0.1), hierarchy)
    assert after.holds
    if before is None or hierarchy.relevance.n_matches.min() == hierarchy.n_nodes:
        return
    assert after.normalised_margin_lower_bound >= before * (1 - 2e-3)
    if hierarchy.n_edges and hierarchy.n_nodes > 2:
        assert after.normalised_margin_lower_bound <= sdp_optimum(hierarchy.relevance).dual_bound


def test_the_command(tmp_path, capsys):
    start, better = str(tmp_path / "start.emb"), str(tmp_path / "better.emb")
    tree = tmp_path / "tree.tsv"
    tree.write_text("child\tparent\nb\ta\nc\ta\nd\tb\ne\tb\n")
    assert main(["construct", "--tree", str(tree), "--out", start]) == 0
    assert main(["polish", start, "--tree", str(tree), "--out", better]) == 0
    assert "HOLDS" in capsys.readouterr().out
    assert main(["certify", better, "--tree", str(tree)]) == 0
