"""The contract of theorems: the registry keeps it, and planted broken entries do not."""

import itertools
import math
import random
from dataclasses import replace

import numpy as np
import pytest
from examples import share
from hypothesis import given
from places import DOCS

from hrgeom import Hierarchy, Relevance
from hrgeom.bounds import (
    THEOREMS,
    NotApplicableError,
    Statement,
    Theorem,
    certified_constructions,
    is_carried,
    theorems_named,
)
from hrgeom.testing import check_theorem, relevances
from hrgeom.testing._least_dimensions import known_least_dimensions

REFUTED = r"must not be contradicted|by brute force"


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: "-".join(t.key))
def test_theorems_keep_the_contract(theorem):
    check_theorem(theorem, docs=DOCS)


def built_in(name, quantity, side):
    (theorem,) = (t for t in THEOREMS if t.key == (name, quantity, side))
    return theorem


def changed(theorem, change):
    """The same theorem with every statement changed."""
    return replace(theorem, says=lambda problem: [change(s) for s in theorem.says(problem)])


def by_one(statement):
    return replace(statement, value=statement.value + 1)


@pytest.mark.parametrize("name", ["signed-identity", "vc-dimension", "radon", "all-subsets"])
def test_a_lower_bound_that_is_too_strong_by_one_fails(name):
    wrong = changed(built_in(name, "dimension", "lower"), by_one)
    with pytest.raises(AssertionError, match=REFUTED):
        check_theorem(wrong)


@pytest.mark.parametrize("name", ["half-plane", "interval", "moment-curve", "simplex"])
def test_an_upper_bound_that_is_too_strong_by_one_fails(name):
    wrong = changed(
        built_in(name, "dimension", "upper"), lambda s: replace(s, value=max(1, s.value - 1))
    )
    with pytest.raises(AssertionError, match=REFUTED):
        check_theorem(wrong)


@pytest.mark.parametrize(
    ("name", "side", "factor"),
    [("orthonormal", "lower", 2.0), ("all-subsets", "upper", 0.98), ("shattered", "upper", 0.5)],
)
def test_a_margin_that_is_too_strong_fails(name, side, factor):
    wrong = changed(built_in(name, "margin", side), lambda s: replace(s, value=s.value * factor))
    with pytest.raises(AssertionError, match="must not be contradicted"):
        check_theorem(wrong)


@pytest.mark.parametrize(("name", "side"), [("signed-identity", "upper"), ("interval", "lower")])
def test_a_wrong_side_fails(name, side):
    (theorem,) = theorems_named([name])
    with pytest.raises(AssertionError, match=REFUTED):
        check_theorem(replace(theorem, side=side))


def test_a_wrong_setting_fails():
    """Radon's bound for threshold 0 as one for row thresholds."""
    wrong = changed(built_in("radon", "dimension", "lower"), lambda s: replace(s, setting="row"))
    with pytest.raises(AssertionError, match=REFUTED):
        check_theorem(wrong)


def test_a_theorem_that_is_not_deterministic_fails():
    numbers = itertools.count()
    drawn = changed(
        built_in("theorem-3-1", "dimension", "upper"),
        lambda s: replace(s, value=s.value + next(numbers)),
    )
    with pytest.raises(AssertionError, match="must say the same of equal problems"):
        check_theorem(drawn)


def test_nonsense_instead_of_not_applicable_fails():
    def says(problem):
        return [Statement("row", 1, f"one of {1 / problem.relevance.n_pairs}")]

    with pytest.raises(AssertionError, match="got ZeroDivisionError"):
        check_theorem(one_dimension(says))


