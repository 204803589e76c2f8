"""What pages and pictures make of rows of results: medians, the best of a dimension, fits."""

import json
import sys
from importlib import import_module

import numpy as np
import pytest
from places import DOCS, ROOT


@pytest.fixture
def script(monkeypatch):
    """A function that imports a module of docs/examples."""
    monkeypatch.syspath_prepend(str(DOCS / "examples"))
    for name in ("_descent_rows", "_scaling_fit"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return import_module


def descended(dim, margin, *, verdict="holds", bits=None, dtype="float32"):
    """A row of benchmarks/descent.py, as far as it counts here."""
    return {
        "hierarchy": "pets",
        "notion": "global",
        "n_nodes": 4,
        "dim": dim,
        "dtype": dtype,
        "bits": bits,
        "verdict": verdict,
        "margin": margin,
        "certificate": {"n_matches": 8},
    }


ROWS = {
    "pets-8, seed 0": descended(8, 0.1),
    "pets-8, seed 1": descended(8, 0.4),
    "pets-8, seed 2": descended(8, 0.2),
    "pets-8-short, seed 0": descended(8, 0.19),
    "pets-2, seed 0": descended(2, 0.01),
    "pets-2, seed 1": descended(2, None, verdict="fails"),
    "pets-4-signs, seed 0": descended(4, None, bits=1, dtype="int8"),
    "pets-4-bits, seed 0": descended(4, 0.05, bits=4, dtype="int8"),
}


def test_the_best_row_is_that_of_the_largest_median(script):
    rows = script("_descent_rows")
    assert [(key, len(seeds)) for key, seeds in rows.best(ROWS, "pets").items()] == [
        (("float32", 2), 2),
        (("float32", 8), 3),
        (("4 bits", 4), 1),
        (("signs", 4), 1),
    ]
    assert rows.curve(ROWS, "pets", "float32") == [(8, 0.2)]  # one seed of d = 2 fails
    assert rows.curve(ROWS, "pets", "4 bits") == [(4, 0.05)]
    assert rows.curve(ROWS, "pets", "signs") == []  # holds in integers: no margin of unit rows
    assert rows.by_name(ROWS, "other") == {}


def test_rows_of_a_fit_are_those_without_a_failing_seed(script):
    script("_descent_rows")
    (row,) = script("_scaling_fit").descent_rows(ROWS, sys.modules["_descent_rows"].best)
    assert (row["dim"], row["margin"], row["mean_matches"]) == (8, 0.2, 2.0)


def test_errors_are_of_fits_to_the_other_rows(script):
    fitting = script("_scaling_fit")
    rng = np.random.default_rng(0)
    rows = [{"margin": x, "n_nodes": n} for x, n in zip(rng.random(9), range(9), strict=True)]

    def nodes(row):
        return row["n_nodes"]

    _, errors = fitting.fit(rows, nodes)
    for i, row in enumerate(rows):
        (start, slope), _ = fitting.fit(rows[:i] + rows[i + 1 :], nodes)
        assert errors[i] == pytest.approx(row["margin"] - start - slope * row["n_nodes"])


def test_a_law_that_holds_is_found(script):
    fitting = script("_scaling_fit")
    rows = [
        {"mean_matches": s, "n_nodes": n, "dim": d}
        for s in (2.0, 5.0)
        for n in (64, 1024)
        for d in (8, 32)
    ]
    for row in rows:
        row["margin"] = 0.3 - 0.1 * fitting.load_of(row)
    found, errors = fitting.fit(rows, fitting.load_of)
    np.testing.assert_allclose(found, [0.3, -0.1])
    np.testing.assert_allclose(errors, 0, atol=1e-12)


def test_the_table_of_descent_in_the_readme_is_that_of_the_results():
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("By `--method descent`")[2]
    table = [line.split(" | ") for line in text.split("\n\n")[1].splitlines()]
    cells = {line[0].strip("| `-"): [cell.strip("| ") for cell in line[1:]] for line in table}
    results = (ROOT / "benchmarks/results/descent.json").read_text(encoding="utf-8")
    rows = [
        row
        for row in json.loads(results)["rows"].values()
        if (row["hierarchy"], row["dtype"], row["notion"]) == ("wordnet", "float32", "global")
    ]
    for column, (dim, effort) in enumerate(zip(cells["d"], cells["effort"], strict=True)):
        seeds = [row for row in rows if (row["dim"], row["effort"]) == (int(dim), float(effort))]
        assert {row["verdict"] for row in seeds} == {"holds"}
        assert cells["margin"][column] == f"{min(row['margin'] for row in seeds):.2g}"
        assert cells["CPU seconds"][column] == f"{max(row['cpu_seconds'] for row in seeds):.0f}"
        assert cells["seeds"][column] == str(len(seeds))
