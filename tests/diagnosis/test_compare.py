"""Models side by side: planted causes are found, and numbers are those of direct calls."""

import json
from dataclasses import replace

import numpy as np
import pytest

import hrgeom
from hrgeom import DualEmbedding, Hierarchy, Relevance, certify
from hrgeom._base import blocks
from hrgeom.bounds.ceilings import perfect_tree_ceiling
from hrgeom.cli import main
from hrgeom.cli._compare import table
from hrgeom.constructions import promises
from hrgeom.diagnosis import _compare, compare, diagnose, dimension_limit
from hrgeom.diagnosis._failing import (
    FailingReduction,
    failing_queries,
    failing_sample,
    restricted,
)
from hrgeom.diagnosis._readings import N_READ
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.metrics import embedding_scores, ranking_metrics, recall_by_distance
from hrgeom.models import Model


@pytest.fixture(scope="module")
def mammals():
    return hrgeom.read_hierarchy("wordnet-mammals")


@pytest.fixture(scope="module")
def perfect(mammals):
    return replace(hrgeom.construct(mammals, dim=8, proved=True).embedding, notion="row")


@pytest.fixture(scope="module")
def pair_fails(mammals):
    """The queries below exactly one of dog and cat, from the edges alone."""
    dog, cat = mammals.index("dog.n.01"), mammals.index("cat.n.01")
    return [q for q in range(mammals.n_nodes) if below(mammals, q, dog) != below(mammals, q, cat)]


def below(hierarchy, node, other):
    """Whether a node is another or below it, by climbing."""
    return node == other or any(
        below(hierarchy, hierarchy.index(parent), other)
        for parent in hierarchy.parents(hierarchy.labels[node])
    )


@pytest.fixture(scope="module")
def found(mammals, perfect):
    """A perfect model, one whose dog and cat are one document, one whose dogs look away."""
    dog, cat = mammals.index("dog.n.01"), mammals.index("cat.n.01")
    documents = perfect.documents.copy()
    documents[cat] = documents[dog]
    queries = perfect.queries.copy()
    queries[[dog, cat]] *= -1
    models = [
        Model("perfect", perfect),
        Model("one document", replace(perfect, documents=documents)),
        Model("two queries", replace(perfect, queries=queries)),
        Model("narrow", DualEmbedding(perfect.queries[:, :1], perfect.documents[:, :1])),
    ]
    return models, compare(models, mammals, n_queries=400, n_diagnosed=60, seed=3)


def test_planted_causes_are_found(mammals, found, pair_fails):
    _, comparison = found
    perfect, document, queries, narrow = comparison.reports
    assert (perfect.verdict, perfect.diagnosis, perfect.example) == ("holds", None, None)
    assert perfect.metrics.exact == perfect.metrics.map == perfect.overall == 1
    assert document.verdict == "documents"
    assert document.certificate.n_violating_queries == len(pair_fails)
    assert set(document.failing.tolist()) <= set(pair_fails)
    assert len(document.failing) == min(60, len(pair_fails))
    assert set(document.diagnosis.causes) == {"documents"}
    assert document.example["how"] == "equal"
    assert {*document.example["matches"], *document.example["others"]} == {"dog.n.01", "cat.n.01"}
    assert queries.verdict == "queries"
    assert [mammals.labels[q] for q in queries.failing] == sorted(
        ["dog.n.01", "cat.n.01"], key=mammals.index
    )
    assert queries.diagnosis.counts["queries"] == 2
    assert narrow.verdict == "impossible"  # one dimension, where two are least
    assert comparison.limit.dim == 2
    assert (comparison.holds, comparison.exit_code) == (False, 1)


def test_better_queries_mend_the_failing_ones(mammals, found):
    models, comparison = found
    report = comparison.reports[2]
    mended = models[2].embedding.queries.astype(np.float64)
    for better in report.diagnosis.better:
        mended[report.failing[better.query]] = better.vector
    documents = models[2].embedding.documents.astype(np.float64)
    assert certify(DualEmbedding(mended, documents, notion="row"), mammals).holds


