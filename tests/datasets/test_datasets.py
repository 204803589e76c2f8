"""The bundled hierarchies are the ones the numbers in the documentation speak of."""

import hashlib
from importlib import resources

import numpy as np
import pytest
from places import data_file

from hrgeom.datasets import BUNDLED, bundled, load
from hrgeom.errors import HierarchyError
from hrgeom.io.hierarchies import _bundled, read_hierarchy


@pytest.fixture(scope="module")
def wordnet():
    return load("wordnet")


def test_wordnet(wordnet):
    assert (wordnet.n_nodes, wordnet.n_edges) == (82115, 84427)
    assert [wordnet.labels[root] for root in wordnet.roots] == ["entity.n.01"]
    assert int((np.diff(wordnet.parent_indptr) > 1).sum()) == 2213
    assert wordnet.relevance.max_matches == 35
    # Every S(q) holds q itself besides the proper ancestors.
    assert wordnet.relevance.n_pairs - wordnet.n_nodes == 743241


def test_wordnet_pairs_match_a_walk_in_plain_python(wordnet):
    parents = [[] for _ in wordnet.labels]
    for child, parent in wordnet.edges.tolist():
        parents[child].append(parent)
    n_pairs = most = 0
    for node in range(wordnet.n_nodes):
        seen, waiting = {node}, [node]
        while waiting:
            new = [p for p in parents[waiting.pop()] if p not in seen]
            seen.update(new)
            waiting += new
        n_pairs += len(seen) - 1
        most = max(most, len(seen))
    assert (n_pairs, most) == (743241, 35)


def test_mammals_are_the_part_of_wordnet_below_mammal(wordnet):
    mammals = load("wordnet-mammals")
    assert (mammals.n_nodes, mammals.n_edges, mammals.n_levels) == (1182, 1182, 10)
    assert [mammals.labels[root] for root in mammals.roots] == ["mammal.n.01"]
    top = wordnet.index("mammal.n.01")
    queries = np.repeat(np.arange(wordnet.n_nodes), wordnet.relevance.n_matches)
    below = set(queries[wordnet.relevance.indices == top].tolist())
    assert {wordnet.labels[node] for node in below} == set(mammals.labels)
    edges = {
        (wordnet.labels[child], wordnet.labels[parent])
        for child, parent in wordnet.edges.tolist()
        if child in below and parent in below
    }
    assert edges == {(mammals.labels[c], mammals.labels[p]) for c, p in mammals.edges.tolist()}


def test_every_bundled_hierarchy_has_its_file_and_license():
    assert bundled() == list(BUNDLED) == ["wordnet", "wordnet-mammals"]
    folder = resources.files("hrgeom") / "_data"
    for name, entry in BUNDLED.items():
        assert (folder / entry.file).is_file(), name
        assert "Princeton" in (folder / entry.license_file).read_text(encoding="utf-8")
        assert entry.description
        assert entry.license in load(name).metadata["license"]


@pytest.mark.parametrize("name", bundled())
def test_load_and_read_agree(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    loaded, read = load(name), read_hierarchy(name)
    assert loaded.sha256 == read.sha256
    assert loaded.metadata == read.metadata
    assert loaded is not load(name)


@pytest.mark.parametrize("name", bundled())
def test_bundled_files_equal_those_of_the_test_data(name):
    path = data_file(BUNDLED[name].file)
    inside = (resources.files("hrgeom") / "_data" / BUNDLED[name].file).read_bytes()
    assert hashlib.sha256(inside).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_unknown_name():
    with pytest.raises(HierarchyError, match="one of wordnet, wordnet-mammals: got 'imagenet'"):
        load("imagenet")


def test_damage_names_the_hierarchy(tmp_path, monkeypatch):
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / BUNDLED["wordnet"].file).write_bytes(b"{")
    monkeypatch.setattr(_bundled.resources, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"^wordnet: text must be JSON"):
        load("wordnet")
