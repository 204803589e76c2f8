"""Steps of queries and documents: C against NumPy, and both against the loss as it is stated."""

from dataclasses import replace

import numpy as np
import pytest
from descending import COMPILED, copied, passes_named, random_judgments, state_of

from hrgeom._native.library import descent_library
from hrgeom.core import Relevance
from hrgeom.descent import _native_passes, available_passes
from hrgeom.descent._passes import Visit

ALL = available_passes()
WIDTHS = (16, 32, 48, 64, 80, 128, 144)
SIDES = ("rows", "momentum", "scale")
PER_QUERY = (
    *("thresholds", "match_loss", "other_loss"),
    *("lowest_match", "highest_other", "lowest_listed"),
)


def visit_of(problem, state, g=0, **changes):
    """A visit of a group, as an engine makes it."""
    first, last = (int(i) for i in problem.groups[g : g + 2])
    listing = passes_named("numpy").by_document(problem, state, range(first, last))
    usual = Visit(
        (first, last),
        problem.by_document[g],
        listing,
        temperature=20.0,
        goal=0.03,
        query_rate=0.05,
        document_rate=0.025,
        damping=0.02,
        n_query_steps=2,
    )
    return replace(usual, **changes)


def stepped(name, problem, state, visit):
    """A copy of the state after a step of the group's queries, then of all documents."""
    passes, after = passes_named(name), copied(state)
    seen = passes.step_queries(problem, after, visit, range(*visit.group))
    passes.step_documents(problem, after, visit, range(problem.n_documents))
    return after, seen


def shifts_of(problem, n):
    return np.sort(np.random.default_rng(1).choice(problem.n_documents, n, replace=False)).astype(
        np.int32
    )


# --- C against NumPy --------------------------------------------------------------------------


def assert_alike(one, other, tolerance=1e-4):
    for side in ("queries", "documents"):
        for name in SIDES:
            a, b = (getattr(getattr(state, side), name) for state in (one, other))
            # momentum and scale are of the size of gradients
            size = 1.0 if name == "rows" else max(1.0, float(np.abs(a).max()))
            np.testing.assert_allclose(
                b, a, rtol=0, atol=tolerance * size, err_msg=f"{side} {name}"
            )
    for name in PER_QUERY:
        a, b = getattr(one, name), getattr(other, name)
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("name", COMPILED)
@pytest.mark.parametrize("n_shifts", [0, 5])
@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("width", WIDTHS)
def test_kernels_step_as_numpy_does(width, notion, n_shifts, name):
    rng = np.random.default_rng(width)
    dim = width - int(rng.integers(0, 16))
    problem, state = state_of(random_judgments(rng, 70, 90), dim, notion=notion)
    visit = visit_of(
        problem,
        state,
        is_by_row=notion == "row",
        shifts=shifts_of(problem, n_shifts),
        sample_weight=12.0,
    )
    wanted, by_numpy = stepped("numpy", problem, state, visit)
    found, seen = stepped(name, problem, state, visit)
    assert not np.array_equal(wanted.queries.rows, state.queries.rows)
    assert not np.array_equal(wanted.documents.rows, state.documents.rows)
    assert_alike(wanted, found)
    assert seen.slope == pytest.approx(by_numpy.slope, abs=1e-2)
    assert seen.lowest == pytest.approx(by_numpy.lowest, abs=1e-5)
    assert seen.highest == pytest.approx(by_numpy.highest, abs=1e-5)
    assert seen.lowest_gap == pytest.approx(by_numpy.lowest_gap, abs=1e-5)
    assert seen.n_wrong == by_numpy.n_wrong


@pytest.mark.parametrize("name", COMPILED)
def test_many_queries_for_few_documents(name):
    """A shift meets a document with several queries of a group."""
    rng = np.random.default_rng(0)
    problem, state = state_of(random_judgments(rng, 90, 7, most=3), 10, n_groups=1)
    visit = visit_of(problem, state, shifts=np.arange(7, dtype=np.int32), sample_weight=1.0)
    assert_alike(
        stepped("numpy", problem, state, visit)[0], stepped(name, problem, state, visit)[0]
    )


