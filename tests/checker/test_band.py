"""The mixture band against its statement in fractions, and mixtures against what it promises."""

from dataclasses import replace
from fractions import Fraction

import definitions
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Relevance, certify, construct
from hrgeom.checker import Band, band, mixture_error
from hrgeom.core import ForestRelevance
from hrgeom.datasets import random_dag, random_tree
from hrgeom.errors import ShapeError
from hrgeom.testing import score_problems


def embedding_of(queries, documents, relevance, threshold, **scales):
    return DualEmbedding(
        queries,
        documents,
        threshold=threshold,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        **scales,
    )


def exact_extremes(embedding, relevance, threshold):
    """For every document m, M, n, N in fractions; None where there is no such query."""
    scores = [list(row) for row in definitions.scores(*embedding.values())]
    sets = definitions.sets_of_relevance(relevance)
    t = Fraction(threshold)
    for v in range(relevance.n_documents):
        own = [scores[q][v] - t for q in range(len(sets)) if v in sets[q]]
        others = [t - scores[q][v] for q in range(len(sets)) if v not in sets[q]]
        yield (
            min(own, default=None),
            max(own, default=None),
            min(others, default=None),
            max(others, default=None),
        )


def exact_band(m, M, n, N):
    """The two shares by their definition, None where nothing is promised."""
    if (m is not None and m <= 0) or (n is not None and n <= 0):
        return None
    if m is None:
        return Fraction(1), Fraction(1)
    if n is None:
        return Fraction(0), Fraction(0)
    return n / (M + n), N / (m + N)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@share(1 / 2)
@given(data=st.data())
def test_bands_hold_those_in_fractions(dtype, data):
    queries, documents, relevance = data.draw(score_problems(dtype))
    threshold = data.draw(st.sampled_from([0.0, 1.0, -0.5, 1e-8]))
    e = embedding_of(queries.astype(dtype), documents.astype(dtype), relevance, threshold)
    found = band(e, relevance, threads=1)
    rows = list(exact_extremes(e, relevance, threshold))
    for v, (m, M, n, N) in enumerate(rows):
        for exact, known, sign in (
            (m, found.least_match, 1),
            (M, found.greatest_match, -1),
            (n, found.least_other, 1),
            (N, found.greatest_other, -1),
        ):
            assert exact is None or sign * Fraction(float(known[v])) <= sign * exact
        exact_ends = exact_band(m, M, n, N)
        lower, upper = Fraction(float(found.lower[v])), Fraction(float(found.upper[v]))
        if exact_ends is None:
            assert (lower, upper) == (0, 1)
        else:
            assert lower <= exact_ends[0]
            assert exact_ends[1] <= upper


def _small(seed):
    """An embedding of small integers that holds: all scores are exact, and so is the band."""
    relevance = random_tree(14, seed=seed).relevance
    e = construct(relevance, method="trie", dtype="float64").embedding
    return e, relevance


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_band_of_the_fractions_up_to_the_last_digits(seed):
    e, relevance = _small(seed)
    found = band(e, relevance)
    for v, row in enumerate(exact_extremes(e, relevance, e.threshold)):
        lower, upper = exact_band(*row)
        assert float(lower) == pytest.approx(found.lower[v], rel=1e-14, abs=0)
        assert float(upper) == pytest.approx(found.upper[v], rel=1e-14, abs=0)
    assert found.is_promised.all()


@pytest.mark.parametrize("seed", range(4))
def test_no_better_numbers_will_do(seed):
    """At the ends mixtures of two queries do what the band says beyond them they cannot."""
    e, relevance = _small(seed)
    scores = [list(row) for row in definitions.scores(*e.values())]
    sets, t = definitions.sets_of_relevance(relevance), Fraction(e.threshold)
    n_tried = 0
    for v in range(relevance.n_documents):
        own = [scores[q][v] - t for q in range(len(sets)) if v in sets[q]]
        others = [scores[q][v] - t for q in range(len(sets)) if v not in sets[q]]
        if not own or not others:
            continue
        lower, upper = exact_band(min(own), max(own), -max(others), -min(others))
        n_tried += 1
        assert upper * min(own) + (1 - upper) * min(others) == 0
        assert lower * max(own) + (1 - lower) * max(others) == 0
        more = lower + Fraction(1, 10**9)
        assert more * max(own) + (1 - more) * max(others) > 0
    assert n_tried > 5


def _mixtures(rng, relevance, n):
    """Weights (n, n_queries): random ones, few queries, and two of extreme scores."""
    n_queries = relevance.n_queries
    weights = rng.dirichlet(np.full(n_queries, 0.05), size=n)
    few = rng.random((n, n_queries)) < 3 / n_queries
    weights = np.where((rng.random(n) < 0.5)[:, None] & few.any(axis=1)[:, None], few, weights)
    return weights / weights.sum(axis=1, keepdims=True)


