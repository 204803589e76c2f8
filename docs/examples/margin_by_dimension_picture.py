"""What d dimensions lack to the ceiling: perfect trees and other hierarchies, by descent.

python docs/examples/margin_by_dimension_picture.py [FOLDER]     # margin_by_dimension.png
"""

import math

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

TICKS = (8, 16, 32, 64, 128, 256)
LEAST = 1e-3  # below it the certified margin and the ceiling agree as far as polishing went


def style_of(number):
    """Return color and marker of a line, whatever its number."""
    return COLORS[number % len(COLORS)], MARKERS[number % len(MARKERS)]


def by_hierarchy(rows):
    """Return the rows with a margin by hierarchy, in order of dimension."""
    found = {}
    for row in sorted(rows, key=lambda row: row["dim"]):
        if row["polished"]:
            found.setdefault(row["hierarchy"], []).append(row)
    return found


def draw_missing(axes, trees):
    """Draw which share of its ceiling each perfect tree lacks, and the law as lines."""
    for i, (name, rows) in enumerate(trees.items()):
        n, missing = rows[0]["n_nodes"], [1 - row["polished"] / row["ceiling"] for row in rows]
        points = [(row["dim"], m) for row, m in zip(rows, missing, strict=True) if m > LEAST]
        color, marker = style_of(i)
        style = {"color": color, "marker": marker, "linestyle": "", "markersize": 6}
        axes.plot(*zip(*points, strict=True), label=f"{name}, {n:,} nodes", **style)
        dims = [8 * 1.02**k for k in range(200)]
        law = [(d, math.log2(n / d) / d) for d in dims if d < n and math.log2(n / d) / d > LEAST]
        axes.plot(*zip(*law, strict=True), color=color, linewidth=1)
    axes.set(
        xscale="log", yscale="log", title="Perfect trees: share of the ceiling that is missing"
    )
    axes.set_ylim(LEAST, 1)
    axes.legend(fontsize=8, loc="lower left", title="lines: log₂(n/d)/d")


def draw_margins(axes, others, proved):
    """Draw the margins of the other hierarchies, and the least ceiling known of each."""
    for i, (name, rows) in enumerate(others.items(), start=4):
        points = [(row["dim"], row["polished"]) for row in rows]
        color, marker = style_of(i)
        axes.plot(
            *zip(*points, strict=True),
            color=color,
            marker=marker,
            markersize=6,
            linewidth=1,
            label=name,
        )
        ceiling = min(rows[0]["ceiling"], proved.get(name, {}).get("upper", 1))
        axes.axhline(ceiling, color=color, linewidth=1, linestyle="--")
    axes.set(xscale="log", title="Other hierarchies: certified margin", ylim=(0, None))
    axes.legend(fontsize=8, loc="lower right", title="dashed: least ceiling known")


def main():
    """Draw both."""
    found = by_hierarchy(read("margin_by_dimension")["rows"].values())
    trees = {name: rows for name, rows in found.items() if name.startswith("perfect")}
    others = {name: rows for name, rows in found.items() if name not in trees}
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_missing(left, trees)
    draw_margins(right, others, read("dual_ceiling")["rows"])
    for axes in (left, right):
        axes.set_xlabel("dimension d")
        axes.set_xticks(TICKS, [str(d) for d in TICKS])
        axes.set_xticks([], minor=True)
        axes.grid(alpha=0.3)
    save(figure, "margin_by_dimension")


if __name__ == "__main__":
    main()
