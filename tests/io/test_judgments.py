"""Relevance that is no hierarchy: random subsets, folders of judgments, the commands on them."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from itertools import combinations
from math import comb, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import data_file

from hrgeom import certify, construct, load, read_judgments, recheck
from hrgeom.cli import main
from hrgeom.constructions import CONSTRUCTIONS, _registry, find_construction
from hrgeom.datasets import random_subsets
from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io.judgments import Judgments, load_judgments
from hrgeom.testing import relevances

QRELS = "query-id\tcorpus-id\tscore\nq2\td3\t1\nq2\td1\t2\nq1\td1\t0\n"
QUERIES = '{"_id": "q1", "text": "one"}\n{"_id": "q2"}\n\n{"_id": "q3"}\n'
CORPUS = '{"_id": "d1", "title": ""}\n{"_id": "d2"}\n{"_id": "d3"}\n{"_id": 4}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files of BEIR."""
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "small"
    (made / "qrels").mkdir(parents=True)
    (made / "qrels" / "test.tsv").write_text(QRELS)
    (made / "queries.jsonl").write_text(QUERIES)
    (made / "corpus.jsonl").write_text(CORPUS)
    return made


@pytest.fixture
def run(capsys):
    """Run a command line; give exit status, standard output and standard error."""

    def run(*argv):
        status = main([str(a) for a in argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def sets(relevance):
    return [relevance.matches(q).tolist() for q in range(relevance.n_queries)]


# --- Random subsets ---------------------------------------------------------------------------


@given(n=st.integers(1, 20), m=st.integers(1, 20), data=st.data(), seed=st.integers(0, 2**64))
def test_random_subsets(n, m, data, seed):
    k = data.draw(st.integers(0, m))
    relevance = random_subsets(n, m, k, seed=seed)
    assert (relevance.n_queries, relevance.n_documents) == (n, m)
    assert relevance.n_matches.tolist() == [k] * n
    assert sets(random_subsets(n, m, k, seed=seed)) == sets(relevance)


def test_random_subsets_are_equally_likely():
    """Chi squared over the 20 subsets of size 3 of 6, beyond the 1e-9 quantile of none."""
    counts = Counter(map(tuple, sets(random_subsets(20_000, 6, 3, seed=1))))
    assert counts.keys() == set(combinations(range(6), 3))
    expected = 20_000 / comb(6, 3)
    statistic = sum((c - expected) ** 2 / expected for c in counts.values())
    # Laurent and Massart: P(X >= f + 2 sqrt(f x) + 2 x) <= exp(-x) with f degrees of freedom
    x, f = log(1e9), comb(6, 3) - 1
    assert statistic < f + 2 * (f * x) ** 0.5 + 2 * x


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3, 1), "n_queries must be a whole number, at least 1: got 0"),
        ((3, 0, 0), "n_documents must be a whole number, at least 1: got 0"),
        ((3, 3, -1), "k must be a whole number, at least 0: got -1"),
        ((3, 3, 4), "k must be at most n_documents, 3: got 4"),
    ],
)
def test_random_subsets_arguments(arguments, message):
    with pytest.raises(HierarchyError, match=message):
        random_subsets(*arguments)


def test_every_construction_takes_random_subsets():
    relevance = random_subsets(200, 40, 3)
    for name in (entry.name for entry in CONSTRUCTIONS):
        needs_dim = name in ("gaussian", "dual-frame")
        embedding = construct(
            relevance, method=name, dim=400 if needs_dim else None, dtype="float64", certify=False
        ).embedding
        assert certify(embedding, relevance).holds, name


# --- Folders ----------------------------------------------------------------------------------


def test_a_folder_keeps_what_matches_nothing(folder):
    relevance = read_judgments(folder)
    assert relevance.query_labels == ("q1", "q2", "q3")
    assert relevance.document_labels == ("d1", "d2", "d3", "4")
    assert sets(relevance) == [[], [0, 2], []]
    alone = read_judgments(folder / "qrels" / "test.tsv")
    assert (alone.query_labels, alone.document_labels) == (("q2", "q1"), ("d3", "d1"))


