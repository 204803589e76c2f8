"""Margin ceilings: the reduced programme against the full one, its certificates, closed forms."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import cvxpy as cp
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, Relevance, certify
from hrgeom.bounds.ceilings import is_subtree, subtree_ceiling
from hrgeom.bounds.ceilings._all_subsets import (
    subsets_ceiling,
    subsets_ceiling_squared,
    subsets_full_gap,
)
from hrgeom.bounds.ceilings._perfect_tree_blocks import TreeShape, is_match
from hrgeom.bounds.ceilings._perfect_tree_certificate import is_positive_definite, upper_bound
from hrgeom.bounds.ceilings._perfect_tree_sdp import (
    perfect_tree_ceiling,
    symmetric_tree_ceiling,
    tree_ceiling,
    verify,
)
from hrgeom.constructions import margin_upper_bound, sdp_optimum
from hrgeom.datasets import load, perfect_tree, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.testing import hierarchies

SMALL = [(2, 2), (2, 3), (2, 4), (2, 5), (3, 3), (3, 4), (5, 3), (1, 2), (1, 5), (4, 2)]
NOTIONS = ("global", "row")


def paths_of(shape):
    """Every node as the (type, number among siblings) of its ancestors and itself, by type."""
    paths = [[()]]
    for s, (parent, w) in enumerate(zip(shape.parents, shape.counts, strict=True)):
        if parent >= 0:
            paths.append([(*path, (s, i)) for path in paths[parent] for i in range(w)])
    return [path for of_type in paths for path in of_type]


def type_of(path):
    return path[-1][0] if path else 0


def tree_of(shape):
    """A hierarchy of this shape, in the order of `paths_of`."""
    paths = paths_of(shape)
    number = {path: i for i, path in enumerate(paths)}
    edges = [(i, number[path[:-1]]) for path, i in number.items() if path]
    return Hierarchy([str(i) for i in range(len(paths))], edges)


def orbit_of(query, document):
    """The types of both and of their lowest common ancestor."""
    same = [a == b for a, b in zip(query, document, strict=False)]
    n_common = same.index(False) if False in same else len(same)
    return type_of(query), type_of(document), type_of(query[:n_common])


def full_optimum(relevance, notion):
    """The semidefinite programme as it stands, one row a vector, by an interior point method."""
    n, m = relevance.n_queries, relevance.n_documents
    signs = np.full((n, m), -1.0)
    for q in range(n):
        signs[q, relevance.matches(q)] = 1
    gram, margin = cp.Variable((n + m, n + m), PSD=True), cp.Variable()
    thresholds = cp.Variable((1 if notion == "global" else n, 1)) @ np.ones((1, m))
    if notion == "global":
        thresholds = np.ones((n, 1)) @ thresholds
    limited = np.ones(n, dtype=bool)
    if notion == "row":
        limited = (signs > 0).any(axis=1) & (signs < 0).any(axis=1)
    separated = cp.multiply(signs, gram[:n, n:] - thresholds)[np.flatnonzero(limited)] >= margin
    problem = cp.Problem(cp.Maximize(margin), [cp.diag(gram) == 1, separated])
    return problem.solve(solver=cp.CLARABEL)


BROOM = TreeShape((-1, 0, 0, 2, 2), (1, 3, 2, 1, 2))
SHAPES = [*(TreeShape.symmetric((w,) * (h - 1)) for w, h in SMALL), BROOM]


@pytest.mark.parametrize("notion", NOTIONS)
@pytest.mark.parametrize(
    "branchings", [(2,), (2, 2), (1, 1, 1), (3, 1), (1, 3), (2, 1, 2)], ids=str
)
def test_the_reduced_programme_is_the_full_one(branchings, notion):
    ceiling = symmetric_tree_ceiling(branchings, notion=notion)
    assert verify(ceiling)
    expected = full_optimum(tree_of(ceiling.shape).relevance, notion)
    assert ceiling.upper == pytest.approx(expected, abs=1e-6)
    assert ceiling.lower == pytest.approx(expected, abs=1e-6)


@share(1 / 4)
@given(data=st.data(), notion=st.sampled_from(NOTIONS))
def test_trees_of_several_types_have_the_optimum_of_the_full_programme(data, notion):
    n_types = data.draw(st.integers(2, 4))
    parents = (-1, *(data.draw(st.integers(0, s - 1)) for s in range(1, n_types)))
    counts = (1, *(data.draw(st.integers(1, 2)) for _ in range(1, n_types)))
    ceiling = tree_ceiling(TreeShape(parents, counts), notion=notion)
    assert verify(ceiling)
    expected = full_optimum(tree_of(ceiling.shape).relevance, notion)
    assert ceiling.upper == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_multipliers_prove_the_same_bound_of_the_whole_tree(shape):
    """Spread over all pairs and nodes they pass the check of the full programme."""
    ceiling, paths = tree_ceiling(shape), paths_of(shape)
    weight = dict(zip(shape.constrained("global"), ceiling.weights, strict=True))
    orbits = [[orbit_of(q, v) for v in paths] for q in paths]
    sizes = {o: sum(row.count(o) for row in orbits) for o in weight}
    assert min(sizes.values()) > 0
    total = sum(ceiling.weights)
    weights = np.array([[weight[o] / sizes[o] / total for o in row] for row in orbits])
    diagonal = np.array(
        [
            ceiling.diagonal[kind * shape.n_types + s] / shape.n_nodes[s] / total
            for kind in (0, 1)
            for s in map(type_of, paths)
        ]
    )
    bound = margin_upper_bound(tree_of(shape).relevance, weights, diagonal)
    assert bound == pytest.approx(ceiling.upper, abs=1e-6)


@pytest.mark.parametrize("notion", NOTIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_factors_make_an_embedding_of_that_margin(shape, notion):
    ceiling = tree_ceiling(shape, notion=notion)
    certificate = certify(embedding_of(ceiling), tree_of(shape), notion=notion, threads=1)
    assert certificate.normalized_margin_lower_bound == pytest.approx(ceiling.lower, abs=1e-6)
    assert certificate.normalized_margin_lower_bound <= ceiling.upper


def embedding_of(ceiling):
    """Simplices of siblings times the rows of the factors, as the statement has it."""
    paths = paths_of(ceiling.shape)
    queries, documents = (
        np.array([np.concatenate(list(parts_of(ceiling, kind, path))) for path in paths])
        for kind in (0, 1)
    )
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    documents /= np.linalg.norm(documents, axis=1, keepdims=True)
    matches = np.array([[is_match(orbit_of(q, v)) for v in paths] for q in paths])
    scores = queries @ documents.T
    threshold = float(scores[matches].min() + scores[~matches].max()) / 2
    return DualEmbedding(queries, documents, threshold=threshold, construction="test")


def parts_of(ceiling, kind, path):
    """A node's coordinates, block by block: simplex vertex (in its family) times factor."""
    shape, steps = ceiling.shape, dict(path)
    for (b, types), factor in zip(shape.blocks.items(), ceiling.factors, strict=True):
        w = shape.counts[b]
        families = [p for p in paths_of(shape) if type_of(p) == max(shape.parents[b], 0)]
        part = np.zeros((len(families), w, len(factor[0])))
        if type_of(path) in types:
            row = np.array(factor[kind * len(types) + types.index(type_of(path))]) / 2**44
            vertex = (np.eye(w) - 1 / w)[steps[b]] * math.sqrt(w / (w - 1)) if b else np.ones(1)
            family = path[: len(shape.paths[b]) - 2] if b else ()
            part[families.index(family)] = np.outer(vertex, row)
        yield part.ravel()


