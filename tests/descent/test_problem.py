"""The problem of a descent: the order of its rows, the groups of its queries, matches both ways."""

from itertools import pairwise

import numpy as np
import pytest
from definitions import queries_of, sets_of_relevance
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.core import Relevance
from hrgeom.datasets import random_tree
from hrgeom.descent._problem import Problem, order_by_matches
from hrgeom.testing import forests, relevances


def problem_of(relevance, n_groups=3, notion="global"):
    return Problem.of(relevance, notion, n_groups, np.random.default_rng(0))


def rows_of(starts, entries):
    return [entries[a:b].tolist() for a, b in pairwise(starts)]


@given(relevances(7, 9), st.integers(1, 9))
def test_orders_are_permutations_and_matches_those_of_the_relevance(relevance, n_groups):
    problem = problem_of(relevance, n_groups)
    assert sorted(problem.query_order) == list(range(relevance.n_queries))
    assert sorted(problem.document_order) == list(range(relevance.n_documents))
    rows = rows_of(problem.indptr, problem.indices)
    assert all(row == sorted(row) for row in rows)
    sets = sets_of_relevance(relevance)
    assert [set(problem.document_order[row]) for row in rows] == [
        sets[q] for q in problem.query_order
    ]
    assert problem.n_matches.tolist() == [len(row) for row in rows]


@given(relevances(7, 9), st.integers(1, 9))
def test_groups_partition_the_queries_each_in_order(relevance, n_groups):
    problem = problem_of(relevance, n_groups)
    sizes = np.diff(problem.groups)
    assert problem.groups[0] == 0
    assert problem.groups[-1] == relevance.n_queries
    assert len(sizes) == min(n_groups, relevance.n_queries)
    assert sizes.min() >= 1
    assert sizes.max() <= sizes.min() + 1
    place = np.argsort(order_by_matches(relevance))
    for a, b in zip(problem.groups[:-1], problem.groups[1:], strict=True):
        assert np.all(np.diff(place[problem.query_order[a:b]]) > 0)


@given(relevances(7, 9), st.integers(1, 9))
def test_by_document_is_the_transpose_of_each_group(relevance, n_groups):
    problem = problem_of(relevance, n_groups)
    rows = rows_of(problem.indptr, problem.indices)
    assert len(problem.by_document) == len(problem.groups) - 1
    for g, (starts, queries) in enumerate(problem.by_document):
        first, last = problem.groups[g : g + 2]
        wanted = queries_of(rows[first:last], relevance.n_documents)
        assert [{q - first for q in own} for own in rows_of(starts, queries)] == wanted
        assert len(queries) == sum(map(len, wanted))


@given(forests(max_nodes=30))
def test_a_forest_is_in_depth_first_order(hierarchy):
    relevance = hierarchy.relevance
    assert_depth_first(relevance, order_by_matches(relevance))
    problem = problem_of(relevance, 1)
    assert_depth_first(relevance, problem.query_order)
    assert_depth_first(relevance, problem.document_order)


def assert_depth_first(relevance, order):
    """Every node comes after its ancestors, and its descendants come in one stretch from it on."""
    place = np.argsort(order)
    for v, below in enumerate(queries_of(sets_of_relevance(relevance), relevance.n_documents)):
        assert sorted(place[sorted(below)]) == list(range(place[v], place[v] + len(below)))


def test_trees_of_many_levels_stay_in_order_as_far_as_is_looked():
    relevance = random_tree(60, shape="chain", seed=0).relevance
    order = order_by_matches(relevance)
    assert sorted(order) == list(range(60))
    depths = relevance.n_matches[order]
    assert depths[:31].tolist() == list(range(1, 32))


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize(
    ("sets", "in_rows", "of_all"),
    [
        ([{0}, {1}], True, True),
        ([{0, 1}, set()], False, True),
        ([set(), set()], False, False),
        ([{0, 1}, {0, 1}], False, False),
        ([set(), {0}], True, True),
    ],
)
def test_whether_there_is_a_gap(sets, in_rows, of_all, notion):
    problem = problem_of(Relevance.from_sets(sets, 2), notion=notion)
    assert problem.has_gap == (in_rows if notion == "row" else of_all)
