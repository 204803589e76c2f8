r"""Integer scores of rows quantized to bytes, and the proof that what they decide is decided.

**Quantized rows.** A row x is written as :math:`x = s\,a + r`: a step s > 0, a row a of whole
numbers from -127 to 127, and a residual r. Every query has a step of its own, documents share one
in stretches of consecutive ones. Steps have at most 11 bits, unless that would leave a residual
where a step of more bits leaves none.

**Theorem.** Let query :math:`q = s a + r` and document :math:`x = t b + p`. Then for the integer
score :math:`I = \langle a, b\rangle`

.. math:: |\langle q, x\rangle - s t I| \le E, \qquad E = |q|\,|p| + |r|\,(|x| + |p|) .

*Proof.* :math:`\langle q, x\rangle - s t\langle a, b\rangle = \langle q, p\rangle + \langle r, t
b\rangle` and :math:`t b = x - p`; Cauchy and Schwarz bound both. ∎

**What needs no look.** A sweep looks for the non-match of the highest reference score and for
non-matches that reach the level.

1. *I is exact.* At most 2^16 products of a byte of at most 127 and one of at most 255 sum up to
   less than 2^31. Where a processor first adds two products in 16 bits, bytes of queries are at
   most 64: 2 · 64 · 255 < 2^15. Columns where the bytes of a whole stretch are 0 are left out:
   they add nothing. So documents that are 0 in the same columns are put side by side; the order
   of documents is none of the theorem's concern.
2. *E holds for all documents of a stretch* with the greatest |x| and |p| among them. Subtractions
   that give r round by a unit roundoff of the result (s a and t b are products of at most 53 bits),
   lengths by (d + 3) u, and E by 4 u; every length is inflated by 1e-6, far more than all of them.
   What squares that underflow take off is added, and a length that is not 0 is at least 2^-450, so
   that no product of two underflows. Rows of no byte's range are all residual.
3. *The limit.* With score bound β a non-match of exact score S has a reference score of at most
   S + β. So it is no better than the best one so far or the floor, B the greater of their
   reference scores, if S ≤ B - β; and it is
   strictly below a level ℓ that is a number if S is below ℓ - β. Where the level is a document's
   exact score, that is at least ℓ - β, and S below ℓ - 2β is strictly less. Let L be the lesser of
   both limits, the second one taken to the next float64 below. Each was computed by one
   subtraction: the first is lowered by 2^-51 of itself if β > 0, which is more than that rounds,
   and is exact otherwise. The second is below ℓ even where β > 0 is less than rounding moves it,
   since rounding is monotone and ℓ a float64; and 2β exceeds (n + 4) u |ℓ|, so that one rounding
   keeps it below ℓ - β.
4. *The cut.* Any whole number c with :math:`s t c \le L - E` in exact arithmetic will do: I ≤ c
   implies S ≤ s t I + E ≤ L. If E = 0, steps have 11 bits and c has 31: the product is a float64,
   the comparison is exact, and a tie with the best needs no look. If E > 0, L - E is lowered by
   2^-51 of itself, more than the two products and the subtraction round. A quotient suggests c
   and the comparison decides; where it fails for c and c - 1, or for want of a number, all is
   looked at.

Other pairs are scored in the kernel's own type, from there on as without the filter. So extremes,
violations and undecided pairs are the same; only fewer pairs are scored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._native.library import native_library
from hrgeom.checker.filters._interface import FilterEntry
from hrgeom.checker.kernels import Bounds, Kernel, Level, NativeKernel, Rows, Tally

__all__ = ["INT8", "Int8Kernel", "Int8Panels"]

# For every kernel the instruction sets that go with it, the fastest first.
_LEVELS = {
    "avx512": ("avx512vnni", "avx512bw", "avx2"),
    "avx2": ("avxvnni", "avx2"),
    "serial": ("neon", "plain"),
}
_STEP_BITS = 11
_UNIT_BITS = 45  # a number of so many bits times a byte is a float64
_INFLATION = 1.0 + 1e-6
# Rows beyond these are all residual. Between them squares that underflow take less than `_LOST` off
# a length that is over a power of two, and no product of two lengths underflows.
_LEAST_PEAK, _MOST_PEAK = 2.0**-100, 2.0**100
_LOST = 2.0**-300
_LEAST_LENGTH = 2.0**-450
_SAMPLE = 16
_ROW_BLOCK = 1024
_MOST_ROWS = 1536
_CACHED_BYTES = 2**20
_WORTHWHILE_SHARE = 0.9  # of the columns that a stretch uses, for documents to be put in order

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Int8Panels:
    """Documents as rows, and quantized.

    Attributes
    ----------
    rows : ndarray of float32 or float64, shape (m, d)
        The documents in the type that the base kernel works in.
    panels : ndarray of uint8, shape (n_panels, quads, W, 4)
        Bytes of documents, 128 too much, four columns at a time side by side (`int8.h`).
    step, length, error : ndarray of float64, shape (n_stretches,)
        Of every stretch of documents: its step, and the greatest length of a document and of a
        residual, both bounded from above.
    used : ndarray of uint8, shape (n_stretches, quads)
        Of every stretch, whether any document has a byte other than 0 in these four columns.
    order : ndarray of int32, shape (m,)
        The document in every place of the panels; `rows` are in the order of the sweep.
    place : ndarray of int32, shape (m,)
        The place of every document.
    extent : ndarray of uint32, shape (m, 2)
        Of every document, the columns outside of which it is 0.
    """

    rows: NDArray[Any]
    panels: NDArray[np.uint8]
    step: Values
    length: Values
    error: Values
    used: NDArray[np.uint8]
    order: NDArray[np.int32]
    place: NDArray[np.int32]
    extent: NDArray[np.uint32]

    def places(self, rows: Rows) -> NDArray[np.int32]:
        """Return the places of the matches, ascending for every query."""
        places = self.place[rows.indices]
        for first, last in pairwise(rows.indptr.tolist()):
            places[first:last].sort()
        return places


@dataclass(frozen=True, eq=False)
class Quantized:
    """Rows as bytes, in groups that share a step.

    Attributes
    ----------
    bytes : ndarray of int8, shape (n_groups, n_rows, d)
    step : ndarray of float64, shape (n_groups,)
    length, error : ndarray of float64, shape (n_groups,)
        Bounds on the lengths of a group's rows and residuals.
    """

    bytes: NDArray[np.int8]
    step: Values
    length: Values
    error: Values


@dataclass(frozen=True)
class Int8Kernel:
    """A kernel of the C library behind integer scores.

    Attributes
    ----------
    base : NativeKernel
        What scores the pairs that integers leave open.
    level : str
        The instruction set of the integer scores.
    most : int
        What a byte of a query may be in size.
    """

    base: NativeKernel
    level: str
    most: int

    @property
    def name(self) -> str:
        """The name of the base kernel."""
        return self.base.name

    @property
    def _library(self) -> Any:
        return native_library()  # by call, for a module does not pickle

    def pack(self, documents: NDArray[Any], work: np.dtype[Any]) -> Int8Panels:
        """Return the documents as rows, and quantized."""
        library = self._library
        m, d = documents.shape
        width, per_stretch = library.INT8_PANEL, library.INT8_PANEL * library.INT8_STRETCH
        n_panels, quads = -(-m // width), -(-d // 4)
        panels = np.full((n_panels, quads, width, 4), 128, dtype=np.uint8)
        order, extent = _order(documents, per_stretch), _extent(documents)
        parts, used = [], []
        for first in range(0, m, per_stretch):
            rows = documents[order[first : first + per_stretch]]
            parts.append(quantized(rows[None].astype(np.float64), 127))
            count = -(-len(rows) // width)
            padded = np.zeros((count * width, 4 * quads), dtype=np.int8)
            padded[: len(rows), :d] = parts[-1].bytes[0]
            tiles = padded.reshape(count, width, quads, 4).transpose(0, 2, 1, 3)
            panels[first // width : first // width + count] = tiles.view(np.uint8) ^ 128
            used.append(padded.reshape(-1, quads, 4).any(axis=(0, 2)))
        place = np.empty_like(order)
        place[order] = np.arange(m, dtype=np.int32)
        return Int8Panels(
            rows=np.ascontiguousarray(documents, dtype=work),
            panels=panels,
            step=np.array([part.step[0] for part in parts]),
            length=np.array([part.length[0] for part in parts]),
            error=np.array([part.error[0] for part in parts]),
            used=np.array(used, dtype=np.uint8).reshape(-1, quads),
            order=order,
            place=place,
            extent=extent,
        )

    def block_rows(self, n_documents: int, dim: int, memory: int) -> int:
        """Return how many queries to hand over at a time: more than the base kernel scores.

        Their bytes stay near a core while all documents pass by, and rows of documents that are
        scored after all are fetched once for a block.
        """
        tile: int = self._library.INT8_TILE
        rows = min(_CACHED_BYTES, memory) // (8 * dim)
        return max(tile, min(rows, _MOST_ROWS) // tile * tile)

    def matches(
        self, packed: Int8Panels, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        panels = self.base.pack(packed.rows, packed.rows.dtype)
        return self.base.matches(panels, n_documents, rows, level, bounds)

    def sweep(
        self, packed: Int8Panels, n_documents: int, rows: Rows, level: Level, bounds: Bounds
    ) -> Tally:
        library = self._library
        n, d = rows.queries.shape
        if d > library.INT8_MAX_DIM:  # sums of so many products need more than 31 bits
            panels = self.base.pack(packed.rows, packed.rows.dtype)
            return self.base.sweep(panels, n_documents, rows, level, bounds)
        slots = -(-n // library.INT8_TILE) * library.INT8_TILE
        slot = library.INT8_SLOT_BYTES + library.INT8_SLOT_BYTES_PER_BYTE * -(-d // 4) * 4
        queries = np.zeros((slots, -(-d // 4) * 4), dtype=np.int8)
        found = quantized(rows.queries[:, None].astype(np.float64), self.most)
        queries[:n, :d] = found.bytes[:, 0]
        tally = Tally.empty(n)
        library.int8_sweep(
            self.level,
            *self.base.arguments(packed.rows, n_documents, rows, level, bounds, tally),
            packed.panels,
            packed.step,
            packed.length,
            packed.error,
            packed.used,
            packed.order,
            packed.places(rows),
            packed.extent,
            queries,
            found.step,
            found.length,
            found.error,
            np.empty(slots * slot, dtype=np.uint8),
            tally.n_by_int8,
        )
        return tally


def quantized(groups: Values, most: int) -> Quantized:
    """Return rows as bytes; the rows of a group share a step.

    Parameters
    ----------
    groups : ndarray of float64, shape (n_groups, n_rows, d)
        Finite.
    most : int
        Greatest size of a byte.

    Returns
    -------
    quantized : Quantized
        With bounds that hold for all rows of a group.
    """
    peak = np.maximum(groups.max(axis=(1, 2)), -groups.min(axis=(1, 2)))
    fits = (peak >= _LEAST_PEAK) & (peak <= _MOST_PEAK)
    # Over a power of two that no number exceeds: squares that underflow are below `_LOST`.
    scale = np.where(fits, np.ldexp(1.0, np.frexp(peak)[1]), 1.0)
    step = np.where(fits, _rounded_up(peak / most), 1.0)
    rows = groups * np.where(fits, 1 / scale, 0.0)[:, None, None]
    unit = _units(groups, peak, most)
    exact = fits & (unit > 0)
    step[exact] = unit[exact]
    numbers = rows * (scale / step)[:, None, None]
    np.rint(numbers, out=numbers)
    length = _greatest_length(rows) * scale
    np.subtract(rows, numbers * (step / scale)[:, None, None], out=rows)
    error = _greatest_length(rows) * scale
    error[exact] = np.where(_has_bits(step[exact], _STEP_BITS), 0.0, _LEAST_LENGTH)
    # Other rows are all residual: bytes of 0.
    coarse = np.sqrt(groups.shape[2]) * _INFLATION * peak[~fits]
    length[~fits] = error[~fits] = np.where(coarse > 0, np.maximum(coarse, _LEAST_LENGTH), 0.0)
    return Quantized(numbers.astype(np.int8), step, length, error)


def _order(documents: NDArray[Any], per_stretch: int) -> NDArray[np.int32]:
    """Return the order of documents in panels: those that are 0 in the same columns side by side.

    Columns where all documents of a stretch are 0 cost nothing, and rows of the same columns often
    have numbers of one size: their common step is finer. The order given, if it is as good.
    """
    m, d = documents.shape
    quads = -(-d // 4)
    patterns = np.empty((m, -(-quads // 8)), dtype=np.uint8)
    for start in range(0, m, _ROW_BLOCK):
        at = slice(start, start + _ROW_BLOCK)
        used = np.zeros((len(documents[at]), quads), dtype=bool)
        for column in range(4):
            part = documents[at, column::4] != 0
            used[:, : part.shape[1]] |= part
        patterns[at] = np.packbits(used, axis=1)
    given = np.arange(m, dtype=np.int32)
    if (patterns == patterns[:1]).all():
        return given
    order = np.lexsort(patterns.T).astype(np.int32)
    stretches = range(0, m, per_stretch)

    def n_used(rows: NDArray[np.int32]) -> int:
        return sum(
            int(np.unpackbits(np.bitwise_or.reduce(patterns[rows[i : i + per_stretch]])).sum())
            for i in stretches
        )

    return order if n_used(order) <= _WORTHWHILE_SHARE * n_used(given) else given


def _extent(rows: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the first column of every row that is not 0, and the end of those."""
    m, d = rows.shape
    extent = np.empty((m, 2), dtype=np.uint32)
    for start in range(0, m, _ROW_BLOCK):
        at = slice(start, start + _ROW_BLOCK)
        nonzero = rows[at] != 0
        any_ = nonzero.any(axis=1)
        extent[at, 0] = np.where(any_, nonzero.argmax(axis=1), 0)
        extent[at, 1] = np.where(any_, d - nonzero[:, ::-1].argmax(axis=1), 0)
    return extent


