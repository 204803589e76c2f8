"""Approximate indexes, rows of bits, exports without leaves, and the walk down a hierarchy."""

import json
from dataclasses import replace

import numpy as np
import pytest

from hrgeom import DualEmbedding, Hierarchy, construct, read_hierarchy
from hrgeom.core import Relevance
from hrgeom.errors import FormatError
from hrgeom.export import export_embedding, export_targets

TARGETS = {entry.name: entry for entry in export_targets()}
APPROXIMATE = [entry for entry in TARGETS.values() if not entry.is_exact]
# Two roots, one of them alone; a node with two parents on different levels.
DAG = Hierarchy.from_edges(
    [("b", "a"), ("c", "a"), ("d", "b"), ("e", "d"), ("e", "c"), ("f", "e"), ("g", "z")]
)


@pytest.fixture(scope="module")
def mammals():
    hierarchy = read_hierarchy("wordnet-mammals")
    return hierarchy, construct(hierarchy).embedding


def needed(name):
    if TARGETS[name].missing:
        pytest.skip(f"needs {', '.join(TARGETS[name].missing)}")


def names_in(path):
    """The names that a query file defines."""
    names = {"__name__": "query", "__file__": str(path / "query.py")}
    exec((path / "query.py").read_text(encoding="utf-8"), names)
    return names


@pytest.mark.parametrize("entry", APPROXIMATE, ids=lambda entry: entry.name)
def test_what_an_approximate_index_misses_is_reported(entry, mammals, tmp_path):
    needed(entry.name)
    hierarchy, e = mammals
    few = {"ef": 3} if "ef" in entry.options else {"probes": 1}
    done = export_embedding(e, tmp_path / "x", entry, target=hierarchy, settings=few, sample=100)
    assert done.holds
    assert done.check.n_exact < 100
    assert min(done.check.recall) < 1
    text = (tmp_path / "x" / "README.md").read_text(encoding="utf-8")
    assert "APPROXIMATE: " in text
    assert "recall by distance, %" in text
    assert "leave out the leaves (--no-leaves); a scan (--to faiss) or a walk" in text
    (name, value), *_ = few.items()
    assert f"{name} = {value}." in text
    record = json.loads((tmp_path / "x" / "export.json").read_text())
    assert record["settings"][name] == value
    assert record["check"]["recommendation"] in text
    assert len(record["check"]["recall_by_distance"]) == 10


@pytest.mark.parametrize("entry", APPROXIMATE, ids=lambda entry: entry.name)
def test_an_approximate_index_that_looks_at_everything_finds_it(entry, mammals, tmp_path):
    needed(entry.name)
    hierarchy, e = mammals
    every = {"ef": 1_182} if "ef" in entry.options else {"probes": 16}
    done = export_embedding(e, tmp_path / "x", entry, target=hierarchy, settings=every, sample=100)
    assert done.check.n_exact == 100
    assert done.check.certificate.holds
    assert "queries not asked may miss documents" in done.check.recommendation


@pytest.mark.parametrize("name", ["csv", "faiss", "walk", "faiss-hnsw", "duckdb"])
def test_without_leaves_the_engine_holds_inner_nodes(name, mammals, tmp_path):
    needed(name)
    hierarchy, e = mammals
    done = export_embedding(e, tmp_path / "x", name, target=hierarchy, leaves=False, sample=60)
    assert done.holds
    assert done.check.n_exact == 60
    assert done.n_leaves_out == len(hierarchy.leaves) == 889
    assert done.check.certificate.n_pairs == 1_182 * (1_182 - 889)
    assert done.check.certificate.n_matches == hierarchy.relevance.n_pairs - 889
    text = (tmp_path / "x" / "README.md").read_text(encoding="utf-8")
    assert "889 documents are not here" in text
    assert json.loads((tmp_path / "x" / "export.json").read_text())["leaves_left_out"] == 889
    assert "--no-leaves" not in str(done.check)


def test_the_answer_without_leaves_and_the_query_itself_are_s_of_q(tmp_path):
    e = construct(DAG).embedding
    export_embedding(e, tmp_path / "x", "walk", target=DAG, leaves=False)
    names = names_in(tmp_path / "x")
    assert set(names["LABELS"]["documents"]) == {"a", "b", "c", "d", "e", "z"}
    for q, label in enumerate(DAG.labels):
        matches = {DAG.labels[v] for v in DAG.relevance.matches(q)}
        assert set(names["retrieve"](label)) | {label} == matches


def test_only_documents_of_their_own_query_are_left_out(tmp_path):
    """Of judgments: one document of another query, one of two, and one of none stay."""
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, -1.0]], "f4")
    labels = ("p", "x", "y", "none")
    e = DualEmbedding(
        rows[:2], rows, threshold=0.5, query_labels=("p", "q"), document_labels=labels
    )
    relevance = Relevance.from_sets(
        [{0, 2}, {1, 2}], 4, query_labels=("p", "q"), document_labels=labels
    )
    done = export_embedding(e, tmp_path / "x", "csv", target=relevance, leaves=False)
    assert (done.holds, done.n_leaves_out) == (True, 1)
    assert names_in(tmp_path / "x")["DOCUMENTS"] == ("x", "y", "none")


