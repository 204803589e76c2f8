"""Every proof holds, and no sign of any proof file can change without notice."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from hrgeom.proofs import kit
from hrgeom.proofs.kit import stated
from mutate import places, quick_tests, sample, still_holds


def listed() -> dict[str, str]:
    """Changes that no step notices, each with the reason that stands above it."""
    found, reason = {}, ""
    text = (Path(__file__).parent / "survivors.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif line:
            found[line] = reason
    return found


SURVIVORS = listed()


@pytest.mark.parametrize("name", kit.names())
def test_proof_holds(name):
    report = kit.check(kit.load(name))
    assert [step.words for step in report.failed] == []
    assert report.holds
    assert report.proof.id == name


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(kit, "_is", quick_tests(kit))


@pytest.mark.parametrize("name", kit.names())
def test_no_sign_can_change(name, quick):
    module = importlib.import_module(f"hrgeom.proofs.{name.replace('-', '_')}")
    signs = places(module, ("sign",))
    assert len(signs) >= 3
    survivors = [p for p in signs if still_holds(module, p, kit)]
    assert [f"{name} {place}" for place in survivors if f"{name} {place}" not in SURVIVORS] == []


@pytest.mark.parametrize("name", kit.names())
def test_few_other_changes_are_unnoticed(name, quick):
    """A sample of constants, factors and comparisons; what survives is listed with its reason."""
    module = importlib.import_module(f"hrgeom.proofs.{name.replace('-', '_')}")
    survivors = [p for p in sample(name, module) if still_holds(module, p, kit)]
    assert [f"{name} {place}" for place in survivors if f"{name} {place}" not in SURVIVORS] == []


def test_survivors_are_places_that_there_are():
    every = set()
    for name in kit.names():
        module = importlib.import_module(f"hrgeom.proofs.{name.replace('-', '_')}")
        every |= {f"{name} {place}" for place in places(module)}
    assert set(SURVIVORS) <= every, "list them anew with `python tests/mutate.py`"
    assert all(SURVIVORS.values()), "every survivor must have a reason"


def test_steps_are_refused_where_they_are_wrong_or_cannot_be_told():
    x, t = sp.symbols("x t", nonnegative=True)
    assert kit.equal("", (x + 1) ** 2, x**2 + 2 * x + 1).holds
    assert not kit.equal("", (x + 1) ** 2, x**2 + 1).holds
    assert kit.at_least("", 1 + x * t, 1).holds
    assert not kit.at_least("", x - t, 0).holds
    assert kit.at_least("", 1 + x * t, 1, {x: 0}).holds
    assert not kit.at_least("", 1 + x * t, 0, {x: 0}).holds
    assert kit.at_most("", 1 - x * t, 1, {t: 0}).holds
    assert not kit.at_most("", 1 + x, 1).holds
    assert kit.positive("", 1 + x).holds
    assert not kit.positive("", x).holds


def test_matrices_of_any_size():
    d, s = sp.symbols("d s", integer=True, positive=True)
    X, y = sp.MatrixSymbol("X", d, s), sp.MatrixSymbol("y", s, 1)
    assert kit.same_matrix("", X.T * X * (X.T * X).I * y, y).holds
    assert kit.same_matrix("", (X + X) * y, 2 * X * y).holds
    assert not kit.same_matrix("", X.T * X * y, y).holds
    assert not kit.same_matrix("", X * y, -X * y).holds


K = sp.Symbol("k")
DOUBLE = stated("[[Let there be $k$ classes.]] Then $d = @dim$.", dim=2 * K)
UNRELATED = kit.equal("a square", (K + 1) ** 2, K**2 + 2 * K + 1)
SHOWN = kit.coordinates("two a class", 2, 0, K, shows="dim")


def proof_of(status, *steps, statement=DOUBLE, rocq=()):
    return kit.Proof(
        "a", "", statement, (), "", status, lambda: iter(steps), lambda r: iter(()), rocq
    )


def test_a_status_needs_steps_of_its_kind():
    some, seen = kit.instance("", True), kit.observed("", True)
    assert kit.check(proof_of(kit.PAPER, SHOWN)).holds
    assert kit.check(proof_of(kit.PAPER, SHOWN, some)).holds
    assert not kit.check(proof_of(kit.PAPER, some)).holds
    assert not kit.check(proof_of(kit.PAPER, SHOWN, seen)).holds
    assert not kit.check(proof_of(kit.PAPER, SHOWN, kit.equal("", 1, 2))).holds
    assert kit.check(proof_of(kit.OBSERVED, seen)).holds
    assert not kit.check(proof_of(kit.OBSERVED, SHOWN)).holds


# A true step carries only what stands in it.


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("Every DAG fits in one dimension.", "must be made by `stated`"),
        (stated("Every DAG fits in one dimension."), "must have a formula"),
        (stated("Every DAG fits in one of $@dim$ dimensions.", dim=K), "'one' in the conclusion"),
        (stated("Every DAG fits in $d = @dim$.", dim=1), "no step shows dim = 1"),
        (stated("[[Let $k$ be]] so $d = @dim$.", dim=3 * K), "no step shows dim = 3*k"),
        (stated("Every DAG fits in $d = 1$, by $@square$.", square=(K + 1) ** 2), "'1' in the"),
    ],
)
def test_an_unrelated_true_step_carries_nothing(statement, fault):
    assert UNRELATED.holds
    report = kit.check(proof_of(kit.PAPER, UNRELATED, statement=statement))
    assert not report.holds
    assert any(fault in found for found in report.faults)


def test_a_number_is_shown_only_by_a_step_that_names_it():
    statement = stated("Every tree fits in $d = @dim$.", dim=3)
    real = sp.Symbol("k", real=True)
    by_chance = kit.at_least("a square and 3", real**2 + 3, 3, {real: 0})
    assert by_chance.holds
    named = kit.coordinates("two for the class, one shared", 2, 1, 1, shows="dim")
    empty = kit.equal("three is three", 3, 3, shows="dim")
    assert not kit.check(proof_of(kit.PAPER, by_chance, statement=statement)).holds
    assert not kit.check(proof_of(kit.PAPER, empty, statement=statement)).holds
    assert kit.check(proof_of(kit.PAPER, named, statement=statement)).holds
    assert not kit.check(
        proof_of(kit.PAPER, replace(named, holds=False), statement=statement)
    ).holds
    assert not kit.check(
        proof_of(kit.PAPER, replace(named, how="instance"), statement=statement)
    ).holds


def test_names_and_formulas_go_together():
    with pytest.raises(ValueError, match=r"got \['dim'\]"):
        stated("so $d = @dim$")
    with pytest.raises(ValueError, match=r"formulas, \['dim'\]: got \[\]"):
        stated("[[let $d = @dim$]]", dim=K)
    assert DOUBLE == "Let there be $k$ classes. Then $d = 2 k$."


@pytest.mark.parametrize("name", kit.names())
def test_no_number_of_a_statement_can_change(name):
    """With any formula moved by 1, or doubled, no step of the proof shows it any longer."""
    proof = kit.load(name)
    steps = tuple(proof.steps())
    assert kit.Report(proof, steps, 0.0).unbound == ()
    for shown, formula in proof.statement.formulas.items():
        if isinstance(formula, sp.MatrixExpr):
            continue
        for wrong in (formula + 1, 7 * formula):
            assert not any(step.is_for(shown, wrong) for step in steps), (shown, wrong)


def test_every_step_says_what_it_covers():
    for name in ("forster", "sdp-weak-duality", "perfect-tree-blocks", "chirotope"):
        assert any(step.sizes for step in kit.load(name).steps())
    step = kit.equal(
        "",
        sp.Symbol("n", integer=True, positive=True) * K,
        sp.Symbol("n", integer=True, positive=True) * K,
    )
    assert step.covers == "all k, all integers n > 0"
    assert kit.equal("", K, K, sizes="2 x 2").covers == "2 x 2 only"
    assert kit.instance("", True).covers == "these values only"
    assert kit.equal("", 1, 1).covers == "no symbols"


def test_labels(monkeypatch, tmp_path):
    monkeypatch.setattr(kit, "ROCQ_FOLDER", tmp_path)
    (tmp_path / "trees.v").write_text("Theorem every_tree : True.\n", encoding="utf-8")
    assert proof_of(kit.PAPER, SHOWN).label == kit.PAPER
    machine = proof_of(kit.PAPER, SHOWN, rocq=(("trees.v", "every_tree"),))
    assert machine.label == kit.MACHINE
    assert replace(machine, rocq_part="for trees").label == kit.PAPER
    assert kit.check(machine).holds
    for file, theorem in (("trees.v", "every_dag"), ("dags.v", "every_tree"), ("trees.v", "every")):
        report = kit.check(replace(machine, rocq=(*machine.rocq, (file, theorem))))
        assert report.faults == (f"proofs/rocq/{file} must state {theorem}: it does not",)
    monkeypatch.setattr(kit, "ROCQ_FOLDER", tmp_path / "not installed")
    assert kit.check(machine).holds


def test_unknown_proofs_are_refused():
    with pytest.raises(ValueError, match="interval-cover"):
        kit.load("no-such-proof")
