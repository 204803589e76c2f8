"""The filter by a tree of blocks: the tallies of the kernel alone, and bounds that are true."""

import pickle
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np
import pytest
from examples import share
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, certify, construct
from hrgeom._native.library import native_library
from hrgeom.checker import rounding_bounds
from hrgeom.checker.filters import FILTERS, Trial, choose_filter
from hrgeom.checker.filters._block_tree import Tent
from hrgeom.checker.filters._tree import TreeKernel
from hrgeom.checker.kernels import Bounds, Level, Rows, Tally, available_kernels, get_kernel
from hrgeom.core import Relevance
from hrgeom.datasets import random_tree
from hrgeom.errors import KernelError
from hrgeom.testing import check_kernel, score_problems

COMPILED = [name for name in available_kernels() if name != "numpy"]
pytestmark = pytest.mark.skipif(not COMPILED, reason="the C extension is not built")
both_types = pytest.mark.parametrize("dtype", [np.float32, np.float64])
FANOUT = 16
WHOLE = ("extreme_score", "n_violations", "n_exact", "n_undecided")


def tent_of(queries, pole=-1):
    """A tent for any vectors: its slopes need not suit them."""
    d = queries.shape[1]
    slope = np.linspace(0.5, 1.5, d)
    slope[pole % d] = 0.0
    return Tent(pole % d, slope)


def forms(base, queries):
    """The filtered kernel with axes, and with tents of two poles."""
    return [
        TreeKernel(base),
        TreeKernel(base, tent_of(queries)),
        TreeKernel(base, tent_of(queries, pole=0)),
    ]


def level_of(n, value):
    return Level(np.full(n, float(value)), np.full(n, -1, dtype=np.int32))


def sweeps(kernel, queries, documents, relevance, level, *, exact=True, packed=None):
    """The sweep of a kernel over all pairs."""
    found = rounding_bounds(queries, documents)
    rows = Rows(queries, relevance.indptr, relevance.indices)
    packed = kernel.pack(documents, documents.dtype) if packed is None else packed
    bounds = Bounds(found.filter, found.score, exact)
    return kernel.sweep(packed, len(documents), rows, level, bounds)


def worst_matches(queries, documents, relevance):
    """The level of the row notion."""
    base = get_kernel(COMPILED[-1])
    found = rounding_bounds(queries, documents)
    worst = base.matches(
        base.pack(documents, documents.dtype),
        len(documents),
        Rows(queries, relevance.indptr, relevance.indices),
        Level(np.zeros(len(queries)), np.zeros(len(queries), dtype=np.int32)),
        Bounds(found.filter, found.score, True),
    )
    return Level(worst.extreme_score, worst.extreme_document)


def differences(one, other):
    """The fields in which tallies differ, ties of the extreme document aside."""
    return [name for name in WHOLE if not np.array_equal(getattr(one, name), getattr(other, name))]


def check_same(queries, documents, relevance, level, *, exact=True):
    base = get_kernel(COMPILED[-1])
    wanted = sweeps(base, queries, documents, relevance, level, exact=exact)
    for kernel in forms(base, queries):
        found = sweeps(kernel, queries, documents, relevance, level, exact=exact)
        assert not differences(found, wanted)
        check_documents(found, queries, documents, relevance)
    return wanted


def check_documents(tally, queries, documents, relevance):
    """The document named is a non-match of the score that is stated."""
    for i, v in enumerate(tally.extreme_document.tolist()):
        assert v >= 0 or tally.extreme_score[i] == -np.inf
        if v >= 0:
            assert v not in relevance.matches(i)
            score = 0.0
            for a, b in zip(queries[i].tolist(), documents[v].tolist(), strict=True):
                score += a * b
            assert score == tally.extreme_score[i]


# The same tallies


@dataclass(frozen=True, eq=False)
class AnyDimension:
    """A form of the filter for problems of any dimension: tents are made for one."""

    base: object
    form: int

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(TreeKernel(self.base), name)

    def pack(self, documents, work):
        return forms(self.base, documents)[self.form].pack(documents, work)


