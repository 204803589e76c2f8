"""Claims: evidence computed anew, verdicts that follow from it, and the pages that list them."""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hrgeom.proofs import kit
from places import DOCS

from hrgeom._base.json_text import parse_json
from hrgeom.claims import (
    CLAIMS,
    Claim,
    Evidence,
    _checking,
    _registry,
    check,
    claims_page,
    find,
    own,
    papers,
    verdict_of,
)
from hrgeom.claims._evidence import at_least, at_most, equal, fact, printed
from hrgeom.claims._subsets import at_most_k, curve_recall, exactly_k, full_gap, simplex
from hrgeom.cli import _claims as command
from hrgeom.cli import main
from hrgeom.datasets import _published
from hrgeom.errors import HrgeomError

PAGE = DOCS / "claims.md"
RIGHT = equal("2 + 2", 4, 2 + 2)
WRONG = equal("2 + 2", 5, 2 + 2)
MENDED = equal("2 + 2", 4, 2 + 2, corrected=True)

AGAIN = "write docs/claims.md anew with `hrgeom claims --page`"


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
    assert all(f"| {e.what} | " in section for e in found.evidence), AGAIN
    assert section.count("| yes |") == sum(e.holds for e in found.evidence), AGAIN
    assert section.count("| **no** |") == sum(not e.holds for e in found.evidence), AGAIN


@cache
def sections():
    """The sections of the committed page, by their titles."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(part.split("\n", 1) for part in parts)


def cells(e):
    return e.what, e.stated, e.computed, e.how


def test_identifiers_are_unique_and_keys():
    everything = [*papers.CLAIMS, *own.CLAIMS]
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
    assert "computed 37 of 37 (all cases): holds" in out
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
    assert "does NOT hold" in out
    assert "BROKEN: declared" in out


def test_page_of_planted_claims(run, few):
    few(
        made([WRONG, MENDED], "confirmed with changes", page="theory/random.md", remark="A remark.")
    )
    status, out = run("claims", "--page")
    assert status == 0
    assert out.rstrip("\n") == claims_page([check(find("made"))]).rstrip("\n")
    assert "| made | A sum | confirmed with changes | none |" in out
    assert "| 2 + 2 | 5 | 4 | equal | **no** |" in out
    assert "| 2 + 2 | 4 (corrected) | 4 | equal | yes |" in out
    assert "[theory/random.md](theory/random.md)" in out


def test_committed_page_lists_all_claims_with_their_verdicts():
    text = PAGE.read_text(encoding="utf-8")
    head = text.index("| --- | --- | --- | --- |")
    rows = text[head:].split("\n\n")[0].splitlines()[1:]
    listed = [[cell.strip() for cell in row.strip("|").split("|")][:3] for row in rows]
    assert listed == [[c.id, c.title, c.verdict] for c in CLAIMS.values()], AGAIN
    assert list(sections()) == list(CLAIMS), AGAIN
    for claim in CLAIMS.values():
        section = sections()[claim.id]
        verdict = f"**{claim.verdict[0].upper()}{claim.verdict[1:]}.** {claim.remark}".strip()
        assert claim.statement.strip() in section, AGAIN
        assert verdict in section, AGAIN
        assert all(f"`{name}` (" in section for name in claim.proofs), AGAIN


def test_evidence_objects_are_plain():
    for e in (RIGHT, WRONG, MENDED):
        assert isinstance(e, Evidence)
        assert all(isinstance(text, str) for text in cells(e))
