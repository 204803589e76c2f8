"""The frontier of dimension against margin, from the committed benchmark results.

python docs/examples/frontier_pictures.py [FOLDER]     # frontier_*.png, constructions_*.png
"""

from _descent_rows import STORED, curve
from _pictures import at_most, proved_ceiling, read, save
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hrgeom.figures import COLORS, MARKERS

CONSTRUCTIONS = ("interval", "hybrid", "mixed", "block-code", "trie", "moment-curve")
DESCENT = "descent, certified"
TICKS = (3, 5, 8, 16, 32, 64, 128, 256, 512, 1024)
OF_BENCHMARK = {"WordNet nouns": "wordnet", "random DAG, 40,000 nodes": "random-dag"}
THEOREM = {"linestyle": "--", "markerfacecolor": "white", "linewidth": 1.0}
BY_DESCENT = {"linestyle": "-", "linewidth": 1.6}
CEILING = {"color": "black", "linewidth": 1.5}
REFERENCE = {"color": "0.4", "linestyle": ":", "linewidth": 1.3}


def certified(rows, dtype):
    """Dimensions and margins of the points of one type that hold, the dimensions ascending."""
    points = {
        (row["dim"], row["normalized_margin"])
        for row in rows
        if row["dtype"] == dtype and row.get("verdict") == "holds" and row["normalized_margin"]
    }
    return sorted(points)


def descents():
    """Return, by hierarchy, a function from a stored type to its points by descent."""
    measured = read("descent")["rows"]
    found = {
        title: lambda dtype, name=name: curve(measured, name, dtype)
        for title, name in OF_BENCHMARK.items()
    }
    for title, data in read("frontier_perfect_descent")["hierarchies"].items():
        found[title] = lambda dtype, rows=data["rows"]: certified(rows, dtype)
    return found


def nothing(_dtype):
    """Return the points of a hierarchy that descent was not measured on."""
    return []


def line(axes, i, label, points, **style):
    """Draw line i through some points, if there are any."""
    if points:
        axes.plot(
            *zip(*points, strict=True),
            color=COLORS[i % len(COLORS)],
            marker=MARKERS[i % len(MARKERS)],
            markersize=5.5,
            label=label,
            **style,
        )


def ceiling_of(title):
    """Return the margin that no embedding of a hierarchy exceeds, where one is known."""
    for row in read("margin_ceilings")["perfect"]:
        if f"perfect ({row['branching']}, {row['n_levels']})" == title:
            return row["global"]["upper"]
    return proved_ceiling(OF_BENCHMARK.get(title))


def draw_limits(axes, title, s):
    """Draw the proved ceiling, and what arbitrary sets of s documents allow."""
    ceiling, reference = ceiling_of(title), 1 / (2 * s**0.5)
    axes.axhline(reference, **REFERENCE)
    beside(axes, reference, f"1/(2√{s:,})", "top" if ceiling else "center")
    if ceiling:
        axes.axhline(ceiling, **CEILING)
        beside(axes, ceiling, at_most(ceiling), "bottom")


def beside(axes, height, text, place):
    """Write a few words at the right end of a horizontal line, outside."""
    axes.annotate(
        text,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va=place,
        fontsize=7.5,
    )


def draw(axes, title, data, descent, lowest):
    """Draw one hierarchy: two lines a stored type, by theorems and by descent, and the limits."""
    for i, dtype in enumerate(STORED):
        points = certified(data["rows"], dtype)
        line(axes, i, dtype, [p for p in points if p[1] >= lowest], **THEOREM)
        line(axes, i, dtype, descent(dtype), **BY_DESCENT)
        for dim, margin in points:
            if margin < lowest:
                below(axes, i, dim, f"{dtype}: {margin:.0e} in {dim} dimensions")
    draw_limits(axes, title, data["max_ancestors"])
    scale(axes, title, top=1.5)
    axes.set_ylim(bottom=lowest)


