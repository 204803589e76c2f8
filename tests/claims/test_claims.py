"""Claims: evidence computed anew, verdicts that follow from it, and the pages that list them."""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hrgeom.proofs import kit
from places import DOCS, ROOT

from hrgeom._base.json_text import parse_json
from hrgeom.claims import (
    CLAIMS,
    SOURCES,
    Claim,
    Evidence,
    _checking,
    _registry,
    check,
    claims_index,
    claims_page,
    find,
    verdict_of,
)
from hrgeom.claims._evidence import at_least, at_most, equal, fact, of_print, printed, ran, shown
from hrgeom.claims._subsets import at_most_k, curve_recall, exactly_k, full_gap, simplex
from hrgeom.cli import _claims as command
from hrgeom.cli import main
from hrgeom.datasets import _published
from hrgeom.errors import HrgeomError

INDEX = DOCS / "claims.md"
RESULTS = ROOT / "benchmarks" / "results"
LEARNED = ("wordnet", "tree", "subsets", "dimension", "hyperlex")
FAR = ("standard-64", "standard-32", "recipe-64-cut3", "recipe-32-cut3")
TREE = (
    "standard, expected, without root",
    "recipe, without root",
    "rebalanced p=0.03, without root",
)
AGREES = "observed here: agrees"
RIGHT = equal("2 + 2", 4, 2 + 2)
WRONG = equal("2 + 2", 5, 2 + 2)
MENDED = equal("2 + 2", 4, 2 + 2, corrected=True)

AGAIN = "write the pages anew with `hrgeom claims --pages docs`"


def made(evidence, verdict="confirmed", **others):
    fields = {"title": "A sum", "kind": "theorem", "statement": "$2 + 2 = 4$.", "source": "Nobody"}
    return Claim(
        id="made", verdict=verdict, evidence=lambda: list(evidence), **{**fields, **others}
    )


@pytest.fixture
def run(capsys):
    """Run a command line; give exit status and standard output."""

    def run(*argv):
        status = main([str(a) for a in argv])
        return status, capsys.readouterr().out

    return run


@pytest.fixture
def few(monkeypatch):
    """Replace the registry by the claims given."""

    def few(*claims):
        new = {claim.id: claim for claim in claims}
        monkeypatch.setattr(command, "CLAIMS", new)
        monkeypatch.setattr(_registry, "CLAIMS", new)

    return few


@pytest.mark.parametrize("identifier", CLAIMS)
def test_claim_is_what_it_is_declared_to_be(identifier):
    found = check(CLAIMS[identifier])
    assert found.problems == ()
    assert parse_json(json.dumps(found.to_dict(), allow_nan=False))["id"] == identifier
    if found.claim.verdict != "open":
        assert found.claim.verdict == verdict_of(list(found.evidence))
        assert found.evidence
    assert not any(set("|\n") & set(text) for e in found.evidence for text in cells(e))
    section = sections()[identifier]
    assert all(f"| {e.what}" in section for e in found.evidence), AGAIN
    ends = [line.rsplit("|", 2)[1].strip() for line in section.splitlines() if line.startswith("|")]
    assert ends.count("yes") == sum(e.holds for e in found.evidence), AGAIN
    assert ends.count("**no**") == sum(not e.holds for e in found.evidence), AGAIN


@cache
def sections():
    """The sections of the committed pages, by their titles."""
    parts = []
    for name in SOURCES:
        page = (DOCS / "claims" / f"{name}.md").read_text(encoding="utf-8")
        parts += re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    return dict(part.split("\n", 1) for part in parts)


def cells(e):
    return e.what, e.stated, e.computed, e.how


def test_identifiers_are_unique_and_keys():
    everything = [claim for _, claims in SOURCES.values() for claim in claims]
    assert len({claim.id for claim in everything}) == len(everything) == len(CLAIMS)
    assert all(key == claim.id == find(key).id for key, claim in CLAIMS.items())
    assert all(re.fullmatch("[a-z0-9-]+", key) for key in CLAIMS)


@pytest.mark.parametrize("identifier", CLAIMS)
def test_claim_names_what_there_is(identifier):
    claim = CLAIMS[identifier]
    assert not claim.page or (DOCS / claim.page).is_file()
    assert set(claim.proofs) <= set(kit.names())
    assert claim.title
    assert claim.statement.strip()
    assert claim.statement.count("$") % 2 == 0
    assert not set("|\n") & set(claim.title)
    assert claim.kind in ("theorem", "empirical")


