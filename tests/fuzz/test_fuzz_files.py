"""One target per reader of files: damaged hierarchies, judgments and vectors give clear errors."""

import numpy as np
import pytest
from damage import damaged
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, read_hierarchy
from hrgeom.errors import HrgeomError
from hrgeom.io import (
    hierarchy_formats,
    judgment_formats,
    load_judgments,
    read_new_texts,
    read_texts,
    vector_formats,
)
from hrgeom.io.vectors import Wanted, format_of_vectors

HIERARCHIES = {entry.name: entry for entry in hierarchy_formats() if entry.example}
JUDGMENTS = {entry.name: entry for entry in judgment_formats() if entry.write is not None}
VECTORS = {entry.name: entry for entry in vector_formats() if entry.read and entry.write}
ROWS = np.float32([[1, 2, 0.5], [0, -1, 3], [4, 4, 4]])
LABELS = ("animal", "dog", "puppy")
TEXTS = {
    "x.csv": 'id,name,synonyms,definition\ndog,dog,hound|cur,"barks, ""loudly"""\npuppy,pup,,\n',
    "x.tsv": "dog\thound\ndog\tbarks\npuppy\tpup\n",
    "x.json": '{"dog": ["hound", "barks"], "puppy": {"definition": "small", "name": "pup"}}',
    "x.jsonl": '{"label": "dog", "text": "hound"}\n{"label": "puppy", "text": ["pup", "whelp"]}\n',
    "x.obo": '[Term]\nid: dog\nname: dog\nsynonym: "hound" EXACT []\ndef: "It barks." [X:1]\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", HIERARCHIES)
def test_hierarchies(folder, name):
    example = HIERARCHIES[name].example
    data = example if isinstance(example, bytes) else example.encode()
    path = folder / f"x{HIERARCHIES[name].suffixes[0] if HIERARCHIES[name].suffixes else ''}"

    @given(data=damaged(data), is_said=st.booleans())
    def target(data, is_said):
        path.write_bytes(data)
        try:
            hierarchy = read_hierarchy(path, format=name if is_said else None)
        except HrgeomError as error:
            assert str(error)  # noqa: PT017
            return
        assert hierarchy.n_nodes == len(set(hierarchy.labels)) > 0

    target()


@pytest.mark.parametrize("name", JUDGMENTS)
def test_judgments(folder, name):
    rows = [("pet", "dog", 1.0), ("pet", "cat", 1.0), ("tree", "dog", 0.0), ("tree", "oak", 1.0)]
    data = JUDGMENTS[name].write(rows).encode()
    path = folder / f"x{JUDGMENTS[name].suffixes[0]}"

    @given(data=damaged(data), is_said=st.booleans())
    def target(data, is_said):
        path.write_bytes(data)
        try:
            judgments = load_judgments(path, format=name if is_said else None)
        except HrgeomError as error:
            assert str(error)  # noqa: PT017
            return
        assert set(judgments.queries) >= {query for query, _ in judgments.pairs}

    target()


@pytest.mark.parametrize("name", [name for name in VECTORS if name != "folder"])
def test_vectors(folder, name):
    if name == "safetensors":
        pytest.importorskip("safetensors")
    entry = VECTORS[name]
    e = DualEmbedding(ROWS, ROWS, query_labels=LABELS, document_labels=LABELS)
    path = folder / f"whole{entry.suffixes[0]}"
    entry.write(e, path)
    whole, path = path.read_bytes(), folder / f"x{entry.suffixes[0]}"

    @given(data=damaged(whole), is_said=st.booleans())
    def target(data, is_said):
        path.write_bytes(data)
        try:
            found = format_of_vectors(path, name if is_said else None)
            vectors = found.read(str(path), Wanted(n_rows=(3, 3), labels=(LABELS, LABELS)))
        except HrgeomError as error:
            assert str(error)  # noqa: PT017
            return
        assert vectors.queries.size < 10**5

    target()


@pytest.mark.parametrize("name", TEXTS)
def test_texts(folder, name):
    path = folder / name
    pets = Hierarchy(LABELS, [(1, 0), (2, 1)])

    @given(data=damaged(TEXTS[name].encode()))
    def target(data):
        path.write_bytes(data)
        for read in (lambda: read_texts(path, pets), lambda: read_new_texts(path)):
            try:
                found = read()
            except HrgeomError as error:
                assert str(error)  # noqa: PT017
                continue
            texts = found.values() if isinstance(found, dict) else found.texts
            assert all(text.strip() for each in texts for text in each)
            assert all(texts)

    target()


def test_no_format_is_forgotten():
    assert len(HIERARCHIES) > 15
    assert len(JUDGMENTS) > 2
    assert {"npy", "npz", "word2vec-text", "word2vec-binary", "folder"} <= VECTORS.keys()
