r"""Interval cover: exact retrieval in d = 2k + 1 dimensions for k classes.

Theorem. Let the documents be split into k classes such that, for each class, the queries can be
put on a line with every D(v) of the class an interval. Then d = 2k + 1 dimensions and the
threshold 0 separate every match from every non-match.

Proof. Give each class two coordinates in which queries depend on their position only, and let all
classes share one more, constant on queries. A document is zero in the coordinates of the other
classes, so its score is that of a code for intervals (`codes.parabola`, `codes.arc`): positive
inside its interval, negative outside. ∎

Every tree and forest is one laminar class (`covers.laminar`): d = 3, whatever its depth or size.
Three is least at threshold 0 as soon as three queries each match a document of their own that the
other two do not, and one document matches all three (`proofs/three_dimensions.py`). Where documents
cross, classes that only have consecutive ones (`covers.consecutive`) are fewer, and take a search.
"""

from __future__ import annotations

from collections.abc import Iterator

from hrgeom.constructions._promise import SHOWN, Promise
from hrgeom.constructions.covers import consecutive_lower_bound
from hrgeom.constructions.intervals._builder import CodeName, CoverName, IntervalBuilder
from hrgeom.core import DualEmbedding, ForestRelevance, Relevance, as_dtype
from hrgeom.errors import ConstructionError

__all__ = ["check_reserve", "default_code", "interval", "interval_promise"]

_MOST_CLASSES = 64  # that are promised: where a type needs more, others need fewer dimensions
_LARGEST_RESERVE = 10  # free positions for each that is used, at every node above it


def interval(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    code: CodeName | None = None,
    cover: CoverName | None = None,
    effort: float = 1.0,
    seed: int = 0,
    reserve: float = 0.0,
) -> DualEmbedding:
    """Return the embedding of an interval cover: threshold 0, d = 2k + 1.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        Dimensions to use: more of them mean more, smaller classes and so more margin; an odd
        number is used, 2k + 1 <= dim. Default: the fewest that the stored type carries.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    code : {"parabola", "arc"}, optional
        Integers whose scores are exact (default for int8, and for float64 unless `dim` asks for
        margin), or unit rows (default otherwise).
    cover : {"laminar", "consecutive"}, optional
        Classes of nested or disjoint sets, found at once, or classes that are intervals in some
        order, fewer but found by a search. Default: laminar, unless the other needs fewer classes
        or only the other fits `dim`.
    effort : float
        Scales how long the search for the latter goes on; 1 means some ten seconds at most on
        hierarchies of 100,000 nodes.
    seed : int
        Seed of the coloring's and the search's tie breaks.
    reserve : float
        From 0 to 10: every node, and every class, keeps so large a share of its positions free
        besides, at least one where it is above 0, for `hrgeom.extend` to put new nodes at with
        rows by the theorem. For the parabola code and laminar classes, which are the default then.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is the normalized margin before rounding to the stored type.

    Raises
    ------
    ConstructionError
        If `dim` is below 2k + 1 for the least k found, the stored type cannot carry it, or
        `reserve` is out of range or comes with another code or cover.

    Examples
    --------
    >>> interval(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), dtype="float64").dim
    3
    """
    check_reserve(reserve)
    if reserve:
        code, cover = _reserving(code, cover)
    code = code or default_code(dtype, dim)
    if dim is None:
        build, n_classes = _fewest(relevance, dtype, code, cover, effort, seed, reserve=reserve)
        embedding = build.embedding(n_classes)
    else:
        n_classes = (dim - 1) // 2
        for build in _builders(relevance, dtype, code, cover, effort, seed, n_classes, reserve):
            least = build.palette.n_colors
            embedding = build.embedding(n_classes) if n_classes >= least else None
            if embedding is not None:
                break
        if n_classes < least:
            raise ConstructionError(
                f"dim must be at least 2k + 1 = {2 * least + 1} for the {least} classes found: "
                f"got {dim}"
            )
    if embedding is None:
        raise ConstructionError(
            f"the stored type must carry the code: {dtype} does not carry {build.code.name} in "
            f"{n_classes} classes; ask for more dimensions or another type"
        )
    return embedding


