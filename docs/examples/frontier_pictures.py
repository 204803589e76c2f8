"""The frontier of dimension against margin, from the committed benchmark results.

python docs/examples/frontier_pictures.py [FOLDER]     # frontier_*.png, constructions_*.png
"""

from _pictures import read, save
from matplotlib.figure import Figure

from hrgeom.figures import COLORS, MARKERS

TYPES = ("float64", "float32", "float16", "bfloat16", "int8")
CONSTRUCTIONS = ("interval", "hybrid", "mixed", "block-code", "trie", "moment-curve")
TICKS = (3, 5, 8, 12, 20, 32, 64, 128, 256, 512, 1024)


def certified(rows, dtype):
    """Dimensions and margins of the points of one type that hold, the dimensions ascending."""
    points = {
        (row["dim"], row["normalized_margin"])
        for row in rows
        if row["dtype"] == dtype and row.get("verdict") == "holds" and row["normalized_margin"]
    }
    return sorted(points)


def line(axes, i, label, points):
    """Draw line i through some points, if there are any."""
    if points:
        axes.plot(
            *zip(*points, strict=True),
            color=COLORS[i],
            marker=MARKERS[i],
            markersize=5,
            linewidth=1.2,
            label=label,
        )


def draw(axes, title, data):
    """Draw one hierarchy: a line a stored type, and the ceiling of unstructured sets."""
    for i, dtype in enumerate(TYPES):
        line(axes, i, dtype, certified(data["rows"], dtype))
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
    scale(axes, title, top=5.0)  # room for the words above the line


def scale(axes, title, top=1.0):
    """Both axes logarithmic, dimensions written out."""
    axes.set(xscale="log", yscale="log", title=title)
    axes.set_ylim(top=top)
    low, high = axes.get_xlim()
    ticks = [t for t in TICKS if low <= t <= high]
    axes.set_xticks(ticks, [f"{t:,}" for t in ticks], minor=False)
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)


def draw_constructions(axes, title, points):
    """Draw what every construction promises for one stored type, a line each."""
    for i, name in enumerate(CONSTRUCTIONS):
        points_of_one = {
            (p["dim"], p["margin"]) for p in points if p["construction"] == name and p["margin"]
        }
        line(axes, i, name, sorted(points_of_one))
    scale(axes, title)


def picture(name, columns):
    """Write the picture of one result file: the best of every stored type."""
    hierarchies = read(f"frontier_{name}")["hierarchies"]
    rows = -(-len(hierarchies) // columns)
    figure = Figure(figsize=(7.5 if columns == 1 else 4.2 * columns, 3.6 * rows + 0.8))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (title, data) in zip(panels, hierarchies.items(), strict=False):
        draw(axes, f"{title} ({data['n_levels']:,} levels)", data)
    for axes in panels[len(hierarchies) :]:
        axes.set_visible(False)
    figure.supxlabel("dimension d")
    figure.supylabel("normalized margin, certified over all pairs")
    panels[0].legend(title="stored type", fontsize=8, loc="lower right")
    save(figure, f"frontier_{name}", dpi=130)


def picture_of_constructions(name, dtypes):
    """Write the picture of one result file: every construction by itself."""
    hierarchies = read(f"promises_{name}")["hierarchies"]
    figure = Figure(figsize=(4.6 * len(dtypes), 3.6 * len(hierarchies) + 0.6))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(len(hierarchies), len(dtypes), squeeze=False)
    for row, (title, data) in zip(panels, hierarchies.items(), strict=True):
        for axes, dtype in zip(row, dtypes, strict=True):
            draw_constructions(axes, f"{title}, {dtype}", data[dtype])
    figure.supxlabel("dimension d")
    figure.supylabel("normalized margin, promised")
    handles = {
        label: handle
        for axes in panels.ravel()
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), ncols=4, loc="outside upper center", fontsize=8)
    save(figure, f"constructions_{name}", dpi=130)


if __name__ == "__main__":
    for name, columns in (("wordnet", 1), ("tangled", 1), ("perfect", 2)):
        picture(name, columns)
        picture_of_constructions(name, ("float32", "int8"))