@pytest.mark.parametrize("name", COMPILED)
@pytest.mark.parametrize("form", range(3))
def test_the_filter_keeps_the_contract_of_kernels(name, form):
    check_kernel(AnyDimension(get_kernel(name), form), ties="any")


@both_types
@share(1 / 2)
@given(data=st.data())
def test_any_problem_gives_the_tally_of_the_kernel_alone(dtype, data):
    queries, documents, relevance = data.draw(score_problems(np.dtype(dtype).name))
    exact = data.draw(st.booleans())
    n, m = len(queries), len(documents)
    i, v = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, m - 1))
    score = float(queries[i].astype(np.float64) @ documents[v].astype(np.float64))
    value = data.draw(st.sampled_from((score, np.nextafter(score, np.inf), 0.0, np.inf, -np.inf)))
    check_same(queries, documents, relevance, level_of(n, value), exact=exact)
    check_same(
        queries, documents, relevance, worst_matches(queries, documents, relevance), exact=exact
    )


def curve(rng, n, m, dtype, kind):
    """Queries and documents whose best non-matches are neighbors on a curve; or not at all."""
    t, s = np.sort(rng.integers(-m, m, m)).astype(float), rng.integers(-m, m, n).astype(float)
    one_m, one_n = np.ones(m), np.ones(n)
    if kind == "parabola":  # score 1 - (s - t)^2, exactly
        x, q = np.column_stack((t, -(t**2), one_m)), np.column_stack((2 * s, one_n, 1 - s * s))
    elif kind == "circle":
        a, b = np.pi * t / m, np.pi * s / m
        x, q = np.column_stack((np.cos(a), np.sin(a))), np.column_stack((np.cos(b), np.sin(b)))
    elif kind == "classes":  # two columns for each of three curves
        a, b = np.pi * t / m, np.pi * s / m
        x, q = np.zeros((m, 7)), np.tile(np.column_stack((np.cos(b), np.sin(b))), 3)
        own = rng.integers(0, 3, m)
        x[np.arange(m), 2 * own], x[np.arange(m), 2 * own + 1] = np.cos(a), np.sin(a)
        x[:, 6], q = -0.99, np.column_stack((q, one_n))
    else:
        x, q = rng.standard_normal((m, 5)), rng.standard_normal((n, 5))
    order = rng.permutation(m)
    return q.astype(dtype), x[order].astype(dtype)


KINDS = ("parabola", "circle", "classes", "clouds")


def matched(rng, queries, documents):
    """Every query matches its best few documents, and one at random."""
    scores = queries.astype(np.float64) @ documents.astype(np.float64).T
    best = np.argsort(-scores, axis=1)[:, :3]
    own = [{*row.tolist(), int(rng.integers(len(documents)))} for row in best]
    own[0] = set()
    if len(own) > 1:
        own[1] = set(range(len(documents)))
    return Relevance.from_sets(own, len(documents))


@both_types
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("m", [1, 40, 513, 9000])
def test_trees_of_every_depth_give_the_tally_of_the_kernel_alone(dtype, kind, m):
    rng = np.random.default_rng(m)
    queries, documents = curve(rng, 30, m, dtype, kind)
    relevance = matched(rng, queries, documents)
    for value in (0.0, -0.25, np.inf, -np.inf, float(queries[3] @ documents[0])):
        for exact in (True, False):
            check_same(queries, documents, relevance, level_of(30, value), exact=exact)
    check_same(queries, documents, relevance, worst_matches(queries, documents, relevance))


@both_types
@pytest.mark.parametrize("scale", [1e-38, 1e-300, 1e-160, 1e18, 1e30, 1e140])
def test_scales_near_the_ends_of_the_range(dtype, scale):
    rng = np.random.default_rng(0)
    queries, documents = curve(rng, 20, 600, np.float64, "classes")
    if dtype == np.float32 and scale > 1e18:
        dtype = np.float64  # as the checker does where scores overflow float32
    with np.errstate(over="ignore"):
        q, x = (queries * scale).astype(dtype), (documents * scale).astype(dtype)
    relevance = matched(rng, queries, documents)
    for value in (0.0, np.inf):
        check_same(q, x, relevance, level_of(20, value))
    check_same(q, x, relevance, worst_matches(q, x, relevance))


