"""Loaders and scoring functions of the experiments, on inputs small enough to work out by hand."""

import gzip
import json
import math
import sys
import types
from collections import Counter
from importlib.util import find_spec
from itertools import product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA, ROOT

import hrgeom
from hrgeom.core import Relevance
from hrgeom.datasets import EsciJudgments, load_esci, perfect_tree, random_dag
from hrgeom.errors import FormatError, HierarchyError, HrgeomError, ShapeError
from hrgeom.learned import GradedRelevance, _recipes
from hrgeom.learned._samplers import TrainingPairs

SAMPLE = DATA / "esci-sample.jsonl"
HYPERLEX = DATA / "hyperlex-all.txt"


def needs_torch(test):
    """Mark a test that computes with torch."""
    missing = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
    return pytest.mark.torch(missing(test))


@pytest.fixture
def benchmark(monkeypatch):
    """A function that imports a script of the folder benchmarks."""
    if not (ROOT / "benchmarks").is_dir():
        pytest.skip("the folder benchmarks is not there")
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return pytest.importorskip


# --- ESCI ---

ROWS = [
    ("tea", "p1", "S"),
    ("tea", "p2", "E"),
    ("tea", "p3", "I"),
    ("nails", "p4", "C"),
    ("cup", "p2", "E"),
    ("cup", "p0", "S"),
]


def jsonl(rows):
    """The lines of a file of judgments."""
    names = ("query", "product_id", "esci_label")
    return "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows) + "\n"


@pytest.mark.parametrize("packed", [False, True])
def test_esci_is_read_from_jsonl(tmp_path, packed):
    path = tmp_path / "esci.jsonl"
    data = jsonl(ROWS).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    judged = load_esci(path)
    assert judged.rows == tuple(ROWS)
    relevance, distances = judged.graded()
    assert relevance.query_labels == ("tea", "cup")  # nails has no E and no S
    assert relevance.document_labels == ("p1", "p2", "p3", "p0")
    assert [relevance.matches(q).tolist() for q in (0, 1)] == [[0, 1], [1, 3]]
    assert distances.tolist() == [1, 0, 0, 1]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.sampled_from("uvwxyz")),
        st.sampled_from("ESCI"),
        min_size=1,
    ),
    st.sampled_from(["ES", "E", "SEC", "I"]),
)
def test_graded_judgments_keep_every_label(judged, labels):
    rows = tuple((q, v, label) for (q, v), label in judged.items())
    if not any(label in labels for label in judged.values()):
        with pytest.raises(HierarchyError, match="must be a judgment"):
            EsciJudgments(rows).graded(labels)
        return
    relevance, distances = EsciJudgments(rows).graded(labels)
    found = {}
    for q, name in enumerate(relevance.query_labels):
        away = distances[relevance.indptr[q] : relevance.indptr[q + 1]]
        for v, d in zip(relevance.matches(q), away, strict=True):
            found[name, relevance.document_labels[v]] = labels[d]
    assert found == {pair: label for pair, label in judged.items() if label in labels}
    asked = {q for q, _ in found}
    assert set(relevance.document_labels) == {v for q, v in judged if q in asked}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (jsonl([*ROWS, ("tea", "p1", "E")]), HierarchyError, "one label: got 'tea', 'p1' as S and"),
        (jsonl([("tea", "p1", "X")]), FormatError, "of ESCI: got .* at line 1"),
        (jsonl([("tea", "p1", "ES")]), FormatError, "of ESCI: got"),
        (jsonl([("tea", "p1", ["E"])]), FormatError, "of ESCI: got"),
        ('{"query": "tea", "esci_label": "E"}', FormatError, "product_id"),
        ("[1]\n", FormatError, "line 1 must be a JSON object"),
        ("", FormatError, "must not be empty"),
    ],
)
def test_esci_refuses_what_it_cannot_read(tmp_path, text, error, message):
    path = tmp_path / "esci.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        load_esci(path)
    assert str(path) in str(caught.value)
    with pytest.raises(FormatError, match="must be a file"):
        load_esci(tmp_path)
    with pytest.raises(FormatError, match="distinct letters"):
        EsciJudgments(tuple(ROWS)).graded("EE")


