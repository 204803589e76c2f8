"""What approximate indexes find of S(q), and what finds all of it sooner, from committed results.

python docs/examples/approximate_indexes_picture.py [FOLDER]     # approximate_indexes.png
"""

import numpy as np
from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

EF = (16, 64, 256, 1024)
GRAPHS = {
    "descent-64 inner": "HNSW, descent, inner nodes alone",
    "descent-64 all": "HNSW, descent",
    "interval-77 inner": "HNSW, default vectors, inner nodes alone",
    "interval-77 all": "HNSW, default vectors",
}
EXACT = {
    "descent-64 all flat": ("scan", "center"),
    "descent-64 inner flat": ("scan of\ninner nodes ", "right"),
    "descent-64 all walk": (" walk", "left"),
}


def by_time(axes, rows):
    """Draw exact sets against milliseconds, one point per ef."""
    for i, (key, text) in enumerate(GRAPHS.items()):
        found = [rows[f"{key} hnsw ef={ef}"] for ef in EF]
        axes.plot(
            [row["cpu_ms"] for row in found],
            [100 * row["exact"] for row in found],
            color=COLORS[i],
            marker=MARKERS[i],
            label=text,
        )
    for key, (text, side) in EXACT.items():
        row = rows[key]
        axes.plot(row["cpu_ms"], 100 * row["exact"], "k*", markersize=11, clip_on=False)
        axes.annotate(text, (row["cpu_ms"], 103), ha=side, va="bottom", fontsize=8)
    axes.set(
        xscale="log",
        ylim=(-3, 112),
        xlabel="processor milliseconds per query",
        ylabel="queries that retrieve exactly S(q), %",
    )
    axes.set_yticks(range(0, 101, 20))
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False)


def by_distance(axes, rows):
    """Draw recall against distance at ef 64."""
    for i, (key, text) in enumerate(GRAPHS.items()):
        shares = np.array(rows[f"{key} hnsw ef=64"]["recall_by_distance"][:14])
        axes.plot(100 * shares, color=COLORS[i], marker=MARKERS[i], label=text)
    axes.axhline(100, color="black", linewidth=1.5)
    axes.annotate("scan and walk", (13, 102), ha="right", va="bottom", fontsize=8)
    axes.set(
        ylim=(-3, 112),
        xlabel="distance of the ancestor from the query",
        ylabel="ancestors retrieved at ef 64, %",
    )
    axes.set_yticks(range(0, 101, 20))
    axes.grid(alpha=0.3)


def main():
    """Draw both side by side."""
    rows = read("approximate_indexes")["rows"]
    figure = Figure(figsize=(9.5, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    by_time(left, rows)
    by_distance(right, rows)
    save(figure, "approximate_indexes")


if __name__ == "__main__":
    main()
