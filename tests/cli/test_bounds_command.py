"""`hrgeom bounds`: what is printed is as true as what was computed."""

from decimal import ROUND_CEILING, ROUND_FLOOR

import pytest

from hrgeom.cli._bounds import _number


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [
        (0.25820241, "0.2582", "0.2583"),
        (0.25829999, "0.2582", "0.2583"),
        (0.5, "0.5", "0.5"),
        (1.00004e-5, "1e-05", "1.001e-05"),
        (12345, "12,345", "12,345"),
        (None, "?", "?"),
    ],
)
def test_margins_are_rounded_so_that_bounds_stay_bounds(value, below, above):
    assert (_number(value, ROUND_FLOOR), _number(value, ROUND_CEILING)) == (below, above)
