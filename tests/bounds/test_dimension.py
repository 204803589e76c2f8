"""Lower bounds on the dimension: against brute force, exact sign ranks and planted structures."""

import math
from fractions import Fraction
from itertools import combinations, permutations, product

import mpmath as mp
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.linalg import hadamard
from scipy.optimize import linprog

from hrgeom import Relevance, certify
from hrgeom.bounds.ceilings import subtree_ceiling
from hrgeom.bounds.lower import (
    forster,
    largest_halved_sets,
    largest_shattered_sets,
    radon_dimension,
    radon_dimension_exactly,
    signed_identity,
    squared_norm_bound,
)
from hrgeom.constructions import moment_curve
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.datasets import load, perfect_tree, random_tree
from hrgeom.errors import ConstructionError, HrgeomError
from hrgeom.testing import hierarchies, relevances

WORK = 20_000_000  # that of the table
THEOREMS = (signed_identity, largest_shattered_sets, forster, largest_halved_sets)


def table(relevance):
    """The relevance as a matrix of booleans."""
    matches = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
    for q in range(relevance.n_queries):
        matches[q, relevance.matches(q)] = True
    return matches


def of_table(matches):
    return Relevance.from_sets([set(np.flatnonzero(row)) for row in matches], matches.shape[1])


def patterns(matches, columns):
    return {tuple(row) for row in matches[:, list(columns)].tolist()}


def is_shattered(matches, columns):
    return len(patterns(matches, columns)) == 2 ** len(columns)


def is_halved(matches, columns, *, whole):
    """Every cut in two, the trivial one too if `whole`, by one of its two halves."""
    seen = patterns(matches, columns)
    for pattern in product((False, True), repeat=len(columns)):
        opposite = tuple(not x for x in pattern)
        if not (pattern in seen or opposite in seen or (not whole and len(set(pattern)) == 1)):
            return False
    return True


def largest(matches, has):
    """The most columns that have a property, looking at all sets of columns."""
    n = matches.shape[1]
    sizes = [t for t in range(n + 1) if any(has(matches, c) for c in combinations(range(n), t))]
    return max(sizes, default=0)


def ranks_on_a_line(matches):
    """Whether one dimension and row thresholds are enough: every set a beginning or an end."""
    for order in permutations(range(matches.shape[1])):
        steps = np.diff(matches[:, list(order)].astype(int), axis=1)
        if (np.count_nonzero(steps, axis=1) <= 1).all():
            return True
    return False


def sign_rank_is_at_most_two(matches):
    """Turn documents into one half plane by signs, and put them in the order of their angles: a
    query's signs then change once at most."""
    n = matches.shape[1]
    signs = np.where(matches, 1, -1)
    for flips in product((1, -1), repeat=n - 1):
        turned = signs * np.array((1, *flips))
        for order in permutations(range(n)):
            if (np.count_nonzero(np.diff(turned[:, list(order)]), axis=1) <= 1).all():
                return True
    return False


@share(2 / 3)
@given(relevances(max_queries=9, max_documents=5))
def test_shattered_sets_are_the_largest(relevance):
    matches = table(relevance)
    found = largest_shattered_sets(relevance)
    assert found.documents_complete
    assert found.queries_complete
    assert is_shattered(matches, found.documents)
    assert is_shattered(matches.T, found.queries)
    assert len(found.documents) == largest(matches, is_shattered)
    assert len(found.queries) == largest(matches.T, is_shattered)
    for p, (q, v) in enumerate(zip(found.by_queries, found.by_documents, strict=False)):
        bits = [bool(p >> i & 1) for i in range(len(found.documents))]
        assert matches[q, list(found.documents)].tolist() == bits
        bits = [bool(p >> i & 1) for i in range(len(found.queries))]
        assert matches[list(found.queries), v].tolist() == bits


@share(2 / 3)
@given(relevances(max_queries=9, max_documents=5))
def test_halved_sets_are_the_largest(relevance):
    matches = table(relevance)
    found = largest_halved_sets(relevance)
    assert found.documents_complete
    assert found.queries_complete
    assert is_halved(matches, found.documents, whole=found.with_whole)
    assert len(found.documents) == largest(matches, lambda m, c: is_halved(m, c, whole=False))
    assert len(found.queries) == largest(matches.T, lambda m, c: is_halved(m, c, whole=True))


@share(2 / 3)
@given(relevances(max_queries=6, max_documents=6))
def test_blocks_are_found_where_there_are_any(relevance):
    matches = table(relevance)
    found = signed_identity(relevance)
    block = matches[np.ix_(found.queries, found.documents)]
    assert np.array_equal(block, np.eye(len(block), dtype=bool))
    if found.common_document is not None:
        assert matches[list(found.queries), found.common_document].all()
    if found.common_query is not None:
        assert matches[found.common_query, list(found.documents)].all()
    pairs = [(q, v) for q, v in zip(*np.nonzero(matches), strict=True)]
    apart = {
        (a, b) for a, b in combinations(pairs, 2) if not matches[a[0], b[1]] | matches[b[0], a[1]]
    }
    triples = [(a, b, c) for (a, b) in apart for c in pairs if (a, c) in apart and (b, c) in apart]
    assert (found.row == 2) == bool(triples)
    if triples and found.threshold_zero == 2:  # no common vector, and no block of four
        for triple in triples:
            queries, documents = (list(x) for x in zip(*triple, strict=True))
            assert not matches[queries].all(axis=0).any()
            assert not matches[:, documents].all(axis=1).any()