def test_every_theorem_that_is_confirmed_names_a_proof():
    for claim in CLAIMS.values():
        if claim.kind == "theorem" and claim.verdict != "open":
            assert claim.proofs, claim.id
        if claim.kind == "theorem" and not claim.proofs:
            assert claim.verdict == "open", claim.id


def test_nothing_is_alleged_of_texts_that_were_not_read():
    for claim in CLAIMS.values():
        text = f"{claim.title} {claim.statement} {claim.remark}".lower()
        assert "misprint" not in text, claim.id


def test_runs_are_those_that_are_recorded():
    """What claims say of training runs is what the committed results have."""

    def mean(name, rows, value):
        found = [value(row) for label, row in rows.items() if label.partition(", seed")[0] == name]
        return sum(found) / len(found)

    recorded = {
        name: parse_json((RESULTS / f"learned_{name}.json").read_text()) for name in LEARNED
    }
    nouns, tree, sets = (recorded[name]["rows"] for name in ("wordnet", "tree", "subsets"))
    dims, lex = recorded["dimension"], recorded["hyperlex"]["rows"]
    far = {n: mean(n, nouns, lambda r: r["test"]["by_distance"][8]) for n in FAR}
    pairs = {n: mean(n, tree, lambda r: r["test"]["pairs"]) for n in TREE}
    softmax_by_row = [row for label, row in sets.items() if label.startswith("infonce row")]
    expected = {
        "slope-depth": [round(dims["depth"]["slopes"]["standard"], 2)],
        "slope-fan-out": [round(dims["fan_out"]["slopes"]["standard"], 2)],
        "constructed-above-learned": [
            next(r for r in dims["depth"]["rows"] if r["n_levels"] == 6)["standard"]["dim"],
            next(r for r in dims["fan_out"]["rows"] if r["branching"] == 5)["standard"]["dim"],
        ],
        "lost-in-the-long-distance": ["yes", *(round(far[n], 1) for n in FAR[:2])],
        "finetuning": [round(far[n], 1) for n in FAR[2:]],
        "synthetic-tree-recall": [round(pairs[n], 1) for n in TREE],
        "hyperlex": [
            round(mean(n, lex, lambda r: r["chosen"]["labels"]["dot"]["all"]), 3)
            for n in ("standard", "recipe")
        ],
        "weller-critical-n": [
            max(row["n"] for row in softmax_by_row if row["least_d"] <= d) for d in (4, 5, 6, 7)
        ],
        "bangachev-losses": [
            sets[f"{loss} global n={n}"]["least_d"]
            for loss in ("sigmoid", "infonce")
            for n in (20, 40, 60, 80, 100)
        ],
    }
    observed = {c.id for c in CLAIMS.values() if c.verdict.startswith("observed here")}
    assert observed == set(expected)
    for identifier, values in expected.items():
        runs = [e.computed for e in CLAIMS[identifier].evidence() if e.basis == "run"]
        assert runs == [shown(value) for value in values], identifier


def test_every_paper_is_there():
    sources = " ".join(claim.source for claim in CLAIMS.values())
    for paper in ("2509.16411", "2508.21038", "2601.20844", "2605.23556", "2603.29519"):
        assert f"arXiv:{paper}" in sources


