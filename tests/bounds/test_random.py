"""Random directions: the exact law by other routes, the bounds, and what simulation finds."""

import math

import mpmath as mp
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from hrgeom.bounds.random import (
    compressed_dim,
    compressed_rows,
    failure_probability,
    kept_margin,
    n_wrong_pairs,
    ranking_dim,
)
from hrgeom.bounds.random._expected_errors import least_dim, log_wrong_of_rows, wrong_pairs
from hrgeom.bounds.random._score_distribution import log_score_cdf, score_cdf
from hrgeom.bounds.random._theorem_3_1 import (
    random_rows_dim,
    theorem_3_1_dim,
    theorem_3_1_dim_of,
    theorem_3_1_failure,
    theorem_3_1_threshold,
    theorem_3_1_tree_dim,
)
from hrgeom.constructions.queries import gaussian_centroid
from hrgeom.core import Relevance
from hrgeom.datasets import perfect_tree, random_dag, random_subsets
from hrgeom.errors import ConstructionError, ShapeError
from hrgeom.testing import hierarchies, relevances

TREE = perfect_tree(2, 5).relevance


def density(d, rho, x):
    """Hotelling's form of the density of the sample correlation, in x = atanh(score)."""
    half = mp.mpf(1) / 2
    constant = (d - 1) * mp.gamma(d) / mp.sqrt(2 * mp.pi) / mp.gamma(d + half)
    constant *= (1 - rho**2) ** (half / 2) * mp.sqrt(mp.cosh(x))
    series = mp.hyp2f1(half, half, d + half, (1 + rho * mp.tanh(x)) / 2)
    return constant * mp.cosh(x - mp.atanh(rho)) ** (half - d) * series


@pytest.mark.parametrize(
    ("d", "rho", "level"),
    [(5, 0.7, -0.5), (50, 0.4, 0.1), (2048, 0.169, 0.01), (2048, 0.169, -0.1), (2048, 0.707, 0.3)],
)
def test_law_of_matches_by_high_precision_quadrature(d, rho, level):
    with mp.workdps(30):
        end, step = mp.atanh(mp.mpf(level)), 1 / mp.mpf(d)
        places = [end - i * step for i in (200, 100, 60, 40, 20, 10, 5, 2, 1, 0)]
        exact = mp.quad(lambda x: density(d, mp.mpf(rho), x), places)
        assert abs(float(mp.log(exact)) - log_score_cdf(d, rho, level)) < 1e-10


