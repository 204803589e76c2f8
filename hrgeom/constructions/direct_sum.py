r"""Direct sums: parts of the documents in coordinates of their own, side by side.

`hrgeom.constructions.parts.balance` has the theorem, `parts.blocks`, `parts.trie`, `parts.arcs`
and `parts.polygon` the lemmas for the ways to give a part its coordinates:

- *block code*: every part a block, no query matching two of its documents; a spherical code each.
  With unit words, inner products at most :math:`\mu_i` in block i and zero for queries that the
  block lacks, the margin is :math:`(1/2)/(\sqrt Q + T)` for :math:`Q = \max_q \sum \alpha_i^2`
  over the blocks of q, :math:`\alpha_i = 1/(1 - \mu_i)`, :math:`T = \max \alpha_i - 1/2`.
- *hybrid*: a laminar cover, its large classes as tries, the documents of the others as intervals.
- *mixed*: the lowest blocks as spherical codes, a hybrid for the documents above them.

A budget of dimensions is shared out so that the promised margin is large; without a budget the
fewest dimensions are used that the stored type carries. The search is a heuristic; the promise is
computed for what it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers.blocks import block_cover
from hrgeom.constructions.covers.condensed import CondensedCover, condensed
from hrgeom.constructions.covers.consecutive import ConsecutiveCover, ConsecutivePalette
from hrgeom.constructions.covers.intervals import IntervalCover
from hrgeom.constructions.covers.laminar import LaminarCover, LaminarPalette
from hrgeom.constructions.parts.allot import Allotment, allot, estimate
from hrgeom.constructions.parts.arcs import arc_option
from hrgeom.constructions.parts.assemble import integer_rows, unit_rows
from hrgeom.constructions.parts.balance import Balance, QueryLevels
from hrgeom.constructions.parts.blocks import block_part
from hrgeom.constructions.parts.option import Option, Part
from hrgeom.constructions.parts.polygon import most_positions, polygon_option
from hrgeom.constructions.parts.quantise import LARGEST, Quantised, quantise
from hrgeom.constructions.parts.trie import trie_levels, trie_option
from hrgeom.constructions.promise import SHOWN, Promise
from hrgeom.constructions.trie import LaminarTrie, least_trie, trie_palettes
from hrgeom.embedding import DualEmbedding, as_dtype
from hrgeom.errors import ConstructionError
from hrgeom.relevance import Relevance

__all__ = [
    "Plan",
    "block_code",
    "block_code_promise",
    "hybrid",
    "hybrid_promise",
    "mixed",
    "mixed_promise",
    "plan",
]

Family = str  # "block-code", "hybrid" or "mixed"
_BLOCKS = (1, 2, 3, 4, 5, 6, 8, 12, 20)  # how many of the lowest blocks `mixed` tries
_APART = (0, 1, 2, 3, 4, 6, 8, 12, 20, 30, 50, 1000)  # classes that are parts of their own
_INTERVAL_STEPS = (0, 1, 2, 3, 4, 6, 8, 12, 16)  # classes of intervals beyond the fewest
_SMALL = 1000  # documents of a class that may be intervals instead of a trie
_MOST_ON_POLYGONS = 4000  # documents; more of them take fewer dimensions as tries
_FEW_STEPS = 4  # of the numbers of classes, for a laminar class by itself
_EFFORT_FOR_SOME = 0.1  # for classes of intervals of some documents: there are few
_FULL_LOOKS = 4  # layouts that are looked at closely, those with the best estimates
_ROUNDINGS = 16  # unit roundoffs: storing unit rows costs a margin four at most


@dataclass(frozen=True)
class Plan:
    """A direct sum that has been chosen but not built.

    Attributes
    ----------
    dim : int
    margin : float
        Normalised, of the stored numbers: promised whatever rounding does.
    options : list of Option
        One per part.
    sizes : list of int
        Documents per part.
    """

    dim: int
    margin: float
    options: list[Option]
    sizes: list[int]
    factors: Balance | Quantised

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts as JSON values."""
        return [
            {"documents": size, "dim": option.dim, "code": option.name}
            for size, option in zip(self.sizes, self.options, strict=True)
        ]