def test_a_folder_without_texts_and_compressed_files(folder):
    (folder / "queries.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(CORPUS.encode()))
    (folder / "corpus.jsonl").unlink()
    (folder / "qrels" / "test.tsv").unlink()
    (folder / "qrels.tsv.gz").write_bytes(gzip.compress(QRELS.encode()))
    relevance = read_judgments(folder)
    assert relevance.query_labels == ("q2", "q1")
    assert relevance.document_labels == ("d1", "d2", "d3", "4")
    assert sets(relevance) == [[0, 2], []]


def test_the_test_judgments_are_chosen(folder):
    (folder / "qrels" / "train.tsv").write_text("q3\td2\t1\n")
    assert sets(read_judgments(folder)) == [[], [0, 2], []]
    (folder / "qrels" / "test.tsv").unlink()
    assert sets(read_judgments(folder)) == [[], [], [1]]
    (folder / "qrels" / "dev.tsv").write_text("q3\td2\t1\n")
    message = r"must hold one list of judgments, .*: got qrels/dev\.tsv, qrels/train\.tsv in"
    with pytest.raises(FormatError, match=message):
        read_judgments(folder)


@pytest.mark.parametrize(
    ("file", "text", "error", "message"),
    [
        (
            "qrels/test.tsv",
            QRELS + "q9\td1\t1\n",
            HierarchyError,
            "queries.jsonl: got 'q9' at line 5",
        ),
        (
            "qrels/test.tsv",
            QRELS + "q1\td9\t0\n",
            HierarchyError,
            "corpus.jsonl: got 'd9' at line 5",
        ),
        ("qrels/test.tsv", QRELS + "q1\td1\t1\n", HierarchyError, "one way: .* at lines 4 and 5"),
        ("qrels/test.tsv", QRELS + "q1\n", FormatError, "must have .* at line 5"),
        ("corpus.jsonl", CORPUS + '{"_id": "d2"}', HierarchyError, "got 'd2' at lines 2 and 5"),
        ("corpus.jsonl", CORPUS + '{"_id": "4"}', HierarchyError, "got '4' at lines 4 and 5"),
        ("corpus.jsonl", CORPUS + '{"id": "d9"}', FormatError, "'_id'.* must be at line 5: got"),
        ("queries.jsonl", QUERIES + "[1]", FormatError, "'_id'.* must be at line 5: got .1."),
        ("queries.jsonl", QUERIES + '{"_id": ', FormatError, "must be JSON: .* at line 5"),
        ("queries.jsonl", "", FormatError, "must not be empty"),
    ],
)
def test_malformed_folders(folder, file, text, error, message):
    (folder / file).write_text(text)
    with pytest.raises(error, match=f"{file}: .*{message}"):
        read_judgments(folder)


def test_an_empty_folder(tmp_path):
    with pytest.raises(FormatError, match=r"must hold one list of judgments, .*: got none in"):
        read_judgments(tmp_path)


@given(relevance=relevances())
def test_judgments_in_plain_python(relevance):
    """Sets and digest as the relevance and its certificate have them."""
    labels, documents = relevance.query_labels, relevance.document_labels
    pairs = [(labels[q], documents[v]) for q, row in enumerate(sets(relevance)) for v in row]
    judgments = Judgments(labels, documents, tuple(pairs))
    assert [sorted(s) for s in judgments.sets] == sets(relevance)
    assert sets(judgments.relevance) == sets(relevance)
    certificate = certify(construct(relevance, method="trie", certify=False).embedding, relevance)
    assert certificate.sha256["relevance"] == judgments.sha256
    assert repr(judgments).startswith(f"Judgments({len(labels)} queries, ")


# --- Checking again ---------------------------------------------------------------------------


@given(relevance=relevances(), notion=st.sampled_from(["global", "row"]), dim=st.integers(1, 9))
def test_recheck_agrees(relevance, notion, dim):
    labels, documents = relevance.query_labels, relevance.document_labels
    pairs = ((labels[q], documents[v]) for q, row in enumerate(sets(relevance)) for v in row)
    judgments = Judgments(labels, documents, tuple(pairs))
    embedding = construct(
        relevance, method="gaussian", dim=dim, dtype="float64", certify=False
    ).embedding
    certificate = certify(embedding, relevance, notion=notion)
    result = recheck(embedding, certificate, judgments, n_queries=None)
    assert result.agrees, result.contradictions
    assert result.n_violations == certificate.n_violations


def test_recheck_contradicts_other_judgments(folder):
    relevance = read_judgments(folder)
    embedding = construct(relevance, method="trie", certify=False).embedding
    certificate = certify(embedding, relevance)
    (folder / "qrels" / "test.tsv").write_text(QRELS + "q3\td2\t1\n")
    result = recheck(embedding, certificate, load_judgments(folder), n_queries=None)
    found = [line.partition(":")[0] for line in result.contradictions]
    assert found[:2] == ["n_matches", "sha256 of relevance"]
    assert {"n_violations", "n_violating_queries"} < set(found)


# --- Commands ---------------------------------------------------------------------------------


def test_commands_find_the_judgments_again(folder, run):
    status, out, err = run("construct", "--qrels", "small", "--dtype", "float64")
    assert status == 0
    assert out.startswith("Every one of 3 queries retrieves exactly its relevant documents.\n")
    assert out.endswith("written to small.emb\n")
    assert "read Judgments(3 queries, 4 documents, 2 matches)" in err
    assert load("small.emb").document_labels == ("d1", "d2", "d3", "4")
    for given_ in ((), ("--qrels", "small")):
        assert run("certify", "small.emb", *given_, "--notion", "row")[0] == 0
        for notion in ("global", "row"):
            argv = ("recheck", "small.emb", *given_, "--all", "--notion", notion)
            status, out, _ = run(*argv)
            assert (status, out.split(":")[0]) == (0, "AGREES")
    (folder / "qrels" / "test.tsv").write_text(QRELS + "q3\td2\t1\n")
    assert run("certify", "small.emb")[0] == 0  # it has its own copy
    assert run("construct", "--qrels", "small", "--out", "c.emb", "--no-source")[0] == 0
    assert run("certify", "c.emb")[0] == 2
    status, out, _ = run("certify", "small.emb", "--qrels", "small")
    assert (status, "query 'q3' misses the relevant 'd2'" in out) == (1, True)
    status, out, _ = run("recheck", "small.emb", "--qrels", "small", "--notion", "row")
    assert status == 1


def test_hierarchies_are_found_again(folder, run):
    (folder / "tree.tsv").write_text("dog\tanimal\ncat\tanimal\n")
    run("construct", "--tree", "small/tree.tsv", "--out", "t.emb")
    assert run("certify", "t.emb")[0] == 0
    assert run("recheck", "t.emb")[0] == 0
    (folder / "tree.tsv").unlink()
    status, out, _ = run("certify", "t.emb")
    assert (status, "against t.emb/hierarchy.json.gz, named by the embedding" in out) == (0, True)


def test_failing_judgments_have_no_recall_by_distance(folder, run):
    argv = ("construct", "--qrels", "small", "--method", "gaussian", "--dim", "1")
    status, out, _ = run(*argv, "--out", "g.emb")
    assert (status, "relevant documents: " in out, "recall" in out) == (1, True, False)
    status, out, _ = run("certify", "g.emb", "--json")
    assert (status, "recall_by_distance" in json.loads(out)) == (1, False)


def test_standard_input_is_kept_or_not_recorded(folder, run, monkeypatch):
    class Input:
        buffer = (folder / "qrels" / "test.tsv").open("rb")

    monkeypatch.setattr("sys.stdin", Input)
    assert run("construct", "--qrels", "-", "--out", "kept.emb")[0] == 0
    assert run("certify", "kept.emb")[0] == 0
    Input.buffer.seek(0)
    assert run("construct", "--qrels", "-", "--out", "x.emb", "--no-source")[0] == 0
    Input.buffer.close()
    status, _, err = run("certify", "x.emb")
    assert status == 2
    assert "--tree or --qrels must be given: the embedding does not record its source" in err


def test_misuse(folder, run, capsys):
    with pytest.raises(SystemExit):
        main(["construct", "--qrels", "small", "--tree", "wordnet"])
    assert "--tree: not allowed with argument --qrels" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["construct", "--out", "x.emb"])
    assert "one of the arguments --tree --qrels is required" in capsys.readouterr().err
    argv = ("construct", "--qrels", "small", "--edge-direction", "child-parent")
    status, _, err = run(*argv)
    assert (status, "--edge-direction must come with --tree" in err) == (2, True)
    status, _, err = run("construct", "--qrels", "-")
    assert (status, "--out must be given for a source on standard input" in err) == (2, True)
    status, _, err = run("construct", "--qrels", "nowhere")
    assert (status, "source must be" in err) == (2, True)