@pytest.mark.parametrize(("d", "k", "level"), [(5, 2, 0.1), (50, 7, -0.2), (500, 35, 0.05)])
def test_law_of_matches_is_a_mixed_noncentral_t(d, k, level):
    t = level * math.sqrt(d - 1) / math.sqrt(1 - level**2)

    def mixed(u):
        return stats.chi.pdf(u, d) * stats.nct.cdf(t, d - 1, u / math.sqrt(k - 1))

    low, high = max(0, math.sqrt(d) - 8), math.sqrt(d) + 8
    expected, _ = integrate.quad(mixed, low, high, epsabs=0, limit=200)
    assert float(score_cdf(d, 1 / math.sqrt(k), level)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("d", [2, 3, 10, 500, 20_000])
def test_law_of_non_matches_is_a_beta_law(d):
    t = np.array([0, 1e-6, 0.01, 0.05, 0.1, 0.3, 0.9, 0.999]) / math.sqrt(d / 2)
    exact = special.betainc((d - 1) / 2, (d - 1) / 2, (1 - t) / 2)
    assert score_cdf(d, 0.0, -t) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize(("d", "k"), [(2, 3), (4, 2), (40, 5)])
def test_law_of_matches_by_simulation(d, k):
    rng = np.random.default_rng(d)
    g = rng.standard_normal((20_000, k, d))
    c = g.sum(axis=1)
    scores = (g[:, 0] * c).sum(axis=1)
    scores /= np.linalg.norm(g[:, 0], axis=1) * np.linalg.norm(c, axis=1)
    law = stats.ks_1samp(scores, lambda z: score_cdf(d, 1 / math.sqrt(k), np.clip(z, -1, 1)))
    assert law.pvalue > 1e-3


@given(
    d=st.integers(2, 3000),
    rho=st.floats(-0.99, 0.99),
    level=st.floats(-0.99, 0.99),
)
def test_law_is_monotone_mirrored_and_below_the_bounds(d, rho, level):
    p = float(score_cdf(d, rho, level))
    assert 0 <= p <= 1
    assert p + float(score_cdf(d, -rho, -level)) == pytest.approx(1, abs=1e-9)
    assert p <= float(score_cdf(d, rho, min(level + 0.01, 1.0))) + 1e-12
    if level < rho:  # the lemma of the compression theorem
        bound = -(d - 1) * math.log(math.cosh(math.atanh(rho) - math.atanh(level)))
        assert float(log_score_cdf(d, rho, level)) <= bound + 1e-9
    if 0 <= level < rho:  # the lemma of Theorem 3.1
        bound = d / 2 * math.log1p(-((rho - level) ** 2))
        assert float(log_score_cdf(d, rho, level)) <= bound + 1e-9


def test_law_at_its_ends():
    assert score_cdf(3, 1.0, [0.5, 1.0]).tolist() == [0, 1]
    assert score_cdf(3, [-1.0, 0.3], -1.0).tolist() == [1, 0]
    assert score_cdf(3, 0.3, 1.0) == 1
    for arguments in ((1, 0.0, 0.0), (3, 1.5, 0.0), (3, 0.0, math.nan)):
        with pytest.raises(ConstructionError):
            score_cdf(*arguments)


@pytest.mark.parametrize(
    ("m", "d", "k", "eps"),
    [(100, 30, 3, 0.0), (100, 60, 3, 0.1), (1000, 300, 10, 0.05), (82115, 2048, 35, 0.0)],
)
def test_wrong_matches_of_rows_by_quadrature(m, d, k, eps):
    def meet(y):
        tail = special.betainc((d - 1) / 2, (d - 1) / 2, (1 - np.tanh(y)) / 2)
        best = (m - k) * np.exp(
            (m - k - 1) * np.log1p(-tail)
            - (d - 1) * np.log(np.cosh(y))
            - special.betaln(0.5, (d - 1) / 2)
        )
        return best * float(score_cdf(d, 1 / math.sqrt(k), min(np.tanh(y) + 2 * eps, 1)))

    expected, _ = integrate.quad(meet, 0, 4, points=[0.05, 0.1, 0.5], limit=400, epsabs=0)
    found = np.exp(log_wrong_of_rows(m, d, np.array([k]), eps)[0])
    assert found == pytest.approx(k * expected, rel=1e-6)


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("eps", [0.0, 0.03])
@pytest.mark.parametrize(
    "relevance", [TREE, random_subsets(12, 20, 2), Relevance.from_sets([{0}, {0, 1, 2}, set()], 4)]
)
def test_expected_and_failures_agree_with_simulation(relevance, eps, notion):
    at = least_dim(relevance, delta=0.6, eps=eps, notion=notion).at_dim
    wrong = np.array([n_wrong_pairs(relevance, at, seed) for seed in range(1500)])
    error = wrong.std(ddof=1) / math.sqrt(len(wrong))
    assert abs(wrong.mean() - at.expected) < 4 * error
    p = failure_probability(relevance, at, n_draws=300)
    frequency = (wrong > 0).mean()
    error = math.hypot(p.standard_error, math.sqrt(p.estimate * (1 - p.estimate) / len(wrong)))
    assert abs(frequency - p.estimate) < 4 * error
    assert p.lower <= p.estimate + 4 * p.standard_error
    assert p.estimate <= p.upper + 4 * p.standard_error


def test_counts_agree_with_the_definition():
    relevance = random_dag(25, seed=3).relevance
    embedding = gaussian_centroid(relevance, dim=20, dtype="float64", seed=7)
    scores = embedding.queries @ embedding.documents.T
    is_match = np.zeros(scores.shape, dtype=bool)
    for query in range(relevance.n_queries):
        is_match[query, relevance.matches(query)] = True
    at = wrong_pairs(relevance, 20, threshold=0.3, eps=0.05)
    many = relevance.n_matches[:, None] > 1
    low = (is_match & many & (scores < 0.35)).sum()
    assert n_wrong_pairs(relevance, at, 7) == low + (~is_match & (scores > 0.25)).sum()
    best = np.where(is_match, -2, scores).max(axis=1, keepdims=True)
    row = wrong_pairs(relevance, 20, eps=0.05, notion="row")
    assert n_wrong_pairs(relevance, row, 7) == (is_match & (scores < best + 0.1)).sum()


@share(1 / 4)
@given(hierarchy=hierarchies(), notion=st.sampled_from(["global", "row"]))
def test_least_dim_is_least_and_below_the_closed_forms(hierarchy, notion):
    relevance = hierarchy.relevance
    least = least_dim(relevance, delta=0.3, notion=notion)
    assert least.at_dim.expected <= 0.3
    assert least.below is None or least.below.expected > 0.3
    assert least.below is None or least.below.dim == least.dim - 1
    assert least.dim <= max(2, theorem_3_1_dim_of(relevance, delta=0.3))
    if notion == "row":
        sizes = relevance.max_matches, relevance.n_documents, relevance.n_queries
        assert least.dim <= max(2, random_rows_dim(*sizes, delta=0.3))


@share(5 / 12)
@given(relevance=relevances(), dim=st.integers(2, 200))
def test_best_threshold_is_best_and_any_relevance_will_do(relevance, dim):
    best = wrong_pairs(relevance, dim)
    assert 0 <= best.expected <= relevance.n_queries * relevance.n_documents
    high = 1 / math.sqrt(max(1, relevance.max_matches))
    for fraction in (0.1, 0.3, 0.5, 0.7, 0.9):
        other = wrong_pairs(relevance, dim, threshold=fraction * high)
        assert best.expected <= other.expected * (1 + 1e-6) + 1e-300
    row = wrong_pairs(relevance, dim, notion="row")
    assert 0 <= row.expected <= relevance.n_pairs * (1 + 1e-9)


def test_wordnet_sizes():
    """The histogram alone counts; s = 35 and the sizes of WordNet nouns."""
    assert theorem_3_1_dim(35, 82115, 82115) == math.ceil(280 * math.log(82115**2 / 0.5))
    assert random_rows_dim(35, 82115, 82115) == math.ceil(140 * math.log(82115**2 * 35 / 0.5))
    assert theorem_3_1_dim(35, 82115, 82115, eps=1 / (4 * math.sqrt(35))) == math.ceil(
        1120 * math.log(82115**2 / 0.5)
    )


@pytest.mark.parametrize(("branching", "n_levels"), [(2, 1), (2, 6), (5, 4), (10, 3)])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_theorem_on_perfect_trees(branching, n_levels, share):
    tree = perfect_tree(branching, n_levels)
    eps = share * theorem_3_1_threshold(n_levels)
    general = theorem_3_1_dim_of(tree.relevance, eps=eps, delta=0.2)
    assert general <= theorem_3_1_tree_dim(branching, n_levels, eps=eps, delta=0.2)
    sizes = n_levels, tree.n_nodes, tree.n_nodes
    assert theorem_3_1_failure(*sizes, general, eps=eps) <= 0.2
    exact = wrong_pairs(
        tree.relevance, max(2, general), threshold=theorem_3_1_threshold(n_levels), eps=eps
    )
    assert exact.expected <= theorem_3_1_failure(*sizes, max(2, general), eps=eps)


def test_theorem_on_seeds():
    """At delta = 1/2 the bound leaves much room: hardly a seed of 40 may fail at its threshold."""
    relevance = perfect_tree(3, 3).relevance
    dim, threshold = theorem_3_1_dim_of(relevance), theorem_3_1_threshold(3)
    at = wrong_pairs(relevance, dim, threshold=threshold)
    failures = sum(n_wrong_pairs(relevance, at, seed) > 0 for seed in range(40))
    assert stats.binomtest(failures, 40, 0.5, alternative="greater").pvalue > 1e-3
    assert failures <= 40 * at.expected + 8


def test_compression_of_orthonormal_documents_is_algorithm_1():
    relevance = random_dag(20, seed=1).relevance
    sets = np.zeros((20, 20))
    sets[np.repeat(np.arange(20), relevance.n_matches), relevance.indices] = 1
    queries, documents = compressed_rows(sets, np.eye(20), 30, seed=5)
    embedding = gaussian_centroid(relevance, dim=30, dtype="float64", seed=5)
    assert np.allclose(queries, embedding.queries)
    assert np.allclose(documents, embedding.documents)
    s = relevance.max_matches
    closed = theorem_3_1_dim(s, 20, 20, delta=0.1)
    assert compressed_dim(20, 20, 1 / (2 * math.sqrt(s)), delta=0.1) <= closed + 1


@pytest.mark.parametrize("rho", [-0.8, -0.1, 0.5])
def test_projected_scores_have_the_exact_law(rho):
    q, x = np.array([[1.0, 0.0]]), np.array([[rho, math.sqrt(1 - rho**2)]])
    scores = []
    for seed in range(3000):
        a, b = compressed_rows(q, x, 6, seed=seed)
        scores.append(float(a[0] @ b[0]))
    law = stats.ks_1samp(scores, lambda z: score_cdf(6, rho, np.clip(z, -1, 1)))
    assert law.pvalue > 1e-3


def test_compression_keeps_the_margin():
    """Unit vectors with margin 1/2: at delta = 1/2, most of 60 seeds keep half of it."""
    queries, documents = np.eye(8), np.eye(8)  # matches 1, others 0
    dim = compressed_dim(8, 8, 0.5, eta=0.5, delta=0.5)
    kept = 0
    for seed in range(60):
        q, x = compressed_rows(queries, documents, dim, seed=seed)
        off = (q @ x.T)[~np.eye(8, dtype=bool)]
        kept += off.max() <= 0.25
    assert stats.binomtest(kept, 60, 0.5, alternative="less").pvalue > 1e-3
    x = (0.5 * 0.5) ** 2 / 4
    assert dim == 1 + math.ceil(math.log(64 / 0.5) / math.log((1 + x) / (1 - x)))
    assert dim <= 1 + math.ceil(2 * math.log(64 / 0.5) / 0.25**2)


@pytest.mark.parametrize("m", [1, 2, 300, 10**6])
@pytest.mark.parametrize("margin", [0.05, 0.3, 1.0])
def test_dimensions_by_gordon_are_least_and_margins_grow_with_them(m, margin):
    """By high precision, with the mean length's lower bound d/sqrt(d + 1)."""
    with mp.workdps(40):
        width = mp.sqrt(2 * mp.log(m)) / mp.mpf(margin)
        dim = ranking_dim(m, margin)
        assert dim / mp.sqrt(dim + 1) > width
        assert dim == 1 or (dim - 1) / mp.sqrt(dim) <= width * (1 + mp.mpf(10) ** -9)
    kept = [kept_margin(m, margin, d) for d in (1, dim, 4 * dim, 100 * dim, 10**9)]
    assert kept == sorted(kept)
    assert 0.98 * margin < kept[-1] < margin
    eta = 0.5
    enough = math.ceil(2 * math.log(2 * m) / (eta * margin) ** 2)
    closed = margin * (math.sqrt(enough / (enough + 1)) - eta) / (1 + eta * margin)
    assert kept_margin(m, margin, enough) >= closed * (1 - 1e-12)


def test_a_projection_keeps_what_gordon_promises():
    """With queries found anew: the nearest points of the hulls of signed documents."""
    rng = np.random.default_rng(0)
    m, dim, k = 60, 400, 2
    margin = 1 / (2 * math.sqrt(k) + 1)
    a, b = math.sqrt(1 - margin), math.sqrt(margin)
    documents = np.column_stack((a * np.eye(m), np.full(m, b)))
    sets = [set(rng.choice(m, k, replace=False).tolist()) for _ in range(30)]
    promise = kept_margin(m, margin, dim)
    assert promise > 0.05
    projected = documents @ rng.standard_normal((m + 1, dim))
    projected /= np.linalg.norm(projected, axis=1, keepdims=True)
    signs = np.where([[v in s for v in range(m)] for s in sets], 1.0, -1.0)
    kept = [_distance_from_hull(row[:, None] * projected) for row in signs]
    assert min(kept) >= promise


def _distance_from_hull(points):
    """The margin at the nearest point found by Frank and Wolfe: at most the distance."""
    weights = np.full(len(points), 1 / len(points))
    nearest = weights @ points
    for _ in range(3000):
        i = int((points @ nearest).argmin())
        toward = points[i] - nearest
        step = min(1.0, max(0.0, -(nearest @ toward) / (toward @ toward)))
        nearest = nearest + step * toward
    return float((points @ nearest).min() / np.linalg.norm(nearest))


@pytest.mark.parametrize(
    ("function", "arguments", "options"),
    [
        (theorem_3_1_dim, (0, 5, 5), {}),
        (theorem_3_1_dim, (4, 5, 5), {"eps": 0.25}),
        (theorem_3_1_dim, (4, 5, 5), {"delta": 0.0}),
        (theorem_3_1_tree_dim, (1, 4), {}),
        (theorem_3_1_failure, (4, 5, 5, 0), {}),
        (theorem_3_1_dim_of, (Relevance.from_sets([set()], 2),), {}),
        (least_dim, (TREE,), {"delta": 1.0}),
        (wrong_pairs, (TREE, 50), {"eps": 0.3}),
        (wrong_pairs, (TREE, 50), {"threshold": 1.5}),
        (wrong_pairs, (TREE, 50), {"threshold": 0.2, "notion": "row"}),
        (failure_probability, (TREE, wrong_pairs(TREE, 50)), {"n_draws": 1}),
        (compressed_dim, (3, 3, 0.0), {}),
        (compressed_dim, (0, 3, 0.5), {}),
        (kept_margin, (0, 0.5, 3), {}),
        (kept_margin, (3, 1.5, 3), {}),
        (kept_margin, (3, 0.5, 0), {}),
        (ranking_dim, (3, 0.0), {}),
        (compressed_rows, (np.eye(2), np.zeros((2, 2)), 3), {}),
        (compressed_rows, (np.eye(2), np.eye(2), 0), {}),
        (compressed_rows, (np.eye(2), np.eye(3), 2), {}),
    ],
)
def test_bad_input(function, arguments, options):
    with pytest.raises((ConstructionError, ShapeError), match="must"):
        function(*arguments, **options)


def test_nothing_can_be_wrong():
    everything = Relevance.from_sets([{0}], 1)
    assert least_dim(everything, notion="row").at_dim.expected == 0
    with pytest.raises(ConstructionError, match="able to be wrong"):
        failure_probability(everything, wrong_pairs(everything, 5))
