"""The folder of a locator: written whole or not at all, refused if damaged or of another."""

import json
import os

import numpy as np
import pytest

import hrgeom
from hrgeom import Hierarchy, construct
from hrgeom.errors import FormatError
from hrgeom.locate import Locator, fit
from hrgeom.models import TextEncoder, text_encoder

TREE = Hierarchy(
    ["all", "dogs", "cats", *(f"dog {i}" for i in range(50)), *(f"cat {i}" for i in range(50))],
    [(1, 0), (2, 0), *((3 + i, 1 + i // 50) for i in range(100))],
)
FILES = (
    "extremes.npy",
    "locator.json",
    "mean.npy",
    "networks.npy",
    "rows.npy",
    "scale.npy",
    "texts.json",
)


def worded(texts):
    return [[text.count("dog"), text.count("cat"), len(text)] for text in texts]


@pytest.fixture(scope="module")
def locator():
    return fit(construct(TREE).embedding, TREE, None, worded)


@pytest.fixture
def folder(locator, tmp_path):
    path = tmp_path / "a.emb"
    hrgeom.save(locator.embedding, path, source=TREE)
    locator.save(path / "locator")
    return path


def test_a_folder_holds_the_files_of_a_locator(locator, folder):
    assert tuple(sorted(os.listdir(folder / "locator"))) == FILES
    for place in (folder, folder / "locator"):
        again = Locator.load(place, worded)
        assert again(["a dog"])[0].to_dict() == locator(["a dog"])[0].to_dict()
        assert repr(again) == repr(locator)


def test_a_locator_is_replaced_only_where_that_is_said(locator, folder, tmp_path):
    with pytest.raises(FormatError, match="must not exist yet"):
        locator.save(folder / "locator")
    locator.save(folder / "locator", overwrite=True)
    assert Locator.load(folder, worded).hierarchy.n_nodes == TREE.n_nodes
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "locator.json").write_text("{}")
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(FormatError, match=r"thesis\.txt"):
        locator.save(tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    with pytest.raises(FormatError, match="parent"):
        locator.save(tmp_path / "no" / "locator")


def test_an_embedding_with_a_locator_may_be_replaced_and_with_other_folders_not(locator, folder):
    hrgeom.save(locator.embedding, folder, source=TREE, overwrite=True)
    assert not (folder / "locator").exists()
    (folder / "locator").mkdir()
    (folder / "locator" / "thesis.txt").write_text("years of work")
    with pytest.raises(FormatError, match="must hold only what hrgeom writes"):
        hrgeom.save(locator.embedding, folder, source=TREE, overwrite=True)


def test_nothing_is_left_of_a_write_that_fails(locator, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr("hrgeom.locate._storing.dump", full)
    with pytest.raises(OSError, match="no space"):
        locator.save(tmp_path / "locator")
    assert not list(tmp_path.iterdir())


def test_encoders_are_made_again_by_name_but_functions_of_ones_own_are_not(folder, locator):
    with pytest.raises(FormatError, match="encoder must be given"):
        Locator.load(folder)
    named = fit(locator.embedding, TREE, None, TextEncoder("py:os:listdir", worded))
    assert named.model_name == "py:os:listdir"
    named.save(folder / "locator", overwrite=True)
    with pytest.raises(FormatError, match="not run by itself"):
        Locator.load(folder)
    assert Locator.load(folder, worded)(["a cat"])[0].node == "cats"


def test_another_embedding_or_hierarchy_is_refused(folder, locator):
    other = construct(TREE, dtype="float64").embedding
    with pytest.raises(FormatError, match="other queries"):
        Locator.load(folder, worded, embedding=other)
    renamed = Hierarchy([f"{label}!" for label in TREE.labels], TREE.edges)
    with pytest.raises(FormatError, match="other hierarchy"):
        Locator.load(folder, worded, hierarchy=renamed)
    hrgeom.save(locator.embedding, folder.parent / "b.emb")
    (folder / "locator").rename(folder.parent / "b.emb" / "locator")
    with pytest.raises(FormatError, match="hierarchy must be given"):
        Locator.load(folder.parent / "b.emb", worded)
    assert (
        Locator.load(folder.parent / "b.emb", worded, hierarchy=TREE)(["a dog"])[0].node == "dogs"
    )


def test_what_is_no_locator_is_refused(tmp_path):
    with pytest.raises(FormatError, match=r"locator\.json"):
        Locator.load(tmp_path, worded)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_an_error_or_as_good_as_whole(folder, name):
    path = folder / "locator" / name
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for kind in range(40):
        data = bytearray(whole)
        if kind % 4 == 0:
            data = data[: random.integers(len(data))]
        elif kind % 4 == 1:
            data[random.integers(min(len(data), 200))] = random.integers(256)
        elif kind % 4 == 2:
            place = random.integers(len(data))
            data[place : place + 4] = b"\xff\xff\xff\x7f"
        else:
            data += bytes(8)
        path.write_bytes(bytes(data))
        try:
            found = Locator.load(folder, worded)(["a dog"])[0]
        except FormatError:
            continue
        else:
            assert 0 <= found.expected_f1 <= 1
    path.unlink()
    with pytest.raises(FormatError):
        Locator.load(folder, worded)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "hrgeom-embedding"),
        ("format_version", 2),
        ("model", 3),
        ("n_nodes", -1),
        ("n_nodes", True),
        ("dim", 10**12),
        ("n_networks", 99),
        ("n_calibrated", "5"),
        ("calibration", {"expected": [0, 1], "true": [0]}),
        ("calibration", {"expected": [[0]], "true": [[0]]}),
        ("calibration", {}),
        ("rank_threshold", "high"),
        ("sha256", {}),
    ],
)
def test_every_field_is_checked(folder, field, value):
    path = folder / "locator" / "locator.json"
    stated = json.loads(path.read_text())
    path.write_text(json.dumps({**stated, field: value}))
    with pytest.raises(FormatError):
        Locator.load(folder, worded)


def test_encoders_by_name():
    encoder = text_encoder("py:numpy:atleast_2d")
    assert encoder.model_name == "py:numpy:atleast_2d"
    for spec in ("frog", "wordllama:", "trie.emb", "wordllama,seed=3", "py:numpy:none", "py:x"):
        with pytest.raises(FormatError):
            text_encoder(spec)
