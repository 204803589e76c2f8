"""The certificate against the definitions in fractions, for every kernel and stored type."""

import math
import warnings
from dataclasses import replace
from fractions import Fraction

import definitions
import numpy as np
import pytest
from examples import share
from hypothesis import assume, given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, Relevance, available_kernels, certify, construct
from hrgeom.checker._sweep import Progress, Settings, Sweep
from hrgeom.checker.executors import SerialExecutor
from hrgeom.checker.kernels import get_kernel
from hrgeom.core import STORED_TYPES, as_dtype
from hrgeom.errors import KernelError, NotFiniteError, ShapeError
from hrgeom.testing import hierarchies, score_problems

CHAIN = Hierarchy(["a", "b", "c"], [(1, 0), (2, 1)])
KERNELS = available_kernels()


def embedding_of(problem, dtype, threshold=0.0):
    queries, documents, relevance = problem
    return DualEmbedding(
        queries.astype(dtype),
        documents.astype(dtype),
        threshold=threshold,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
    )


def settings_of(kernel):
    return Settings(get_kernel(kernel), SerialExecutor(), 2**28, True, Progress(None))


def exact_rows(embedding, relevance):
    """For every query its exact scores and S(q)."""
    sets = definitions.sets_of_relevance(relevance)
    return list(zip(definitions.scores(*embedding.values()), sets, strict=True))


def exact_violations(rows, notion, threshold):
    if notion == "row":
        return [definitions.row_violations(*row) for row in rows]
    return [
        definitions.violating_matches(*row, threshold)
        + definitions.violating_others(*row, threshold)
        for row in rows
    ]


