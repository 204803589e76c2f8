"""Hub lists: one common hub just where the definition says so, and the vectors made of them."""

import importlib
import math
from itertools import permutations

import numpy as np
import pytest
from definitions import ancestors, parents_of
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Hierarchy, Relevance, certify
from hrgeom.constructions import HubSizes, centroid_hubs, hub_sizes
from hrgeom.constructions.covers import HeavyPaths
from hrgeom.datasets._generators import (
    TREE_SHAPES,
    perfect_tree,
    random_dag,
    random_subsets,
    random_tree,
)
from hrgeom.errors import ConstructionError
from hrgeom.testing import forests, hierarchies, relevances

anything = st.one_of(relevances(), hierarchies().map(lambda h: h.relevance))
UNIT = {
    "float64": 2.0**-53,
    "float32": 2.0**-24,
    "float16": 2.0**-11,
    "bfloat16": 2.0**-8,
    "int8": 0,
}


def heavy_paths(hierarchy):
    parent = np.full(hierarchy.n_nodes, -1)
    parent[hierarchy.edges[:, 0]] = hierarchy.edges[:, 1]
    return HeavyPaths(parent, hierarchy.levels)


def sets(pairs, n):
    found = [set() for _ in range(n)]
    for row, hub in zip(*(a.tolist() for a in pairs), strict=True):
        assert hub not in found[row]
        found[row].add(hub)
    return found


@given(hierarchy=forests(max_nodes=40), b=st.integers(1, 6))
def test_lists_meet_in_one_hub_for_ancestors_and_in_none_for_others(hierarchy, b):
    n = hierarchy.n_nodes
    lists = heavy_paths(hierarchy).hubs(b)
    above, below = sets(lists.above(np.arange(n)), n), sets(lists.below(), n)
    parents = parents_of(hierarchy.edges, n)
    for w in range(n):
        own = ancestors(parents, w) | {w}
        assert [len(above[w] & below[v]) for v in range(n)] == [int(v in own) for v in range(n)]
        assert above[w] <= own
        assert all(v in ancestors(parents, c) | {c} for v in [w] for c in below[w])
    assert max(map(len, below)) <= b
    assert lists.n_above().tolist() == list(map(len, above))
    assert lists.n_below(np.ones(n, dtype=bool)).tolist() == list(map(len, below))
    some = np.arange(0, n, 3)
    used = lists.used(some)
    assert set(np.flatnonzero(used).tolist()) == set().union(*(above[w] for w in some))
    counts = [sum(used[c] for c in hubs) for hubs in below]
    assert lists.n_below(used).tolist() == counts


def piece(parents, remaining, hub):
    """The remaining nodes joined to a hub by edges among the remaining ones."""
    found, waiting = set(), [hub]
    while waiting:
        v = waiting.pop()
        if v not in found:
            found.add(v)
            waiting += [w for w in remaining if w in parents[v] or v in parents[w]]
    return found


def by_definition(parents, order):
    """The largest U and V of hubs taken in this order."""
    n = len(parents)
    up = [ancestors(parents, v) | {v} for v in range(n)]
    remaining = set(range(n))
    n_above, n_below = [0] * n, [0] * n
    for hub in order:
        for v in piece(parents, remaining, hub):
            n_above[v] += hub in up[v]
            n_below[v] += v in up[hub]
        remaining.remove(hub)
    return max(n_above), max(n_below)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_chains_are_as_good_as_any_order(n):
    chain = random_tree(n, shape="chain")
    parents = parents_of(chain.edges, n)
    sizes = {by_definition(parents, order) for order in permutations(range(n))}
    paths = heavy_paths(chain)
    for b in range(1, n + 1):
        best = min(above for above, below in sizes if below <= b)
        assert paths.hubs(b).n_above().max() == best
        assert best == next(a for a in range(1, n + 1) if math.comb(a + b, a) > n)
    sizes_found = hub_sizes(chain.relevance)
    product = sizes_found.most_of_queries * sizes_found.most_of_documents
    assert product == min(above * below for above, below in sizes)


@share(1 / 3)
@given(hierarchy=forests(max_nodes=5))
def test_no_order_of_a_small_forest_is_much_better(hierarchy):
    """Nor can ours be better than the best of all orders."""
    parents = parents_of(hierarchy.edges, hierarchy.n_nodes)
    orders = permutations(range(hierarchy.n_nodes))
    best = min(above * below for above, below in {by_definition(parents, o) for o in orders})
    sizes = hub_sizes(hierarchy.relevance)
    assert best <= sizes.most_of_queries * sizes.most_of_documents <= best + 1


@pytest.mark.parametrize("shape", TREE_SHAPES)
@pytest.mark.parametrize("n", [3, 50, 1000])
def test_at_most_one_and_log2_n_above_and_below(shape, n):
    tree = random_tree(n, shape=shape, seed=2)
    lists = heavy_paths(tree).hubs(n.bit_length())
    everything = np.ones(n, dtype=bool)
    assert lists.n_above().max() <= n.bit_length()
    assert lists.n_below(everything).max() <= n.bit_length()
    sizes = hub_sizes(tree.relevance)
    assert sizes.most_of_queries * sizes.most_of_documents <= n.bit_length() ** 2
    assert sizes.n_hubs == n


@pytest.mark.parametrize("n", [100, 251, 252, 1500])
def test_chains_of_any_length(n):
    sizes = hub_sizes(random_tree(n, shape="chain").relevance)
    budgets = range(1, 13)
    best = min(a * b for a in range(1, n + 1) for b in budgets if math.comb(a + b, a) > n)
    assert sizes.most_of_queries * sizes.most_of_documents == best