OFFICIAL = {
    "example_id": [0, 1, 2, 3],
    "query": ["tea", "tea", "tee", "tea"],
    "product_id": ["p1", "p2", "p1", "p3"],
    "esci_label": ["E", "S", "E", "I"],
    "product_locale": ["us", "us", "es", "us"],
    "small_version": [1, 0, 1, 1],
}


class Column(list):
    """As much of a pandas column as is needed."""

    tolist = list.copy


@pytest.fixture(params=["pandas itself", "a stand-in"])
def official(request, tmp_path, monkeypatch):
    """The path of a small file in the form of the official one."""
    path = tmp_path / "shopping_queries_dataset_examples.parquet"
    if request.param == "pandas itself":
        pandas = pytest.importorskip("pandas")
        pytest.importorskip("pyarrow")
        pandas.DataFrame(OFFICIAL).to_parquet(path)
    else:
        path.touch()

        def read_parquet(source, columns):
            assert source == path
            return {name: Column(OFFICIAL[name]) for name in columns}

        fake = types.ModuleType("pandas")
        fake.read_parquet = read_parquet
        monkeypatch.setitem(sys.modules, "pandas", fake)
    return path


def test_esci_is_read_from_the_official_file(official):
    assert [row[1] for row in load_esci(official).rows] == ["us:p1", "us:p2", "es:p1", "us:p3"]
    assert load_esci(official, locale="us", small_version=True).rows == (
        ("tea", "p1", "E"),
        ("tea", "p3", "I"),
    )
    with pytest.raises(FormatError, match="at least one judgment"):
        load_esci(official, locale="jp")


def test_a_parquet_file_needs_pandas(tmp_path, monkeypatch):
    path = tmp_path / "examples.parquet"
    path.touch()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(HrgeomError, match="requires the package pandas; install it"):
        load_esci(path)


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the sample of ESCI is not there")
def test_esci_sample_has_as_many_labels_as_its_text():
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    counts = Counter(json.loads(line)["esci_label"] for line in lines)
    judged = load_esci(SAMPLE)
    assert Counter(label for _, _, label in judged.rows) == counts
    _, distances = judged.graded()
    assert np.bincount(distances).tolist() == [counts["E"], counts["S"]]


# --- training on judgments ---


def test_graded_relevance_refuses_what_is_no_distance():
    r = Relevance.from_sets([{0, 1}, {1}], 3)
    assert GradedRelevance(r, np.array([0, 2, 1])).distances.dtype == np.int32
    for distances, message in (
        ([0, 1], r"got shape \(2,\) for 3 matches"),
        ([0.0, 1.0, 1.0], "integers of at least 0: got float64"),
        ([0, 1, -1], "at least 0: got int64, least -1"),
    ):
        with pytest.raises(ShapeError, match=message):
            GradedRelevance(r, np.array(distances))
    digests = {GradedRelevance(r, np.array(d)).sha256 for d in ([0, 1, 0], [0, 1, 1])}
    assert len(digests) == 2


def test_pairs_of_a_graded_relevance_are_its_own():
    r = Relevance.from_sets([{0, 1}, {1}], 3)
    pairs = TrainingPairs.of(GradedRelevance(r, np.array([0, 2, 1])), np.array([True, False, True]))
    assert pairs.documents.tolist() == [0, 1]
    assert pairs.distances.tolist() == [0, 1]
    assert pairs.n_documents == 3


