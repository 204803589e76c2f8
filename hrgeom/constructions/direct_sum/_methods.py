r"""Direct sums: classes of documents, each in coordinates of its own, side by side.

`_weights` has the theorem, `encodings` the lemmas for the ways to give a summand its coordinates
(spherical codes, tries, arcs, polygons). Three families:

- *block code*: every summand a block (no query matches two of its documents) with a spherical
  code. With unit words, inner products at most :math:`\mu_i` in block i and zero for queries that
  it lacks, the margin is :math:`(1/2)/(\sqrt Q + T)` for :math:`Q = \max_q \sum \alpha_i^2`
  over the blocks of q, :math:`\alpha_i = 1/(1 - \mu_i)`, :math:`T = \max \alpha_i - 1/2`.
- *hybrid*: a laminar cover, its large classes as tries, the documents of the others as intervals.
- *mixed*: the lowest blocks as spherical codes, a hybrid for the documents above them.

A budget of dimensions is shared out so that the promised margin is large; without a budget the
fewest dimensions are used that the stored type carries. The search is a heuristic; the promise is
computed for what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions._promise import SHOWN, Promise
from hrgeom.constructions.direct_sum._allocation import (
    Allocation,
    allocate_dimensions,
    estimate_allocations,
)
from hrgeom.constructions.direct_sum._assembly import integer_rows, unit_rows
from hrgeom.constructions.direct_sum._encoding import Encoding
from hrgeom.constructions.direct_sum._integer_weights import LARGEST, Quantized, quantize
from hrgeom.constructions.direct_sum._partitions import Family, Partition, Partitions
from hrgeom.constructions.direct_sum._weights import Balance
from hrgeom.core import DualEmbedding, Relevance, as_dtype
from hrgeom.errors import ConstructionError

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

_FULL_LOOKS = 4  # partitions with the best estimates, whose weights are computed
_ROUNDINGS = 16  # unit roundoffs: storing unit rows costs a margin four at most


@dataclass(frozen=True)
class Plan:
    """A direct sum that has been chosen but not yet built.

    Attributes
    ----------
    dim : int
        Its dimensions, the shared coordinates included.
    margin : float
        Normalized, of the stored numbers: promised whatever rounding does.
    encodings : list of Encoding
        One per summand.
    sizes : list of int
        Documents per summand.
    factors : Balance or Quantized
        The weights: for unit rows, or in whole numbers.
    """

    dim: int
    margin: float
    encodings: list[Encoding]
    sizes: list[int]
    factors: Balance | Quantized

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The summands as JSON values: the parameter `parts` of the embedding."""
        return [
            {"documents": size, "dim": encoding.dim, "code": encoding.name}
            for size, encoding in zip(self.sizes, self.encodings, strict=True)
        ]


def block_code(
    relevance: Relevance, *, dim: int | None = None, dtype: str = "float32", seed: int = 0
) -> DualEmbedding:
    """Return the block spherical code: threshold 0, for any relevance.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
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
        `promise["margin"]` is the normalized margin of the stored numbers.

    Raises
    ------
    ConstructionError
        If `dim` is less than the codes need, or the stored type does not carry them.

    Examples
    --------
    >>> e = block_code(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3))
    >>> e.dim, [part["code"] for part in e.parameters["parts"]]
    (3, ['two signs', 'two signs'])
    """
    return _build(relevance, "block-code", dim, dtype, seed, 1.0)


