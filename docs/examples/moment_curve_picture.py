"""What breaks where: recall of the moment curve in floating point, from committed results.

python docs/examples/moment_curve_picture.py     # docs/figures/moment_curve_floats.png
"""

import json
from pathlib import Path

from matplotlib.figure import Figure

from hrgeom.plots import COLOURS, MARKERS

DOCS = Path(__file__).parents[1]
RESULTS = DOCS.parent / "benchmarks" / "results" / "moment_curve_floats.json"
LINES = [
    ("published", "float32", "t = 0, …, m − 1, float32"),
    ("published", "float64", "t = 0, …, m − 1, float64"),
    ("hrgeom", "float32", "hrgeom, float32"),
    ("hrgeom", "float64", "hrgeom, float64"),
]
SIZES = (2, 4, 8)


def main():
    rows = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"]
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, s in zip(figure.subplots(1, 3, sharey=True), SIZES, strict=True):
        axes.axhline(100, color="black", linewidth=2, label="exact integers")
        for i, (form, dtype, label) in enumerate(LINES):
            points = [
                (row["m"], 100 * row["recall"])
                for row in rows
                if (row["s"], row["form"], row["dtype"]) == (s, form, dtype) and "recall" in row
            ]
            axes.plot(
                *zip(*points, strict=True),
                color=COLOURS[i],
                marker=MARKERS[i],
                linestyle="--" if form == "published" else "-",
                markersize=4,
                linewidth=1.2,
                label=label,
            )
        axes.set(
            xscale="log",
            title=f"{s} matches a query, d = {2 * s}",
            xlabel="documents m",
            ylim=(-3, 105),
        )
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("recall of the matches, %")
    figure.axes[0].legend(fontsize=7, loc="lower left")
    figure.savefig(DOCS / "figures" / "moment_curve_floats.png", dpi=160)


if __name__ == "__main__":
    main()
