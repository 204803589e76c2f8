"""Figures. matplotlib is imported here, so import this module only to draw."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from hrgeom.constructions import FrontierPoint

__all__ = ["COLORS", "MARKERS", "frontier_figure"]

# Okabe and Ito's palette, told apart with color-blind eyes; markers tell apart in print.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def frontier_figure(points: Sequence[FrontierPoint]) -> Figure:
    """Return margin against dimension, one line per stored type, constructions as labels.

    Points without a promised margin are left out.
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
    axes.set(xscale="log", yscale="log", xlabel="dimension d", ylabel="normalized margin")
    axes.set_xticks(ticks := sorted({point.dim for point in known}), [str(t) for t in ticks])
    axes.tick_params(axis="x", labelrotation=60, labelsize=8)
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(title="stored type")
    return figure
