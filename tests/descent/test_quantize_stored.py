"""Rows in stored types: margins recomputed pair by pair in integers, never worse than rounding."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hrgeom
from hrgeom import Relevance
from hrgeom.descent import store_rows
from hrgeom.errors import ShapeError
from hrgeom.testing import dags, relevances, trees

TYPES = [("int8", 8), ("int8", 5), ("int8", 3), ("int8", 1), ("float16", None), ("bfloat16", None)]


def unit(rng, n, dim):
    rows = rng.standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def half_gap(embedding, relevance):
    """Half the gap of the values that are stored, in fractions; inf where there is none."""
    exact = [[[Fraction(float(v)) for v in row] for row in side] for side in embedding.values()]
    low, high = [], []
    for i, query in enumerate(exact[0]):
        matches = set(relevance.matches(i).tolist())
        for j, document in enumerate(exact[1]):
            score = sum(a * b for a, b in zip(query, document, strict=True))
            (low if j in matches else high).append(score)
    return (min(low) - max(high)) / 2 if low and high else math.inf


@settings(max_examples=30, deadline=None)
@given(
    target=st.one_of(trees(max_nodes=8), dags(max_nodes=8), relevances()),
    kind=st.sampled_from(TYPES),
    scales=st.sampled_from(["matrix", "row"]),
    seed=st.integers(0, 999),
)
def test_the_margin_is_that_of_the_stored_numbers(target, kind, scales, seed):
    relevance = hrgeom.core.as_relevance(target)
    rng = np.random.default_rng(seed)
    queries, documents = (unit(rng, n, 4) for n in (relevance.n_queries, relevance.n_documents))
    dtype, bits = kind
    stored = store_rows(
        relevance, queries, documents, dtype=dtype, bits=bits, scales=scales, rounds=6, threads=1
    )
    embedding = stored.embedding(relevance)
    assert str(embedding.dtype) == dtype
    if dtype == "int8":
        assert np.abs(stored.queries).max() <= max(1, 2 ** (bits - 1) - 1)
        assert bits > 1 or (np.abs(stored.documents) == 1).all()
    exact = half_gap(embedding, relevance)
    holds = hrgeom.certify(embedding, relevance, threads=1).verdict == "holds"
    assert holds == (exact > 0)
    if stored.margin > 1e-5:
        assert holds
        assert stored.rows_wrong == 0
    elif stored.margin < -1e-5:
        assert not holds


@pytest.mark.parametrize(("dtype", "bits"), TYPES)
@pytest.mark.parametrize("notion", ["global", "row"])
def test_never_worse_than_rounding_and_better_at_few_bits(dtype, bits, notion):
    rng = np.random.default_rng(3)
    queries, documents = unit(rng, 60, 8), unit(rng, 50, 8)
    scores = queries @ documents.T
    relevance = Relevance.from_sets([set(np.flatnonzero(row > 0.35)) for row in scores], 50)
    found = [
        store_rows(
            relevance, queries, documents, 0.35, dtype=dtype, bits=bits, notion=notion,
            rounds=rounds, threads=1,
        )
        for rounds in (1, 15)
    ]  # fmt: skip
    plain, repaired = found
    assert repaired.rounded_margin == plain.margin
    assert (repaired.margin > 0, -repaired.rows_wrong) >= (plain.margin > 0, -plain.rows_wrong)
    if dtype == "int8" and 1 < bits < 8:
        assert plain.rows_wrong > 0
        assert repaired.rows_wrong < plain.rows_wrong / 2
    certificate = hrgeom.certify(repaired.embedding(relevance), relevance, threads=1)
    assert (certificate.verdict == "holds") == (repaired.margin > 0)


@pytest.mark.parametrize(("bits", "dim", "cut", "noise"), [(4, 10, 60, 0.06), (1, 32, 6, 0.1)])
def test_planted_rows_are_mended(bits, dim, cut, noise):
    """Random rows on a grid have a gap; moved off it and rounded, they have none."""
    rng = np.random.default_rng(0)
    largest = max(1, 2 ** (bits - 1) - 1)
    planted = [rng.integers(-largest, largest + 1, (40, dim)).astype(np.float32) for _ in range(2)]
    if bits == 1:
        planted = [np.where(rows < 0, -1, 1).astype(np.float32) for rows in planted]
    scores = planted[0] @ planted[1].T
    relevance = Relevance.from_sets([set(np.flatnonzero(row > cut)) for row in scores], 40)
    length = [float(np.sqrt((rows**2).sum(axis=1).mean())) for rows in planted]
    rows = [
        (p / size + rng.normal(0, noise, p.shape)).astype(np.float32)
        for p, size in zip(planted, length, strict=True)
    ]
    threshold = (cut + 0.5) / (length[0] * length[1])
    if bits == 1:
        threshold = math.sin(math.pi / 2 * threshold)
    stored = store_rows(relevance, *rows, threshold, bits=bits, rounds=40)
    assert stored.rounded_margin < 0
    assert stored.margin > 0
    assert hrgeom.certify(stored.embedding(relevance), relevance).verdict == "holds"


def test_rows_do_not_depend_on_threads():
    rng = np.random.default_rng(1)
    queries, documents = unit(rng, 7000, 4), unit(rng, 70, 4)
    relevance = Relevance.from_sets(
        [set(np.flatnonzero(row > 0.6)) for row in queries @ documents.T], 70
    )
    one, two = (
        store_rows(relevance, queries, documents, 0.6, bits=5, rounds=3, threads=threads)
        for threads in (1, 2)
    )
    assert np.array_equal(one.queries, two.queries)
    assert np.array_equal(one.documents, two.documents)


def test_nothing_is_repaired_where_rounding_leaves_enough():
    rows = unit(np.random.default_rng(2), 12, 16)
    relevance = Relevance.from_sets([{i} for i in range(12)], 12)
    plain = store_rows(relevance, rows, rows, 0.5, bits=4, rounds=1)
    assert plain.margin > 0
    found = [
        store_rows(relevance, rows, rows, 0.5, bits=4, enough=share * plain.margin)
        for share in (1.0, 1.01)
    ]
    assert found[0].looks == 1
    assert found[1].looks > 1
    assert found[0].margin == plain.margin


def test_rows_that_are_wrong_are_never_enough():
    relevance, rows = Relevance.from_sets([{0}, {1}], 2), np.eye(2, dtype=np.float32)
    stored = store_rows(relevance, -rows, rows, 0.5, bits=4, enough=-np.inf)
    assert stored.rounded_margin < 0
    assert stored.looks > 1


def test_reports_every_look():
    relevance = Relevance.from_sets([{0}, {1}], 2)
    seen = []
    store_rows(relevance, np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), 0.5,
               rounds=3, report=seen.append)  # fmt: skip
    assert [entry["look"] for entry in seen] == list(range(1, len(seen) + 1))
    assert all(entry["rows_wrong"] == 0 for entry in seen)


@pytest.mark.parametrize("looks", [1, 4])
def test_an_interrupt_leaves_the_best_look(looks):
    rng = np.random.default_rng(3)
    queries, documents = unit(rng, 60, 8), unit(rng, 50, 8)
    scores = queries @ documents.T
    relevance = Relevance.from_sets([set(np.flatnonzero(row > 0.35)) for row in scores], 50)

    def report(entry):
        if entry["look"] == looks:
            raise KeyboardInterrupt

    stored = store_rows(relevance, queries, documents, 0.35, bits=4, threads=1, report=report)
    assert stored.looks == looks
    assert stored.margin >= stored.rounded_margin
    certificate = hrgeom.certify(stored.embedding(relevance), relevance, threads=1)
    assert (certificate.verdict == "holds") == (stored.margin > 0)


@pytest.mark.parametrize(
    "wrong", [{"bits": 9}, {"bits": 0}, {"dtype": "float16", "bits": 4}, {"dtype": "float32"}]
)
def test_refuses_what_is_no_stored_grid(wrong):
    relevance, rows = Relevance.from_sets([{0}], 1), np.ones((1, 1), dtype=np.float32)
    with pytest.raises(ShapeError, match="must be"):
        store_rows(relevance, rows, rows, **wrong)
