"""The registry of theorems: bounds in order with certificates, plug-ins, listing and command."""

import json
import math
import pickle
import re
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from examples import share
from hrgeom.proofs import kit
from hypothesis import given
from hypothesis import strategies as st
from places import DOCS

import hrgeom.bounds
from hrgeom import DualEmbedding, Hierarchy, Relevance, certify
from hrgeom._base.plugins import clear_plugins
from hrgeom.bounds import (
    SETTINGS,
    THEOREMS,
    Bound,
    BoundsProblem,
    CertifiedConstruction,
    NotApplicableError,
    Statement,
    Theorem,
    all_bounds,
    all_theorems,
    certified_constructions,
    contradictions,
    is_carried,
    lower_dimension_limit,
    strongest,
    theorem_table,
)
from hrgeom.bounds._distinct_sets import complete_sizes
from hrgeom.bounds.ceilings import symmetric_branchings
from hrgeom.claims import proof_states
from hrgeom.cli import main
from hrgeom.constructions import moment_curve
from hrgeom.constructions.direct_sum import block_code
from hrgeom.constructions.queries import gaussian_centroid
from hrgeom.datasets import load, perfect_tree, random_dag, random_tree
from hrgeom.diagnosis import dimension_limit
from hrgeom.errors import ConstructionError, HrgeomError, PluginWarning
from hrgeom.testing import check_theorem, hierarchies, relevances

ORDER = list(SETTINGS)