# Planted claims.


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ([], "open"),
        ([RIGHT], "confirmed"),
        ([RIGHT, WRONG], "not reproduced"),
        ([WRONG, MENDED], "confirmed with changes"),
        ([RIGHT, MENDED], "confirmed with changes"),
        ([WRONG, replace(MENDED, holds=False)], "not reproduced"),
        ([RIGHT, replace(MENDED, holds=False)], "not reproduced"),
        ([of_print(RIGHT)], "open"),
        ([of_print(RIGHT), RIGHT], "confirmed"),
        ([ran("", 2, 2, True, "equal")], "observed here: agrees"),
        ([ran("", 2, 3, False, "equal")], "observed here: differs"),
        ([RIGHT, ran("", 2, 2, True, "equal"), ran("", 2, 3, False, "")], "observed here: differs"),
    ],
)
def test_verdict_follows_from_evidence(evidence, verdict):
    assert verdict_of(evidence) == verdict
    assert check(made(evidence, verdict)).problems == ()


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        (made([WRONG]), "declared 'confirmed', but the evidence says 'not reproduced'"),
        (made([RIGHT], "not reproduced"), "the evidence says 'confirmed'"),
        (made([RIGHT], "confirmed with changes"), "the evidence says 'confirmed'"),
        (made([]), "the evidence says 'open'"),
        (made([RIGHT, WRONG], "open"), "evidence does not hold: 2 + 2"),
        (made([RIGHT, of_print(WRONG)]), "evidence does not hold: 2 + 2"),
        (made([of_print(RIGHT)]), "the evidence says 'open'"),
        (made([ran("", 2, 3, False, "")], AGREES), "the evidence says 'observed here: differs'"),
        (made([WRONG, ran("", 2, 2, True, "")], AGREES), "evidence does not hold: 2 + 2"),
    ],
)
def test_false_claims_are_found(claim, problem):
    found = check(claim)
    assert found.broken
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_broken_and_missing_proofs_are_found(monkeypatch):
    monkeypatch.setattr(_checking, "_checked", _checking._checked.__wrapped__)
    claim = made([RIGHT], proofs=("moment-curve",))
    assert check(claim).problems == ()
    proof = kit.load("moment-curve")
    bad = replace(proof, steps=lambda: iter([*proof.steps(), kit.equal("2 = 3", 2, 3)]))
    monkeypatch.setattr(kit, "load", lambda name: bad)
    found = check(claim)
    assert found.problems == ("proof does not hold: moment-curve",)
    assert str(found.proofs[0]) == "moment-curve: BROKEN"
    monkeypatch.undo()
    with pytest.raises(HrgeomError, match=r"a proof must be one of .*: got 'no-such-proof'"):
        check(made([RIGHT], proofs=("no-such-proof",)))


def test_evidence_rules():
    assert printed("", 0.33, 1 / 3, 0.01).holds
    assert not printed("", 0.34, 1 / 3, 0.01).holds
    assert printed("", 1700, 1749, 100).holds
    assert not printed("", 1700, 1751, 100).holds
    assert at_most("", 1.0, 1.0).holds
    assert not at_most("", 1.0, 1.1).holds
    assert not at_least("", 1.0, 0.9).holds
    assert not fact("", 0, 0).holds
    assert fact("", 3, 3).computed == "3 of 3"


# The parts that evidence is made of, by a second route.


def test_simplex_is_one():
    for m in (2, 5, 9):
        products = simplex(m) @ simplex(m).T
        np.testing.assert_allclose(products, np.eye(m) * m / (m - 1) - 1 / (m - 1), atol=1e-12)


def test_subsets_and_gap():
    assert (exactly_k(6, 3).n_queries, at_most_k(6, 3).n_queries) == (20, 6 + 15 + 20)
    documents = np.random.default_rng(0).standard_normal((5, 3))
    relevance = exactly_k(5, 2)
    queries = np.random.default_rng(1).standard_normal((10, 3))
    gaps = []
    for q in range(10):
        match = set(relevance.matches(q).tolist())
        scores = [float(queries[q] @ x) for x in documents]
        other = max(s for i, s in enumerate(scores) if i not in match)
        gaps.append(min(scores[i] for i in match) - other)
    assert full_gap(relevance, queries, documents) == pytest.approx(min(gaps))


def test_curve_recall_counts_ties_as_misses():
    assert curve_recall([(0, 3), (1, 2), (4, 5)], 6, np.float64) == 1.0
    # For r = m - 1 the terms 2rt and t^2 are whole numbers below 2^24, or beyond it by far.
    assert curve_recall([(2000,)], 2001, np.float32) == 1.0
    assert curve_recall([(20_000,)], 20_001, np.float32) == 0.0
    assert curve_recall([(20_000,)], 20_001, np.float64) == 1.0


def test_published_tables():
    assert len(_published.published_table("weller-packing")) == 37
    assert len(_published.published_table("weller-critical-n")) == 42
    assert len(_published.published_table("wang-witness")) == 7
    assert _published.limit_small().n_pairs == 2000


# The command and the page.