def test_numbers_are_those_of_direct_calls(mammals, found):
    models, comparison = found
    fewest = promises(mammals.relevance, dtype="float32")[0]
    for model, report in zip(models, comparison.reports, strict=True):
        direct = certify(model.embedding, mammals, notion="row").to_dict()
        got = report.certificate.to_dict()
        assert {**got, "seconds": 0} == {**direct, "seconds": 0}
        metrics = ranking_metrics(model.embedding, mammals, n_queries=400, seed=3)
        assert report.metrics.to_dict() == metrics.to_dict()
        np.testing.assert_array_equal(report.recall, metrics.recall)
        assert (report.fewest.construction, report.fewest.dim) == (fewest[0], fewest[1].dim)
        assert report.fewest.margin == fewest[1].margin
        within = promises(mammals.relevance, dim=report.dim, dtype="float32")
        assert (report.same_dim is None) == (not within)
        if within:
            assert report.same_dim.margin == max(promise.margin or 0 for _, promise in within)
            assert report.same_dim.dim <= report.dim
    margin = comparison.reports[0].certificate.normalized_margin_lower_bound
    assert 0 < margin <= comparison.ceiling
    # what was promised for so many dimensions is what the construction has
    assert margin >= comparison.reports[0].same_dim.margin


@pytest.mark.parametrize("notion", ["row", "global"])
def test_what_geometry_allows_is_that_of_direct_calls(tree, notion):
    built = hrgeom.construct(tree).embedding
    comparison = compare([Model("ours", built)], tree, notion=notion)
    assert comparison.limit == dimension_limit(tree.relevance, notion=notion)
    # The tree is perfect, so its ceiling is the one of its shape.
    assert comparison.ceiling == perfect_tree_ceiling(2, 4, notion=notion).upper
    report = comparison.reports[0]
    assert comparison.limit.dim <= report.dim == report.fewest.dim
    assert report.certificate.normalized_margin_lower_bound <= comparison.ceiling


@pytest.fixture
def scored(monkeypatch):
    """The queries of every block of scores against all documents, as they are computed."""
    numbers = []

    class Counted(blocks.ScoreBlock):
        def __init__(self, block, scores):
            numbers.append((block.tolist(), scores.shape[1]))
            super().__init__(block, scores)

    def no_ceiling(*_, **__):
        raise ConstructionError("no ceiling is asked for where blocks are counted")

    monkeypatch.setattr(blocks, "ScoreBlock", Counted)
    monkeypatch.setattr(_compare, "subtree_ceiling", no_ceiling)
    return numbers


@pytest.fixture
def before_diagnosis(monkeypatch, scored):
    """How many blocks there were when a diagnosis began, and which queries it was of."""
    marks = []

    def marked(embedding, *rest, **options):
        marks.append((len(scored), embedding.n_queries))
        return diagnose(embedding, *rest, **options)

    monkeypatch.setattr(_compare, "diagnose", marked)
    return marks


@pytest.mark.parametrize(("notion", "n_queries"), [("row", None), ("global", 300)])
def test_each_model_is_scored_once(mammals, scored, before_diagnosis, notion, n_queries):
    """Metrics, recall and failing queries share one pass; a sample is completed, not repeated."""
    random = hrgeom.construct(mammals, method="gaussian", dim=16, certify=False).embedding
    scored.clear()
    report = compare(
        [Model("fails", random)],
        mammals,
        notion=notion,
        n_queries=n_queries,
        n_diagnosed=5,
        effort=0,
    ).reports[0]
    ((n_blocks, n_diagnosed),) = before_diagnosis
    assert n_diagnosed == len(report.failing) == 5
    passes, diagnosis = scored[:n_blocks], scored[n_blocks:]
    assert {width for _, width in scored} == {mammals.n_nodes}
    queries = [q for numbers, _ in passes for q in numbers]
    assert len(queries) == len(set(queries))
    if n_queries is None:
        assert sorted(queries) == list(range(mammals.n_nodes))
    else:
        assert len(passes[0][0]) == n_queries
    # rounds of the diagnosis score its few queries and candidates for them alone; then a sample is
    # read as it stands, by cosine, and with the sides exchanged
    rounds = [len(numbers) for numbers, _ in diagnosis]
    assert rounds[-3:] == [N_READ] * 3
    assert max(rounds[:-3]) <= 5


def test_a_model_that_holds_is_scored_once(mammals, perfect, scored, before_diagnosis):
    report = compare([Model("perfect", perfect)], mammals, n_queries=None, effort=0).reports[0]
    assert report.verdict == "holds"
    assert [numbers for numbers, _ in scored] == [list(range(mammals.n_nodes))]
    assert not before_diagnosis