@pytest.mark.parametrize("shape", [(2, 3), (2, 4), (3, 3), (1, 6)], ids=str)
def test_the_solver_of_the_full_programme_finds_the_same(shape):
    full = sdp_optimum(perfect_tree(*shape).relevance)
    ceiling = perfect_tree_ceiling(*shape)
    assert full.margin <= ceiling.upper
    assert ceiling.lower <= full.dual_bound


@pytest.mark.parametrize("shape", [(2, 12), (50, 6), (math.inf, 10), (10**9, 8)], ids=str)
def test_large_trees_are_solved_to_seven_digits(shape):
    ceiling = perfect_tree_ceiling(*shape)
    assert verify(ceiling)
    assert 0 <= ceiling.upper - ceiling.lower < 1e-6


def test_more_branching_and_more_levels_lower_the_ceiling_towards_the_limit():
    for n_levels in range(2, 7):
        uppers = [perfect_tree_ceiling(w, n_levels).lower for w in (1, 2, 3, 10, 1000)]
        limit = perfect_tree_ceiling(math.inf, n_levels)
        assert uppers == sorted(uppers, reverse=True)
        assert limit.lower < uppers[-1] + 1e-6 < limit.upper + 1e-3
        assert limit.lower > 1 / (2 * math.sqrt(n_levels))  # what any sets of H documents have
        assert perfect_tree_ceiling(math.inf, n_levels + 1).upper < limit.lower