@needs_torch
@pytest.mark.parametrize("recipe", ["pretrain_finetune", "from_construction"])
def test_a_closure_trains_to_the_same_bits_as_its_hierarchy(recipe):
    from hrgeom.learned import train

    tree = perfect_tree(3, 3)
    same = GradedRelevance(
        Relevance(tree.relevance.indptr, tree.relevance.indices, tree.n_nodes), tree.distances
    )
    more = {"cut": 1, "finetune_steps": 20} if recipe == "pretrain_finetune" else {}
    config = _recipes.RECIPES[recipe](4, steps=40, batch=16, seed=3, **more)
    first, second = (train(graded, config) for graded in (tree, same))
    np.testing.assert_array_equal(first.embedding.queries, second.embedding.queries)
    np.testing.assert_array_equal(first.embedding.documents, second.embedding.documents)
    assert first.test.to_dict() == second.test.to_dict()
    assert first.embedding.source_sha256 == tree.sha256
    assert second.embedding.source_sha256 is None


@needs_torch
def test_judgments_with_more_documents_than_queries_are_learnt():
    from hrgeom.learned import train

    r = Relevance.from_sets([{0, 1}, {1, 2, 3}, {4}], 6, query_labels=["a", "b", "c"])
    graded = GradedRelevance(r, np.array([0, 1, 0, 0, 1, 1]))
    config = _recipes.masked_max_margin(3, steps=200, batch=16, uniform=8)
    trained = train(graded, config)
    assert trained.embedding.queries.shape == (3, 3)
    assert trained.embedding.documents.shape == (6, 3)
    assert trained.embedding.query_labels == ("a", "b", "c")
    assert hrgeom.certify(trained.embedding, r).verdict == "holds"
    with pytest.raises(HrgeomError, match=r"shapes \(3, 3\) and \(6, 3\): got"):
        train(graded, config, start=(np.zeros((3, 3)), np.zeros((3, 3))))


# --- HyperLex ---

HEADER = "WORD1 WORD2 POS TYPE AVG_SCORE AVG_SCORE_0_10 STD SCORES..\n"
TEXT = HEADER + (
    "dog Animal N hyp-2 5.5 9.2 0.5 6 5\n"
    "run move V hyp-1 6.0 10 0 6 6\n"
    "cat dog N cohyp 0.5 0.8 0.5 1 0\n"
    "cat entity N hyp-3 4.0 6.7 1 3 5\n"
    "griffin animal N hyp-1 3.0 5 1 2 4\n"
)
LABELS = ("entity.n.01", "animal.n.01", "dog.n.01", "cat.n.02", "cat.n.01", "dog.n.02")


def test_hyperlex_has_its_noun_pairs(tmp_path, benchmark):
    hyperlex = benchmark("hyperlex")
    path = tmp_path / "hyperlex-all.txt"
    path.write_text(TEXT, encoding="utf-8")
    pairs = hyperlex.load_pairs(path)
    assert [(p.word, p.kind, p.relation, p.rating) for p in pairs] == [
        ("dog", "animal", "hyp-2", 5.5),
        ("cat", "dog", "cohyp", 0.5),
        ("cat", "entity", "hyp-3", 4.0),
        ("griffin", "animal", "hyp-1", 3.0),
    ]
    senses = hyperlex.senses_of_labels(LABELS)
    assert senses == {"entity": [0], "animal": [1], "dog": [2, 5], "cat": [4, 3]}
    candidates = hyperlex.Candidates.of(pairs, senses)
    assert candidates.covered.tolist() == [0, 1, 2]
    rows = zip(candidates.queries.tolist(), candidates.documents.tolist(), strict=True)
    assert list(rows) == [(2, 1), (5, 1), (4, 2), (4, 5), (3, 2), (3, 5), (4, 0), (3, 0)]
    assert candidates.best(np.arange(8.0)).tolist() == [1, 5, 7]
    path.write_text("cat dog\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must start with WORD1 WORD2 POS"):
        hyperlex.load_pairs(path)
    with pytest.raises(FileNotFoundError, match="say --data PATH"):
        hyperlex.load_pairs(tmp_path / "nothing")


