"""The program that is proved: what it says of real input, of failing input and of spoiled hints."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hrgeom import Hierarchy, certify, construct
from hrgeom._recheck import proved, verified_program
from hrgeom._recheck._thresholds import row_thresholds
from hrgeom.cli import main
from hrgeom.core import STORED_TYPES, DualEmbedding, Relevance, as_dtype
from hrgeom.datasets import load
from hrgeom.errors import HrgeomError
from hrgeom.io import save, write_hierarchy
from hrgeom.io.judgments import Judgments

FOLDER = Path(__file__).parents[2] / "proofs" / "rocq" / "verified"


@pytest.fixture(scope="module")
def program():
    """The program, built by `make verified`."""
    try:
        return verified_program()
    except HrgeomError as error:
        if os.environ.get("ROCQ_REQUIRED") == "1":
            raise
        pytest.skip(f"not built: {error}")


@pytest.fixture(scope="module")
def mutations():
    """The script of mutations."""
    spec = importlib.util.spec_from_file_location("mutations", FOLDER / "mutations.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setitem(sys.modules, "mutations", module)  # dataclasses look there
    spec.loader.exec_module(module)
    yield module
    monkeypatch.undo()


def answer(program, tmp_path, embedding, target, notion="global", **options):
    """Certify, save and ask the program; return the certificate and what was proved."""
    certificate = certify(embedding, target, notion=notion)
    folder = save(embedding, tmp_path / "x.emb", overwrite=True)
    return certificate, proved(program, embedding, folder, certificate, target, **options)


@pytest.mark.parametrize("notion", ["global", "row"])
def test_mammals_by_structure(program, tmp_path, notion):
    mammals = load("wordnet-mammals")
    e = construct(mammals, method="interval", dtype="float64", certify=False).embedding
    _, found = answer(program, tmp_path, e, mammals, notion)
    assert found.n_wrong == 0
    assert found.sentence.startswith(
        "VERIFIED by structure (classes of intervals: 1): for all 1,182"
    )
    assert "for all 1,182 queries and all 1,182 documents (1,397,124 pairs)" in found.sentence


@pytest.mark.parametrize("dtype", STORED_TYPES)
@pytest.mark.parametrize("notion", ["global", "row"])
def test_mammals_as_tries_in_every_stored_type(program, tmp_path, dtype, notion):
    mammals = load("wordnet-mammals")
    e = construct(mammals, method="trie", dtype=dtype, certify=False).embedding
    certificate, found = answer(program, tmp_path, e, mammals, notion, jobs=2)
    assert certificate.verdict == "holds"
    assert found.n_wrong == 0
    assert re.match(r"VERIFIED by structure \(tries: \d+, convex polygons: 0\): ", found.sentence)


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"method": "half-plane", "dtype": "float64"}, "tries: 0, convex polygons: 1"),
        ({"method": "interval", "code": "arc", "dtype": "float32"}, "tries: 0, convex polygons: 1"),
        ({"method": "interval", "code": "arc", "dtype": "float16"}, "tries: 0, convex polygons: "),
        ({"method": "hybrid", "dtype": "int8"}, "tries: 2, convex polygons: 0"),
    ],
    ids=["half-plane", "arc", "float16", "hybrid"],
)
@pytest.mark.parametrize("notion", ["global", "row"])
def test_mammals_as_polygons(program, tmp_path, options, parts, notion):
    mammals = load("wordnet-mammals")
    e = construct(mammals, certify=False, **options).embedding
    _, found = answer(program, tmp_path, e, mammals, notion)
    assert found.n_wrong == 0
    assert found.sentence.startswith(f"VERIFIED by structure ({parts}")


def test_judgments_as_tries_and_polygons(program, tmp_path):
    """Queries that match nothing, documents that no query matches, equal sets."""
    rng = np.random.default_rng(8)
    pairs = {(int(q), int(v)) for q, v in rng.integers(0, 12, (30, 2))}
    judgments = Judgments(
        tuple(f"q{i}" for i in range(13)),
        tuple(f"v{i}" for i in range(14)),
        tuple((f"q{q}", f"v{v}") for q, v in sorted(pairs)),
    )
    for method, dtype in (("trie", "int8"), ("half-plane", "float64"), ("hybrid", "int8")):
        e = construct(judgments, method=method, dtype=dtype, certify=False).embedding
        _, found = answer(program, tmp_path, e.aligned_to(judgments), judgments)
        assert found.n_wrong == 0
        assert found.sentence.startswith("VERIFIED by structure (tries: ")
        assert "if the document is judged relevant" in found.sentence


@pytest.mark.parametrize("point", [(0.0, 0.5), (1.5, -0.5), (2.5, -0.5)])
def test_a_point_inside_or_on_an_edge_is_no_vertex(program, tmp_path, point):
    """A square and one more point, all half planes that no point is on the edge of."""
    points = [(2.0, 1.0), (-1.0, 2.0), (-2.0, -1.0), (1.0, -2.0), point]
    planes = [(x, y) for x in (-3.0, 0.5, 2.0) for y in (-2.5, -0.25, 4.0)]
    scores = np.array(points) @ np.array(planes).T
    queries, documents = ([f"{c}{i}" for i in range(n)] for c, n in (("q", 5), ("v", 9)))
    pairs = [(queries[q], documents[v]) for q, v in np.argwhere(scores > 0.125).tolist()]
    judgments = Judgments(tuple(queries), tuple(documents), tuple(pairs))
    e = DualEmbedding(points, planes, 0.125, query_labels=queries, document_labels=documents)
    _, found = answer(program, tmp_path, e, judgments)
    assert found.n_wrong == 0
    is_vertex = point[0] > 2
    assert ("by structure (tries: 0, convex polygons: 1)" in found.sentence) == is_vertex


def shifted(e):
    """The same order for each query, with scores far from those of other queries."""
    shift = 100.0 * np.arange(e.n_queries)
    ones = np.ones(e.n_documents)
    return DualEmbedding(
        np.column_stack((e.queries, shift)),
        np.column_stack((e.documents, ones)),
        0.0,
        query_labels=e.query_labels,
        document_labels=e.document_labels,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_row_notion_has_a_threshold_for_each_query(program, tmp_path, dtype):
    tree = Hierarchy.from_edges([(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 80)])
    e = shifted(construct(tree, method="interval", dtype="float64", certify=False).embedding)
    e = replace(e, queries=e.queries.astype(dtype), documents=e.documents.astype(dtype))
    assert certify(e, tree).verdict == "fails"
    certificate, found = answer(program, tmp_path, e, tree, "row", jobs=2)
    assert certificate.verdict == "holds"
    assert found.n_wrong == 0
    assert found.sentence.startswith("VERIFIED pair by pair: for all 80 queries")
    assert "has a larger exact inner product" in found.sentence


def test_the_command_rechecks_the_row_notion(program, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tree = Hierarchy.from_edges([(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 30)])
    e = shifted(construct(tree, method="interval", dtype="float64", certify=False).embedding)
    save(e, "x.emb")
    write_hierarchy(tree, "tree.json")
    of_rows = ["x.emb", "--tree", "tree.json", "--notion", "row", "--quiet"]
    assert main(["certify", *of_rows]) == 0
    capsys.readouterr()
    assert main(["recheck", *of_rows, "--verified", "--queries", "1"]) == 0
    assert "\nVERIFIED pair by pair: for all 30 queries" in capsys.readouterr().out


def test_thresholds_where_rounding_would_hide_them():
    """In float64 both documents may score 0: they score 1 and 1/2."""
    big = 2.0**53
    e = DualEmbedding([[1.0, 1.0, -1.0]] * 3, [[big, 1.0, big], [big, 0.5, big]], None)
    relevance = Relevance.from_sets([{0}, {0, 1}, set()], 2)
    one, all_of_them, none = row_thresholds(e, relevance)
    assert 0.5 < one < 1
    assert all_of_them < 0.5
    assert none > 1


@pytest.mark.parametrize("scales", ["one", "row", "both"])
@pytest.mark.parametrize("threshold", [0.0, 0.3, -1e-6])
def test_scaled_bytes_that_fail_are_counted_exactly(program, tmp_path, scales, threshold):
    """Small integers, so that ties are frequent."""
    tree = Hierarchy.from_edges([(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 50)])
    rng = np.random.default_rng(5)
    each = (rng.integers(1, 2**24, tree.n_nodes) / 2**23).astype(np.float32)
    e = DualEmbedding(
        rng.integers(-3, 4, (tree.n_nodes, 3)).astype(np.int8),
        rng.integers(-3, 4, (tree.n_nodes, 3)).astype(np.int8),
        threshold,
        query_scale=each if scales == "both" else 0.6875,
        document_scale=0.3125 if scales == "one" else each[::-1].copy(),
        query_labels=tree.labels,
        document_labels=tree.labels,
    )
    certificate, found = answer(program, tmp_path, e, tree)
    assert certificate.n_violations > 0
    assert found.n_wrong == certificate.n_violations
    assert found.contradictions(certificate) == ()
    assert found.sentence.startswith("VERIFIED TO FAIL: of 2,500 pairs")


def test_a_failing_row_notion_is_not_said_to_be_counted(program, tmp_path, mutations):
    start = mutations.case("failing")
    tree = Hierarchy.from_edges(
        [tuple(start.embedding.query_labels[v] for v in edge) for edge in start.edges]
    )
    certificate, found = answer(
        program, tmp_path, start.embedding.aligned_to(tree), tree, notion="row"
    )
    assert certificate.verdict == "fails"
    assert found.n_wrong is None
    assert "on the wrong side of the thresholds that were chosen" in found.sentence


def test_judgments_and_other_orders(program, tmp_path):
    judgments = Judgments(
        ("a b", 'quoted "x"', "é", "none"), ("u", "v"), (("é", "v"), ("a b", "u"), ("a b", "v"))
    )
    e = DualEmbedding(
        [[-1.0], [-1.0], [1.0], [2.0]],
        [[1.0], [0.25]],
        0.125,
        query_labels=("none", 'quoted "x"', "é", "a b"),
        document_labels=("v", "u"),
    ).aligned_to(judgments)
    certificate, found = answer(program, tmp_path, e, judgments)
    assert certificate.n_violations == found.n_wrong == 1  # é scores u at 1/4
    assert "if the document is judged relevant" in found.sentence


def test_a_forged_certificate_is_contradicted(program, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["construct", "--tree", "wordnet-mammals", "--out", "x.emb", "--quiet"]) == 0
    command = ["recheck", "x.emb", "--verified", "--queries", "1", "--quiet"]
    assert main(command) == 0
    assert "\nVERIFIED pair by pair: for all 1,182 queries" in capsys.readouterr().out
    assert main([*command, "--jobs", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verified"]["n_wrong"] == 0
    rows = np.load("x.emb/queries.npy")
    rows[700] *= -1
    np.save("x.emb/queries.npy", rows)
    assert main(command) == 1
    out = capsys.readouterr().out
    assert "\nVERIFIED TO FAIL: of 1,397,124 pairs" in out
    assert "\nCONTRADICTED: n_violations must be " in out


def test_a_missing_program_is_an_error_that_says_how_to_build_it(monkeypatch):
    monkeypatch.setenv("HRGEOM_VERIFIED", "/nowhere/hrgeom-verified")
    with pytest.raises(HrgeomError, match="make verified"):
        verified_program()


def test_a_program_that_says_nothing_is_an_error(tmp_path):
    tree = Hierarchy.from_edges([("a", "b")])
    e = construct(tree, method="interval", certify=False).embedding
    with pytest.raises(HrgeomError, match="must say what it proved"):
        answer(Path("/bin/true"), tmp_path, e, tree)


@pytest.mark.parametrize(
    "name", ["float64", "float32", "int8", "failing", "row", "trie", "arc", "hybrid"]
)
def test_nothing_wrong_is_said_of_mutations(program, mutations, name):
    found = list(mutations.outcomes(str(program), name, 15))
    assert not any(o.is_wrong for o in found)
    assert sum(o.answer is not None for o in found) >= (2 if name == "row" else 8)


def test_the_hierarchy_is_read_by_the_program(program, tmp_path, mutations):
    """An edge that is moved changes what is proved."""
    start = mutations.case("float64")
    assert mutations.said(str(program), start, tmp_path) == 0
    moved = mutations.Case(start.embedding, ((7, 3), *start.edges[1:]))
    assert mutations.said(str(program), moved, tmp_path) == mutations.wrong_pairs(moved) > 0


def test_labels_in_another_order_are_refused(program, tmp_path, mutations):
    start = mutations.case("float64")
    mutations.said(str(program), start, tmp_path)
    labels = json.loads((tmp_path / "x.emb" / "labels.json").read_text())
    labels["queries"][:2] = labels["queries"][1::-1]
    (tmp_path / "x.emb" / "labels.json").write_text(json.dumps(labels))
    target = tmp_path / "target.json"
    command = [str(program), str(target), str(tmp_path / "x.emb")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "another order" in done.stdout


TINY = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126, "float64": 2.0**-1022}


def bit_patterns(dtype):
    """Finite numbers of a type: the ends of its ranges, both signs of each, and random ones."""
    at = {"float16": (16, 10), "bfloat16": (16, 7), "float32": (32, 23), "float64": (64, 52)}
    width, fraction = at[dtype]
    words = np.dtype(f"uint{width}")
    exponents = 2 ** (width - 1 - fraction) - 1  # the last is of infinities
    ends = [0, 1, 2, 2**fraction - 1, 2**fraction, 2**fraction + 1, (exponents << fraction) - 1]
    rng = np.random.default_rng(12)
    random = rng.integers(0, exponents << fraction, 20, dtype=np.uint64).tolist()
    bits = np.array(ends + random, dtype=np.uint64)
    bits = np.concatenate((bits, bits[1:] | np.uint64(1 << (width - 1)))).astype(words)
    return bits.view(as_dtype(dtype))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_numbers_are_read_as_they_are(program, tmp_path, dtype):
    """Each is compared with each other: x - y, and less than their least difference, is above 0."""
    numbers = bit_patterns(dtype)
    one, little = np.ones_like(numbers), np.full_like(numbers, TINY[dtype])
    e = DualEmbedding(
        np.column_stack((-numbers, one, little)),
        np.column_stack((one, numbers, little)),
        0.0,
        query_labels=tuple(f"y{i}" for i in range(len(numbers))),
        document_labels=tuple(f"x{i}" for i in range(len(numbers))),
    )
    exact = numbers.astype(np.float64)
    y, x = np.nonzero(exact[None, :] >= exact[:, None])
    pairs = tuple((f"y{q}", f"x{v}") for q, v in zip(y.tolist(), x.tolist(), strict=True))
    judgments = Judgments(e.query_labels, e.document_labels, pairs)
    stated = SimpleNamespace(notion="global", threshold=0.0)
    found = proved(program, e, save(e, tmp_path / "x.emb"), stated, judgments)
    assert found.n_wrong == 0, found.sentence
