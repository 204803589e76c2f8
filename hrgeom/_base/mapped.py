"""Arrays mapped from files that may change while they are read.

A mapping shows the file as it is at the moment. Where the file has become shorter, an access behind
its end is a signal that ends the process, SIGBUS. Between `guard` and `release` the C extension
answers it: pages that are gone read as zeros, and `release` tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from mmap import mmap
from typing import Any

from numpy.typing import NDArray

from hrgeom._native.library import native_library
from hrgeom.errors import ChangedError

__all__ = ["can_guard", "guarded"]


def can_guard() -> bool:
    """Return whether a mapped file that shrinks can be noticed here."""
    return native_library() is not None


@contextmanager
def guarded(*arrays: NDArray[Any]) -> Iterator[None]:
    """Read arrays inside the with statement; raise an error at its end if a file had shrunk.

    Parameters
    ----------
    arrays : ndarray
        Of any origin. Those mapped from files are guarded, other ones left alone.

    Raises
    ------
    ChangedError
        If a mapped file became shorter than the array. It replaces other errors, for they may
        come of zeros that stood where the numbers had been.

    Examples
    --------
    >>> import numpy as np
    >>> with guarded(np.ones(3)) as nothing:
    ...     pass
    """
    library, found = native_library(), _mappings(arrays)
    if library is None or not found:
        yield
        return
    slots = [library.guard(mapping) for mapping in found]
    try:
        yield
    finally:
        lost = [library.release(slot) for slot in slots if slot >= 0]
        if any(lost):
            raise ChangedError(
                "files of vectors must not change while they are read: got one that became "
                "shorter; wait until whatever writes it is done, and start again"
            )


def _mappings(arrays: tuple[NDArray[Any], ...]) -> list[mmap]:
    """Return the mapped files behind arrays, each once."""
    found: dict[int, mmap] = {}
    for array in arrays:
        base: Any = array
        while base is not None and not isinstance(base, mmap):
            base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
        if base is not None:
            found[id(base)] = base
    return list(found.values())