def below(axes, i, dim, text):
    """Mark a point under the picture at its lower edge."""
    axes.plot(
        dim,
        0,
        transform=axes.get_xaxis_transform(),
        color=COLORS[i],
        marker=MARKERS[i],
        markersize=6,
        markerfacecolor="white",
        clip_on=False,
        zorder=5,
    )
    axes.annotate(
        text,
        (dim, 0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(7, 5),
        textcoords="offset points",
        fontsize=7.5,
        color=COLORS[i],
    )


def scale(axes, title, top=1.0):
    """Both axes logarithmic, dimensions written out."""
    axes.set(xscale="log", yscale="log", title=title)
    axes.set_ylim(top=top)
    low, high = axes.get_xlim()
    ticks = [t for t in TICKS if low <= t <= high]
    axes.set_xticks(ticks, [f"{t:,}" for t in ticks], minor=False)
    axes.set_xticks([], minor=True)
    axes.grid(alpha=0.3)


def draw_constructions(axes, title, points, descent):
    """Draw what every construction promises for one stored type, a line each, and descent."""
    for i, name in enumerate(CONSTRUCTIONS):
        points_of_one = {
            (p["dim"], p["margin"]) for p in points if p["construction"] == name and p["margin"]
        }
        line(axes, i, name, sorted(points_of_one), linewidth=1.2)
    line(axes, len(CONSTRUCTIONS), DESCENT, descent, linewidth=1.6)
    scale(axes, title)


def legend_of_types(figure, types, has_ceiling):
    """Write which color is which stored type, and which line is which method or limit."""
    handles = [
        Line2D([], [], color=COLORS[i], marker=MARKERS[i], linestyle="", label=dtype)
        for i, dtype in enumerate(STORED)
        if dtype in types
    ]
    dots = {"color": "0.3", "marker": "o", "markersize": 5.5}
    handles += [
        Line2D([], [], **dots, **THEOREM, label="by theorems"),
        Line2D([], [], **dots, **BY_DESCENT, label="by descent"),
        *([Line2D([], [], **CEILING, label="no embedding has more")] if has_ceiling else []),
        Line2D([], [], **REFERENCE, label="1/(2√s): arbitrary sets"),
    ]
    figure.legend(handles=handles, ncols=4, loc="outside upper center", fontsize=8)


def picture(name, columns, lowest):
    """Write the picture of one result file: the best of every stored type."""
    hierarchies, by_descent = read(f"frontier_{name}")["hierarchies"], descents()
    rows = -(-len(hierarchies) // columns)
    figure = Figure(figsize=(7.5 if columns == 1 else 4.4 * columns, 3.6 * rows + 1.2))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    types = set()
    for axes, (title, data) in zip(panels, hierarchies.items(), strict=False):
        draw(axes, title, data, by_descent.get(title, nothing), lowest)
        types |= {handle.get_label() for handle in axes.get_lines()}
        types |= {row["dtype"] for row in data["rows"]}
    for axes in panels[len(hierarchies) :]:
        axes.set_visible(False)
    figure.supxlabel("dimension d")
    figure.supylabel("normalized margin, certified")
    legend_of_types(figure, types, any(map(ceiling_of, hierarchies)))
    save(figure, f"frontier_{name}", dpi=130)


def picture_of_constructions(name, dtypes):
    """Write the picture of one result file: every construction by itself."""
    hierarchies, by_descent = read(f"promises_{name}")["hierarchies"], descents()
    figure = Figure(figsize=(4.6 * len(dtypes), 3.6 * len(hierarchies) + 0.6))
    figure.set_layout_engine("constrained")
    panels = figure.subplots(len(hierarchies), len(dtypes), squeeze=False)
    for row, (title, data) in zip(panels, hierarchies.items(), strict=True):
        for axes, dtype in zip(row, dtypes, strict=True):
            points = by_descent.get(title, nothing)(dtype)
            draw_constructions(axes, f"{title}, {dtype}", data[dtype], points)
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
    for name, columns, lowest in (("wordnet", 1, 1e-6), ("tangled", 1, 1e-6), ("perfect", 2, 1e-8)):
        picture(name, columns, lowest)
        picture_of_constructions(name, ("float32", "int8"))
