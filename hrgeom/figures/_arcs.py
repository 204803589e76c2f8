"""Figure of the arcs of an interval construction; importing this module imports matplotlib."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hrgeom.constructions.covers import IntervalClass, laminar_cover
from hrgeom.core import Hierarchy
from hrgeom.figures._frontier import COLORS

__all__ = ["MOST_ARCS", "arcs_figure"]

MOST_ARCS = 2_000
"""Arcs that are drawn, the longest first."""
_NAMED = 60  # arcs that have a name where it fits
_SIGN = 0.018  # width of a letter, by the radius of the outer ring


def arcs_figure(hierarchy: Hierarchy, *, class_: int = 0) -> Figure:
    """Plot a hierarchy as the interval construction sees it: each document an arc of queries.

    Queries stand on a circle, such that the queries that match a document are neighbors. One class
    of documents is drawn; a tree has no other.

    Parameters
    ----------
    hierarchy : Hierarchy
        What to draw.
    class_ : int
        Number of the laminar class, the largest 0.

    Returns
    -------
    figure : matplotlib.figure.Figure
        At most `MOST_ARCS` arcs, the longest; rings are steps of nesting.

    Raises
    ------
    ValueError
        If there is no class of this number.

    Examples
    --------
    >>> from hrgeom.datasets import perfect_tree
    >>> len(arcs_figure(perfect_tree(2, 3)).axes[0].lines)
    8
    """
    cover = laminar_cover(hierarchy.relevance)
    classes = sorted(cover, key=lambda one: -len(one.documents))
    if not 0 <= class_ < len(classes):
        raise ValueError(f"class_ must be from 0 to {len(classes) - 1}: got {class_}")
    chosen = classes[class_]
    figure = Figure(figsize=(7.0, 7.4), layout="constrained")
    axes = figure.add_subplot()
    n_drawn = _draw(axes, hierarchy, chosen)
    axes.set(aspect="equal")
    axes.axis("off")
    of = f", class {class_ + 1} of {len(classes)}" if len(classes) > 1 else ""
    n = len(chosen.documents)
    drawn = f"{n:,} arcs" if n_drawn == n else f"the longest {n_drawn:,} of {n:,} arcs"
    axes.set_title(
        f"{hierarchy.n_nodes:,} queries on a circle, every document an arc{of}\n({drawn})",
        fontsize=10,
    )
    return figure


def _draw(axes: Axes, hierarchy: Hierarchy, one: IntervalClass) -> int:
    """Draw the circle and the arcs of a class; return how many arcs."""
    length = one.right - one.left
    order = np.lexsort((one.left, -length))
    order = order[~one.is_empty[order]][:MOST_ARCS]
    depth = _nesting(one.left[order], one.right[order])
    step = 0.5 / (depth.max(initial=0) + 1)
    full = np.linspace(0, 2 * np.pi, 361)
    axes.plot(0.48 * np.cos(full), 0.48 * np.sin(full), color="0.75", lw=1, zorder=0)
    for k, (i, level) in enumerate(zip(order.tolist(), depth.tolist(), strict=True)):
        angles = _angles(one, i)
        radius = 1.0 - step * level
        axes.plot(
            radius * np.cos(angles),
            radius * np.sin(angles),
            color=COLORS[level % len(COLORS)],
            lw=max(0.6, min(6.0, 150 * step)),
            solid_capstyle="butt",
        )
        name = _shown(hierarchy.names[int(one.documents[i])])
        if k < _NAMED and radius * np.ptp(angles) > _SIGN * len(name):
            _name(axes, name, radius, float(angles.mean()))
    return len(order)


def _angles(one: IntervalClass, i: int) -> NDArray[np.float64]:
    """Return the angles of an arc, a little inside its first and last query's room."""
    turn = 2 * np.pi / max(2, one.n_positions)
    low, high = (one.left[i] + 0.08) * turn, (one.right[i] + 0.92) * turn
    return np.linspace(low, high, max(2, int(90 * (high - low))))


def _name(axes: Axes, name: str, radius: float, angle: float) -> None:
    degrees = np.degrees(angle) - 90
    degrees = (degrees + 90) % 180 - 90
    axes.text(
        radius * np.cos(angle),
        radius * np.sin(angle),
        name.replace("$", r"\$"),
        fontsize=7,
        ha="center",
        va="center",
        rotation=degrees,
        rotation_mode="anchor",
        bbox={"facecolor": "white", "alpha": 0.75, "pad": 0.6, "edgecolor": "none"},
    )


def _shown(name: str) -> str:
    line = " ".join(name.split())
    return line if len(line) <= 18 else f"{line[:17]}…"


def _nesting(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many intervals hold each one; they are nested or disjoint, the longest first."""
    depth = np.zeros(len(left), dtype=np.int64)
    by_start = np.lexsort((np.arange(len(left)), left))
    open_: list[int] = []
    for i in by_start.tolist():
        while open_ and right[open_[-1]] < left[i]:
            open_.pop()
        depth[i] = len(open_)
        open_.append(i)
    return depth