@pytest.mark.parametrize("name", COMPILED)
def test_kernels_list_by_document_as_numpy_does(name):
    problem, state = state_of(random_judgments(np.random.default_rng(0), 40, 70), 8)
    rows = range(int(problem.groups[1]), int(problem.groups[2]))
    wanted = passes_named("numpy").by_document(problem, state, rows)
    found = passes_named(name).by_document(problem, state, rows)
    assert np.array_equal(found[0], wanted[0])
    for a, b in zip(wanted[0][:-1], wanted[0][1:], strict=True):
        assert sorted(found[1][a:b]) == sorted(wanted[1][a:b])


@pytest.mark.parametrize("name", ALL)
def test_parts_of_a_range_step_as_the_whole(name):
    problem, state = state_of(random_judgments(np.random.default_rng(3), 40, 50), 12)
    visit = visit_of(problem, state, shifts=shifts_of(problem, 4))
    whole, seen = stepped(name, problem, state, visit)
    passes, parts = passes_named(name), copied(state)
    first, last = visit.group
    seen_in_parts = passes.step_queries(problem, parts, visit, range(first, first + 5))
    seen_in_parts += passes.step_queries(problem, parts, visit, range(first + 5, last))
    for a, b in ((0, 1), (1, 17), (17, 50)):
        passes.step_documents(problem, parts, visit, range(a, b))
    assert seen_in_parts.n_wrong == seen.n_wrong
    assert seen_in_parts.lowest_gap == seen.lowest_gap
    if name != "numpy":  # whose sums are not taken row by row
        assert np.array_equal(parts.queries.rows, whole.queries.rows)
        assert np.array_equal(parts.documents.rows, whole.documents.rows)
    assert_alike(whole, parts, 1e-5)


# --- Against the loss -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_frozen_visit_steps_nothing(name):
    problem, state = state_of(random_judgments(np.random.default_rng(0), 30, 40), 8)
    after = copied(state)
    passes_named(name).step_queries(
        problem, after, visit_of(problem, state, is_frozen=True), range(0, 10)
    )
    for side in SIDES:
        assert np.array_equal(getattr(after.queries, side), getattr(state.queries, side))
        assert np.array_equal(getattr(after.documents, side), getattr(state.documents, side))
    assert np.array_equal(after.thresholds, state.thresholds)


@pytest.mark.parametrize("name", ALL)
def test_rows_stay_of_length_one_and_padding_zero(name):
    problem, state = state_of(random_judgments(np.random.default_rng(0), 40, 60), 19)
    after, _ = stepped(name, problem, state, visit_of(problem, state))
    for side in (after.queries, after.documents):
        np.testing.assert_allclose(np.linalg.norm(side.rows, axis=1), 1, atol=1e-5)
        assert not side.rows[:, 19:].any()


def exponents_of(problem, state, visit, i, query, documents):
    """Both exponents' sums of query i in float64: over matches, and over all it is held against."""
    T, goal, t = visit.temperature, visit.goal, float(state.thresholds[i])
    match = problem.indices[problem.indptr[i] : problem.indptr[i + 1]]
    listed = state.listed[i, : state.n_listed[i]]
    sampled = np.setdiff1d((i + visit.shifts) % problem.n_documents, match)
    rows = state.documents.rows.astype(np.float64)
    scores = rows[sampled] @ state.queries.rows[i].astype(np.float64)
    lowest = (rows[listed] @ state.queries.rows[i].astype(np.float64)).min(initial=np.inf)
    stands_for = np.where(scores < lowest, visit.sample_weight, 1.0)
    pull = np.exp(T * (t + goal - documents[match] @ query)).sum()
    push = np.exp(T * (documents[listed] @ query - t + goal)).sum()
    push += (stands_for * np.exp(T * (documents[sampled] @ query - t + goal))).sum()
    return pull, push


def loss_of(problem, state, visit, i, query, documents):
    return sum(np.log1p(x) for x in exponents_of(problem, state, visit, i, query, documents))


