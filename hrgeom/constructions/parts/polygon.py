r"""Interval classes as integer points of a convex polygon.

Lemma. Let the positions be vertices of a convex polygon in order, and c a direction. If the ends
of an interval score more in direction c than their neighbours outside, then all positions inside
score at least as much as the lower end, and all outside at most as much as the higher neighbour.

Proof. Along a convex polygon a linear function rises to its maximum and falls to its minimum. It
falls from each end to the neighbour outside, so the maximum is inside, the minimum outside. ∎

With entries up to L the polygon may have about :math:`12/(4\pi^2)^{1/3} (2L)^{2/3}` vertices
(Acketa and Žunić 1995): its edges are the shortest primitive vectors. That is 141 for L = 127.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers.intervals import IntervalClass
from hrgeom.constructions.parts.option import Coordinates, Option

__all__ = ["convex_polygon", "most_positions", "polygon_option"]

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
    """Return how many positions a polygon with entries up to `largest` can have."""
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
    directions = np.column_stack((np.cos(angles), np.sin(angles)))
    regular: NDArray[np.int64] = np.rint(largest * directions).astype(np.int64)
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


def polygon_option(
    classes: Sequence[IntervalClass], documents: NDArray[np.int32], largest: int
) -> Option | None:
    """Return interval classes as polygons; documents[i] is what document i of the classes is.

    None if a class has too many positions, or an interval that no direction tried cuts off.
    """
    if max(class_.n_positions for class_ in classes) > most_positions(largest):
        return None
    pieces = [_piece(class_, documents, largest) for class_ in classes]
    if any(np.any(piece.own <= piece.other) for piece in pieces):
        return None
    kinds = np.vstack(
        [
            np.column_stack((p.own, p.other, np.square(p.rows, dtype=np.float64).sum(axis=1)))
            for p in pieces
        ]
    )
    return Option(
        name="polygon" if len(pieces) == 1 else f"{len(pieces)} polygons",
        dim=2 * len(pieces),
        norms=np.array([float(sum(np.square(p.table).sum(axis=1).max() for p in pieces))]),
        kinds=np.unique(kinds, axis=0),
        peaks=(
            float(max(np.abs(p.table).max() for p in pieces)),
            float(max(np.abs(p.rows).max(initial=1) for p in pieces)),
        ),
        is_integral=True,
        make=partial(list, pieces),
    )


@cache
def _scores(n: int, largest: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Directions to try, and the scores of all vertices in them."""
    reach = np.arange(-_REACH, _REACH + 1)
    directions = np.stack(np.meshgrid(reach, reach), axis=-1).reshape(-1, 2)
    directions = directions[np.gcd(directions[:, 0], directions[:, 1]) == 1]
    return directions, np.ascontiguousarray(convex_polygon(n, largest) @ directions.T)


@cache
def _cut(n: int, largest: int, left: int, right: int) -> tuple[int, int, int, int]:
    """The direction with the widest gap that cuts an interval off, and its two scores."""
    directions, scores = _scores(n, largest)
    inside = np.minimum(scores[left], scores[right])
    outside = np.maximum(scores[left - 1], scores[(right + 1) % n])
    best = int(((inside - outside) / np.hypot(*directions.T)).argmax())
    x, y = directions[best].tolist()
    return x, y, int(inside[best]), int(outside[best])


def _piece(class_: IntervalClass, documents: NDArray[np.int32], largest: int) -> Coordinates:
    n = class_.n_positions
    intervals = np.column_stack((class_.left, class_.right)).tolist()
    # an interval of everything scores 0 and is above any level below
    cuts = [
        (0, 0, 0, -1) if right - left + 1 == n else _cut(n, largest, left, right)
        for left, right in intervals
    ]
    found = np.array(cuts, dtype=np.int64)
    return Coordinates(
        documents=documents[class_.documents],
        states=class_.positions.astype(np.int32),
        table=convex_polygon(n, largest),
        rows=found[:, :2],
        own=found[:, 2].astype(np.float64),
        other=found[:, 3].astype(np.float64),
    )
