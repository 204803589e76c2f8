"""The embedding's own checks."""

import math
import subprocess
import sys
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding
from hrgeom._base.stored_types import STORED_TYPES, largest_integer
from hrgeom.core import as_dtype
from hrgeom.errors import NotFiniteError, ShapeError

ROWS = np.ones((2, 3), dtype=np.float32)
BYTES = ROWS.astype(np.int8)
# float32 numbers of 1 to 24 significant bits, far from 1 too
scales = st.builds(
    lambda bits, exponent: float(np.float32(math.ldexp(bits, exponent))),
    st.one_of(st.integers(1, 2**17), st.integers(1, 2**24 - 1)),
    st.integers(-140, 90),
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"documents": np.ones((2, 4), np.float32)}, r"share dimension d: got queries \(2, 3\)"),
        ({"documents": np.ones((2, 3))}, "share a stored type: got float32 and float64"),
        ({"queries": np.ones(3, np.float32)}, r"queries must be a matrix.*shape \(3,\)"),
        ({"queries": np.ones((0, 3), np.float32)}, r"at least one row.*shape \(0, 3\)"),
        (
            {"queries": np.ones((2, 3), int), "documents": np.ones((2, 3), int)},
            "must be of float64",
        ),
        ({"notion": "both"}, "notion must be 'global' or 'row': got 'both'"),
        ({"query_scale": 0.5}, "query_scale must be 1 for float32: got 0.5"),
        (
            {"document_scale": 0.1},
            "document_scale must be positive numbers that float32 holds: got 0.1$",
        ),
        ({"document_scale": -1.0}, "document_scale must be positive numbers"),
        ({"query_scale": np.ones(2)}, "query_scale must be 1 for float32: got one per row"),
        (
            {"queries": BYTES, "documents": BYTES, "query_scale": [1.0, 0.1]},
            "query_scale must be positive numbers that float32 holds: got 0.1 at row 1",
        ),
        (
            {"queries": BYTES, "documents": BYTES, "document_scale": [0.0, np.nan]},
            "document_scale must be positive numbers that float32 holds: got 0.0 at row 0",
        ),
        (
            {"queries": BYTES, "documents": BYTES, "query_scale": [math.inf, 1e300]},
            "query_scale must be positive numbers that float32 holds: got inf at row 0",
        ),
        (
            {"queries": BYTES, "documents": BYTES, "document_scale": [1.0, 1.0, 1.0]},
            r"document_scale must be one number or one per row, shape \(2,\): got shape \(3,\)",
        ),
        ({"query_labels": ("a",)}, "query_labels must have one entry per row, 2: got 1"),
    ],
)
def test_misuse_is_refused(change, message):
    with pytest.raises(ShapeError, match=message):
        DualEmbedding(**{"queries": ROWS, "documents": ROWS, **change})


def test_a_threshold_must_be_finite():
    with pytest.raises(NotFiniteError, match="threshold must be finite: got nan"):
        DualEmbedding(ROWS, ROWS, threshold=float("nan"))


def test_values_are_what_the_numbers_stand_for():
    rows = np.array([[-128, 127]], dtype=np.int8)
    scale = float(np.float32(1 / 3))  # 24 bits
    q, x = DualEmbedding(rows, rows, query_scale=scale).values()
    assert q.dtype == x.dtype == np.float64
    assert q.tolist() == [[-128 * scale, 127 * scale]]
    assert x.tolist() == [[-128, 127]]
    half = ROWS.astype(np.float16)
    assert DualEmbedding(half, half).values()[0].dtype == np.float32


@given(rows=st.lists(st.integers(-128, 127), min_size=1, max_size=4), data=st.data())
def test_scaled_int8_is_exact(rows, data):
    """One scale or one a row: the products, as fractions, whatever type holds them."""
    queries = np.array(rows, dtype=np.int8)[:, None]
    per_row = data.draw(st.lists(scales, min_size=len(rows), max_size=len(rows)))
    one = data.draw(scales)
    e = DualEmbedding(queries, queries, query_scale=per_row, document_scale=one)
    q, x = e.values()
    assert q.dtype == x.dtype
    for k, row in enumerate(rows):
        assert Fraction(float(q[k, 0])) == row * Fraction(per_row[k])
        assert Fraction(float(x[k, 0])) == row * Fraction(one)


def test_short_scales_keep_to_float32():
    short = [2.0**-3, 3.0, float(2**17 - 1), (2**17 - 1) * 2.0**-149]
    rows = np.full((4, 1), 127, dtype=np.int8)
    assert DualEmbedding(rows, rows, query_scale=short).values()[0].dtype == np.float32
    for long in (float(2**17 + 1), 2.0**127):
        q, x = DualEmbedding(rows, rows, document_scale=[*short[:3], long]).values()
        assert q.dtype == x.dtype == np.float64
        assert x[3, 0] == 127 * long


