"""Targets without an engine, approximate indexes, refusals, and the registry."""

import json
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from hrgeom import DualEmbedding, Hierarchy, construct, read_hierarchy
from hrgeom.core import Relevance
from hrgeom.errors import FormatError
from hrgeom.export import ExportTarget, Units, export_embedding, export_targets, vector_file_query
from hrgeom.export._registry import target_named
from hrgeom.io import load_judgments, write_vectors

TREE = Hierarchy.from_edges(
    [("dog", "animal"), ("cat", "animal"), ("puppy", "dog")],
)


@pytest.fixture
def embedding():
    return construct(TREE).embedding


def test_names_are_distinct_and_modules_are_known():
    targets = export_targets()
    assert len({entry.name for entry in targets}) == len(targets)
    for entry in targets:
        assert entry.open is not None or entry.verify is not None or "not run here" in entry.summary
        assert bool(entry.modules) == bool(entry.extra), entry.name


def test_an_unknown_target_is_refused():
    with pytest.raises(FormatError, match=r"target must be one of csv, .*: got 'access'"):
        target_named("access")


def test_trec(embedding, tmp_path):
    done = export_embedding(embedding, tmp_path / "x", "trec", target=TREE)
    assert done.is_written
    assert done.query is None
    assert set(load_judgments(tmp_path / "x" / "qrels.trec").pairs) >= {("puppy", "animal")}
    run = [line.split() for line in (tmp_path / "x" / "run.trec").read_text().splitlines()]
    assert [line[2] for line in run if line[0] == "dog" and line[5] == "hrgeom"]
    assert {line[2] for line in run if line[0] == "puppy"} == {"puppy", "dog", "animal"}
    ranks = [int(line[3]) for line in run if line[0] == "puppy"]
    scores = [float(line[4]) for line in run if line[0] == "puppy"]
    assert ranks == [1, 2, 3]
    assert scores == sorted(scores, reverse=True)


def test_a_run_of_an_embedding_that_fails_is_written_all_the_same(embedding, tmp_path):
    wrong = replace(embedding, documents=-embedding.documents)
    assert export_embedding(wrong, tmp_path / "x", "trec", target=TREE).is_written


def test_trec_refuses_blanks_and_leaves_nothing(tmp_path):
    tree = Hierarchy.from_edges([("small dog", "animal")])
    with pytest.raises(FormatError, match="labels in a TREC file must have no blanks"):
        export_embedding(construct(tree).embedding, tmp_path / "x", "trec", target=tree)
    assert list(tmp_path.iterdir()) == []


def test_beir(tmp_path):
    tree = Hierarchy(["P1", "P2"], [(1, 0)], names=["animal", "dog"])
    export_embedding(construct(tree).embedding, tmp_path / "x", "beir", target=tree)
    found = load_judgments(tmp_path / "x")
    assert (found.queries, set(found.pairs)) == (
        ("P1", "P2"),
        {("P1", "P1"), ("P2", "P1"), ("P2", "P2")},
    )
    first = (tmp_path / "x" / "corpus.jsonl").read_text().splitlines()[0]
    assert json.loads(first) == {"_id": "P1", "title": "", "text": "animal"}


def test_what_is_read_back_otherwise_is_not_written(embedding, tmp_path):
    beir = target_named("beir")

    def wrong(handover, folder):
        beir.write(handover, folder)
        path = folder / "qrels" / "test.tsv"
        path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")

    with pytest.raises(FormatError, match="qrels must read back as meant: got 1 pairs missing"):
        export_embedding(embedding, tmp_path / "x", replace(beir, write=wrong), target=TREE)
    assert list(tmp_path.iterdir()) == []


def test_an_approximate_index_reports_what_it_misses(tmp_path):
    pytest.importorskip("hnswlib", reason="needs the extra `databases`")
    tree = read_hierarchy("wordnet-mammals")
    e = construct(tree).embedding
    few = export_embedding(
        e, tmp_path / "a", "hnswlib", target=tree, settings={"ef": 16, "m": 4}, sample=200
    )
    assert few.is_written
    assert few.check.n_exact < few.check.n_asked == 200
    assert few.check.recall[-1] < 1
    assert str(few.check).startswith("APPROXIMATE: ")
    assert few.settings == {"m": 4, "ef_construction": 200, "ef": 16}
    assert "recall by distance" in str(few.check)
    assert "a scan (--to faiss) or a walk (--to walk) misses nothing" in str(few.check)
    many = export_embedding(e, tmp_path / "b", "hnswlib", target=tree, sample=200)
    assert many.check.n_exact > few.check.n_exact
    record = json.loads((tmp_path / "a" / "export.json").read_text())
    assert record["settings"] == {"m": 4, "ef_construction": 200, "ef": 16}
    with pytest.raises(FormatError, match=r"a setting of hnswlib must be one of m, .*: got 'x'"):
        export_embedding(e, tmp_path / "c", "hnswlib", target=tree, settings={"x": 1})


