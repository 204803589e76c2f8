"""A threshold is a number that float64 holds; anything else is refused when it is given."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from hrgeom import DualEmbedding
from hrgeom.errors import NotFiniteError, ShapeError

ROWS = np.ones((2, 3), dtype=np.float32)


@pytest.mark.parametrize(
    "given",
    [3, -(2**60), 2**53 + 2, np.int64(7), np.float32(0.1), np.float64(-0.5), Fraction(1, 4), 0.1],
    ids=repr,
)
def test_numbers_of_any_kind_become_floats(given):
    found = DualEmbedding(ROWS, ROWS, threshold=given).threshold
    assert type(found) is float
    assert Fraction(found) == Fraction(*getattr(given, "item", lambda: given)().as_integer_ratio())


def test_no_threshold_is_none():
    assert DualEmbedding(ROWS, ROWS).threshold is None


@pytest.mark.parametrize(
    "given",
    [
        2**53 + 1,
        np.int64(2**53 + 1),  # NumPy says that it equals 2.0**53
        np.uint64(2**64 - 1),
        10**400,
        -(10**6000),  # longer than Python shows
        Fraction(1, 3),
        pytest.param(
            np.longdouble(1) + np.finfo(np.longdouble).eps,
            marks=pytest.mark.skipif(
                np.finfo(np.longdouble).nmant <= 52, reason="longdouble is float64 here"
            ),
        ),
    ],
    ids=lambda value: f"{type(value).__name__}",
)
def test_numbers_that_float64_rounds_are_refused(given):
    with pytest.raises(ShapeError, match="threshold must be a number that float64 holds: got"):
        DualEmbedding(ROWS, ROWS, threshold=given)


@pytest.mark.parametrize(
    "given", [True, np.True_, "0.5", b"1", [1.0], (1.0,), {}, np.ones(2), 1j, Decimal(1)], ids=repr
)
def test_what_is_no_number_is_refused(given):
    with pytest.raises(ShapeError, match="threshold must be a number: got"):
        DualEmbedding(ROWS, ROWS, threshold=given)


@pytest.mark.parametrize(
    "given", [float("nan"), float("-inf"), np.float32("inf"), np.longdouble("nan")], ids=repr
)
def test_what_is_not_finite_is_refused(given):
    with pytest.raises(NotFiniteError, match="threshold must be finite: got"):
        DualEmbedding(ROWS, ROWS, threshold=given)