def test_failing_queries_are_those_of_a_pass_over_all(mammals, monkeypatch):
    """Whatever the blocks, and whatever was known before: the first in a random order."""
    embedding = hrgeom.construct(mammals, method="gaussian", dim=20, certify=False).embedding
    relevance = mammals.relevance
    everything = np.arange(mammals.n_nodes)
    whole = FailingReduction(relevance, "row", None)
    blocks.reduce_blocks(embedding_scores(embedding, everything), whole)
    assert whole.is_known.all()
    order = np.random.default_rng(6).permutation(mammals.n_nodes)
    first = sorted(order[whole.fails[order]][:9].tolist())
    assert len(first) == 9
    assert failing_queries(embedding, relevance, notion="row", n_wanted=9, seed=6).tolist() == first
    monkeypatch.setitem(blocks.score_blocks.__kwdefaults__, "block_bytes", 1)
    parts = [FailingReduction(relevance, "row", None) for _ in range(2)]
    for part, some in zip(parts, (everything[:100], everything[500:600]), strict=True):
        blocks.reduce_blocks(embedding_scores(embedding, some), part)
    parts[0].merge(parts[1])
    assert np.count_nonzero(parts[0].is_known) == 200
    again = failing_sample(
        parts[0], lambda numbers: embedding_scores(embedding, numbers), n_wanted=9, seed=6
    )
    assert again.tolist() == first


def test_the_table_and_the_json_say_the_same(found):
    _, comparison = found
    text = table(comparison)
    data = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert "no embedding has fewer than 2 dimensions" in text
    assert data["limit"]["dim"] == 2
    for model in data["models"]:
        certificate = model["certificate"]
        rows = [line for line in text.splitlines() if line.startswith(f"  {model['name']}  ")]
        assert len(rows) >= 4
        assert any(
            certificate["verdict"] in row and f"{certificate['n_violations']:,}" in row
            for row in rows
        )
        assert any(f"{100 * model['overall']:.2f}" in row for row in rows)
    assert "query 'cat.n.01'" in text or "query 'dog.n.01'" in text or "is the same vector" in text


def test_the_last_lines_say_whether_it_is_geometry_or_training(found):
    _, comparison = found
    n = len(comparison.reports[1].failing)
    whole = comparison.reports[1].certificate.n_violating_queries
    of = "of the failures" if n == whole else f"of the {n} failures looked at"
    needed, d = comparison.reports[0].fewest.dim, comparison.reports[0].dim
    assert needed <= d  # else neither is known
    geometry = f"{needed} dimensions are enough, it has {d}"
    limit = comparison.limit
    assert comparison.answers == {
        "perfect": "holds for every query: nothing to mend",
        "one document": f"training: 100 % {of} need other documents; {geometry}",
        "two queries": "training: 100 % of the failures have a better query for the same "
        f"documents; {geometry}",
        "narrow": f"geometry: no embedding has fewer than 2 dimensions ({limit.theorem}), it has "
        "1; no training mends that",
    }
    doubts = [f"{name}: {sentence}." for name, sentence in comparison.doubts.items()]
    lines = [line for line in table(comparison).splitlines() if line not in doubts]
    assert lines[-4:] == [f"{name}: {sentence}." for name, sentence in comparison.answers.items()]


def test_shares_of_mixed_causes_and_where_nothing_is_known(found):
    _, comparison = found
    report = comparison.reports[2]
    mixed = replace(report.diagnosis, causes=("queries",) * 3 + ("documents",))
    certificate = replace(report.certificate, n_violating_queries=9)
    mixed = replace(report, diagnosis=mixed, failing=np.arange(4), certificate=certificate)
    said = replace(comparison, reports=(mixed,)).answers["two queries"]
    assert "75 % of the 4 failures looked at have a better query for the same documents, " in said
    assert ", 25 % need other documents; " in said
    between = replace(mixed, scored_dim=2, fewest=replace(report.fewest, dim=7))
    said = replace(comparison, reports=(between,)).answers["two queries"]
    assert said.startswith("training or geometry, it is not known which: 75 %")
    assert said.endswith(
        "no embedding has fewer than 2 dimensions and a construction is known from 7 on, it has 2"
    )
    unknown = replace(between, fewest=None, diagnosis=None)
    said = replace(comparison, reports=(unknown,)).answers["two queries"]
    assert said.endswith("not diagnosed; no embedding has fewer than 2 dimensions, it has 2")