@given(branchings=st.lists(st.sampled_from([1, 2, 3, 7, math.inf]), min_size=1, max_size=4))
@share(1 / 4)
def test_every_symmetric_tree_has_both_certificates(branchings):
    by_notion = {n: symmetric_tree_ceiling(branchings, notion=n) for n in NOTIONS}
    for ceiling in by_notion.values():
        assert verify(ceiling)
        assert 0 <= ceiling.upper - ceiling.lower < 1e-6
    assert by_notion["global"].lower <= by_notion["row"].upper


def test_certificates_that_do_not_prove_it_are_refused():
    good = perfect_tree_ceiling(2, 3)
    assert verify(good)
    assert not verify(replace(good, upper=good.upper - 1e-6))
    assert not verify(replace(good, lower=good.lower + 1e-6))
    assert not verify(replace(good, diagonal=tuple(y - 2**20 for y in good.diagonal)))
    assert not verify(replace(good, weights=(-1, *good.weights[1:])))
    assert not verify(replace(good, weights=(0,) * len(good.weights)))
    assert not verify(replace(good, weights=good.weights[1:]))
    zero = tuple(tuple((0,) * len(row) for row in factor) for factor in good.factors)
    assert not verify(replace(good, factors=zero))
    assert not verify(replace(good, shape=TreeShape.symmetric((3, 3))))


@given(
    weights=st.lists(st.integers(0, 9), min_size=5, max_size=5),
    diagonal=st.lists(st.integers(0, 12), min_size=4, max_size=4),
)
def test_no_multipliers_bound_below_the_optimum(weights, diagonal):
    """The root and two leaves: 0.60745 is attained, so nothing true is below."""
    bound = upper_bound(TreeShape.symmetric((2,)), "global", weights, diagonal)
    assert bound is None or bound > Fraction(60745, 100000)


@given(size=st.integers(1, 5), shift=st.integers(0, 12), seed=st.integers(0, 10**6))
def test_definiteness_in_integers(size, shift, seed):
    half = np.random.default_rng(seed).integers(-4, 5, size=(size, size))
    matrix = half + half.T + shift * np.eye(size, dtype=int)
    least = np.linalg.eigvalsh(matrix)[0]
    if abs(least) > 1e-9:
        assert is_positive_definite(tuple(map(tuple, matrix.tolist()))) == (least > 0)


def test_trees_that_are_none_are_refused():
    with pytest.raises(ConstructionError, match="n_levels must be at least 2"):
        perfect_tree_ceiling(2, 1)
    with pytest.raises(ConstructionError, match=r"got 0 at level 2"):
        symmetric_tree_ceiling((2, 0))
    with pytest.raises(ConstructionError, match=r"got 2\.5 at level 1"):
        symmetric_tree_ceiling((2.5,))
    with pytest.raises(ConstructionError, match="at least 2 levels"):
        symmetric_tree_ceiling(())
    with pytest.raises(ConstructionError, match="got 2 at type 1"):
        TreeShape((-1, 2, 0), (1, 1, 1))
    with pytest.raises(ConstructionError, match="a single root"):
        TreeShape((-1, 0), (2, 1))


@share(1 / 6)
@given(hierarchy=hierarchies())
def test_no_embedding_of_a_hierarchy_exceeds_its_subtrees_ceiling(hierarchy):
    if hierarchy.n_levels == 1:
        with pytest.raises(ConstructionError, match="some node must be above another"):
            subtree_ceiling(hierarchy)
        return
    found = subtree_ceiling(hierarchy)
    assert verify(found.ceiling)
    assert is_subtree(hierarchy, found.ceiling.shape, found.nodes)
    if hierarchy.n_nodes <= 20:
        assert sdp_optimum(hierarchy.relevance).margin <= found.ceiling.upper


def test_a_perfect_tree_is_found_in_itself():
    found = subtree_ceiling(perfect_tree(3, 4))
    assert found.ceiling.shape == TreeShape.symmetric((3, 3, 3))
    assert found.nodes[2] == tuple(range(4, 13))


