"""The arithmetic that rounding bounds assume: to nearest, with gradual underflow.

A library may have told a thread to flush subnormal numbers to zero (`-ffast-math`,
`torch.set_flush_denormal`) or to round in some direction. Both are set per thread, so that they
can be put right for as long as something is computed. New threads begin with what the thread that
starts them has; those of BLAS have begun already, and are asked once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np

from hrgeom._native.library import native_library
from hrgeom.errors import KernelError

__all__ = ["check_matrix_products", "is_plain", "plain_arithmetic"]

_ADVICE = "torch.set_flush_denormal(True) and libraries built with -ffast-math do this"


@contextmanager
def plain_arithmetic() -> Iterator[None]:
    """Round to nearest and underflow gradually in this thread, inside the with statement.

    Raises
    ------
    KernelError
        If the thread does not, and the C extension, which can change it, was not built.

    Examples
    --------
    >>> with plain_arithmetic():
    ...     bool(np.float64(2.0**-1022) / 2 > 0)
    True
    """
    library = native_library()
    if library is None:
        if not is_plain():
            raise KernelError(
                "arithmetic must round to nearest and keep subnormal numbers: this thread does "
                f"not; {_ADVICE}. Undo it, or install hrgeom with its C extension"
            )
        yield
        return
    before = library.set_arithmetic()
    try:
        yield
    finally:
        library.set_arithmetic(before)


def is_plain() -> bool:
    """Return whether this thread rounds to nearest and keeps subnormal numbers.

    Examples
    --------
    >>> is_plain()
    True
    """
    # Arrays, for Python computes with constants beforehand.
    results = np.array([2.0**-1022, 1.0, 1.0, -1.0]) * np.array([0.5, 1.0, 1.0, 1.0])
    sums = results + np.array([0.0, 2.0**-60, -(2.0**-60), -(2.0**-60)])
    products = np.array([2.0**-1074]) * np.array([2.0**1000])  # 0 if operands are flushed
    return bool(sums.tolist() == [2.0**-1023, 1.0, 1.0, -1.0] and products[0] == 2.0**-74)


@cache
def check_matrix_products() -> None:
    """Raise KernelError unless matrix products of NumPy keep subnormal numbers in all threads."""
    with plain_arithmetic():
        rows = np.full((512, 64), 2.0**-530)
        keeps = np.all(rows @ rows.T == 2.0**-1054)  # enough work for every thread of BLAS
    if not keeps:
        raise KernelError(
            "matrix products of NumPy must keep subnormal numbers: got zeros, from threads that "
            f"flush them; {_ADVICE}. Import numpy before such a library, or choose a C kernel"
        )