def test_nothing_left_is_refused(tmp_path):
    alone = Relevance.from_sets([{0}], 1, query_labels=("a",), document_labels=("a",))
    e = DualEmbedding([[1.0]], [[1.0]], threshold=0.0, query_labels=("a",), document_labels=("a",))
    with pytest.raises(FormatError, match="there must be documents left: got none"):
        export_embedding(e, tmp_path / "x", "csv", target=alone, leaves=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("leaves", [True, False])
def test_a_walk_finds_what_has_parents_on_several_levels(leaves, tmp_path):
    e = construct(DAG).embedding
    done = export_embedding(e, tmp_path / "x", "walk", target=DAG, leaves=leaves, sample=None)
    assert (done.holds, done.check.n_exact) == (True, DAG.n_nodes)


def test_a_walk_scores_children_of_what_is_retrieved_alone(mammals, tmp_path):
    hierarchy, e = mammals
    export_embedding(e, tmp_path / "x", "walk", target=hierarchy, sample=5)
    names, scored = names_in(tmp_path / "x"), []

    class Counted(np.ndarray):
        def __getitem__(self, rows):
            scored.extend(rows.tolist())
            return np.asarray(self)[rows]

    names["X"] = names["X"].view(Counted)
    label = e.query_labels[700]
    found = names["retrieve"](label)
    starts, children = hierarchy.children
    wanted = set(hierarchy.roots.tolist())
    for v in map(hierarchy.index, found):
        wanted |= set(children[starts[v] : starts[v + 1]].tolist())
    assert set(scored) == wanted
    assert len(wanted) < 100


def test_a_walk_that_is_cut_off_fails_the_export(tmp_path):
    """The root scores below the threshold: nothing under it is reached."""
    e = construct(DAG).embedding
    documents = e.documents.copy()
    documents[DAG.index("a")] *= -1
    wrong = replace(e, documents=documents)
    done = export_embedding(wrong, tmp_path / "x", "walk", target=DAG)
    assert not done.holds
    assert not done.check.certificate.holds
    assert "a" in done.check.wrong[0].missed
    assert done.check.n_exact < DAG.n_nodes


def test_a_walk_needs_a_hierarchy(tmp_path):
    e = DualEmbedding([[1.0]], [[1.0]], threshold=0.0)
    with pytest.raises(FormatError, match="a walk must have a hierarchy to go down: got none"):
        export_embedding(e, tmp_path / "x", "walk")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["faiss", "usearch"])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_one_document(name, dtype, tmp_path):
    """Where as many are asked for as it takes: there is one, and it is retrieved."""
    needed(name)
    e = DualEmbedding([[1.0, 0.5]], [[1.0, 0.5]], threshold=0.25)
    done = export_embedding(e, tmp_path / "x", name, dtype=dtype)
    assert (done.holds, done.check.n_exact) == (True, 1)


def signs(dim=16):
    """Rows of +1 and -1, each query retrieving its own document and another."""
    rng = np.random.default_rng(0)
    documents = rng.choice([-1, 1], (6, dim)).astype(np.int8)
    queries = documents.copy()
    queries[:, 0] *= -1  # own products are dim - 2
    labels = tuple("abcdef")
    return DualEmbedding(
        queries, documents, threshold=5.0, query_labels=labels, document_labels=labels
    )


@pytest.mark.parametrize("name", ["faiss", "pgvector"])
def test_signs_go_as_bits(name, tmp_path):
    needed(name)
    e = signs()
    done = export_embedding(e, tmp_path / "x", name, settings={"bits": 1}, sample=None)
    assert done.holds
    assert (done.check.n_exact, done.check.n_changed, done.check.largest_error) == (6, 0, 0.0)
    assert done.check.is_order_free
    if name == "pgvector":
        assert "vector bit(16)" in (tmp_path / "x" / "load.sql").read_text()
        assert "2 * (d.vector <~> q.vector) - 16) < -5.0" in done.query.text
    else:
        size = (tmp_path / "x" / "documents.faiss").stat().st_size
        assert size < 6 * 2 + 64


@pytest.mark.parametrize("threshold", [3.0, 3.5, 4.5, 5.0])
def test_a_distance_of_bits_is_below_its_radius_where_the_product_exceeds(threshold, tmp_path):
    """At whole thresholds and between: products of 16 signs are even."""
    needed("faiss")
    e = replace(signs(), threshold=threshold)
    done = export_embedding(e, tmp_path / "x", "faiss", settings={"bits": 1}, sample=None)
    assert (done.check.n_exact, done.check.n_asked) == (6, 6)


@pytest.mark.parametrize("name", ["faiss", "pgvector"])
def test_other_numbers_do_not_go_as_bits(name, tmp_path):
    needed(name)
    e = signs()
    documents = e.documents.copy()
    documents[3, 5] = 0
    with pytest.raises(FormatError, match=r"must be \+1 and -1: got 0 in row 3 of the documents"):
        export_embedding(
            replace(e, documents=documents), tmp_path / "x", name, settings={"bits": 1}
        )
    assert list(tmp_path.iterdir()) == []


def test_faiss_holds_whole_bytes(tmp_path):
    needed("faiss")
    with pytest.raises(FormatError, match="a multiple of 8 dimensions: got 12"):
        export_embedding(signs(12), tmp_path / "x", "faiss", settings={"bits": 1})


def test_the_command_leaves_leaves_out(tmp_path, monkeypatch, capsys):
    from hrgeom import save
    from hrgeom.cli import main
    from hrgeom.io import write_hierarchy

    monkeypatch.chdir(tmp_path)
    write_hierarchy(DAG, "dag.tsv")
    save(construct(DAG).embedding, "dag.emb")
    line = "export dag.emb --tree dag.tsv --to walk --no-leaves --out x"
    assert main(line.split()) == 0
    assert "written to x (walk, without 2 leaves); retrieved is" in capsys.readouterr().out
    assert main(line.replace("walk", "npz").split()) == 2
    assert "--no-leaves must come with an engine: got --to npz" in capsys.readouterr().err
