"""Moves on a grid and the search of hard non-matches, against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hrgeom import Relevance
from hrgeom._native.library import descent_library
from hrgeom.descent import _grid_moves, _hardest
from hrgeom.descent._active_lists import ActivePairs
from hrgeom.descent._grid_moves import Moves, move_rows
from hrgeom.descent._grids import Grid
from hrgeom.descent._hardest import are_bytes, look

GRIDS = [("int8", 8), ("int8", 3), ("int8", 1), ("bfloat16", None), ("float16", None)]


@pytest.fixture(params=["numpy", "native"])
def library(request, monkeypatch):
    """Each test with the C extension, where it was built, and without."""
    if request.param == "native":
        if descent_library() is None:
            pytest.skip("the C extension was not built")
        return request.param
    for module in (_grid_moves, _hardest):
        monkeypatch.setattr(module, "descent_library", lambda: None)
    return request.param


def phi(z):
    return np.exp(-z) if z >= 0 else 1 - z + z * z / 2


def loss_of(own, other, own_levels, other_levels, matches, listed, sharpness, weights):
    """The sum over the matches and the listed non-matches, pair by pair."""
    total = 0.0
    for sign, pairs in ((1, matches), (-1, listed)):
        for i, j in pairs:
            score = float(own[i].astype(np.float64) @ other[j].astype(np.float64))
            z = sharpness * sign * (score - own_levels[i] - other_levels[j])
            total += weights.get((i, j), 1.0) * phi(z)
    return total


def problem(seed, grid, dim=5, n=7, m=9):
    """Rows on a grid, a relevance, some listed non-matches, and weights of some pairs."""
    rng = np.random.default_rng(seed)
    matches = rng.random((n, m)) < 0.3
    relevance = Relevance.from_sets([set(np.flatnonzero(row)) for row in matches], m)
    active = ActivePairs(relevance)
    listed = np.argwhere(~matches & (rng.random((n, m)) < 0.6)).astype(np.int32)
    active.add(listed[:, 0], listed[:, 1])
    heavy = np.argwhere(rng.random((n, m)) < 0.1).astype(np.int32)
    active.weigh(heavy[:, 0], heavy[:, 1])
    rows = [rng.standard_normal((k, dim)).astype(np.float32) for k in (n, m)]
    rounded = [grid.rounded(r, "matrix", 1.0) for r in rows]
    weights = {(int(i), int(j)): 2.0 for i, j in heavy}
    return active, rounded, np.argwhere(matches), listed, weights


@pytest.mark.parametrize(("dtype", "bits"), GRIDS)
@pytest.mark.parametrize("seed", range(4))
def test_moves_lower_the_loss_and_stay_on_the_grid(library, dtype, bits, seed):
    grid = Grid.of(dtype, bits)
    active, rounded, matches, listed, weights = problem(seed, grid)
    (own, units), (other, _) = rounded
    levels = np.full(len(own), 0.5, dtype=np.float32), np.zeros(len(other), dtype=np.float32)
    sharpness = 0.5 / grid.largest
    arguments = other, *levels, matches, listed, sharpness, weights
    before = loss_of(own, *arguments)
    lists, _ = active.sides()
    moves = Moves(grid, sharpness, 6)
    stated, n_moves = move_rows(own, units, levels[0], other, levels[1], lists, moves)
    after = loss_of(own, *arguments)
    assert stated == pytest.approx(after, rel=1e-4)
    assert after < before if n_moves else after == pytest.approx(before, rel=1e-9)
    assert n_moves > 0 or grid.is_float
    assert np.array_equal(grid.rounded(own, "matrix", 1.0)[0], own) or grid.dtype == "int8"
    if grid.dtype == "int8":
        assert np.array_equal(own, np.rint(own))
        assert np.abs(own).max() <= grid.largest
        assert grid.bits > 1 or (np.abs(own) == 1).all()


@pytest.mark.parametrize("seed", range(6))
def test_the_first_move_is_the_same_in_c_and_numpy(monkeypatch, seed):
    if descent_library() is None:
        pytest.skip("the C extension was not built")
    grid = Grid("int8", 5)
    found = []
    for native in (True, False):
        if not native:
            monkeypatch.setattr(_grid_moves, "descent_library", lambda: None)
        active, ((own, units), (other, _)), *_ = problem(seed, grid)
        levels = np.full(len(own), 20, dtype=np.float32), np.zeros(len(other), dtype=np.float32)
        moves = Moves(grid, 0.02, 1, in_pairs=False)
        move_rows(own, units, levels[0], other, levels[1], active.sides()[0], moves)
        found.append(own)
    assert np.array_equal(*found)


def test_documents_move_by_the_levels_of_their_queries(library):
    """Two queries with thresholds 0 and 10; the document must come to lie between."""
    relevance = Relevance.from_sets([{0}, set()], 1)
    active = ActivePairs(relevance)
    active.add(np.array([1]), np.array([0]))
    documents, queries = np.zeros((1, 1), dtype=np.float32), np.ones((2, 1), dtype=np.float32)
    levels = np.array([0, 10], dtype=np.float32)
    lists = active.sides()[1]
    one, none = np.ones(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    moves = Moves(Grid("int8", 8), 1.0, 100)
    move_rows(documents, one, none, queries, levels, lists, moves)
    assert documents[0, 0] == 5


def test_two_entries_move_where_one_is_of_no_use(library):
    """On signs: x = (1, 1) matches, (1, -1) and (-1, 1) do not, from q = (-1, -1)."""
    relevance = Relevance.from_sets([{0}], 3)
    active = ActivePairs(relevance)
    active.add(np.array([0, 0]), np.array([1, 2]))
    other = np.array([[1, 1], [3, -3], [-3, 3]], dtype=np.float32)
    one, level = np.ones(1, dtype=np.float32), np.array([1], dtype=np.float32)
    levels = np.zeros(3, dtype=np.float32)
    found = []
    for in_pairs in (False, True):
        own = np.array([[-1, -1]], dtype=np.float32)
        moves = Moves(Grid("int8", 1), 1.0, 5, in_pairs=in_pairs)
        move_rows(own, one, level, other, levels, active.sides()[0], moves)
        found.append(own[0].tolist())
    assert found == [[-1, -1], [1, 1]]


def looks(relevance, queries, documents, cut, most, threads=2):
    """What NumPy sees, and the C extension in float32 and in bytes, where it was built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_hardest, "descent_library", lambda: None)
        seen = [look(relevance, queries, documents, cut, most, threads)]
    if descent_library() is not None:
        assert are_bytes(queries)
        assert are_bytes(documents)
        seen += [
            look(relevance, queries, documents, cut, most, threads, in_bytes=in_bytes)
            for in_bytes in (False, True)
        ]
    return seen


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    most=st.integers(1, 5),
    n=st.integers(1, 200),
    largest=st.sampled_from([1, 3, 63]),
)
def test_a_look_finds_the_hardest(seed, most, n, largest):
    rng = np.random.default_rng(seed)
    m, dim = int(rng.integers(1, 150)), int(rng.integers(1, 6))
    matches = rng.random((n, m)) < rng.random()
    relevance = Relevance.from_sets([set(np.flatnonzero(row)) for row in matches], m)
    q, x = (rng.integers(-largest, largest + 1, (k, dim)).astype(np.float32) for k in (n, m))
    cut = (largest**2 * rng.uniform(-dim, dim, n)).astype(np.float32)
    cut[rng.random(n) < 0.5] = np.rint(cut[0])  # no score may be the cut itself
    scores = q @ x.T
    for seen in looks(relevance, q, x, cut, most):
        assert np.array_equal(seen.scores, scores[seen.queries, seen.documents])
        keys = seen.queries.astype(np.int64) * m + seen.documents
        assert (np.diff(keys) > 0).all()
        for i in range(n):
            others = np.sort(scores[i][~matches[i] & (scores[i] > cut[i])])[::-1]
            listed = seen.documents[seen.queries == i]
            assert not matches[i][listed].any()
            assert len(set(listed.tolist())) == len(listed)
            assert np.array_equal(np.sort(scores[i][listed])[::-1], others[:most])
            assert seen.best[i] == (others[0] if len(others) else -np.inf)
            assert seen.worst[i] == scores[i][matches[i]].min(initial=np.inf)


