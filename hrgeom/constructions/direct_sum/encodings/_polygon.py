r"""Interval classes as integer points of a convex polygon.

Lemma. Let the positions be vertices of a convex polygon in order, and c a direction. If the ends
of an interval score more in direction c than their neighbors outside, then all positions inside
score at least as much as the lower end, and all outside at most as much as the higher neighbor.

Proof. Along a convex polygon a linear function rises to its maximum and falls to its minimum. It
falls from each end to the neighbor outside, so the maximum is inside, the minimum outside. ∎

With entries up to L the polygon may have about :math:`12/(4\pi^2)^{1/3} (2L)^{2/3}` vertices
(Acketa and Žunić 1995): its edges are the shortest primitive vectors. That is 141 for L = 127.
"""

from __future__ import annotations

from functools import cache, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.codes import unit_directions
from hrgeom.constructions.covers import IntervalClass, IntervalCover
from hrgeom.constructions.direct_sum._encoding import EncodedSummand, Encoding

__all__ = ["convex_polygon", "most_positions", "polygon_encoding"]

_REACH = 40  # entries of the directions tried


@cache
def _lattice_polygons(largest: int) -> list[NDArray[np.int64]]:
    """Convex polygons within [-largest, largest]^2, of growing numbers of vertices."""
    longest = min(largest, 2 * _REACH)  # of an edge; far more than polygons of this size need
    reach = np.arange(-longest, longest + 1)
    x, y = (a.ravel() for a in np.meshgrid(reach, reach))
    primitive = np.gcd(x, y) == 1
    x, y = x[primitive], y[primitive]
    length = x * x + y * y
    found = []
    for bound in np.unique(length):
        chosen = length <= bound
        angles = np.argsort(np.arctan2(y[chosen], x[chosen]))
        vertices = np.cumsum(np.column_stack((x[chosen], y[chosen]))[angles], axis=0)
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        if (high - low).max() > 2 * largest:
            break
        found.append(vertices - (low + high) // 2)
    return found


def most_positions(largest: int) -> int:
    """Return how many positions a polygon with entries up to `largest` can have.

    Parameters
    ----------
    largest : int
        Bound on the absolute value of the coordinates, at least 1.

    Returns
    -------
    n : int
        Vertices of the largest convex lattice polygon made here of the shortest primitive vectors.

    References
    ----------
    .. [1] Acketa and Žunić, On the maximal number of edges of convex digital polygons included
       into an m x m grid, Journal of Combinatorial Theory A 69, 1995.

    Examples
    --------
    >>> most_positions(127)
    136
    """
    return len(_lattice_polygons(largest)[-1])


def convex_polygon(n: int, largest: int) -> NDArray[np.int64]:
    """Return n vertices of a convex polygon in order, shape (n, 2), none inside an edge.

    The rounded regular polygon if it is convex, vertices of a lattice polygon otherwise.

    Raises
    ------
    ValueError
        If n exceeds `most_positions(largest)`.
    """
    if n <= 2:
        ends: NDArray[np.int64] = np.array([[largest, 0], [-largest, 0]], dtype=np.int64)
        return ends[:n]
    angles = 2 * np.pi / n * np.arange(n)
    regular: NDArray[np.int64] = np.rint(largest * unit_directions(angles)).astype(np.int64)
    if _is_strictly_convex(regular):
        return regular
    for vertices in _lattice_polygons(largest):
        if len(vertices) >= n:
            kept = vertices[np.arange(n) * len(vertices) // n]
            scaled: NDArray[np.int64] = kept * (largest // int(np.abs(kept).max()))
            return scaled
    raise ValueError(f"n must be at most {most_positions(largest)}: got {n}")


def _is_strictly_convex(vertices: NDArray[np.int64]) -> bool:
    edge = np.roll(vertices, -1, axis=0) - vertices
    after = np.roll(edge, -1, axis=0)
    return bool(np.all(edge[:, 0] * after[:, 1] - edge[:, 1] * after[:, 0] > 0))


def polygon_encoding(
    cover: IntervalCover, documents: NDArray[np.int32], largest: int
) -> Encoding | None:
    """Return interval classes as polygons; documents[i] is what document i of the cover is.

    None if a class has too many positions, or an interval that no direction tried cuts off.

    Parameters
    ----------
    cover : IntervalCover
        Classes of intervals, of some or all documents of a relevance.
    documents : ndarray of int32, shape (n_documents,)
        Number in the whole relevance of each document of the cover.
    largest : int
        Bound on the absolute value of the queries' coordinates; those of documents are at most 40.

    Returns
    -------
    encoding : Encoding or None
        Two integer coordinates per class.

    Examples
    --------
    >>> from hrgeom.constructions.covers import laminar_cover
    >>> from hrgeom.core import Relevance
    >>> relevance = Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3)
    >>> documents = np.arange(3, dtype=np.int32)
    >>> encoding = polygon_encoding(laminar_cover(relevance), documents, 127)
    >>> encoding.name, encoding.dim, encoding.largest_entries
    ('polygon', 2, (127.0, 33.0))
    """
    document_kinds, longest, peak, row_peak = [], 0.0, 1, 1
    for class_ in cover:
        if class_.n_positions > most_positions(largest):
            return None
        piece = _piece(class_, documents, largest)
        if np.any(piece.match_score <= piece.other_score):
            return None
        squares = np.square(piece.rows, dtype=np.float64).sum(axis=1)
        document_kinds.append(np.column_stack((piece.match_score, piece.other_score, squares)))
        longest += float(np.square(piece.table).sum(axis=1).max())
        peak = max(peak, int(np.abs(piece.table).max()))
        row_peak = max(row_peak, int(np.abs(piece.rows).max(initial=1)))
    k = cover.n_classes
    return Encoding(
        name="polygon" if k == 1 else f"{k} polygons",
        dim=2 * k,
        squared_norms=np.array([longest]),
        document_kinds=np.unique(np.vstack(document_kinds), axis=0),
        largest_entries=(float(peak), float(row_peak)),
        is_integral=True,
        make=partial(_make, cover, documents, largest),
    )


def _make(cover: IntervalCover, documents: NDArray[np.int32], largest: int) -> list[EncodedSummand]:
    return [_piece(class_, documents, largest) for class_ in cover]


@lru_cache(maxsize=8)
def _scores(
    n: int, largest: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int32]]:
    """Directions to try, their lengths, and the scores of all vertices in them."""
    reach = np.arange(-_REACH, _REACH + 1)
    directions = np.stack(np.meshgrid(reach, reach), axis=-1).reshape(-1, 2)
    directions = directions[np.gcd(directions[:, 0], directions[:, 1]) == 1]
    # in float64, where a matrix product is fast and these integers exact
    scores = convex_polygon(n, largest).astype(np.float64) @ directions.T
    return directions, np.hypot(*directions.T), scores.astype(np.int32)


@cache
def _cut(n: int, largest: int, left: int, right: int) -> tuple[int, int, int, int]:
    """The direction with the widest gap that cuts an interval off, and its two scores."""
    directions, lengths, scores = _scores(n, largest)
    inside = np.minimum(scores[left], scores[right])
    outside = np.maximum(scores[left - 1], scores[(right + 1) % n])
    best = int(((inside - outside) / lengths).argmax())
    x, y = directions[best].tolist()
    return x, y, int(inside[best]), int(outside[best])


def _piece(class_: IntervalClass, documents: NDArray[np.int32], largest: int) -> EncodedSummand:
    n = class_.n_positions
    intervals = np.column_stack((class_.left, class_.right)).tolist()
    # an interval of everything scores 0 and is above any level below
    cuts = [
        (0, 0, 0, -1) if right - left + 1 == n else _cut(n, largest, left, right)
        for left, right in intervals
    ]
    found = np.array(cuts, dtype=np.int64)
    return EncodedSummand(
        documents=documents[class_.documents],
        query_rows=class_.positions.astype(np.int32),
        table=convex_polygon(n, largest),
        rows=found[:, :2],
        match_score=found[:, 2].astype(np.float64),
        other_score=found[:, 3].astype(np.float64),
    )
