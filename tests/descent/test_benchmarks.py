"""Scripts of the folder benchmarks around the descent, on inputs small enough to work out."""

import gzip
import json
import sqlite3
import sys
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from places import ROOT

from hrgeom.bounds.ceilings import perfect_tree_ceiling
from hrgeom.checker import band, certify
from hrgeom.constructions import construct
from hrgeom.core import DualEmbedding
from hrgeom.datasets import perfect_tree, random_dag, random_tree
from hrgeom.io import read_hierarchy


@pytest.fixture
def script(monkeypatch, tmp_path):
    """A function that imports a script, whose results go to a temporary folder."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monkeypatch.setattr(import_module("common"), "RESULTS", tmp_path)
    return import_module


def result(folder, name):
    """The rows that a script has written."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["rows"]


def test_a_script_that_is_missing_is_an_error(script):
    with pytest.raises(ModuleNotFoundError):
        script("no_such_benchmark")


# --- the Gene Ontology ---

TERMS = [(1, "all", "universal"), (2, "GO:3", "BP"), (3, "GO:1", "BP"), (5, "GO:2", "MF")]
EDGES = {
    "bp": [(2, 1, "isa"), (3, 2, "isa"), (3, 5, "part of")],
    "mf": [(5, 1, "isa")],
    "cc": [],
}


@pytest.fixture
def database(tmp_path):
    """A file like GO.sqlite, of three terms."""
    path = tmp_path / "GO.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE go_term (_id, go_id, ontology)")
        connection.executemany("INSERT INTO go_term VALUES (?, ?, ?)", TERMS)
        connection.execute("CREATE TABLE metadata (name, value)")
        connection.execute("INSERT INTO metadata VALUES ('GOSOURCEDATE', '2026-01-01')")
        for space, edges in EDGES.items():
            table = f"go_{space}_parents"
            connection.execute(f"CREATE TABLE {table} (_id, _parent_id, relationship_type)")
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", edges)
    connection.close()
    return path


def test_gene_ontology_keeps_is_a_and_its_roots(script, database, tmp_path, monkeypatch, capsys):
    out = tmp_path / "go.json.gz"
    monkeypatch.setattr(sys, "argv", ["gene_ontology.py", str(database), str(out)])
    script("gene_ontology").main()
    found = read_hierarchy(out)
    assert found.labels == ("GO:1", "GO:2", "GO:3")
    assert [found.labels[root] for root in found.roots] == ["GO:2", "GO:3"]
    assert found.relevance.matches(0).tolist() == [0, 2]
    assert "CC BY 4.0" in json.loads(gzip.decompress(out.read_bytes()))["license"]
    assert "warning: release 2026-01-01" in capsys.readouterr().out


def test_gene_ontology_of_the_known_release_must_have_its_counts(
    script, database, tmp_path, monkeypatch
):
    module = script("gene_ontology")
    monkeypatch.setattr(module, "RELEASE", "2026-01-01")
    arguments = ["gene_ontology.py", str(database), str(tmp_path / "go.json")]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit, match="counts must be"):
        module.main()
    for name, count in (("N_NODES", 3), ("N_EDGES", 1), ("N_PAIRS", 4)):
        monkeypatch.setattr(module, name, count)
    module.main()


# --- bits ---


@pytest.mark.parametrize("n", [2, 3, 31, 200])
def test_chains_take_three_bits_more_than_the_bound(script, n):
    x = 2 * n - np.arange(n + 1)
    q = (2 * n) ** 2 // x[1:]
    chain = random_tree(n, shape="chain")
    embedding = DualEmbedding(
        q[:, None].astype(np.float64), x[:n, None].astype(np.float64), threshold=4 * n * n + 0.5
    )
    assert certify(embedding, chain, threads=1).holds
    bound = script("bits").row(chain)["query_bits"]
    assert bound <= int(max(q.max(), x.max())).bit_length() <= bound + 3