def test_all_lemmas_come_from_the_files_of_wordnet(tmp_path, benchmark):
    hyperlex = benchmark("hyperlex")
    license = "  1 This software and database is provided\n"
    (tmp_path / "index.noun").write_text(
        license
        + "cat n 2 1 @ 2 1 00000005 00000004  \n"
        + "dog n 2 2 @ ~ 2 1 00000003 00000006  \n"
        + "domestic_dog n 1 1 @ 1 0 00000003  \n"
        + "animal n 1 0 1 0 00000002  \n"
        + "entity n 1 0 1 0 00000001  \n",
        encoding="utf-8",
    )
    lines = [
        "00000001 03 n 01 entity 0 000 | that which exists",
        "00000002 03 n 01 animal 0 000 | a living thing",
        "00000003 05 n 02 dog 0 domestic_dog 0 000 | barks",
        "00000004 05 n 01 Cat 0 000 | a second sense",
        "00000005 05 n 01 cat 0 000 | purrs",
        "00000006 05 n 01 dog 0 000 | a second sense",
    ]
    (tmp_path / "data.noun").write_text(license + "\n".join(lines) + "\n", encoding="utf-8")
    assert hyperlex.senses_of_files(tmp_path, LABELS) == {
        "cat": [4, 3],
        "dog": [2, 5],
        "domestic_dog": [2],
        "animal": [1],
        "entity": [0],
    }