def check_reserve(reserve: float) -> None:
    """Check a share of positions to keep free.

    Parameters
    ----------
    reserve : float
        Free positions of a node, by the positions that it has.

    Raises
    ------
    ConstructionError
        Unless it is a number from 0 to 10.

    Examples
    --------
    >>> check_reserve(0.1)
    """
    if not 0 <= reserve <= _LARGEST_RESERVE:
        raise ConstructionError(f"reserve must be from 0 to {_LARGEST_RESERVE}: got {reserve}")


def _reserving(code: CodeName | None, cover: CoverName | None) -> tuple[CodeName, CoverName]:
    """Return the code and the cover in which positions can be kept free, if no others are given.

    Consecutive classes are no use: an end of an interval may be inside another that crosses it, and
    a node that comes there would match both.
    """
    if code == "arc":
        raise ConstructionError("code must be parabola where reserve is above 0: got 'arc'")
    if cover == "consecutive":
        raise ConstructionError("cover must be laminar where reserve is above 0: got 'consecutive'")
    return "parabola", "laminar"


def default_code(dtype: str, dim: int | None) -> CodeName:
    """Return the code for a stored type: exact integers, or more margin if `dim` asks for it."""
    return "parabola" if dtype == "int8" or (dtype == "float64" and dim is None) else "arc"


def interval_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int, effort: float = 1.0
) -> Promise | None:
    """Return what `interval` promises for the stored numbers, None where nothing fits.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int or None
        Budget of dimensions, of which the largest odd number is used; None: the fewest that the
        stored type carries.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The type in which the vectors are stored.
    seed : int
        Seed of the coloring's and the search's tie breaks.
    effort : float
        Scales how long the search goes on.

    Returns
    -------
    promise : Promise or None
        Dimensions of what `interval` would build with the default code and cover, and the
        normalized margin that a certificate will show at least. Without `dim`, None also where
        more than 64 classes are needed.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> interval_promise(r, dim=None, dtype="float64", seed=0).dim
    3
    """
    code = default_code(dtype, dim)
    margin: float | None = None
    if dim is None:
        try:
            build, n_classes = _fewest(relevance, dtype, code, None, effort, seed, _MOST_CLASSES)
        except ConstructionError:
            return None
        margin = build.stored_margin(n_classes)
    else:
        n_classes = (dim - 1) // 2
        for build in _builders(relevance, dtype, code, None, effort, seed, n_classes):
            if n_classes >= build.palette.n_colors:
                margin = build.stored_margin(n_classes)
            if margin is not None:
                break
    return None if margin is None else Promise(2 * n_classes + 1, SHOWN * margin)


def _fewest(
    relevance: Relevance,
    dtype: str,
    code: CodeName,
    cover: CoverName | None,
    effort: float,
    seed: int,
    most: int | None = None,
    reserve: float = 0.0,
) -> tuple[IntervalBuilder, int]:
    """Return the builder that needs fewest classes, and how many."""
    stored, first = as_dtype(dtype), cover or "laminar"
    build = IntervalBuilder(relevance, stored, code, first, effort, seed, reserve)
    n_classes = build.fewest_classes(most)
    if cover is not None or n_classes == 1 or not build.might_carry(n_classes - 1):
        return build, n_classes
    if isinstance(relevance, ForestRelevance):  # any classes of its nodes are laminar
        return build, n_classes
    if n_classes <= consecutive_lower_bound(relevance):
        return build, n_classes
    other = IntervalBuilder(relevance, as_dtype(dtype), code, "consecutive", effort, seed)
    try:
        fewer = other.fewest_classes(n_classes - 1)
    except ConstructionError:
        return build, n_classes
    # A palette of as many colors fits as well, in more classes than were asked for.
    return (other, fewer) if fewer < n_classes else (build, n_classes)


def _builders(
    relevance: Relevance,
    dtype: str,
    code: CodeName,
    cover: CoverName | None,
    effort: float,
    seed: int,
    n_classes: int,
    reserve: float = 0.0,
) -> Iterator[IntervalBuilder]:
    """Yield those to try for a number of classes, in turn."""
    stored, first = as_dtype(dtype), cover or "laminar"
    build = IntervalBuilder(relevance, stored, code, first, effort, seed, reserve)
    yield build
    if cover is None and build.palette.n_colors > 1 and build.might_carry(max(1, n_classes)):
        yield IntervalBuilder(relevance, as_dtype(dtype), code, "consecutive", effort, seed)