def along_the_sphere(loss, row, step=1e-5):
    """The gradient of a loss at a unit row, less its part along the row, by differences."""
    gradient = np.zeros_like(row)
    for k in range(len(row)):
        ahead, behind = row.copy(), row.copy()
        ahead[k] += step
        behind[k] -= step
        gradient[k] = (loss(ahead) - loss(behind)) / (2 * step)
    return gradient - gradient @ row * row


# T is low enough for no pair to be negligible
MILD = {"temperature": 4.0, "momentum": 0.0, "n_query_steps": 1}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n_shifts", [0, 6])
def test_queries_follow_the_gradient(name, n_shifts):
    problem, state = state_of(random_judgments(np.random.default_rng(5), 24, 30), 6, most=9)
    visit = visit_of(problem, state, shifts=shifts_of(problem, n_shifts), sample_weight=3.0, **MILD)
    after = copied(state)
    seen = passes_named(name).step_queries(problem, after, visit, range(*visit.group))
    documents = state.documents.rows.astype(np.float64)
    slope = 0.0
    for i in range(*visit.group):
        query = state.queries.rows[i].astype(np.float64)
        pull, push = exponents_of(problem, state, visit, i, query, documents)
        slope += visit.temperature * (pull / (1 + pull) - push / (1 + push))
        assert after.match_loss[i] == pytest.approx(np.log1p(pull), abs=1e-4)
        assert after.other_loss[i] == pytest.approx(np.log1p(push), abs=1e-4)
        wanted = along_the_sphere(
            lambda q, i=i: loss_of(problem, state, visit, i, q, documents), query
        )
        np.testing.assert_allclose(after.queries.momentum[i], wanted, atol=3e-3)
    assert seen.slope == pytest.approx(slope, abs=1e-3)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n_shifts", [0, 6])
def test_documents_follow_the_gradient(name, n_shifts):
    problem, state = state_of(random_judgments(np.random.default_rng(6), 24, 30), 6, most=9)
    visit = visit_of(problem, state, shifts=shifts_of(problem, n_shifts), sample_weight=3.0, **MILD)
    after, passes = copied(state), passes_named(name)
    passes.step_queries(problem, after, replace(visit, is_frozen=True), range(*visit.group))
    passes.step_documents(problem, after, visit, range(problem.n_documents))
    documents = state.documents.rows.astype(np.float64)

    def loss(row, j):
        changed = documents.copy()
        changed[j] = row
        return sum(
            loss_of(problem, state, visit, i, state.queries.rows[i].astype(np.float64), changed)
            for i in range(*visit.group)
        )

    for j in (0, 7, 29):
        wanted = along_the_sphere(lambda row, j=j: loss(row, j), documents[j])
        np.testing.assert_allclose(after.documents.momentum[j], wanted, atol=3e-3)


@pytest.mark.parametrize("name", ALL)
def test_thresholds_of_queries_minimize_their_losses(name):
    problem, state = state_of(random_judgments(np.random.default_rng(7), 24, 30), 6, notion="row")
    visit = visit_of(problem, state, is_by_row=True, **MILD)
    after = copied(state)
    passes_named(name).step_queries(problem, after, visit, range(*visit.group))
    before = replace(state, thresholds=after.thresholds)
    documents = state.documents.rows.astype(np.float64)
    n_both = 0
    for i in range(*visit.group):
        query = state.queries.rows[i].astype(np.float64)
        pull, push = exponents_of(problem, before, visit, i, query, documents)
        if pull > 0 and push > 0:
            n_both += 1
            assert pull == pytest.approx(push, rel=1e-3)
        else:
            assert after.thresholds[i] == state.thresholds[i]
    assert n_both >= 5


# --- What the extension refuses ---------------------------------------------------------------


class Recorder:
    """Stands in for the extension and keeps what it was called with."""

    def __init__(self):
        self.calls = {}

    def __getattr__(self, name):
        def call(*arguments):
            self.calls[name] = list(arguments)
            return (0.0,) * 5

        return call


