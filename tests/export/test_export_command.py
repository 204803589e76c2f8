"""The command: what it prints, its exit status, and what it takes from the embedding."""

import json
import subprocess
import sys

import pytest

from hrgeom import Hierarchy, construct, save
from hrgeom.cli import main
from hrgeom.export import Check

TREE = "dog\tanimal\ncat\tanimal\npuppy\tdog\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.tsv").write_text(TREE, encoding="utf-8")

    def run(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    assert run("construct --tree tree.tsv --out good.emb --quiet")[0] == 0
    line = "construct --tree tree.tsv --out bad.emb --method gaussian --dim 1 --seed 1 --quiet"
    assert run(line)[0] == 1
    return run


def test_what_is_printed(run, tmp_path):
    status, out, _ = run("export good.emb --to csv --out x")
    assert status == 0
    assert "written to x (csv); retrieved is s > 0.0" in out
    assert "HOLDS: 4 of 4 queries retrieve exactly S(q) by the query as written (all 4;" in out
    assert "no order of summation can turn a pair" in out
    assert out.rstrip().endswith((tmp_path / "x" / "query.py").read_text().rstrip())
    status, _, err = run("export good.emb --to csv --out x")
    assert (status, "--force" in err) == (2, True)
    assert run("export good.emb --to csv --out x --force")[0] == 0


def test_what_fails_is_not_written(run, tmp_path):
    status, out, _ = run("export bad.emb --to csv --out x")
    assert status == 1
    assert "nothing was written (csv)" in out
    assert "FAILS: " in out
    assert not (tmp_path / "x").exists()
    status, out, _ = run("export bad.emb --to csv --out x --keep --json")
    assert status == 1
    data = json.loads(out)
    assert (data["written"], data["check"]["holds"]) == (True, False)
    assert data["check"]["wrong"][0]["query"] in ("dog", "animal", "cat", "puppy")
    assert (tmp_path / "x").is_dir()


def test_without_a_hierarchy_a_remark_says_so(run):
    tree = Hierarchy.from_edges([("dog", "animal")])
    save(construct(tree).embedding, "alone.emb")
    status, out, err = run("export alone.emb --to csv --out x")
    assert (status, "HOLDS: 2 of 2 queries" in out) == (0, True)
    assert "remark: no hierarchy is recorded or given: held against what the vectors" in err


@pytest.mark.parametrize("setting", ["ef", "ef=", "ef=x", "ef=-1"])
def test_settings_are_numbers(run, setting, capsys):
    with pytest.raises(SystemExit):
        run(f"export good.emb --to hnswlib --out x --set {setting}")
    assert "must be such as ef=256" in capsys.readouterr().err


def test_the_query_runs_alone(run, tmp_path):
    """`python query.py LABEL` in another process and folder."""

    assert run("export good.emb --to csv --out x")[0] == 0
    done = subprocess.run(
        [sys.executable, tmp_path / "x" / "query.py", "puppy"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert {line.split()[1] for line in done.stdout.splitlines()} == {"puppy", "dog", "animal"}


def test_an_undecided_check_has_its_status(run, monkeypatch):
    monkeypatch.setattr(Check, "is_order_free", False)
    assert run("export good.emb --to csv --out x --sample 2")[0] == 3
    assert run("export good.emb --to csv --out y --sample all")[0] == 0