@both_types
def test_columns_of_very_different_scales(dtype):
    rng = np.random.default_rng(1)
    queries, documents = curve(rng, 20, 600, np.float64, "parabola")
    factors = np.array([2.0**-60, 2.0**40, 1.0])
    q, x = (queries / factors).astype(dtype), (documents * factors).astype(dtype)
    check_same(q, x, matched(rng, queries, documents), level_of(20, 0.0))


@both_types
@pytest.mark.parametrize("row", [[0.0, 0.0], [1.0, -3.0]])
def test_rows_that_are_all_equal(dtype, row):
    documents = np.tile(np.array(row, dtype=dtype), (700, 1))
    queries = np.array([[1.0, 0.0], [0.1, 0.7], [0.0, 0.0]], dtype=dtype)
    relevance = Relevance.from_sets([{0, 5}, set(), range(700)], 700)
    for value in (0.0, 1.0, np.inf):
        check_same(queries, documents, relevance, level_of(3, value))


def test_a_query_that_could_overflow_a_bound_looks_at_everything():
    documents = np.zeros((600, 2))
    documents[:, 0] = 2.0**-1000 * np.arange(1, 601)
    queries = np.array([[2.0**1000, 0.0], [-(2.0**1000), 0.0]])
    relevance = Relevance.from_sets([{599}, set()], 600)
    check_same(queries, documents, relevance, level_of(2, 0.0))


def test_blocks_pickle_and_leave_no_state():
    rng = np.random.default_rng(2)
    queries, documents = curve(rng, 20, 600, np.float64, "circle")
    relevance, level = matched(rng, queries, documents), level_of(20, 0.9)
    for kernel in forms(get_kernel(COMPILED[-1]), queries):
        packed = kernel.pack(documents, documents.dtype)
        one = sweeps(kernel, queries, documents, relevance, level, packed=packed)
        again, copy = pickle.loads(pickle.dumps((kernel, packed)))
        other = sweeps(again, queries, documents, relevance, level, packed=copy)
        for field in fields(Tally):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_queries_of_large_sweeps_are_taken_in_an_order_of_their_own(monkeypatch):
    monkeypatch.setattr("hrgeom.checker.filters._tree._LARGE", 1)
    rng = np.random.default_rng(3)
    for kind in KINDS:
        queries, documents = curve(rng, 200, 700, np.float32, kind)
        check_same(queries, documents, matched(rng, queries, documents), level_of(200, 0.5))


def test_scores_below_the_floor_need_not_be_found():
    rng = np.random.default_rng(4)
    queries, documents = curve(rng, 50, 2000, np.float64, "circle")
    relevance = matched(rng, queries, documents)
    base = get_kernel(COMPILED[-1])
    level = level_of(50, np.inf)
    wanted = sweeps(base, queries, documents, relevance, level).extreme_score
    floor = np.where(np.arange(50) % 2, wanted + 1e-3, wanted - 1e-3)
    for kernel in forms(base, queries):
        found = sweeps(kernel, queries, documents, relevance, replace(level, floor=floor))
        above = wanted > floor
        np.testing.assert_array_equal(found.extreme_score[above], wanted[above])
        assert np.all(found.extreme_score[~above] <= floor[~above])
        plain = sweeps(kernel, queries, documents, relevance, level)
        assert found.n_by_block.sum() >= plain.n_by_block.sum()
    # what reaches a level is counted, however high the floor
    check = replace(level_of(50, 0.5), floor=np.full(50, 2.0))
    counts = sweeps(base, queries, documents, relevance, level_of(50, 0.5)).n_violations
    for kernel in forms(base, queries):
        found = sweeps(kernel, queries, documents, relevance, check)
        np.testing.assert_array_equal(found.n_violations, counts)


