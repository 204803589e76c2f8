"""Writing embeddings for other programs: what is written is what is stored, or nothing is."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from hrgeom import Hierarchy, certify, load, save
from hrgeom import construct as constructed
from hrgeom.cli import main
from hrgeom.core import STORED_TYPES
from hrgeom.errors import FormatError, HrgeomError
from hrgeom.io import vector_formats, write_vectors
from hrgeom.io.vectors import read_back
from hrgeom.models import read_model

TREE = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
TARGETS = {entry.name: entry for entry in vector_formats() if entry.write is not None}


def construct(target, **options):
    return constructed(target, **options).embedding


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(*argv):
        status = main([str(a) for a in argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def needed(name):
    if name == "safetensors":
        pytest.importorskip("safetensors", reason="needs the extra `models`")


def test_targets_are_the_formats_that_are_written():
    assert list(TARGETS) == [
        *("folder", "npy", "npz", "safetensors", "word2vec-text", "word2vec-binary")
    ]


@pytest.mark.parametrize("name", ["folder", "npz", "safetensors"])
@pytest.mark.parametrize("dtype", STORED_TYPES)
def test_both_sides(here, name, dtype):
    needed(name)
    e = construct(TREE, method="trie", dtype=dtype)
    path = here / f"x{TARGETS[name].suffixes[0]}"
    if dtype not in TARGETS[name].stored_types:
        with pytest.raises(FormatError, match=f"the format {name} holds .*: got an embedding of b"):
            write_vectors(e, path)
        assert os.listdir(here) == []
        return
    written = write_vectors(e, path)
    assert (written.path, written.format, written.is_verified) == (path, name, True)
    assert (written.sha256, written.lost) == (e.sha256, ())
    found = read_back(TARGETS[name], path)
    assert found.threshold == e.threshold
    model = read_model(str(path), TREE)
    assert certify(model.embedding, TREE, notion="row").holds
    assert model.embedding.sha256 == e.sha256


@pytest.mark.parametrize("name", ["folder", "npz", "safetensors"])
def test_scales_are_kept_or_refused(here, name):
    needed(name)
    e = construct(TREE, method="trie", dtype="int8")
    e = replace(e, query_scale=[1.0, 0.5, 3.0, 0.25], document_scale=0.5)
    write_vectors(e, here / f"x{TARGETS[name].suffixes[0]}")
    again = read_model(f"x{TARGETS[name].suffixes[0]}", TREE).embedding
    np.testing.assert_array_equal(again.query_scale, e.query_scale)
    assert again.document_scale == 0.5
    with pytest.raises(FormatError, match="the format npy has no place for scales"):
        write_vectors(e, here / "x.npy", side="queries")


@pytest.mark.parametrize("name", ["npy", "word2vec-text", "word2vec-binary"])
@pytest.mark.parametrize("side", ["queries", "documents"])
def test_one_side(here, name, side):
    e = construct(TREE, method="trie")
    path = here / f"x{TARGETS[name].suffixes[0]}"
    with pytest.raises(FormatError, match=f"{name} holds one table of vectors.*--side"):
        write_vectors(e, path, format=name)
    written = write_vectors(e, path, format=name, side=side)
    assert written.sha256 == {side: e.sha256[side]}
    assert written.lost == (() if "labels" in TARGETS[name].keeps else ("labels",))
    model = read_model(str(path), TREE)
    np.testing.assert_array_equal(model.embedding.documents, getattr(e, side))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_text_holds_every_float(here, dtype):
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 2**32, (400, 3), dtype=np.uint64)
    bits = (rows << 32 | rows[::-1]).view("f8") if dtype == "float64" else rows.astype("u4")
    floats = bits if dtype == "float64" else bits.view("f4")
    floats = floats[np.isfinite(floats).all(axis=1)]
    tree = Hierarchy([str(i) for i in range(len(floats))], [])
    e = replace(
        construct(tree, method="gaussian", dim=3, dtype=dtype), queries=floats, documents=floats
    )
    assert write_vectors(e, here / "x.vec").is_verified


def test_labels_that_word2vec_cannot_hold(here):
    for label, message in (("a b", "no white space: got 'a b'"), ("\ud800", "lone surrogates")):
        e = construct(Hierarchy(["x", label], [(1, 0)]), method="trie")
        with pytest.raises(FormatError, match=message):
            write_vectors(e, here / "x.vec", side="queries")
    e = construct(Hierarchy(["x", "a\0"], [(1, 0)]), method="trie")
    with pytest.raises(FormatError, match="must not end in a null character"):
        write_vectors(e, here / "x.npz")
    assert os.listdir(here) == []


def test_what_reads_back_otherwise_is_not_written(here):
    e = construct(TREE, method="trie")

    def wrong(embedding, path):
        TARGETS["npz"].write(replace(embedding, documents=embedding.documents + 1), path)

    with pytest.raises(FormatError, match=r"npz must hold what is written: .*, documents differ"):
        write_vectors(e, here / "x.npz", format=replace(TARGETS["npz"], write=wrong))
    assert os.listdir(here) == []


def test_targets_that_may_not_be_replaced(here):
    e = construct(TREE, method="trie")
    write_vectors(e, here / "x.npz")
    old = (here / "x.npz").read_bytes()
    with pytest.raises(FormatError, match="the output must not exist yet"):
        write_vectors(replace(e, threshold=0.25), here / "x.npz")
    assert (here / "x.npz").read_bytes() == old
    write_vectors(replace(e, threshold=0.25), here / "x.npz", overwrite=True)
    assert read_back(TARGETS["npz"], here / "x.npz").threshold == 0.25
    save(e, here / "x.emb")
    (here / "y.npz").mkdir()
    with pytest.raises(FormatError, match="must be new, or an embedding to replace"):
        write_vectors(e, here / "y.npz", overwrite=True)
    with pytest.raises(FormatError, match="the parent of the output must exist"):
        write_vectors(e, here / "no" / "x.npz")
    with pytest.raises(FormatError, match=r"in format npz must end in \.npz: got 'x\.zip'"):
        write_vectors(e, here / "x.zip", format="npz")
    with pytest.raises(FormatError, match=r"path must end in \.emb, \.npy, "):
        write_vectors(e, here / "x.zip")
    with pytest.raises(FormatError, match="'torch', only read"):
        write_vectors(e, here / "x.pt", format="torch")
    assert sorted(os.listdir(here)) == ["x.emb", "x.npz", "y.npz"]


def test_a_missing_package_is_one_clear_error(here, monkeypatch):
    from hrgeom._base import optional

    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(optional.importlib, "import_module", missing)
    message = "writing safetensors files requires the package safetensors; install it with pip"
    with pytest.raises(HrgeomError, match=message):
        write_vectors(construct(TREE, method="trie"), here / "x.safetensors")


def test_the_command(here, run):
    needed("safetensors")
    e = construct(TREE, method="trie", dtype="bfloat16")
    save(e, here / "t.emb")
    argv = ("export", "t.emb", "--to", "safetensors", "--out", "t.safetensors")
    status, out, _ = run(*argv)
    assert status == 0
    assert "written to t.safetensors (safetensors): read back, and the same numbers" in out
    assert f"sha256 of documents: {e.sha256['documents']}" in out
    status, _, err = run(*argv)
    assert (status, "--force" in err) == (2, True)
    status, out, _ = run(*argv, "--force", "--json")
    assert status == 0
    assert json.loads(out) == {
        "out": "t.safetensors",
        "format": "safetensors",
        "side": None,
        "sha256": e.sha256,
        "verified": True,
        "lost": [],
        "query": None,  # bfloat16 is no type of NumPy
    }
    status, _, err = run("export", "t.emb", "--to", "npz", "--out", "t.npz")
    assert (status, "got an embedding of bfloat16, which it would change" in err) == (2, True)
    save(construct(TREE, method="trie"), here / "u.emb")
    argv = ("export", "u.emb", "--to", "npy", "--out", "u.npy", "--side", "documents")
    status, out, _ = run(*argv)
    assert (status, "not kept by this format: labels" in out) == (0, True)
    np.testing.assert_array_equal(np.load("u.npy"), load("u.emb").documents)
    assert sorted(os.listdir(here)) == ["t.emb", "t.safetensors", "u.emb", "u.npy"]