@pytest.fixture(scope="module", autouse=True)
def _short_searches():
    """Searches for shattered and halved sets end early: any set found is one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrgeom.bounds._problem._QUICK_WORK", 500_000)
        yield


def values(bounds, quantity, side, setting):
    """What bounds of a kind say in a setting, carried over as the docstring of SETTINGS has it."""
    forbids = (quantity == "dimension") == (side == "lower")
    place = ORDER.index(setting)
    carried = ORDER[: place + 1] if forbids else ORDER[place:]
    return [
        b.value
        for b in bounds
        if (b.quantity, b.side) == (quantity, side) and b.value is not None and b.setting in carried
    ]


def check(target, *, solver, which="all", margin=None):
    """Every lower bound <= every certified dimension <= its promised upper bound, and margins."""
    bounds = all_bounds(target, solver=solver, margin=margin)
    placed = certified_constructions(target, which=which)
    assert contradictions(bounds, placed) == ()
    upper = {b.theorem: b for b in bounds if (b.quantity, b.side) == ("dimension", "upper")}
    certified = [p for p in placed if p.verdict == "holds"]
    assert any(p.setting == "zero" for p in certified)
    for p in certified:
        if margin is None:
            assert max(values(bounds, "dimension", "lower", p.setting)) <= p.dim
            if p.construction in upper and p.construction != "moment-curve":
                assert p.dim <= upper[p.construction].value
        for ceiling in values(bounds, "margin", "upper", p.setting):
            assert (p.margin or 0.0) <= ceiling
        assert p.promised_margin is None or p.margin >= p.promised_margin
    for setting in SETTINGS:
        low = max(values(bounds, "dimension", "lower", setting), default=1)
        assert low <= min(values(bounds, "dimension", "upper", setting), default=math.inf)
        low = max(values(bounds, "margin", "lower", setting), default=0)
        assert low <= min(values(bounds, "margin", "upper", setting), default=math.inf)
    return bounds, placed


@share(1 / 6)
@given(st.one_of(hierarchies(), relevances()))
def test_bounds_and_certificates_are_in_order(target):
    check(target, solver=False)


@share(1 / 15)
@given(st.one_of(hierarchies(), relevances(6, 6)))
def test_ceilings_and_certificates_are_in_order(target):
    check(target, solver=True)


@pytest.mark.parametrize(
    "hierarchy",
    [
        random_tree(120, shape="preferential", seed=3),
        random_dag(150, extra_parents=0.3, seed=2),
        random_dag(40, extra_parents=0.5, n_levels=5, seed=1),
    ],
)
def test_larger_hierarchies_are_in_order(hierarchy):
    bounds, _ = check(hierarchy, solver=True)
    trees = [b for b in bounds if (b.theorem, b.side) == ("symmetric-tree", "upper")]
    assert [b.setting for b in trees] == ["global", "row"]
    assert 0 < trees[0].value <= trees[1].value <= 1


def test_mammals_are_in_order():
    bounds, placed = check(load("wordnet-mammals"), solver=False, which="fewest")
    got = {setting: strongest(bounds, "dimension", "lower", setting).value for setting in SETTINGS}
    assert got == {"row": 2, "global": 2, "unit": 3, "zero": 3}
    assert [(p.construction, p.dim) for p in placed if p.verdict == "holds"] == [
        ("half-plane", 2),
        ("interval", 3),
    ]
    assert {(b.theorem, b.setting) for b in bounds if b.is_tight} >= {
        ("half-plane", "global"),
        ("interval", "zero"),
        ("radon", "zero"),
        ("signed-identity", "row"),
    }


@pytest.mark.parametrize("margin", [0.01, 0.1])
def test_bounds_for_a_margin(margin):
    h = random_dag(120, extra_parents=0.3, seed=2)
    bounds, _ = check(h, solver=False, which="fewest", margin=margin)
    by_name = {b.theorem: b for b in bounds if b.quantity == "dimension"}
    assert by_name["packing"].value >= 2
    assert by_name["packing"].margin == margin
    assert by_name["interval"].value is None  # promises a margin, but not this one
    for b in by_name.values():
        assert b.side == "lower" or b.value is None or b.margin >= margin
    code = by_name["block-code"]
    certificate = certify(block_code(h.relevance, dim=code.value, dtype="float64"), h.relevance)
    assert certificate.normalized_margin_lower_bound >= margin
    free = {b.theorem: b.value for b in all_bounds(h, solver=False) if b.quantity == "dimension"}
    for name in ("theorem-3-1", "exact-law", "compression", "block-code"):
        assert free[name] <= by_name[name].value


def test_symmetric_trees_are_solved_from_both_sides():
    bounds = all_bounds(perfect_tree(2, 3))
    floor, ceiling = (
        strongest(bounds, "margin", side, "unit").value for side in ("lower", "upper")
    )
    assert 0.45092 < floor <= ceiling < 0.45095  # the full programme: theory/optimum.md
    tight = {(b.theorem, b.side) for b in bounds if b.quantity == "margin" and b.is_tight}
    assert tight == {(n, s) for n in ("optimum", "symmetric-tree") for s in ("lower", "upper")}


@share(1 / 2)
@given(relevances())
def test_orthonormal_and_simplex_documents_do_what_the_table_says(relevance):
    """Built here: unit vectors with sums of them, and a simplex with any scores of sum zero."""
    bounds = {b.theorem: b for b in all_bounds(relevance, solver=False, theorems=SIMPLE)}
    n, m = relevance.n_queries, relevance.n_documents
    matches = np.zeros((n, m))
    matches[np.repeat(np.arange(n), relevance.n_matches), relevance.indices] = 1
    floor = bounds["orthonormal"]
    if floor.value is not None:
        documents = np.hstack((np.eye(m), np.zeros((m, 1))))
        queries = np.hstack((matches, (matches.sum(axis=1) == 0)[:, None]))
        queries /= np.linalg.norm(queries, axis=1, keepdims=True)
        # the threshold is the best one; matches alone leave no margin to speak of
        found = certify(DualEmbedding(queries, documents), relevance)
        margin = found.normalized_margin_lower_bound
        assert found.holds
        assert margin is None or margin >= 0.997 * floor.value
    signs = 2 * matches - 1
    distinct = np.unique(signs, axis=0)
    distinct = np.unique(distinct, axis=1)
    mixed = np.abs(distinct.sum(axis=1)) < distinct.shape[1]
    across = np.abs(distinct.sum(axis=0)) < distinct.shape[0]
    expected = max(1, min(distinct.shape[1] - mixed.all(), distinct.shape[0] - across.all()))
    assert bounds["simplex"].value == expected
    if mixed.all():
        n_plus = (distinct > 0).sum(axis=1, keepdims=True)
        n_minus = (distinct < 0).sum(axis=1, keepdims=True)
        scores = np.where(distinct > 0, 1 / n_plus, -1 / n_minus)  # rows sum to zero
        assert np.linalg.matrix_rank(scores) <= max(1, distinct.shape[1] - 1)
        assert np.array_equal(np.sign(scores), distinct)


SIMPLE = tuple(t for t in THEOREMS if t.name in ("orthonormal", "simplex"))


@share(1 / 3)
@given(relevances(6, 6))
def test_dimensions_of_the_moment_curve(relevance):
    bounds = all_bounds(relevance, solver=False, theorems=named("moment-curve"))
    got = {b.setting: b.value for b in bounds}
    # the construction takes the side of smaller numbers, the theorem that of fewer dimensions
    assert got["zero"] <= moment_curve(relevance).dim
    assert got["row"] <= moment_curve(relevance, notion="row").dim


def named(*names):
    return tuple(t for t in THEOREMS if t.name in names)


def test_random_directions_hold_half_the_time():
    h = perfect_tree(3, 3)
    (at,) = (b for b in all_bounds(h, theorems=named("exact-law")) if b.setting == "unit")
    n_held = 0
    for seed in range(40):
        e = gaussian_centroid(h.relevance, dim=at.value, dtype="float64", seed=seed)
        n_held += certify(e, h.relevance).holds
    assert n_held >= 10  # below that with probability 2e-4 at most, if each holds half the time


def test_settings_carry_over_one_way():
    for i, a in enumerate(ORDER):
        for j, b in enumerate(ORDER):
            assert is_carried(a, b, forbids=True) == (i <= j)
            assert is_carried(a, b, forbids=False) == (j <= i)
    row = Bound("t", "dimension", "lower", "row", 3, "")
    assert row.forbids
    assert row.holds_for("global")
    assert not replace(row, setting="global").holds_for("row")
    some = replace(row, side="upper")
    assert not some.forbids
    assert not some.holds_for("global")
    assert replace(some, setting="global").holds_for("row")
    assert replace(row, quantity="margin", side="upper").forbids
    bounds = all_bounds(random_dag(60, extra_parents=0.4, seed=4), solver=False)
    for quantity, side in (("dimension", "lower"), ("dimension", "upper"), ("margin", "lower")):
        known = [strongest(bounds, quantity, side, s) for s in SETTINGS]
        got = [b.value for b in known]
        assert got == sorted(got, reverse=quantity == "margin")
    assert strongest([], "dimension", "lower", "row") is None


def test_contradictions_are_found():
    low = Bound("low", "dimension", "lower", "global", 4, "")
    high = Bound("high", "dimension", "upper", "global", 3, "", margin=0.1)
    assert contradictions([low, high]) == (
        "low: dimension >= 4 (global), but high: dimension <= 3 (global)",
    )
    assert contradictions([low, replace(high, setting="row")]) == ()
    assert contradictions([replace(low, margin=0.2), high]) == ()
    assert len(contradictions([replace(low, margin=0.1), high])) == 1
    ceiling = Bound("ceiling", "margin", "upper", "global", 0.25, "")
    floor = Bound("floor", "margin", "lower", "unit", 0.3, "")
    assert len(contradictions([ceiling, floor])) == 1
    assert contradictions([ceiling, replace(floor, setting="row")]) == ()
    placed = CertifiedConstruction("one", 3, 0.2, False, "holds", "unit", 0.3, 0.0)
    assert len(contradictions([low], [placed])) == 1
    assert len(contradictions([ceiling], [placed])) == 1
    assert contradictions([low, ceiling], [replace(placed, verdict=None)]) == ()
    assert len(contradictions([], [replace(placed, margin=0.1)])) == 1
    assert len(contradictions([], [replace(placed, verdict="fails", margin=None)])) == 1
    assert contradictions([replace(low, value=None)], [placed]) == ()


def test_every_bound_says_where_it_comes_from():
    h = random_dag(60, extra_parents=0.4, seed=4)
    bounds = all_bounds(h, solver=False, margin=0.05)
    assert {b.theorem for b in bounds} == {t.name for t in THEOREMS}
    proofs = set(kit.names())
    ids = {kit.load(name).id for name in proofs}
    for b in bounds:
        assert b.reason
        assert not b.proof or b.proof in ids
        assert (DOCS / b.page).is_file()
        assert json.loads(json.dumps(b.to_dict(), allow_nan=False)) == b.to_dict()
    silent = {b.theorem: b.reason for b in bounds if b.value is None}
    assert silent["optimum"] == silent["symmetric-tree"] == "no solver was asked for"
    nothing = Relevance.from_sets([set(), set()], 2)
    reasons = {b.theorem: b.reason for b in all_bounds(nothing) if b.value is None}
    assert reasons["theorem-3-1"] == "some query matches nothing"
    assert reasons["symmetric-tree"] == "judgments are not a hierarchy"
    assert reasons["forster"] == "all pairs are of one kind"


def test_all_subsets():
    pairs = Relevance.from_sets(map(set, combinations(range(9), 2)), 9)
    bounds = {(b.theorem, b.quantity): b for b in all_bounds(pairs, solver=False)}
    assert bounds["all-subsets", "dimension"].value == 4  # min(2k, m - k)
    assert bounds["all-subsets", "margin"].value == pytest.approx(9 / 2 / math.sqrt(2 * 8 * 7))
    row = Bound("x", "dimension", "upper", "row", 4, "")
    assert bounds["all-subsets", "dimension"].is_tight  # the moment curve ranks with 2k
    assert row.value == bounds["moment-curve", "dimension"].value - 1


def test_branchings_of_symmetric_trees():
    assert symmetric_branchings(perfect_tree(2, 4)) == (2, 2, 2)
    assert symmetric_branchings(random_tree(5, shape="chain")) == (1, 1, 1, 1)
    assert symmetric_branchings(random_tree(5, shape="star")) == (4,)
    two = Hierarchy.from_edges([("a", "r"), ("b", "r"), ("c", "a"), ("d", "a"), ("e", "b")])
    assert symmetric_branchings(two) is None
    diamond = Hierarchy.from_edges([("a", "r"), ("b", "r"), ("c", "a"), ("c", "b")])
    assert symmetric_branchings(diamond) is None
    assert symmetric_branchings(perfect_tree(2, 1)) is None


def test_misuse():
    h = perfect_tree(2, 2)
    for margin in (0.0, -0.1, 1.5, math.nan):
        with pytest.raises(ConstructionError, match="margin must be above 0 and at most 1: got"):
            all_bounds(h, margin=margin)
    with pytest.raises(ConstructionError, match="effort must be"):
        all_bounds(h, effort=-1.0)
    with pytest.raises(AttributeError, match="no attribute 'none_such'"):
        hrgeom.bounds.none_such  # noqa: B018


def test_names_of_the_package_are_there():
    for name in hrgeom.bounds.__all__:
        assert getattr(hrgeom.bounds, name) is not None


def test_what_a_problem_lacks_is_the_reason():
    problem = BoundsProblem(Relevance.from_sets([{0}], 2), solver=False)

    def says(problem):
        raise AssertionError("says must not be called")

    theorem = Theorem("needy", "margin", "upper", "needs much", says)
    for needs, reason in [
        (("hierarchy", "solver"), "judgments are not a hierarchy"),
        (("solver",), "no solver was asked for"),
        (("margin",), "it needs a margin"),
    ]:
        with pytest.raises(NotApplicableError, match=reason):
            replace(theorem, needs=needs).statements(problem)


def test_a_problem_works_things_out_once():
    n_calls = []

    def says(problem, factor=1):
        n_calls.append(factor)
        return [Statement("row", factor, "why")]

    problem = BoundsProblem(Relevance.from_sets([{0}], 2))
    theorem = Theorem("one", "dimension", "lower", "d is at least 1", says)
    assert theorem.statements(problem) == theorem.statements(problem)
    assert problem.cached(says, 2) is problem.cached(says, 2)
    assert problem.cached(says, factor=3)[0].value == 3
    assert n_calls == [1, 2, 3]


def test_theorems_and_problems_pickle():
    assert pickle.loads(pickle.dumps(THEOREMS)) == THEOREMS
    problem = BoundsProblem(random_dag(20, seed=1).relevance, effort=0.5)
    said = [t.statements(problem) for t in THEOREMS[:2]]
    copied = pickle.loads(pickle.dumps(problem))
    assert [t.statements(copied) for t in THEOREMS[:2]] == said


@share(1 / 2)
@given(relevances(8, 3))
def test_complete_sizes(relevance):
    sets = {frozenset(relevance.matches(q).tolist()) for q in range(relevance.n_queries)}
    expected = {
        k
        for k in range(1, relevance.n_documents + 1)
        if sets.issuperset(map(frozenset, combinations(range(relevance.n_documents), k)))
    }
    assert complete_sizes(BoundsProblem(relevance)) == expected


def test_the_limit_of_the_diagnosis_comes_from_the_registry(monkeypatch):
    """The strongest of the quick theorems, whatever adds them; slow and uncertain ones are out."""
    pairs = Relevance.from_sets(map(set, combinations(range(6), 2)), 6)
    for setting in SETTINGS:
        quick = [theorem for theorem in THEOREMS if theorem.is_quick]
        bounds = all_bounds(pairs, effort=1.0, solver=False, theorems=quick)
        known = strongest(bounds, "dimension", "lower", setting)
        assert lower_dimension_limit(pairs, setting) == replace(known, is_tight=False)

    def six(problem):
        return [Statement("row", 6, "planted")]

    for change, expected in [({}, "six"), ({"is_quick": False}, ""), ({"status": "observed"}, "")]:
        planted = replace(Theorem("six", "dimension", "lower", "d is at least 6", six), **change)
        every = (*THEOREMS, planted)
        monkeypatch.setattr("hrgeom.bounds._registry.THEOREMS", every)
        assert (dimension_limit(pairs).theorem == "six") == bool(expected)


PLUGIN = """
from hrgeom.bounds import Statement, Theorem

