"""The menu: of all codes with enough words, those that no other beats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from hrgeom.constructions.codes.spherical._bases import bases_codes
from hrgeom.constructions.codes.spherical._classical import classical_codes
from hrgeom.constructions.codes.spherical._code import SphericalCode
from hrgeom.constructions.codes.spherical._equiangular import equiangular_codes
from hrgeom.constructions.codes.spherical._found import found_codes
from hrgeom.constructions.codes.spherical._signs import sign_codes
from hrgeom.constructions.codes.spherical._slices import slice_codes
from hrgeom.errors import ConstructionError

__all__ = ["menu"]

_FAMILIES = (
    classical_codes,
    slice_codes,
    sign_codes,
    equiangular_codes,
    bases_codes,
    found_codes,
)


def menu(n: int, *, max_dim: int | None = None, integral: bool = False) -> list[SphericalCode]:
    """Return the codes of at least n words that no other one beats, dimension ascending.

    A code beats another if it has no more dimensions and no larger inner products, and less of
    one of them. Of equals the integral one is kept, then the one with fewer words.

    Parameters
    ----------
    n : int
        Number of words, at least 1.
    max_dim : int, optional
        Only codes of at most so many dimensions.
    integral : bool
        Only codes of integers.

    Returns
    -------
    codes : list of SphericalCode
        Dimension strictly ascending, largest inner product strictly descending. Empty if no
        code is within `max_dim`.

    Raises
    ------
    ConstructionError
        If n is less than 1.

    Examples
    --------
    >>> for code in menu(27):
    ...     if code.dim in (6, 14, 26):
    ...         print(code.dim, code.inner, code.name)
    6 1/4 BW16 norm 8, slice of 27
    14 0 cross-polytope
    26 -1/26 regular simplex
    """
    if n < 1:
        raise ConstructionError(f"number of words must be at least 1: got {n}")
    return list(_menu(n, max_dim, integral))


@lru_cache(maxsize=1024)  # a chain asks for the codes of one word once a node
def _menu(n: int, max_dim: int | None, integral: bool) -> tuple[SphericalCode, ...]:
    return tuple(
        _unbeaten(
            code
            for code in _all_codes(n)
            if (max_dim is None or code.dim <= max_dim) and (code.is_integral or not integral)
        )
    )


def _all_codes(n: int) -> Iterator[SphericalCode]:
    for codes in _FAMILIES:
        yield from codes(n)


def _unbeaten(codes: Iterable[SphericalCode]) -> list[SphericalCode]:
    kept: list[SphericalCode] = []
    for code in sorted(codes, key=lambda c: (c.dim, c.inner, not c.is_integral, c.size)):
        if not kept or code.inner < kept[-1].inner:
            kept.append(code)
    return kept
