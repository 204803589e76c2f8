"""Files of every version that hrgeom ever wrote are read for ever; newer ones are refused clearly.

The files under tests/fixtures are never written again: a new version adds files beside them.
"""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from places import ROOT

from hrgeom import Certificate, certify, load, load_certificate, read_hierarchy, recheck
from hrgeom._version import __version__
from hrgeom.core import Hierarchy, as_dtype
from hrgeom.errors import FormatError
from hrgeom.io import load_judgments, vector_formats
from hrgeom.io.vectors import read_back
from hrgeom.learned import RECIPES, Config
from hrgeom.learned._checkpoint import read_checkpoint, write_checkpoint

FILES = ROOT / "tests" / "fixtures"
QUERIES = np.array([[1, -0.5], [0.25, 2], [3, -4]])
DOCUMENTS = np.array([[-1, 8], [0, 0.125]])
PETS = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])


def is_stored(found, dtype, queries, documents):
    assert found.queries.dtype == found.documents.dtype == as_dtype(dtype)
    np.testing.assert_array_equal(found.queries.astype(np.float64), queries)
    np.testing.assert_array_equal(found.documents.astype(np.float64), documents)
    return True


# --- Embedding folders, version 1 -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dtype", "factors", "query_scale", "document_scale"),
    [
        ("float64", "float64", (1, 1), 1.0, 1.0),
        ("float32", "float32", (1, 1), 1.0, 1.0),
        ("float16", "float16", (1, 1), 1.0, 1.0),
        ("bfloat16", "bfloat16", (1, 1), 1.0, 1.0),
        ("int8", "int8", (4, 8), 1.0, 1.0),
        ("int8-one-scale", "int8", (4, 8), 0.25, 0.125),
        ("int8-scale-per-row", "int8", (4, 8), [0.25, 0.5, 3.0], [0.125, 1.0]),
    ],
)
@pytest.mark.parametrize("mmap", [False, True])
def test_embedding_1(name, dtype, factors, query_scale, document_scale, mmap):
    found = load(FILES / "embedding-1" / name, mmap=mmap)
    assert is_stored(found, dtype, QUERIES * factors[0], DOCUMENTS * factors[1])
    np.testing.assert_array_equal(found.query_scale, query_scale)
    np.testing.assert_array_equal(found.document_scale, document_scale)
    assert (found.threshold, found.notion) == (0.125, "global")
    assert found.query_labels == ("tea", "été\n", "")
    assert found.document_labels == ("Darjeeling", "d,2")
    assert (found.construction, found.parameters) == ("given", {"seed": 3})
    assert found.promise == {"dim": 2, "margin": None, "theorem": "none"}
    assert found.source_sha256 == "0" * 64
    stated = json.loads((FILES / "embedding-1" / name / "embedding.json").read_text())["sha256"]
    assert stated == {**found.sha256, "hierarchy": "0" * 64}


# --- Certificates, version 1 ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "notion", "expected"),
    [
        ("certified-1", None, ("holds", "global", 16, 8, 0, 1.0, 0.15576329677265402)),
        ("certified-1", "row", ("holds", "row", 16, 8, 0, 1.0, 0.24386312316587205)),
        ("failing-1", None, ("fails", "global", 16, 8, 8, -0.5, None)),
    ],
)
def test_certificate_1(folder, notion, expected):
    found = load_certificate(FILES / folder, notion=notion)
    assert expected == (
        found.verdict,
        found.notion,
        found.n_pairs,
        found.n_matches,
        found.n_violations,
        found.margin_lower_bound,
        found.normalized_margin_lower_bound,
    )
    embedding = load(FILES / folder)
    assert recheck(embedding, found, PETS, n_queries=None).agrees
    again = certify(embedding, PETS, notion=found.notion, kernel="numpy", threads=1)
    margin = found.normalized_margin_lower_bound
    if margin is None:
        assert again.normalized_margin_lower_bound is None
    else:
        assert again.normalized_margin_lower_bound == pytest.approx(margin, rel=1e-6)
    assert again.stages == {"block": 0, "int8": 0, "score": again.n_pairs}
    same = {"seconds": 0.0, "version": "", "stages": None, "normalized_margin_lower_bound": margin}
    assert replace(again, **same) == replace(found, **same)


# --- Training ---------------------------------------------------------------------------------


def test_training_checkpoint_1():
    arrays, data = read_checkpoint(FILES / "training-1.npz")
    assert arrays.keys() == {"queries", "step"}
    np.testing.assert_array_equal(arrays["queries"], np.arange(6).reshape(3, 2))
    assert arrays["queries"].dtype == np.float32
    assert int(arrays["step"]) == 7
    assert data == {"config": {"dim": 2}, "seed": 5}


def test_training_config_with_the_old_name_of_a_field():
    data = json.loads((FILES / "config-1.json").read_text())
    assert all("optimiser" in stage and "optimizer" not in stage for stage in data["stages"])
    assert Config.from_dict(data) == RECIPES["masked"](4, steps=200)


