"""The script of the folder benchmarks about extending, on a small hierarchy."""

import json
from importlib import import_module

from places import ROOT


def test_what_is_recorded_of_an_extension(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monkeypatch.setattr(import_module("common"), "RESULTS", tmp_path)
    script = import_module("extend")
    monkeypatch.setattr(script, "TREE", "wordnet-mammals")
    few = ("--method", "descent", "--dim", "16", "--effort", "0.3")
    monkeypatch.setattr(script, "METHODS", {"small": few})
    monkeypatch.setattr(script, "CHANGES", {"leaves": {"leaves": 4}})
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script.main([])
    [(name, row)] = json.loads((tmp_path / "extend.json").read_text())["rows"].items()
    assert name == "small: leaves"
    assert row["changes"]["added_leaves"] == 4
    assert row["verdict"] == row["verdict_whole"] == "holds"
    assert row["margin"] <= row["margin_whole"] * 1.003
    assert row["rows_kept"] <= row["rows_of_old_nodes"] == 2 * 1182
    assert min(row["cpu_seconds"], row["cpu_seconds_starting_over"]) > 0