def _adversarial(found, scores, is_match, v):
    """Mixtures of the extreme queries of a document, at both ends of its band."""
    own = np.where(is_match[:, v], scores[:, v], np.nan)
    others = np.where(is_match[:, v], np.nan, scores[:, v])
    worst, best = np.nanargmin(own), np.nanargmax(own)
    far, near = np.nanargmin(others), np.nanargmax(others)
    for P, q, other in (
        (found.upper[v] + 1e-6, worst, far),
        (found.lower[v] - 1e-6, best, near),
    ):
        weights = np.zeros(len(scores))
        weights[q], weights[other] = P, 1 - P
        yield weights


def broken(found, e, relevance, weights):
    """How many pairs of a mixture and a document do what the band says they do not, in float64."""
    queries, documents = (rows.astype(np.float64) for rows in e.values())
    scores = (weights @ queries) @ documents.T
    is_match = np.zeros((relevance.n_queries, relevance.n_documents))
    rows = np.repeat(np.arange(relevance.n_queries), relevance.n_matches)
    is_match[rows, relevance.indices] = 1
    P, slack = weights @ is_match, 1e-12
    missed = (found.upper + slack < P) & (scores <= found.threshold)
    taken = (found.lower - slack > P) & (scores > found.threshold)
    return int(missed.sum() + taken.sum())


def _embeddings():
    tree = random_tree(60, seed=1).relevance
    dag = random_dag(50, extra_parents=0.4, seed=2).relevance
    yield construct(tree, method="trie").embedding, tree
    yield construct(dag, method="interval", dtype="float64").embedding, dag
    yield construct(tree, method="descent", dim=12, effort=0.1).embedding, tree
    found = construct(tree, method="trie", dtype="int8").embedding
    rng = np.random.default_rng(0)
    scales = rng.integers(1, 9, 60).astype(np.float32) / 8
    yield replace(found, query_scale=scales), tree


@pytest.mark.parametrize("number", range(4))
def test_no_mixture_breaks_it(number):
    e, relevance = list(_embeddings())[number]
    found = band(e, relevance)
    assert found.is_promised.all()
    rng = np.random.default_rng(number)
    weights = _mixtures(rng, relevance, 2000)
    queries, documents = (rows.astype(np.float64) for rows in e.values())
    scores = queries @ documents.T
    is_match = np.zeros(scores.shape, dtype=bool)
    is_match[np.repeat(np.arange(len(scores)), relevance.n_matches), relevance.indices] = True
    inner = np.flatnonzero(found.is_inner)
    hard = [w for v in inner.tolist() for w in _adversarial(found, scores, is_match, v)]
    weights = np.concatenate((weights, hard))
    assert broken(found, e, relevance, weights) == 0
    # narrower bands are found out by the same mixtures
    assert broken(replace(found, greatest_other=found.least_other), e, relevance, weights) > 0
    assert broken(replace(found, greatest_match=found.least_match / 2), e, relevance, weights) > 0


def test_all_or_none_of_the_queries():
    """A document that all match is always retrieved, one that none matches never."""
    r = Relevance.from_sets([{0}, {0}], n_documents=2)
    e = DualEmbedding([[1.0, -1.0], [2.0, -3.0]], np.eye(2), threshold=0.5)
    found = band(e, r)
    assert found.lower.tolist() == [0.0, 1.0]
    assert found.upper.tolist() == [0.0, 1.0]
    assert found.is_promised.all()
    assert not found.is_inner.any()
    assert found.even_threshold() == 0.5
    assert found.share_within(0.0, 1.0) == 1.0
    assert np.isnan(found.share_within(0, 1, inner=True))


@pytest.mark.parametrize(("match", "other"), [(0.0, -1.0), (-1.0, -2.0), (1.0, 0.0), (1.0, 2.0)])
def test_nothing_is_promised_where_the_threshold_does_not_separate(match, other):
    r = Relevance.from_sets([{0}, set()], n_documents=1)
    found = band(DualEmbedding([[match], [other]], [[1.0]], threshold=0.0), r)
    assert (found.lower.tolist(), found.upper.tolist()) == ([0.0], [1.0])
    assert found.to_dict()["all"]["n_without_promise"] == 1


def test_thresholds_count_in_full():
    """The weights sum to one, so that the threshold is the same for mixtures."""
    e, relevance = _small(0)
    moved = DualEmbedding(
        np.column_stack((e.queries, np.ones(e.n_queries))),
        np.column_stack((e.documents, np.full(e.n_documents, 7.0))),
        threshold=e.threshold + 7,
    )
    one, other = band(e, relevance), band(moved, relevance)
    assert other.lower == pytest.approx(one.lower, rel=1e-12)
    assert other.upper == pytest.approx(one.upper, rel=1e-12)


def test_another_threshold_without_a_look():
    e, relevance = _small(1)
    for t in (e.threshold - 0.25, e.threshold + 0.5):
        moved, seen = band(e, relevance).moved_to(t), band(e, relevance, threshold=t)
        for name in ("least_match", "greatest_match", "least_other", "greatest_other"):
            assert getattr(moved, name) == pytest.approx(getattr(seen, name), rel=1e-12)
        assert moved.threshold == t