def test_what_no_target_takes(embedding, tmp_path):
    ranked = replace(embedding, threshold=None, notion="row")
    with pytest.raises(FormatError, match="must have a threshold: got none"):
        export_embedding(ranked, tmp_path / "x", "csv")
    with pytest.raises(FormatError, match="labels of the queries must be distinct: got 'a' twice"):
        export_embedding(
            DualEmbedding([[1.0]] * 2, [[1.0]], threshold=0.0, query_labels=("a", "a")),
            tmp_path / "x",
            "csv",
            target=None,
        )
    huge = replace(embedding, documents=embedding.documents * np.float32(1e9))
    with pytest.raises(FormatError, match="within the range of float16: got 1e"):
        export_embedding(huge, tmp_path / "x", "csv", target=TREE, dtype="float16")
    with pytest.raises(FormatError, match="the parent of the output must exist"):
        export_embedding(embedding, tmp_path / "no" / "x", "csv", target=TREE)
    assert list(tmp_path.iterdir()) == []


def test_only_an_export_is_replaced(embedding, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine").touch()
    with pytest.raises(FormatError, match="must be new, or an export to replace"):
        export_embedding(embedding, tmp_path / "x", "csv", target=TREE, overwrite=True)
    assert (tmp_path / "x" / "mine").exists()
    export_embedding(embedding, tmp_path / "y", "csv", target=TREE)
    with pytest.raises(FormatError, match=r"must not exist yet.*--force"):
        export_embedding(embedding, tmp_path / "y", "csv", target=TREE)
    export_embedding(embedding, tmp_path / "y", "beir", target=TREE, overwrite=True)
    assert sorted(path.name for path in (tmp_path / "y").iterdir()) == [
        *("README.md", "corpus.jsonl", "export.json", "qrels", "queries.jsonl")
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]


def test_a_missing_engine_is_one_clear_error(embedding, tmp_path):
    absent = replace(target_named("csv"), name="absent", modules=("no_such_engine",), extra="it")
    with pytest.raises(FormatError, match="requires no_such_engine; install with pip install it"):
        export_embedding(embedding, tmp_path / "x", absent, target=TREE)
    assert list(tmp_path.iterdir()) == []
    done = export_embedding(embedding, tmp_path / "x", absent, target=TREE, check_it=False)
    assert (done.check, done.is_written) == (None, True)
    assert "Not checked: not asked for." in (tmp_path / "x" / "README.md").read_text()


def test_without_a_target_the_vectors_own_sets_count(embedding, tmp_path):
    wrong = replace(embedding, documents=-embedding.documents)
    assert export_embedding(wrong, tmp_path / "x", "csv").holds
    assert not export_embedding(wrong, tmp_path / "y", "csv", target=TREE).holds


def test_a_threshold_is_found_where_there_is_none(tmp_path):
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.0]], "f4")
    e = DualEmbedding(rows[:2], rows, notion="row")
    done = export_embedding(e, tmp_path / "x", "csv", target=Relevance.from_sets([{0, 2}, {1}], 3))
    assert (done.holds, done.threshold) == (True, "s > 0.375")


def test_rows_are_found_by_their_labels(embedding, tmp_path):
    turned = replace(
        embedding,
        documents=embedding.documents[::-1],
        document_labels=embedding.document_labels[::-1],
    )
    assert export_embedding(turned, tmp_path / "x", "csv", target=TREE).holds


def test_fewest_dimensions_in_float64_fail_in_float32(tmp_path):
    """Whole numbers of float64 that float32 rounds: found over all pairs."""
    documents = np.array([[2.0**26 + 1, 2.0**26]])
    e = DualEmbedding([[1.0, -1.0]], documents, threshold=0.0)
    done = export_embedding(e, tmp_path / "x", "csv", target=Relevance.from_sets([{0}], 1))
    assert not done.holds
    assert done.check.certificate.n_violations == 1


@pytest.mark.parametrize(("name", "value"), [("s", "5.0"), ("-s", "-5.0"), ("1 - s", "-4.0")])
def test_thresholds_in_units(name, value):
    units = {entry.units.name: entry.units for entry in export_targets()}
    assert units[name].threshold(5.0) == value
    assert not units[name].threshold(0.0).startswith("-")


