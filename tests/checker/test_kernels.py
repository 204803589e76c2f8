import os
import subprocess
import sys
import tracemalloc
from fractions import Fraction
from types import SimpleNamespace

import definitions
import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st
from kernel_calls import Problem, call, row_notion
from places import ROOT

from hrgeom import DualEmbedding, certify
from hrgeom._native.library import native_library
from hrgeom.checker import _exact
from hrgeom.checker._exact import exact_score, first_equal_rows
from hrgeom.checker.kernels import KERNELS as ENTRIES
from hrgeom.checker.kernels import (
    Bounds,
    Level,
    Rows,
    Tally,
    _native,
    _numpy_twin,
    available_kernels,
    get_kernel,
    kernel_info,
)
from hrgeom.core import Relevance
from hrgeom.errors import HrgeomError, KernelError
from hrgeom.testing import score_problems

KERNELS = available_kernels()
# of documents that tie, the one that the kernel cuda names is its own choice
COMPILED = [name for name in KERNELS if name not in ("numpy", "cuda")]

both_types = pytest.mark.parametrize("dtype", ["float32", "float64"])
every_kernel = pytest.mark.parametrize("kernel", KERNELS)
needs_extension = pytest.mark.skipif(not COMPILED, reason="the C extension is not built")


@st.composite
def problems(draw, dtype):
    return Problem(*draw(score_problems(dtype)))


@st.composite
def thresholds(draw, problem):
    """Any number, and often one that a score equals or misses by an ulp."""
    pair = st.tuples(
        st.integers(0, len(problem.queries) - 1), st.integers(0, len(problem.documents) - 1)
    )
    i, v = draw(pair)
    score = float(definitions.score(problem.queries[i].tolist(), problem.documents[v].tolist()))
    near = st.sampled_from((score, np.nextafter(score, np.inf), np.nextafter(score, -np.inf)))
    return float(draw(st.one_of(near, st.just(0.0), st.floats(-1e300, 1e300))))


class Truth:
    """Exact scores of a problem, and its sets."""

    def __init__(self, problem):
        self.scores = definitions.scores(problem.queries, problem.documents)
        self.sets = definitions.sets_of_relevance(problem.relevance)
        self.pairs = list(zip(self.scores, self.sets, strict=True))
        self.bound = [Fraction(b) for b in problem.bounds().score.tolist()]

    def check_worst_match(self, tally: Tally, *, exactly: bool) -> None:
        for i, (row, own) in enumerate(self.pairs):
            v = int(tally.extreme_document[i])
            if not own:
                assert (v, tally.extreme_score[i]) == (-1, np.inf)
                continue
            assert v in own
            assert abs(Fraction(float(tally.extreme_score[i])) - row[v]) <= self.bound[i]
            off = row[v] - definitions.worst_match(row, own)
            assert 0 <= off <= (0 if exactly else 2 * self.bound[i])

    def check_best_other(self, tally: Tally) -> None:
        for i, (row, own) in enumerate(self.pairs):
            v = int(tally.extreme_document[i])
            if len(own) == len(row):
                assert (v, tally.extreme_score[i]) == (-1, -np.inf)
                continue
            assert 0 <= v < len(row)
            assert v not in own
            assert abs(Fraction(float(tally.extreme_score[i])) - row[v]) <= self.bound[i]
            assert 0 <= definitions.best_other(row, own) - row[v] <= 2 * self.bound[i]


# Against the definitions


@both_types
@share(1 / 2)
@given(data=st.data())
def test_number_level(dtype, data):
    problem = data.draw(problems(dtype))
    threshold = data.draw(thresholds(problem))
    truth = Truth(problem)
    low = [definitions.violating_matches(row, own, threshold) for row, own in truth.pairs]
    high = [definitions.violating_others(row, own, threshold) for row, own in truth.pairs]
    for name in KERNELS:
        matches = call(name, "matches", problem, problem.number(threshold))
        assert matches.n_violations.tolist() == low, name
        assert not matches.n_undecided.any()
        truth.check_worst_match(matches, exactly=False)
        sweep = call(name, "sweep", problem, problem.number(threshold))
        assert sweep.n_violations.tolist() == high, name
        assert not sweep.n_undecided.any()
        truth.check_best_other(sweep)