def exact_margin(rows, notion, threshold):
    if notion == "row":
        gaps = [definitions.ranking_margin(*row) for row in rows]
        return min((g / 2 for g in gaps if g is not None), default=math.inf)
    r = Fraction(threshold)
    low = [definitions.worst_match(*row) for row in rows]
    high = [definitions.best_other(*row) for row in rows]
    return min(
        [a - r for a in low if a is not None] + [r - a for a in high if a is not None],
        default=math.inf,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("notion", ["global", "row"])
@share(1 / 2)
@given(data=st.data())
def test_certificates_match_the_definitions(dtype, notion, data):
    problem = data.draw(score_problems(dtype))
    threshold = data.draw(st.sampled_from([0.0, 1.0, -0.5, 1e-8]))
    embedding, relevance = embedding_of(problem, dtype, threshold), problem[2]
    rows = exact_rows(embedding, relevance)
    wrong = exact_violations(rows, notion, threshold)
    margin = exact_margin(rows, notion, threshold)
    for kernel in KERNELS:
        c = certify(embedding, relevance, notion=notion, kernel=kernel, threads=1)
        assert c.n_violations == sum(wrong)
        assert c.n_violating_queries == sum(w > 0 for w in wrong)
        assert c.verdict == ("fails" if sum(wrong) else "holds")
        if margin == math.inf:
            assert c.margin_lower_bound is None
        else:
            assert c.margin_lower_bound <= margin
        assert (c.n_pairs, c.n_matches) == (
            relevance.n_queries * relevance.n_documents,
            relevance.n_pairs,
        )


@share(1 / 2)
@given(data=st.data(), notion=st.sampled_from(["global", "row"]))
def test_witnesses_are_the_extreme_pairs(data, notion):
    """Within the rounding bound: the witness is where the least margin is, scored exactly."""
    problem = data.draw(score_problems("float64"))
    embedding, relevance = embedding_of(problem, "float64"), problem[2]
    c = certify(embedding, relevance, notion=notion)
    slack = 8 * Fraction(c.rounding_bound)
    rows = exact_rows(embedding, relevance)
    for witness, mine in ((c.worst_match, "match"), (c.best_other, "other")):
        if witness is None:
            continue
        q = relevance.query_labels.index(witness.query)
        v = relevance.document_labels.index(witness.document)
        scores, own = rows[q]
        assert float(scores[v]) == witness.score
        assert (v in own) == (mine == "match")
        if notion == "global" and mine == "match":
            assert (
                scores[v]
                <= min(min(definitions.matches(*r), default=math.inf) for r in rows) + slack
            )
            assert witness.violates == (scores[v] <= 0)
        if notion == "global" and mine == "other":
            assert (
                scores[v]
                >= max(max(definitions.others(*r), default=-math.inf) for r in rows) - slack
            )
            assert witness.violates == (scores[v] >= 0)
    if notion == "row" and c.worst_match is not None:
        gaps = [g for g in (definitions.ranking_margin(*r) for r in rows) if g is not None]
        gap = Fraction(c.worst_match.score) - Fraction(c.best_other.score)
        rounding = Fraction(2) ** -50 * (abs(Fraction(c.worst_match.score)) + abs(gap))
        assert gap <= min(gaps) + slack + rounding


@given(data=st.data())
def test_threads_and_memory_change_nothing(data):
    problem = data.draw(score_problems("float32"))
    embedding, relevance = embedding_of(problem, "float32"), problem[2]
    for kernel in KERNELS:
        results = [
            certify(embedding, relevance, kernel=kernel, threads=threads, memory=memory).to_dict()
            for threads, memory in ((1, 2**28), (3, 2**12), (2, 1))
        ]
        for r in results:
            del r["threads"], r["seconds"]
            if kernel == "numpy":  # its sums depend on the block: within the bound, not bit for bit
                for name in list(r):
                    if "margin" in name or name in (
                        "worst_match",
                        "best_other",
                        "n_exact_rechecks",
                    ):
                        del r[name]
        assert results[0] == results[1] == results[2]


@given(data=st.data())
def test_without_exact_arithmetic_nothing_is_guessed(data):
    problem = data.draw(score_problems("float64"))
    embedding, relevance = embedding_of(problem, "float64"), problem[2]
    whole = certify(embedding, relevance)
    for kernel in KERNELS:
        c = certify(embedding, relevance, kernel=kernel, exact=False)
        assert c.n_violations <= whole.n_violations <= c.n_violations + c.n_undecided
        assert c.n_exact_rechecks == 0
        if c.verdict != "undecided":
            assert c.verdict == whole.verdict


def test_undecided_has_its_own_exit_code():
    """2^60 + 1 - 2^60 - 1 is 0, a violation; float64 sees anything between -2 and 2."""
    big = 2.0**60
    e = DualEmbedding([[big, 1.0, -big, 0.7]], [[1.0, 0.7, 1.0, -1.0]], threshold=0.0)
    relevance = Hierarchy(["a"], []).relevance
    open_ = certify(e, relevance, exact=False)
    assert (open_.verdict, open_.n_undecided, open_.exit_code) == ("undecided", 1, 3)
    decided = certify(e, relevance)
    assert (decided.verdict, decided.n_exact_rechecks, decided.exit_code) == ("fails", 1, 1)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("dtype", STORED_TYPES)
def test_stored_types(kernel, dtype):
    """Integers: the same certificate whatever the type, by exact sums."""
    queries = np.array([[0, 1], [5, 1], [7, 1]]).astype(as_dtype(dtype))
    documents = np.array([[0, 9], [2, -1], [2, -12]]).astype(as_dtype(dtype))
    c = certify(DualEmbedding(queries, documents, threshold=0.0), CHAIN, kernel=kernel)
    assert (c.verdict, c.arithmetic, c.rounding_bound) == ("holds", "integer", 0.0)
    assert (c.margin_lower_bound, c.dtype) == (1.0, dtype)


@pytest.mark.parametrize("kernel", KERNELS)
def test_scaled_int8_means_its_scaled_values(kernel):
    scale = float(np.float32(0.1))
    e = DualEmbedding(
        np.array([[1]], dtype=np.int8),
        np.array([[3]], dtype=np.int8),
        threshold=3 * scale,
        query_scale=scale,
        document_scale=1.0,
    )
    relevance = Hierarchy(["a"], []).relevance
    assert certify(e, relevance, kernel=kernel).verdict == "fails"  # equal is not above
    lower = replace(e, threshold=float(np.nextafter(3 * scale, 0)))
    assert certify(lower, relevance, kernel=kernel).verdict == "holds"


@pytest.mark.parametrize("notion", ["global", "row"])
@share(1 / 2)
@given(data=st.data())
def test_scales_of_rows_match_the_definitions(notion, data):
    """int8 under scales of few bits, which float32 carries, and of many, which it does not."""
    _, _, relevance = data.draw(score_problems("float32"))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    n, m = relevance.n_queries, relevance.n_documents
    bits = data.draw(st.sampled_from([3, 17, 24]))
    embedding = DualEmbedding(
        rng.integers(-4, 5, (n, 5)).astype(np.int8),
        rng.integers(-4, 5, (m, 5)).astype(np.int8),
        threshold=data.draw(st.sampled_from([0.0, 1.0, -0.5])),
        query_scale=rng.integers(1, 2**bits, n) / 2**bits,
        document_scale=rng.integers(1, 2**bits, m) / 2**bits,
    )
    rows = list(
        zip(
            [
                [definitions.score(q, x) * Fraction(float(a)) * Fraction(float(b)) for x, b in xs]
                for q, a in zip(embedding.queries.tolist(), embedding.query_scale, strict=True)
                for xs in [
                    list(zip(embedding.documents.tolist(), embedding.document_scale, strict=True))
                ]
            ],
            definitions.sets_of_relevance(relevance),
            strict=True,
        )
    )
    wrong = exact_violations(rows, notion, embedding.threshold)
    margin = exact_margin(rows, notion, embedding.threshold)
    for kernel in KERNELS:
        c = certify(embedding, relevance, notion=notion, kernel=kernel, threads=1)
        assert c.n_violations == sum(wrong)
        assert c.verdict == ("fails" if sum(wrong) else "holds")
        if margin == math.inf:
            assert c.margin_lower_bound is None
        else:
            assert margin - Fraction(1, 10**5) <= c.margin_lower_bound <= margin


def test_global_threshold_is_found_where_none_is_given():
    e = DualEmbedding([[1.0, 0.0], [1.0, 1.0]], [[3.0, 0.0], [1.0, 2.0]], threshold=None)
    h = Hierarchy(["a", "b"], [(1, 0)])
    c = certify(e, h)
    assert (c.verdict, c.threshold, c.margin_lower_bound) == ("holds", 2.0, 1.0)


def test_normalized_margin_of_unit_rows_is_the_raw_one():
    h = Hierarchy.from_edges([(str(i), str(i // 2)) for i in range(1, 200)])
    e = construct(h, dtype="float64", method="interval", code="arc", certify=False).embedding
    c = certify(e, h)
    lengths = np.linalg.norm(e.queries, axis=1).max() * np.linalg.norm(e.documents, axis=1).max()
    assert c.normalized_margin_lower_bound == pytest.approx(
        c.margin_lower_bound / lengths, rel=1e-9
    )


@given(
    hierarchy=hierarchies(),
    method=st.sampled_from(["interval", "dual-frame"]),
    lengths=st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=30, max_size=30),
    notion=st.sampled_from(["global", "row"]),
)
def test_normalized_margin_is_a_lower_bound(hierarchy, method, lengths, notion):
    """Rows of several lengths, scaled to one here in extended precision."""
    relevance = hierarchy.relevance
    assume(relevance.n_matches.min() < relevance.n_documents)
    e = construct(hierarchy, method=method, dtype="float64", certify=False).embedding
    scale = np.resize(lengths, (relevance.n_documents, 1))
    e = replace(e, queries=e.queries * scale, documents=e.documents * scale[::-1])
    c = certify(e, hierarchy, notion=notion)
    if c.normalized_margin_lower_bound is None:
        assert method == "dual-frame" or notion == "row"  # threshold 0 survives any scaling
        return
    q, x = (a.astype(np.longdouble) for a in e.values())
    scores = (q / np.linalg.norm(q, axis=1, keepdims=True)) @ (
        x / np.linalg.norm(x, axis=1, keepdims=True)
    ).T
    own = np.zeros(scores.shape, dtype=bool)
    for i in range(relevance.n_queries):
        own[i, relevance.matches(i)] = True
    low = np.where(own, scores, np.inf).min(axis=1)
    high = np.where(own, -np.inf, scores).max(axis=1)
    true = (low - high).min() / 2 if notion == "row" else (low.min() - high.max()) / 2
    assert 0 < c.normalized_margin_lower_bound <= true


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("notion", ["global", "row"])
@share(1 / 2)
@given(data=st.data())
def test_normalized_margin_is_tight(dtype, notion, data):
    """Documents that match are those that score best once all rows have length one."""
    queries, documents, _ = data.draw(score_problems(dtype))
    stretch = data.draw(st.lists(st.integers(-6, 6), min_size=1, max_size=len(documents)))
    documents = np.ldexp(documents, np.resize(stretch, (len(documents), 1))).astype(dtype)
    rows = definitions.normalized_scores(queries, documents)
    scores = sorted({a for row in rows or [] for a in row})
    cut = data.draw(st.sampled_from(scores)) if scores else 0
    size = data.draw(st.integers(1, len(documents)))
    sets = [
        {v for v, a in enumerate(row) if a > (cut if notion == "global" else sorted(row)[-size])}
        for row in rows or [[] for _ in queries]
    ]
    relevance = Relevance.from_sets(sets, len(documents))
    threshold = data.draw(st.sampled_from([None, 0.0, 0.5]))
    e = DualEmbedding(queries, documents, threshold=threshold)
    found = certify(e, relevance, notion=notion).normalized_margin_lower_bound
    if rows is None:
        assert found is None
        return
    true = definitions.best_margin(rows, sets, notion)
    if true is None:  # one side is empty: only the threshold 0 has a meaning for any lengths
        assert found is None or threshold == 0
        return
    assert found is None or 0 < found <= true
    lengths = [float(np.linalg.norm(a.astype(np.longdouble))) for a in (*queries, *documents)]
    if min(lengths) >= 1e-140 and max(lengths) <= 1e140:
        rounding = Fraction(6 * (e.dim + 12), 2**53)
        assert (found or 0) >= true * Fraction(0.998) - rounding


def looks_and_margin(embedding, relevance):
    """How many sweeps were taken, as progress counts them, and the normalized margin."""
    seen = []
    c = certify(embedding, relevance, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    return seen[-1][1] / embedding.n_queries, c.normalized_margin_lower_bound


@pytest.mark.parametrize(
    ("length", "dtype", "n_looks"),
    [
        (1.0, "float32", 1),  # documents of one length: the first look tells
        (4.0, "float32", 2),
        (4.0, "float64", 2),
        (0.25, "float64", 1),  # the longest documents are the worst anyway
        (2e5, "float32", 3),  # only float32 shows that the margin is too small for it
        (2e5, "float64", 3),  # queries that float32 holds are looked at in float32
    ],
)
def test_as_many_looks_as_are_needed(length, dtype, n_looks):
    """Scores +-1 of short documents, and +-2 of long ones that are nearly at right angles."""
    far = (2.0 if length > 1 else 1.0, length)
    documents = np.array([(1.0, 1.0), (-1.0, 1.0), far, (-far[0], length)], dtype=dtype)
    e = DualEmbedding(np.array([[1.0, 0.0]], dtype=dtype), documents, threshold=0.0)
    looks, margin = looks_and_margin(e, Relevance.from_sets([{0, 2}], 4))
    true = definitions.best_margin(
        definitions.normalized_scores(e.queries, e.documents), [{0, 2}], "global"
    )
    assert looks == n_looks
    assert true * Fraction(0.998) <= margin <= true
    # where pairs that were seen leave no gap, there is nothing more to look for
    assert looks_and_margin(e, Relevance.from_sets([{1, 2}], 4)) == (1, None)


@pytest.mark.parametrize("row", [[0.0, 0.0], [1e-150, 0.0], [1e150, 0.0]])
@pytest.mark.parametrize("side", ["queries", "documents"])
def test_rows_that_cannot_be_scaled_have_no_normalized_margin(row, side):
    relevance = Relevance.from_sets([{0}, {1}], 2)
    whole = DualEmbedding(np.eye(2), np.eye(2), threshold=0.5)
    assert certify(whole, relevance).normalized_margin_lower_bound == pytest.approx(0.5)
    rows = np.eye(2)
    rows[1] = row
    c = certify(replace(whole, **{side: rows}), relevance)
    assert c.normalized_margin_lower_bound is None


def test_normalized_margin_allows_for_cancellation():
    """In float64 the scores 130 and -100 come out as 256 and 0: a gap that is not there."""
    e = DualEmbedding(
        [[2.0**60, 1.0, -(2.0**60), 0.0]],
        [[1.0, 130.0, 1.0, 0.0], [1.0, -100.0, 1.0, np.sqrt(130.0**2 - 100.0**2)]],
    )
    c = certify(e, Relevance.from_sets([{0}], 2), notion="row")
    assert c.holds
    assert c.n_exact_rechecks > 0
    true = definitions.best_margin(
        definitions.normalized_scores(e.queries, e.documents), [{0}], "row"
    )
    assert true > 0
    assert c.normalized_margin_lower_bound is None or c.normalized_margin_lower_bound <= true


def test_normalized_margin_reads_stored_numbers_of_any_type():
    """The same rows of several lengths in every type: the same margin."""
    queries, documents = np.eye(3), np.array([[2, -1, -4], [-1, 3, -1], [-3, -3, 5]])
    relevance = Relevance.from_sets([{0}, {1}, {2}], 3)
    whole = [
        certify(
            DualEmbedding(queries.astype(as_dtype(t)), documents.astype(as_dtype(t)), 0.0),
            relevance,
        )
        for t in STORED_TYPES
    ]
    scales = np.array([0.1, 7, 1e-5], dtype=np.float32)
    scaled = DualEmbedding(
        queries.astype(np.int8), documents.astype(np.int8), 0.0, document_scale=scales
    )
    true = definitions.best_margin(
        definitions.normalized_scores(queries, documents), [{0}, {1}, {2}], "global"
    )
    for c in [*whole, certify(scaled, relevance)]:
        assert true * Fraction(0.998) <= c.normalized_margin_lower_bound <= true


@share(1 / 2)
@given(data=st.data())
def test_a_missing_threshold_is_never_worse_than_a_given_one(data):
    problem = data.draw(score_problems("float32"))
    embedding, relevance = embedding_of(problem, "float32", threshold=None), problem[2]
    rows = exact_rows(embedding, relevance)
    low = min((definitions.worst_match(*r) for r in rows if r[1]), default=math.inf)
    others = [definitions.best_other(*r) for r in rows]
    high = max((a for a in others if a is not None), default=-math.inf)
    c = certify(embedding, relevance)
    assert c.holds == (low > c.threshold > high)
    if low > high + 1e-6 * (abs(high) + abs(low)) + 1e-30:
        assert c.holds
    assert sum(exact_violations(rows, "global", c.threshold)) == c.n_violations


def test_margins_round_down():
    """1 - 1e-20 is 1 in float64: the bound must stay below."""
    e = DualEmbedding([[1.0]], [[1.0]], threshold=1e-20)
    c = certify(e, Hierarchy(["a"], []))
    assert c.arithmetic == "integer"
    assert c.margin_lower_bound == np.nextafter(1.0, 0)


# Planted violations: each is found and named.


@pytest.fixture
def planted():
    h = Hierarchy.from_edges(
        [(f"n{i}", f"n{(i - 1) // 3}") for i in range(1, 200)] + [("n150", "n7")]
    )
    return h, construct(h, dtype="float64", method="interval", certify=False).embedding


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_nudged_coordinate_is_found_and_named(planted, kernel):
    h, e = planted
    documents, v = e.documents.copy(), h.index("n42")
    below = [q for q in range(h.n_nodes) if v in h.relevance.matches(q)]
    tightest = (e.queries[below] @ documents[v]).min()
    assert np.all(e.queries[:, -1] == e.queries[0, -1])
    documents[v, -1] -= 1.5 * tightest / e.queries[0, -1]  # every score of n42 falls by as much
    c = certify(replace(e, documents=documents), h, kernel=kernel)
    assert c.verdict == "fails"
    assert c.worst_match.document == "n42"
    assert c.worst_match.violates
    assert c.n_violations > 0


@pytest.mark.parametrize("kernel", KERNELS)
def test_swapped_queries_are_found_and_named(planted, kernel):
    h, e = planted
    queries = e.queries.copy()
    a, b = h.index("n42"), h.index("n120")
    queries[[a, b]] = queries[[b, a]]
    c = certify(replace(e, queries=queries), h, kernel=kernel)
    assert (c.verdict, c.n_violating_queries) == ("fails", 2)
    assert {c.worst_match.query, c.best_other.query} <= {"n42", "n120"}
    assert c.worst_match.violates or c.best_other.violates


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_dropped_edge_is_found_and_named(planted, kernel):
    h, e = planted
    edges = [(h.labels[c], h.labels[p]) for c, p in h.edges if h.labels[c] != "n42"]
    c = certify(e, Hierarchy.from_edges(edges, labels=h.labels), kernel=kernel)
    assert c.verdict == "fails"
    assert c.best_other.violates
    below = {label for label in h.labels if "n42" in [label, *h.ancestors(label)]}
    assert c.best_other.query in below
    assert c.best_other.document in h.ancestors("n42")


def test_nan_and_infinity_are_refused_with_their_place(planted):
    h, e = planted
    for value in (np.nan, np.inf, -np.inf):
        queries = e.queries.copy()
        queries[h.index("n42"), 2] = value
        with pytest.raises(NotFiniteError, match=r"queries must be finite.*'n42'\), column 2"):
            replace(e, queries=queries)


def test_misfits_are_refused():
    e = DualEmbedding(np.zeros((3, 2)), np.zeros((3, 2)), threshold=0.0)
    with pytest.raises(ShapeError, match="one row per node: got 3 queries for 2"):
        certify(e, Hierarchy(["a", "b"], []))
    named = replace(e, query_labels=("a", "x", "b"), document_labels=("a", "b", "c"))
    with pytest.raises(ShapeError, match="must have a row for every label: got none for 1 of 3"):
        certify(named, CHAIN)
    with pytest.raises(KernelError, match="kernel must be one of"):
        certify(e, CHAIN, kernel="fast")
    huge = DualEmbedding(np.full((3, 2), 1e200), np.full((3, 2), 1e200), threshold=0.0)
    with pytest.raises(ShapeError, match="must fit in float64"):
        certify(huge, CHAIN)


def test_float32_scores_beyond_its_range_are_still_decided():
    big = np.full((3, 2), 1e30, dtype=np.float32)
    c = certify(DualEmbedding(big, big, threshold=0.0), CHAIN)
    assert (c.verdict, c.n_violations) == ("fails", 3)  # all scores positive: 9 pairs, 6 match


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_near_ties_of_float32_are_swept_in_float64(kernel, notion):
    """Scores that differ by less than the bound of a float32 sweep: the same findings."""
    rng = np.random.default_rng(0)
    documents = (np.ones((300, 40)) + 1e-7 * rng.random((300, 40))).astype(np.float32)
    queries = rng.random((7, 40)).astype(np.float32)
    relevance = Relevance.from_sets([[i, 50 + i] for i in range(7)], n_documents=300)
    embedding = DualEmbedding(queries, documents, threshold=20.0)
    sweep = Sweep(*embedding.values(), relevance, settings_of(kernel))
    assert (sweep.queries.dtype, sweep.work) == (np.float32, np.float64)
    c = certify(embedding, relevance, kernel=kernel, notion=notion)
    rows = exact_rows(embedding, relevance)
    wrong = exact_violations(rows, notion, 20.0)
    assert c.n_violations == sum(wrong) > 0
    extreme = max(row for row in (definitions.best_other(*row) for row in rows))
    if notion == "global":
        assert Fraction(c.best_other.score) == pytest.approx(extreme, rel=1e-14)


def test_progress_reaches_the_end():
    seen = []
    h = Hierarchy([str(i) for i in range(3000)], [(i, 0) for i in range(1, 3000)])
    e = construct(h, dtype="float64", method="interval", certify=False).embedding
    certify(e, h, progress=lambda done, total: seen.append((done, total)), memory=2**20)
    assert seen[-1] in ((3000, 3000), (6000, 6000))  # with a second look, or without
    assert seen == sorted(seen)
    assert len(seen) > 1


def test_text_says_what_matters(planted):
    h, e = planted
    text = str(certify(e, h))
    assert text.startswith("HOLDS: 0 violations in 40,000 pairs")
    assert "arithmetic integer" in text
    documents = e.documents.copy()
    documents[0] *= -1
    assert "WRONG" in str(certify(replace(e, documents=documents), h))


def test_rows_far_apart_in_length_give_no_warning():
    """A quotient of scores and lengths leaves float64: no margin follows, and nothing is said."""
    relevance = Relevance.from_sets([{0}, {1}, {0, 1}, set()], 3)
    rng = np.random.default_rng(0)
    lengths = (1e-130, 1.0, 1e130)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        for _ in range(40):
            rows = rng.standard_normal((7, 3)) * rng.choice(lengths, size=(7, 1))
            certify(DualEmbedding(rows[:4], rows[4:]), relevance)
