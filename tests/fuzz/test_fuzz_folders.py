"""Embedding folders of strangers: whatever a field or a file holds, a verdict or one clear line."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from damage import VALUES, damaged, places, with_value
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Certificate, DualEmbedding, Hierarchy, certify, load, save
from hrgeom._recheck import recheck
from hrgeom.cli import main
from hrgeom.errors import FormatError, HrgeomError
from hrgeom.io import load_certificate

TREE = Hierarchy(["a", "b"], [(1, 0)])
E = DualEmbedding(
    np.int8([[1, 0], [1, 1]]),
    np.int8([[1, 1], [-1, 2]]),
    threshold=0.0,
    query_scale=0.5,
    document_scale=[0.5, 0.25],
    query_labels=TREE.labels,
    document_labels=TREE.labels,
    basis="theorem",
).made_for(TREE)
COMMANDS = {
    "embedding.json": (["certify", "x.emb"], ["query", "x.emb", "b"]),
    "labels.json": (["certify", "x.emb"],),
    "certificate.json": (["recheck", "x.emb", "--all"],),
}


def made(folder):
    return save(E, folder / "x.emb", certificate=certify(E, TREE), source=TREE)


def stated(file):
    with tempfile.TemporaryDirectory() as folder:
        return json.loads((made(Path(folder)) / file).read_text())


FIELDS = [(file, path) for file in COMMANDS for path in places(stated(file))]


@pytest.mark.parametrize(("file", "path"), FIELDS, ids=lambda part: "".join(part[:40]))
def test_every_field_with_every_value(tmp_path, monkeypatch, capsys, file, path):
    monkeypatch.chdir(tmp_path)
    whole = made(tmp_path) / file
    value = json.loads(whole.read_text())
    others = [with_value(value, path, new) for new in VALUES]
    for other in [*others, with_value(value, path, None, remove=True)]:
        whole.write_text(json.dumps(other))
        for argv in COMMANDS[file]:
            status = main([*argv, "--quiet"])
            out, err = capsys.readouterr()
            assert status in (0, 1, 2), (other, err)
            assert "Traceback" not in err, (other, err)
            if status == 2:
                assert (out, err.count("\n"), err[:15]) == ("", 1, "hrgeom: error: "), (other, err)


def test_the_fields_are_all_there():
    assert len(FIELDS) > 60
    assert len(VALUES) >= 46


@pytest.mark.parametrize(
    "file",
    ["embedding.json", "labels.json", "queries.npy", "documents.npy", "document_scales.npy"],
)
def test_damaged_files(tmp_path, file):
    folder = made(tmp_path)
    whole = (folder / file).read_bytes()

    @given(data=damaged(whole))
    def target(data):
        (folder / file).write_bytes(data)
        try:
            embedding = load(folder)
            certificate = certify(embedding, TREE)
        except HrgeomError as error:
            assert str(error)  # noqa: PT017
            return
        # What is accepted is judged right, whatever it has become.
        assert recheck(embedding, certificate, TREE, n_queries=None).agrees

    target()


@given(data=damaged(json.dumps(certify(E, TREE).to_dict()).encode()))
def test_damaged_certificates(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    path = made(folder)
    (path / "certificate.json").write_bytes(data)
    try:
        certificate = load_certificate(path)
    except HrgeomError as error:
        assert str(error)  # noqa: PT017
    else:
        recheck(E, certificate, TREE, n_queries=None)
    shutil.rmtree(folder)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    path=st.sampled_from(list(places(certify(E, TREE).to_dict()))),
)
def test_certificates_with_any_value(value, path):
    data = with_value(certify(E, TREE).to_dict(), path, value)
    try:
        certificate = Certificate.from_dict(data)
    except FormatError:
        return
    assert Certificate.from_dict(certificate.to_dict()) == certificate
    recheck(E, certificate, TREE, n_queries=None)
