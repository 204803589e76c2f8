"""Rainbows and chirotopes: planted ones, all by brute force, refutations checked and forged."""

from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Hierarchy, Relevance, certify
from hrgeom.bounds import all_bounds, strongest
from hrgeom.bounds.lower import chirotope, rainbows, sign_clauses
from hrgeom.bounds.lower._propagation import is_refuted
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.datasets import random_dag
from hrgeom.testing import relevances

WORK = 5_000_000


def rainbow_dag(k, without=()):
    """A root, k classes of three documents, and a query for each partial rainbow of two or more."""
    nodes = ["root", *(f"{c}.{v}" for c in range(k) for v in range(3))]
    edges = [(1 + v, 0) for v in range(3 * k)]
    for choice in product((None, 0, 1, 2), repeat=k):
        chosen = [1 + 3 * c + v for c, v in enumerate(choice) if v is not None]
        if len(chosen) >= 2 and choice not in without:
            nodes.append("q" + "".join("-" if v is None else str(v) for v in choice))
            edges += [(len(nodes) - 1, v) for v in chosen]
    return Hierarchy(nodes, edges)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_table_prints_what_k_classes_take(k):
    bounds = all_bounds(rainbow_dag(k), solver=False)
    found = [strongest(bounds, "dimension", "lower", setting).value for setting in ("row", "zero")]
    assert found == [2 * k, 2 * k + 1]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_both_constructions_attain_it(k):
    relevance = rainbow_dag(k).relevance
    bound = rainbows(relevance, work=WORK)
    for embedding, dim in (
        (half_plane(relevance), bound.row),
        (interval(relevance), bound.threshold_zero),
    ):
        assert embedding.dim == dim
        assert certify(embedding, relevance).holds


def test_one_rainbow_less_and_the_classes_are_not_found():
    whole = rainbows(rainbow_dag(2).relevance, work=WORK)
    assert len(whole.documents) == 2
    found = rainbows(rainbow_dag(2, without=[(1, 2)]).relevance, work=WORK)
    assert len(found.documents) == 1


def table(relevance):
    matches = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
    for q in range(relevance.n_queries):
        matches[q, relevance.matches(q)] = True
    return matches


def has_all_rainbows(matches, classes):
    """Every rainbow, and every one without the last class, by the definition."""
    columns = [v for triple in classes for v in triple]
    seen = {frozenset(v for v in columns if row[v]) for row in matches}
    whole = (frozenset(choice) for choice in product(*classes))
    without = (frozenset(choice) for choice in product(*classes[:-1]))
    return all(r in seen for r in whole) and all(r in seen for r in without)


@given(relevances(max_queries=12, max_documents=7))
def test_classes_are_what_they_say_and_the_most(relevance):
    matches = table(relevance)
    found = rainbows(relevance, work=WORK)
    for side, given_matches in ((found.documents, matches), (found.queries, matches.T)):
        assert not side or has_all_rainbows(given_matches, side)
        items = range(given_matches.shape[1])
        triples = list(combinations(items, 3))
        most = int(any(has_all_rainbows(given_matches, (t,)) for t in triples))
        if any(
            has_all_rainbows(given_matches, pair)
            for pair in permutations(triples, 2)
            if not set(pair[0]) & set(pair[1])
        ):
            most = 2
        assert len(side) == most


def test_queries_are_as_good_as_documents():
    matches = table(rainbow_dag(2).relevance).T
    turned = Relevance.from_sets([set(np.flatnonzero(row)) for row in matches], matches.shape[1])
    found = rainbows(turned, work=WORK)
    assert (len(found.queries), found.row, found.threshold_zero) == (2, 4, 5)


# Chirotopes -------------------------------------------------------------------------------------


