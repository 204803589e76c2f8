"""The frontier of dimension against margin, from the committed benchmark results.

python docs/examples/frontier_pictures.py     # writes docs/figures/frontier_*.png
"""

import json
from pathlib import Path

from matplotlib.figure import Figure

from hrgeom.plots import COLOURS, MARKERS

DOCS = Path(__file__).parents[1]
RESULTS = DOCS.parent / "benchmarks" / "results"
TYPES = ("float64", "float32", "float16", "bfloat16", "int8")


def certified(rows, dtype):
    """Dimensions and margins of the points of one type that hold, the dimensions ascending."""
    points = {
        (row["dim"], row["normalised_margin"])
        for row in rows
        if row["dtype"] == dtype and row.get("verdict") == "holds" and row["normalised_margin"]
    }
    return sorted(points)


def draw(axes, title, data):
    """Draw one hierarchy: a line a stored type, and the ceiling of unstructured sets."""
    for i, dtype in enumerate(TYPES):
        points = certified(data["rows"], dtype)
        if points:
            axes.plot(
                *zip(*points, strict=True),
                color=COLOURS[i],
                marker=MARKERS[i],
                markersize=5,
                linewidth=1.2,
                label=dtype,
            )
    s = data["max_ancestors"]
    axes.axhline(1 / (2 * s**0.5), color="0.4", linestyle="--", linewidth=1)
    axes.annotate(
        f"1/(2√s), s = {s}: the most for arbitrary sets",
        (0.98, 1 / (2 * s**0.5)),
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="right",
        fontsize=7,
        color="0.3",
    )
    axes.set(xscale="log", yscale="log", title=title)
    axes.set_ylim(top=1.0)
    axes.grid(alpha=0.3)


def picture(name, columns):
    """Write the picture of one result file."""
    hierarchies = json.loads((RESULTS / f"frontier_{name}.json").read_text())["hierarchies"]
    rows = -(-len(hierarchies) // columns)
    figure = Figure(figsize=(7.5 if columns == 1 else 4.2 * columns, 3.6 * rows + 0.8))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (title, data) in zip(panels, hierarchies.items(), strict=False):
        draw(axes, f"{title} (n = {data['n_nodes']:,}, {data['n_levels']} levels)", data)
    for axes in panels[len(hierarchies) :]:
        axes.set_visible(False)
    figure.supxlabel("dimension d")
    figure.supylabel("normalised margin, certified over all pairs")
    panels[0].legend(title="stored type", fontsize=8, loc="lower right")
    path = DOCS / "figures" / f"frontier_{name}.png"
    figure.savefig(path, dpi=130)
    print(path)


if __name__ == "__main__":
    for name, columns in (("wordnet", 1), ("tangled", 1), ("perfect", 2)):
        if (RESULTS / f"frontier_{name}.json").exists():
            picture(name, columns)
