"""The planner: what a number of dimensions buys, for a hierarchy at hand or one described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hrgeom.constructions._asking import DEFAULT_MARGIN, Asking, Promised
from hrgeom.constructions._choose import out_of_reach
from hrgeom.constructions._sides import better_side
from hrgeom.constructions.queries import least_dim_of
from hrgeom.core import Basis, Target, as_dtype, as_relevance
from hrgeom.errors import ConstructionError

__all__ = [
    "LADDER",
    "Description",
    "FrontierPoint",
    "described_frontier",
    "frontier",
    "least_for_margin",
]

LADDER = (8, 16, 32, 64, 80, 128, 192, 256, 512, 1024)


@dataclass(frozen=True)
class FrontierPoint:
    """One point of the frontier of dimension against margin.

    Attributes
    ----------
    dtype : str
        The stored type.
    dim : int
        Dimensions d.
    margin : float or None
        Normalized, promised for the stored numbers; None if the certificate has to decide.
    construction : str
        The one that promises it.
    bits_per_vector : int
        Bits of one vector: d times those of the stored type.
    n_bytes : int
        All query and document vectors.
    basis : {"theorem", "chance", "descent", "certificate"}
        Why the vectors are expected to hold, as `DualEmbedding.basis` has it.
    options : str
        Options of ``hrgeom construct``, besides those that name the hierarchy, that build it.
    is_default : bool
        It is what `construct` gives where nothing but the stored type is asked for.
    """

    dtype: str
    dim: int
    margin: float | None
    construction: str
    bits_per_vector: int
    n_bytes: int
    basis: Basis = "theorem"
    options: str = ""
    is_default: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def frontier(
    target: Target,
    *,
    dtypes: Sequence[str] = ("float32",),
    dims: Sequence[int] = LADDER,
    default: bool = True,
    seed: int = 0,
    effort: float = 1.0,
) -> list[FrontierPoint]:
    """Return what constructions promise: the fewest dimensions, and the most margin in others.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    dtypes : sequence of str
        Stored types.
    dims : sequence of int
        Budgets of dimensions; those below the fewest are left out, and those that promise no more
        than a smaller one.
    default : bool
        Also what `construct` gives where nothing is asked for.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long constructions search.

    Returns
    -------
    points : list of FrontierPoint
        Type by type, dimensions ascending. `construct` with the point's dim and
        dtype, and the same seed and effort, certifies at least the promised margin.

    Raises
    ------
    ShapeError
        If one of `dtypes` is no stored type.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> tree = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
    >>> [(point.dim, point.construction, point.is_default) for point in frontier(tree, dims=[8])]
    [(3, 'hybrid', True), (5, 'mixed', False)]
    """
    relevance = better_side(as_relevance(target), seed).relevance
    points: list[FrontierPoint] = []
    for dtype in dtypes:
        asking = Asking(relevance, dtype, seed, effort)
        chosen = replace(asking, proved=True).default_dim() if default else None
        points += _of_type(asking, dims, chosen)
    return points


def _of_type(asking: Asking, dims: Sequence[int], default: int | None) -> list[FrontierPoint]:
    """Return the points of one stored type; `default` dimensions are marked."""
    points: list[FrontierPoint] = []
    best = -1.0
    extra = set() if default is None else {default}
    for budget in (None, *sorted(extra.union(dims))):
        ranked = asking.within(budget)
        if budget is None and ranked and ranked[0][1].dim == default:
            continue  # the default has no more dimensions than the fewest
        is_default = budget is not None and budget == default
        if not ranked or (budget is not None and not is_default and _margin(ranked) <= best):
            continue
        best = _margin(ranked) * (1 + 1e-6)
        options = _of_dtype(asking.dtype)
        if not is_default:
            options = _options(asking.dtype, ranked[0], is_fewest=budget is None)
        point = replace(_point(asking, ranked[0]), options=options, is_default=is_default)
        points.append(point)
    return points


def _margin(ranked: list[Promised]) -> float:
    return ranked[0][1].margin or 0.0


def least_for_margin(
    target: Target,
    margin: float,
    *,
    dtype: str = "float32",
    seed: int = 0,
    effort: float = 1.0,
) -> FrontierPoint:
    """Return the point of fewest dimensions found at which a theorem promises a margin.

    Budgets are doubled until the margin is promised, the least one is found by halving, and a
    few below it are asked one by one, as promises need not be monotone.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches: in a hierarchy, its ancestors and itself.
    margin : float
        The normalized margin wanted.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        For whatever is drawn at random.
    effort : float
        Scales how long constructions search.

    Returns
    -------
    point : FrontierPoint
        With a promised margin of at least `margin`.

    Raises
    ------
    ConstructionError
        If no construction promises it within 4,096 dimensions; the message names the largest
        margin that one does promise.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> tree = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
    >>> point = least_for_margin(tree, 0.2)
    >>> point.dim, point.margin >= 0.2
    (3, True)
    """
    relevance = better_side(as_relevance(target), seed).relevance
    asking = Asking(relevance, dtype, seed, effort, proved=True)
    dim = asking.least_dim(margin)
    if dim is None:
        raise ConstructionError(out_of_reach(asking, margin))
    options = f"--margin {margin:g}{_of_dtype(dtype, ' ')}"
    return replace(_point(asking, asking.within(dim)[0]), options=options)


def _point(asking: Asking, found: Promised) -> FrontierPoint:
    construction, promise = found
    bits = promise.dim * as_dtype(asking.dtype).itemsize * 8
    n_vectors = asking.relevance.n_queries + asking.relevance.n_documents
    return FrontierPoint(
        asking.dtype,
        promise.dim,
        promise.margin,
        construction.name,
        bits,
        n_vectors * bits // 8,
        construction.basis(promise),
    )


def _options(dtype: str, found: Promised, *, is_fewest: bool) -> str:
    """The options that build a point: --proved keeps descent away from a small margin."""
    construction, promise = found
    if is_fewest:
        wanted = "--fewest"
    elif construction.promise_kind != "proved":
        wanted = f"--method {construction.name} --dim {promise.dim}"
    else:
        enough = (promise.margin or 0.0) >= DEFAULT_MARGIN
        wanted = f"--dim {promise.dim}{'' if enough else ' --proved'}"
    return wanted + _of_dtype(dtype, " ")


def _of_dtype(dtype: str, before: str = "") -> str:
    return "" if dtype == "float32" else f"{before}--dtype {dtype}"


@dataclass(frozen=True)
class Description:
    """What is known of a hierarchy that is not at hand.

    Parameters
    ----------
    n_nodes : int
        Number of nodes, each both a query and a document.
    n_levels : int
        Nodes on the longest path from a root.
    max_ancestors : int
        Largest number s of ancestors of a node, itself included.
    is_tree : bool
        Every node has at most one parent.

    Examples
    --------
    >>> Description.of(depth=4, branching=3).n_nodes
    40
    """

    n_nodes: int
    n_levels: int
    max_ancestors: int
    is_tree: bool

    @classmethod
    def of(
        cls,
        *,
        nodes: int | None = None,
        depth: int | None = None,
        branching: int | None = None,
        max_ancestors: int | None = None,
    ) -> Description:
        """Return the description that follows from what is given.

        Parameters
        ----------
        nodes, depth, branching : int, optional
            Two of them describe a tree: depth in levels; with `branching` it is perfect.
        max_ancestors : int, optional
            Given: a directed acyclic graph, of which nothing else is assumed.

        Returns
        -------
        description : Description
            A tree unless `max_ancestors` is given and differs from the number of levels.

        Raises
        ------
        ConstructionError
            If they do not determine the number of nodes and levels, or are below 1.
        """
        for name, value in (
            ("nodes", nodes),
            ("depth", depth),
            ("branching", branching),
            ("max_ancestors", max_ancestors),
        ):
            if value is not None and value < 1:
                raise ConstructionError(f"{name} must be at least 1: got {value}")
        if nodes is None:
            if depth is None or branching is None:
                raise ConstructionError(
                    "a description must have the number of nodes, or depth and branching"
                )
            nodes = sum(branching**level for level in range(depth))
        if depth is None:
            if max_ancestors is not None:
                depth = max_ancestors
            elif branching is None or branching == 1:
                raise ConstructionError("a description must have depth, branching or max_ancestors")
            else:
                depth = 1
                while sum(branching**level for level in range(depth)) < nodes:
                    depth += 1
        is_tree = max_ancestors is None or max_ancestors == depth
        return cls(nodes, depth, max_ancestors or depth, is_tree)


def described_frontier(description: Description, *, dtype: str = "float32") -> list[FrontierPoint]:
    """Return what theorems promise for a hierarchy, by its description alone.

    - a tree: interval cover, d = 3, for float64 while :math:`2n^2 \\le 2^{53}`;
    - a tree: Kraft trie, :math:`h \\le (H - 1) + \\lceil\\log_2 n\\rceil` bits, d = h + 1; with
      :math:`|y|^2 \\le h`, :math:`|x|^2 \\le (h + 3)/4` and :math:`T \\le h/2` the margin is at
      least :math:`(1/2) / (\\sqrt{h(h + 3)/4} + h/2)`;
    - any: dual frame, the dimension at which half a wrong pair is expected if all sets have s
      documents; no margin is promised.

    Integer types are left out of the trie's margin: there it follows from the hierarchy itself.

    Parameters
    ----------
    description : Description
        What is known of the hierarchy.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.

    Returns
    -------
    points : list of FrontierPoint
        Fewest dimensions first.

    Raises
    ------
    ShapeError
        If `dtype` is no stored type.

    Examples
    --------
    >>> tree = Description.of(depth=4, branching=3)
    >>> [(point.dim, point.construction) for point in described_frontier(tree)]
    [(10, 'hybrid'), (184, 'dual-frame')]
    """
    n, s = description.n_nodes, description.max_ancestors
    points = []
    if description.is_tree:
        if dtype == "float64" and 2 * n * n <= 2**53:
            points.append(_described(description, dtype, "interval", 3, None))
        bits = description.n_levels - 1 + int(np.ceil(np.log2(n)))
        margin = 0.5 / float(np.sqrt(bits * (bits + 3) / 4) + bits / 2) if bits else None
        whole = dtype not in ("float64", "float32")
        points.append(_described(description, dtype, "hybrid", bits + 1, None if whole else margin))
    histogram = np.zeros(s + 1, dtype=np.int64)
    histogram[s] = n
    points.append(_described(description, dtype, "dual-frame", least_dim_of(histogram, n), None))
    return sorted(points, key=lambda p: p.dim)


def _described(
    description: Description, dtype: str, name: str, dim: int, margin: float | None
) -> FrontierPoint:
    bits = dim * as_dtype(dtype).itemsize * 8
    return FrontierPoint(
        dtype,
        dim,
        margin,
        name,
        bits,
        2 * description.n_nodes * bits // 8,
        "chance" if name == "dual-frame" else "theorem",
        f"--method {name} --dim {dim}{_of_dtype(dtype, ' ')}",
    )