def says(problem):
    return [Statement("zero", problem.relevance.n_documents + 1, "planted by a plug-in")]

def floor(problem):
    return [Statement("unit", 0.75, "planted by a plug-in")]

THEOREM = Theorem("planted", "dimension", "upper", "d is at most m + 1", says)
THEOREMS = [THEOREM, Theorem("planted", "margin", "lower", "0.75", floor)]
CLASH = [Theorem("radon", "dimension", "lower", "another", says)]
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution with an entry point for theorems; forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(attribute):
        (tmp_path / "acme_theorems.py").write_text(PLUGIN)
        info = tmp_path / "acme-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
        lines = f"[hrgeom.theorems]\nmine = acme_theorems:{attribute}\n"
        (info / "entry_points.txt").write_text(lines)
        clear_plugins()

    yield install
    clear_plugins()
    sys.modules.pop("acme_theorems", None)


def test_theorems_of_other_distributions(install, run):
    install("THEOREMS")
    assert [t.key for t in all_theorems()[len(THEOREMS) :]] == [
        ("planted", "dimension", "upper"),
        ("planted", "margin", "lower"),
    ]
    star = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    bounds = all_bounds(star, solver=False)
    assert [(b.theorem, b.value) for b in bounds[-2:]] == [("planted", 4), ("planted", 0.75)]
    # a margin that a plug-in promises is compressed like any other
    assert "from margin 0.75 of planted" in {b.reason for b in bounds if b.theorem == "compression"}
    _, out, _ = run("--tree", "tree.tsv", "--no-solver", "--quiet")
    assert "planted by a plug-in" in out
    status, out, _ = run("--list", "--theorem", "planted", "--json")
    assert status == 0
    assert [t["statement"] for t in json.loads(out)["theorems"]] == ["d is at most m + 1", "0.75"]
    status, out, _ = run("--tree", "tree.tsv", "--json", "--theorem", "planted", "--quiet")
    assert {b["theorem"] for b in json.loads(out)["bounds"]} == {"planted"}
    check_theorem(all_theorems()[-2])