@pytest.fixture
def calls(monkeypatch):
    """Arguments of legal calls: steps of queries and of documents, sweeps, lists by document."""
    if not COMPILED:
        pytest.skip("the C library was not built")
    problem, state = state_of(random_judgments(np.random.default_rng(0), 20, 70), 8, most=6)
    recorder = Recorder()
    monkeypatch.setattr(_native_passes, "descent_library", lambda: recorder)
    passes = passes_named("serial")
    visit = visit_of(problem, state, shifts=shifts_of(problem, 3))
    passes.step_queries(problem, state, visit, range(20))
    found = {"queries": recorder.calls["steps"]}
    passes.step_documents(problem, state, visit, range(problem.n_documents))
    found["documents"] = recorder.calls["steps"]
    cuts = np.full(20, -(2**31), dtype=np.int32)
    passes.list_hardest(problem, state, _native_passes.Bytes.of(state), cuts, 100, range(20))
    found["sweep"] = recorder.calls["list_hardest"]
    passes.by_document(problem, state, range(20))
    found["lists"] = recorder.calls["by_document"]
    return found


FUNCTION = {
    "queries": "steps",
    "documents": "steps",
    "sweep": "list_hardest",
    "lists": "by_document",
}


def run_again(what, arguments):
    return getattr(descent_library(), FUNCTION[what])(*arguments)


@pytest.mark.parametrize("what", FUNCTION)
def test_what_is_legal_is_taken(what, calls):
    run_again(what, calls[what])


# position of the argument, and values that it may not have
NUMBERS = [
    *(("queries", 0, value) for value in ("", "sse2")),
    *(("queries", 2, value) for value in (-1, 21)),
    *(("queries", 3, value) for value in (-1, 21)),
    *(("queries", 4, value) for value in (0, -1, 21, 2**40)),
    *(("queries", 5, value) for value in (0, 71, 2**40)),
    *(("queries", 6, value) for value in (0, 8, 32, 2**21)),
    *(("queries", 7, value) for value in (0, -1, 7, 2**33)),
    *(("documents", 2, value) for value in (-1, 71)),
    *(("documents", 3, value) for value in (-1, 71)),
    *(("documents", 5, value) for value in (0, 71)),
    ("sweep", 0, "sse2"),
    *(("sweep", 2, value) for value in (-1, 21)),
    *(("sweep", 3, value) for value in (0, 21)),
    *(("sweep", 4, value) for value in (0, 129, 2**40)),
    *(("sweep", 5, value) for value in (0, 6, 12, 2**17)),
    *(("sweep", 6, value) for value in (0, 7, 2**25)),
    ("sweep", 7, -1),
    *(("lists", 0, value) for value in (0, 71, 2**40)),
    *(("lists", 1, value) for value in (0, 2**33)),
    *(("lists", 2, value) for value in (-1, 21)),
    *(("lists", 3, value) for value in (-1, 21)),
]


@pytest.mark.parametrize(("what", "at", "value"), NUMBERS)
def test_numbers_out_of_range_are_refused(what, at, value, calls):
    arguments = calls[what]
    arguments[at] = value
    with pytest.raises(ValueError, match=r"must|must be one this processor"):
        run_again(what, arguments)


def arrays(what):
    """Positions of all arrays: of the tuple among the arguments, and in it."""
    sizes = {"queries": {8: 16, 9: 5}, "documents": {8: 16, 9: 5}, "sweep": {8: 7}, "lists": {4: 4}}
    return [(what, at, k) for at, n in sizes[what].items() for k in range(n)]


EVERY_ARRAY = [place for what in FUNCTION for place in arrays(what)]
# Their lengths are free: what stands for them are the starts and the shifts.
FREE = {("queries", 9, 1), ("queries", 9, 3), ("queries", 9, 4)}
FREE |= {("documents", 8, 13), ("documents", 9, 4)}


def with_array(arguments, at, k, change):
    changed = list(arguments)
    inner = list(changed[at])
    inner[k] = change(inner[k])
    changed[at] = tuple(inner)
    return changed