def test_the_notion_reaches_constructions_that_have_one(folder, run, monkeypatch):
    by_name = replace(find_construction("moment-curve"), promise=None, promise_kind="none")
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", (by_name,))
    argv = ("construct", "--qrels", "small", "--method", "moment-curve", "--force")
    dims = {}
    for notion in ((), ("--notion", "global"), ("--notion", "row")):
        status, out, _ = run(*argv, *notion, "--json")
        assert status == 0
        dims[notion[-1] if notion else None] = json.loads(out)["dim"]
    assert dims["row"] + 1 == dims["global"] == dims[None]


def test_limit_small(run, tmp_path, monkeypatch):
    """All 46,000 pairs of LIMIT-small, by the commands."""
    limit_small = data_file("limit-small")
    monkeypatch.chdir(tmp_path)
    relevance = read_judgments(limit_small)
    alone = read_judgments(limit_small / "qrels.jsonl")
    assert (relevance.n_queries, relevance.n_documents) == (1000, 46)
    assert relevance.histogram.tolist() == [0, 0, 1000]
    assert set(relevance.document_labels) == set(alone.document_labels)
    assert relevance.document_labels[0] == "Geneva Durben"
    assert np.array_equal(np.sort(relevance.n_queries_of), np.sort(alone.n_queries_of))
    status, out, _ = run("construct", "--qrels", limit_small, "--verbose")
    assert (status, "in 46,000 pairs (2,000 match)" in out) == (0, True)
    status, out, _ = run("recheck", "limit-small.emb", "--queries", 50, "--accept-sample")
    assert (status, out.split(":")[0]) == (0, "AGREES")


@pytest.mark.parametrize("text", ["1 0 d1 0\n2 0 d2 0\n", "1 0 d1 -1\n1 0 d2 0\n"])
def test_judgments_without_a_match_are_remarked(tmp_path, text):
    (tmp_path / "q.qrels").write_text(text)
    remarks = load_judgments(tmp_path / "q.qrels").remarks
    assert [str(r) for r in remarks] == ["none of 2 judgments is a match: no grade is above 0"]
    (tmp_path / "q.qrels").write_text(text + "3 0 d1 1\n")
    assert load_judgments(tmp_path / "q.qrels").remarks == ()
