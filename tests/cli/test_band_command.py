"""`hrgeom certify --band`: what it prints, writes and refuses."""

import csv
import json

import numpy as np
import pytest

from hrgeom.checker import band
from hrgeom.cli import main
from hrgeom.io import read_hierarchy
from hrgeom.io.vectors import load


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("band")
    tree = place / "tree.tsv"
    tree.write_text("".join(f"{i}\t{i // 2}\n" for i in range(1, 20)), encoding="utf-8")
    assert main(["construct", "--tree", str(tree), "--out", str(place / "a.emb"), "--quiet"]) == 0
    return place


def test_it_says_what_the_function_says(folder, capsys):
    rows = folder / "rows.csv"
    arguments = ["certify", str(folder / "a.emb"), "--band", "--band-within", "0.1,0.9"]
    assert main([*arguments, "--band-rows", str(rows), "--json", "--quiet"]) == 0
    data = json.loads(capsys.readouterr().out)["band"]
    e = load(folder / "a.emb")
    found = band(e, read_hierarchy(folder / "tree.tsv"), threshold=data["threshold"])
    assert data["inner"] == found.to_dict()["inner"]
    assert data["within"]["inner"] == found.share_within(0.1, 0.9, inner=True)
    table = list(csv.DictReader(rows.read_text(encoding="utf-8").splitlines()))
    assert [row["document"] for row in table] == list(found.document_labels)
    assert np.array_equal([float(row["upper"]) for row in table], found.upper)
    assert np.array_equal([float(row["least_match"]) for row in table], found.least_match)
    assert {row["is_promised"] for row in table} == {"1"}


def test_text_rounds_outward(folder, capsys):
    assert main(["certify", str(folder / "a.emb"), "--band", "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("mixture band at threshold"))
    lower, upper = (float(text) for text in lines[at + 4].split()[2:4])
    e = load(folder / "a.emb")
    data = band(e, read_hierarchy(folder / "tree.tsv")).to_dict()["inner"]
    assert lower <= data["lower_median"] < lower + 1e-3
    assert upper - 1e-3 < data["upper_median"] <= upper


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--band --notion row", "one threshold for all queries"),
        ("--band-rows x.csv", "--band-rows must come with --band"),
        ("--band-within 0.1,0.2", "--band-within must come with --band"),
        ("--band --band-rows nowhere/x.csv", "must exist"),
    ],
)
def test_what_cannot_be_is_refused(folder, capsys, monkeypatch, options, words):
    monkeypatch.chdir(folder)
    assert main(["certify", "a.emb", *options.split()]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("weights", ["0.5", "0.9,0.1", "a,b", "0.5,nan", "-1,2"])
def test_weights_are_checked(folder, capsys, weights):
    with pytest.raises(SystemExit) as error:
        main(["certify", str(folder / "a.emb"), "--band", f"--band-within={weights}"])
    assert error.value.code == 2
    assert "ascending" in capsys.readouterr().err
