"""What a page says is what was computed, whatever the labels and the numbers are."""

import base64
import json
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest

import hrgeom
from hrgeom.cli import main
from hrgeom.cli._info import describe
from hrgeom.errors import ShapeError
from hrgeom.report import build_report, page
from hrgeom.report._copies import BUDGET, copies_of
from hrgeom.report._explored import explorer_data
from hrgeom.report._facts import Facts
from hrgeom.report._packed import packed_hierarchy, script_json
from hrgeom.report._sections import between, certificate_rows
from hrgeom.report._words import advice, sentence, shown, tightest_call, up

TREE = hrgeom.Hierarchy.from_edges(
    [("dog", "animal"), ("cat", "animal"), ("puppy", "dog"), ("pet", "animal"), ("puppy", "pet")]
)


@pytest.fixture(scope="module")
def report():
    made = {
        "good": hrgeom.construct(TREE).embedding,
        "bad": hrgeom.construct(TREE, method="gaussian", dim=2).embedding,
    }
    return build_report(made, TREE, remarks=["two <odd> things"])


def data_of(text):
    """The data of the explorer, read as a browser reads it."""
    (found,) = re.findall(
        r'<script type="application/json" id="explorer-data">(.*?)</script>', text, re.S
    )
    return json.loads(found)


def inflated(text):
    return zlib.decompress(base64.b64decode(text))


def test_sentences(report):
    good, bad = (one.certificate for one in report.embeddings)
    assert sentence(good) == "Every one of 5 queries retrieves exactly its ancestors."
    for failing, verb, whose in ((1, "does", "its"), (3, "do", "their")):
        some = sentence(replace(bad, n_violating_queries=failing))
        assert some == f"{failing} of 5 queries {verb} not retrieve exactly {whose} ancestors."
    none = replace(bad, n_violating_queries=5)
    assert sentence(none) == "None of 5 queries retrieves exactly its ancestors."
    assert tightest_call(good).startswith("Tightest call: query “")
    assert tightest_call(bad).startswith("Furthest off: query “")
    names = hrgeom.Hierarchy(TREE.labels, TREE.edges, names=[f"n {x}" for x in TREE.labels])
    pair = good.worst_match
    named = f"query “{pair.query}” (n {pair.query}), document “{pair.document}” (n {pair.document})"
    assert named in tightest_call(replace(good, best_other=None), names)
    assert advice(good) == "score > 0"
    row = hrgeom.certify(report.embeddings[0].embedding, TREE, notion="row")
    assert sentence(row).endswith("exactly its ancestors on top of its ranking.")
    assert advice(row).startswith("as many documents")


def test_the_threshold_is_said_to_the_last_digit(report):
    level = report.embeddings[1].certificate.threshold
    assert float(advice(report.embeddings[1].certificate).removeprefix("score > ")) == level


def test_facts_agree_with_info():
    h = hrgeom.read_hierarchy("wordnet-mammals")
    facts, info = Facts.of(h), describe(h)
    assert list(facts.counts.values()) == [
        info[name]
        for name in (
            "n_nodes",
            "n_edges",
            "n_roots",
            "n_leaves",
            "n_levels",
            "n_nodes_with_several_parents",
            "max_ancestors",
            "n_proper_pairs",
            "n_crossing_documents",
            "n_laminar_classes",
        )
    ]
    assert list(facts.nodes_by_ancestors) == info["histogram_of_ancestors"]


def test_the_sample_is_measured_as_defined(report):
    for one in report.embeddings:
        scores = one.embedding.queries.astype(float) @ one.embedding.documents.astype(float).T
        for q in range(5):
            match = np.isin(np.arange(5), TREE.relevance.matches(q))
            seen = one.measured.extremes
            assert seen.worst_match[q] == pytest.approx(scores[q][match].min(), abs=1e-6)
            if not match.all():
                assert seen.best_other[q] == pytest.approx(scores[q][~match].max(), abs=1e-6)