# The bounds


def leaf_bounds(tree, query):
    """The bounds of all leaves, from the stored numbers, as the C code evaluates them."""
    q = query.astype(np.float64) * tree.scale
    per_column, bounds = (3 if tree.pole < 0 else 2), []
    for group in range(int(tree.level_start[1])):
        begin, end = tree.column_start[group : group + 2]
        at = FANOUT * (per_column * begin + 2 * group)
        numbers = tree.shape[at : at + FANOUT * (per_column * (end - begin) + 2)]
        first, second, *rest = numbers.reshape(-1, FANOUT)
        columns = tree.column[begin:end]
        own, size = q[columns], np.abs(q[columns])
        if tree.pole < 0:
            c, u, w = rest[0::3], rest[1::3], rest[2::3]
            ball = np.sqrt((own**2).sum()) * second
            box = sum(s * a for s, a in zip(size, w, strict=True))
            middle = sum(a * b for a, b in zip(own, c, strict=True))
            along = sum(a * b for a, b in zip(own, u, strict=True))
            bounds.append(middle + np.abs(along) * first + np.minimum(ball, box))
            continue
        lift = max(q[tree.pole], 0.0)
        total = lift * first + (size.sum() + lift) * second
        for k, c, w in zip(columns.tolist(), rest[0::2], rest[1::2], strict=True):
            if k == tree.pole and lift > 0:
                continue
            total = total + q[k] * c + max(0.0, abs(q[k]) - lift * tree.slope[k]) * w
        bounds.append(total)
    return np.concatenate(bounds)


def halved(packed):
    """The tree with what axes and centers leave halved: bounds that are not true."""
    tree = packed.tree
    shape = tree.shape.copy()
    per_column = 3 if tree.pole < 0 else 2
    for group in range(len(tree.column_start) - 1):
        begin, end = tree.column_start[group : group + 2]
        at = FANOUT * (per_column * begin + 2 * group)
        lines = shape[at : at + FANOUT * (per_column * (end - begin) + 2)].reshape(-1, FANOUT)
        if tree.pole < 0:
            lines[1] /= 2
            lines[4::3] /= 2
        else:
            lines[0] -= np.abs(lines[0]) / 2
            lines[3::2] /= 2
    return replace(packed, tree=replace(tree, shape=shape))


