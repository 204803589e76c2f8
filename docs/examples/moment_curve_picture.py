"""What breaks where: recall of the moment curve in floating point, from committed results.

python docs/examples/moment_curve_picture.py [FOLDER]     # moment_curve_floats.png
"""

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

LINES = [
    ("published", "float32", "t = 0, …, m − 1, float32"),
    ("published", "float64", "t = 0, …, m − 1, float64"),
    ("hrgeom", "float32", "hrgeom's integers, float32"),
    ("hrgeom", "float64", "hrgeom's integers, float64"),
]
SIZES = (2, 4, 8)
DOCUMENTS = (10, 30, 100, 300, 1000)


def main():
    """Draw a panel for each number of matches."""
    rows = read("moment_curve_floats")["rows"]
    figure = Figure(figsize=(9.5, 3.9))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(1, 3, sharey=True)
    for axes, s in zip(panels, SIZES, strict=True):
        axes.axhline(100, color="black", linewidth=2, label="exact integers: all")
        for i, (form, dtype, label) in enumerate(LINES):
            points = [
                (row["m"], 100 * row["recall"])
                for row in rows
                if (row["s"], row["form"], row["dtype"]) == (s, form, dtype) and "recall" in row
            ]
            axes.plot(
                *zip(*points, strict=True),
                color=COLORS[i],
                marker=MARKERS[i],
                linestyle="--" if form == "published" else "-",
                markersize=4.5,
                linewidth=1.2,
                label=label,
            )
        axes.set(
            xscale="log",
            title=f"{s} matches a query, d = {2 * s}",
            xlabel="documents m",
            ylim=(-4, 105),
        )
        axes.set_xticks(DOCUMENTS, [f"{m:,}" for m in DOCUMENTS])
        axes.set_xticks([], minor=True)
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("recall of the matches, %")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=9, ncols=3, loc="outside lower center", frameon=False)
    save(figure, "moment_curve_floats")


if __name__ == "__main__":
    main()