# --- Hierarchies and judgments ----------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((FILES / "hierarchies").iterdir()), ids=lambda p: p.name)
def test_hierarchies(path):
    found = read_hierarchy(path)
    edges = {(found.labels[c], found.labels[p]) for c, p in found.edges.tolist()}
    assert edges == {("dog, small", "animal"), ("cat", "animal"), ("été", "cat")}
    assert set(found.labels) == {"animal", "dog, small", "cat", "été"}
    assert found.metadata == ({"name": "pets"} if path.name == "numbers.json" else {})


@pytest.mark.parametrize("path", sorted((FILES / "judgments").iterdir()), ids=lambda p: p.name)
def test_judgments(path):
    found = load_judgments(path)
    assert found.queries == ("q1", "q2")
    assert found.documents == ("d1", "d 2")
    assert found.pairs == (("q1", "d1"), ("q2", "d 2"))


# --- Exports, version 1 -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["int8-1.npz", "int8-1.safetensors", "bfloat16-1.safetensors"])
def test_exports_with_a_record(name):
    entry = next(e for e in vector_formats() if name.endswith(e.suffixes))
    if entry.extra:
        pytest.importorskip("safetensors", reason="needs the extra `models`")
    found = read_back(entry, FILES / "exports" / name)
    if name.startswith("int8"):
        assert is_stored(found, "int8", QUERIES * 4, DOCUMENTS * 8)
        np.testing.assert_array_equal(found.query_scale, np.float32([0.25, 0.5, 3.0]))
        np.testing.assert_array_equal(found.document_scale, np.float32([0.125, 1.0]))
    else:
        assert is_stored(found, "bfloat16", QUERIES, DOCUMENTS)
    assert found.threshold == 0.125
    assert found.query_labels == ("tea", "été\n", "")
    assert found.document_labels == ("Darjeeling", "d,2")


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("queries.vec", "float32"), ("queries64.vec", "float64"), ("queries.bin", "float32")],
)
def test_word2vec(name, dtype):
    entry = next(e for e in vector_formats() if name.endswith(e.suffixes))
    found = read_back(entry, FILES / "exports" / name)
    assert is_stored(found, dtype, QUERIES, QUERIES)
    assert found.query_labels == found.document_labels == ("tea", "été", "x")


# --- Newer versions ---------------------------------------------------------------------------

NEWER = (
    r"is in version 2 of the format {}: "
    rf"this hrgeom \({__version__}\) reads version 1; upgrade hrgeom"
)


def test_a_newer_embedding_is_refused(tmp_path):
    name = "hrgeom-embedding"
    shutil.copytree(FILES / "embedding-1" / "float32", tmp_path / "new.emb")
    path = tmp_path / "new.emb" / "embedding.json"
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "format_version": 2, "dtype": "float4"}))
    with pytest.raises(FormatError, match=r"new\.emb/embedding\.json " + NEWER.format(name)):
        load(tmp_path / "new.emb")
    for other in ("2", 0, None, True, 1.0):
        path.write_text(json.dumps({**data, "format_version": other}))
        with pytest.raises(FormatError, match=f"version 1: got 'hrgeom-emb.*version {other!r}$"):
            load(tmp_path / "new.emb")


def test_a_newer_certificate_is_refused():
    data = json.loads((FILES / "certified-1" / "certificate.json").read_text())
    with pytest.raises(FormatError, match="a certificate " + NEWER.format("hrgeom-certificate")):
        Certificate.from_dict({**data, "format_version": 2, "colour": "blue"})


def test_a_newer_checkpoint_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("hrgeom.learned._checkpoint._VERSION", 2)
    write_checkpoint(tmp_path / "new.npz", {}, {})
    monkeypatch.undo()
    message = r"training checkpoint .*new\.npz " + NEWER.format("hrgeom-training")
    with pytest.raises(FormatError, match=message):
        read_checkpoint(tmp_path / "new.npz")
    np.savez(tmp_path / "other.npz", _data=np.array('{"format": "of another kind"}'))
    with pytest.raises(FormatError, match="must be in format hrgeom-training, version 1: got 'of'"):
        read_checkpoint(tmp_path / "other.npz")


@pytest.mark.parametrize("name", ["npz", "safetensors"])
def test_a_newer_export_is_refused(tmp_path, monkeypatch, name):
    if name == "safetensors":
        pytest.importorskip("safetensors", reason="needs the extra `models`")
    entry = next(e for e in vector_formats() if e.name == name)
    monkeypatch.setattr("hrgeom.io.vectors._record._FORMAT", ("hrgeom-vectors", 2))
    entry.write(load(FILES / "embedding-1" / "float32"), tmp_path / f"x.{name}")
    monkeypatch.undo()
    with pytest.raises(FormatError, match=rf"x\.{name} " + NEWER.format("hrgeom-vectors")):
        read_back(entry, tmp_path / f"x.{name}")
