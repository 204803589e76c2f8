"""Synthetic hierarchies have the shape and the distribution that their docstrings state."""

import itertools
from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.datasets import TREE_SHAPES, perfect_tree, random_dag, random_tree
from hrgeom.errors import HierarchyError

RANDOM_SHAPES = ("uniform", "preferential", "deep")


def parents_of(tree):
    """Parents of nodes 1, 2, ... of a tree whose root is node 0."""
    assert tree.edges[:, 0].tolist() == list(range(1, tree.n_nodes))
    return tree.edges[:, 1]


# --- Perfect trees ----------------------------------------------------------------------------


@given(branching=st.integers(1, 5), n_levels=st.integers(1, 5))
def test_perfect_tree(branching, n_levels):
    tree = perfect_tree(branching, n_levels)
    assert tree.n_nodes == sum(branching**level for level in range(n_levels))
    assert tree.n_levels == n_levels
    assert tree.is_forest
    assert tree.roots.tolist() == [0]
    assert tree.levels.tolist() == sorted(tree.levels.tolist())
    n_children = np.diff(tree.children[0])
    assert set(n_children[tree.levels < n_levels - 1].tolist()) <= {branching}
    assert set(n_children[tree.levels == n_levels - 1].tolist()) == {0}
    # A label is the path: the parent's is the same without its last step.
    for child, parent in tree.edges.tolist():
        assert tree.labels[child].rpartition(".")[0] == tree.labels[parent]


def test_perfect_tree_labels():
    tree = perfect_tree(4, 3)
    assert tree.ancestors("0.1.3") == ["0", "0.1"]
    assert tree.metadata == {
        "name": "perfect-tree",
        "source": "hrgeom.datasets.perfect_tree(4, 3)",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 3), "branching must be a whole number, at least 1: got 0"),
        ((2, 0), "n_levels must be a whole number, at least 1: got 0"),
        ((2.0, 3), r"branching must be a whole number, at least 1: got 2\.0"),
        ((2, "3"), "n_levels must be a whole number, at least 1: got '3'"),
        ((2, 32), "at most 2147483647 nodes: got branching 2, n_levels 32"),
        ((10**9, 10**9), "at most 2147483647 nodes"),
        ((1, 2**31), "at most 2147483647 nodes"),
    ],
)
def test_perfect_tree_arguments(arguments, message):
    with pytest.raises(HierarchyError, match=message):
        perfect_tree(*arguments)


# --- Random trees -----------------------------------------------------------------------------


@given(
    n_nodes=st.integers(1, 80),
    shape=st.sampled_from(TREE_SHAPES),
    seed=st.integers(0, 2**64),
)
def test_random_trees_are_trees(n_nodes, shape, seed):
    tree = random_tree(n_nodes, shape=shape, seed=seed)
    assert tree.labels == tuple(f"n{node}" for node in range(n_nodes))
    assert tree.roots.tolist() == [0]
    assert tree.is_forest
    assert (parents_of(tree) < np.arange(1, n_nodes)).all()
    assert tree.sha256 == random_tree(n_nodes, shape=shape, seed=seed).sha256


@pytest.mark.parametrize("shape", RANDOM_SHAPES)
def test_seeds_matter(shape):
    digests = {random_tree(50, shape=shape, seed=seed).sha256 for seed in range(10)}
    assert len(digests) == 10


def test_chain_star_and_caterpillar():
    assert random_tree(50, shape="chain").n_levels == 50
    star = random_tree(50, shape="star")
    assert (star.n_levels, len(star.leaves)) == (2, 49)
    for n_nodes in (1, 2, 3, 8, 9):
        caterpillar = random_tree(n_nodes, shape="caterpillar")
        spine = (n_nodes + 1) // 2
        parents = parents_of(caterpillar).tolist()
        assert parents == [*range(spine - 1), *range(n_nodes - spine)]
    # Spine and hanging leaf: two children for every spine node but the last.
    assert (
        np.diff(random_tree(8, shape="caterpillar").children[0]).tolist() == [2] * 3 + [1] + [0] * 4
    )


def test_deep_trees_look_back_thirty_nodes():
    parents = parents_of(random_tree(5000, shape="deep"))
    back = np.arange(1, 5000) - parents
    assert set(back.tolist()) == set(range(1, 31))
    assert random_tree(5000, shape="deep").n_levels > 5000 / 30


def within(count, n, p):
    """Whether a binomial count is within six standard deviations."""
    return abs(count - n * p) <= 6 * (n * p * (1 - p)) ** 0.5


