"""The embedding folder: what is written is read back, and nothing is ever half there."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import fields
from importlib import resources

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings

import hrgeom
from hrgeom import Hierarchy, certify, construct, load, load_certificate, save, save_certificate
from hrgeom.errors import FormatError
from hrgeom.testing import hierarchies

TREE = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("été\n", "cat")])


def schema(name):
    return json.loads((resources.files("hrgeom") / "schemas" / f"{name}.schema.json").read_text())


def files(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8"])
@pytest.mark.parametrize("mmap", [False, True])
def test_write_then_read_is_the_identity(tmp_path, dtype, mmap):
    e = construct(TREE, dtype=dtype)
    certificate = certify(e, TREE)
    save(e, tmp_path / "t.emb", certificate=certificate, tree="t.json", command="made by hand")
    back = load(tmp_path / "t.emb", mmap=mmap)
    for name in ("queries", "documents"):
        assert np.array_equal(getattr(e, name), getattr(back, name))
        assert getattr(back, name).dtype == np.dtype(dtype)
    arrays = {"queries", "documents"}
    for name in {field.name for field in fields(e)} - arrays:
        assert getattr(e, name) == getattr(back, name), name
    assert load_certificate(tmp_path / "t.emb") == certificate
    assert certify(back, TREE).holds
    assert files(tmp_path) == ["t.emb"]


@settings(max_examples=20)
@given(hierarchy=hierarchies())
def test_json_follows_the_schemas(tmp_path_factory, hierarchy):
    folder = tmp_path_factory.mktemp("schema") / "t.emb"
    e = construct(hierarchy, method="interval")
    for notion in ("global", "row"):
        certificate = certify(e, hierarchy, notion=notion)
        if notion == "global":
            save(e, folder, certificate=certificate)
        else:
            save_certificate(certificate, folder)
    jsonschema.validate(json.loads((folder / "embedding.json").read_text()), schema("embedding"))
    for name in ("certificate", "certificate-row"):
        data = json.loads((folder / f"{name}.json").read_text())
        jsonschema.validate(data, schema("certificate"))
    assert load_certificate(folder, notion="row").notion == "row"


def test_an_embedding_is_replaced_only_on_request(tmp_path):
    old, new = construct(TREE, dtype="float64"), construct(TREE, dtype="float32")
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
        save(construct(TREE), precious, overwrite=True)
    assert (precious / "thesis.tex").read_text() == "years of work"
    with pytest.raises(FormatError, match="the parent of the output folder must exist"):
        save(construct(TREE), tmp_path / "no" / "such")


def test_an_error_while_writing_leaves_the_old_one(tmp_path, monkeypatch):
    save(construct(TREE, dtype="float64"), tmp_path / "t.emb")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("hrgeom.store._sync", full)
    with pytest.raises(OSError, match="no space left"):
        save(construct(TREE), tmp_path / "t.emb", overwrite=True)
    with pytest.raises(OSError, match="no space left"):
        save_certificate(certify(construct(TREE), TREE), tmp_path / "t.emb")
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
        import hrgeom, hrgeom.store as store
        left = int(sys.argv[1])
        def counted(function):
            def step(*args, **options):
                global left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **options)
            return step
        store._dump = counted(store._dump)
        store._sync = counted(store._sync)
        store.np.save = counted(store.np.save)
        store.Path.rename = counted(store.Path.rename)
        h = hrgeom.Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])
        e = hrgeom.construct(h, method="interval", dtype=sys.argv[2])
        hrgeom.save(e, {str(target)!r}, overwrite=True)
        """
    )

    def write(steps, dtype):
        return subprocess.run([sys.executable, "-c", program, str(steps), dtype], check=False)

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
        ("embedding.json", "{", "must be readable: Expecting property name"),
        ("embedding.json", "[]", "must hold a JSON object: got list"),
        ("embedding.json", "{}", "must be in format hrgeom-embedding, version 1: got None"),
        ("queries.npy", None, "must hold queries.npy"),
        ("queries.npy", "rubbish", "must be readable"),
        ("labels.json", "{}", "must state 'queries'"),
    ],
)
def test_broken_folders_are_refused(tmp_path, file, content, message):
    save(construct(TREE), tmp_path / "t.emb")
    if content is None:
        (tmp_path / "t.emb" / file).unlink()
    else:
        (tmp_path / "t.emb" / file).write_text(content)
    with pytest.raises(FormatError, match=message):
        load(tmp_path / "t.emb")


def test_arrays_must_be_as_stated(tmp_path):
    save(construct(TREE, dtype="float32"), tmp_path / "t.emb")
    np.save(tmp_path / "t.emb" / "queries.npy", np.zeros((4, 3)))
    with pytest.raises(FormatError, match=r"queries.npy must be as embedding.json says"):
        load(tmp_path / "t.emb")


def test_certificates_with_other_fields_are_refused():
    data = certify(construct(TREE), TREE).to_dict()
    assert hrgeom.Certificate.from_dict(data).to_dict() == data
    with pytest.raises(FormatError, match="exactly the known fields"):
        hrgeom.Certificate.from_dict({**data, "surplus": 1})
    del data["n_pairs"]
    with pytest.raises(FormatError, match=r"exactly the known fields.*n_pairs"):
        hrgeom.Certificate.from_dict(data)
    with pytest.raises(FormatError, match="must be in format hrgeom-certificate"):
        hrgeom.Certificate.from_dict({})
