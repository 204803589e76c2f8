"""Separators: exact scores in integers, graphs of orders and of other relations, refusals."""

from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from hrgeom import Relevance, certify
from hrgeom.constructions import find_construction, treewidth
from hrgeom.constructions._treewidth import _Bags, _graph_of, _levels
from hrgeom.datasets import load, perfect_tree, random_dag
from hrgeom.errors import ConstructionError
from hrgeom.testing import dags, relevances


def exact_scores(embedding):
    rows = (
        [[Fraction(float(x)) for x in row] for row in side]
        for side in (embedding.queries, embedding.documents)
    )
    queries, documents = rows
    return [[sum(a * b for a, b in zip(q, x, strict=True)) for x in documents] for q in queries]


def assert_theorem(relevance):
    """Matches score at least 1 and others at most 0, in fractions."""
    scores = exact_scores(treewidth(relevance))
    for q in range(relevance.n_queries):
        matches = set(relevance.matches(q).tolist())
        for v in range(relevance.n_documents):
            assert scores[q][v] >= 1 if v in matches else scores[q][v] <= 0


@given(dags(max_nodes=12))
def test_hierarchies(hierarchy):
    assert_theorem(hierarchy.relevance)


@given(relevances(6, 6))
def test_any_relevance(relevance):
    assert_theorem(relevance)


@pytest.mark.parametrize("make", [lambda: perfect_tree(2, 5), lambda: random_dag(60, seed=2)])
def test_graph_of_a_hierarchy_is_that_of_its_covering_pairs(make):
    hierarchy = make()
    graph = _graph_of(hierarchy.relevance)
    reduced = nx.transitive_reduction(nx.DiGraph(hierarchy.edges.tolist()))
    assert {tuple(edge) for edge in graph.edges.tolist()} == set(reduced.edges)


def test_two_sides_are_joined_by_matches_where_there_is_no_order():
    graph = _graph_of(Relevance.from_sets([{0, 1}, {1}], 3))
    assert graph.n_nodes == 5
    assert sorted(map(tuple, graph.edges.tolist())) == [(0, 2), (0, 3), (1, 3)]
    equal = Relevance.from_sets([{0, 1}, {0, 1}], 2)  # reflexive, but not antisymmetric
    assert _graph_of(equal).n_nodes == 4
    chain = Relevance.from_sets([{0, 1}, {1, 2}, {2}], 3)  # not transitive
    assert _graph_of(chain).n_nodes == 6


def test_no_path_between_parts_avoids_what_was_taken():
    hierarchy = random_dag(150, extra_parents=0.3, seed=4)
    graph = _graph_of(hierarchy.relevance)
    levels = list(_levels(_Bags.of(graph)))
    taken = set()
    left = nx.Graph(graph.edges.tolist())
    left.add_nodes_from(range(graph.n_nodes))
    for level in levels:
        assert {v for v in range(graph.n_nodes) if level.part[v] < 0} == taken
        for piece in nx.connected_components(left):
            assert len({int(level.part[v]) for v in piece}) == 1
        for part, separator in enumerate(level.separators):
            assert all(level.part[v] == part for v in separator)
            taken.update(separator)
            left.remove_nodes_from(separator)
    assert taken == set(range(graph.n_nodes))


def test_mammals_hold_in_float32():
    mammals = load("wordnet-mammals")
    found = treewidth(mammals.relevance, dtype="float32")
    assert (found.dim, found.parameters["width"]) == (42, 2)
    assert certify(found, mammals).holds


def test_refusals():
    tree = perfect_tree(2, 3).relevance
    with pytest.raises(ConstructionError, match="dim"):
        treewidth(tree, dim=2)
    with pytest.raises(ConstructionError, match="float16 must hold"):
        treewidth(perfect_tree(2, 9).relevance, dtype="float16")
    assert np.array_equal(treewidth(tree, dim=50).queries, treewidth(tree).queries)


def test_it_is_taken_by_name_only():
    entry = find_construction("treewidth")
    assert entry.by_name_only
    assert entry.promise is None
