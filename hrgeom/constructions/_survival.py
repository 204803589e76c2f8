r"""Whether vectors would hold as copies in float16, in int8, or as text of six digits.

Statement. If rows are replaced by q' and x' with |q - q'| <= a and |x - x'| <= b for all of them,
and no row of q' is longer than A, no x longer than B, scores move by at most E = aB + Ab. Where E
is less than half the gap, every pair stays right.

Proof. <q, x> - <q', x'> = <q - q', x> + <q', x - x'>; Cauchy and Schwarz. A match loses at most E
and another document gains at most E. ∎ (`proofs/quantisation.py`)

Rows are rounded to float16 and compared. With the largest entry p of a row, int8 with a scale per
row moves no entry by more than p/254, up to the 17 bits of the scale; six significant digits move
one by at most 5e-6 of it, float32 by 2^-24. Where E is not less, few pairs are converted and
certified, and of many it is said that they may not hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import block_ranges
from hrgeom.checker import Certificate, certify
from hrgeom.core import (
    DualEmbedding,
    Relevance,
    Remark,
    Target,
    as_relevance,
    fitted,
    rounded_embedding,
)

__all__ = ["survival_remarks"]

_FEW_PAIRS = 2**22
_SAFELY = 1 + 1e-6
_DIGITS = 6

Rows = NDArray[Any]


@dataclass(frozen=True)
class _Copy:
    """A form in which vectors are copied.

    `error` bounds how far a row moves, for rows in float64; `converted` returns what is then there.
    """

    code: str
    words: str
    narrower_than: tuple[str, ...]
    error: Callable[[Rows], Rows]
    converted: Callable[[DualEmbedding, Relevance], DualEmbedding]


def _float16_error(rows: Rows) -> Rows:
    with np.errstate(over="ignore", invalid="ignore"):
        off: Rows = np.linalg.norm(rows.astype(np.float16).astype(np.float64) - rows, axis=1)
    return off


def _int8_error(rows: Rows) -> Rows:
    peaks: Rows = np.abs(rows).max(axis=1)
    return peaks / 254 * (1 + 2.0**-15) * math.sqrt(rows.shape[1])


def _text_error(rows: Rows) -> Rows:
    lengths: Rows = np.linalg.norm(rows, axis=1)
    return lengths * (0.5 * 10.0 ** (1 - _DIGITS) + 2.0**-23)


def _as_float16(embedding: DualEmbedding, relevance: Relevance) -> DualEmbedding:
    with np.errstate(over="ignore"):
        return _with_rows(embedding, [rows.astype(np.float16) for rows in embedding.values()])


def _as_int8(embedding: DualEmbedding, relevance: Relevance) -> DualEmbedding:
    return rounded_embedding(
        relevance, *embedding.values(), np.dtype(np.int8), threshold=embedding.threshold
    )


def _as_text(embedding: DualEmbedding, relevance: Relevance) -> DualEmbedding:
    return _with_rows(embedding, [_in_digits(rows) for rows in embedding.values()])


def _in_digits(rows: Rows) -> Rows:
    numbers = [float(f"{x:.{_DIGITS}g}") for x in rows.ravel().tolist()]
    return np.array(numbers, dtype=np.float32).reshape(rows.shape)


def _with_rows(embedding: DualEmbedding, sides: list[Rows]) -> DualEmbedding:
    queries, documents = sides
    return replace(
        embedding, queries=queries, documents=documents, query_scale=1.0, document_scale=1.0
    )


_COPIES = (
    _Copy("float16", "in float16", ("float64", "float32"), _float16_error, _as_float16),
    _Copy("text", f"as text of {_DIGITS} digits", ("float64", "float32"), _text_error, _as_text),
    _Copy(
        "int8",
        "in int8 with a scale per row",
        ("float64", "float32", "float16", "bfloat16"),
        _int8_error,
        _as_int8,
    ),
)


def survival_remarks(
    embedding: DualEmbedding, certificate: Certificate, target: Target
) -> tuple[Remark, ...]:
    """Return a remark for every copy in which the vectors do not hold, or may not.

    Parameters
    ----------
    embedding : DualEmbedding
        Vectors that hold.
    certificate : Certificate
        Of these vectors.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches.
    """
    if not certificate.holds or certificate.margin_lower_bound is None:
        return ()
    relevance = as_relevance(target)
    found = (
        _remark(copy, fitted(embedding, relevance), certificate, relevance)
        for copy in _COPIES
        if str(embedding.dtype) in copy.narrower_than
    )
    return tuple(remark for remark in found if remark is not None)


def _remark(
    copy: _Copy, embedding: DualEmbedding, certificate: Certificate, relevance: Relevance
) -> Remark | None:
    margin, moved = certificate.margin_lower_bound or 0.0, _moved(copy, embedding)
    if moved < margin:  # proved
        return None
    why = f"a score may move by {moved:.2g}, the margin is {margin:.2g}"
    advice = "; more dimensions or --margin keep more"
    if math.isfinite(moved) and certificate.n_pairs <= _FEW_PAIRS:
        known = replace(embedding, threshold=certificate.threshold)
        checked = certify(copy.converted(known, relevance), relevance, notion=certificate.notion)
        if checked.holds:
            return None
        n = checked.n_violations
        text = f"copied {copy.words} they fail, {n:,} pairs wrong: {why}{advice}"
        return Remark(f"fails-{copy.code}", text, n)
    if not math.isfinite(moved):
        text = f"copied {copy.words} they fail: numbers are beyond its range"
        return Remark(f"fails-{copy.code}", text)
    text = f"copied {copy.words} they may fail: {why}; certify the copy, or keep more margin"
    return Remark(f"may-fail-{copy.code}", text)


def _moved(copy: _Copy, embedding: DualEmbedding) -> float:
    """Return what no score moves by more than."""
    (a, longest_q), (b, longest_x) = (_extent(copy, rows) for rows in embedding.values())
    return (a * longest_x + (longest_q + a) * b) * _SAFELY


def _extent(copy: _Copy, rows: Rows) -> tuple[float, float]:
    """Return how far a row moves at most, and the greatest length."""
    sizes = [
        (float(copy.error(block).max()), float(np.linalg.norm(block, axis=1).max()))
        for block in _blocks(rows)
    ]
    return max(error for error, _ in sizes), max(length for _, length in sizes)


def _blocks(rows: Rows) -> Iterator[Rows]:
    for at in block_ranges(len(rows), rows.shape[1] * 8):
        yield rows[at].astype(np.float64)
