"""Every proof holds, and no sign of any proof file can change without notice."""

import importlib
from functools import lru_cache

import pytest
import sympy as sp
from hrgeom.proofs import kit
from mutate import flipped_signs


@pytest.mark.parametrize("name", kit.names())
def test_proof_holds(name):
    report = kit.check(kit.load(name))
    assert [step.words for step in report.failed] == []
    assert report.holds
    assert report.proof.id == name


_is = kit._is
_SAMPLES = ((2, 3, 5, 7, 11, 13), (17, 3, 2, 23, 5, 29))


@pytest.fixture
def quick_tests(monkeypatch):
    """Let sympy decide each formula once, and none that a value refutes: a mutant shares the rest.

    The verdicts stay what `kit._is` says of every formula; this only saves asking again.
    """
    remembered = lru_cache(maxsize=None)(lambda expression, test: _is(expression, test))
    by_code = {}

    def quick(expression, test):
        test = by_code.setdefault(test.__code__, test)
        return not _refuted(expression, test) and remembered(expression, test)

    monkeypatch.setattr(kit, "_is", quick)


def _refuted(expression, test):
    """Whether exact values of the symbols, which their assumptions admit, contradict the test."""
    symbols = sorted(expression.free_symbols, key=str)
    if not symbols or not expression.is_rational_function(*symbols):
        return False
    for sample in _SAMPLES:
        values = dict(zip(symbols, sample, strict=False))
        if len(symbols) > len(sample) or not all(_admits(*pair) for pair in values.items()):
            return False
        if test(expression.subs(values)) is False:
            return True
    return False


def _admits(symbol, value):
    """Whether the assumptions on a symbol admit a prime number."""
    number = sp.Integer(value)
    return symbol.is_Symbol and all(
        getattr(number, f"is_{fact}") in (wanted, None)
        for fact, wanted in symbol.assumptions0.items()
    )


@pytest.mark.parametrize("name", kit.names())
def test_no_sign_can_change(name, quick_tests):
    module = importlib.import_module(f"hrgeom.proofs.{name.replace('-', '_')}")
    survivors, n_signs = [], 0
    for place, mutant in flipped_signs(module):
        n_signs += 1
        if _still_holds(mutant):
            survivors.append(place)
    assert n_signs >= 3
    assert survivors == []


def _still_holds(mutant):
    """The first step that fails is enough; an error is a failure too."""
    try:
        proof = kit.load(mutant)
        rng = kit.np.random.default_rng(0)
        return all(s.holds for s in proof.steps()) and all(s.holds for s in proof.instances(rng))
    except Exception:
        return False


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


def proof_of(status, *steps):
    return kit.Proof("a", "", "", (), "", status, lambda: iter(steps), lambda rng: iter(()))


def test_a_status_needs_steps_of_its_kind():
    symbolic = kit.equal("", 1, 1)
    instance, seen = kit.instance("", True), kit.observed("", True)
    assert kit.check(proof_of("proved", symbolic)).holds
    assert kit.check(proof_of("proved", symbolic, instance)).holds
    assert not kit.check(proof_of("proved", instance)).holds
    assert not kit.check(proof_of("proved", symbolic, seen)).holds
    assert not kit.check(proof_of("proved", symbolic, kit.equal("", 1, 2))).holds
    assert not kit.check(proof_of("certified on instances", symbolic)).holds
    assert kit.check(proof_of("certified on instances", instance)).holds
    assert kit.check(proof_of("observed", seen)).holds
    assert not kit.check(proof_of("observed", symbolic)).holds


def test_unknown_proofs_are_refused():
    with pytest.raises(ValueError, match="interval-cover"):
        kit.load("no-such-proof")