def test_command_lists_all(run):
    status, out = run("claims")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(CLAIMS)
    status, out = run("claims", "--json")
    assert status == 0
    listed = json.loads(out)["claims"]
    assert {c["id"]: c["verdict"] for c in listed} == {c.id: c.verdict for c in CLAIMS.values()}
    assert set(listed[0]) == {"id", "title", "kind", "source", "verdict", "proofs"}


def test_command_shows_one(run):
    status, out = run("claims", "weller-packing")
    assert status == 0
    assert out.startswith("weller-packing: Packing")
    assert "found 37 of 37; all cases: yes" in out
    assert "verdict: confirmed" in out
    status, out = run("claims", "weller-packing", "--json")
    data = json.loads(out)
    assert (status, data["verdict"], data["problems"]) == (0, "confirmed", [])
    assert data["verdict_of_evidence"] == "confirmed"
    assert all(e["holds"] for e in data["evidence"])


def test_command_refuses(run, capsys):
    assert main(["claims", "no-such-claim"]) == 2
    assert "got 'no-such-claim'" in capsys.readouterr().err
    assert main(["claims", "weller-packing", "--all"]) == 2


def test_exit_status_of_broken_claims(run, few):
    few(made([RIGHT]))
    status, out = run("claims", "--all")
    assert (status, out.splitlines()[-1]) == (0, "all claims stand")
    few(made([RIGHT]), replace(made([WRONG]), id="bad"))
    status, out = run("claims", "--all")
    assert (status, out.splitlines()[-1]) == (1, "1 of 2 claims broken")
    assert "BROKEN" in out
    assert "declared 'confirmed', but the evidence says 'not reproduced'" in out
    status, out = run("claims", "--all", "--json")
    assert (status, json.loads(out)["n_broken"]) == (1, 1)
    status, out = run("claims", "bad")
    assert status == 1
    assert re.search(r"; .*: NO$", out, re.M)
    assert "BROKEN: declared" in out


def test_pages_of_planted_claims(run, few, monkeypatch, tmp_path):
    claim = made(
        [WRONG, MENDED, of_print(RIGHT)],
        "confirmed with changes",
        page="theory/random.md",
        remark="A remark.",
        proofs=("rounding",),
    )
    few(claim)
    monkeypatch.setattr(command, "SOURCES", {"nobody": ("Nobody", (claim,))})
    status, out = run("claims", "--pages", tmp_path)
    assert (status, out.splitlines()[-1]) == (0, "all claims stand")
    index = (tmp_path / "claims.md").read_text(encoding="utf-8")
    page = (tmp_path / "claims" / "nobody.md").read_text(encoding="utf-8")
    checked = [check(claim)]
    assert index == claims_index({"nobody": ("Nobody", checked)})
    assert page == claims_page("Nobody", checked)
    assert "| [made](claims/nobody.md#made) | A sum | confirmed with changes |" in index
    assert "[`rounding`](theory/statements.md#theorem-30-rounding) (proof on paper" in index
    assert "| 2 + 2 | 5 | 4 | equal | **no** |" in page
    assert "| 2 + 2 | 4 (corrected) | 4 | equal | yes |" in page
    assert "| 2 + 2 (of the print) | 4 | 4 | equal | yes |" in page
    assert "[theory/random.md](../theory/random.md)" in page
    assert "(../theory/statements.md#theorem-30-rounding)" in page


def test_committed_pages_list_all_claims_with_their_verdicts():
    text = INDEX.read_text(encoding="utf-8")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| [")]
    listed = [[cell.strip() for cell in row][:3] for row in rows]
    expected = [
        [f"[{claim.id}](claims/{name}.md#{claim.id})", claim.title, claim.verdict]
        for name, (_, claims) in SOURCES.items()
        for claim in claims
    ]
    assert listed == expected, AGAIN
    assert list(sections()) == list(CLAIMS), AGAIN
    for claim in CLAIMS.values():
        section = sections()[claim.id]
        verdict = f"**{claim.verdict[0].upper()}{claim.verdict[1:]}.** {claim.remark}".strip()
        assert claim.statement.strip() in section, AGAIN
        assert verdict in section, AGAIN
        assert all(f"`{name}`](" in section for name in claim.proofs), AGAIN


def test_evidence_objects_are_plain():
    for e in (RIGHT, WRONG, MENDED):
        assert isinstance(e, Evidence)
        assert all(isinstance(text, str) for text in cells(e))