def test_bits_count_the_scale_of_a_row():
    assert DualEmbedding(ROWS, ROWS).bits_per_vector == 96
    assert DualEmbedding(BYTES, BYTES, query_scale=0.5).bits_per_vector == 24
    assert DualEmbedding(BYTES, BYTES, query_scale=[0.5, 1]).bits_per_vector == 24 + 32
    half = ROWS.astype(ml_dtypes.bfloat16)
    assert DualEmbedding(half, half).bits_per_vector == 48


def test_bfloat16_is_the_upper_half_of_float32():
    """Every finite bfloat16 there is."""
    bits = np.arange(2**16, dtype=np.uint32)
    bits = bits[(bits & 0x7F80) != 0x7F80]
    rows = bits.astype(np.uint16).view(ml_dtypes.bfloat16)[:, None]
    e = DualEmbedding(rows, rows)
    assert (str(e.dtype), len(bits)) == ("bfloat16", 2**16 - 2**8)
    q, x = e.values()
    assert q.dtype == x.dtype == np.float32
    assert np.array_equal(q.ravel().view(np.uint32), bits << 16)


@pytest.mark.parametrize("bits", [0x7F80, 0xFF80, 0x7FC0, 0xFFFF, 0x7F81])
def test_infinities_and_nans_of_bfloat16_are_refused(bits):
    rows = np.array([[0, 0], [0, bits]], dtype=np.uint16).view(ml_dtypes.bfloat16)
    with pytest.raises(NotFiniteError, match=r"documents must be finite.*row 1 \('1'\), column 1"):
        DualEmbedding(np.zeros_like(rows), rows)


def test_bfloat16_is_loaded_only_where_it_is_asked_for():
    program = (
        "import sys, hrgeom\n"
        "from hrgeom.core import as_dtype\n"
        "h = hrgeom.Hierarchy(['a'], [])\n"
        "for dtype in ('float64', 'float16', 'int8'): hrgeom.construct(h, dtype=dtype).embedding\n"
        "assert 'ml_dtypes' not in sys.modules\n"
        "assert str(as_dtype('bfloat16')) == 'bfloat16'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", STORED_TYPES)
def test_stored_types_hold_their_integers(name):
    """All up to the largest, as a run of them shows at its end; not the next one."""
    dtype, most = as_dtype(name), largest_integer(as_dtype(name))
    assert as_dtype(dtype) == dtype
    numbers = np.arange(max(0, most - 300), most + 1)
    assert np.array_equal(numbers.astype(dtype).astype(np.int64), numbers)
    assert np.array_equal((-numbers).astype(dtype).astype(np.int64), -numbers)
    if name != "int8":  # where it would wrap round
        assert int(np.array(most + 1).astype(dtype).astype(np.int64)) == most


def test_other_types_are_refused():
    with pytest.raises(ShapeError, match=r"dtype must be one of float64, .*bfloat16, int8: got"):
        as_dtype("float8")


def test_digests_depend_on_type_shape_and_numbers():
    rows = np.zeros((2, 2))
    digests = {
        DualEmbedding(a, a).sha256["queries"]
        for a in (rows, rows.astype(np.float32), rows.reshape(1, 4), rows + 1)
    }
    assert len(digests) == 4
    assert DualEmbedding(rows, rows).sha256["queries"] in digests


def test_digests_depend_on_scales():
    digests = [
        DualEmbedding(BYTES, BYTES, document_scale=scale).sha256
        for scale in (1.0, 0.5, [0.5, 0.5], [0.5, 0.25])
    ]
    assert [sorted(d) for d in digests] == [
        ["documents", "queries"],
        *[["document_scales", "documents", "queries"]] * 3,
    ]
    assert len({d.get("document_scales") for d in digests}) == 4
    assert len({d["documents"] for d in digests}) == 1


def test_bfloat16_has_a_digest_of_its_own():
    half = ROWS.astype(ml_dtypes.bfloat16)
    bits = half.view(np.uint16)
    assert DualEmbedding(half, half).sha256["queries"] not in {
        DualEmbedding(a, a).sha256["queries"] for a in (ROWS, ROWS.astype(np.float16))
    }
    other = (bits + 1).view(ml_dtypes.bfloat16)
    assert DualEmbedding(half, half).sha256 != DualEmbedding(other, other).sha256


@pytest.mark.parametrize("threads", [1, 2, 9])
def test_digests_do_not_depend_on_threads(threads):
    e = DualEmbedding(BYTES, BYTES + 1, query_scale=[0.5, 0.25])
    assert e.digests(threads=threads) == e.sha256
    assert list(e.sha256) == ["queries", "documents", "query_scales"]
