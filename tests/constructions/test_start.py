"""Descent that begins at vectors there are: aligned by label, padded, gone on with, never lost."""

import os
import signal

import numpy as np
import pytest

from hrgeom import certify, construct, load
from hrgeom.cli import main
from hrgeom.constructions import find_construction
from hrgeom.constructions._descent import _going_on
from hrgeom.constructions._start import start_rows
from hrgeom.core import STORED_TYPES, DualEmbedding, Hierarchy, Relevance
from hrgeom.datasets import perfect_tree
from hrgeom.errors import ConstructionError, ShapeError

TREE = perfect_tree(2, 5)
LABELS = tuple("abcde")
SETS = [{0}, {0, 1}, {0, 2}, {0, 1, 3}, {0, 2, 4}]


def judged(order):
    """The same judgments, queries and documents in some order."""
    names = [LABELS[i] for i in order]
    place = {i: at for at, i in enumerate(order)}
    sets = [{place[j] for j in SETS[i]} for i in order]
    return Relevance.from_sets(sets, 5, query_labels=names, document_labels=names)


def given(rows, labels=LABELS, **fields):
    return DualEmbedding(
        rows, rows[::-1], notion="row", query_labels=labels, document_labels=labels, **fields
    )


def descended(target, **options):
    return construct(target, method="descent", threads=1, **{"effort": 0.1, **options})


# --- rows ---


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [3, 0, 4, 2, 1]])
def test_rows_go_by_labels(order):
    rows = np.random.default_rng(0).standard_normal((5, 3))
    queries, documents = start_rows(given(rows), judged(order), 3, 0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose(queries, (rows / lengths)[order], atol=1e-6)
    np.testing.assert_allclose(documents, (rows / lengths)[::-1][order], atol=1e-6)


def test_rows_without_labels_are_in_order():
    rows = np.random.default_rng(0).standard_normal((5, 3))
    unnamed = DualEmbedding(rows, rows, notion="row")
    named = given(rows)
    order = judged([0, 1, 2, 3, 4])
    np.testing.assert_array_equal(
        start_rows(unnamed, order, 3, 0)[0], start_rows(named, order, 3, 0)[0]
    )


@pytest.mark.parametrize("labels", [("a", "b", "c", "d", "x"), ("a", "b", "c", "d")])
def test_other_labels_are_refused(labels):
    start = given(np.eye(5)[: len(labels)], labels)
    with pytest.raises(ShapeError, match=r"start must have the same queries .* none for 'e'"):
        start_rows(start, judged(range(5)), 5, 0)


def test_more_rows_than_wanted_are_refused():
    start = given(np.eye(6), (*LABELS, "f"))
    with pytest.raises(ShapeError, match=r"same queries .* in any order: got 6 for 5"):
        start_rows(start, judged(range(5)), 6, 0)


def test_missing_dimensions_are_filled_a_little():
    rows = np.random.default_rng(0).standard_normal((5, 3)) * 1e200
    queries, _ = start_rows(given(rows), judged(range(5)), 11, 0)
    assert queries.shape == (5, 11)
    np.testing.assert_allclose(np.linalg.norm(queries[:, :3], axis=1), 1, atol=1e-6)
    assert np.linalg.norm(queries[:, 3:], axis=1).max() < 0.3
    assert (queries[:, 3:] != 0).all()
    again, other = (start_rows(given(rows), judged(range(5)), 11, seed)[0] for seed in (0, 1))
    assert np.array_equal(queries, again)
    assert not np.array_equal(queries, other)


def test_too_many_dimensions_are_refused():
    with pytest.raises(ConstructionError, match="at most the 4 dimensions asked for: got 5"):
        start_rows(given(np.eye(5)), judged(range(5)), 4, 0)


def test_scales_count_and_zeros_stay():
    rows = np.array([[3, 4], [0, 0], [1, 0], [0, 2], [5, 5]], dtype=np.int8)
    scales = np.array([1, 2, 0.5, 1, 1], dtype=np.float32)
    start = given(rows, query_scale=scales, document_scale=scales)
    queries, _ = start_rows(start, judged(range(5)), 2, 0)
    np.testing.assert_allclose(queries[:2], [[0.6, 0.8], [0, 0]], atol=1e-6)


@pytest.mark.parametrize("wrong", [construct(TREE), (np.eye(2), np.eye(2))])
def test_what_is_no_embedding_is_refused(wrong):
    with pytest.raises(ConstructionError, match="start must be a DualEmbedding: got a"):
        descended(TREE, start=wrong)


# --- the construction ---


@pytest.mark.parametrize("dtype", STORED_TYPES)
@pytest.mark.parametrize("notion", ["global", "row"])
def test_an_earlier_descent_is_gone_on_with(dtype, notion):
    first = descended(TREE, dim=8, dtype=dtype, notion=notion)
    then = descended(TREE, dtype=dtype, notion=notion, start=first.embedding)
    e = then.embedding
    assert (e.dim, str(e.dtype), e.notion, e.basis) == (8, dtype, notion, "descent")
    record = e.parameters["start"]
    assert record["construction"] == "descent"
    assert record["sha256"] == first.embedding.sha256
    assert then.certificate.holds


@pytest.mark.parametrize("notion", ["global", "row"])
def test_no_margin_of_the_start_is_lost(notion):
    first = descended(TREE, dim=16, effort=1.0, notion=notion)
    schedule_too_short = descended(TREE, effort=0.001, notion=notion, start=first.embedding, seed=1)
    before, after = (
        r.certificate.normalized_margin_lower_bound for r in (first, schedule_too_short)
    )
    assert after >= before * (1 - 1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"method": "trie"},
        {"method": "half-plane", "dtype": "float64"},
        {"method": "hybrid", "dim": 12},
        {"method": "gaussian", "dim": 3},
        {"method": "interval", "dtype": "int8", "dim": 12},
    ],
)
def test_any_construction_is_a_start(options):
    start = construct(TREE, certify=False, **options).embedding
    result = descended(TREE, dim=16, effort=0.3, start=start)
    assert result.embedding.dim == 16
    assert result.embedding.parameters["start"]["construction"] == start.construction
    assert result.certificate.holds


