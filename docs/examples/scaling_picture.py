"""Dimension against depth and against fan-out, from committed results.

python docs/examples/scaling_picture.py     # docs/figures/dimension_scaling.png
"""

import json
from pathlib import Path

from matplotlib.figure import Figure

from hrgeom.plots import COLOURS, MARKERS

DOCS = Path(__file__).parents[1]
RESULTS = DOCS.parent / "benchmarks" / "results" / "dimension_scaling.json"
LINES = [
    ("theorem_3_1", "Theorem 3.1, constants named", "black", None, "-"),
    ("exact_law", "exact law, failure ≤ 1/2", COLOURS[0], None, "-"),
    ("measured", "Algorithm 1, half of 20 seeds", COLOURS[0], MARKERS[0], ""),
    ("dual_frame", "dual frame, predicted", COLOURS[4], None, "--"),
    ("trie", "Kraft trie", COLOURS[2], MARKERS[2], "-"),
    ("interval", "intervals: 3 for every tree", COLOURS[1], MARKERS[1], "-"),
]


def draw(axes, data, x, xlabel, title):
    """Draw one family of trees; the legend says the fitted slopes."""
    slopes = data["slopes"]
    for name, label, colour, marker, style in LINES:
        rows = [row for row in data["rows"] if name in row]
        if name in slopes:
            label = f"{label} ({slopes[name]:.2f})"
        axes.plot(
            [row[x] for row in rows],
            [row[name] for row in rows],
            color=colour,
            marker=marker,
            linestyle=style,
            markersize=4,
            linewidth=1.3,
            label=label,
        )
    axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="dimension d", title=title)
    axes.set_ylim(1.5, 9000)
    ticks = [t for t in (2, 3, 5, 8, 12, 20, 50) if axes.get_xlim()[0] <= t <= axes.get_xlim()[1]]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)


def main():
    data = json.loads(RESULTS.read_text(encoding="utf-8"))
    figure = Figure(figsize=(9.5, 5.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw(left, data["depth"], "n_levels", "levels H (two children)", "deeper: slope of ln d by ln H")
    draw(right, data["fan_out"], "branching", "children W (four levels)", "wider: slope of d by ln W")
    for axes in (left, right):
        axes.legend(fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    figure.savefig(DOCS / "figures" / "dimension_scaling.png", dpi=160)


if __name__ == "__main__":
    main()
