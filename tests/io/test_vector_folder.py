"""The embedding folder: what is written is read back, and nothing is ever half there."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import fields, replace
from importlib import resources

import jsonschema
import numpy as np
import pytest
from examples import share
from hypothesis import given

import hrgeom
from hrgeom import Hierarchy, certify, construct, load, load_certificate, save, save_certificate
from hrgeom._base.checks import RowNumbers
from hrgeom.core import STORED_TYPES
from hrgeom.errors import FormatError
from hrgeom.testing import hierarchies

TREE = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("été\n", "cat")])


def schema(name):
    return json.loads((resources.files("hrgeom") / "schemas" / f"{name}.schema.json").read_text())


EMBEDDING = schema("embedding")


def files(folder):
    return sorted(p.name for p in folder.iterdir())


def scaled(query_scale, document_scale):
    """The trie in int8 under positive scales, which leave it certified."""
    e = construct(TREE, dtype="int8", method="trie", certify=False).embedding
    return replace(e, query_scale=query_scale, document_scale=document_scale)


def same(a, b):
    return np.array_equal(a, b) and np.asarray(a).dtype == np.asarray(b).dtype


EMBEDDINGS = {dtype: construct(TREE, dtype=dtype).embedding for dtype in STORED_TYPES} | {
    "one scale": scaled(0.5, 3.0),
    "query scales": scaled([1.0, 0.5, 3.0, 0.25], 0.5),
    "all scales": scaled([1.0, 0.5, 3.0, 0.25], np.float32([0.1, 0.2, 0.3, 0.4])),
}


@pytest.mark.parametrize("name", EMBEDDINGS)
@pytest.mark.parametrize("mmap", [False, True])
def test_write_then_read_is_the_identity(tmp_path, name, mmap):
    e = EMBEDDINGS[name]
    certificate = certify(e, TREE)
    save(e, tmp_path / "t.emb", certificate=certificate, tree="t.json", command="made by hand")
    back = load(tmp_path / "t.emb", mmap=mmap)
    arrays = {"queries", "documents", "query_scale", "document_scale"}
    assert all(same(getattr(e, array), getattr(back, array)) for array in arrays)
    for field in {field.name for field in fields(e)} - arrays:
        assert getattr(e, field) == getattr(back, field), field
    assert back.sha256 == e.sha256
    assert load_certificate(tmp_path / "t.emb") == certificate
    assert certify(back, TREE).holds
    assert files(tmp_path) == ["t.emb"]
    jsonschema.validate(json.loads((tmp_path / "t.emb/embedding.json").read_text()), EMBEDDING)
    jsonschema.validate(certificate.to_dict(), schema("certificate"))
    per_row = {f"{side}_scales.npy" for side in ("query", "document") if f"{side} " in name}
    per_row |= {"query_scales.npy", "document_scales.npy"} if name == "all scales" else set()
    assert {f for f in files(tmp_path / "t.emb") if "scales" in f} == per_row


def test_labels_that_nobody_gave_come_back_as_such(tmp_path):
    rows = np.eye(3)
    for labels, others, numbered in (
        ((), (), ["queries", "documents"]),
        (("0", "1", "2"), ("0", "1", "2"), []),
        (("a", "b", "c"), (), ["documents"]),
        ((), ("0", "1", "2"), ["queries"]),
    ):
        e = hrgeom.DualEmbedding(rows, rows, query_labels=labels, document_labels=others)
        save(e, tmp_path / "t.emb", overwrite=True)
        stored = json.loads((tmp_path / "t.emb/labels.json").read_text())
        assert stored["numbered"] == numbered
        back = load(tmp_path / "t.emb")
        assert isinstance(back.query_labels, RowNumbers) == ("queries" in numbered)
        assert isinstance(back.document_labels, RowNumbers) == ("documents" in numbered)
        # Folders of earlier versions do not say: numbers may be labels or not, which is asked.
        del stored["numbered"]
        (tmp_path / "t.emb/labels.json").write_text(json.dumps(stored))
        back = load(tmp_path / "t.emb")
        assert isinstance(back.query_labels, RowNumbers) == (labels != ("a", "b", "c"))
        assert isinstance(back.document_labels, RowNumbers)


def test_bfloat16_lies_there_as_bits_that_numpy_reads(tmp_path):
    e = EMBEDDINGS["bfloat16"]
    save(e, tmp_path / "t.emb")
    bits = np.load(tmp_path / "t.emb" / "documents.npy", allow_pickle=False)
    assert bits.dtype == np.uint16
    assert np.array_equal((bits.astype(np.uint32) << 16).view(np.float32), e.values()[1])


@share(1 / 3)
@given(hierarchy=hierarchies())
def test_json_follows_the_schemas(tmp_path_factory, hierarchy):
    folder = tmp_path_factory.mktemp("schema") / "t.emb"
    e = construct(hierarchy, method="interval", certify=False).embedding
    for notion in ("global", "row"):
        certificate = certify(e, hierarchy, notion=notion)
        if notion == "global":
            save(e, folder, certificate=certificate)
        else:
            save_certificate(certificate, folder)
    jsonschema.validate(json.loads((folder / "embedding.json").read_text()), EMBEDDING)
    for name in ("certificate", "certificate-row"):
        data = json.loads((folder / f"{name}.json").read_text())
        jsonschema.validate(data, schema("certificate"))
    assert load_certificate(folder, notion="row").notion == "row"


def test_an_embedding_is_replaced_only_on_request(tmp_path):
    old, new = (
        construct(TREE, dtype="float64").embedding,
        construct(TREE, dtype="float32").embedding,
    )
    save(old, tmp_path / "t.emb")
    with pytest.raises(FormatError, match=r"must not exist yet.*--force"):
        save(new, tmp_path / "t.emb")
    assert load(tmp_path / "t.emb").dtype == np.float64
    save(new, tmp_path / "t.emb", overwrite=True)
    assert load(tmp_path / "t.emb").dtype == np.float32
    assert files(tmp_path) == ["t.emb"]


def test_anything_else_is_never_replaced(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("years of work")
    with pytest.raises(FormatError, match="must be new, or an embedding to replace"):
        save(construct(TREE).embedding, precious, overwrite=True)
    assert (precious / "thesis.tex").read_text() == "years of work"
    with pytest.raises(FormatError, match="the parent of the output folder must exist"):
        save(construct(TREE).embedding, tmp_path / "no" / "such")


def test_an_error_while_writing_leaves_the_old_one(tmp_path, monkeypatch):
    save(construct(TREE, dtype="float64").embedding, tmp_path / "t.emb")

    def full(*_):
        raise OSError("no space left on device")

    for module in ("_folder", "_certificates"):
        monkeypatch.setattr(f"hrgeom.io.vectors.{module}.sync", full)
    with pytest.raises(OSError, match="no space left"):
        save(construct(TREE).embedding, tmp_path / "t.emb", overwrite=True)
    with pytest.raises(OSError, match="no space left"):
        save_certificate(certify(construct(TREE).embedding, TREE), tmp_path / "t.emb")
    assert files(tmp_path) == ["t.emb"]
    assert load(tmp_path / "t.emb").dtype == np.float64
    assert "certificate.json" not in files(tmp_path / "t.emb")


@pytest.mark.skipif(os.name == "nt", reason="kills a process by signal")
def test_a_killed_write_leaves_no_half_embedding(tmp_path):
    """A process that is killed at each step of writing: the folder is absent, old or new."""
    target = tmp_path / "t.emb"
    program = textwrap.dedent(
        f"""
        import os, signal, sys
        import hrgeom, hrgeom.io.vectors._folder as store
        left = int(sys.argv[1])
        def counted(function):
            def step(*args, **options):
                global left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **options)
            return step
        store.dump = counted(store.dump)
        store.sync = counted(store.sync)
        store.np.save = counted(store.np.save)
        store.Path.rename = counted(store.Path.rename)
        e = hrgeom.load(sys.argv[2])
        hrgeom.save(e, {str(target)!r}, overwrite=True)
        """
    )

    made = {}
    for dtype in ("float64", "float32"):
        made[dtype] = tmp_path / f"{dtype}.emb"
        save(construct(TREE, method="interval", dtype=dtype, certify=False).embedding, made[dtype])

    def write(steps, dtype):
        arguments = [str(steps), str(made[dtype])]
        return subprocess.run([sys.executable, "-c", program, *arguments], check=False)

    for steps in range(20):
        if write(steps, "float64").returncode == 0:
            break
        assert not target.exists()
    else:
        pytest.fail("the write never finished")
    assert steps > 5
    for steps in range(20):
        status = write(steps, "float32").returncode
        if status == 0:
            break
        assert status == -signal.SIGKILL
        if target.exists():
            assert load(target).dtype == np.float64
        else:  # between the two renames: the old one is whole, beside
            (old,) = tmp_path.glob(".t.emb.old.*/t.emb")
            assert load(old).dtype == np.float64
            old.rename(target)
    assert load(target).dtype == np.float32


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("embedding.json", None, "must hold embedding.json: none at"),
        ("embedding.json", "{", "must be readable: .*Expecting property name"),
        ("embedding.json", "[]", "must hold a JSON object: got list"),
        ("embedding.json", "{}", "must be in format hrgeom-embedding, version 1: got None"),
        ("queries.npy", None, "must hold queries.npy"),
        ("queries.npy", "rubbish", "must be readable"),
        ("labels.json", "{}", "must state 'queries'"),
        ("query_scales.npy", None, "must hold query_scales.npy"),
        ("query_scales.npy", "rubbish", "must be readable"),
    ],
)
def test_broken_folders_are_refused(tmp_path, file, content, message):
    save(EMBEDDINGS["all scales"], tmp_path / "t.emb")
    if content is None:
        (tmp_path / "t.emb" / file).unlink()
    else:
        (tmp_path / "t.emb" / file).write_text(content)
    with pytest.raises(FormatError, match=message):
        load(tmp_path / "t.emb")


def test_arrays_must_be_as_stated(tmp_path):
    save(construct(TREE, dtype="float32").embedding, tmp_path / "t.emb")
    np.save(tmp_path / "t.emb" / "queries.npy", np.zeros((4, 3)))
    with pytest.raises(FormatError, match=r"queries.npy must be as embedding.json says"):
        load(tmp_path / "t.emb")


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.ones(3, dtype=np.float32), r"'shape': \[3\]"),
        (np.ones(4), "'dtype': 'float64'"),
        (np.ones((4, 1), dtype=np.float32), r"'shape': \[4, 1\]"),
    ],
)
def test_scales_must_be_as_many_as_rows_in_float32(tmp_path, array, found):
    save(EMBEDDINGS["all scales"], tmp_path / "t.emb")
    np.save(tmp_path / "t.emb" / "document_scales.npy", array)
    with pytest.raises(FormatError, match=f"document_scales.npy must be as .*got .*{found}"):
        load(tmp_path / "t.emb")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dtype": "float8"}, "must state a dtype of float64, .*: got 'float8'"),
        ({"dtype": "uint16"}, "must state a dtype of float64, .*: got 'uint16'"),
        (
            {"scales": {"queries": 1.0, "documents": "../document_scales.npy"}},
            "must state a number or 'document_scales.npy' as scale of the documents",
        ),
    ],
)
def test_statements_must_make_sense(tmp_path, change, message):
    save(EMBEDDINGS["all scales"], tmp_path / "t.emb")
    path = tmp_path / "t.emb" / "embedding.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(FormatError, match=message):
        load(tmp_path / "t.emb")


def test_certificates_with_other_fields_are_refused():
    data = certify(construct(TREE).embedding, TREE).to_dict()
    assert hrgeom.Certificate.from_dict(data).to_dict() == data
    with pytest.raises(FormatError, match="exactly the known fields"):
        hrgeom.Certificate.from_dict({**data, "surplus": 1})
    del data["n_pairs"]
    with pytest.raises(FormatError, match=r"exactly the known fields.*n_pairs"):
        hrgeom.Certificate.from_dict(data)
    with pytest.raises(FormatError, match="must be in format hrgeom-certificate"):
        hrgeom.Certificate.from_dict({})