@pytest.mark.parametrize("place", [(0, 0), (100, 64), (196, 130)])
def test_a_look_sees_a_single_wrong_pair(place):
    """Signs that are all right; then the pair with the highest score no longer matches."""
    rng = np.random.default_rng(5)
    level = 7
    q, x = (rng.choice([-1, 1], (k, 37)).astype(np.float32) for k in (197, 131))
    high = np.unravel_index(np.argmax(q @ x.T), (197, 131))
    for rows, here, there in zip((q, x), high, place, strict=True):
        rows[[here, there]] = rows[[there, here]]
    scores = q @ x.T
    matches = scores >= level
    cut = np.full(len(q), level - 3, dtype=np.float32)
    for is_planted in (False, True):
        matches[place] = not is_planted
        assert matches[place[0]].any()
        relevance = Relevance.from_sets([set(np.flatnonzero(row)) for row in matches], len(x))
        for seen in looks(relevance, q, x, cut, 4):
            wrong = seen.scores >= level
            found = zip(seen.queries[wrong], seen.documents[wrong], strict=True)
            assert [tuple(map(int, pair)) for pair in found] == [place] * is_planted
            assert seen.scores[wrong].tolist() == [scores[place]] * is_planted
            assert seen.rows_wrong == is_planted


def test_of_a_long_list_fewer_pairs_of_entries_are_tried(library):
    """Were all tried, both entries would move, as in the test above with one copy of each."""
    n = 2**19 + 1
    relevance = Relevance.from_sets([{0}], 1 + 2 * n)
    active = ActivePairs(relevance)
    active.add(np.zeros(2 * n, dtype=int), np.arange(1, 1 + 2 * n))
    other = np.repeat(np.array([[1, 1], [3, -3], [-3, 3]], np.float32), [1, n, n], axis=0)
    heavy = np.zeros(1, dtype=int)
    for _ in range(12):
        active.weigh(heavy, heavy)
    own = np.array([[-1, -1]], dtype=np.float32)
    one, level = np.ones(1, dtype=np.float32), np.array([1], dtype=np.float32)
    levels = np.zeros(len(other), dtype=np.float32)
    lists = active.sides()[0]
    move_rows(own, one, level, other, levels, lists, Moves(Grid("int8", 1), 1.0, 5))
    assert own.tolist() == [[-1, -1]]