def test_uniform_attachment_by_its_probabilities():
    n_trees = 6000
    counts = Counter(
        tuple(parents_of(random_tree(4, seed=seed)).tolist()) for seed in range(n_trees)
    )
    for parents in itertools.product([0], [0, 1], [0, 1, 2]):
        assert within(counts[parents], n_trees, 1 / 6)
    assert random_tree(20_000).n_levels < 6 * log(20_000)  # height is about e log n


def test_preferential_attachment_by_its_probabilities():
    n_trees = 6000
    counts = Counter(
        tuple(parents_of(random_tree(4, shape="preferential", seed=seed)).tolist())
        for seed in range(n_trees)
    )
    assert set(counts) == set(itertools.product([0], [0, 1], [0, 1, 2]))
    for parents, count in counts.items():
        probability, n_children = 1.0, [0, 0, 0, 0]
        for node, parent in enumerate(parents, start=1):
            weights = [1 + n_children[other] for other in range(node)]
            probability *= weights[parent] / sum(weights)
            n_children[parent] += 1
        assert within(count, n_trees, probability)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_nodes": 0}, "n_nodes must be a whole number, at least 1: got 0"),
        ({"n_nodes": 2.5}, "n_nodes must be a whole number"),
        ({"n_nodes": 5, "seed": -1}, "seed must be a whole number, at least 0: got -1"),
        ({"n_nodes": 5, "shape": "bush"}, "shape must be one of uniform, .*: got 'bush'"),
    ],
)
def test_random_tree_arguments(options, message):
    with pytest.raises(HierarchyError, match=message):
        random_tree(**options)


# --- Random DAGs ------------------------------------------------------------------------------


@given(
    n_nodes=st.integers(1, 60),
    extra_parents=st.floats(0, 1),
    n_levels=st.none() | st.integers(2, 8),
    seed=st.integers(0, 2**32),
)
def test_random_dags(n_nodes, extra_parents, n_levels, seed):
    options = {"extra_parents": extra_parents, "n_levels": n_levels, "seed": seed}
    dag = random_dag(n_nodes, **options)
    assert dag.n_nodes == n_nodes
    assert dag.roots.tolist() == [0]
    assert (dag.edges[:, 1] < dag.edges[:, 0]).all()
    n_parents = np.diff(dag.parent_indptr)
    assert n_parents[1:].min(initial=1) == 1
    assert n_parents.max() <= 2
    if n_levels is not None:
        assert dag.n_levels <= n_levels
    assert dag.sha256 == random_dag(n_nodes, **options).sha256


def test_extra_parents_is_a_probability():
    assert random_dag(1000, extra_parents=0).is_forest
    # Nodes 0 and 1 have no choice; everyone else gets a second parent.
    assert random_dag(1000, extra_parents=1).n_edges == 999 + 998
    several = np.diff(random_dag(20_000, extra_parents=0.2).parent_indptr) > 1
    assert within(int(several.sum()), 19_998, 0.2)


def test_parents_of_a_dag_are_uniform():
    n_dags = 6000
    counts = Counter()
    for seed in range(n_dags):
        dag = random_dag(5, extra_parents=1, seed=seed)
        counts[tuple(dag.parent_indices[dag.parent_indptr[4] :].tolist())] += 1
    assert set(counts) == set(itertools.combinations(range(4), 2))
    assert all(within(count, n_dags, 1 / 6) for count in counts.values())


def test_n_levels_is_reached_and_two_levels_make_a_star():
    assert random_dag(2000, n_levels=5).n_levels == 5
    dag = random_dag(50, extra_parents=1, n_levels=2)
    assert dag.edges.tolist() == [[node, 0] for node in range(1, 50)]
    assert random_dag(1, n_levels=1).n_nodes == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_nodes": 0}, "n_nodes must be a whole number, at least 1: got 0"),
        ({"n_nodes": 5, "extra_parents": 1.5}, r"extra_parents must be from 0 to 1: got 1\.5"),
        ({"n_nodes": 5, "extra_parents": float("nan")}, "extra_parents must be from 0 to 1"),
        ({"n_nodes": 5, "n_levels": 1}, "n_levels must be a whole number, at least 2: got 1"),
        ({"n_nodes": 1, "n_levels": 0}, "n_levels must be a whole number, at least 1: got 0"),
        ({"n_nodes": 5, "seed": None}, "seed must be a whole number, at least 0: got None"),
    ],
)
def test_random_dag_arguments(options, message):
    with pytest.raises(HierarchyError, match=message):
        random_dag(**options)