@both_types
@share(1 / 2)
@given(data=st.data())
def test_row_notion(dtype, data):
    problem = data.draw(problems(dtype))
    truth = Truth(problem)
    expected = [definitions.row_violations(row, own) for row, own in truth.pairs]
    for name in KERNELS:
        worst, sweep = row_notion(name, problem)
        truth.check_worst_match(worst, exactly=True)
        assert not worst.n_violations.any()
        assert not worst.n_undecided.any()
        truth.check_best_other(sweep)
        assert sweep.n_violations.tolist() == expected, name
        assert not sweep.n_undecided.any()
        for i, (row, own) in enumerate(truth.pairs):
            margin = definitions.ranking_margin(row, own)
            assert margin is None or (margin <= 0) == (sweep.n_violations[i] > 0)


@both_types
@share(1 / 2)
@given(data=st.data())
def test_without_exact_arithmetic_the_truth_lies_between_the_counts(dtype, data):
    problem = data.draw(problems(dtype))
    threshold = data.draw(thresholds(problem))
    truth = Truth(problem)
    for name in KERNELS:
        for what, count in (
            ("matches", definitions.violating_matches),
            ("sweep", definitions.violating_others),
        ):
            tally = call(name, what, problem, problem.number(threshold), exact=False)
            assert not tally.n_exact.any()
            for i, (row, own) in enumerate(truth.pairs):
                least = int(tally.n_violations[i])
                most = least + int(tally.n_undecided[i])
                assert least <= count(row, own, threshold) <= most, (name, what)
                assert truth.bound[i] > 0 or least == most
        worst, sweep = row_notion(name, problem, exact=False)
        truth.check_worst_match(worst, exactly=False)
        assert not sweep.n_exact.any()
        for i, (row, own) in enumerate(truth.pairs):
            # relative to the match that the level names, which need not be the exact worst
            reached = own and sum(
                a >= row[worst.extreme_document[i]] for a in definitions.others(row, own)
            )
            least = int(sweep.n_violations[i])
            assert least <= (reached or 0) <= least + int(sweep.n_undecided[i])


@needs_extension
@both_types
@given(data=st.data())
def test_compiled_kernels_agree_bit_for_bit(dtype, data):
    problem = data.draw(problems(dtype))
    threshold = data.draw(thresholds(problem))
    exact = data.draw(st.booleans())
    tallies = {
        name: (
            call(name, "matches", problem, problem.number(threshold), exact=exact),
            call(name, "sweep", problem, problem.number(threshold), exact=exact),
            *row_notion(name, problem, exact=exact),
        )
        for name in COMPILED
    }
    for name in COMPILED:
        for found, expected in zip(tallies[name], tallies["serial"], strict=True):
            for field in ("extreme_document", "n_violations", "n_exact", "n_undecided"):
                np.testing.assert_array_equal(
                    getattr(found, field), getattr(expected, field), f"{name}: {field}"
                )
            assert found.extreme_score.tobytes() == expected.extreme_score.tobytes()


@needs_extension
@both_types
@given(data=st.data())
def test_extreme_scores_are_reference_scores(dtype, data):
    """Products and sums in float64, in order: what every sum of the C kernels is compared with."""
    problem = data.draw(problems(dtype))
    scores = np.zeros((len(problem.queries), len(problem.documents)))
    for k in range(problem.queries.shape[1]):
        q, x = (a[:, k].astype(np.float64) for a in (problem.queries, problem.documents))
        scores = scores + q[:, None] * x
    is_match = np.zeros(scores.shape, dtype=bool)
    for i, own in enumerate(definitions.sets_of_relevance(problem.relevance)):
        is_match[i, list(own)] = True
    for name in COMPILED:
        lowest = call(name, "matches", problem, problem.number(0.0)).extreme_score
        np.testing.assert_array_equal(lowest, np.where(is_match, scores, np.inf).min(axis=1))
        highest = call(name, "sweep", problem, problem.number(0.0)).extreme_score
        np.testing.assert_array_equal(highest, np.where(is_match, -np.inf, scores).max(axis=1))