@pytest.mark.parametrize(("what", "at", "k"), EVERY_ARRAY)
def test_arrays_of_another_type_or_size_are_refused(what, at, k, calls):
    arguments = calls[what]
    for change in (
        lambda a: np.zeros(a.shape),
        lambda a: np.zeros(a.shape, dtype=np.int16),
        lambda a: np.repeat(a, 2, axis=0)[::2],
    ):
        with pytest.raises(ValueError, match=r"must hold|contiguous"):
            run_again(what, with_array(arguments, at, k, change))
    with pytest.raises((TypeError, BufferError)):
        run_again(what, with_array(arguments, at, k, lambda a: a.tolist()))
    if (what, at, k) not in FREE:
        with pytest.raises(ValueError, match="must"):
            run_again(what, with_array(arguments, at, k, lambda a: a[:-1].copy()))


@pytest.mark.parametrize("what", FUNCTION)
def test_tuples_of_another_length_are_refused(what, calls):
    at = next(i for i, value in enumerate(calls[what]) if isinstance(value, tuple))
    for change in (lambda a: a[:-1], lambda a: (*a, a[0]), list):
        arguments = list(calls[what])
        arguments[at] = change(arguments[at])
        with pytest.raises(ValueError, match="tuple of"):
            run_again(what, arguments)


def put(value, at):
    def change(a):
        b = a.copy()
        b.flat[at] = value
        return b

    return change


ENTRIES = [
    ("queries", 8, 12, (1, -1)),
    ("queries", 8, 12, (1, 10**6)),
    ("queries", 8, 13, (0, -1)),
    ("queries", 8, 13, (0, 70)),
    ("queries", 8, 14, (0, -1)),
    ("queries", 8, 14, (0, 7)),
    ("queries", 8, 15, (0, -1)),
    ("queries", 8, 15, (0, 70)),
    ("queries", 9, 4, (0, -1)),
    ("queries", 9, 4, (0, 70)),
    ("documents", 8, 12, (1, -1)),
    ("documents", 8, 12, (1, 10**6)),
    ("documents", 9, 0, (1, -1)),
    ("documents", 9, 0, (70, 10**6)),
    ("documents", 9, 1, (0, 20)),
    ("documents", 9, 1, (0, -1)),
    ("documents", 9, 2, (70, 10**6)),
    ("documents", 9, 3, (0, 20)),
    ("documents", 9, 4, (0, 70)),
    ("sweep", 8, 2, (1, -1)),
    ("sweep", 8, 2, (20, 10**6)),
    ("sweep", 8, 3, (0, -1)),
    ("sweep", 8, 3, (0, 70)),
    ("lists", 4, 0, (0, 7)),
    ("lists", 4, 0, (0, -1)),
    ("lists", 4, 1, (0, 70)),
    ("lists", 4, 1, (0, -1)),
]


@pytest.mark.parametrize(("what", "at", "k", "entry"), ENTRIES)
def test_entries_out_of_range_are_refused(what, at, k, entry, calls):
    arguments = calls[what]
    place, value = entry
    with pytest.raises(ValueError, match=r"must have|must fit|must be from"):
        run_again(what, with_array(arguments, at, k, put(value, place)))


@pytest.mark.parametrize(
    ("what", "at", "k"), [("queries", 8, 0), ("documents", 8, 3), ("sweep", 8, 6), ("lists", 4, 2)]
)
def test_what_is_written_must_be_writable(what, at, k, calls):
    def read_only(a):
        b = a.copy()
        b.flags.writeable = False
        return b

    with pytest.raises((ValueError, BufferError), match=r"read-only|not writable"):
        run_again(what, with_array(calls[what], at, k, read_only))


def test_groups_out_of_range_are_refused(calls):
    for first, last in ((-1, 5), (0, 21), (5, 4)):
        arguments = calls["documents"]
        arguments[10] = (first, last, *arguments[10][2:])
        with pytest.raises(ValueError, match="range must lie"):
            run_again("documents", arguments)


@pytest.mark.parametrize("name", ALL)
def test_one_query_and_one_document(name):
    problem, state = state_of(Relevance.from_sets([{0}], 1), 3)
    visit = visit_of(problem, state, shifts=np.zeros(1, dtype=np.int32))
    after, seen = stepped(name, problem, state, visit)
    assert np.isfinite(after.queries.rows).all()
    assert seen.n_wrong == 0
    assert seen.lowest_gap > 1e300