def test_another_distribution_adds_a_target(embedding, tmp_path):
    def write(handover, folder):
        np.savetxt(folder / "x.txt", handover.embedding.documents)

    entry = ExportTarget(name="text", summary="text", write=write, units=Units("s", float))
    assert export_embedding(embedding, tmp_path / "x", entry, target=TREE).is_written
    assert (tmp_path / "x" / "x.txt").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weaviate", lambda s: -s),
        ("elasticsearch", lambda s: 1 + s - 0.25),
        ("opensearch", lambda s: 1 + s),
        ("vespa", lambda s: s),
    ],
)
def test_engines_elsewhere_get_golden_answers(name, value, tmp_path):
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.0]], "f4")
    e = DualEmbedding(rows[:2], rows, threshold=0.25, document_labels=("x", "y", "z"))
    done = export_embedding(e, tmp_path / "x", name)
    assert done.check is None
    assert "the engine does not run here" in (tmp_path / "x" / "README.md").read_text()
    lines = (tmp_path / "x" / "golden.jsonl").read_text().splitlines()
    golden = [json.loads(line) for line in lines]
    assert golden[0]["documents"] == {"x": value(1.0), "z": value(0.75)}
    assert golden[1] == {"query": "1", "vector": [0.0, 1.0], "documents": {"y": value(1.0)}}
    assert json.loads(done.query.text)
    feed = [json.loads(x) for x in (tmp_path / "x" / "documents.jsonl").read_text().splitlines()]
    assert len(feed) == (6 if name in ("elasticsearch", "opensearch") else 3)
    if name == "vespa":
        schema = (tmp_path / "x" / "documents.sd").read_text()
        assert "tensor<float>(x[2])" in schema
        assert "rank-score-drop-limit: 0.25" in schema


@pytest.mark.parametrize("name", ["folder", "npz", "safetensors"])
@pytest.mark.parametrize("method", ["trie", "interval"])
def test_files_of_vectors_have_a_query(name, method, tmp_path):
    if name == "safetensors":
        pytest.importorskip("safetensors", reason="needs the extra `models`")
    e = construct(TREE, method=method, dtype="float64").embedding
    if method == "interval":  # other labels on the other side
        e = replace(e, document_labels=tuple(f"the {label}" for label in e.document_labels))
    written = write_vectors(e, tmp_path / f"x{'.emb' if name == 'folder' else '.' + name}")
    names = {"__name__": "query"}
    exec(vector_file_query(name, written.path, e).text, names)
    for label in e.query_labels:
        assert set(names["retrieve"](label)) == set(e.retrieve(label).documents)


def test_files_that_have_no_query(embedding):
    assert vector_file_query("npy", "x.npy", embedding) is None
    assert vector_file_query("npz", "x.npz", replace(embedding, threshold=None)) is None
    int8 = construct(TREE, method="trie", dtype="int8").embedding
    assert vector_file_query("npz", "x.npz", replace(int8, query_scale=0.5)) is None
    bfloat16 = construct(TREE, method="trie", dtype="bfloat16").embedding
    assert vector_file_query("npz", "x.npz", bfloat16) is None


def test_what_an_engine_raises_is_one_clear_error(embedding, tmp_path):
    @contextmanager
    def broken(folder):
        raise RuntimeError("no such collection")
        yield

    entry = replace(target_named("csv"), name="mine", open=broken)
    message = "mine must hold and answer what is written: RuntimeError: no such collection"
    with pytest.raises(FormatError, match=message):
        export_embedding(embedding, tmp_path / "x", entry, target=TREE)
    assert list(tmp_path.iterdir()) == []


def test_a_sample_is_no_proof_where_the_arithmetic_is_not_known(embedding, tmp_path):
    unknown = replace(target_named("csv"), in_float32=())
    some = export_embedding(embedding, tmp_path / "x", unknown, target=TREE, sample=2)
    assert some.holds
    assert some.check.is_undecided
    assert str(some.check).startswith("UNDECIDED (ask all: --sample all): 2 of 2 queries")
    every = export_embedding(embedding, tmp_path / "y", unknown, target=TREE, sample=None)
    assert not every.check.is_undecided
    assert str(every.check).startswith("HOLDS: 4 of 4 queries")
    known = export_embedding(embedding, tmp_path / "z", "csv", target=TREE, sample=2)
    assert not known.check.is_undecided