def hybrid(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> DualEmbedding:
    """Return tries for the large classes of a laminar cover, and intervals for the others.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        At most this many dimensions, for as much margin as they buy. Default: the fewest found.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type: unit rows in float64 and float32, whole numbers in the others.
    seed : int
        Seed of the colorings, and of the search for classes of intervals.
    effort : float
        Scales how many colorings are tried, and how long the search goes on.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is the normalized margin of the stored numbers.

    Raises
    ------
    ConstructionError
        If `dim` is less than needed, or the stored type does not carry it.

    Examples
    --------
    >>> e = hybrid(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), dtype="int8")
    >>> e.dim, str(e.dtype)
    (2, 'int8')
    """
    return _build(relevance, "hybrid", dim, dtype, seed, effort)


def mixed(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> DualEmbedding:
    """Return spherical codes for the lowest blocks, and a hybrid for the documents above them.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        At most this many dimensions, for as much margin as they buy. Default: the fewest found.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type: unit rows in float64 and float32, whole numbers in the others.
    seed : int
        Seed of the colorings, and of the search for classes of intervals.
    effort : float
        Scales how many colorings are tried, and how long the search goes on.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is the normalized margin of the stored numbers.

    Raises
    ------
    ConstructionError
        If `dim` is less than needed, or the stored type does not carry it.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> mixed(r, dim=16).promise["margin"] >= hybrid(r, dim=16).promise["margin"]
    True
    """
    return _build(relevance, "mixed", dim, dtype, seed, effort)


def plan(
    relevance: Relevance,
    family: Family,
    *,
    dim: int | None,
    dtype: str,
    seed: int = 0,
    effort: float = 1.0,
) -> Plan | None:
    """Return the best direct sum found within `dim` dimensions, None if there is none.

    Without `dim`: the one of fewest dimensions that the stored type carries. It is kept with the
    relevance, so that what has been promised is not searched again to be built.
    """
    return relevance.cached(_found, family, dim, dtype, seed, effort)


def _found(
    relevance: Relevance, family: Family, dim: int | None, dtype: str, seed: int, effort: float
) -> Plan | None:
    stored = as_dtype(dtype)
    if relevance.n_pairs == 0:  # one coordinate, 1 on queries and -1 on documents
        nothing: NDArray[Any] = np.empty(0)
        one = Quantized(nothing, (1,), 1, 1.0)
        factors = one if stored.name in LARGEST else Balance(nothing, 1.0, 1.0, 1.0)
        return Plan(1, 1.0, [], [], factors)
    partitions = Partitions.of(relevance, seed, effort)
    if dim is not None:
        return _best(partitions, family, dim, stored)
    return _smallest(partitions, family, stored)


def _promise(
    relevance: Relevance, family: Family, dim: int | None, dtype: str, seed: int, effort: float
) -> Promise | None:
    chosen = plan(relevance, family, dim=dim, dtype=dtype, seed=seed, effort=effort)
    return None if chosen is None else Promise(chosen.dim, SHOWN * chosen.margin)


def block_code_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return what `block_code` promises within `dim` dimensions, None if nothing fits.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int or None
        At most this many dimensions, for as much margin as they buy; None: the fewest found.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Not used by block codes.

    Returns
    -------
    promise : Promise or None
        Dimensions of the plan that `block_code` would build with the same arguments, and the
        normalized margin that a certificate will show at least. The plan is kept with the
        relevance, so that it is not searched again to be built.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> block_code_promise(r, dim=None, dtype="int8", seed=0).dim
    3
    """
    return _promise(relevance, "block-code", dim, dtype, seed, 1.0)


def hybrid_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int, effort: float = 1.0
) -> Promise | None:
    """Return what `hybrid` promises within `dim` dimensions, None if nothing fits.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int or None
        At most this many dimensions, for as much margin as they buy; None: the fewest found.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the colorings, and of the search for classes of intervals.
    effort : float
        Scales how long the search goes on.

    Returns
    -------
    promise : Promise or None
        Dimensions of the plan that `hybrid` would build with the same arguments, and the
        normalized margin that a certificate will show at least. The plan is kept with the
        relevance, so that it is not searched again to be built.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> hybrid_promise(r, dim=None, dtype="int8", seed=0).dim
    2
    """
    return _promise(relevance, "hybrid", dim, dtype, seed, effort)


def mixed_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int, effort: float = 1.0
) -> Promise | None:
    """Return what `mixed` promises within `dim` dimensions, None if nothing fits.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int or None
        At most this many dimensions, for as much margin as they buy; None: the fewest found.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the colorings, and of the search for classes of intervals.
    effort : float
        Scales how long the search goes on.

    Returns
    -------
    promise : Promise or None
        Dimensions of the plan that `mixed` would build with the same arguments, and the
        normalized margin that a certificate will show at least. The plan is kept with the
        relevance, so that it is not searched again to be built.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> mixed_promise(r, dim=1, dtype="float32", seed=0) is None
    True
    """
    return _promise(relevance, "mixed", dim, dtype, seed, effort)


def _build(
    relevance: Relevance, family: Family, dim: int | None, dtype: str, seed: int, effort: float
) -> DualEmbedding:
    stored = as_dtype(dtype)
    chosen = plan(relevance, family, dim=dim, dtype=dtype, seed=seed, effort=effort)
    if chosen is None:
        least = plan(relevance, family, dim=None, dtype=dtype, seed=seed, effort=effort)
        raise ConstructionError(
            f"{family} in {dtype} does not carry this relevance"
            if least is None
            else f"dim must be at least {least.dim} for {family} in {dtype}: got {dim}"
        )
    factors = chosen.factors
    if isinstance(factors, Quantized):
        queries, documents = integer_rows(relevance, chosen.encodings, factors, stored)
    else:
        queries, documents = unit_rows(relevance, chosen.encodings, factors, stored)
    return DualEmbedding(
        queries,
        documents,
        threshold=0.0,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        construction=family,
        parameters={"parts": chosen.parts, "seed": seed, "effort": effort},
        promise={"dim": chosen.dim, "margin": chosen.margin, "theorem": "direct sum"},
    )


def _best(partitions: Partitions, family: Family, dim: int, dtype: np.dtype[Any]) -> Plan | None:
    """Return the plan with the largest margin that the stored type carries."""
    found = partitions.of_family(family, LARGEST.get(dtype.name, 0))
    fitting = [partition for partition in found if partition.least <= dim]
    estimates = [(x, e) for x in fitting if (e := estimate_allocations(x.summands, dim))]
    estimates.sort(key=lambda item: -item[1][0].margin)
    plans: list[Plan] = []
    for partition, start in estimates:
        chosen = _plan(partition, dim, dtype, start)
        if chosen is not None:
            plans.append(chosen)
        if len(plans) == _FULL_LOOKS:
            break
    return max(plans, key=lambda p: p.margin, default=None)


def _smallest(partitions: Partitions, family: Family, dtype: np.dtype[Any]) -> Plan | None:
    """Return the plan of fewest dimensions that the stored type carries."""
    largest = LARGEST.get(dtype.name, 0)
    if family != "block-code" and partitions.n_blocks:
        intervals = partitions.partition(0, 0, largest)
        if intervals is not None:
            start = estimate_allocations(intervals.summands, intervals.least)
            found = _plan(intervals, intervals.least, dtype, start)
            if found is not None:  # intervals in the fewest classes
                return found
    smallest: Plan | None = None
    for partition in sorted(partitions.of_family(family, largest), key=lambda x: x.least):
        # A few dimensions more may help; many are a matter for another partition.
        for dim in (partition.least, partition.least + 1, partition.least + 2, 2 * partition.least):
            if smallest is not None and dim >= smallest.dim:
                break
            found = _plan(partition, dim, dtype, estimate_allocations(partition.summands, dim))
            if found is not None:
                smallest = found
                break
    return smallest


def _plan(
    partition: Partition, dim: int, dtype: np.dtype[Any], start: list[Allocation]
) -> Plan | None:
    """Return the plan from estimates for a budget, None where the stored type does not carry it."""
    sizes = [summand.n_documents for summand in partition.summands]
    if not start:
        return None
    encodings, found = allocate_dimensions(partition.summands, partition.levels, dim, start)
    if dtype.name not in LARGEST:  # unit rows
        # Rounding moves a unit row by at most one unit roundoff, and its length likewise.
        lost = _ROUNDINGS * float(np.finfo(dtype).eps) / 2
        if found.margin < 2 * lost:
            return None
        margin = found.margin
        if partition.has_empty:  # documents with the shared coordinate alone
            margin = min(margin, found.beta / found.longest_query)
        return Plan(_dim(encodings, 1), margin - lost, encodings, sizes, found)
    # whole numbers: with one shared coordinate, or a second one if that has more margin
    best: Plan | None = None
    whole = quantize(
        partition.levels, encodings, found, LARGEST[dtype.name], 1, partition.has_empty
    )
    if whole is not None:
        best = Plan(_dim(encodings, 1), whole.margin, encodings, sizes, whole)
    start = estimate_allocations(partition.summands, dim - 1)
    if start:
        encodings, found = allocate_dimensions(partition.summands, partition.levels, dim - 1, start)
        whole = quantize(
            partition.levels, encodings, found, LARGEST[dtype.name], 2, partition.has_empty
        )
        if whole is not None and (best is None or whole.margin > best.margin):
            best = Plan(_dim(encodings, 2), whole.margin, encodings, sizes, whole)
    return best


def _dim(encodings: list[Encoding], n_shared: int) -> int:
    return n_shared + sum(encoding.dim for encoding in encodings)