def _rounded_up(values: Values) -> Values:
    """Return numbers of few bits that are not less."""
    fraction, exponent = np.frexp(values)
    rounded: Values = np.ldexp(np.ceil(np.ldexp(fraction, _STEP_BITS)), exponent - _STEP_BITS)
    return rounded


def _has_bits(values: Values, n_bits: int) -> NDArray[np.bool_]:
    """Return whether these numbers have at most so many bits."""
    fraction = np.ldexp(np.frexp(values)[0], n_bits)
    return np.asarray(fraction == np.rint(fraction))


def _greatest_length(groups: Values) -> Values:
    """Return bounds on the greatest length of a row of each group; no number exceeds 1."""
    squares = np.einsum("grk,grk->gr", groups, groups).max(axis=1)
    return np.asarray(np.sqrt(squares) * _INFLATION + _LOST * np.sqrt(groups.shape[2]))


def _units(groups: Values, peak: Values, most: int) -> Values:
    """Return what all numbers of a group are multiples of, and bytes can count them by; or 0."""
    units = np.zeros(len(groups))
    shared, own = _common_unit(groups[:_SAMPLE, :_SAMPLE]), _common_unit(groups[0, :_SAMPLE])
    if own == 0:  # rows of floats
        return units
    sizes = np.abs(groups)
    least = np.where(sizes > 0, sizes, peak[:, None, None]).min(axis=(1, 2))
    for candidates in (np.full(len(groups), shared), least):
        usable = (candidates > 0) & (peak <= most * candidates) & _has_bits(candidates, _UNIT_BITS)
        each = np.where(usable, candidates, 1.0)[:, None, None]
        usable &= (np.rint(groups / each) * each == groups).all(axis=(1, 2))
        units[usable] = candidates[usable]
    return units


