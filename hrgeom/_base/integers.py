"""Arithmetic of whole numbers."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["ceil_div"]


@overload
def ceil_div(a: int, b: int) -> int: ...
@overload
def ceil_div(a: NDArray[np.int64], b: int) -> NDArray[np.int64]: ...
def ceil_div(a: Any, b: int) -> Any:
    """Return a / b rounded up, without floats.

    >>> ceil_div(7, 3), ceil_div(6, 3), ceil_div(0, 3)
    (3, 2, 0)
    """
    return -(-a // b)
