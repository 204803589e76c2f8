"""The script of the folder benchmarks about a later version, on two small versions."""

import gzip
import json
from importlib import import_module

import pytest
from places import ROOT

COLORS = ("red", "blue", "green", "old")


@pytest.fixture
def script(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monkeypatch.setattr(import_module("common"), "RESULTS", tmp_path)
    script = import_module("insertion")
    monkeypatch.setattr(script, "DATA", tmp_path)
    return script


def old_json(tmp_path):
    """Two verticals of two kinds in four colors."""
    verticals = []
    for vertical in ("Pets", "Cars"):
        rows = [{"id": vertical, "name": vertical, "parent_id": None}]
        for kind in range(2):
            name = f"{vertical} kind {kind}"
            rows.append({"id": name, "name": name, "parent_id": vertical})
            rows += [
                {"id": f"{c} {name}", "name": f"{c} {name} ", "parent_id": name} for c in COLORS
            ]
        verticals.append({"name": vertical, "categories": rows})
    path = tmp_path / "en.json"
    path.write_text(json.dumps({"version": "1", "verticals": verticals}), encoding="utf-8")
    return path


def new_json(tmp_path):
    nodes = ["Pets", "Pets kind 0", "pink Pets kind 0 [p-1-2]", "Food", "dry Food", "Planes"]
    edges = [(1, 0), (2, 1), (3, 0), (4, 3)]
    data = gzip.compress(json.dumps({"nodes": nodes, "edges": edges}).encode())
    (tmp_path / "shopify-product-taxonomy.json.gz").write_bytes(data)


def test_what_is_new_and_what_is_right(script, tmp_path):
    new_json(tmp_path)
    old, version = script.old_version(old_json(tmp_path))
    assert (version, old.n_nodes) == ("1", 22)
    assert "Pets > Pets kind 0 > red Pets kind 0" in old.labels
    fresh = script.fresh_paths(old, script.new_paths())
    assert [path[-1] for path in fresh] == ["pink Pets kind 0", "Food", "dry Food"]
    assert script.asked(fresh, old)["branch"] == ["pink Pets kind 0", "Food", "dry Food, Food"]
    found = script.queries(old, fresh, ["a", "b", "c"], lambda texts: [[1.0]] * len(texts))
    right = [[old.labels[node] for node in nodes] for nodes in found.truth]
    assert right == [["Pets > Pets kind 0", "Pets"], ["Pets"], ["Pets"]]
    assert [steps.tolist() for steps in found.distances] == [[1, 2], [1], [2]]


def test_what_is_recorded(script, tmp_path, monkeypatch):
    new_json(tmp_path)
    words = ("Pets", "Cars", "0", "1", *COLORS)
    encode = lambda texts: [[float(word in text) for word in words] for text in texts]  # noqa: E731
    monkeypatch.setattr(script, "ENCODERS", {"wordllama": lambda: encode})
    script.main([str(old_json(tmp_path))])
    data = json.loads((tmp_path / "insertion.json").read_text(encoding="utf-8"))
    assert (data["n_old"], data["n_asked"], data["n_direct"]) == (22, 3, 2)
    assert set(data["rows"]) == {"name, wordllama", "branch, wordllama"}
    assert data["rows"]["name, wordllama"]["knn"]["f1"] > 0
