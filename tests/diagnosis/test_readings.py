"""Vectors read in the wrong way: each planted way is named, and right ones are left alone."""

from dataclasses import replace

import numpy as np
import pytest

import hrgeom
from hrgeom import DualEmbedding
from hrgeom.cli import main
from hrgeom.datasets import random_tree
from hrgeom.diagnosis._answers import doubt
from hrgeom.diagnosis._readings import other_reading
from hrgeom.models import Model, read_model

H = random_tree(300, seed=1)


@pytest.fixture(scope="module")
def vectors():
    """A construction with some queries spoilt, so that it fails."""
    return spoilt(H)


def spoilt(hierarchy):
    found = hrgeom.construct(hierarchy, dim=24, proved=True).embedding
    queries = np.array(found.queries)
    queries[::20] *= -1
    return replace(found, queries=queries, notion="row")


def read(tmp_path, **arrays):
    np.savez(tmp_path / "m.npz", **arrays)
    return read_model(str(tmp_path / "m.npz"), H)


def test_vectors_that_are_read_rightly_are_not_doubted(vectors):
    assert other_reading(Model("m", vectors), H) is None


def test_exchanged_sides(vectors):
    queries, documents = vectors.documents, vectors.queries
    found = other_reading(Model("m", DualEmbedding(queries, documents)), H)
    assert found.how == "exchanged"
    assert found.recall > 0.8 > found.as_read
    assert "queries for documents" in doubt(found)


def test_rows_of_any_length_for_cosine():
    centroids = hrgeom.construct(H, method="gaussian", dim=64).embedding
    scale = np.exp(np.random.default_rng(0).normal(size=(H.n_nodes, 1))).astype(np.float32)
    scaled = DualEmbedding(centroids.queries, centroids.documents * scale)
    found = other_reading(Model("m", scaled), H)
    assert found.how == "cosine"
    assert "score=cosine" in doubt(found)


def test_rows_without_labels_in_another_order(tmp_path, vectors):
    q, x = vectors.queries, vectors.documents
    order = sorted(range(H.n_nodes), key=H.labels.__getitem__)
    assert order != [*range(H.n_nodes)]
    assert other_reading(read(tmp_path, queries=q[order], documents=x[order]), H).how == "sorted"
    mixed = np.random.default_rng(0).permutation(H.n_nodes)
    found = other_reading(read(tmp_path, queries=q[mixed], documents=x[mixed]), H)
    assert found.how == "chance"
    assert found.as_read < 2 * found.recall < 0.1
    assert "labels=" in doubt(found)
    labels = np.array(H.labels)[mixed]
    labeled = read(tmp_path, queries=q[mixed], documents=x[mixed], labels=labels)
    assert other_reading(labeled, H) is None


def test_random_vectors_with_labels_are_only_bad(tmp_path):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2, H.n_nodes, 8))
    assert (
        other_reading(read(tmp_path, queries=rows[0], documents=rows[1], labels=H.labels), H)
        is None
    )


def test_the_command_prints_the_doubt_after_the_answer(tmp_path, capsys):
    h = random_tree(60, seed=1)  # the bounds of larger ones take most of a minute
    hrgeom.write_hierarchy(h, tmp_path / "tree.csv")
    vectors = spoilt(h)
    np.savez(
        tmp_path / "m.npz", queries=vectors.documents, documents=vectors.queries, labels=h.labels
    )
    command = ["compare", f"{tmp_path / 'm.npz'}", "--tree", f"{tmp_path / 'tree.csv'}"]
    assert main([*command, "--effort", "0", "--diagnose", "5", "--quiet"]) == 1
    answer, said = capsys.readouterr().out.splitlines()[-2:]
    assert answer.startswith("m.npz: training: ")
    assert said.startswith("m.npz: are its two sides exchanged? With queries for documents ")