def test_the_even_threshold_is_around_one_half():
    relevance = random_tree(60, seed=3).relevance
    e = construct(relevance, method="descent", dim=12, effort=0.1).embedding
    found = band(e, relevance)
    even = found.moved_to(found.even_threshold())
    before, after = found.to_dict()["inner"], even.to_dict()["inner"]
    assert even.is_promised.all()
    assert after["lower_median"] + after["upper_median"] == pytest.approx(1, abs=1e-6)
    assert abs(before["lower_median"] + before["upper_median"] - 1) > 0.05


def test_mixtures_that_are_off_have_a_wider_band():
    e, relevance = _small(2)
    found = band(e, relevance)
    for v, (m, M, n, N) in enumerate(exact_extremes(e, relevance, e.threshold)):
        if m is None or n is None:
            continue
        off = Fraction(1, 8)
        wide = found.widened(1 / 8)
        assert Fraction(float(wide.upper[v])) >= (N + off) / (m + N)
        assert Fraction(float(wide.lower[v])) <= (n - off) / (M + n)
        assert wide.upper[v] == pytest.approx(float((N + off) / (m + N)), rel=1e-12)
    assert not found.widened(10.0).is_promised.any()
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(ShapeError, match="at least 0"):
            found.widened(wrong)


def test_stored_means_are_within_the_error_that_is_stated():
    """Means and scores in float32, against those in fractions."""
    rng = np.random.default_rng(5)
    e = DualEmbedding(rng.standard_normal((30, 7)), rng.standard_normal((9, 7)), threshold=0.75)
    error = mixture_error(e, n_mixed=6)
    worst = 0.0
    q32, x32 = e.queries.astype(np.float32), e.documents.astype(np.float32)
    for _ in range(60):
        chosen = rng.choice(30, 6, replace=False)
        w = rng.random(6).astype(np.float32)
        p = w / w.sum(dtype=np.float32)
        mean = (p[:, None] * q32[chosen]).sum(axis=0, dtype=np.float32)
        computed = (x32 @ mean) - np.float32(0.75)
        exact_p = [Fraction(float(a)) for a in p]
        total = sum(exact_p)
        for v in range(9):
            s = sum(
                a / total * Fraction(float(e.queries[q, k])) * Fraction(float(e.documents[v, k]))
                for a, q in zip(exact_p, chosen.tolist(), strict=True)
                for k in range(7)
            )
            off = abs(Fraction(float(computed[v])) - (s - Fraction(0.75)))
            worst = max(worst, float(off) / error[v])
    assert 0.001 < worst <= 1


def test_float32_is_looked_at_again_in_float64_where_it_is_too_coarse():
    relevance = Relevance.from_sets([{0}, set()], n_documents=1)
    rows = np.array([[1.0, 1e-6], [1.0, -1e-6]], dtype=np.float32)
    e = DualEmbedding(rows, np.ones((1, 2), dtype=np.float32), threshold=1.0)
    found = band(e, relevance)
    assert found.is_promised.all()
    assert found.least_match[0] == pytest.approx(1e-6, rel=1e-4)


def test_forests_that_are_not_written_out():
    h = random_tree(40, seed=4)
    plain = h.relevance
    indptr, indices, levels = h.parent_indptr, h.parent_indices, h.levels
    forest = ForestRelevance(indptr, indices, levels, plain.document_labels)
    e = construct(plain, method="trie").embedding
    one, other = band(e, plain), band(e, forest)
    assert np.array_equal(one.upper, other.upper)
    assert np.array_equal(one.lower, other.lower)


def test_rows_are_found_by_label_and_threads_change_nothing(monkeypatch):
    from hrgeom.checker import _band_pass

    monkeypatch.setattr(_band_pass, "_TILE_QUERIES", 7)
    monkeypatch.setattr(_band_pass, "_TILE_BYTES", 7 * 4 * 5)
    e, relevance = next(iter(_embeddings()))
    order = np.random.default_rng(0).permutation(relevance.n_documents)
    shuffled = DualEmbedding(
        e.queries,
        e.documents[order],
        threshold=e.threshold,
        query_labels=e.query_labels,
        document_labels=tuple(e.document_labels[v] for v in order),
    )
    calls = []
    one = band(e, relevance, threads=1)
    other = band(shuffled, relevance, threads=3, progress=lambda *at: calls.append(at))
    assert np.array_equal(one.upper, other.upper)
    assert np.array_equal(one.lower, other.lower)
    assert calls[-1] == (60, 60)
    assert other.document_labels == relevance.document_labels


def test_it_agrees_with_the_certificate():
    e, relevance = list(_embeddings())[2]
    found, certificate = band(e, relevance), certify(e, relevance)
    has_other = found.n_queries_of < found.n_queries
    least = min(found.least_match.min(), found.least_other[has_other].min())
    assert least == pytest.approx(certificate.margin_lower_bound, rel=1e-4)


def test_a_threshold_must_be_known():
    relevance = Relevance.from_sets([{0}], n_documents=1)
    e = DualEmbedding([[1.0]], [[1.0]])
    with pytest.raises(ShapeError, match="one threshold for all queries"):
        band(e, relevance)
    assert isinstance(band(e, relevance, threshold=0.5), Band)
    with pytest.raises(ShapeError, match="n_mixed must be at least 1"):
        mixture_error(e, 0)