def test_bits_of_a_tree(script):
    row = script("bits").row(perfect_tree(2, 4))
    assert (row["n_nodes"], row["query_bits"], row["document_bits"]) == (15, 4, 4)
    assert row["incomparable_queries"] == 8  # the leaves
    assert row["query_bits_row"] == 3
    assert row["is_forest"]


# --- ceilings and margins ---


def test_ceilings_of_weights_are_above_the_exact_one_and_near(script, tmp_path):
    module = script("dual_ceiling")
    module.main(["--only", "perfect (2, 6)", "--steps", "150", "--dim", "64"])
    row = result(tmp_path, "dual_ceiling")["perfect (2, 6)"]
    exact = perfect_tree_ceiling(2, 6)
    assert row["known"] == exact.upper
    for entry in row["by_sharpness"]:
        assert exact.lower <= entry["upper"] < 1.05 * exact.upper
        assert entry["margin"] < exact.upper


def test_poor_rows_give_a_poor_ceiling_that_holds(script):
    module = script("dual_ceiling")
    relevance = perfect_tree(2, 4).relevance
    rows = np.random.default_rng(1).standard_normal((30, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert module.ceiling_of(relevance, rows, 10.0) > perfect_tree_ceiling(2, 4).upper


@pytest.mark.parametrize("engine", ["descent", pytest.param("dense", marks=pytest.mark.torch)])
def test_margins_by_dimension_are_certified_and_kept(engine, script, tmp_path, monkeypatch):
    if engine == "dense":
        pytest.importorskip("torch")
    module = script("margin_by_dimension")
    tree = perfect_tree(2, 4)
    monkeypatch.setitem(module.CASES, "small", lambda: (tree, 0.3796))
    options = ["--only", "small", "--engine", engine, "--effort", "0.1", "--polish", "0.2"]
    module.main([*options, "--dim", "8", "200"])
    rows = result(tmp_path, "margin_by_dimension")
    assert list(rows) == ["small, d = 8, seed 0"]
    [row] = rows.values()
    assert row["n_pairs"] == 15**2
    assert 0 < row["margin"] <= row["polished"] < row["ceiling"]
    monkeypatch.setitem(module.ENGINES, engine, None)  # nothing is computed again
    module.main([*options, "--dim", "8"])
    assert result(tmp_path, "margin_by_dimension") == rows


@pytest.mark.torch
def test_the_dense_form_beside_it(script, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    module = script("descent_against_dense")
    small = module.Case(lambda: perfect_tree(2, 4), 8, (0.02, 0.3))
    monkeypatch.setitem(module.CASES, "small", small)
    monkeypatch.setattr(sys, "argv", ["descent_against_dense.py", "small"])
    module.main()
    row = result(tmp_path, "descent_against_dense")["small"]
    assert [run["verdict"] for run in (row["descent"], row["dense"][-1])] == ["holds", "holds"]
    assert row["descent"]["margin"] > 0.2
    assert len(row["dense"]) == 2
    assert row["ratio"]["per_epoch"] > 0


@pytest.mark.torch
def test_the_time_of_the_dense_form_is_that_of_the_first_run_that_gets_there(script):
    pytest.importorskip("torch")

    def run(margin, seconds):
        return {"margin": margin, "cpu_seconds": seconds, "cpu_seconds_per_epoch": seconds / 10}

    ratio = script("descent_against_dense").ratio
    runs = [run(None, 2.0), run(0.11, 8.0), run(0.12, 20.0)]
    assert ratio(run(0.1, 4.0), runs) == {
        "to_the_same_margin": 2.0,
        "reached": True,
        "per_epoch": 5.0,
    }
    assert ratio(run(0.2, 4.0), runs)["reached"] is False
    assert ratio(run(0.2, 4.0), runs)["to_the_same_margin"] == 5.0


# --- starts and the last stage ---


def test_starts_have_the_rows_of_all_nodes_and_their_time_counts(script, tmp_path, monkeypatch):
    module = script("warm_starts")
    monkeypatch.setitem(module.CASES, "small", lambda: perfect_tree(2, 5))
    module.main(["--only", "small", "--dim", "12"])
    [row] = result(tmp_path, "warm_starts").values()
    assert {"random", "coarse, from 0", "hybrid, from 0.6"} <= set(row["tried"])
    for entry in row["tried"].values():
        assert entry["cpu_seconds"] > 0
        assert (entry["margin"] > 0) == (entry["rows_wrong"] == 0)


def test_rows_below_the_coarse_ones_lie_near_their_parents(script):
    module = script("warm_starts")
    tree = perfect_tree(3, 5)
    part, nodes = module.coarse_part(tree)
    assert part.n_nodes == len(nodes) == 1 + 3 + 9
    coarse = module.run(part.relevance, 8, 0.05, None, 0.0)
    for side, known in zip(
        module.handed_down(tree, coarse, nodes), (coarse.queries, coarse.documents), strict=True
    ):
        np.testing.assert_array_equal(side[nodes], known)
        for child, parent in tree.edges.tolist():
            if child not in nodes:
                cosine = (
                    side[child]
                    @ side[parent]
                    / np.linalg.norm(side[[child, parent]], axis=1).prod()
                )
                assert cosine > 0.8


def test_the_last_stage_adds(script):
    row = script("polish").row(perfect_tree(2, 4), 6)
    assert 0 < row["before"] < row["after"]
    assert row["n_violations"] == 0


# --- treewidth ---


def test_separators_embed_every_small_hierarchy_in_integers(script):
    treewidth = script("treewidth")
    for hierarchy in (
        perfect_tree(3, 4),
        random_tree(60, seed=2),
        random_dag(80, extra_parents=0.4),
    ):
        row = treewidth.measured(hierarchy)
        assert row["wrong_pairs"] == 0
        assert row["dim"] <= row["dim_formula"]
        assert row["interval"]["verdict"] == "holds"
        assert 10.0 ** row["log10_margin_at_most"] < row["interval"]["margin"]


def test_the_margin_by_treewidth_is_bounded_from_above(script):
    """Against all cosines, in fractions of integers."""
    treewidth = script("treewidth")
    hierarchy = random_dag(30, extra_parents=0.3, seed=1)
    _, levels = treewidth.levels_of(hierarchy)
    found = treewidth.Embedding.of(hierarchy, levels)
    scores = found.scores().astype(float)
    queries, documents = found.log2_lengths()
    cosines = scores / np.exp2(np.add.outer(queries, documents))
    assert np.abs(cosines).max() <= 1 + 1e-9
    matches = np.zeros(scores.shape, dtype=bool)
    for q in range(30):
        matches[q, hierarchy.relevance.matches(q)] = True
    margin = (cosines[matches].min() - cosines[~matches].max()) / 2
    assert 0 < margin <= 2.0 ** found.log2_margin_at_most() * (1 + 1e-9)


# --- the mixture band


def test_mixtures_keep_to_a_band_and_find_out_wrong_ones(script):
    benchmark = script("mixture_band")
    relevance = random_tree(80, seed=0).relevance
    e = construct(relevance, method="trie").embedding
    found = band(e, relevance)
    did = benchmark.tried(e, relevance, found, 400)
    assert (did["n_mixtures"], did["n_broken"]) == (400, 0)
    assert did["n_planted_found"] == did["n_planted"] > 50
    narrow = replace(found, greatest_other=found.greatest_other / 2)
    assert benchmark.tried(e, relevance, narrow, 400)["n_broken"] > 0


def test_a_row_of_the_band_says_what_it_is_of(script):
    benchmark = script("mixture_band")
    case = benchmark.Case("tree", "trie", {"method": "trie"}, 40)
    row, did = benchmark.measured(case, random_tree(30, seed=0))
    assert (row["hierarchy"], row["n_nodes"], row["verdict"]) == ("tree", 30, "holds")
    assert row["band"]["inner"]["n_without_promise"] == 0
    assert did["n_broken"] == 0
    assert {case.hierarchy for case in benchmark.cases()} == set(benchmark.HIERARCHIES)
