"""The C entry points with buffers of any size, type and content: a result or ValueError, no more.

`make sanitize` runs this under AddressSanitizer and UBSan, which end the process at a wrong access.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hrgeom
from hrgeom._native.library import descent_library, native_library

needs_extension = pytest.mark.skipif(native_library() is None, reason="no compiler")
needs_descent = pytest.mark.skipif(descent_library() is None, reason="no compiler")

REFUSED = (ValueError, TypeError, OverflowError, BufferError, MemoryError)
TYPES = (np.float64, np.float32, np.int64, np.int32, np.int8, np.uint16)
FAR = (2**31 - 1, 2**31, 2**61, 2**62, -(2**63))
SIZES = st.integers(-2, 40) | st.sampled_from(FAR)


@st.composite
def buffers(draw, right):
    """A buffer: mostly the right one; or one of another length, type, content or alignment."""
    if draw(st.integers(0, 4)):
        return right.copy()
    what = draw(st.sampled_from(["length", "type", "content", "alignment", "read-only", "empty"]))
    if what == "length":
        return np.resize(right, draw(st.integers(0, 2 * right.size + 2)))
    if what == "type":
        return right.astype(draw(st.sampled_from(TYPES)))
    if what == "content":
        seed = draw(st.integers(0, 2**32 - 1))
        data = np.random.default_rng(seed).integers(0, 256, right.nbytes, dtype=np.uint8)
        return data.view(right.dtype).reshape(right.shape)
    if what == "alignment":
        room = np.zeros(right.nbytes + 1, dtype=np.uint8)[1:]
        room[:] = np.frombuffer(right.tobytes(), dtype=np.uint8)
        return room.view(right.dtype).reshape(right.shape)
    if what == "read-only":
        right = right.copy()
        right.flags.writeable = False
        return right
    return np.zeros(0, right.dtype)


def ascending(rng, n, n_columns):
    """Rows of ascending numbers: where each starts, and all of them."""
    rows = [np.flatnonzero(rng.random(n_columns) < 0.3) for _ in range(n)]
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return starts, np.concatenate([*rows, []]).astype(np.int32)


@st.composite
def calls_of_run(draw):
    library = native_library()
    name = draw(st.sampled_from(["matches", *library.sweeps(), "neon", ""]))
    is_double = draw(st.booleans())
    n, m, d = draw(st.integers(0, 30)), draw(st.integers(0, 70)), draw(st.integers(1, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    work = np.float64 if is_double else np.float32
    width = library.PANEL_F64 if is_double else library.PANEL_F32
    padded = -(-n // library.MAX_TILE) * library.MAX_TILE
    starts, matches = ascending(rng, n, m)
    level_document = rng.integers(-1, max(m, 1), n).astype(np.int32)
    right = [
        rng.integers(-3, 4, (-(-m // width), d, width)).astype(work),
        rng.integers(-3, 4, (n, d)).astype(work),
        *(starts, matches, np.zeros(n), np.minimum(level_document, m - 1), rng.normal(size=n)),
        *(np.full(n, 1e-9), np.full(n, 1e-9), np.empty(padded * (d + 1) * 3 // 2)),
        *(np.zeros(n), np.zeros(n, np.int32), *(np.zeros(n, np.int64) for _ in range(3))),
    ]
    given_sizes = [size if draw(st.integers(0, 9)) else draw(SIZES) for size in (m, d, n)]
    return [
        name,
        int(is_double),
        *given_sizes,
        draw(st.integers(0, 1)),
        *map(draw, map(buffers, right)),
    ]


@needs_extension
@given(arguments=calls_of_run())
def test_run(arguments):
    try:
        native_library().run(*arguments)
    except REFUSED as error:
        assert str(error)  # noqa: PT017


@needs_extension
def test_run_refuses_what_is_not_aligned():
    room = np.zeros(4 * 3 * 8 + 1, dtype=np.uint8)
    queries = room[1:].view(np.float64).reshape(4, 3)
    n, library = 4, native_library()
    rest = [np.zeros(n), np.full(n, -1, np.int32), *(np.zeros(n) for _ in range(3))]
    rest += [np.zeros(48 * 4), np.zeros(n), np.zeros(n, np.int32), *np.zeros((3, n), np.int64)]
    panels = np.zeros((1, 3, library.PANEL_F64))
    starts, matches = np.zeros(n + 1, np.int64), np.zeros(0, np.int32)
    with pytest.raises(ValueError, match="queries must be aligned to 8 bytes"):
        library.run("serial", 1, 2, 3, n, 1, panels, queries, starts, matches, *rest)


@needs_extension
def test_embeddings_that_are_not_aligned_are_certified():
    tree = hrgeom.Hierarchy(["a", "b"], [(1, 0)])
    right = hrgeom.construct(tree, dtype="float64").embedding
    sides = []
    for rows in (right.queries, right.documents):
        room = np.zeros(rows.nbytes + 1, dtype=np.uint8)[1:]
        room[:] = np.frombuffer(rows.tobytes(), dtype=np.uint8)
        sides.append(room.view(np.float64).reshape(rows.shape))
    e = hrgeom.DualEmbedding(*sides, threshold=right.threshold)
    assert hrgeom.certify(e, tree, kernel="serial").holds


@st.composite
def calls_of_pq(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_atoms, n_sets = draw(st.integers(0, 12)), draw(st.integers(0, 8))
    sets, near = ascending(rng, n_sets, n_atoms), ascending(rng, n_sets, n_sets)
    order = rng.permutation(n_sets).astype(np.int32)
    arrays = [*sets, *near, order, np.zeros(n_sets, np.int32)]
    arrays = [draw(_aligned(array)) for array in arrays]
    sizes = [n if draw(st.integers(0, 9)) else draw(st.integers(-2, 50)) for n in (n_atoms, 2)]
    return sizes, arrays, np.zeros(max(sizes[0], 0), np.int32)


def _aligned(right):
    """Buffers of arrays that hrgeom makes itself, always aligned."""
    return buffers(right).map(lambda array: np.require(array, requirements=["C", "A"]))


@needs_extension
@given(call=calls_of_pq())
def test_pq_trees(call):
    (n_atoms, n_classes), arrays, order = call
    library = native_library()
    for run in (
        lambda: library.pq_place(n_atoms, n_classes, *arrays),
        lambda: library.pq_order(n_atoms, *arrays[:2], order),
    ):
        try:
            run()
        except REFUSED as error:
            assert str(error)  # noqa: PT017


@pytest.fixture(scope="module")
def descents():
    """Returns calls of a small descent as they are made: name of the function, and arguments."""
    calls = []

    class Recorder:
        def __getattr__(self, name):
            found = getattr(descent_library(), name)
            if not callable(found):
                return found

            def record(*arguments):
                calls.append((name, [_copied(each) for each in arguments]))
                return found(*arguments)

            return record

    edges = [(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 20)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrgeom.descent._native_passes.descent_library", Recorder)
        tree = hrgeom.Hierarchy.from_edges([*edges, ("n19", "n3"), ("n18", "n4")])
        hrgeom.construct(tree, method="descent", dim=4, effort=0.05, threads=1)
    found = [
        [call for call in calls if call[0] == name][:20]
        for name in ("steps", "list_hardest", "by_document")
    ]
    return lambda: found  # whose text is short: Hypothesis writes arguments down


def _copied(value):
    if isinstance(value, tuple):
        return tuple(map(_copied, value))
    return value.copy() if isinstance(value, np.ndarray) else value


def _damaged(rng, value):
    """An argument of a call: the same mostly, or one of another size, kind or content."""
    if isinstance(value, tuple):
        parts = tuple(_damaged(rng, part) for part in value)
        return parts if rng.random() < 0.9 else parts[:1]
    if rng.random() < 0.8:
        return value
    if isinstance(value, np.ndarray):
        return _damaged_array(rng, value)
    if type(value) is int:
        return (*range(-2, 41), *FAR)[rng.integers(43 + len(FAR))]
    if isinstance(value, str):
        return str(rng.choice([*descent_library().kernels(), "neon"]))
    return value


def _damaged_array(rng, right):
    """Another length, type, content, or none at all; always aligned, as hrgeom makes them."""
    what = rng.integers(4)
    if what == 0:
        return np.resize(right, int(rng.integers(0, 2 * right.size + 3)))
    if what == 1:
        with np.errstate(invalid="ignore", over="ignore"):
            return right.astype(TYPES[rng.integers(len(TYPES))])
    if what == 2:
        data = rng.integers(0, 256, right.nbytes, dtype=np.uint8)
        return np.require(data.view(right.dtype).reshape(right.shape), requirements=["C", "A"])
    right.flags.writeable = False
    return right


@needs_descent
@given(seed=st.integers(0, 2**32 - 1))
def test_descent(descents, seed):
    assert all(descents())
    rng = np.random.default_rng(seed)
    for calls in descents():
        name, arguments = calls[rng.integers(len(calls))]
        others = [_damaged(rng, _copied(each)) for each in arguments]
        try:
            getattr(descent_library(), name)(*others)
        except REFUSED as error:
            assert str(error)  # noqa: PT017
