"""How the margin by descent depends on nodes, sizes of sets and dimension.

python docs/examples/margin_scaling_picture.py [FOLDER]     # margin_scaling.png
"""

import numpy as np
from _descent_rows import best
from _pictures import read, save
from _scaling_fit import descent_rows, fit, holding, load_of
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

DIMS = (16, 32, 64)
TITLES = {
    "wordnet": "WordNet",
    "wordnet-mammals": "its mammals",
    "go": "Gene Ontology",
    "random-dag": "random DAG, 40,000",
    "tree-100000": "random tree, 100,000",
}


def draw_law(axes, rows, large):
    """Draw all margins against sqrt(s log2(n) / d), the line fitted, and what was left out."""
    for i, dim in enumerate(DIMS):
        points = [(load_of(row), row["margin"]) for row in rows if row["dim"] == dim]
        style = {"color": COLORS[i], "marker": MARKERS[i], "linestyle": ""}
        axes.plot(*zip(*points, strict=True), markersize=5, label=f"d = {dim}", **style)
    (start, slope), _ = fit(rows, load_of)
    ends = np.array([0.4, -start / slope])
    axes.plot(ends, start + slope * ends, color="black", linewidth=1)
    for i, (name, title) in enumerate(TITLES.items()):
        points = [(load_of(row), row["margin"]) for row in large if row["hierarchy"] == name]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                color="black",
                marker=MARKERS[i],
                markerfacecolor="white",
                markersize=6.5,
                linestyle="",
                label=title,
            )
    axes.set(xlabel="√(s log₂(n) / d), s the mean of |S(q)|", ylabel="normalized margin, certified")
    axes.set(title="All rows, and larger hierarchies (hollow)", ylim=(0, None), xlim=(0.4, 4.0))
    axes.legend(fontsize=7.5, loc="upper right", ncols=1)


def draw_nodes(axes, rows, large):
    """Draw margins of random recursive trees in 32 dimensions against their nodes."""
    trees = [row for row in rows if row["kind"] == "random tree"]
    points = [(row["n_nodes"], row["margin"]) for row in trees]
    points += [
        (row["n_nodes"], row["margin"])
        for row in large
        if row["hierarchy"].startswith("tree-") and row["dim"] == 32
    ]
    axes.plot(*zip(*points, strict=True), color=COLORS[1], marker=MARKERS[1], linestyle="")
    axes.set(xscale="log", title="Random recursive trees, d = 32", xlabel="nodes n", ylim=(0, None))
    axes.set_ylabel("normalized margin, certified")


def main():
    """Draw both."""
    rows = holding(read("margin_scaling")["rows"])
    large = descent_rows(read("descent")["rows"], best)
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    draw_law(left, rows, large)
    draw_nodes(right, rows, large)
    for axes in (left, right):
        axes.grid(alpha=0.3)
    save(figure, "margin_scaling", dpi=130)


if __name__ == "__main__":
    main()
