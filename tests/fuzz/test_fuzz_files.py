"""One target per reader of files: damaged hierarchies, judgments and vectors give clear errors."""

import numpy as np
import pytest
from damage import damaged
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, read_hierarchy
from hrgeom.errors import HrgeomError
from hrgeom.io import hierarchy_formats, judgment_formats, load_judgments, vector_formats
from hrgeom.io.vectors import Wanted, format_of_vectors

HIERARCHIES = {entry.name: entry for entry in hierarchy_formats() if entry.example}
JUDGMENTS = {entry.name: entry for entry in judgment_formats() if entry.write is not None}
VECTORS = {entry.name: entry for entry in vector_formats() if entry.read and entry.write}
ROWS = np.float32([[1, 2, 0.5], [0, -1, 3], [4, 4, 4]])
LABELS = ("animal", "dog", "puppy")


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


def test_no_format_is_forgotten():
    assert len(HIERARCHIES) > 15
    assert len(JUDGMENTS) > 2
    assert {"npy", "npz", "word2vec-text", "word2vec-binary", "folder"} <= VECTORS.keys()