def _common_unit(rows: Values) -> float:
    """Return the greatest number that all of these are multiples of, or 0 if it is too small."""
    numbers = np.unique(np.abs(rows))
    numbers = numbers[numbers > 0]
    if len(numbers) > 128:
        return 0.0
    unit = 0.0
    for number in numbers.tolist():
        while number:  # Euclid; remainders of floats are exact
            unit, number = number, math.fmod(unit, number)
        if unit * 128 < numbers[-1]:
            return 0.0
    return unit


@cache
def _levels() -> dict[str, int]:
    """Return the instruction sets that work here, with the greatest byte of a query."""
    library = native_library()
    return {} if library is None else dict(library.int8_levels())


def _around(kernel: Kernel) -> Kernel | None:
    if not isinstance(kernel, NativeKernel):
        return None
    usable = _levels()
    for level in _LEVELS.get(kernel.name, ()):
        if level in usable:
            return Int8Kernel(kernel, level, usable[level])
    return None


def _cost(tally: Tally, n_documents: int, dim: int) -> float:
    """Return the cost of a sweep over that of scoring all pairs.

    An integer score takes less than a third of a score. What it leaves open is scored one by one,
    which takes as long as some 400 products of a row more, and for near ties once more in order.
    """
    n_pairs = max(1, len(tally.n_by_int8) * n_documents)
    n_open = n_pairs - int(tally.n_by_int8.sum())
    return 0.3 + 1.5 * (1 + 400 / dim) * n_open / n_pairs


INT8 = FilterEntry(
    name="int8",
    summary="integer scores of rows quantized to bytes, with a proven bound",
    around=_around,
    cost=_cost,
)