@every_kernel
@both_types
@pytest.mark.parametrize("n", [1, 6, 7, 12, 13, 25])
@pytest.mark.parametrize("m", [1, 15, 16, 17, 31, 32, 33, 65])
def test_planted_violation_is_found_in_every_lane(kernel, dtype, n, m):
    """Query i is hit by document v and no other: no lane and no tile may be left out."""
    queries = np.ones((n, 2), dtype)
    queries[:, 1] = np.arange(1, n + 1)
    for v in sorted({0, m // 2, m - 1}):
        documents = np.full((m, 2), -1, dtype)
        documents[v] = (0, 1)
        problem = Problem(queries, documents, Relevance.from_sets([set()] * n, m))
        sweep = call(kernel, "sweep", problem, problem.number(0.5))
        assert sweep.extreme_document.tolist() == [v] * n
        assert sweep.extreme_score.tolist() == list(range(1, n + 1))
        assert sweep.n_violations.tolist() == [1] * n
        # the last ones of few queries only
        sweep = call(kernel, "sweep", problem, problem.number(float(n)))
        assert sweep.n_violations.tolist() == [0] * (n - 1) + [1]
        matched = Problem(queries, documents, Relevance.from_sets([{v}] * n, m))
        sweep = call(kernel, "sweep", matched, matched.number(0.5))
        assert not sweep.n_violations.any()


# Decisions that floats cannot make


def near_ties(dtype, middles):
    """Documents with score middles[v] exactly and 0 (or about) in float64, for one query.

    The large products cancel: their sum swallows the middle one in float64 whatever the order
    of the first two, and in float32 for even smaller middles.
    """
    big = 2.0**30
    queries = np.array([[big, 1, big]], dtype)
    documents = np.array([[big, b, -big] for b in middles], dtype)
    assert documents[:, 1].tolist() == middles  # stored as meant
    return queries, documents


def one_ulp_apart(dtype):
    one = np.dtype(dtype).type(1)
    return float(np.nextafter(one, one * 0)), 1.0, float(np.nextafter(one, one * 2))


@every_kernel
@both_types
@pytest.mark.parametrize("m", [4, 16, 33, 70])
def test_one_ulp_is_decided_exactly(kernel, dtype, m):
    below, one, above = one_ulp_apart(dtype)
    middles = [(below, one, above)[(v * v + v // 3) % 3] for v in range(m)]
    queries, documents = near_ties(dtype, middles)
    own = {v for v in range(m) if v % 2}
    problem = Problem(queries, documents, Relevance.from_sets([own], m))
    low = sum(middles[v] <= 1 for v in own)
    high = sum(middles[v] >= 1 for v in range(m) if v not in own)

    matches = call(kernel, "matches", problem, problem.number(1.0))
    assert (matches.n_violations[0], matches.n_exact[0]) == (low, len(own))
    sweep = call(kernel, "sweep", problem, problem.number(1.0))
    assert (sweep.n_violations[0], sweep.n_exact[0]) == (high, m - len(own))

    # floats alone decide nothing here, and say so
    for what, size in (("matches", len(own)), ("sweep", m - len(own))):
        tally = call(kernel, what, problem, problem.number(1.0), exact=False)
        assert (tally.n_violations[0], tally.n_undecided[0]) == (0, size)


@every_kernel
@both_types
@pytest.mark.parametrize("worst_at", [1, 2, 3])
def test_exact_worst_match_is_found_among_near_ties(kernel, dtype, worst_at):
    below, one, above = one_ulp_apart(dtype)
    middles = [below, above, above, above, one, above, below, one]
    middles[worst_at] = one
    queries, documents = near_ties(dtype, middles)
    problem = Problem(queries, documents, Relevance.from_sets([{1, 2, 3}], len(middles)))
    worst, sweep = row_notion(kernel, problem)
    assert worst.extreme_document.tolist() == [worst_at]
    assert worst.n_exact[0] > 0
    assert sweep.n_violations.tolist() == [3]  # documents 4, 5 and 7


@every_kernel
@both_types
@pytest.mark.parametrize("first", [0, 1])
def test_exact_worst_match_may_have_the_higher_float_score(kernel, dtype, first):
    """In float64 the scores are 0 and 1/2, in truth 1 and 1/2."""
    big = 2.0**30
    pair = [(big, 1, -big), (0, 0.5, 0)]
    documents = np.array([pair[first], pair[1 - first], (0, 0.75, 0)], dtype)
    problem = Problem(np.array([[big, 1, big]], dtype), documents, Relevance.from_sets([{0, 1}], 3))
    worst, sweep = row_notion(kernel, problem)
    assert worst.extreme_document.tolist() == [1 - first]
    assert sweep.n_violations.tolist() == [1]


@every_kernel
@both_types
@pytest.mark.parametrize(
    ("score", "near_number", "near_document"),
    [
        (0.5, True, True),
        (-1.0, True, True),
        (1.5, False, True),
        (-2.0, False, True),
        (2.5, False, False),
        (-2.5, False, False),
    ],
)
def test_bounds_say_what_is_near(kernel, dtype, score, near_number, near_document):
    """Within one bound of a number; within two of a document, for both scores may be off."""
    documents = np.array([[0.0], [score], [score]], dtype)
    problem = Problem(np.ones((1, 1), dtype), documents, Relevance.from_sets([{0, 1}], 3))
    k = get_kernel(kernel)
    one = np.ones(1)
    packed, bounds = k.pack(documents, documents.dtype), Bounds(filter=one, score=one, exact=True)
    first = Level(np.zeros(1), np.zeros(1, dtype=np.int32))
    sweep = k.sweep(packed, 3, problem.rows, problem.number(0.0), bounds)
    assert (sweep.n_exact[0], sweep.n_violations[0]) == (near_number, score > 0)
    sweep = k.sweep(packed, 3, problem.rows, first, bounds)
    assert (sweep.n_exact[0], sweep.n_violations[0]) == (near_document, score > 0)
    matches = k.matches(packed, 3, problem.rows, problem.number(0.0), bounds)
    # the match with score 0 equals the number
    assert (matches.n_exact[0], matches.n_violations[0]) == (1 + near_number, 1 + (score < 0))
    matches = k.matches(packed, 3, problem.rows, first, bounds)
    assert (matches.n_exact[0] > 0) >= near_document
    assert matches.extreme_document[0] == (1 if score < 0 else 0)


@every_kernel
@pytest.mark.parametrize(("middle", "violates"), [(-1.0, 0), (0.0, 1), (1.0, 1)])
def test_float64_cancellation(kernel, middle, violates):
    queries = np.ones((1, 3))
    documents = np.array([[2.0**53, middle, -(2.0**53)]])
    problem = Problem(queries, documents, Relevance.from_sets([set()], 1))
    sweep = call(kernel, "sweep", problem, problem.number(0.0))
    assert (sweep.n_violations[0], sweep.n_exact[0]) == (violates, middle != 0)
    matched = Problem(queries, documents, Relevance.from_sets([{0}], 1))
    matches = call(kernel, "matches", matched, matched.number(0.0))
    assert (matches.n_violations[0], matches.n_exact[0]) == (middle <= 0, middle != 0)


@every_kernel
@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_products_that_underflow_are_decided_exactly(kernel, sign):
    """The product is 2^-2148, the least there is, and 0 in float64."""
    least = 5e-324
    problem = Problem(
        np.array([[least, 1.0, 0.3]]),
        np.array([[sign * least, 0.0, 0.0]]),
        Relevance.from_sets([set()], 1),
    )
    sweep = call(kernel, "sweep", problem, problem.number(0.0))
    assert sweep.n_violations.tolist() == [sign >= 0]


@every_kernel
@pytest.mark.parametrize("gap", [-1, 0, 1])
def test_exact_arithmetic_spans_the_whole_range(kernel, gap):
    """Products from 2^-2148 to 2^1020 in one score; a borrow runs through all of it."""
    least = 5e-324
    query = np.array([[2.0**510, least, -(2.0**510)]])
    document = np.array([[2.0**510, gap * least, 2.0**510]])
    problem = Problem(query, document, Relevance.from_sets([set()], 1))
    sweep = call(kernel, "sweep", problem, problem.number(0.0))
    assert sweep.n_violations.tolist() == [gap >= 0]
    assert sweep.n_exact.tolist() == [1]


@both_types
def test_problems_reach_the_edges(dtype, features_seen):
    def goes_exact(p):
        return call("numpy", "sweep", p, p.number(0.0)).n_exact.any()

    def is_row_tie(p):
        return row_notion("numpy", p)[1].n_exact.any() and len(p.queries) > 2

    features = {
        "exact arithmetic": goes_exact,
        "exact arithmetic for rows": is_row_tie,
        "scores that do not round": lambda p: not p.bounds().score.any()
        and p.documents.any()
        and len(p.documents) > 32,
        "more than a tile": lambda p: len(p.queries) == 13 and p.queries.shape[1] > 8,
        "one dimension": lambda p: p.queries.shape[1] == 1,
        "70 dimensions": lambda p: p.queries.shape[1] == 70,
        "all match": lambda p: (p.relevance.n_matches == len(p.documents)).any()
        and len(p.documents) > 16,
        "equal documents": lambda p: len(np.unique(p.documents, axis=0)) < len(p.documents) > 4,
        "large": lambda p: np.abs(p.documents).max() > 1e12,
        "subnormal": lambda p: (
            (p.documents != 0) & (np.abs(p.documents) < np.finfo(dtype).tiny)
        ).any(),
    }
    assert features_seen(problems(dtype), features) == features.keys()


def test_problem_dtype_must_be_a_float_type_of_the_kernels():
    with pytest.raises(ValueError, match="dtype must be float32 or float64: got int64"):
        score_problems("int64")


# Blocks


@every_kernel
@both_types
def test_any_split_into_blocks_of_queries_gives_the_same(kernel, dtype):
    rng = np.random.default_rng(3)
    n, m, d = 29, 50, 9
    queries, documents = (rng.integers(-3, 4, (k, d)).astype(dtype) for k in (n, m))
    sets = [set(rng.choice(m, 4, replace=False).tolist()) for _ in range(n)]
    problem = Problem(queries, documents, Relevance.from_sets(sets, m))
    whole = row_notion(kernel, problem)
    for step in (1, 5, 12):
        for start in range(0, n, step):
            part = slice(start, start + step)
            block = Problem(queries[part], documents, Relevance.from_sets(sets[part], m))
            for found, expected in zip(row_notion(kernel, block), whole, strict=True):
                for field in ("extreme_score", "extreme_document", "n_violations"):
                    np.testing.assert_array_equal(
                        getattr(found, field), getattr(expected, field)[part]
                    )


@every_kernel
def test_block_rows_are_positive_and_grow_with_memory(kernel):
    k = get_kernel(kernel)
    sizes = [k.block_rows(1000, 8, memory) for memory in (0, 10**5, 10**9)]
    assert sizes[0] >= 1
    assert sizes == sorted(sizes)


@needs_extension
@both_types
@given(data=st.data())
def test_pack_puts_every_element_where_the_header_says(dtype, data):
    _, documents, _ = data.draw(score_problems(dtype))
    m, d = documents.shape
    width = 32 if dtype == "float32" else 16
    packed = get_kernel("serial").pack(documents, documents.dtype)
    assert packed.shape == (-(-m // width), d, width)
    assert packed.dtype == documents.dtype
    flat = packed.ravel()
    v, k = np.divmod(np.arange(m * d), d)
    np.testing.assert_array_equal(
        flat[((v // width) * d + k) * width + v % width], documents.ravel()
    )
    lanes = packed.transpose(0, 2, 1).reshape(-1, d)
    assert not lanes[m:].any()


# The choice


def test_the_fastest_kernel_is_the_default(monkeypatch):
    monkeypatch.delenv("HRGEOM_KERNEL", raising=False)
    assert get_kernel().name == KERNELS[-1] == kernel_info().name
    assert kernel_info().available == KERNELS
    assert KERNELS[0] == "numpy"
    assert list(KERNELS) == [
        e.name for e in sorted(ENTRIES, key=lambda e: e.rank) if e.name in KERNELS
    ]


@every_kernel
def test_kernels_are_chosen_by_name_or_by_the_environment(kernel, monkeypatch):
    monkeypatch.delenv("HRGEOM_KERNEL", raising=False)
    assert get_kernel(kernel).name == kernel
    monkeypatch.setenv("HRGEOM_KERNEL", kernel)
    assert get_kernel().name == kernel_info().name == kernel
    assert get_kernel("numpy").name == "numpy"  # a name in the call comes first


def test_unknown_kernel(monkeypatch):
    message = "kernel must be one of numpy, serial, avx2, avx512, cuda: got 'neon'"
    with pytest.raises(KernelError, match=message) as caught:
        get_kernel("neon")
    assert isinstance(caught.value, HrgeomError)
    assert isinstance(caught.value, RuntimeError)
    monkeypatch.setenv("HRGEOM_KERNEL", "neon")
    with pytest.raises(KernelError, match=message):
        kernel_info()


def test_there_is_no_silent_second_choice(monkeypatch):
    monkeypatch.delenv("HRGEOM_KERNEL", raising=False)
    monkeypatch.setattr("hrgeom.checker.kernels._native.native_library", lambda: None)
    assert available_kernels() == ("numpy",)
    info = kernel_info()
    assert (info.name, info.compiled) == ("numpy", False)
    assert "the C extension is not built" in str(info)
    with pytest.raises(KernelError, match="available on this machine: got 'serial', have numpy"):
        get_kernel("serial")


@needs_extension
def test_kernel_info_as_text(monkeypatch):
    monkeypatch.setenv("HRGEOM_KERNEL", "serial")
    assert str(kernel_info()) == f"kernel serial (available: {', '.join(KERNELS)})"


# The C extension guards its buffers


SIZES = {"n_documents": 20, "dim": 3, "n_queries": 2}


def arguments():
    """Arguments of `_extension.run` by name, in order: 20 documents, 2 queries, d = 3, float64."""
    n, d = SIZES["n_queries"], SIZES["dim"]
    return {
        "pass": "serial",
        "is_double": 1,
        **SIZES,
        "exact": 1,
        "panels": np.zeros((2, d, 16)),
        "queries": np.zeros((n, d)),
        "match_start": np.array([0, 1, 2], dtype=np.int64),
        "match_document": np.array([4, 19], dtype=np.int32),
        "level": np.zeros(n),
        "level_document": np.full(n, -1, dtype=np.int32),
        "floor": np.full(n, -np.inf),
        "filter_bound": np.zeros(n),
        "score_bound": np.zeros(n),
        "workspace": np.zeros(18 * (d + 1)),
        "extreme_score": np.zeros(n),
        "extreme_document": np.zeros(n, dtype=np.int32),
        "n_violations": np.zeros(n, dtype=np.int64),
        "n_exact": np.zeros(n, dtype=np.int64),
        "n_undecided": np.zeros(n, dtype=np.int64),
    }


def run(**changed):
    from hrgeom._native import _extension

    given_arguments = arguments() | changed
    _extension.run(*given_arguments.values())
    return given_arguments


BUFFERS = [name for name, value in arguments().items() if isinstance(value, np.ndarray)]


@needs_extension
def test_run_accepts_buffers_that_fit():
    done = run()
    assert done["n_violations"].tolist() == [19, 19]  # all scores are 0 and reach the level


@needs_extension
@pytest.mark.parametrize("name", [b for b in BUFFERS if b != "match_document"])
def test_run_refuses_short_buffers(name):
    short = arguments()[name].ravel()[:-1].copy()
    with pytest.raises(ValueError, match=f"^{name} must hold [0-9]+ bytes: got {short.nbytes}$"):
        run(**{name: short})


@needs_extension
def test_run_asks_for_whole_panels_of_the_type():
    with pytest.raises(ValueError, match=r"^panels must hold 1152 bytes: got 768$"):
        run(n_documents=33)  # three panels of 16
    single = {"is_double": 0, "queries": np.zeros((2, 3), np.float32)}
    run(**single, n_documents=33, panels=np.zeros((2, 3, 32), np.float32))
    with pytest.raises(ValueError, match=r"^panels must hold 768 bytes: got 384$"):
        run(**single, n_documents=33, panels=np.zeros((1, 3, 32), np.float32))


@needs_extension
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"match_document": np.array([4, 20], np.int32)}, "match_document out of range: entry 1"),
        ({"match_document": np.array([-1, 19], np.int32)}, "match_document out of range: entry 0"),
        ({"match_document": np.array([4], np.int32)}, "match_start must end inside match_document"),
        ({"match_start": np.array([0, 3, 2])}, "match_start must ascend from 0: row 1"),
        ({"match_start": np.array([-1, 1, 2])}, "match_start must ascend from 0: row 0"),
        ({"match_start": np.array([0, 1, 2**60])}, "match_start must end inside match_document"),
        ({"level_document": np.array([0, 20], np.int32)}, "level_document out of range: row 1"),
        ({"pass": "neon"}, "pass must be one this processor can run: got neon"),
        ({"n_documents": -1}, "sizes must not be negative"),
        ({"n_queries": -1}, "sizes must not be negative"),
        ({"dim": 0}, "dim at least 1"),
    ],
)
def test_run_refuses_what_lies_outside(changed, message):
    with pytest.raises(ValueError, match=message):
        run(**changed)


@needs_extension
def test_run_writes_to_writeable_buffers_only():
    frozen = np.zeros(SIZES["n_queries"])
    frozen.flags.writeable = False
    with pytest.raises(
        (BufferError, ValueError, TypeError), match=r"writeable|read-only|read-write"
    ):
        run(extreme_score=frozen)


@needs_extension
@pytest.mark.parametrize(
    "sizes",
    [
        {"n_queries": 2**61},
        {"dim": 2**61},
        {"n_documents": 2**61},
        {"n_queries": 2**62 - 1, "dim": 4},
        {"n_documents": 2**58, "dim": 2**58},
    ],
    ids=str,
)
def test_run_refuses_sizes_whose_bytes_do_not_fit_a_word(sizes):
    """In another process: sizes that wrap around to few bytes would read far outside."""
    code = f"import test_kernels; test_kernels.run(**{sizes!r})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=__file__.rpartition("/")[0],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, f"died with {done.returncode}"
    assert "ValueError" in done.stderr


# Rows that are equal, memory, and arrays as they come


@both_types
@pytest.mark.parametrize("n", [1, 7, 5000])
def test_equal_rows_are_found(dtype, n):
    rng = np.random.default_rng(0)
    distinct = rng.standard_normal((5, 3)).astype(dtype)
    distinct[0] = 0
    rows = distinct[rng.integers(0, 5, n)]
    rows[rng.random(n) < 0.5] *= np.where(rows == 0, -1, 1)[0]  # zeros of both signs
    first = first_equal_rows(rows)
    np.testing.assert_array_equal(rows[first], rows)
    assert len(np.unique(first)) == len(np.unique(rows + 0.0, axis=0))


def test_rows_that_scramble_alike_are_told_apart(monkeypatch):
    """If all sums of bits were the same, every row stands for itself or for one that equals it."""
    monkeypatch.setattr(
        _exact.np.random, "default_rng", lambda seed: SimpleNamespace(integers=zero_weights)
    )
    rows = np.array([[1.0], [2.0], [1.0]])
    first = first_equal_rows(rows)
    np.testing.assert_array_equal(rows[first], rows)


def zero_weights(low, high, n, dtype):
    return np.zeros(n, dtype=dtype)


@both_types
@given(data=st.data())
def test_exact_scores(dtype, data):
    queries, documents, _ = data.draw(score_problems(dtype))
    for q, row in zip(queries, definitions.scores(queries, documents), strict=True):
        assert [exact_score(q, x) for x in documents] == row


def collapsed(m):
    """Documents that are all equal, and whose scores round."""
    rng = np.random.default_rng(0)
    documents = np.repeat(rng.standard_normal((1, 64)), m, axis=0)
    queries = np.repeat(rng.standard_normal((1, 64)), 8, axis=0)
    return Problem(queries, documents, Relevance.from_sets([{0, m // 2}] * 8, m))


def test_equal_documents_are_scored_exactly_once(monkeypatch):
    problem, calls = collapsed(600), []
    monkeypatch.setattr(
        _numpy_twin, "exact_score", lambda q, x: calls.append(1) or exact_score(q, x)
    )
    worst, sweep = row_notion("numpy", problem)
    assert sweep.n_violations.tolist() == sweep.n_exact.tolist() == [598] * 8
    assert worst.n_exact.tolist() == [1] * 8
    assert len(calls) == 8 * 3
    calls.clear()
    level = problem.number(float(worst.extreme_score[0]))
    for which in ("matches", "sweep"):
        call("numpy", which, problem, level)
    assert len(calls) == 8 * 2


@every_kernel
def test_what_a_zero_meets_makes_no_difference(kernel):
    """Documents that are apart only there tie; one that is apart elsewhere does not."""
    rng = np.random.default_rng(0)
    documents = rng.standard_normal((9, 6))
    documents[:, 3:] = documents[0, 3:]
    documents[4, 5] = np.nextafter(documents[0, 5], np.inf)
    queries = np.array([[0.0, -0.0, 0, 0.1, 0.7, 0.3], [0.0] * 6])
    problem = Problem(queries, documents, Relevance.from_sets([{0, 1}] * 2, 9))
    expected = [
        definitions.row_violations(scores, {0, 1})
        for scores in definitions.scores(queries, documents)
    ]
    worst, sweep = row_notion(kernel, problem)
    assert worst.extreme_document.tolist() == [0, 0]
    assert sweep.n_violations.tolist() == expected == [7, 7]


def test_memory_of_the_numpy_kernel_does_not_grow_with_matches():
    n, d = 500, 256
    rng = np.random.default_rng(0)
    embedding = DualEmbedding(
        rng.standard_normal((n, d)), rng.standard_normal((n, d)), threshold=0.0
    )
    relevance = Relevance.from_sets([range(n)] * n, n)
    certify(embedding, relevance, kernel="numpy", threads=1)
    for memory in (2**20, 2**22):
        tracemalloc.start()
        certify(embedding, relevance, kernel="numpy", threads=1, memory=memory)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # beside the blocks: rows of the bounds and the digest, pairs of a group
        assert peak < memory + 2 * embedding.documents.nbytes + 6 * 2**20


@needs_extension
@pytest.mark.parametrize("kernel", COMPILED)
def test_arrays_that_are_not_aligned_are_copied(kernel, monkeypatch):
    library = native_library()

    def run_aligned(name, *values):
        arrays = [value for value in values if isinstance(value, np.ndarray)]
        assert len(arrays) == 15
        assert all(array.flags.aligned and array.flags.c_contiguous for array in arrays)
        return library.run(name, *values)

    spy = SimpleNamespace(**{name: getattr(library, name) for name in dir(library)})
    spy.run = run_aligned
    monkeypatch.setattr(_native, "native_library", lambda: spy)

    def shifted(values):
        room = np.empty(values.nbytes + 1, dtype=np.uint8)
        found = room[1:].view(values.dtype).reshape(values.shape)
        found[:] = values
        assert not found.flags.aligned
        return found

    k, n = get_kernel(kernel), 3
    rows = Rows(shifted(np.eye(3)), shifted(np.arange(4)), shifted(np.arange(3, dtype=np.int32)))
    level = Level(shifted(np.full(n, 0.5)), shifted(np.full(n, -1, dtype=np.int32)))
    bounds = Bounds(shifted(np.zeros(n)), shifted(np.zeros(n)), True)
    packed = k.pack(shifted(np.eye(3)), np.dtype(np.float64))
    for which in ("matches", "sweep"):
        tally = getattr(k, which)(packed, 3, rows, level, bounds)
        assert tally.n_violations.tolist() == [0, 0, 0]
    rows = shifted(np.eye(3))
    assert DualEmbedding(rows, rows).queries.flags.aligned
