"""Every finite number of half precision is the same in float32."""

import numpy as np

from hrgeom.locate._halves import as_float32

ALL = np.arange(2**16, dtype=np.uint16).view(np.float16)


def test_every_finite_number_keeps_its_value_and_sign():
    halves = ALL[np.isfinite(ALL)]
    assert len(halves) == 2**16 - 2**11
    found = as_float32(halves)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, halves.astype(np.float32))
    np.testing.assert_array_equal(np.signbit(found), np.signbit(halves))


def test_any_layout_and_no_number_at_all():
    rows = np.linspace(-3, 3, 60).astype(np.float16).reshape(6, 10)
    for some in (rows[:, ::3], rows.T, rows[:0], rows[2]):
        np.testing.assert_array_equal(as_float32(some), some.astype(np.float32))
