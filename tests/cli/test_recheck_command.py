"""`hrgeom recheck`: what it must notice in a folder, and what a sample is worth."""

import json
from pathlib import Path

import numpy as np
import pytest

from hrgeom.cli import main

EDGES = "".join(f"n{i}\tn{(i - 1) // 2}\n" for i in range(1, 40))


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command line beside an embedding that holds."""
    monkeypatch.chdir(tmp_path)
    Path("t.tsv").write_text(EDGES)
    assert main(["construct", "--tree", "t.tsv", "--out", "x.emb", "--quiet"]) == 0
    capsys.readouterr()

    def run(*argv):
        status = main([*argv, "--quiet"])
        return status, capsys.readouterr().out

    return run


def change(name, **fields):
    path = Path("x.emb", name)
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_sample_is_not_the_whole(run):
    status, out = run("recheck", "x.emb")
    assert status == 3
    assert out.startswith("AGREES: the certificate says holds; 0 violations in ")
    assert "a sample: --all checks every query" in out
    assert "\n  not compared beyond the sample: n_violations, n_violating_queries, " in out
    assert run("recheck", "x.emb", "--accept-sample")[0] == 0
    status, out = run("recheck", "x.emb", "--all")
    assert status == 0
    assert "sample" not in out
    assert "  not compared: n_undecided, n_exact_rechecks, " in out
    assert "\n  not compared of embedding.json: command, construction, parameters, promise" in out
    found = json.loads(run("recheck", "x.emb", "--json")[1])
    assert (found["agrees"], found["is_whole"]) == (True, False)
    assert "seconds" in found["not_compared"]


def test_a_forged_certificate_of_one_wrong_query_is_not_passed_by_a_sample(run):
    """One query in forty is wrong, and the sample misses it: that is no 0."""
    rows = np.load("x.emb/queries.npy")
    labels = json.loads(Path("x.emb/labels.json").read_text())["queries"]
    rows[labels.index("n37")] *= -1
    np.save("x.emb/queries.npy", rows)
    assert run("certify", "x.emb")[0] == 1
    names = ("verdict", "n_violations", "n_violating_queries", "worst_match", "best_other")
    names += ("margin_lower_bound", "normalised_margin_lower_bound")
    forged = Path("x.emb/certificate.json")
    fails = json.loads(forged.read_text())
    run("construct", "--tree", "t.tsv", "--out", "y.emb")
    holds = json.loads(Path("y.emb/certificate.json").read_text())
    forged.write_text(json.dumps(fails | {name: holds[name] for name in names}))
    digests = {name: fails["sha256"][name] for name in ("queries", "documents", "hierarchy")}
    change("embedding.json", sha256=digests)
    seeds = [str(seed) for seed in range(9)]
    statuses = {run("recheck", "x.emb", "--queries", "3", "--seed", seed)[0] for seed in seeds}
    assert statuses <= {1, 3}
    assert 3 in statuses
    assert run("recheck", "x.emb", "--all")[0] == 1


@pytest.mark.parametrize(
    ("name", "fields", "line"),
    [
        ("embedding.json", {"threshold": 1e6}, "threshold: the certificate says 0"),
        ("embedding.json", {"basis": "chance"}, "basis: the certificate says theorem"),
        ("certificate.json", {"threshold": 0.125}, "threshold: the certificate says 0.125"),
        ("certificate.json", {"dim": 1}, "dim: the certificate says 1"),
        ("certificate.json", {"kernel": "abacus"}, "kernel: the certificate says 'abacus'"),
        ("certificate.json", {"margin_lower_bound": 1e9}, "margin_lower_bound: the certificate"),
        ("certificate.json", {"n_violating_queries": 7}, "n_violating_queries: the certificate"),
    ],
)
def test_what_was_changed_is_noticed(run, name, fields, line):
    change(name, **fields)
    status, out = run("recheck", "x.emb", "--all")
    assert status == 1
    assert out.startswith("CONTRADICTED")
    assert f"\n  {line}" in out


def test_digests_of_the_description_are_noticed_by_recheck_and_certify(run, capsys):
    stated = json.loads(Path("x.emb/embedding.json").read_text())["sha256"]
    change("embedding.json", sha256=stated | {"queries": "0" * 64})
    status, out = run("recheck", "x.emb", "--all")
    assert status == 1
    assert "sha256 of queries: embedding.json says 0000" in out
    found = json.loads(run("certify", "x.emb", "--json")[1])
    (remark,) = [each for each in found["remarks"] if each["code"] == "changed-arrays"]
    assert remark["message"].startswith("queries have changed since the folder was written")


def test_labels_in_another_order_are_noticed(run):
    path = Path("x.emb/labels.json")
    labels = json.loads(path.read_text())
    path.write_text(json.dumps({**labels, "documents": labels["queries"][::-1]}))
    assert run("recheck", "x.emb", "--all")[0] == 1
    assert run("certify", "x.emb")[0] == 1


def test_without_a_certificate_there_is_nothing_to_check(run):
    Path("x.emb/certificate.json").unlink()
    assert run("recheck", "x.emb", "--all")[0] == 2
