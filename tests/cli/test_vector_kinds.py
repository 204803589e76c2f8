"""Kinds of vector files that were misread once, judged by the command line."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import hrgeom
from hrgeom.cli import main

TREE = "child,parent\nDog Beds,Dog Supplies\nDog Bowls,Dog Supplies\nCat Trees,Cat Supplies\n"
NUMBERS = "child,parent\n3,1\n1,0\n2,0\n4,1\n5,2\n"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Queries, documents and labels of a tree, in another order than the hierarchy's."""
    monkeypatch.chdir(tmp_path)
    Path("tree.csv").write_text(TREE)
    Path("numbers.csv").write_text(NUMBERS)
    return shuffled("tree.csv")


def shuffled(tree):
    h = hrgeom.read_hierarchy(tree)
    queries, documents = hrgeom.construct(h).embedding.values()
    order = np.random.default_rng(1).permutation(h.n_nodes)
    return queries[order], documents[order], np.array(h.labels)[order]


def status(spec, *options, tree="tree.csv"):
    return main(["certify", spec, "--tree", tree, "--notion", "row", "--quiet", *options])


@pytest.mark.parametrize("name", ["labels", "ids", "names", "words", "tokens", "keys", "vocab"])
@pytest.mark.parametrize("kind", ["U", "S"])
def test_label_arrays_of_any_usual_name(shop, name, kind):
    queries, documents, labels = shop
    np.savez("v.npz", queries=queries, documents=documents, **{name: labels.astype(kind)})
    assert status("v.npz") == 0


@pytest.mark.parametrize("suffix", [".bin", ".npy", ".pt", ".vectors", ""])
def test_an_archive_of_arrays_under_another_suffix(shop, suffix):
    queries, documents, labels = shop
    np.savez("v.npz", queries=queries, documents=documents, labels=labels)
    shutil.copy("v.npz", f"v{suffix}")
    assert status(f"v{suffix}") == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda q, d: (q, np.vstack([d, 0 * d[:1]])), "got 6 rows without labels, 1 too many"),
        (lambda q, d: (np.vstack([q, 0 * q[:1]]), d), "got 6 rows without labels, 1 too many"),
        (lambda q, d: (q[:-1], d), "got 4 rows without labels"),
        (lambda q, d: (q[:, None], d), "must be a matrix"),
    ],
)
def test_an_array_of_queries_is_used_or_refused(shop, capsys, change, said):
    queries, documents = change(*shop[:2])
    np.savez("v.npz", queries=queries, documents=documents)
    assert status("v.npz") == 2
    assert said in capsys.readouterr().err


def test_rows_of_numbered_nodes_are_asked_about(shop, capsys):
    queries, documents, labels = shuffled("numbers.csv")
    by_number = np.argsort(labels.astype(int))
    np.savez("v.npz", queries=queries[by_number], documents=documents[by_number])
    assert status("v.npz", tree="numbers.csv") == 2
    assert "rows=labels" in capsys.readouterr().err
    assert status("v.npz", "--rows", "labels", tree="numbers.csv") == 0
    np.savez("v.npz", queries=queries, documents=documents, ids=labels.astype(int))
    assert status("v.npz", tree="numbers.csv") == 0


@pytest.mark.parametrize("folder", ["runs/lr=0.1,dim=64", "runs/queries=q,x"])
def test_folders_with_signs_of_options(shop, folder):
    queries, documents, labels = shop
    Path(folder).mkdir(parents=True)
    np.savez(f"{folder}/v.npz", queries=queries, documents=documents, labels=labels)
    assert status(f"{folder}/v.npz") == 0
    assert status(f"{folder}/v.npz,queries=queries,documents=documents") == 0


@pytest.mark.parametrize("separator", [" ", "\t"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("header", [True, False])
def test_text_with_spaces_in_keys(shop, capsys, separator, decimal, header):
    _, documents, labels = shop
    lines = [f"{len(labels)} {documents.shape[1]}"] if header else []
    for label, row in zip(labels, documents, strict=True):
        numbers = [f"{x:.9g}".replace(".", decimal) for x in row]
        lines.append(separator.join([label, *numbers]))
    Path("v.txt").write_text("\n".join(lines) + "\n")
    assert main(["certify", "v.txt", "--tree", "tree.csv", "--notion", "row", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["n_pairs"] == 25
    assert "words-without-vector" not in [remark["code"] for remark in found["remarks"]]