@pytest.fixture
def tree():
    return Hierarchy.from_edges(
        [(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 15)], labels=[f"n{i}" for i in range(15)]
    )


def test_poincare_models_are_judged_by_their_distances(tree):
    rng = np.random.default_rng(2)
    points = rng.uniform(-0.55, 0.55, (15, 2))
    ball = DualEmbedding(points, points)
    report = compare([Model("ball", ball, "poincare")], tree).reports[0]
    assert (report.dim, report.scored_dim, report.certificate.dim) == (2, 3, 3)

    def distance(p, q):
        apart = sum((a - b) ** 2 for a, b in zip(p, q, strict=True))
        return np.arccosh(1 + 2 * apart / ((1 - p @ p) * (1 - q @ q)))

    wrong, failing = 0, []
    for q in range(15):
        away = np.array([distance(points[q], x) for x in points])
        matches = tree.relevance.matches(q)
        others = np.setdiff1d(np.arange(15), matches)
        n_wrong = int((away[others] <= away[matches].max()).sum())
        wrong += n_wrong
        failing += [q] if n_wrong else []
    assert report.certificate.n_violations == wrong
    assert report.failing.tolist() == failing
    assert report.metrics.to_dict() == ranking_metrics(ball, tree, score="poincare").to_dict()
    with pytest.raises(ShapeError, match=r"row for a model ranked by Poincare"):
        compare([Model("ball", ball, "poincare")], tree, notion="global")


def test_global_notion_uses_the_threshold_of_the_certificate(tree):
    rng = np.random.default_rng(4)
    vectors = rng.standard_normal((2, 15, 6))
    given = DualEmbedding(*vectors, threshold=0.5)
    free = DualEmbedding(*vectors, notion="row")
    for embedding in (given, free):
        report = compare([Model("m", embedding)], tree, notion="global").reports[0]
        threshold = report.certificate.threshold
        assert threshold == 0.5 or embedding is free
        direct = recall_by_distance(embedding, tree, notion="global", threshold=threshold)
        np.testing.assert_array_equal(report.recall, direct.recall)
        assert report.overall == direct.overall
        assert report.diagnosis.threshold == threshold
        assert report.metrics.to_dict() == ranking_metrics(embedding, tree).to_dict()


@pytest.mark.parametrize("seed", range(4))
def test_failing_queries_match_the_definition(tree, seed):
    rng = np.random.default_rng(seed)
    q, x = rng.integers(-3, 4, (2, 15, 3)).tolist()
    r = tree.relevance
    by_row, by_threshold = [], []
    for i in range(15):
        scores = [sum(a * b for a, b in zip(q[i], row, strict=True)) for row in x]
        own = set(r.matches(i).tolist())
        worst = min(scores[v] for v in own)
        best = max(scores[v] for v in range(15) if v not in own)
        by_row += [i] if worst <= best else []
        by_threshold += [i] if worst <= 0 or best >= 0 else []
    embedding = DualEmbedding(np.array(q, np.float32), np.array(x, np.float32))
    assert failing_queries(embedding, r, notion="row", n_wanted=99).tolist() == by_row
    assert (
        failing_queries(embedding, r, notion="global", threshold=0.0, n_wanted=99).tolist()
        == by_threshold
    )
    some = failing_queries(embedding, r, notion="row", n_wanted=3, seed=seed).tolist()
    assert len(some) == min(3, len(by_row))
    assert set(some) <= set(by_row)


def test_restricted_rows_are_the_same_queries(tree):
    rng = np.random.default_rng(0)
    stored = rng.integers(-127, 128, (2, 15, 4)).astype(np.int8)
    scale = rng.integers(1, 9, 15).astype(np.float32) / 8
    embedding = DualEmbedding(*stored, query_scale=scale, document_scale=scale, notion="row")
    chosen = np.array([3, 7, 8])
    part, relevance = restricted(embedding, tree.relevance, chosen)
    assert part.query_labels == ("n3", "n7", "n8")
    for one, two in zip(part.values(), embedding.values(), strict=True):
        np.testing.assert_array_equal(one, two[chosen] if len(one) == 3 else two)
    for i, q in enumerate(chosen.tolist()):
        np.testing.assert_array_equal(relevance.matches(i), tree.relevance.matches(q))