@both_types
@pytest.mark.parametrize("kind", KINDS)
def test_bounds_are_no_less_than_exact_scores(dtype, kind):
    rng = np.random.default_rng(5)
    queries, documents = curve(rng, 6, 300, dtype, kind)
    exact = [
        [
            sum(Fraction(a) * Fraction(b) for a, b in zip(q, x, strict=True))
            for x in documents.tolist()
        ]
        for q in queries.tolist()
    ]
    for kernel in forms(get_kernel(COMPILED[-1]), queries):
        packed = kernel.pack(documents, documents.dtype)
        width = packed.panels.shape[-1]
        for q, scores in zip(queries, exact, strict=True):
            bounds = [Fraction(bound) for bound in leaf_bounds(packed.tree, q).tolist()]
            for place, v in enumerate(packed.tree.order.tolist()):
                assert bounds[place // width] >= scores[v]


def near_ties(seed, n_pairs, spoil=lambda packed: packed):
    """Sweeps against levels that bounds of blocks meet or miss by an ulp; wrong queries, pairs."""
    rng = np.random.default_rng(seed)
    base = get_kernel(COMPILED[-1])
    wrong = pairs = 0
    while pairs < n_pairs:
        dtype, kind = rng.choice([np.float32, np.float64]), str(rng.choice(KINDS))
        n, m = int(rng.integers(1, 20)), int(rng.choice([1, 33, 257, 600, 1100]))
        queries, documents = curve(rng, n, m, dtype, kind)
        relevance = matched(rng, queries, documents)
        bound = rounding_bounds(queries, documents).score
        for kernel in forms(base, queries):
            packed = spoil(kernel.pack(documents, documents.dtype))
            # a level such that the cut is the bound of some leaf, or an ulp or two beside it
            value = np.array(
                [rng.choice(np.sort(leaf_bounds(packed.tree, q))[-3:]) for q in queries]
            )
            value = value + 2 * bound
            for side in (np.inf, -np.inf):
                for _ in range(2):
                    move = rng.random(n) < 0.3
                    value = np.where(move, np.nextafter(value, side), value)
            level = Level(value, np.full(n, -1, dtype=np.int32))
            wanted = sweeps(base, queries, documents, relevance, level)
            found = sweeps(kernel, queries, documents, relevance, level, packed=packed)
            differ = [getattr(found, name) != getattr(wanted, name) for name in WHOLE]
            wrong += int(np.any(differ, axis=0).sum())
            pairs += n * m
    return wrong, pairs


def test_no_wrong_tally_where_levels_are_bounds_of_blocks():
    wrong, pairs = near_ties(seed=0, n_pairs=150_000)
    assert wrong == 0
    assert pairs >= 150_000


def test_bounds_that_are_too_small_are_noticed():
    wrong, _ = near_ties(seed=0, n_pairs=30_000, spoil=halved)
    assert wrong > 0


# In certificates


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize(
    ("method", "dtype"), [("interval", "float64"), ("trie", "int8"), ("half-plane", "float64")]
)
def test_certificates_are_the_same(method, dtype, notion):
    tree = random_tree(2000, seed=1)
    embedding = construct(tree, method=method, dtype=dtype, certify=False).embedding
    plain, filtered = (
        certify(embedding, tree, notion=notion, filter=name, kernel=COMPILED[-1])
        for name in ("none", "tree")
    )
    assert filtered.holds
    assert filtered.stages["block"] > 0.8 * filtered.n_pairs
    for name in ("verdict", "margin_lower_bound", "n_exact_rechecks", "n_undecided", "threshold"):
        assert getattr(filtered, name) == getattr(plain, name)
    assert filtered.best_other.score == plain.best_other.score
    if plain.normalized_margin_lower_bound is not None:
        assert filtered.normalized_margin_lower_bound == pytest.approx(
            plain.normalized_margin_lower_bound, rel=1e-9
        )


def test_violations_are_counted():
    tree = random_tree(1500, seed=2)
    embedding = construct(tree, method="interval", dtype="float64", certify=False).embedding
    documents = embedding.documents.copy()
    documents[[3, 700]] = documents[[700, 3]]
    broken = DualEmbedding(
        embedding.queries,
        documents,
        threshold=embedding.threshold,
        query_labels=tree.labels,
        document_labels=tree.labels,
    )
    plain, filtered = (certify(broken, tree, filter=name) for name in ("none", "tree"))
    assert plain.verdict == filtered.verdict == "fails"
    assert plain.n_violations == filtered.n_violations > 0
    assert plain.n_violating_queries == filtered.n_violating_queries


# The choice


def trial_of(queries, documents, relevance, value):
    found = rounding_bounds(queries, documents)
    return Trial(
        documents=documents,
        work=documents.dtype,
        n_pairs=10**12,
        rows=Rows(queries, relevance.indptr, relevance.indices),
        level=level_of(len(queries), value),
        bounds=Bounds(found.filter, found.score, True),
    )


def test_the_choice_takes_the_tree_for_curves_and_leaves_clouds_alone(monkeypatch):
    rng = np.random.default_rng(6)
    tree = next(entry for entry in FILTERS if entry.name == "tree")
    monkeypatch.setattr("hrgeom.checker.filters._choice.FILTERS", (tree,))
    monkeypatch.delenv("HRGEOM_FILTER", raising=False)
    base = get_kernel(COMPILED[-1])
    queries, documents = curve(rng, 60, 40_000, np.float64, "classes")
    few = Relevance.from_sets([{i} for i in range(60)], 40_000)
    kernel, packed = choose_filter(None, base, trial_of(queries, documents, few, 2.0))
    assert isinstance(kernel, TreeKernel)
    assert packed.tree.pole == -1
    cloud = rng.standard_normal((40_000, 32)).astype(np.float32)
    packs = []
    monkeypatch.setattr(
        TreeKernel, "pack", lambda self, rows, work, own=TreeKernel.pack: (
            packs.append(len(rows)), own(self, rows, work))[1]
    )  # fmt: skip
    assert choose_filter(None, base, trial_of(cloud[:60], cloud, few, np.inf)) is None
    assert max(packs) < 10_000


def test_a_trie_is_given_tents():
    tree = random_tree(6000, seed=3)
    embedding = construct(tree, method="trie", dtype="int8", certify=False).embedding
    queries, documents = (rows.astype(np.float32) for rows in embedding.values())
    sample = np.arange(0, 6000, 40)
    few = Relevance.from_sets([tree.relevance.matches(int(i)).tolist() for i in sample], 6000)
    entry = next(entry for entry in FILTERS if entry.name == "tree")
    trial = trial_of(queries[sample], documents, few, 0.0)
    kernel, may_pay = entry.suited(entry.around(get_kernel(COMPILED[-1])), trial)
    assert may_pay
    assert kernel.tent is not None
    tally = kernel.sweep(
        kernel.pack(documents, trial.work), 6000, trial.rows, trial.level, trial.bounds
    )
    assert entry.cost(tally, 6000, 10**6) < 0.5


def test_the_numpy_kernel_has_no_tree_around_it():
    relevance = Relevance.from_sets([{0}], 2)
    embedding = DualEmbedding([[1.0]], [[1.0], [-1.0]], threshold=0.0)
    with pytest.raises(KernelError, match="must have a kernel that it can go around: got numpy"):
        certify(embedding, relevance, kernel="numpy", filter="tree")


# What the C code refuses


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"column_start": lambda a: a + 1}, "column_start must ascend from 0"),
        ({"column": lambda a: a + 100}, "column out of range"),
        ({"shape": lambda a: a[:-1]}, "shape must hold"),
        ({"level_start": lambda a: a[:1]}, "level_start"),
        ({"level_start": lambda a: a + 1}, "level_start must be that of a tree"),
        ({"place": lambda a: a[:-1]}, "place must hold"),
        ({"place": lambda a: a + 600}, "out of range"),
        ({"scale": lambda a: a[:-1]}, "scale must hold"),
        ({"pole": lambda a: 99}, "pole must be a column"),
    ],
)
def test_trees_that_are_none_are_refused(broken, message):
    rng = np.random.default_rng(7)
    queries, documents = curve(rng, 3, 600, np.float64, "classes")
    relevance = matched(rng, queries, documents)
    kernel = TreeKernel(get_kernel(COMPILED[-1]))
    packed = kernel.pack(documents, documents.dtype)
    changed = {name: change(getattr(packed.tree, name)) for name, change in broken.items()}
    changed = {k: np.ascontiguousarray(v) if k != "pole" else v for k, v in changed.items()}
    spoilt = replace(packed, tree=replace(packed.tree, **changed))
    with pytest.raises(ValueError, match=message):
        sweeps(kernel, queries, documents, relevance, level_of(3, 0.0), packed=spoilt)


def test_orders_that_are_none_are_refused():
    library = native_library()
    rows, order = np.ones((20, 2)), np.arange(20, dtype=np.int32)
    with pytest.raises(ValueError, match="order out of range"):
        library.tree_order(1, 20, 2, rows, np.ones(2), np.zeros(20, np.int32), order + 1)
    with pytest.raises(ValueError, match="by out of range"):
        library.tree_sort(1, 20, 2, rows, np.array([2], dtype=np.int32), order)
    with pytest.raises(ValueError, match="sizes must be at least 1"):
        library.tree_kinds(1, 0, 2, rows, np.zeros(20, dtype=np.uint64))
