"""Certificates of rows that were put in another order speak of the rows as they are stored."""

from argparse import Namespace

import numpy as np
import pytest

from hrgeom import DualEmbedding, Hierarchy, certify
from hrgeom.cli._vectors import read_vectors
from hrgeom.errors import ChangedError
from hrgeom.io.vectors import load, save

TREE = Hierarchy(["r", "a"], [(1, 0)])


@pytest.fixture(params=["in order", "moved"])
def given(request, tmp_path):
    """What a command reads, with the file of the documents."""
    labels = ("r", "a") if request.param == "in order" else ("a", "r")
    places = [0, 1] if request.param == "in order" else [1, 0]
    embedding = DualEmbedding(
        np.array([[1.0, -1.0], [1.0, 1.0]])[places],
        np.array([[1.0, 0.0], [0.0, 1.0]])[places],
        threshold=0.5,
        query_labels=labels,
        document_labels=labels,
    )
    path = save(embedding, tmp_path / "e.emb")
    return read_vectors(Namespace(folder=str(path), rows=None), TREE), path


def test_digests_are_those_of_the_folder(given):
    vectors, path = given
    certificate = vectors.of_stored(certify(vectors.embedding, TREE))
    assert certificate.holds
    assert load(path).sha256.items() <= certificate.sha256.items()


def test_a_file_that_changes_after_its_rows_were_moved_is_noticed(given):
    vectors, path = given
    rows = np.load(path / "documents.npy", mmap_mode="r+")

    def change(done, total):
        rows[0, 0] = 7.0
        rows.flush()

    with pytest.raises(ChangedError, match="vectors must not change while they are certified"):
        vectors.of_stored(certify(vectors.embedding, TREE, progress=change))