def block_code(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return the block spherical code: threshold 0, for any relevance.

    Parameters
    ----------
    relevance : Relevance
        Any.
    dim : int, optional
        At most this many dimensions, for as much margin as they buy. Default: the fewest that
        the codes at hand allow.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type: unit rows in float64 and float32, whole numbers in the others.
    seed : int
        Not used by block codes.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is the normalised margin of the stored numbers.

    Raises
    ------
    ConstructionError
        If `dim` is less than the codes need.
    """
    return _build(relevance, "block-code", dim, dtype, seed)


def hybrid(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return tries for the large classes of a laminar cover, and intervals for the others.

    Parameters and results are those of `block_code`; `seed` is that of the colourings.

    Raises
    ------
    ConstructionError
        If `dim` is less than needed, or the stored type does not carry it.
    """
    return _build(relevance, "hybrid", dim, dtype, seed)


def mixed(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return spherical codes for the lowest blocks, and a hybrid for the documents above them.

    Parameters and results are those of `block_code`; `seed` is that of the colourings.

    Raises
    ------
    ConstructionError
        If `dim` is less than needed, or the stored type does not carry it.
    """
    return _build(relevance, "mixed", dim, dtype, seed)


def plan(
    relevance: Relevance, family: Family, *, dim: int | None, dtype: str, seed: int = 0
) -> Plan | None:
    """Return the best direct sum found within `dim` dimensions, None if there is none.

    Without `dim`: the one of fewest dimensions that the stored type carries.
    """
    stored = as_dtype(dtype)
    if relevance.n_pairs == 0:  # one coordinate, 1 on queries and -1 on documents
        nothing: NDArray[Any] = np.empty(0)
        one = Quantised(nothing, (1,), 1, 1.0)
        factors = one if stored.name in LARGEST else Balance(nothing, 1.0, 1.0, 1.0)
        return Plan(1, 1.0, [], [], factors)
    found = _Search.of(relevance, seed)
    if dim is not None:
        return found.best(family, dim, stored)
    return found.smallest(family, stored)


def block_code_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return what `block_code` promises, None if nothing fits."""
    return _promise(relevance, "block-code", dim, dtype, seed)


def hybrid_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return what `hybrid` promises, None if nothing fits."""
    return _promise(relevance, "hybrid", dim, dtype, seed)


def mixed_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return what `mixed` promises, None if nothing fits."""
    return _promise(relevance, "mixed", dim, dtype, seed)


def _promise(
    relevance: Relevance, family: Family, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    chosen = plan(relevance, family, dim=dim, dtype=dtype, seed=seed)
    return None if chosen is None else Promise(chosen.dim, SHOWN * chosen.margin)


def _build(
    relevance: Relevance, family: Family, dim: int | None, dtype: str, seed: int
) -> DualEmbedding:
    stored = as_dtype(dtype)
    chosen = plan(relevance, family, dim=dim, dtype=dtype, seed=seed)
    if chosen is None:
        least = plan(relevance, family, dim=None, dtype=dtype, seed=seed)
        raise ConstructionError(
            f"{family} in {dtype} does not carry this relevance"
            if least is None
            else f"dim must be at least {least.dim} for {family} in {dtype}: got {dim}"
        )
    factors = chosen.factors
    if isinstance(factors, Quantised):
        queries, documents = integer_rows(relevance, chosen.options, factors, stored)
    else:
        queries, documents = unit_rows(relevance, chosen.options, factors, stored)
    return DualEmbedding(
        queries,
        documents,
        threshold=0.0,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        construction=family,
        parameters={"parts": chosen.parts, "seed": seed},
        promise={"dim": chosen.dim, "margin": chosen.margin, "theorem": "direct sum"},
    )


@dataclass(frozen=True)
class _Layout:
    """One way to split the documents; some may match nothing and be in no part."""

    parts: list[Part]
    has_empty: bool

    @cached_property
    def levels(self) -> QueryLevels:
        return QueryLevels(self.parts)

    @cached_property
    def least(self) -> int:
        """The fewest dimensions of all options."""
        return 1 + sum(min(option.dim for option in part.options) for part in self.parts)


class _Search:
    """The splits of one relevance, made when they are first asked for and kept with it."""

    def __init__(self, relevance: Relevance, seed: int) -> None:
        self._relevance = relevance
        self._seed = seed
        self._blocks = block_cover(relevance)
        self._n_blocks = int(self._blocks.max(initial=-1)) + 1
        self._block_parts: dict[tuple[int, bool], Part] = {}
        self._tops: dict[int, _Top] = {}
        self._layouts: dict[tuple[int, int, int], _Layout | None] = {}

    @classmethod
    def of(cls, relevance: Relevance, seed: int) -> _Search:
        key = ("direct sum", seed)
        if key not in relevance.derived:
            relevance.derived[key] = cls(relevance, seed)
        found: _Search = relevance.derived[key]
        return found

    def best(self, family: Family, dim: int, dtype: np.dtype[Any]) -> Plan | None:
        """Return the plan with the largest margin that the stored type carries."""
        layouts = [x for x in self._layouts_of(family, dtype) if x.least <= dim]
        estimates = [(x, e) for x in layouts if (e := estimate(x.parts, dim))]
        estimates.sort(key=lambda item: -item[1][0].margin)
        plans: list[Plan] = []
        for layout, start in estimates:
            plans += filter(None, [_plan(layout, dim, dtype, start)])
            if len(plans) == _FULL_LOOKS:
                break
        return max(plans, key=lambda p: p.margin, default=None)

    def smallest(self, family: Family, dtype: np.dtype[Any]) -> Plan | None:
        """Return the plan of fewest dimensions that the stored type carries."""
        if family != "block-code" and self._n_blocks:
            for layout in self._layout(0, 0, LARGEST.get(dtype.name, 0)):
                start = estimate(layout.parts, layout.least)
                found = _plan(layout, layout.least, dtype, start)
                if found is not None:  # intervals in the fewest classes
                    return found
        smallest: Plan | None = None
        for layout in sorted(self._layouts_of(family, dtype), key=lambda x: x.least):
            # A few dimensions more may help; many are a matter for another layout.
            for dim in (layout.least, layout.least + 1, layout.least + 2, 2 * layout.least):
                if smallest is not None and dim >= smallest.dim:
                    break
                found = _plan(layout, dim, dtype, estimate(layout.parts, dim))
                if found is not None:
                    smallest = found
                    break
        return smallest

    def _layouts_of(self, family: Family, dtype: np.dtype[Any]) -> Iterator[_Layout]:
        largest = LARGEST.get(dtype.name, 0)
        if family != "hybrid":
            yield from self._layout(self._n_blocks, 0, largest)
        if family == "block-code":
            return
        if self._n_blocks == 0:
            return
        n_classes = self._top(0).n_classes
        for n_apart in sorted({min(i, n_classes) for i in _APART}):
            yield from self._layout(0, n_apart, largest)
        if family == "mixed":
            for n_blocks in filter(lambda n: n < self._n_blocks, _BLOCKS):
                yield from self._layout(n_blocks, self._top(n_blocks).n_classes, largest)

    def _layout(self, n_blocks: int, n_apart: int, largest: int) -> Iterator[_Layout]:
        """One layout, or none where its intervals cannot be coded."""
        key = (n_blocks, n_apart, largest)
        if key not in self._layouts:
            self._layouts[key] = self._new_layout(*key)
        layout = self._layouts[key]
        if layout is not None:
            yield layout

    def _new_layout(self, n_blocks: int, n_apart: int, largest: int) -> _Layout | None:
        parts = [self._block_part(i, largest > 0) for i in range(n_blocks)]
        if n_blocks < self._n_blocks:
            above = self._top(n_blocks).parts(n_apart, largest)
            if above is None:
                return None
            parts += above
        return _Layout(parts, bool(np.any(self._blocks < 0))) if parts else None

    def _block_part(self, i: int, integral: bool) -> Part:
        if (i, integral) not in self._block_parts:
            documents = np.flatnonzero(self._blocks == i).astype(np.int32)
            self._block_parts[i, integral] = block_part(
                self._relevance, documents, integral=integral
            )
        return self._block_parts[i, integral]

    def _top(self, n_blocks: int) -> _Top:
        if n_blocks not in self._tops:
            documents = np.flatnonzero(self._blocks >= n_blocks).astype(np.int32)
            above = self._relevance.among(documents)
            palettes = trie_palettes(self._relevance, self._seed)[: None if n_blocks == 0 else 2]
            palettes = [palette.among(documents) for palette in palettes]
            self._tops[n_blocks] = _Top(above, documents, palettes, self._seed)
        return self._tops[n_blocks]


class _Top:
    """The documents above the lowest blocks: a laminar cover with tries."""

    def __init__(
        self,
        relevance: Relevance,
        documents: NDArray[np.int32],
        palettes: list[LaminarPalette],
        seed: int,
    ) -> None:
        self._seed = seed
        self._relevance = relevance
        self._documents = documents
        self._palettes = palettes
        self._classes: dict[tuple[int, int], Part] = {}
        self._rests: dict[int, _Rest] = {}

    @cached_property
    def _trie(self) -> LaminarTrie:
        return least_trie(self._relevance, 0, self._palettes)

    @cached_property
    def _by_height(self) -> NDArray[np.int64]:
        return np.argsort(-self._trie.heights, kind="stable")

    @property
    def n_classes(self) -> int:
        """The number of laminar classes."""
        return self._trie.cover.n_classes

    @cached_property
    def _palette(self) -> LaminarPalette:
        """The colours of the trie's classes."""
        crossing = self._palettes[0].vertices
        colours = self._trie.cover.classes[crossing]
        return LaminarPalette(len(self._documents), crossing, colours)

    def parts(self, n_apart: int, largest: int) -> list[Part] | None:
        """Return the highest classes each as a part, and the other documents as one of intervals;
        None where they cannot be coded."""
        parts: list[Part] = []
        rest = np.arange(len(self._documents))
        if n_apart:
            parts = [self._class_part(int(t), largest) for t in self._by_height[:n_apart]]
            others = self._by_height[n_apart:]
            if len(others) == 0:
                return parts
            rest = np.flatnonzero(np.isin(self._trie.cover.classes, others))
        if largest and len(rest) > _MOST_ON_POLYGONS:
            return None
        if n_apart not in self._rests:
            self._rests[n_apart] = _Rest(self._relevance.among(rest), self._seed, n_apart > 0)
        options = self._rests[n_apart].options(self._documents[rest], largest)
        if not options:
            return None
        levels = np.zeros(self._relevance.n_queries, dtype=np.int16)
        return [*parts, Part(len(rest), levels, options)]

    def _class_part(self, t: int, largest: int) -> Part:
        """A class as a trie, or, where it is small, as intervals."""
        if (t, largest) not in self._classes:
            members = np.flatnonzero(self._trie.cover.classes == t).astype(np.int32)
            options = [trie_option(self._trie, t, self._documents)]
            levels = trie_levels(self._trie, t)
            if len(members) <= _SMALL:
                relevance, numbers = condensed(self._relevance.among(members))
                palette = self._palette.among(members)
                for n_classes in _numbers_of_classes(1, len(members), largest)[:_FEW_STEPS]:
                    classes = palette.spread(n_classes)
                    cover = CondensedCover(LaminarCover(relevance, classes), numbers)
                    options += _interval_options(cover, self._documents[members], largest)
                options = [_spread(option, options[0].dim) for option in options]
            self._classes[t, largest] = Part(len(members), levels, options)
        return self._classes[t, largest]


class _Rest:
    """The documents that are intervals in classes with consecutive ones."""

    def __init__(self, relevance: Relevance, seed: int, is_part: bool) -> None:
        effort = _EFFORT_FOR_SOME if is_part else 1.0
        self._relevance, self._numbers = condensed(relevance)
        self._palette = ConsecutivePalette.of(self._relevance, seed=seed, effort=effort)
        self._covers: dict[int, CondensedCover] = {}

    def options(self, documents: NDArray[np.int32], largest: int) -> list[Option]:
        """Return the options for several numbers of classes."""
        options = []
        for k in _numbers_of_classes(self._palette.n_colours, len(documents), largest):
            if k not in self._covers:
                cover = ConsecutiveCover(self._relevance, self._palette.spread(k))
                self._covers[k] = CondensedCover(cover, self._numbers)
            options += _interval_options(self._covers[k], documents, largest)
        return options


def _numbers_of_classes(fewest: int, n_documents: int, largest: int) -> list[int]:
    """How many classes of intervals to offer; polygons want small ones."""
    if largest:
        fewest = max(fewest, -(-n_documents // most_positions(largest)))
    return sorted({min(fewest + more, max(fewest, n_documents)) for more in _INTERVAL_STEPS})


def _interval_options(
    cover: IntervalCover, documents: NDArray[np.int32], largest: int
) -> list[Option]:
    """Classes of intervals as one option, or none where polygons do not carry them."""
    if not largest:
        return [arc_option(cover, documents)]
    option = polygon_option(cover, documents, largest)
    return [] if option is None else [option]


def _spread(option: Option, n_levels: int) -> Option:
    """The same option with norms for all levels of a trie with so many bits."""
    if len(option.norms) == n_levels + 1:
        return option
    return replace(option, norms=np.full(n_levels + 1, option.norms[0]))


def _plan(layout: _Layout, dim: int, dtype: np.dtype[Any], start: list[Allotment]) -> Plan | None:
    """The plan from estimates for a budget, None where the stored type does not carry it."""
    sizes = [part.n_documents for part in layout.parts]
    if not start:
        return None
    options, found = allot(layout.parts, layout.levels, dim, start)
    if dtype.name not in LARGEST:
        # Rounding moves a unit row by at most one unit roundoff, and its length likewise.
        lost = _ROUNDINGS * float(np.finfo(dtype).eps) / 2
        if found.margin < 2 * lost:
            return None
        margin = found.margin
        if layout.has_empty:  # documents with the shared coordinate alone
            margin = min(margin, found.beta / found.longest_query)
        return Plan(_dim(options, 1), margin - lost, options, sizes, found)
    whole = quantise(layout.levels, options, found, LARGEST[dtype.name], 1, layout.has_empty)
    best: Plan | None = None
    if whole is not None:
        best = Plan(_dim(options, 1), whole.margin, options, sizes, whole)
    start = estimate(layout.parts, dim - 1)
    if start:  # with a second shared coordinate
        options, found = allot(layout.parts, layout.levels, dim - 1, start)
        whole = quantise(layout.levels, options, found, LARGEST[dtype.name], 2, layout.has_empty)
        if whole is not None and (best is None or whole.margin > best.margin):
            best = Plan(_dim(options, 2), whole.margin, options, sizes, whole)
    return best


def _dim(options: list[Option], n_shared: int) -> int:
    return n_shared + sum(option.dim for option in options)