def test_judgments_have_no_distances_and_no_ceiling():
    judged = Relevance.from_sets([{0, 1}, {1, 2}, {0, 2}], 3)
    sums = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    comparison = compare([Model("sums", DualEmbedding(np.array(sums, float), np.eye(3)))], judged)
    assert comparison.ceiling is None
    assert comparison.reports[0].recall.size == 0
    assert comparison.holds
    assert "recall by distance" not in table(comparison)


def test_misuse(tree):
    good = hrgeom.construct(tree).embedding
    with pytest.raises(ShapeError, match="there must be a model"):
        compare([], tree)
    with pytest.raises(ShapeError, match=r"distinct names: got 'a' twice; say name="):
        compare([Model("a", good), Model("a", good)], tree)
    with pytest.raises(ShapeError, match="one row per node"):
        compare([Model("a", DualEmbedding(np.eye(3), np.eye(3)))], tree)
    with pytest.raises(ShapeError, match="inside the unit ball"):
        compare([Model("a", DualEmbedding(np.eye(15), np.eye(15)), "poincare")], tree)


# The command


@pytest.fixture
def here(tmp_path, monkeypatch, tree):
    monkeypatch.chdir(tmp_path)
    edges = ((tree.labels[c], tree.labels[p]) for c, p in tree.edges.tolist())
    (tmp_path / "tree.tsv").write_text("".join(f"{c}\t{p}\n" for c, p in edges))
    rng = np.random.default_rng(1)
    np.save("v.npy", rng.standard_normal((15, 3)).astype(np.float32))
    (tmp_path / "labels.txt").write_text("\n".join(tree.labels))
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(*argv):
        status = main([str(a) for a in argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_command(here, run):
    pytest.importorskip("matplotlib", reason="needs the extra `plots`")
    argv = ("compare", "v.npy,labels=labels.txt,name=mine", "construction", "--tree", "tree.tsv")
    status, out, err = run(*argv, "--out", "compared")
    assert status == 1
    assert "certified over all 225 pairs" in out
    assert out.startswith("written to compared: comparison.json, recall.png, causes.png\n")
    assert "hrgeom: mine: all pairs" in err
    assert {p.name for p in (here / "compared").iterdir()} == {
        "comparison.json",
        "recall.png",
        "causes.png",
    }
    for name in ("recall.png", "causes.png"):
        assert (here / "compared" / name).read_bytes().startswith(b"\x89PNG")
    status, again, _ = run(*argv, "--json", "--quiet")
    assert status == 1
    written = json.loads((here / "compared" / "comparison.json").read_text())
    printed = json.loads(again)
    assert printed.pop("remarks") == []
    for data in (written, printed):
        data.pop("command")
        for model in data["models"]:
            model["certificate"].pop("seconds")
    assert written == printed
    assert [model["verdict"] for model in printed["models"]][1] == "holds"
    status, _, err = run(*argv, "--out", "compared")
    assert (status, err.count("\n")) == (2, 1)
    assert "must not exist yet: got 'compared'; say so to replace it (--force" in err
    assert run(*argv, "--out", "compared", "--force", "--quiet")[0] == 1
    assert run("compare", "construction", "--tree", "tree.tsv", "--quiet")[0] == 0


def test_command_with_judgments(here, run):
    pytest.importorskip("matplotlib", reason="needs the extra `plots`")
    (here / "qrels.tsv").write_text("red\tapple\nfruit\tapple\nfruit\tpear\n")
    status, out, _ = run(
        "compare", "construction", "--qrels", "qrels.tsv", "--notion", "global", "--out", "o"
    )
    assert status == 0
    assert out.startswith("written to o: comparison.json, causes.png\n")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("v.npy,labels=nothing.txt",), "No such file"),
        (("v.npy", "v.npy"), "distinct names"),
        (("v.npy,score=poincare",), "inside the unit ball"),
        (("v.npy", "--out", "no/where"), "the parent of the output folder must exist"),
        (("v.npy", "--out", "labels.txt", "--force"), "must be new"),
    ],
)
def test_bad_input_exits_2_with_one_line(here, run, argv, message):
    status, out, err = run("compare", *argv, "--tree", "tree.tsv", "--quiet")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