@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_clauses_refuse_no_vectors_that_there_are(rank, seed):
    """Determinants of vectors satisfy the clauses of all subsets that their queries cut off."""
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-50, 51, size=(7, rank)).astype(np.int64)
    chosen = list(combinations(range(7), rank))
    signs = [_determinant(vectors[list(c)].tolist()) for c in chosen]
    scores = rng.integers(-50, 51, size=(30, rank)) @ vectors.T
    if 0 in signs or not scores.all():
        return  # not in general position
    patterns = tuple(set(((scores > 0) @ (1 << np.arange(7))).tolist()))
    for clause in sign_clauses(7, rank, patterns):
        assert any((signs[abs(literal) - 1] > 0) == (literal > 0) for literal in clause)


def _determinant(rows):
    return sum(
        (-1) ** sum(a > b for a, b in combinations(order, 2))
        * int(np.prod([rows[i][j] for i, j in enumerate(order)], dtype=object))
        for order in permutations(range(len(rows)))
    )


@pytest.mark.parametrize("n", [3, 4, 5])
def test_clauses_of_two_in_the_plane_by_going_through_all_arrangements(n):
    """Rank 2: halves of a circle of n vectors are allowed, all 2^n subsets are not."""
    pytest.importorskip("pysat")
    from pysat.solvers import Solver

    def satisfiable(patterns):
        with Solver(bootstrap_with=list(sign_clauses(n, 2, tuple(patterns)))) as solver:
            return solver.solve()

    assert not satisfiable(range(2**n))
    halves = [sum(1 << (i + j) % n for j in range(n // 2)) for i in range(n)]
    assert satisfiable(halves) == (n > 2)


@given(relevances(max_queries=7, max_documents=6))
def test_chirotopes_never_contradict_a_certified_embedding(relevance):
    pytest.importorskip("pysat")
    found = chirotope(relevance, work=100_000)
    embedding = interval(relevance, dtype="float64")
    assert found.threshold_zero <= embedding.dim or not certify(embedding, relevance).holds
    assert all(refutation.verify(relevance) for refutation in found.refutations)


def test_a_tangled_hierarchy_takes_five_and_six():
    pytest.importorskip("pysat")
    relevance = random_dag(400, extra_parents=0.4).relevance
    found = chirotope(relevance, work=20_000_000)
    assert (found.row, found.threshold_zero) == (5, 6)
    (refutation,) = found.refutations
    assert refutation.verify(relevance)
    unseen = (*refutation.patterns, _unseen(refutation.patterns, len(refutation.items)))
    for forged in (
        replace(refutation, lemmas=refutation.lemmas[:-1]),
        replace(refutation, lemmas=((),)),
        replace(refutation, rank=refutation.rank + 1),
        replace(refutation, patterns=refutation.patterns[:20]),
        replace(refutation, patterns=unseen),
        replace(refutation, items=tuple(reversed(refutation.items))),
    ):
        assert not forged.verify(relevance)


def _unseen(patterns, n):
    full = (1 << n) - 1
    return next(p for p in range(full) if p not in patterns and full - p not in patterns)


def test_two_classes_are_refuted_as_well():
    """K_{3,3}: the second route to the theorem of rainbows for k = 2."""
    pytest.importorskip("pysat")
    found = chirotope(rainbow_dag(2).relevance, work=WORK)
    assert (found.row, found.threshold_zero) == (4, 5)


@given(
    st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True), max_size=12),
    st.data(),
)
def test_propagation_accepts_no_refutation_of_what_can_be_satisfied(variables, data):
    clauses = [[v * data.draw(st.sampled_from((1, -1))) for v in clause] for clause in variables]
    lemmas = [
        [v * data.draw(st.sampled_from((1, -1))) for v in lemma]
        for lemma in data.draw(
            st.lists(st.lists(st.integers(1, 4), max_size=2, unique=True), max_size=5)
        )
    ]
    satisfiable = any(
        all(any(values[abs(x) - 1] == (x > 0) for x in clause) for clause in clauses)
        for values in product((False, True), repeat=4)
    )
    accepted = is_refuted(clauses, [*lemmas, []])
    assert not (accepted and satisfiable)


def test_propagation_follows_chains():
    chain = [[1], *([-i, i + 1] for i in range(1, 50)), [-50]]
    assert is_refuted(chain, [[]])
    assert not is_refuted(chain[:-1], [[]])
