"""Each construction meets what it promises, on trees, forests, DAGs and any relevance."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from examples import share
from hypothesis import assume, given
from hypothesis import strategies as st

from hrgeom import Hierarchy, Relevance, certify, construct
from hrgeom.constructions import CONSTRUCTIONS, _registry, promises
from hrgeom.constructions._kraft_trie import kraft_trie, trie_promise
from hrgeom.constructions.covers import LaminarPalette
from hrgeom.constructions.intervals import interval
from hrgeom.constructions.queries import dual_frame, gaussian_centroid
from hrgeom.constructions.queries._dual_frame import expected_errors, least_dim
from hrgeom.datasets import TREE_SHAPES, perfect_tree, random_dag, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.testing import forests, hierarchies, relevances, trees

UNIT = {
    "float64": 2.0**-53,
    "float32": 2.0**-24,
    "float16": 2.0**-11,
    "bfloat16": 2.0**-8,
    "int8": 0.0,
}
anything = st.one_of(relevances(), hierarchies().map(lambda h: h.relevance))


def meets_its_promise(embedding, relevance):
    certificate = certify(embedding, relevance)
    assert certificate.holds, str(certificate)
    assert embedding.dim == embedding.promise["dim"]
    # Rounding three coordinates of unit rows moves a score by less than 4 u.
    promised = embedding.promise["margin"] * (1 - 1e-9) - 4 * UNIT[str(embedding.dtype)]
    both = relevance.n_matches.min() < relevance.n_documents and relevance.n_pairs > 0
    if promised > 0 and both:
        assert certificate.normalized_margin_lower_bound >= promised
    return certificate


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "int8"])
@share(1 / 2)
@given(relevance=anything)
def test_interval_holds_for_any_relevance(dtype, relevance):
    embedding = interval(relevance, dtype=dtype)
    certificate = meets_its_promise(embedding, relevance)
    if dtype == "float64":
        assert embedding.dim <= 2 * LaminarPalette.of(relevance).n_colors + 1
        assert certificate.arithmetic == "integer"


@given(relevance=anything, more=st.integers(0, 8), dtype=st.sampled_from(["float64", "float32"]))
def test_interval_arcs_with_more_dimensions(relevance, more, dtype):
    dim = 2 * LaminarPalette.of(relevance).n_colors + 1 + more
    embedding = interval(relevance, dim=dim, dtype=dtype, code="arc")
    meets_its_promise(embedding, relevance)
    assert embedding.dim <= dim
    # Rows are of unit length, but for rounding and documents that match nothing.
    assert np.allclose(np.linalg.norm(embedding.queries, axis=1), 1, atol=1e-6)
    assert np.allclose(np.linalg.norm(embedding.documents, axis=1), 1, atol=1e-5)


@given(hierarchy=forests(max_nodes=60))
def test_trees_and_forests_take_three_dimensions(hierarchy):
    assert interval(hierarchy.relevance, dtype="float64").dim == 3


@pytest.mark.parametrize("shape", TREE_SHAPES)
def test_large_random_trees_take_three_dimensions(shape):
    n = 800 if shape in ("chain", "caterpillar", "deep") else 10_000
    tree = random_tree(n, shape=shape, seed=1)
    choice = construct(tree, fewest=True, dtype="float64")
    assert (choice.embedding.construction, choice.embedding.dim) == ("interval", 3)
    assert choice.certificate.arithmetic == "integer"


@pytest.mark.parametrize(("branching", "levels"), [(2, 12), (10, 4), (3, 8), (1, 50), (500, 2)])
def test_perfect_trees_take_three_dimensions(branching, levels):
    tree = perfect_tree(branching, levels)
    choice = construct(tree, fewest=True, dtype="float64")
    assert (choice.certificate.verdict, choice.certificate.dim) == ("holds", 3)


def test_more_dimensions_mean_more_margin():
    dag = random_dag(2000, seed=3)
    least = interval(dag.relevance, dtype="float64", code="arc").dim
    margins = [
        certify(
            interval(dag.relevance, dim=d, dtype="float64", code="arc"), dag
        ).normalized_margin_lower_bound
        for d in (least, 2 * least + 1, 4 * least + 1)
    ]
    assert margins[0] < margins[1] < margins[2]


def test_the_margin_of_the_arc_formula():
    """One class of N positions: (1 - cos a)/2 over (sqrt 2)(sqrt(1 + tau^2)) at a leaf."""
    star = random_tree(100, shape="star", seed=0)
    embedding = interval(star.relevance, dtype="float64", code="arc")
    a = 2 * np.pi / 100
    tau, gap = (1 + np.cos(a)) / 2, (1 - np.cos(a)) / 2
    assert embedding.promise["margin"] == pytest.approx(gap / np.sqrt(2 * (1 + tau**2)))
    certificate = certify(embedding, star)
    assert certificate.normalized_margin_lower_bound == pytest.approx(
        embedding.promise["margin"], rel=1e-9
    )


def test_interval_refusals():
    diamond = Hierarchy(["a", "b", "c", "d"], [(1, 0), (2, 0), (3, 1), (3, 2)]).relevance
    with pytest.raises(ConstructionError, match=r"dim must be at least 2k \+ 1 = 5 .*got 4"):
        interval(diamond, dim=4, cover="laminar")
    with pytest.raises(ConstructionError, match="must be parabola for int8"):
        interval(diamond, dtype="int8", code="arc")
    with pytest.raises(ConstructionError, match="code must be one of parabola, arc: got 'line'"):
        interval(diamond, code="line")
    chain = random_tree(3000, shape="star").relevance
    with pytest.raises(ConstructionError, match="float16 does not carry arc in 1 classes"):
        interval(chain, dim=3, dtype="float16")


@given(relevance=anything, dim=st.integers(1, 12), seed=st.integers(0, 3))
def test_gaussian_centroid_is_algorithm_1(relevance, dim, seed):
    """Drawn again here, a document at a time, and summed by the definition."""
    e = gaussian_centroid(relevance, dim=dim, seed=seed, dtype="float64")
    g = np.random.default_rng(seed).standard_normal((relevance.n_documents, dim))
    for v, row in enumerate(e.documents):
        assert np.allclose(row, g[v] / np.linalg.norm(g[v]), rtol=1e-12, atol=1e-12)
    for q, row in enumerate(e.queries):
        total = sum((g[v] for v in relevance.matches(q)), np.zeros(dim))
        length = np.linalg.norm(total)
        assert np.allclose(row, total / (length or 1), rtol=1e-9, atol=1e-9)


def test_gaussian_centroid_draws_the_same_for_every_type():
    relevance = random_tree(50).relevance
    exact = gaussian_centroid(relevance, dim=16, dtype="float64")
    for dtype, error in (("float32", 1e-6), ("float16", 1e-3), ("int8", 1e-2)):
        e = gaussian_centroid(relevance, dim=16, dtype=dtype)
        q, x = e.values()
        assert np.allclose(q, exact.queries, atol=error)
        assert np.allclose(x, exact.documents, atol=error)


def test_gaussian_centroid_holds_in_high_dimension_and_fails_in_low():
    tree = perfect_tree(3, 4)
    verdicts = [
        certify(construct(tree, method="gaussian", dim=d, certify=False).embedding, tree).verdict
        for d in (4, 1500)
    ]
    assert verdicts == ["fails", "holds"]
    with pytest.raises(ConstructionError, match="dim must be given and at least 1"):
        construct(tree, method="gaussian")


@given(relevance=anything, more=st.integers(4, 12))
def test_dual_frame_scores_every_match_one(relevance, more):
    dim = max(1, relevance.max_matches) + more
    e = dual_frame(relevance, dim=dim, dtype="float64")
    g = gaussian_centroid(relevance, dim=dim, dtype="float64")
    assert np.array_equal(e.documents, g.documents)
    for q in range(relevance.n_queries):
        own = relevance.matches(q)
        condition = np.linalg.cond(e.documents[own]) if len(own) else 1.0
        assume(condition < 1e5)
        assert np.allclose(e.documents[own] @ e.queries[q], 1, atol=1e-12 * condition**2)
        # the shortest such vector: numpy's pseudo-inverse gives it another way
        shortest = np.linalg.pinv(e.documents[own]) @ np.ones(len(own)) if len(own) else 0
        assert np.allclose(e.queries[q], shortest, atol=1e-10 * condition**2)


def test_dual_frame_prediction_agrees_with_simulation():
    """Mean number of non-matches at 1/2 or above, over seeds, against the sum of tails."""
    tree = perfect_tree(3, 4)
    relevance = tree.relevance
    dim = 40
    own = np.zeros((relevance.n_queries, relevance.n_documents), dtype=bool)
    for q in range(relevance.n_queries):
        own[q, relevance.matches(q)] = True
    counts = []
    for seed in range(200):
        e = dual_frame(relevance, dim=dim, dtype="float64", seed=seed)
        counts.append(np.count_nonzero((e.queries @ e.documents.T >= 0.5) & ~own))
    mean, error = np.mean(counts), np.std(counts) / np.sqrt(len(counts))
    # the length of q is approximated: allow a tenth besides five standard errors
    assert abs(expected_errors(relevance, dim) - mean) < 0.1 * mean + 5 * error


def test_dual_frame_default_dimension_holds():
    tree = perfect_tree(3, 5)
    e = construct(tree, method="dual-frame", certify=False).embedding
    assert e.dim == least_dim(tree.relevance)
    assert (
        expected_errors(tree.relevance, e.dim) <= 0.5 < expected_errors(tree.relevance, e.dim // 2)
    )
    assert certify(e, tree).holds
    with pytest.raises(ConstructionError, match=r"at least the largest \|S\(q\)\|, 5: got 3"):
        construct(tree, method="dual-frame", dim=3)


def test_a_query_without_matches_is_zero():
    relevance = Relevance.from_sets([set(), {0}], 2)
    for method in ("gaussian", "dual-frame"):
        assert (
            not construct(relevance, method=method, dim=4, certify=False).embedding.queries[0].any()
        )


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "int8"])
@share(1 / 3)
@given(relevance=anything)
def test_auto_holds_for_anything(dtype, relevance):
    choice = construct(relevance, dtype=dtype)
    assert choice.certificate.holds
    assert choice.tried[-1].outcome == "holds"
    assert str(choice.embedding.dtype) == dtype


def test_the_fewest_dimensions_are_taken_and_what_was_tried_is_said():
    star = random_tree(3000, shape="star")
    lines = []
    choice = construct(star, fewest=True, dtype="int8", report=lines.append)
    assert choice.embedding.dim == min(p.dim for _, p in promises(star.relevance, dtype="int8"))
    assert choice.embedding.dim < interval(star.relevance, dtype="int8").dim
    name, dim = choice.embedding.construction, choice.embedding.dim
    assert lines == [f"building {name}, d = {dim}", f"tried {name}, d = {dim}: holds"]
    assert choice.embedding.source_sha256 == star.sha256
    assert construct(star, fewest=True, dtype="float64").embedding.construction == "interval"


def test_auto_goes_on_where_a_certificate_fails(monkeypatch):
    """The construction with fewest dimensions is made to fail; the next one is taken."""
    star = random_tree(60, shape="star")
    name, promise = promises(star.relevance, dtype="int8")[0]

    def spoilt(relevance, *, dim, dtype, seed, effort):
        return gaussian_centroid(relevance, dim=3, dtype=dtype, seed=seed)

    entries = tuple(replace(c, build=spoilt) if c.name == name else c for c in CONSTRUCTIONS)
    monkeypatch.setattr(_registry, "CONSTRUCTIONS", entries)
    choice = construct(star, fewest=True, dtype="int8")
    assert choice.tried[0].to_dict() == {
        "method": name,
        "dim": promise.dim,
        "promised": promise.margin,
        "outcome": "fails",
    }
    assert choice.tried[-1].outcome == "holds"
    assert choice.certificate.holds


@share(1 / 5)
@given(relevance=anything, dtype=st.sampled_from(["float64", "float32", "bfloat16", "int8"]))
def test_auto_certifies_what_is_promised(relevance, dtype):
    """A promised pair of dimension and margin is never better than what is then certified."""
    for dim in (None, 8, 24):
        ranked = promises(relevance, dim=dim, dtype=dtype)
        if not ranked or ranked[0][1].margin is None:
            continue
        promise = ranked[0][1]
        asked = {"fewest": True} if dim is None else {"dim": dim, "proved": True}
        choice = construct(relevance, dtype=dtype, **asked)
        assert choice.tried[0].outcome == "holds"
        assert choice.embedding.dim <= promise.dim
        both = (relevance.n_matches > 0) & (relevance.n_matches < relevance.n_documents)
        if both.any():
            assert choice.certificate.normalized_margin_lower_bound >= promise.margin


def test_auto_within_a_budget():
    dag = random_dag(300, seed=1)
    least = construct(dag, fewest=True, dtype="float64").embedding
    more = construct(dag, dim=4 * least.dim + 60, proved=True, dtype="float64")
    assert least.dim < more.embedding.dim <= 4 * least.dim + 60
    margins = [certify(e, dag).normalized_margin_lower_bound for e in (least, more.embedding)]
    assert margins[0] < margins[1]
    message = "must hold in float64 within 2 dimensions: tried none that applies"
    with pytest.raises(ConstructionError, match=message):
        construct(dag, dim=2, proved=True, dtype="float64")


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "int8"])
@share(1 / 2)
@given(relevance=anything)
def test_trie_holds_for_any_relevance(dtype, relevance):
    embedding = kraft_trie(relevance, dtype=dtype)
    certificate = meets_its_promise(embedding, relevance)
    assert certificate.arithmetic == "integer"
    # never closer than 1, and just so on every match
    assert certificate.margin_lower_bound is None or certificate.margin_lower_bound >= 1
    q, x = (a.astype(np.float64) for a in embedding.values())
    for i, scores in enumerate(q @ x.T):
        own = np.isin(np.arange(relevance.n_documents), relevance.matches(i))
        assert np.all(scores[own] == 1)
        assert np.all(scores[~own] <= -1)


@given(hierarchy=trees(max_nodes=80))
def test_trie_dimension_of_a_tree(hierarchy):
    """At most (H - 1) + ceil(log2 n) bits, and one coordinate more."""
    bits = hierarchy.n_levels - 1 + int(np.ceil(np.log2(hierarchy.n_nodes)))
    embedding = kraft_trie(hierarchy.relevance)
    assert embedding.dim <= bits + 1
    promise = trie_promise(hierarchy.relevance, dim=None, dtype="float32", seed=0)
    assert embedding.dim == promise.dim


def test_trie_dimension_of_a_forest_rounds_the_logarithm_up():
    """At most H + ceil(log2 l), of trees H + log2 l; a star with a node beside it takes more."""
    star_and_a_node = (-1, 0, 0, 0, 0, 0, -1)
    small = [p for n in range(1, 5) for p in product(*(range(-1, i) for i in range(n)))]
    for parents in [*small, star_and_a_node]:
        edges = [(i, p) for i, p in enumerate(parents) if p >= 0]
        h = Hierarchy([str(i) for i in range(len(parents))], edges)
        d, logarithm = kraft_trie(h.relevance).dim, math.log2(len(h.leaves))
        assert d <= h.n_levels + (logarithm if len(h.roots) == 1 else math.ceil(logarithm))
    assert d == 5 > h.n_levels + logarithm


def test_trie_shares_its_sum_among_coordinates_in_int8():
    """A chain of 300 sets: 2k - 1 up to 597 takes five coordinates of at most 127."""
    chain = random_tree(300, shape="chain")
    embedding = kraft_trie(chain.relevance, dtype="int8")
    assert embedding.dim == 299 + 5
    assert certify(embedding, chain).holds


def test_trie_refusals():
    tree = perfect_tree(2, 5)
    with pytest.raises(ConstructionError, match="dim must be at least that of the trie, 5: got 4"):
        kraft_trie(tree.relevance, dim=4)
    assert kraft_trie(tree.relevance, dim=9).dim == 5


def test_construct_refusals():
    h = Hierarchy(["a"], [])
    with pytest.raises(ConstructionError, match="method must be auto or one of interval"):
        construct(h, method="magic")
    with pytest.raises(ConstructionError, match=r"options of method gaussian must be among \(\)"):
        construct(h, method="gaussian", dim=3, code="arc")
    with pytest.raises(ConstructionError, match="dim must be at least 1: got 0"):
        construct(h, dim=0)
    with pytest.raises(ValueError, match="dtype must be one of float64"):
        construct(h, dtype="float128")
