"""Rounding to stored types: no further than half a unit, and int8 relative to each row."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hrgeom import Relevance
from hrgeom._base.stored_types import SCALE_BITS
from hrgeom.core import as_dtype, rounded_embedding

entries = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e3, 1e3, width=32))
matrices = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=entries)
# Rows whose scale would be subnormal are refused: float32 has no 17 bits for it.
usual = matrices.filter(lambda rows: np.all((np.abs(rows) > 1e-30).any(axis=1) | ~rows.any(axis=1)))


def stored(rows, dtype):
    """The embedding of a matrix as queries and as documents."""
    relevance = Relevance.from_sets([set()] * len(rows), len(rows))
    return rounded_embedding(relevance, rows, rows, as_dtype(dtype), threshold=0.0)


@given(rows=usual)
def test_int8_is_off_by_half_a_scale_at_most(rows):
    e = stored(rows, "int8")
    scales = np.broadcast_to(e.query_scale, len(rows)).tolist()
    for row, numbers, scale in zip(rows.tolist(), e.queries.tolist(), scales, strict=True):
        assert all(
            abs(Fraction(a) - b * Fraction(scale)) <= Fraction(scale) / 2 * (1 + Fraction(1, 2**40))
            for a, b in zip(row, numbers, strict=True)
        )
        if any(row):
            largest = max(map(abs, row))
            # The scale is no coarser than it must be: 127 steps, 17 bits, half a step of peaks.
            assert largest <= 127 * scale <= largest * 127 / 126.4
            assert 126 <= max(map(abs, numbers)) <= 127
        mantissa = Fraction(scale).numerator
        assert (mantissa & -mantissa) * 2**SCALE_BITS > mantissa
    assert e.values()[0].dtype == np.float32


def test_every_row_has_its_own_range():
    """Three orders of magnitude: one scale for all would leave nothing of the last row."""
    rows = np.array([[1.0, 0.5], [0.01, -0.02], [0.001, 0.001]])
    e = stored(rows, "int8")
    assert np.abs(e.queries).max(axis=1).tolist() == [127, 127, 127]
    np.testing.assert_allclose(e.values()[0], rows, atol=0, rtol=1 / 126)
    assert e.bits_per_vector == 2 * 8 + 32


def test_one_scale_does_for_rows_of_one_range():
    rows = np.array([[1.0, 0.25], [-0.5, -1.0], [0.0, 0.0], [0.3, 0.997]])
    e = stored(rows, "int8")
    assert isinstance(e.query_scale, float)
    assert e.bits_per_vector == 2 * 8
    assert np.abs(e.queries).max(axis=1).tolist() == [127, 127, 0, 127]
    rows[3] *= 0.99
    assert np.ndim(stored(rows, "int8").query_scale) == 1


def test_zero_rows_stay_zero():
    assert not stored(np.zeros((2, 3)), "int8").queries.any()
    e = stored(np.array([[0.0, 0.0], [1.0, 2.0], [1e3, 0.0]]), "int8")
    assert not e.queries[0].any()
    assert not e.values()[0][0].any()


@pytest.mark.parametrize(
    ("dtype", "bits"), [("float64", 53), ("float32", 24), ("float16", 11), ("bfloat16", 8)]
)
@given(rows=matrices.map(np.float32))
def test_floats_are_off_by_half_a_unit_at_most(dtype, bits, rows):
    e = stored(rows, dtype)
    assert str(e.dtype) == dtype
    assert (e.query_scale, e.document_scale) == (1.0, 1.0)
    for a, b in zip(rows.ravel().tolist(), e.values()[0].ravel().tolist(), strict=True):
        least = Fraction(2) ** (-25 if dtype == "float16" else -134)  # half the least subnormal
        assert abs(Fraction(a) - Fraction(b)) <= max(abs(Fraction(a)) / 2**bits, least)