@pytest.mark.parametrize(
    ("tree", "above", "below"),
    [
        (random_tree(1000, shape="star"), 2, 1),
        (perfect_tree(2, 10), 10, 1),
        (perfect_tree(10, 4), 4, 1),
    ],
)
def test_bushy_trees(tree, above, below):
    sizes = hub_sizes(tree.relevance)
    assert sizes == HubSizes(above, below, tree.n_nodes)
    assert sizes.margin == 1 / (2 * math.sqrt(above * below) + 1)


@pytest.mark.parametrize("dtype", UNIT)
@given(relevance=anything)
def test_promise(dtype, relevance):
    embedding = centroid_hubs(relevance, dtype=dtype)
    certificate = certify(embedding, relevance)
    assert certificate.holds, str(certificate)
    sizes = hub_sizes(relevance)
    assert embedding.dim == embedding.promise["dim"] == sizes.n_hubs + 1
    assert sizes.n_hubs <= np.count_nonzero(relevance.n_queries_of)
    if dtype == "int8":
        q, x = (a.astype(np.int64) for a in (embedding.queries, embedding.documents))
        own = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
        for i in range(relevance.n_queries):
            own[i, relevance.matches(i)] = True
        assert np.array_equal(q @ x.T, np.where(own, 1, -1))
    else:
        assert embedding.promise["margin"] == sizes.margin
    # Rounding the rows, of unit length, turns them by less than sqrt(2) u each or so.
    promised = embedding.promise["margin"] * (1 - 1e-9) - 4 * UNIT[dtype]
    both = relevance.n_matches.min() < relevance.n_documents and relevance.n_pairs > 0
    if both:
        assert certificate.normalized_margin_lower_bound >= promised


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_rows_are_of_unit_length(dtype):
    embedding = centroid_hubs(random_tree(80, shape="deep").relevance, dtype=dtype)
    for rows in (embedding.queries, embedding.documents):
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(("above", "below"), [(1, 1), (9, 2), (2, 9), (14, 14)])
def test_the_constant_makes_the_product_of_lengths_least(above, below):
    """By a grid of other constants."""

    def product(beta):
        return math.sqrt(above + beta**2) * math.sqrt(below + 1 / (2 * beta) ** 2)

    best = math.sqrt(math.sqrt(above / below) / 2)
    assert 0.5 / product(best) == pytest.approx(HubSizes(above, below, 1).margin)
    assert all(product(best) <= product(best * f) for f in np.linspace(0.5, 2, 31))


def test_deep_trees_keep_their_margin():
    """Where the indicator of S(q) has 1 / (2 sqrt(s) + 1)."""
    tree = random_tree(800, shape="chain")
    certificate = certify(centroid_hubs(tree.relevance), tree)
    assert certificate.holds
    assert certificate.normalized_margin_lower_bound > 3 / (2 * math.sqrt(800) + 1)


def test_classes_of_a_dag_add_up():
    dag = random_dag(300, extra_parents=0.3, seed=4)
    embedding = centroid_hubs(dag.relevance)
    assert embedding.parameters["n_classes"] > 1
    assert certify(embedding, dag).holds


def test_random_hub_vectors():
    """Fewer dimensions than hubs: too few fail, many hold; drawn again with the same seed."""
    tree = perfect_tree(4, 6)
    few, embedding = (centroid_hubs(tree.relevance, dim=dim) for dim in (60, 1000))
    assert (embedding.dim, embedding.promise["margin"], embedding.threshold) == (1000, None, None)
    assert not certify(few, tree).holds
    certificate = certify(embedding, tree)
    assert certificate.holds
    assert certificate.normalized_margin_lower_bound < hub_sizes(tree.relevance).margin
    assert certify(centroid_hubs(tree.relevance, dim=1000, dtype="int8"), tree).holds
    again = centroid_hubs(tree.relevance, dim=1000)
    assert np.array_equal(again.queries, embedding.queries)
    other = centroid_hubs(tree.relevance, dim=1000, seed=1)
    assert not np.array_equal(other.queries, embedding.queries)


def test_refusals(monkeypatch):
    chain = random_tree(20, shape="chain").relevance
    assert centroid_hubs(chain, dim=500).dim == 21
    with pytest.raises(ConstructionError, match=r"dim must be at least 2 for random hub .* got 1"):
        centroid_hubs(chain, dim=1)
    # The package has a function of the module's name.
    module = importlib.import_module("hrgeom.constructions._centroid_hubs")
    monkeypatch.setattr(module, "_MOST_BYTES", 1000)
    with pytest.raises(
        ConstructionError, match="at most 1000 bytes: got 3360 for d = 21; give dim"
    ):
        centroid_hubs(chain)
    assert centroid_hubs(chain, dtype="int8").dim == 21
    assert centroid_hubs(chain, dim=8).dim == 8


def test_documents_without_queries_take_no_dimension():
    relevance = Relevance.from_sets([{0}, {0, 1}, set()], 50)
    embedding = centroid_hubs(relevance)
    assert embedding.dim == 3
    assert certify(embedding, relevance).holds
    nothing = random_subsets(3, 4, 0)
    assert centroid_hubs(nothing).dim == 1
    assert certify(centroid_hubs(nothing), nothing).holds


def test_queries_may_stand_anywhere():
    """Only the leaves of a tree are queries."""
    tree = perfect_tree(2, 6)
    leaves = Relevance.from_sets([tree.relevance.matches(v).tolist() for v in tree.leaves], 63)
    assert certify(centroid_hubs(leaves), leaves).holds
    assert (
        Hierarchy(["a"], []).relevance.n_pairs == hub_sizes(Hierarchy(["a"], []).relevance).n_hubs
    )
