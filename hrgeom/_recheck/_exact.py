"""Stored numbers as integers, which add and multiply without rounding."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import DualEmbedding, Scale

__all__ = ["LENGTH_BITS", "ExactRows", "length", "numbers"]

LENGTH_BITS = 64
"""Bits after the binary point of a length: its error is below 2^-64 of a row that is not zero."""


class ExactRows:
    """Queries and documents of an embedding as integers, each side times a power of two."""

    def __init__(self, embedding: DualEmbedding) -> None:
        rows = numbers(embedding.documents)
        scales = _scales(embedding.document_scale, len(rows))
        bits, scale_bits = max(map(_fraction_bits, rows)), _fraction_bits(scales)
        self.document_unit = Fraction(1, 2 ** (bits + scale_bits))
        self.documents = [
            [number * scale for number in _integers(row, bits)]
            for row, scale in zip(rows, _integers(scales, scale_bits), strict=True)
        ]
        self.query_scales = _scales(embedding.query_scale, embedding.n_queries)
        self.queries = embedding.queries

    def query(self, number: int) -> tuple[list[int], Fraction]:
        """Return a query as integers, and the unit that its scores count."""
        (row,) = numbers(self.queries[number : number + 1])
        bits = _fraction_bits(row)
        unit = self.document_unit * Fraction(self.query_scales[number]) / 2**bits
        return _integers(row, bits), unit

    def score(self, query: int, document: int) -> Fraction:
        """Return the exact score of a pair."""
        row, unit = self.query(query)
        total: int = sum(map(mul, row, self.documents[document]))
        return total * unit


def numbers(rows: NDArray[Any]) -> list[list[float]]:
    """Return the stored numbers of each row; the bits of bfloat16 are the upper ones of float32."""
    if str(rows.dtype) == "bfloat16":
        bits = rows.view(np.uint16).astype(np.uint32) << 16
        rows = bits.view(np.float32)
    found: list[list[float]] = rows.tolist()
    return found


def length(row: list[int]) -> int:
    """Return the length of a row times 2^LENGTH_BITS, rounded down."""
    return isqrt(sum(map(mul, row, row)) << 2 * LENGTH_BITS)


def _scales(scale: Scale, n_rows: int) -> list[float]:
    """Return the scale of each row."""
    return [scale] * n_rows if isinstance(scale, float) else scale.tolist()


def _fraction_bits(row: list[float]) -> int:
    """Return how many bits after the binary point the finest number of the row needs."""
    return max(x.as_integer_ratio()[1].bit_length() - 1 for x in row)


def _integers(row: list[float], bits: int) -> list[int]:
    """Return the row times 2^bits, in integers."""
    ratios = (x.as_integer_ratio() for x in row)
    return [a << (bits - b.bit_length() + 1) for a, b in ratios]
