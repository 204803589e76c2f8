"""PQ-trees against all permutations, and the C extension against Python, bit for bit."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import available_kernels
from hrgeom._base import csr
from hrgeom.constructions.covers import _consecutive_ones
from hrgeom.constructions.covers._consecutive_ones import consecutive_order, default_kernel, place
from hrgeom.constructions.covers._pq_tree import PQTree
from hrgeom.errors import KernelError

COMPILED = available_kernels() != ("numpy",)
KERNELS = ["python"] + ["native"] * COMPILED
every_kernel = pytest.mark.parametrize("kernel", KERNELS)
needs_extension = pytest.mark.skipif(not COMPILED, reason="the C extension is not built")


def rows(sets):
    counts = np.array([len(s) for s in sets], dtype=np.int64)
    flat = [a for s in sets for a in sorted(s)]
    return csr.indptr_from_counts(counts), np.array(flat, dtype=np.int32)


def is_interval(order, members):
    at = [order.index(a) for a in members]
    return not at or max(at) - min(at) + 1 == len(at)


@st.composite
def families(draw, max_atoms, max_sets):
    """Sets that are mostly intervals of one hidden order, so that long trees grow, some not."""
    n = draw(st.integers(1, max_atoms))
    hidden = draw(st.permutations(range(n)))
    ends = st.tuples(st.integers(0, n), st.integers(0, n)).map(sorted)
    interval = ends.map(lambda e: set(hidden[e[0] : e[1]]))
    anything = st.sets(st.integers(0, n - 1))
    kinds = draw(st.sampled_from([(interval,), (interval, interval, interval, anything)]))
    return n, draw(st.lists(st.one_of(*kinds), max_size=max_sets))


@given(family=families(max_atoms=6, max_sets=8))
def test_a_tree_keeps_just_the_orders_with_all_sets_consecutive(family):
    """A set fits iff some permutation is left, and the frontier is one of them."""
    n, sets = family
    left = list(permutations(range(n)))
    tree = PQTree(n)
    for members in sets:
        before = tree.frontier()
        still = [order for order in left if is_interval(order, members)]
        assert tree.insert(sorted(members)) == bool(still)
        if still:
            left = still
        else:
            assert tree.frontier() == before
        assert tuple(tree.frontier()) in left


def test_the_strategy_reaches_sets_that_do_not_fit(features_seen):
    def fits(family):
        tree = PQTree(family[0])
        return all(tree.insert(sorted(s)) for s in family[1])

    features = {
        "fits": lambda f: len(f[1]) > 5 and fits(f),
        "does not fit": lambda f: not fits(f),
    }
    assert features_seen(families(6, 8), features) == set(features)


@every_kernel
@given(family=families(max_atoms=6, max_sets=8))
def test_an_order_or_the_first_set_that_fails(kernel, family):
    n, sets = family
    left, failed = list(permutations(range(n))), None
    for i, members in enumerate(sets):
        left = [order for order in left if is_interval(order, members)]
        if not left:
            failed = i
            break
    order, found = consecutive_order(rows(sets), n, kernel=kernel)
    assert found == failed
    assert failed is not None or tuple(order.tolist()) in left


@every_kernel
@pytest.mark.parametrize("seed", range(3))
def test_a_large_family_with_a_hidden_order(kernel, seed):
    rng = np.random.default_rng(seed)
    n = 400
    hidden = rng.permutation(n)
    ends = np.sort(rng.integers(0, n, (300, 2)), axis=1)
    sets = [hidden[a:b].tolist() for a, b in ends]
    order, failed = consecutive_order(rows(sets), n, kernel=kernel)
    assert failed is None
    assert sorted(order.tolist()) == list(range(n))
    position = np.argsort(order)
    for members in sets:
        assert not members or np.ptp(position[members]) + 1 == len(members)


def fits_by_permutations(n, sets):
    return any(all(is_interval(order, s) for s in sets) for order in permutations(range(n)))


@every_kernel
@given(data=st.data(), family=families(max_atoms=5, max_sets=6), n_classes=st.integers(0, 3))
def test_placing_by_the_definition(kernel, data, family, n_classes):
    n, sets = family
    m = len(sets)
    near = [data.draw(st.sets(st.integers(0, m - 1))) for _ in range(m)]
    order = data.draw(st.permutations(range(m)))[: data.draw(st.integers(0, m))]
    classes, _ = place(
        rows(sets), n, rows(near), n_classes, np.array(order, dtype=np.int32), kernel=kernel
    )
    wanted = [-1] * m
    members = [[] for _ in range(n_classes)]
    for s in order:
        counts = [sum(wanted[v] == c for v in near[s]) for c in range(n_classes)]
        for c in sorted(range(n_classes), key=lambda c: (counts[c], c)):
            if fits_by_permutations(n, [*members[c], sets[s]]):
                members[c].append(sets[s])
                wanted[s] = c
                break
    assert classes.tolist() == wanted


@needs_extension
@given(data=st.data(), family=families(max_atoms=30, max_sets=30), n_classes=st.integers(0, 4))
def test_both_kernels_return_the_same(data, family, n_classes):
    n, sets = family
    orders = [consecutive_order(rows(sets), n, kernel=kernel) for kernel in ("native", "python")]
    assert orders[0][1] == orders[1][1]
    if orders[0][1] is None:
        assert np.array_equal(orders[0][0], orders[1][0])
    m = len(sets)
    near = [data.draw(st.sets(st.integers(0, m - 1), max_size=4)) for _ in range(m)]
    queue = np.array(data.draw(st.permutations(range(m))), dtype=np.int32)
    (a, visited_a), (b, visited_b) = (
        place(rows(sets), n, rows(near), n_classes, queue, kernel=kernel)
        for kernel in ("native", "python")
    )
    assert np.array_equal(a, b)
    assert visited_a == visited_b


@needs_extension
@pytest.mark.parametrize(
    ("starts", "atoms", "message"),
    [
        ([0, 2], [1, 0], "sets must ascend within a row, from 0 to 2: row 0"),
        ([0, 1], [3], "sets must ascend within a row, from 0 to 2: row 0"),
        ([0, 1], [-1], "sets must ascend within a row"),
        ([0, 2, 1], [0], "sets must have ascending starts: row 0"),
        ([0, 2], [0], "sets must start at 0 and end at the number of entries"),
        ([1, 1], [0], "sets must start at 0 and end at the number of entries"),
    ],
)
def test_the_extension_refuses_rows_that_are_none(starts, atoms, message):
    bad = np.array(starts, dtype=np.int64), np.array(atoms, dtype=np.int32)
    with pytest.raises(ValueError, match=message):
        consecutive_order(bad, 3, kernel="native")
    with pytest.raises(ValueError, match=message):
        place(bad, 3, rows([]), 1, np.array([], dtype=np.int32), kernel="native")


@needs_extension
def test_the_extension_refuses_what_does_not_belong_to_the_sets():
    one = rows([{0}])
    with pytest.raises(ValueError, match="order must hold sets: entry 1"):
        place(one, 3, rows([set()]), 1, np.array([0, 1]), kernel="native")
    with pytest.raises(ValueError, match="must have a row for every set"):
        place(one, 3, rows([]), 1, np.array([0]), kernel="native")
    with pytest.raises(ValueError, match="neighbors must ascend within a row, from 0 to 0"):
        place(one, 3, rows([{1}]), 1, np.array([0]), kernel="native")


def test_kernels_by_name(monkeypatch):
    assert default_kernel() == ("native" if COMPILED else "python")
    with pytest.raises(KernelError, match="kernel must be one of native, python: got 'fast'"):
        consecutive_order(rows([]), 3, kernel="fast")

    def missing():
        raise ImportError

    monkeypatch.setattr(_consecutive_ones, "native_library", lambda: None)
    assert default_kernel() == "python"