def test_a_name_that_is_taken_is_one_error(install, run):
    install("CLASH")
    with pytest.raises(HrgeomError, match=r"'radon'.* hrgeom and again by entry point 'mine'"):
        all_theorems()
    status, _, err = run("--tree", "tree.tsv")
    assert status == 2
    assert "distribution acme 1.0" in err
    assert len(all_bounds(perfect_tree(2, 2), solver=False, theorems=THEOREMS[:1])) == 1


def test_a_plugin_that_is_broken_breaks_nothing_else(install, run):
    install("NONE_SUCH")
    with pytest.warns(PluginWarning, match=r"entry point 'mine' of distribution acme 1.0"):
        status, out, _ = run("--tree", "tree.tsv", "--json", "--no-solver")
    assert status == 0
    assert {b["theorem"] for b in json.loads(out)["bounds"]} == {t.name for t in THEOREMS}


def test_the_table_lists_every_theorem():
    lines = theorem_table().splitlines()
    assert len(lines) == len(THEOREMS) + 2
    assert {line.count("|") for line in lines} == {7}
    for theorem, line in zip(THEOREMS, lines[2:], strict=True):
        assert line.startswith(f"| `{theorem.name}` | {theorem.quantity} ")
        assert theorem.statement in line


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run `hrgeom bounds` in a folder with a small tree and judgments; give status and output."""
    monkeypatch.chdir(tmp_path)
    Path("tree.tsv").write_text("dog\tanimal\ncat\tanimal\ncow\tanimal\npuppy\tdog\nanimal\n")
    Path("qrels.tsv").write_text("query\tdocument\na\tx\na\ty\nb\ty\nb\tz\nc\tx\nc\tz\n")

    def run(*argv):
        status = main(["bounds", *argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_command(run):
    status, out, err = run("--tree", "tree.tsv")
    assert status == 0
    answer = out.splitlines()
    assert answer[0] == "5 queries, 5 documents, s = 3"
    assert [line.split()[0] for line in answer[1:6]] == ["setting", *SETTINGS]
    assert answer[6].startswith("by short searches (--effort 0)")
    assert "read Hierarchy(5 nodes" in err
    lines = [line.split() for line in out.splitlines()]
    assert ["row", "2", "to", "2"] in [line[:4] for line in lines]
    assert ["zero", "3", "to", "3"] in [line[:4] for line in lines]
    assert any(line[:4] == ["certified", "3", "zero", "interval"] for line in lines)
    status, out, err = run("--tree", "tree.tsv", "--json", "--certify", "all", "--quiet")
    assert (status, err) == (0, "")
    data = json.loads(out)
    assert data["between"]["dimension"]["unit"] == [3, 3]
    assert data["contradictions"] == []
    assert {b["theorem"] for b in data["bounds"]} == {t.name for t in THEOREMS}
    held = {c["construction"]: c for c in data["constructions"] if c["verdict"] == "holds"}
    assert held["half-plane"]["dim"] == 2
    assert held["trie"]["margin"] >= held["trie"]["promised_margin"]


def test_command_with_judgments_and_a_margin(run):
    status, out, _ = run("--qrels", "qrels.tsv", "--margin", "0.1", "--json")
    assert status == 0
    data = json.loads(out)
    assert data["wanted_margin"] == 0.1
    # all pairs of three documents: m/(2 sqrt(k(m - 1)(m - k)))
    high = data["between"]["margin"]["unit"][1]
    assert high == pytest.approx(3 / 2 / math.sqrt(2 * 2), rel=1e-4)
    assert run("--qrels", "qrels.tsv", "--margin", "2")[0] == 2
    assert run("--tree", "none.tsv")[0] == 2
    status, out, _ = run("--tree", "tree.tsv", "--certify", "none", "--no-solver")
    assert status == 0
    assert "no solver was asked for" not in out
    assert re.search(r"^\d+ theorems say nothing here; --verbose has the reasons$", out, re.M)
    assert "certified in" not in out
    argv = ("--tree", "tree.tsv", "--certify", "none", "--no-solver", "--verbose")
    _, out, err = run(*argv, "--effort", "1")
    assert "no solver was asked for" in out
    assert "short searches" not in out
    assert re.search(rf"theorem {len(THEOREMS)} of {len(THEOREMS)}: shattered, margin upper", err)


def test_labels_on_the_screen_are_those_of_the_proofs(run):
    from hrgeom.cli import _bounds

    for bound in all_bounds(perfect_tree(2, 3), solver=False):
        label = _bounds._label(bound)
        if bound.status == "proved" and bound.proof:
            stated = proof_states((bound.proof,))[0].label
            assert label == stated.removesuffix(", formulas checked"), bound.proof
        elif bound.status == "proved":
            assert label == ("cited" if bound.source else "proof on paper")
        else:
            assert label == bound.status
    proofs = sorted({theorem.proof for theorem in THEOREMS if theorem.proof})
    checked = {
        state.id for state in proof_states(tuple(proofs)) if state.label == "machine-checked"
    }
    assert checked == _bounds._MACHINE_CHECKED & set(proofs)
    out = run("--tree", "tree.tsv", "--no-solver", "--certify", "none")[1]
    assert re.search(r"at most +3 zero +interval +machine-checked ", out)
    assert " proved " not in out


def test_command_lists_theorems(run):
    status, out, _ = run("--list")
    assert status == 0
    assert len(out.splitlines()) == len(THEOREMS)
    status, out, _ = run("--list", "--json")
    listed = json.loads(out)["theorems"]
    assert [t["name"] for t in listed] == [t.name for t in THEOREMS]
    assert [t["name"] for t in listed if not t["is_quick"]] == ["forster", "chirotope"]
    status, _, err = run("--tree", "tree.tsv", "--theorem", "no-such")
    assert status == 2
    assert "theorem must be one of signed-identity" in err
    status, out, _ = run("--tree", "tree.tsv", "--theorem", "radon", "--theorem", "interval")
    assert "signed-identity" not in out
    assert "radon" in out


def test_command_exits_1_on_a_contradiction(run, monkeypatch):
    wrong = Bound("wrong", "dimension", "lower", "row", 9, "planted")
    monkeypatch.setattr("hrgeom.bounds.all_bounds", lambda *_, **__: (wrong,))
    status, out, _ = run("--tree", "tree.tsv")
    assert status == 1
    assert "CONTRADICTION: wrong: dimension >= 9 (row), but half-plane is certified in 2" in out
