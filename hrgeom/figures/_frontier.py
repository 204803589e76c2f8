"""Figure of a frontier; importing this module imports matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from hrgeom.constructions import FrontierPoint

__all__ = ["COLORS", "MARKERS", "frontier_figure"]

# The palette of Okabe and Ito is safe for color-blind readers; markers differ in print as well.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def frontier_figure(
    points: Sequence[FrontierPoint], *, own: Mapping[str, tuple[int, float]] | None = None
) -> Figure:
    """Plot margin against dimension, one line per stored type, labeled by construction.

    Parameters
    ----------
    points : sequence of FrontierPoint
        A frontier, or several of them. Points without a promised margin are left out.
    own : mapping of str to (int, float), optional
        Name -> dimension and certified normalized margin of embeddings at hand, drawn as stars.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Both axes are logarithmic.

    Examples
    --------
    >>> from hrgeom.constructions import frontier
    >>> from hrgeom.datasets import perfect_tree
    >>> figure = frontier_figure(frontier(perfect_tree(2, 3), dtypes=("float32",)))
    >>> figure.axes[0].get_ylabel()
    'normalized margin'
    """
    figure = Figure(figsize=(7.0, 4.5), layout="constrained")
    axes = figure.add_subplot()
    known = [point for point in points if point.margin]
    for i, dtype in enumerate(dict.fromkeys(point.dtype for point in known)):
        line = [point for point in known if point.dtype == dtype]
        axes.plot(
            [point.dim for point in line],
            [point.margin or 0.0 for point in line],
            color=COLORS[i % len(COLORS)],
            marker=MARKERS[i % len(MARKERS)],
            label=dtype,
        )
    last = ""
    for point in sorted(known, key=lambda p: p.dim):
        if point.construction != last:
            axes.annotate(
                point.construction,
                (point.dim, point.margin or 0.0),
                xytext=(5, -12),
                textcoords="offset points",
                fontsize=8,
            )
        last = point.construction
    for i, (name, (dim, margin)) in enumerate((own or {}).items()):
        color = COLORS[-1 - i % len(COLORS)]
        axes.plot([dim], [margin], "*", color=color, markersize=15, label=name, linestyle="none")
    axes.set(xscale="log", yscale="log", xlabel="dimension d", ylabel="normalized margin")
    ticks = sorted({*(p.dim for p in known), *(dim for dim, _ in (own or {}).values())})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.tick_params(axis="x", labelrotation=60, labelsize=8)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(title="stored type")
    return figure