@given(relevances(max_queries=7, max_documents=5))
def test_bounds_against_exact_dimensions(relevance):
    """One dimension with row thresholds, one and two with threshold 0, decided by trying all."""
    matches = table(relevance)
    signs = np.where(matches, 1, -1)
    is_rank_one = all((row == signs[0]).all() or (row == -signs[0]).all() for row in signs)
    for theorem in THEOREMS:
        bound = theorem(relevance)
        assert 1 <= bound.row <= bound.any_threshold
        if bound.row > 1:
            assert not ranks_on_a_line(matches), theorem
        zero = getattr(bound, "threshold_zero", bound.any_threshold)
        if zero > 1:
            assert not is_rank_one, theorem
        if zero > 2:
            assert not sign_rank_is_at_most_two(matches), theorem


@share(5 / 12)
@given(st.one_of(relevances(8, 8), hierarchies().map(lambda h: h.relevance)))
def test_bounds_are_below_what_is_certified(relevance):
    ranking = moment_curve(relevance, notion="row")
    zero, one = interval(relevance, dtype="float64"), half_plane(relevance)
    assert certify(zero, relevance).holds
    assert certify(one, relevance).holds
    is_ranking = certify(ranking, relevance, notion="row").holds  # unless float64 rounds too much
    for theorem in THEOREMS:
        bound = theorem(relevance)
        assert getattr(bound, "threshold_zero", 1) <= zero.dim
        assert getattr(bound, "normalized", 1) <= zero.dim
        assert bound.any_threshold <= one.dim
        assert not is_ranking or bound.row <= ranking.dim


def identity(n, *, common=False):
    return of_table(np.hstack((np.eye(n), np.ones((n, int(common))))).astype(bool))


@pytest.mark.parametrize(
    ("n", "common", "rank"), [(2, False, 1), (3, False, 2), (3, True, 3), (4, False, 3)]
)
def test_sign_ranks_of_identities(n, common, rank):
    """The signed identity of size 3 has sign rank 2; 3 takes a common vector or size 4."""
    relevance = identity(n, common=common)
    assert signed_identity(relevance).threshold_zero == rank
    assert sign_rank_is_at_most_two(table(relevance)) == (rank <= 2)


@pytest.mark.parametrize("t", [1, 2, 3, 4])
def test_all_subsets_are_tight(t):
    """Entries 1 and -1 on unit vectors, and simplices; the bounds meet them."""
    subsets = np.array(list(product((False, True), repeat=t)))
    found = largest_shattered_sets(of_table(subsets))
    assert (len(found.documents), found.any_threshold) == (t, t)
    signs = np.where(subsets, 1, -1)
    assert np.linalg.matrix_rank(signs) == t
    centered = signs - signs.mean(axis=1, keepdims=True)  # what one threshold a row may change
    if t > 1:
        assert found.row == max(t - 1, len(found.queries)) == np.linalg.matrix_rank(centered)
        assert largest_halved_sets(of_table(subsets)).row == t - 1
        assert largest_halved_sets(of_table(subsets)).threshold_zero == t


@pytest.mark.parametrize(("m", "k"), [(3, 1), (4, 2), (5, 2), (6, 2), (6, 3), (7, 6)])
def test_all_subsets_of_a_size(m, k):
    exactly = Relevance.from_sets(map(set, combinations(range(m), k)), m)
    sets = [set(c) for size in range(1, k + 1) for c in combinations(range(m), size)]
    # what halves of all documents say is never more than what all subsets say
    assert (
        largest_halved_sets(Relevance.from_sets(sets, m)).row
        <= radon_dimension(m, k)
        <= max(1, m - 1)
    )
    assert radon_dimension_exactly(m, k) <= radon_dimension(m, min(k, m - k))
    assert largest_halved_sets(exactly).row <= max(1, min(2 * k, m - 1))


def test_pairs_of_four_points_of_the_plane():
    """A triangle and a point inside: all pairs are cut off by lines, so min(2k, m - 1) is false."""
    points = np.array([[0, 1], [-1, -1], [1, -1], [0, 0.1]])
    for pair in combinations(range(4), 2):
        signs = np.where(np.isin(np.arange(4), pair), 1.0, -1.0)
        rows = -signs[:, None] * np.hstack((points, np.ones((4, 1))))
        assert linprog(np.zeros(3), rows, -np.ones(4), bounds=[(None, None)] * 3).success
    assert radon_dimension_exactly(4, 2) == 2 < radon_dimension(4, 2)