def test_a_chain_has_the_ceiling_of_its_longest_part_that_is_tried():
    found = subtree_ceiling(random_tree(9, shape="chain"))
    assert found.ceiling.upper == pytest.approx(perfect_tree_ceiling(1, 7).upper, abs=1e-6)
    caterpillar = random_tree(12, shape="caterpillar")
    assert subtree_ceiling(caterpillar).ceiling.upper < perfect_tree_ceiling(1, 7).lower


def test_relations_that_are_not_that_of_a_tree():
    tree, shape = perfect_tree(2, 3), TreeShape.symmetric((2, 2))
    assert is_subtree(tree, shape, [[0], [1, 2], [3, 4, 5, 6]])
    assert not is_subtree(tree, shape, [[0], [1, 2], [3, 5, 4, 6]])
    assert not is_subtree(tree, TreeShape.symmetric((2,)), [[0], [3, 3]])
    assert not is_subtree(tree, TreeShape.symmetric((3,)), [[0], [1, 2]])
    assert is_subtree(tree, TreeShape((-1, 0, 0, 1), (1, 1, 2, 1)), [[0], [1], [5, 6], [3]])
    diamond = Hierarchy(list("abcd"), [(1, 0), (2, 0), (3, 1), (3, 2)])
    assert not is_subtree(diamond, TreeShape((-1, 0, 0, 1), (1, 1, 1, 1)), [[0], [1], [2], [3]])


def test_a_hierarchy_has_a_ceiling():
    """That of all nouns, 0.2662, is the claim `subtree-ceiling`, found and verified like this."""
    mammals = load("wordnet-mammals")
    found = subtree_ceiling(mammals)
    assert verify(found.ceiling)
    assert found.ceiling.upper < 0.2930
    assert is_subtree(mammals, found.ceiling.shape, found.nodes)


PRINTED = {
    (20, 2): 0.7647,
    (240, 2): 0.7116,
    (82115, 2): 0.7071,
    (82115, 10): 0.3162,
    (82115, 35): 0.1691,
}


@pytest.mark.parametrize(("m", "k"), PRINTED, ids=str)
def test_numbers_of_the_closed_form(m, k):
    assert round(subsets_full_gap(m, k), 4) == PRINTED[m, k]
    assert 2 * subsets_ceiling(m, k) == subsets_full_gap(m, k)
    assert 0 <= Fraction(subsets_ceiling(m, k)) ** 2 - subsets_ceiling_squared(m, k) < 2**-50


def simplex(m):
    """The vertices in m coordinates, which sum to zero."""
    return (np.eye(m) - 1 / m) * math.sqrt(m / (m - 1))


@pytest.mark.parametrize(("m", "k"), [(3, 1), (5, 2), (6, 3), (6, 5)])
def test_the_simplex_attains_the_closed_form(m, k):
    relevance = Relevance.from_sets(combinations(range(m), k), m)
    documents = simplex(m)
    queries = np.array([documents[list(s)].sum(axis=0) for s in combinations(range(m), k)])
    scores = queries[0] @ documents.T
    threshold = (scores[0] + scores[-1]) / 2
    embedding = DualEmbedding(queries, documents, threshold=threshold, construction="simplex")
    ceiling = subsets_ceiling(m, k)
    for notion in NOTIONS:
        certificate = certify(embedding, relevance, notion=notion, threads=1)
        assert certificate.normalized_margin_lower_bound == pytest.approx(ceiling, rel=1e-9)
        assert certificate.normalized_margin_lower_bound <= ceiling
    optimum = sdp_optimum(relevance)
    assert optimum.margin <= ceiling <= optimum.dual_bound + 1e-12
    assert np.linalg.matrix_rank(documents) == m - 1


def test_subsets_that_are_none_are_refused():
    for m, k in ((3, 0), (3, 3), (1, 1)):
        with pytest.raises(ConstructionError, match="k must be from 1 to n_documents - 1"):
            subsets_ceiling(m, k)


def test_random_trees_have_ceilings_above_the_limit():
    """A tree with H levels has at least the limit's margin, so its ceiling is not below."""
    for seed in range(3):
        tree = random_tree(60, seed=seed)
        found = subtree_ceiling(tree)
        assert found.ceiling.upper >= perfect_tree_ceiling(math.inf, tree.n_levels).lower