@pytest.mark.parametrize(
    ("value", "fits"), [(63, True), (-63, True), (64, False), (-64, False), (0.5, False)]
)
def test_rows_that_a_look_takes_in_bytes(value, fits):
    rows = np.zeros((3, 4), dtype=np.float32)
    rows[1, 2] = value
    assert are_bytes(rows) == fits


def test_pairs_are_kept_for_some_looks_and_grow_heavier():
    relevance = Relevance.from_sets([{0}, {1}], 3)
    active = ActivePairs(relevance, looks_kept=2)
    active.add(np.array([0]), np.array([2]))
    active.add(np.array([1]), np.array([2]))
    assert active.sides()[0].items.tolist() == [0, 2, 1, 2]
    active.weigh(np.array([1]), np.array([2]))
    active.weigh(np.array([1]), np.array([2]))
    assert active.sides()[0].importance.tolist() == [1, 1, 1, 4]
    assert active.sides()[1].importance.tolist() == [1, 1, 1, 4]
    active.add(np.array([1]), np.array([2]))
    assert active.sides()[0].items.tolist() == [0, 1, 2]
    for _ in range(6):
        active.weigh(np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    assert not len(active.sides()[0].importance)


def relax_arguments(**changes):
    """Arguments of `relax_rows` for one row of two entries and one item, some of them changed."""
    buffers = {
        "own": np.zeros(2, "f4"),
        "other": np.ones(2, "f4"),
        "start": np.array([0, 1], "i8"),
        "item": np.zeros(1, "i4"),
        "n_matches": np.ones(1, "i4"),
        "importance": np.zeros(0, "f4"),
        "own_level": np.zeros(1, "f4"),
        "other_level": np.zeros(1, "f4"),
        "unit": np.ones(1, "f4"),
        "loss": np.zeros(1),
        "moves": np.zeros(1, "i4"),
    } | changes
    return (2, 0, 3, 1, 1.0, 0.0, 7.0, 0, 1, *buffers.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"own": np.zeros(1, "f4")},
        {"other": np.zeros(1, "f4")},
        {"start": np.array([0, 2], "i8")},
        {"start": np.array([1, 0], "i8")},
        {"item": np.array([1], "i4")},
        {"item": np.array([-1], "i4")},
        {"loss": np.zeros(1, "f4")},
        {"item": np.zeros(2, "i4"), "importance": np.ones(1, "f4")},
    ],
)
def test_the_kernel_refuses_buffers_that_are_too_short(changes):
    library = descent_library()
    if library is None:
        pytest.skip("the C extension was not built")
    library.relax_rows(*relax_arguments())
    with pytest.raises(ValueError, match="must"):
        library.relax_rows(*relax_arguments(**changes))