def one_dimension(says):
    return Theorem("one", "dimension", "lower", "every embedding has a dimension", says)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (Statement("sphere", 1, "why"), "setting must be one of"),
        (Statement("row", 1, ""), "reason must be one line"),
        (Statement("row", 1.0, "why"), "whole number"),
        (Statement("row", 0, "why"), "at least 1"),
        (Statement("row", True, "why"), "whole number"),
        (Statement("row", 1, "why", margin=math.nan), "margin of a statement must be"),
        (Statement("row", 1, "why", margin=0.5), "for all embeddings of the margin asked for"),
        (Statement("row", 1, "why", status="sure"), "status must be"),
    ],
)
def test_statements_that_are_not_legal_fail(statement, message):
    with pytest.raises(AssertionError, match=message):
        check_theorem(one_dimension(lambda problem: [statement]))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Radon's"},
        {"quantity": "length"},
        {"side": "left"},
        {"status": "believed"},
        {"statement": ""},
        {"statement": "two\nlines"},
        {"needs": ("luck",)},
        {"proof": "no-such-proof"},
        {"page": "limits"},
        {"page": "theory/no-such-page.md"},
        {"says": None},
    ],
    ids=str,
)
def test_fields_that_are_not_complete_fail(change):
    (theorem,) = theorems_named(["radon"])
    with pytest.raises(AssertionError, match=f"{next(iter(change))} must"):
        check_theorem(replace(theorem, **change), docs=DOCS)


def test_a_theorem_that_never_applies_passes():
    def says(problem):
        raise NotApplicableError("it is about something else")

    check_theorem(one_dimension(says))


@share(1 / 6)
@given(relevances(5, 5))
def test_least_dimensions_by_brute_force_are_not_above_certified_ones(relevance):
    for setting, (least, _) in known_least_dimensions(relevance).items():
        for built in certified_constructions(relevance, which="all", threads=1):
            if built.verdict == "holds" and is_carried(built.setting, setting, forbids=False):
                assert built.dim >= least


@share(5 / 12)
@given(relevances(4, 4))
def test_least_dimensions_by_brute_force_are_attained(relevance):
    """Random lines and planes, all ways to cut them: what is attained is what is said to be."""
    rng = random.Random(0)
    sets = [set(relevance.matches(q).tolist()) for q in range(relevance.n_queries)]
    row = any(on_a_line(sets, shuffled(rng, relevance)) for _ in range(300))
    plane = any(in_the_plane(sets, angles(rng, relevance)) for _ in range(300))
    least = known_least_dimensions(relevance)
    assert least["row"][1] == row
    assert (least["zero"][0] <= 2) == plane


def labels(relevance):
    """Equal numbers for documents that the same queries match."""
    columns = [
        tuple(v in relevance.matches(q) for q in range(relevance.n_queries))
        for v in range(relevance.n_documents)
    ]
    return [columns.index(column) for column in columns]


def shuffled(rng, relevance):
    places = [rng.random() for _ in range(relevance.n_documents)]
    return [places[i] for i in labels(relevance)]


def angles(rng, relevance):
    turns = [rng.uniform(0, 2 * math.pi) for _ in range(relevance.n_documents)]
    return [turns[i] for i in labels(relevance)]


def on_a_line(sets, x):
    def cuts(s):
        inside, outside = [x[v] for v in s], [x[v] for v in range(len(x)) if v not in s]
        return not inside or not outside or max(inside) < min(outside) or max(outside) < min(inside)

    return all(map(cuts, sets))


def in_the_plane(sets, turns):
    documents = np.array([(math.cos(a), math.sin(a)) for a in turns])
    # between two neighbouring directions orthogonal to documents, all queries match the same
    edges = np.sort([(a + sign * math.pi / 2) % (2 * math.pi) for a in turns for sign in (1, -1)])
    middles = (edges + np.append(edges[1:], edges[0] + 2 * math.pi)) / 2
    queries = np.array([(math.cos(a), math.sin(a)) for a in middles])
    found = {frozenset(np.flatnonzero(row > 0).tolist()) for row in queries @ documents.T}
    return all(frozenset(s) in found for s in sets)


def test_least_dimensions_of_a_star():
    star = Hierarchy.from_edges([("a", "r"), ("b", "r"), ("c", "r")]).relevance
    assert known_least_dimensions(star) == {
        "row": (2, False),
        "global": (2, False),
        "unit": (2, False),
        "zero": (3, False),
    }
    assert known_least_dimensions(Relevance.from_sets([{v} for v in range(6)], 6)) == {}