@share(2 / 3)
@given(
    hnp.arrays(
        np.int64, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(-9, 9)
    )
)
def test_squared_norm_by_high_precision(matrix):
    bound = squared_norm_bound(matrix)
    gram = matrix @ matrix.T
    with mp.workdps(40):
        values = mp.eigsy(mp.matrix(gram.tolist()), eigvals_only=True)
        exact = max(values)
        # eigenvalues to 1e-35: what the true one may exceed the computed one by
        assert mp.mpf(bound.numerator) / bound.denominator >= exact - mp.mpf(10) ** -30
        assert float(bound) <= float(exact) * (1 + 1e-5) + 1e-5
    assert bound <= Fraction(int((matrix**2).sum()))


@pytest.mark.parametrize("n", [4, 8, 16, 32])
def test_forster_of_hadamard_matrices(n):
    """Norm sqrt(n): the bound is sqrt(n), and is all Forster's theorem can say."""
    found = forster(of_table(hadamard(n) > 0))
    assert found.threshold_zero == math.isqrt(n - 1) + 1
    assert found.ratio == pytest.approx(math.sqrt(n), rel=1e-5)
    assert found.any_threshold == max(1, found.threshold_zero - 1)


@share(1 / 2)
@given(relevances(max_queries=8, max_documents=8))
def test_forster_says_no_more_than_its_block(relevance):
    found = forster(relevance)
    block = table(relevance)[np.ix_(found.queries, found.documents)]
    signs = np.where(block, found.match, -found.other).astype(float)
    norm = float(np.linalg.norm(signs, 2))
    exact = min(found.match, found.other) * math.sqrt(signs.size) / norm
    assert found.ratio <= exact * (1 + 1e-12)
    assert found.ratio >= exact * (1 - 1e-5)
    assert found.threshold_zero <= np.linalg.matrix_rank(signs)


def among_others(matches, n_queries=300, n_documents=200, seed=0):
    """The relation in the lower right corner of a random sparse one."""
    rng = np.random.default_rng(seed)
    whole = rng.random((n_queries, n_documents)) < 0.02
    n, m = matches.shape
    whole[-n:, -m:] = matches
    return of_table(whole)


def test_planted_structures_are_found():
    shattered = np.array(list(product((False, True), repeat=5)))
    relevance = among_others(shattered)
    assert len(largest_shattered_sets(relevance, work=WORK).documents) >= 5
    halves = shattered[: len(shattered) // 2]  # one half of every cut, and the empty set
    found = largest_halved_sets(among_others(halves), work=WORK)
    assert len(found.documents) >= 5
    assert found.row >= 4
    found = largest_shattered_sets(among_others(shattered.T), work=WORK)
    assert len(found.queries) >= 5
    assert found.row >= 5
    planted = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]], dtype=bool)
    dense = np.ones((60, 60), dtype=bool)  # 3,600 pairs: the search is greedy
    dense[-3:, :] = dense[:, -4:] = False
    dense[-3:, -4:] = planted
    assert signed_identity(of_table(dense)).threshold_zero == 3
    assert forster(among_others(hadamard(16) > 0, 40, 40)).threshold_zero >= 3


@pytest.mark.parametrize(
    "tree", [perfect_tree(2, 6), perfect_tree(20, 3), random_tree(400, seed=1)]
)
def test_trees_take_two_and_three(tree):
    """Every tree with three leaves: two dimensions, three with threshold 0; half planes and
    interval covers have them."""
    found = signed_identity(tree.relevance)
    assert (found.row, found.any_threshold, found.threshold_zero, found.normalized) == (2, 2, 3, 3)
    assert half_plane(tree.relevance).dim == 2
    assert interval(tree.relevance, dtype="float64").dim == 3


def test_wordnet():
    """Weak: 4 with row thresholds, 5 with threshold 0, where 11 are certified."""
    relevance = load("wordnet").relevance
    found = largest_shattered_sets(relevance, work=WORK)
    assert (found.row, found.any_threshold) == (3, 4)
    rows = [set(relevance.matches(q).tolist()) for q in found.by_queries]
    assert len({frozenset(row.intersection(found.documents)) for row in rows}) == 16
    found = largest_halved_sets(relevance, work=WORK)
    assert (found.row, found.threshold_zero) == (4, 5)
    assert signed_identity(relevance).normalized == 3


@pytest.mark.parametrize("bound", [radon_dimension, radon_dimension_exactly])
@pytest.mark.parametrize(("m", "k"), [(3, 0), (3, 4), (0, 0)])
def test_sizes_out_of_range(bound, m, k):
    with pytest.raises(HrgeomError, match=f"got k = {k}, m = {m}"):
        bound(m, k)


def test_levels_out_of_range():
    with pytest.raises(ConstructionError, match="most_levels must be at least 2: got 1"):
        subtree_ceiling(perfect_tree(2, 3), most_levels=1)