def test_a_start_of_another_order_is_the_same_start():
    nodes = list(range(TREE.n_nodes))
    turned = Hierarchy([TREE.labels[i] for i in nodes[::-1]], TREE.n_nodes - 1 - TREE.edges)
    first = descended(TREE, dim=8, effort=1.0)
    then = descended(turned, effort=0.001, start=first.embedding)
    assert then.embedding.query_labels == turned.labels
    assert then.certificate.holds  # four epochs from random rows would not do
    assert not descended(turned, dim=8, effort=0.001).certificate.holds


@pytest.mark.parametrize("method", ["auto", "trie"])
def test_other_methods_take_no_start(method):
    start = construct(TREE).embedding
    with pytest.raises(ConstructionError, match=f"start must come with .* got method {method}"):
        construct(TREE, method=method, start=start)
    assert find_construction("descent").takes_start


def test_what_was_interrupted_goes_on_where_it_was():
    reports = []

    def report(line):
        reports.append(line)
        if line.startswith("epoch") and len(reports) > 6:
            raise KeyboardInterrupt

    first = descended(TREE, dim=8, effort=0.5, report=report).embedding
    progress = first.parameters["progress"]
    assert 0.1 < progress < 0.5
    schedule = _going_on(first, TREE.relevance, 8, 0.5, True)
    assert schedule.start == progress
    whole = descended(TREE, dim=8, effort=0.5).embedding.parameters["epochs"]
    rest = descended(TREE, effort=0.5, start=first)
    assert rest.embedding.parameters["epochs"] == pytest.approx(whole * (1 - progress), abs=1)
    assert "progress" not in rest.embedding.parameters
    assert rest.certificate.holds
    assert _going_on(rest.embedding, TREE.relevance, 8, 0.5, True) is None


# --- the command ---

EDGES = "b\ta\nc\ta\nd\tb\ne\tb\n"


@pytest.fixture
def command(tmp_path, monkeypatch):
    """A function that constructs from a tree, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.tsv").write_text("child\tparent\n" + EDGES, encoding="utf-8")
    descent = ["--method", "descent", "--effort", "0.1"]
    return lambda *words: main(["construct", "--tree", "tree.tsv", *words, *descent])


def test_the_command_begins_at_a_folder(command, tmp_path, capsys):
    assert main(["construct", "--tree", "tree.tsv", "--out", "first.emb"]) == 0
    assert command("--out", "next.emb", "--dim", "6", "--start", "first.emb") == 0
    assert "Every one of " in capsys.readouterr().out
    found = load(tmp_path / "next.emb")
    assert found.dim == 6
    assert found.parameters["start"]["sha256"] == load(tmp_path / "first.emb").sha256
    # the same folder again, replaced by what comes of it
    assert command("--out", "next.emb", "--force", "--start", "next.emb") == 0
    assert main(["certify", "next.emb"]) == 0


def test_the_command_refuses_a_start_of_something_else(command, tmp_path, capsys):
    (tmp_path / "other.tsv").write_text("child\tparent\nx\ta\n", encoding="utf-8")
    assert main(["construct", "--tree", "other.tsv", "--out", "other.emb"]) == 0
    assert command("--out", "next.emb", "--start", "other.emb") == 2
    assert command("--out", "next.emb", "--start", "missing.emb") == 2
    assert "start must have" in capsys.readouterr().err
    assert not (tmp_path / "next.emb").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_is_written_and_says_how_to_go_on(
    number, command, tmp_path, capsys, monkeypatch
):
    from hrgeom.cli import _output

    def remark(args, text):
        if text.startswith("epoch"):
            os.kill(os.getpid(), number)
        said.append(text)

    said = []
    monkeypatch.setattr(_output, "remark", remark)
    before = signal.getsignal(signal.SIGTERM)
    command("--out", "next.emb", "--dim", "6")
    assert signal.getsignal(signal.SIGTERM) is before
    found = load(tmp_path / "next.emb")
    assert found.parameters["is_interrupted"] is True
    assert any("--start next.emb" in line for line in said)
    assert certify(found, Hierarchy.from_edges([line.split("\t") for line in EDGES.splitlines()]))
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert command("--out", "more.emb", "--start", "next.emb") == 0
    assert load(tmp_path / "more.emb").dim == 6