def test_recall_is_that_of_all_queries_where_there_is_a_threshold():
    h = hrgeom.read_hierarchy("wordnet-mammals")
    bad = hrgeom.construct(h, method="gaussian", dim=64).embedding
    made = build_report({"bad": bad}, h, n_queries=50, with_bounds=False)
    (one,) = made.embeddings
    level = one.certificate.threshold
    expected = hrgeom.metrics.recall_by_distance(bad, h, notion="global", threshold=level)
    found = one.measured.recall
    assert 0.5 < expected.overall < 1
    assert (found.n_queries, found.n_pairs.tolist()) == (h.n_nodes, expected.n_pairs.tolist())
    np.testing.assert_allclose(found.recall, expected.recall)
    np.testing.assert_allclose(found.overall, expected.overall)
    np.testing.assert_allclose(found.by_query, expected.by_query)
    # each picture says over what it was observed
    text = page(made)
    assert "Observed over a random sample of 50 of 1,182 queries; the certificate" in text
    assert "Observed over all 1,182 queries.<" in text


def test_recall_without_a_threshold_is_that_of_the_sample(report):
    good = report.embeddings[0].embedding
    made = build_report({"good": good}, TREE, notion="row", n_queries=3, with_bounds=False)
    assert made.embeddings[0].measured.recall.n_queries == 3
    assert page(made).count("Observed over a random sample of 3 of 5 queries") == 2


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "int8"])
def test_copies_are_exact_where_there_is_room(dtype):
    e = hrgeom.construct(TREE, dtype=dtype).embedding
    copies = copies_of(e)
    assert copies.error == 0
    for mine, scale, theirs in zip(
        (copies.queries, copies.documents),
        (copies.query_scales, copies.document_scales),
        e.values(),
        strict=True,
    ):
        assert np.array_equal(mine if scale is None else mine * scale[:, None], theirs)


@pytest.mark.parametrize(("budget", "dtype"), [(2 * 300 * 40 * 2, "int16"), (2 * 300 * 40, "int8")])
def test_rounded_copies_keep_their_bound(budget, dtype):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2, 300, 40)) * rng.lognormal(0, 3, size=(2, 300, 1))
    rows[0, 0] = 0
    e = hrgeom.DualEmbedding(*rows, threshold=0.0)
    copies = copies_of(e, budget)
    assert copies.dtype == dtype
    q, x = (
        numbers * scale.astype(float)[:, None]
        for numbers, scale in (
            (copies.queries, copies.query_scales),
            (copies.documents, copies.document_scales),
        )
    )
    off = np.abs(q @ x.T - rows[0] @ rows[1].T).max()
    assert 0 < off <= copies.error * (1 + 1e-12)
    assert copies_of(e, budget // 4) is None
    assert copies_of(hrgeom.DualEmbedding(*(rows * 1e200)), budget) is None
    assert BUDGET < 2**24


def test_a_hierarchy_is_unpacked_as_it_was():
    labels = ["</script>", "a", "", "\ud800 alone", "b"]
    h = hrgeom.Hierarchy(
        labels, [(1, 0), (2, 0), (3, 1), (3, 2), (4, 3)], names=["x"] * 5, other_labels={"o": 3}
    )
    packed = packed_hierarchy(h)
    assert json.loads(inflated(packed["labels"])) == labels
    assert json.loads(inflated(packed["names"])) == ["x"] * 5
    counts = np.frombuffer(inflated(packed["counts"]), dtype="<u1")
    parents = np.cumsum(np.frombuffer(inflated(packed["parents"]), dtype="<i4"))
    assert np.array_equal(counts, np.diff(h.parent_indptr))
    assert np.array_equal(parents, h.parent_indices)
    assert np.frombuffer(inflated(packed["other_nodes"]), dtype="<i4").tolist() == [3]


def test_a_node_of_many_parents_is_packed():
    n = 300
    h = hrgeom.Hierarchy([str(i) for i in range(n)], [(0, i) for i in range(1, n)])
    packed = packed_hierarchy(h)
    assert packed["counts_bytes"] == 4
    assert np.frombuffer(inflated(packed["counts"]), dtype="<i4")[0] == n - 1


def test_the_page_has_nothing_from_elsewhere(report):
    text = page(report)
    assert not re.search(r'(src|href)="(?!#)', text)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert "two &lt;odd&gt; things" in text
    assert data_of(text)["views"][0]["name"] == "good"


def test_json_cannot_leave_its_element():
    assert script_json({"a": "</script><!--&\u2028"}) == (
        '{"a":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}'
    )


def test_labels_as_they_are_shown():
    assert shown("") == "(empty label)"
    assert shown("  ") == "(label of spaces)"
    assert shown("a\u202eb\n") == "a\\u202eb\\u000a"
    assert shown("👩‍👧") == "👩‍👧"
    assert len(shown("x" * 500)) == 120
    shown("\ud800").encode()


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (0.0229, "0.023"), (0.0221, "0.023")])
def test_bounds_are_rounded_up(value, text):
    assert up(value) == text


