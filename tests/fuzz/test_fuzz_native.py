"""The C entry points with buffers of any size, type and content: a result or ValueError, no more.

`make sanitize` runs this under AddressSanitizer and UBSan, which end the process at a wrong access.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom._native.library import descent_library, native_library

needs_extension = pytest.mark.skipif(native_library() is None, reason="no compiler")
needs_descent = pytest.mark.skipif(descent_library() is None, reason="no compiler")

REFUSED = (ValueError, TypeError, OverflowError, BufferError, MemoryError)
TYPES = (np.float64, np.float32, np.int64, np.int32, np.int8, np.uint16)
SIZES = st.integers(-2, 40) | st.sampled_from([2**31 - 1, 2**31, 2**61, 2**62, -(2**63)])


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
        *(starts, matches, np.zeros(n), np.minimum(level_document, m - 1)),
        *(np.full(n, 1e-9), np.full(n, 1e-9), np.empty(padded * (d + 1))),
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
    rest = [np.zeros(n), np.full(n, -1, np.int32), *(np.zeros(n) for _ in range(2))]
    rest += [np.zeros(48 * 4), np.zeros(n), np.zeros(n, np.int32), *np.zeros((3, n), np.int64)]
    panels = np.zeros((1, 3, library.PANEL_F64))
    starts, matches = np.zeros(n + 1, np.int64), np.zeros(0, np.int32)
    with pytest.raises(ValueError, match="queries must be aligned to 8 bytes"):
        library.run("serial", 1, 2, 3, n, 1, panels, queries, starts, matches, *rest)


@needs_extension
def test_embeddings_that_are_not_aligned_are_certified():
    import hrgeom

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
    return buffers(right).map(lambda array: np.require(array, requirements="CA"))


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


@needs_descent
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.tuples(*[SIZES] * 6),
    lengths=st.lists(st.integers(0, 400), min_size=30, max_size=30),
)
def test_descent_refuses_any_arrays(seed, sizes, lengths):
    """Arrays of any type and size in the places of the right ones."""
    library = descent_library()
    rng = np.random.default_rng(seed)
    arrays = [np.zeros(length, TYPES[int(rng.integers(len(TYPES)))]) for length in lengths]
    first, last, n, m, width, stride = sizes
    how = (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 1, 0, 0, 0.0)
    for name in (*library.kernels(), "neon"):
        for run in (
            lambda name=name: library.steps(
                name, 0, first, last, n, m, width, stride, tuple(arrays[:16]), tuple(arrays[:5]),
                (0, 1, *how),
            ),
            lambda name=name: library.list_hardest(
                name, first, last, n, m, width, stride, 1, tuple(arrays[:7])
            ),
            lambda: library.by_document(m, stride, first, last, tuple(arrays[:4])),
        ):  # fmt: skip
            with pytest.raises((*REFUSED, SystemError, KeyError)):
                run()
