r"""Small codes found numerically.

For few words in few dimensions the best codes known have no construction that anybody has found
(N. J. A. Sloane, R. H. Hardin, W. D. Smith et al., *Tables of spherical codes*; H. Cohn, *Table
of spherical codes*). Those here minimize the largest inner product, by descent on a smooth maximum
from random starts and linear programmes at the end, and are kept where they beat the other
families. The table holds their coordinates in units of 1/9999; the words are the rows scaled to
length one, and their largest inner product is computed from them when the table is read. Nothing
else is claimed of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np

from hrgeom.constructions.codes.spherical._code import SphericalCode, rounded_up
from hrgeom.constructions.codes.spherical._inner import largest_inner

__all__ = ["found_codes"]

_TABLE = "spherical-found.txt"


@cache
def _table() -> tuple[SphericalCode, ...]:
    text = resources.files("hrgeom").joinpath("_data", _TABLE).read_text(encoding="ascii")
    return tuple(_code(line) for line in text.splitlines() if not line.startswith("#"))


def _code(line: str) -> SphericalCode:
    dim, *entries = (int(field) for field in line.split())
    rows = np.array(entries, dtype=np.float64).reshape(-1, dim)
    words = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return SphericalCode(
        name=f"numerical code of {len(words)}",
        dim=dim,
        size=len(words),
        inner=rounded_up(float(largest_inner(words))),
        source="numerical search",
        known="exhaustive",
        first=lambda n: words[:n].copy(),
    )


def found_codes(n: int) -> Iterator[SphericalCode]:
    """Yield the codes of the table with n words or more."""
    for code in _table():
        if code.size >= n:
            yield code