def test_what_is_here_narrows_what_is_known(report):
    margin = report.embeddings[0].certificate.normalized_margin_lower_bound
    text = between(report, "margin", "zero")
    assert "(here)" in text or "exactly" in text or float(text.split()[0]) >= margin


def test_every_field_of_the_certificate_is_named(report):
    certificate = report.embeddings[0].certificate
    rows = dict(certificate_rows(certificate))
    assert rows["pairs"].startswith("25, of which")
    assert rows["sha256 of hierarchy"] == TREE.sha256
    assert rows["threshold"] == "0.0"


def test_a_title_takes_the_place_of_the_name(report):
    shut = {"with_bounds": False, "with_vectors": False}
    found = build_report({"x": report.embeddings[0].embedding}, TREE, title="Our <pets>", **shut)
    text = page(found)
    assert "<title>Our &lt;pets&gt;: Every one of 5 queries" in text
    assert "hrgeom · Our &lt;pets&gt;" in text
    assert found.to_dict()["hierarchy"]["name"] == "Our <pets>"


def test_no_vectors_no_bounds(report):
    embedding = report.embeddings[0].embedding
    bare = build_report({"x": embedding}, TREE, with_bounds=False, with_vectors=False)
    text = page(bare)
    view = data_of(text)["views"][0]
    assert "queries" not in view
    assert "holds no vectors" in view["note"]
    assert 'id="limits"' not in text
    assert explorer_data(bare)["start"] in range(5)
    with pytest.raises(ShapeError, match="there must be an embedding"):
        build_report({}, TREE)


def test_chains_and_single_nodes_have_a_page():
    chain = hrgeom.Hierarchy.from_edges([(str(i + 1), str(i)) for i in range(300)])
    one = hrgeom.Hierarchy(["alone"], [])
    for h in (chain, one):
        e = hrgeom.construct(h).embedding
        text = page(build_report({"e": e}, h, with_bounds=False))
        assert len(text) < 400_000
    assert "The one query retrieves exactly its ancestors." in text


def test_nothing_is_written_where_the_work_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("dog,animal\ncat,animal\n")
    assert main(["construct", "--tree", "t.csv", "--out", "t.emb", "--quiet"]) == 0
    assert main(["report", "t.emb", "--out", "no/x.html"]) == 2
    assert main(["report", "t.emb", "--out", "t.emb"]) == 2
    assert main(["report", "t.emb", "missing.npz", "--out", "x.html"]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv", "t.emb"]
    capsys.readouterr()
    assert main(["report", "t.emb", "t.emb", "--out", "x.html", "--no-bounds", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in data["embeddings"]] == ["t.emb", "t.emb (2)"]
    assert data["n_bytes"] == (tmp_path / "x.html").stat().st_size
    before = (tmp_path / "x.html").read_bytes()
    assert main(["report", "t.emb", "--out", "x.html"]) == 2
    assert (tmp_path / "x.html").read_bytes() == before