@given(seed=st.integers(0, 2**32 - 1))
def test_scores_of_pairs_are_those_of_all_scores(seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        hyperlex = pytest.importorskip("hyperlex")
    rng = np.random.default_rng(seed)
    queries, documents = rng.standard_normal((2, 9, 3))
    senses = {w: rng.choice(9, rng.integers(1, 4), replace=False).tolist() for w in "abcd"}
    pairs = [hyperlex.WordPair(a, b, "", 0.0) for a, b in product("abcd", repeat=2)]
    candidates = hyperlex.Candidates.of(pairs, senses)
    scores = queries @ documents.T
    tables = {
        "dot": scores,
        "cosine": scores
        / np.linalg.norm(queries, axis=1)[:, None]
        / np.linalg.norm(documents, axis=1),
        "standardized": (scores - scores.mean(1)[:, None]) / scores.std(1)[:, None],
    }
    assert tables.keys() == hyperlex.SCORES.keys()
    for name, function in hyperlex.SCORES.items():
        found = candidates.best(function(queries, documents, candidates))
        expected = [
            max(tables[name][q, v] for q in senses[p.word] for v in senses[p.kind]) for p in pairs
        ]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_correlation_is_that_of_ranks(benchmark):
    hyperlex = benchmark("hyperlex")
    ratings = [0.0, 1.0, 1.0, 6.0, 5.0]
    pairs = [hyperlex.WordPair("a", "b", "", rating) for rating in ratings]
    values = np.array([2.0, 1.0, 9.0, 9.0])
    covered = np.array([0, 1, 3, 4])
    # ranks of the values 2 1 3.5 3.5, of the ratings 1 2 4 3; sums of squares about 2.5
    by_hand = (-0.5 * -1.5 + -1.5 * -0.5 + 1 * 1.5 + 1 * 0.5) / math.sqrt(4.5 * 5)
    assert hyperlex.correlation(values, pairs, covered) == pytest.approx(by_hand)


def test_the_closure_gives_shortest_paths(benchmark):
    hyperlex = benchmark("hyperlex")
    dag = random_dag(30, extra_parents=0.5, seed=5)
    lengths = dict(nx.all_pairs_shortest_path_length(dag.to_networkx()))
    everything = np.array(list(product(range(30), repeat=2)))
    candidates = hyperlex.Candidates(
        np.arange(900), everything[:, 0], everything[:, 1], np.arange(900)
    )
    none = -(max(d for row in lengths.values() for d in row.values()) + 1)
    names = dag.labels
    expected = [-lengths[names[q]].get(names[v], -none) for q, v in everything]
    assert hyperlex.of_closure(dag, candidates).tolist() == expected


def test_validation_pairs_choose_and_others_are_reported(benchmark):
    hyperlex, script = benchmark("hyperlex"), benchmark("learned_hyperlex")
    chooses = hyperlex.is_validation(2163, 0.3, 0)
    assert (len(chooses), chooses.sum()) == (2163, 649)
    looks = [
        {"step": step, "rho": {"labels": {"dot": {"validation": v, "test": t, "all": 0.0}}}}
        for step, v, t in ((10, 0.1, 0.9), (20, 0.3, 0.2), (30, 0.2, 0.8))
    ]
    best = script.chosen(looks)["labels"]["dot"]
    assert (best["step"], best["test"]) == (20, 0.2)
    pairs = [hyperlex.WordPair("dog", "animal", "", float(i % 4)) for i in range(40)]
    judge = script.Judge(pairs, {"labels": {"dog": [0], "animal": [1]}})
    values, covered = np.arange(40.0), np.arange(40)
    parts = judge.parts(values, covered)
    kept = judge.is_validation
    for part, mask in (("validation", kept), ("test", ~kept), ("all", kept | True)):
        expected = hyperlex.correlation(values[mask], pairs, covered[mask])
        assert parts[part] == pytest.approx(expected, abs=5e-5)


@pytest.mark.skipif(not HYPERLEX.is_file(), reason="HyperLex is not there")
def test_hyperlex_has_as_many_nouns_as_its_authors_say(benchmark):
    pairs = benchmark("hyperlex").load_pairs(HYPERLEX)
    assert len(pairs) == 2163
    assert all(0 <= pair.rating <= 6 for pair in pairs)


def test_a_yes_or_no_is_whether_it_is_an_ancestor(benchmark, monkeypatch):
    script, hyperlex = benchmark("hyperlex_ancestors"), benchmark("hyperlex")
    monkeypatch.setattr(script, "standard_error", lambda *given: 0.0)  # of four pairs there is none
    mammals = hrgeom.read_hierarchy("wordnet-mammals")
    senses = script.senses_of_lemmas(mammals)
    assert senses["domestic_dog"] == senses["dog"] == [mammals.index("dog.n.01")]
    rows = [
        ("domestic_dog", "carnivore", "hyp-3", 5.0),
        ("dog", "dog", "syn", 6.0),
        ("dog", "cat", "cohyp", 1.0),
        ("carnivore", "dog", "r-hyp-3", 2.0),
        ("griffin", "carnivore", "hyp-1", 3.0),
    ]
    found = script.measured(mammals, [hyperlex.WordPair(*row) for row in rows])
    assert (found["pairs"], found["covered"]) == (5, 4)
    assert {name: row["yes"] for name, row in found["by_relation"].items()} == {
        "hyp-3": 1.0,
        "syn": 1.0,
        "cohyp": 0.0,
        "r-hyp-3": 0.0,
    }
    expected = hyperlex.correlation(
        [1, 1, 0, 0], [hyperlex.WordPair(*row) for row in rows], range(4)
    )
    assert found["rho"]["ancestor, any sense"]["all"] == pytest.approx(expected, abs=5e-5)


@pytest.mark.skipif(not HYPERLEX.is_file(), reason="HyperLex is not there")
def test_the_page_has_the_correlation_of_the_result(benchmark):
    common = benchmark("common")
    result = json.loads((common.RESULTS / "hyperlex_ancestors.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs/guide/experiments.md").read_text(encoding="utf-8")
    assert result["covered"] == result["pairs"] == 2163
    rho = result["rho"]["ancestor, any sense"]
    assert f"{rho['all']:.3f} (standard error {rho['standard_error']:.3f}" in page


# --- all pairs of n documents ---


def test_the_rate_warms_up_and_falls(benchmark):
    script = benchmark("learned_subsets")
    rates = [script.rate(step, 200) for step in range(200)]
    assert rates[:10] == pytest.approx([0.001 * (i + 1) for i in range(10)])
    assert max(rates) == rates[10] == pytest.approx(0.01)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(1e-4)


def test_pairs_of_documents_are_all_there_once(benchmark):
    relevance = benchmark("learned_subsets").pairs_of(5)
    found = {tuple(relevance.matches(q).tolist()) for q in range(relevance.n_queries)}
    assert found == {(a, b) for a in range(5) for b in range(a + 1, 5)}
    assert relevance.n_queries == 10


@needs_torch
def test_losses_and_margin_are_their_definitions(benchmark):
    import torch

    script = benchmark("learned_subsets")
    scores = torch.tensor(np.random.default_rng(0).uniform(-1, 1, (6, 4)))
    matches = torch.tensor(script.pairs_of(4).indices.reshape(-1, 2).astype(np.int64))
    t, b = 0.5, 0.2
    scalars = torch.tensor([math.log(t), b], dtype=torch.float64)
    sigmoid = infonce = 0.0
    gaps, worsts, bests = [], [], []
    for row, pair in zip(scores.tolist(), matches.tolist(), strict=True):
        for j, score in enumerate(row):
            sign = 1 if j in pair else -1
            sigmoid += math.log(1 + math.exp(-sign * (score - b) / t)) / 6
        total = sum(math.exp(score / t) for score in row)
        infonce -= sum(math.log(math.exp(row[j] / t) / total) for j in pair) / 12
        others = [row[j] for j in range(4) if j not in pair]
        worsts.append(min(row[j] for j in pair))
        bests.append(max(others))
        gaps.append(worsts[-1] - bests[-1])
    assert float(script.loss_of("sigmoid", scores, matches, scalars)) == pytest.approx(sigmoid)
    assert float(script.loss_of("infonce", scores, matches, scalars)) == pytest.approx(infonce)
    assert script.margin(scores, matches, "row") == pytest.approx(min(gaps) / 2)
    of_all = (min(worsts) - max(bests)) / 2
    assert script.margin(scores, matches, "global") == pytest.approx(of_all)


@needs_torch
@pytest.mark.parametrize(("loss", "notion"), [("sigmoid", "global"), ("infonce", "row")])
def test_a_run_ends_when_its_margin_is_certified(benchmark, loss, notion):
    script = benchmark("learned_subsets")
    found = script.trained(loss, 6, 5, notion, steps=300)
    assert found["verdict"] == "holds"
    assert found["n_violations"] == 0
    assert found["steps"] < 300
    # the margin in float32 and the certified one, of rows that are unit up to rounding
    assert 0 < found["normalized_margin"] <= found["best_margin_seen"] * (1 + 1e-4) + 1e-6
    # six documents in two dimensions: Radon says four are needed
    hopeless = script.trained(loss, 6, 2, notion, steps=60)
    assert hopeless["verdict"] == "fails"
    assert hopeless["steps"] == 60


def test_the_search_goes_down_and_up(benchmark, monkeypatch):
    script = benchmark("learned_subsets")

    def trained(loss, n, dim, notion, *, steps):
        return {"d": dim, "verdict": "holds" if dim >= 7 else "fails"}

    monkeypatch.setattr(script, "trained", trained)
    for first, tried, least in (
        (9, [6, 7, 8, 9], 7),
        (7, [6, 7], 7),
        (5, [5, 6, 7], 7),
        (3, [3, 4, 5, 6, 7], 7),
        (2, [2, 3, 4, 5, 6], None),
    ):
        found = script.search("sigmoid", 10, "row", steps=1, first=first)
        assert found["least_d"] == least
        assert [run["d"] for run in found["runs"]] == tried
